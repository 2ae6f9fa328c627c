"""How much is published, year by year and kind by kind, in the nation or in one state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet

from datasets.models import PublicBody, Release
from municipalities.models import State
from municipalities.selectors import with_states

# Of a body and its municipality what a list shows, and what the list is ordered by.
SHOWN = (
    *("slug", "name", "kind", "sort_key", "state_id"),
    *("municipality__code", "municipality__name", "municipality__state_id"),
)


@dataclass(slots=True)
class Shelf:
    """One public body: the years of which something is published, by kind."""

    body: PublicBody
    years: dict[str, set[int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(years) for years in self.years.values())

    @property
    def newest(self) -> int:
        return max((year for years in self.years.values() for year in years), default=0)


def _in(state: State | None) -> Q:
    if state is None:
        return Q()
    return Q(public_body__state=state) | Q(public_body__municipality__state=state)


def bodies_by_year(state: State | None = None) -> dict[str, dict[int, int]]:
    """For each kind, how many public bodies have something published of each year. One query."""
    found = Release.objects.published().filter(_in(state)).values("kind", "year")
    counts: dict[str, dict[int, int]] = {}
    for row in found.annotate(bodies=Count("public_body", distinct=True)).order_by("kind", "year"):
        counts.setdefault(row["kind"], {})[row["year"]] = row["bodies"]
    return counts


def shelves(state: State | None = None) -> list[Shelf]:
    """Every public body with data, by name, with what is published of it. Two queries."""
    found = _shelves(Release.objects.published().filter(_in(state)))
    return sorted(found.values(), key=lambda one: (one.body.sort_key, one.body.pk))


def shelves_of(bodies: Sequence[int]) -> list[Shelf]:
    """A few of them, in the order given; without those of which nothing is published any more."""
    found = _shelves(Release.objects.published().filter(public_body__in=bodies))
    return [found[pk] for pk in bodies if pk in found]


def _shelves(releases: QuerySet[Release]) -> dict[int, Shelf]:
    """A row for each body and kind, with its years: of a full country ten times fewer than a row for each year."""
    told = releases.order_by().values_list("public_body", "kind").annotate(told=ArrayAgg("year", distinct=True))
    rows = sorted(told)
    bodies = PublicBody.objects.select_related("municipality").only(*SHOWN).in_bulk({row[0] for row in rows})
    with_states([*bodies.values(), *[one.municipality for one in bodies.values() if one.municipality is not None]])
    found: dict[int, Shelf] = {}
    for pk, kind, years in rows:
        found.setdefault(pk, Shelf(bodies[pk])).years[kind] = set(years)
    return found
