"""Preparing a session: its data, its agenda, its places by sector. Announcing and moving it are in `states`, `moves`."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from dialogues import clock
from dialogues.models import AgendaItem, SectorTarget, Session
from partners.audit import acting
from partners.models import User
from projects.models import Project

from .roles import refit_roles
from .room import put_item_under_chatham

# Letters and digits that nobody confuses when they are read out or written by hand.
CLEAR = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 6
COPIED = (
    *("title", "purpose", "series", "scope", "municipality", "tz", "host_organisation", "method", "modality"),
    *("venue", "accessibility", "capacity_in_person", "capacity_online", "registration", "offers_by_sector"),
    *("visibility", "confidentiality", "is_example"),
)


class Item(NamedTuple):
    """One line of an agenda, as templates and forms hand it over."""

    title: str
    minutes: int
    kind: str = AgendaItem.Kind.OTHER
    led_by: str = ""
    question: str = ""
    chatham: bool = False
    row: int | None = None  # of the agenda as it is: the same part, whatever is said of it now


def create_session(
    *,
    session: Session,
    by: User | None,
    projects: Iterable[Project] = (),
    agenda: Sequence[Item] = (),
    targets: Mapping[str, tuple[int, int]] | None = None,
) -> Session:
    """A new draft. `targets`: sector → (at least, desired). Nobody is told of a draft."""
    with acting(by, "create_session"):
        session.state = Session.State.DRAFT
        session.created_by = by
        session.code = _free_code()
        session.slug = f"{slugify(session.title)[:80].strip('-') or 'dialogo'}-{session.code}"
        session.ics_uid = f"dialogo-{session.key}@mesa-de-datos"
        set_moments(session)
        session.full_clean()
        session.save()
        session.projects.set(projects)
        set_agenda(session=session, items=agenda, by=by)
        set_targets(session=session, targets=targets or {}, by=by)
        return session


def copy_session(*, session: Session, local_start: datetime.datetime, by: User) -> Session:
    """A draft with the same question, place, agenda and targets on another day; people are not copied."""
    copy = Session(**{name: getattr(session, name) for name in COPIED})
    copy.local_start = local_start
    copy.local_end = local_start + (session.local_end - session.local_start)
    return create_session(
        session=copy,
        by=by,
        projects=session.projects.all(),
        agenda=items_of(session),
        targets={row.sector: (row.minimum, row.desired) for row in session.targets.all()},
    )


def items_of(session: Session) -> list[Item]:
    return [
        Item(row.title, row.minutes, row.kind, row.led_by, row.question, row.chatham, row.pk)
        for row in session.agenda.all()
    ]


def set_moments(session: Session) -> None:
    """The moments that follow from the promise. A choice between two equal hours stands in the folds."""
    problems = {}
    for name in ("start", "end"):
        local, fold = getattr(session, f"local_{name}"), getattr(session, f"{name}_fold")
        try:
            setattr(session, f"{name}s_at", clock.moment(local, session.tz, fold))
        except ValidationError as error:
            problems[f"local_{name}"] = error
    if problems:
        raise ValidationError(problems)


def set_agenda(*, session: Session, items: Sequence[Item], by: User | None) -> list[AgendaItem]:
    """The agenda as it is handed over, in that order. A part keeps its row, and so its notes, wherever it stands now."""
    with acting(by, "set_agenda"):
        known = {row.pk: row for row in session.agenda.select_for_update()}
        same = _same_rows(known, items)
        _demand_no_notes([row for row in known.values() if row not in same])
        session.agenda.exclude(pk__in=[row.pk for row in same if row]).delete()
        pairs = enumerate(zip(same, items, strict=True), start=1)
        return [_agenda_row(session, row, order, item, by) for order, (row, item) in pairs]


def _same_rows(known: Mapping[int, AgendaItem], items: Sequence[Item]) -> list[AgendaItem | None]:
    """By its number where the form names it, else by its title; each row once."""
    free = dict(known)
    named = [free.pop(item.row, None) if item.row is not None else None for item in items]
    titles = {row.title: pk for pk, row in reversed(free.items())}
    return [
        row or (free.pop(titles.pop(item.title), None) if item.title in titles else None)
        for row, item in zip(named, items, strict=True)
    ]


def _demand_no_notes(rows: Sequence[AgendaItem]) -> None:
    for row in rows:
        if row.contributions.exists():
            raise ValidationError(
                _("“%(item)s” has notes of the room, so it stays on the agenda. Its words and its place can change."),
                params={"item": row},
            )


def _agenda_row(session: Session, row: AgendaItem | None, order: int, item: Item, by: User | None) -> AgendaItem:
    row = row or AgendaItem(session=session)
    begins = row.pk is not None and item.chatham and not row.chatham
    for name, value in item._asdict().items():
        if name != "row":
            setattr(row, name, value)
    row.order = order
    row.full_clean(exclude={"order"})  # rows change places: the database looks at the order at the end
    row.save()
    return put_item_under_chatham(item=row, by=by) if begins else row


def set_targets(*, session: Session, targets: Mapping[str, tuple[int, int]], by: User | None) -> list[SectorTarget]:
    """How many of each sector the table should have: sector → (at least, desired). What is not named has no target."""
    with acting(by, "set_targets"):
        session.targets.exclude(sector__in=targets).delete()
        rows = []
        for sector, (minimum, desired) in targets.items():
            row = session.targets.filter(sector=sector).first() or SectorTarget(session=session, sector=sector)
            row.minimum, row.desired = minimum, desired
            row.full_clean()
            row.save()
            rows.append(row)
        return rows


def locked(session: Session) -> Session:
    """The session as it is now, for whoever changes it or counts its places: one at a time."""
    return Session.objects.select_for_update().get(pk=session.pk)


def save(session: Session) -> Session:
    session.full_clean()
    session.save()
    return session


def keep_promises(*, now: datetime.datetime | None = None) -> list[Session]:
    """Work out the moments of everything ahead anew: the rules of the time zones may have changed since.

    The hour on the wall stays; the moment follows. Returns what changed. What is past is never touched.
    """
    changed = []
    for pk in Session.objects.filter(starts_at__gt=now or timezone.now()).values_list("pk", flat=True):
        with acting(None, "keep_promises"), transaction.atomic():
            session = Session.objects.select_for_update().get(pk=pk)
            before = (session.starts_at, session.ends_at)
            set_moments(session)
            if (session.starts_at, session.ends_at) != before:
                session.ics_sequence += 1
                save(session)
                refit_roles(session=session, by=None)
                changed.append(session)
    return changed


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(CLEAR) for _place in range(CODE_LENGTH))
        if not Session.objects.filter(code=code).exists():
            return code


def only_from(session: Session, *states: str) -> None:
    """An action is possible from these states only."""
    if session.state not in states:
        raise ValidationError(
            _("This dialogue is “%(state)s”, so this cannot be done."), params={"state": session.get_state_display()}
        )
