"""The network as a whole: how it grew, who works with whom, where somebody is missing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils import timezone

from municipalities.models import Municipality
from partners.models import Organisation, OrganisationStatus, Relationship, RelationshipQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

# Sectors whose absence a dialogue feels most: column of the page -> kinds of organisations.
SECTORS: dict[str, tuple[str, ...]] = {
    "osc": (Organisation.Kind.CSO, Organisation.Kind.COLLECTIVE),
    "academia": (Organisation.Kind.ACADEMIA,),
    "medios": (Organisation.Kind.MEDIA,),
    "gobierno": (Organisation.Kind.GOVERNMENT,),
}


class Tie(NamedTuple):
    """Two organisations and what ties them. `url` leads to where it can be checked."""

    one: Organisation
    other: Organisation
    kind: str  # "alianza" …, or "proyecto", "dialogo" where it is computed
    label: str
    since: datetime.date | None = None
    until: datetime.date | None = None
    source: str = ""
    url: str = ""
    pk: int | None = None  # of the declared relationship


# (who looks, of which organisation or None for all, how many at most) -> ties that they may see. Apps above add theirs when
# they start.
TieProvider = Callable[["User | AnonymousUser", Organisation | None, int], Iterable[Tie]]
_providers: list[TieProvider] = []


def add_ties(provider: TieProvider) -> None:
    """Register ties that are computed from what organisations do together; once, from `AppConfig.ready`."""
    if provider not in _providers:
        _providers.append(provider)


def ties(user: User | AnonymousUser, organisation: Organisation | None = None, *, limit: int = 500) -> list[Tie]:
    """Declared ones that hold today, newest first, then the computed ones; of one organisation or of all."""
    found = relationships_of(organisation, user) if organisation else Relationship.objects.visible_to(user)
    declared = map(_declared, _with_ends(found.current())[:limit])
    computed = (tie for provider in _providers for tie in provider(user, organisation, limit))
    return list(islice(chain(declared, computed), limit))


def relationships_of(organisation: Organisation, user: User | AnonymousUser) -> RelationshipQuerySet:
    ends = Q(from_organisation=organisation) | Q(to_organisation=organisation)
    return Relationship.objects.visible_to(user).filter(ends)


def _with_ends(found: RelationshipQuerySet) -> RelationshipQuerySet:
    return found.select_related("from_organisation", "to_organisation")


def _declared(row: Relationship) -> Tie:
    return Tie(
        row.from_organisation,
        row.to_organisation,
        row.type,
        str(row.get_type_display()),
        row.since,
        row.until,
        row.evidence,
        pk=row.pk,
    )


def growth() -> list[tuple[int, int, int, int]]:
    """(year, joined, left, in the network at its end) for every year since the first; a query, never a counter."""
    merged = OrganisationStatus.objects.filter(organisation__merged_into__isnull=False)
    by_year, twice = _steps_by_year(OrganisationStatus.objects.all()), _steps_by_year(merged)
    for year, (joined, left) in twice.items():  # few: the rest is read from the index alone
        by_year[year] = (by_year[year][0] - joined, by_year[year][1] - left)
    by_year = {year: moves for year, moves in by_year.items() if moves != (0, 0)}
    if not by_year:
        return []
    years = range(min(by_year), timezone.localdate().year + 1)
    moves = [by_year.get(year, (0, 0)) for year in years]
    totals = accumulate(joined - left for joined, left in moves)
    return [(year, joined, left, total) for year, (joined, left), total in zip(years, moves, totals, strict=True)]


def _steps_by_year(rows: QuerySet[OrganisationStatus]) -> dict[int, tuple[int, int]]:
    """Year -> (joined, left)."""
    found = (
        rows.exclude(step=0)
        .annotate(year=ExtractYear("since"))
        .order_by("year")
        .values_list("year")
        .annotate(joined=Count("step", filter=Q(step=1)), left=Count("step", filter=Q(step=-1)))
    )
    return {year: (joined, left) for year, joined, left in found}


class Gap(NamedTuple):
    """One municipality and which sectors have somebody there."""

    municipality: Municipality
    present: dict[str, bool]

    @property
    def missing(self) -> list[str]:
        return [sector for sector, there in self.present.items() if not there]


def gaps(*, state: str = "", missing: str = "", everywhere: bool = False) -> QuerySet[Municipality]:
    """Municipalities where the network works, all of a state, or all; in the order of states and names.

    Public: only organisations that take part today count, which the directory shows to everybody.
    """
    rows: Any = Municipality.objects.all()
    if state:
        rows = rows.filter(state=state)
    elif not everywhere:
        rows = rows.filter(_somebody(tuple(Organisation.Kind.values)))
    if missing in SECTORS:
        rows = rows.exclude(_somebody(SECTORS[missing]))
    found: QuerySet[Municipality] = rows.order_by("state__sort_key", "sort_key", "code")
    return found


def with_sectors(found: QuerySet[Municipality]) -> list[Gap]:
    """Each municipality with its sectors, read in one pass over the organisations however many municipalities there are."""
    rows = list(found.select_related("state"))
    codes, states = {one.code for one in rows}, {one.state_id for one in rows}
    kinds = {kind: sector for sector, all_of in SECTORS.items() for kind in all_of}
    there: dict[str, set[str]] = defaultdict(set)
    listed = Organisation.objects.listed().filter(kind__in=kinds).order_by()
    for place, kind in chain(
        listed.filter(home_municipality__in=codes).values_list("home_municipality_id", "kind").distinct(),
        listed.filter(coverage__in=codes).values_list("coverage", "kind").distinct(),
        listed.filter(states__in=states).values_list("states", "kind").distinct(),
    ):
        there[place].add(kinds[kind])
    return [Gap(one, {name: name in there[one.code] | there[one.state_id] for name in SECTORS}) for one in rows]


def _somebody(kinds: tuple[str, ...]) -> Q:
    """Whether an organisation of these kinds has its home in the municipality, covers it, or covers its state."""
    there = Organisation.objects.listed().filter(kind__in=kinds).order_by()
    at_home = there.exclude(home_municipality=None).values("home_municipality")
    covered = Organisation.coverage.through.objects.filter(organisation__in=there).values("municipality")
    states = Organisation.states.through.objects.filter(organisation__in=there).values("state")
    return Q(pk__in=at_home.union(covered, all=True)) | Q(state__in=states)
