"""Reads of the territory."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from heapq import nsmallest
from typing import Any, NamedTuple, TypeVar

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Abs

from gesoc.common.moments import present
from gesoc.common.text import search_text

from .models import (
    NAME_ENDS,
    MapFrame,
    MetropolitanMembership,
    Municipality,
    MunicipalityQuerySet,
    Population,
    PriceIndex,
    Shape,
    State,
    telling_words,
)

CENT = Decimal("0.01")


Unit = TypeVar("Unit", bound=Model)


def with_states(found: Iterable[Unit]) -> list[Unit]:
    """Municipalities, or bodies, with their state: one of thirty-two that a process knows for a minute. Nobody changes it."""
    units, states = list(found), _states(present())
    for unit in units:
        one: Any = unit
        if one.state_id in states:
            one.state = states[one.state_id]
    return units


def all_states() -> list[State]:
    """By name, as a process knows them for a minute."""
    return list(_states(present()).values())


@lru_cache(maxsize=1)
def _states(moment: float) -> dict[str, State]:
    return {state.code: state for state in State.objects.all()}


def search_municipalities(query: str, limit: int = 20) -> list[Municipality]:
    """Return the best matches with their state and latest population: what `matching` and `ranked` find, of those that a process
    knows for a minute. No query."""
    return with_states(copy(one.unit) for one in _best_named(query, limit))


class _Named(NamedTuple):
    """A municipality as it is searched for; in a tuple's order those of one rank stand."""

    fewness: int  # people, taken from nothing; those without a figure come last
    sort_key: str
    code: str
    search_text: str
    unit: Municipality


def _best_named(query: str, limit: int) -> list[_Named]:
    words, phrase = telling_words(query), search_text(query)
    if not words:
        return []
    code, starts = query.strip(), [f" {word}" for word in words]

    def rank(one: _Named) -> int:
        if one.search_text.startswith(phrase):
            return 0 if one.search_text.startswith(f"{phrase} {NAME_ENDS}") else 1
        return 2 if all(start in f" {one.search_text}" for start in starts) else 3

    found = [one for one in _all_named(present()) if one.code == code or all(word in one.search_text for word in words)]
    return nsmallest(limit, found, key=lambda one: (rank(one), one[:3]))


@lru_cache(maxsize=1)
def _all_named(moment: float) -> list[_Named]:
    """Some 2,500, of a kilobyte each."""
    units: Any = Municipality.objects.with_population().order_by()  # annotated
    return [_Named(_fewness(one.population), one.sort_key, one.code, one.search_text, one) for one in units]


def _fewness(people: int | None) -> int:
    return 1 if people is None else -people


def municipalities_of(state: State, by: str = "name") -> MunicipalityQuerySet:
    """Return them by name, or with the most people first and those without a figure last."""
    orders = {"name": [], "population": [F("population").desc(nulls_last=True)]}
    found = Municipality.objects.filter(state=state).with_population()
    return found.order_by(*orders[by], "sort_key", "code")


def with_successors(code: str) -> MunicipalityQuerySet:
    """The municipality and what was split from it: what is counted for a territory goes on being counted."""
    return Municipality.objects.filter(Q(code=code) | Q(pk__in=Municipality.objects.filter(parents=code).values("pk")))


def codes_with_data(state: State | None = None) -> set[str]:
    """Codes of the municipalities whose government has published figures here."""
    mine = Q(public_bodies__kind="municipality", public_bodies__releases__status="published")
    found = Municipality.objects.filter(mine)
    return set((found.filter(state=state) if state else found).values_list("code", flat=True))


def without_polygon(state: State) -> MunicipalityQuerySet:
    """Return the units whose territory the map still draws inside the ones they were split from, with those."""
    return Municipality.objects.filter(state=state).without_polygon().prefetch_related("parents")


def states_with_counts() -> QuerySet[State]:
    """Annotate how many municipalities each state has and its newest population with its year."""
    newest = Population.objects.filter(state=OuterRef("pk")).order_by("-year", "kind")
    states = State.objects.order_by("sort_key")  # said again: grouping drops the order of Meta
    return states.annotate(
        municipality_count=Count("municipalities"),
        population=Subquery(newest.values("value")[:1]),
        population_year=Subquery(newest.values("year")[:1]),
        population_source=Subquery(newest.values("source")[:1]),
    )


def population_on(codes: Iterable[str], year: int) -> dict[str, Population]:
    """What `people_in` tells of each municipality code; a code without any figure is left out. One query.

    Of each no more than the figure at or before the year and the one after it is read.
    """
    later = ExpressionWrapper(Q(year__gt=year), output_field=BooleanField())
    nearest = (
        Population.objects.filter(municipality__in=list(codes))
        .annotate(later=later, away=Abs(F("year") - year))
        .order_by("municipality_id", "later", "away", "kind")
        .distinct("municipality_id", "later")
    )
    return _by_code(nearest, year)


