"""Whoever hosts a table writes its notes on their own phone, without an account: through a link for that table."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import AgendaItem, Contribution, Session, Table
from dialogues.selectors.room import agenda_clock
from partners.audit import acting
from partners.models import SignedLink, User
from partners.services import find_link, mark_link_used, mint_link, revoke_links

from .room import write_note

PURPOSE = "table"
LIVES_ON = datetime.timedelta(days=1)


def open_table(*, table: Table, by: User) -> str:
    """A new link for the host, shown this once; the one before opens nothing any more."""
    with acting(by, "open_table"):
        session = table.session
        if session.is_over:
            raise ValidationError(_("This dialogue is over."))
        close_table(table=table, by=by)
        return mint_link(purpose=PURPOSE, subject=_subject(table), expires_at=session.ends_at + LIVES_ON, by=by)


def close_table(*, table: Table, by: User | None) -> None:
    """Its link opens nothing any more."""
    revoke_links(purpose=PURPOSE, subject=_subject(table), by=by)


def table_of(token: str) -> tuple[SignedLink, Table] | None:
    link = find_link(token=token, purpose=PURPOSE)
    if link is None:
        return None
    key, round, number = link.subject.split("/")
    found = Table.objects.filter(session__key=key, round=round, number=number)
    table = found.select_related("session__municipality__state", "host").first()
    return (link, table) if table is not None else None


def write_at_table(
    *, link: SignedLink, table: Table, note: Contribution, at: datetime.datetime | None = None
) -> Contribution:
    """Of the part of the agenda that runs then; before and after, of the one in which the tables of that round talk."""
    if table.session.state in (Session.State.DRAFT, Session.State.CANCELLED):
        raise ValidationError(_("This dialogue does not take place."))
    note.session, note.table, note.item = table.session, table, part_of(table, at)
    written = write_note(note=note, by=None)
    mark_link_used(link=link)
    return written


def part_of(table: Table, at: datetime.datetime | None = None) -> AgendaItem | None:
    slots = agenda_clock(table.session, at or timezone.now())
    now = next((slot.item for slot in slots if slot.is_now), None)
    rounds = [slot.item for slot in slots if slot.item.kind == AgendaItem.Kind.TABLES]
    return now or (rounds[min(table.round, len(rounds)) - 1] if rounds else None)


def _subject(table: Table) -> str:
    return f"{table.session.key}/{table.round}/{table.number}"
