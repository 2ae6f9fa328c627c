"""Tables and seats as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from dialogues.models import AgendaItem, Registration, Seat, Session, Table
from partners.models import Person

from .room import Slot


class TableRound(NamedTuple):
    number: int
    tables: list[Table]


def to_be_seated(session: Session, *, only_arrived: bool = False) -> QuerySet[Registration]:
    """Those who come to where the tables are: of a dialogue that is held in both ways, those in person."""
    online = session.modality == Session.Modality.ONLINE
    mode = Registration.Mode.ONLINE if online else Registration.Mode.IN_PERSON
    rows = session.registrations.confirmed().filter(mode=mode)
    return rows.filter(attendance__isnull=False) if only_arrived else rows


def rounds(session: Session) -> list[TableRound]:
    """Every round with its tables; each table knows how many sit at it (`taken`)."""
    by_round: dict[int, list[Table]] = {}
    taken = Count("taken_seats", filter=Q(taken_seats__registration__in=session.registrations.confirmed()))
    for table in session.tables.select_related("host").annotate(taken=taken).order_by("round", "number"):
        by_round.setdefault(table.round, []).append(table)
    return [TableRound(number, tables) for number, tables in by_round.items()]


def rounds_now(session: Session, slots: Sequence[Slot]) -> list[TableRound]:
    """What the tables talk about while a part of the agenda is theirs: its round, or all if the agenda has but one part."""
    parts = [slot for slot in slots if slot.item.kind == AgendaItem.Kind.TABLES]
    at = next((number for number, slot in enumerate(parts, start=1) if slot.is_now), None)
    if at is None:
        return []
    found = rounds(session)
    return found if len(parts) == 1 else [one for one in found if one.number == min(at, found[-1].number)]


def possible_hosts(session: Session) -> QuerySet[Person]:
    """The team, and whoever has a place."""
    team = session.roles.live().values("person_id")
    placed = session.registrations.confirmed().values("person_id")
    hosts = session.tables.values("host_id")
    return Person.objects.filter(Q(pk__in=team) | Q(pk__in=placed) | Q(pk__in=hosts)).order_by("sort_key", "pk")


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person and their table in each round (None: no seat)."""

    registration: Registration
    tables: list[int | None]
    has_come: bool

    @property
    def lacks_a_seat(self) -> bool:
        return None in self.tables


def plan(session: Session, numbers: Sequence[int]) -> list[Sitting]:
    """Everybody who is to sit somewhere, by name."""
    rows = to_be_seated(session).select_related("person", "organisation_at_time", "attendance")
    seats = Seat.objects.filter(table__session=session).values_list("registration_id", "round", "table__number")
    known = {(registration, round): number for registration, round, number in seats}
    return [
        Sitting(row, [known.get((row.pk, number)) for number in numbers], hasattr(row, "attendance"))
        for row in rows.order_by("person__sort_key", "pk")
    ]


def seats_of(registration: Registration) -> list[Table]:
    """Where somebody sits, round by round."""
    rows = registration.seats.taken().select_related("table").order_by("round")
    return [seat.table for seat in rows]


def names_at(session: Session) -> dict[int, list[str]]:
    """Table → names of whoever sits at it, for the lists that the team prints."""
    names: dict[int, list[str]] = {}
    rows = Seat.objects.taken().filter(table__session=session).order_by("registration__person__sort_key", "pk")
    for table, name in rows.values_list("table_id", "registration__person__full_name"):
        names.setdefault(table, []).append(name)
    return names