def populations_by_year(codes: Iterable[str], years: Iterable[int]) -> dict[int, dict[str, Population]]:
    """What `population_on` tells, of several years. One query."""
    figures = list(Population.objects.filter(municipality__in=list(codes)).order_by("year", "kind"))
    return {year: _by_code(figures, year) for year in years}


def _by_code(figures: Iterable[Population], year: int) -> dict[str, Population]:
    mine: dict[str, list[Population]] = {}
    for figure in figures:
        mine.setdefault(str(figure.municipality_id), []).append(figure)
    found = {code: people_in(all_, year) for code, all_ in mine.items()}
    return {code: people for code, people in found.items() if people is not None}


def people_in(figures: Iterable[Population], year: int) -> Population | None:
    """The figure of the year; between two of them a straight line; after the newest, the newest. Before all, nothing, but the
    figure of the year after: the spending of 1999 is divided by the census of early 2000, and every page says which it is.

    A census ten years old would make the amount per inhabitant jump in the year of the next one. Within a year the census
    goes before the projection.
    """
    by_year: dict[int, Population] = {}
    for figure in figures:
        held = by_year.get(figure.year)
        if held is None or figure.kind < held.kind:
            by_year[figure.year] = figure
    before = by_year.get(max((one for one in by_year if one <= year), default=0))
    after = by_year.get(min((one for one in by_year if one > year), default=0))
    if before is None:
        return after if after is not None and after.year == year + 1 else None
    if after is None or before.year == year:
        return before
    return _between(before, after, year)


def _between(before: Population, after: Population, year: int) -> Population:
    gone = Decimal((after.value - before.value) * (year - before.year)) / (after.year - before.year)
    found = Population(
        municipality_id=before.municipality_id,
        state_id=before.state_id,
        year=year,
        kind=Population.Kind.PROJECTION,
        value=before.value + int(gone.quantize(Decimal(1), ROUND_HALF_UP)),
        source=after.source,
    )
    found.between = (before, after)
    return found


def state_population_on(code: str | None, year: int) -> Population | None:
    """Return the newest figure at or before the year of a state, or of the nation when no code is given."""
    figures = Population.objects.filter(municipality=None, state=code, year__lte=year)
    return figures.order_by("-year", "kind").first()


def metropolitan_subqueries(municipality: str) -> dict[str, Subquery]:
    """To annotate: the newest edition of the list of zones that is loaded, and the zone of a municipality in it.

    `municipality`: the path to its code from what is annotated. No edition: no list is loaded.
    """
    edition = MetropolitanMembership.objects.order_by("-edition").values("edition")[:1]
    mine = MetropolitanMembership.objects.filter(municipality=OuterRef(municipality), edition=Subquery(edition))
    mine = mine.order_by()
    return {
        "zone_edition": Subquery(edition),
        "zone_name": Subquery(mine.values("name")[:1]),
        "zone_kind": Subquery(mine.values("kind")[:1]),
    }


@dataclass(frozen=True)
class Deflator:
    """One price series by year. What it makes must be shown with the name of the series and the base year."""

    series: str
    values: Mapping[int, Decimal]

    @property
    def name(self) -> str:
        return str(PriceIndex.Series(self.series).label)

    @property
    def latest_year(self) -> int | None:
        return max(self.values, default=None)

    def deflate(self, amount: Decimal | None, from_year: int, to_year: int) -> Decimal | None:
        """Return the amount of one year at the prices of another, rounded to the cent; None where a year is missing."""
        if amount is None or from_year not in self.values or to_year not in self.values:
            return None
        real = amount * self.values[to_year] / self.values[from_year]
        return real.quantize(CENT, rounding=ROUND_HALF_UP)


def deflator(series: str = PriceIndex.Series.UDI) -> Deflator:
    return _deflator(str(series), present())


@lru_cache(maxsize=8)
def _deflator(series: str, moment: float) -> Deflator:
    values = PriceIndex.objects.filter(series=series).values_list("year", "value")
    return Deflator(str(PriceIndex.Series(series).value), dict(values))


def deflate(
    amount: Decimal | None, from_year: int, to_year: int, series: str = PriceIndex.Series.UDI
) -> Decimal | None:
    """One amount; for many, take `deflator()` once and use its method."""
    return deflator(series).deflate(amount, from_year, to_year)


def map_shapes(frame: str) -> tuple[MapFrame | None, list[Shape]]:
    """Return a frame and its shapes, in order of their codes. No frame means that no geometry was loaded."""
    shapes = Shape.objects.filter(frame=frame).order_by("state_id", "municipality_id")
    return MapFrame.objects.filter(pk=frame).first(), list(shapes)


def latest_populations() -> dict[str, int | None]:
    """Return the newest figure of every municipality, None where this site has none."""
    found = Municipality.objects.with_population().order_by("code")
    return dict(found.values_list("code", "population"))  # type: ignore[misc]  # annotated above
