"""Lists of sessions, the month, and the agenda with its hours."""

from __future__ import annotations

import calendar
import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from dialogues import clock
from dialogues.models import AgendaItem, Registration, Session, SessionQuerySet
from projects.models import Evidence

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


def listed(
    user: User | AnonymousUser, now: datetime.datetime | None = None, /, *, text: str = "", state: str = ""
) -> SessionQuerySet:
    """Sessions to be shown as cards: with what they say, in two queries whatever their number."""
    found = Session.objects.visible_to(user, now).matching(text)
    if state:
        found = found.filter(municipality__state=state)
    return found.select_related("municipality__state", "host_organisation").annotate(
        placed=Count("registrations", filter=Q(registrations__state__in=Registration.PLACED), distinct=True)
    )


def states_with_sessions(user: User | AnonymousUser) -> list[tuple[str, str]]:
    rows = Session.objects.visible_to(user).filter(municipality__isnull=False)
    pairs = rows.order_by("municipality__state__sort_key").values_list(
        "municipality__state", "municipality__state__short_name"
    )
    return list(dict.fromkeys(pairs))


def open_drafts(user: User) -> SessionQuerySet:
    return listed(user).filter(state=Session.State.DRAFT).order_by("starts_at", "id")


class Day(NamedTuple):
    date: datetime.date
    sessions: list[Session]
    in_month: bool
    is_today: bool


def month(user: User | AnonymousUser, first: datetime.date) -> list[list[Day]]:
    """The weeks of a month, from Monday, with what takes place each day (on the clocks of its place)."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1]
    rows = (
        listed(user)
        .filter(local_start__lt=_midnight(end, 1), local_end__gt=_midnight(start))
        .order_by("local_start", "id")
    )
    by_day: dict[datetime.date, list[Session]] = {}
    for session in rows:
        day = max(session.local_start.date(), start)
        while day <= min(last_day(session), end):
            by_day.setdefault(day, []).append(session)
            day += datetime.timedelta(days=1)
    today = timezone.localdate()
    return [[Day(day, by_day.get(day, []), day.month == first.month, day == today) for day in week] for week in weeks]


def _midnight(day: datetime.date, later: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(days=later)


def last_day(session: Session) -> datetime.date:
    """The day on which it ends; one that ends at midnight ends on the day before."""
    return (session.local_end - datetime.timedelta(microseconds=1)).date()


class AgendaLine(NamedTuple):
    item: AgendaItem
    start: datetime.datetime  # on the wall
    led_by: str
    cards: list[Evidence]


def agenda(session: Session, user: User | AnonymousUser) -> list[AgendaLine]:
    """Items with the hour at which each begins: that of the session plus the minutes of those before. And the evidence
    of each that its reader may see."""
    lines, at = [], session.starts_at
    cards = _cards_by_item(session, user)
    for item in session.agenda.prefetch_related("facilitators"):
        people = ", ".join(person.full_name for person in item.facilitators.all())
        lines.append(AgendaLine(item, clock.wall(at, session.tz), item.led_by or people, cards.get(item.pk, [])))
        at += datetime.timedelta(minutes=item.minutes)
    return lines


def _cards_by_item(session: Session, user: User | AnonymousUser) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = {}
    uses = session.evidence_uses.filter(item__isnull=False, evidence__in=Evidence.objects.visible_to(user).values("pk"))
    for use in uses.select_related("evidence").order_by("pk"):
        found.setdefault(use.item_id, []).append(use.evidence)  # type: ignore[arg-type]
    return found


def overrun(session: Session) -> int:
    """Minutes by which the agenda is longer than the session; negative: room left."""
    minutes = sum(session.agenda.values_list("minutes", flat=True))
    return minutes - int((session.ends_at - session.starts_at).total_seconds() // 60)


def participants(session: Session) -> QuerySet[Registration]:
    rows = session.registrations.live().select_related("person", "organisation_at_time")
    return rows.order_by("state", F("waiting_since").asc(nulls_first=True), "person__sort_key", "pk")


def places_left(session: Session) -> dict[str, int | None]:
    """By mode: None where there is no limit."""
    from dialogues.services.registrations import free_places

    return {mode: free_places(session, mode) for mode in session.modes}
