"""Tables of a session, round by round: their questions, hosts and seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialogues.models import Session, Table
from partners.audit import acting
from partners.models import Person, User

from .hosts import close_table
from .sessions import locked

MOST_ROUNDS = 8


class Place(NamedTuple):
    """What is set of one table beside its question."""

    host: Person | None
    seats: int


def set_tables(*, session: Session, questions: Sequence[str], by: User | None, round: int = 1) -> list[Table]:
    """As many tables of one round as there are questions."""
    with acting(by, "set_tables"):
        locked(session)
        _take_off(session.tables.filter(round=round, number__gt=len(questions)), by)
        known = {row.number: row for row in session.tables.filter(round=round)}
        rows = []
        for number, question in enumerate(questions, start=1):
            row = known.get(number) or Table(session=session, round=round, number=number)
            row.question = question
            row.full_clean()
            row.save()
            rows.append(row)
        return rows


def set_places(*, session: Session, round: int, places: Mapping[int, Place], by: User) -> None:
    """Hosts and seats: number of the table → place. Hosts may change tables among themselves."""
    with acting(by, "set_places"):
        locked(session)
        hosts = [place.host.pk for place in places.values() if place.host is not None]
        if len(set(hosts)) < len(hosts):
            raise ValidationError(_("Nobody hosts two tables of one round."))
        rows = session.tables.filter(round=round, number__in=places)
        rows.update(host=None)
        for row in rows:
            row.host, row.seats = places[row.number]
            row.full_clean()
            row.save()


def add_round(*, session: Session, by: User) -> int:
    """Another round at the tables of the one before: hosts stay, people change."""
    with acting(by, "add_round"):
        locked(session)
        last = last_round(session)
        if last == 0:
            raise ValidationError(_("Write the questions of the first round first."))
        if last >= MOST_ROUNDS:
            raise ValidationError(_("More than eight rounds do not fit in a day."))
        for table in session.tables.filter(round=last):
            table.pk, table.round = None, last + 1
            table._state.adding = True
            table.save()
        return last + 1


def drop_round(*, session: Session, by: User) -> int:
    """The last one, unless its tables have notes."""
    with acting(by, "drop_round"):
        locked(session)
        last = last_round(session)
        if last < 2:
            raise ValidationError(_("The first round stays: write fewer questions instead."))
        _take_off(session.tables.filter(round=last), by)
        return last - 1


def last_round(session: Session) -> int:
    """0: there are no tables yet."""
    return session.tables.order_by("-round").values_list("round", flat=True).first() or 0


def _take_off(spare: QuerySet[Table], by: User | None) -> None:
    if spare.filter(contributions__isnull=False).exists():
        raise ValidationError(_("A table that has notes stays."))
    for table in spare:
        close_table(table=table, by=by)
    spare.delete()
