"""What both examples of a room need: an announced session whose hour is another, people who came, ballots."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from dialogues import services
from dialogues.clock import wall
from dialogues.models import Attendance, Contribution, Registration, Session, VoteRound
from dialogues.services import room, votes
from dialogues.services.reminders import drop_reminders
from dialogues.services.roles import refit_roles
from dialogues.services.sessions import save, set_moments
from partners.demo import EXAMPLE
from partners.models import Organisation, Person, User
from partners.services import save_person

# Name, sector for which they speak, organisation (slug).
Guest = tuple[str, str, str]
# Part of the agenda, table (0: the plenary), what kind of note, sector of whoever said it, what was said.
Said = tuple[int, int, str, str, str]


def seat(session: Session, guests: Iterable[Guest], *, by: User) -> list[Registration]:
    """People with a place and without an address: nobody is written to."""
    return [_seat(session, guest, by) for guest in guests]


def _seat(session: Session, guest: Guest, by: User) -> Registration:
    name, sector, slug = guest
    person = save_person(person=Person(full_name=f"{name} {EXAMPLE}", source="Datos de ejemplo"), by=by)
    organisation = Organisation.objects.get(slug=slug) if slug else None
    mode = session.modes[0]
    return services.register(
        session=session, person=person, mode=mode, sector=sector, organisation=organisation, tell=False, by=by
    )


def shift(session: Session, starts_at: datetime.datetime, *, by: User) -> Session:
    """The hour of an example is another: nobody is told, for it never was the hour that it was announced for."""
    session.refresh_from_db()
    length = session.local_end - session.local_start
    session.local_start = wall(starts_at, session.tz).replace(second=0, microsecond=0)
    session.local_end = session.local_start + length
    set_moments(session)
    save(session)
    refit_roles(session=session, by=by)
    drop_reminders(session=session)
    return session


def arrive(rows: Iterable[Registration], at: datetime.datetime, *, by: User) -> None:
    for place, row in enumerate(rows):
        came = at + datetime.timedelta(minutes=place)
        room.check_in(registration=row, method=Attendance.Method.LIST, at=came, by=by)


def write_down(session: Session, said: Iterable[Said], *, by: User) -> list[Contribution]:
    items = {item.order: item for item in session.agenda.all()}
    tables = {table.number: table for table in session.tables.all()}
    return [
        room.write_note(
            note=Contribution(
                session=session, item=items[order], table=tables.get(table), kind=kind, sector=sector, text=text
            ),
            by=by,
        )
        for order, table, kind, sector, text in said
    ]


def vote(round: VoteRound, ballots: Sequence[Sequence[int]]) -> None:
    """The first on the roll cast these, option by option; whoever is left has not voted yet."""
    keys = [str(option.key) for option in round.options.all()]
    for entry, dots in zip(round.roll.all(), ballots, strict=False):
        votes.cast_vote(entry=entry, choices=dict(zip(keys, dots, strict=True)))
