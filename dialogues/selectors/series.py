"""One session among those of its series, and what the series came to: always of the sessions that the reader sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.models import (
    Commitment,
    CommitmentQuerySet,
    ParticipationCount,
    Registration,
    SectorTarget,
    Series,
    Session,
    SessionQuerySet,
)
from partners.rules import sees_everything

from .balance import ORDER
from .sessions import listed

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session stands. Those that were cancelled are not counted, nor those that the reader may not see."""

    number: int
    total: int
    before: Session | None
    after: Session | None


def place_in(session: Session, user: User | AnonymousUser) -> Place | None:
    if session.series_id is None:
        return None
    counted = ~Q(state=Session.State.CANCELLED) | Q(pk=session.pk)
    rows = Session.objects.visible_to(user).filter(counted, series=session.series_id).order_by("starts_at", "id")
    found = list(rows.only("slug", "title"))
    at = next(number for number, row in enumerate(found) if row.pk == session.pk)
    before, after = found[at - 1] if at else None, found[at + 1] if at + 1 < len(found) else None
    return Place(at + 1, len(found), before, after)


def all_series(user: User | AnonymousUser) -> QuerySet[Series]:
    """Each with how many of its sessions the reader sees, and of these the next and the last; what comes next goes first."""
    seen = Q(sessions__in=Session.objects.visible_to(user).exclude(state=Session.State.CANCELLED).values("pk"))
    rows = Series.objects.visible_to(user).select_related("host_organisation")
    return rows.annotate(
        number=Count("sessions", filter=seen),
        next_at=Min("sessions__local_start", filter=seen & Q(sessions__ends_at__gte=timezone.now())),
        last_at=Max("sessions__local_start", filter=seen),
    ).order_by(F("next_at").asc(nulls_last=True), F("last_at").desc(nulls_last=True), "pk")


def sessions_of(series: Series, user: User | AnonymousUser) -> SessionQuerySet:
    return listed(user).filter(series=series).order_by("starts_at", "id")


def agreed_in(series: Series, user: User | AnonymousUser) -> CommitmentQuerySet:
    seen = Session.objects.visible_to(user).filter(series=series)
    return Commitment.objects.visible_to(user).filter(session__in=seen.values("pk"))


def last_of(series: Series, user: User | AnonymousUser) -> Session | None:
    """The one whose agenda, places and team the next one begins with."""
    rows = Session.objects.visible_to(user).filter(series=series).exclude(state=Session.State.CANCELLED)
    return rows.order_by("starts_at", "id").last()


@dataclass(frozen=True, slots=True)
class SectorSum:
    label: str
    came: int
    desired: int


def balance_of(sessions: Sequence[Session], user: User | AnonymousUser) -> list[SectorSum]:
    """Who came to the sessions that were held, together, beside the places that were kept for them.

    Whoever runs a session reads who really came. Anybody else reads what its minutes made public: sums of numbers in
    which small sectors are hidden already, so that nothing can be worked out by subtraction.
    """
    own = sessions if sees_everything(user) else Session.objects.run_by(user).filter(pk__in=[s.pk for s in sessions])
    inside = {session.pk for session in own}
    came = _attended(inside)
    published = ParticipationCount.objects.filter(session__in=[s.pk for s in sessions if s.pk not in inside])
    for row in published:
        came.update(dict(row.sectors))
    counted = {*_held(inside), *(row.session_id for row in published)}
    desired: Counter[str] = Counter()
    for sector, places in SectorTarget.objects.filter(session__in=counted).values_list("sector", "desired"):
        desired[sector] += places
    labels = {sector.value: str(sector.label) for sector in ORDER}
    rows = [SectorSum(label, came[sector], desired[sector]) for sector, label in labels.items()]
    others = sum(number for sector, number in came.items() if sector not in labels)
    rows += [SectorSum(_("Others"), others, 0)] if others else []
    return [row for row in rows if row.came or row.desired]


def _attended(sessions: set[int]) -> Counter[str]:
    rows = Registration.objects.live().filter(session__in=sessions, attendance__isnull=False)
    return Counter(dict(rows.order_by().values_list("sector_at_time").annotate(people=Count("pk"))))


def _held(sessions: set[int]) -> list[int]:
    """Those to which people came."""
    rows = Registration.objects.filter(session__in=sessions, attendance__isnull=False)
    return list(rows.order_by().values_list("session_id", flat=True).distinct())
