"""What the room shows: the clock of the agenda, who has come, what was said."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from dialogues.models import AgendaItem, Contribution, Registration, Session
from dialogues.tally import LEAST, OTHERS
from gesoc.common import names
from partners.models import Person, User
from projects.models import MoneyTrail, Project
from projects.places import writable_projects


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the agenda with its hours on the clocks of the place."""

    item: AgendaItem
    starts: datetime.datetime
    ends: datetime.datetime
    is_now: bool


def agenda_clock(session: Session, now: datetime.datetime) -> list[Slot]:
    slots, at = [], session.start
    for item in session.agenda.all():
        ends = at + datetime.timedelta(minutes=item.minutes)
        slots.append(Slot(item, at, ends, at <= now < ends))
        at = ends
    return slots


class Exercises(NamedTuple):
    """Following the money in the room: the exercises of its projects, and the projects in which this user begins one."""

    trails: list[MoneyTrail]
    begins: list[Project]


def exercises(session: Session, user: User) -> Exercises | None:
    """None: the dialogue is of another method."""
    if session.method != Session.Method.TREASURE_HUNT:
        return None
    trails = MoneyTrail.objects.visible_to(user).filter(project__sessions=session)
    return Exercises(list(trails), list(writable_projects(user).filter(sessions=session).order_by("pk")))


def arrivals(session: Session, text: str = "") -> QuerySet[Registration]:
    """Whoever has a place or waits for one, by name; three letters find somebody."""
    found = session.registrations.live().select_related("person", "organisation_at_time", "attendance")
    if text:
        found = found.filter(person__in=Person.objects.matching(text))
    return found.order_by("person__sort_key", "pk")


def attended(session: Session) -> QuerySet[Registration]:
    return session.registrations.live().filter(attendance__isnull=False)


def open_balance(session: Session) -> list[tuple[str, int]]:
    """How many of each sector came, as anybody may read it: small sectors are hidden whatever the rule of the session."""
    return hidden_small(Counter(attended(session).values_list("sector_at_time", flat=True)))


def hidden_small(count: Counter[str]) -> list[tuple[str, int]]:
    """Sectors of at least LEAST people; the smaller ones together, with the next smallest while the rest is small."""
    rows = sorted(count.items(), key=lambda row: (row[1], row[0]))
    rest = [row for row in rows if row[1] < LEAST]
    apart = [row for row in rows if row[1] >= LEAST]
    while rest and apart and sum(number for _sector, number in rest) < LEAST:
        rest.append(apart.pop(0))
    together = sum(number for _sector, number in rest)
    shown = sorted(apart, key=lambda row: (-row[1], row[0]))
    return [*shown, *([(OTHERS, together)] if together >= LEAST else [])]


def names_of(session: Session) -> tuple[list[str], list[str]]:
    """Names of the people at the table and of their organisations: what a text under the rule must not hold."""
    rows = session.registrations.live().values_list("person__full_name", "organisation_at_time__name")
    people = {person for person, _organisation in rows}
    people |= set(session.roles.live().values_list("person__full_name", flat=True))
    return sorted(people), sorted({organisation for _person, organisation in rows if organisation})


def named_in(session: Session, text: str) -> list[str]:
    people, organisations = names_of(session)
    return names.named(text, people, organisations)


def notes(session: Session) -> QuerySet[Contribution]:
    found = session.contributions.select_related("item", "table", "challenge", "speaker")
    return found.order_by("-created_at", "-pk")
