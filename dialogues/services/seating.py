"""Who sits at which table, round by round: mixed, changed by hand, found for whoever comes late, and then forgotten."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.mixing import Guest, Round, mix
from dialogues.models import Registration, Seat, Session, Table
from dialogues.selectors.seating import to_be_seated
from partners.audit import acting
from partners.models import User

KEPT_FOR = datetime.timedelta(days=1)  # after the end, as long as the links of hosts live


def mix_people(*, session: Session, by: User, only_arrived: bool = False) -> list[Seat]:
    """Seats for everybody with a place, or for those who have come. What was set by hand stays."""
    with acting(by, "mix_people"):
        tables = _locked_tables(session)
        if session.is_over:
            raise ValidationError(_("This dialogue is over."))
        if not tables:
            raise ValidationError(_("There are no tables yet."))
        people = list(to_be_seated(session, only_arrived=only_arrived))
        of_session = Seat.objects.filter(table__session=session)
        of_session.exclude(by_hand=True, registration__in=people).delete()
        return _seat(people, tables, there=list(of_session))


def seat_late(*, registration: Registration) -> list[Seat]:
    """Whoever comes once people were mixed: the best free seat of each round. Nobody else moves."""
    session = registration.session
    if not Seat.objects.filter(table__session=session).exists():
        return []
    if not to_be_seated(session).filter(pk=registration.pk).exists():
        return []
    tables = _locked_tables(session)
    taken = Seat.objects.taken().filter(table__session=session).select_related("registration")
    people = {seat.registration_id: seat.registration for seat in taken} | {registration.pk: registration}
    return _seat(list(people.values()), tables, there=list(taken), only=registration)


def move_person(*, registration: Registration, tables: Mapping[int, Table | None], by: User) -> None:
    """By hand: round → table (None: no seat in it). Mixing again leaves it as it is."""
    with acting(by, "move_person"):
        _locked_tables(registration.session)
        for number, table in tables.items():
            seat = Seat.objects.filter(registration=registration, round=number).first()
            if table is None and seat is not None:
                seat.delete()
            elif table is not None and (seat is None or seat.table_id != table.pk):
                _demand_free(table)
                Seat.objects.filter(registration=registration, round=number).delete()
                Seat.objects.create(table=table, registration=registration, by_hand=True)


def forget_seats(*, session: Session) -> int:
    """Who sat with whom is not kept: a note of a table would tell who may have said it."""
    return Seat.objects.filter(table__session=session).delete()[0]


def purge_seats(*, now: datetime.datetime | None = None) -> int:
    """Of those that nobody said were held."""
    before = (now or timezone.now()) - KEPT_FOR
    return Seat.objects.filter(table__session__ends_at__lt=before).delete()[0]


def _locked_tables(session: Session) -> list[Table]:
    """One at a time: two who mix or arrive at once would take the same seat."""
    return list(Table.objects.select_for_update().filter(session=session).order_by("round", "number"))


def _hosts(people: Iterable[Registration], tables: Iterable[Table]) -> dict[tuple[int, int], int]:
    """A host who takes part sits at their table."""
    by_person = {row.person_id: row.pk for row in people}
    return {
        (by_person[table.host_id], table.round): table.pk
        for table in tables
        if table.host_id is not None and table.host_id in by_person
    }


def _seat(
    people: list[Registration], tables: list[Table], *, there: list[Seat], only: Registration | None = None
) -> list[Seat]:
    """Seats for these people beside those that are `there`; for one of them only, if it is named."""
    known = {(seat.registration_id, seat.round): seat.table_id for seat in there}
    fixed = {**_hosts([only] if only else people, tables), **known}
    others = frozenset(row.pk for row in people if only is not None and row.pk != only.pk)
    numbers = sorted({table.round for table in tables})
    rounds = [
        Round(
            seats={table.pk: table.seats for table in tables if table.round == number},
            fixed={person: table for (person, round), table in fixed.items() if round == number},
            absent=others,
        )
        for number in numbers
    ]
    guests = [Guest(row.pk, row.sector_at_time, row.organisation_at_time_id) for row in people]
    rows = [
        Seat(registration_id=person, table_id=table)
        for number, seats in zip(numbers, mix(guests, rounds), strict=True)
        for person, table in seats.items()
        if (person, number) not in known
    ]
    return Seat.objects.bulk_create(rows)


def _demand_free(table: Table) -> None:
    if Seat.objects.taken().filter(table=table).count() >= table.seats:
        raise ValidationError(
            _("Table %(number)s of round %(round)s is full: move somebody else first, or give it more seats."),
            params={"number": table.number, "round": table.round},
        )
