"""In which order the panorama lists its public bodies: a page then reads no more than the rows it shows.

Kept until the data change, and made by the worker before a reader asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy

from datasets import selectors
from datasets.caching import remembered, remembered_some
from datasets.figures.comparison import INDICATORS
from datasets.selectors import Shelf, Standing
from gesoc.common.text import sort_key
from municipalities.models import State

TO_COMPARE = 4  # that are offered for a comparison, the first by name
ORDERS = {
    "nombre": gettext_lazy("Name"),
    "datos": gettext_lazy("Most data"),
    "gasto": gettext_lazy("Expenditure per inhabitant"),
    "poblacion": gettext_lazy("Population"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    bodies: tuple[int, ...]
    compare: tuple[str, ...]  # codes of municipalities; none where fewer than two are told
    moment: str  # in which all spending of the country is listed


def listing(state: State | None, by: str, *, version: int | None = None) -> Listing:
    return remembered(f"panorama:{state.pk if state else ''}:{by}", lambda: _list(state, by), version=version)


def counted(state: State | None, *, version: int | None = None) -> dict[str, dict[int, int]]:
    """How many public bodies tell each kind and year."""
    name = f"panorama:{state.pk if state else ''}:years"
    return remembered(name, lambda: selectors.bodies_by_year(state), version=version)


@dataclass(frozen=True, slots=True)
class Told:
    """The municipalities of a year, all in one moment."""

    standings: Mapping[str, Standing]  # by code
    year: int | None
    moment: str

    def of(self, one: Shelf) -> Standing | None:
        return self.standings.get(str(one.body.municipality_id)) if one.body.is_municipal_government else None


def standings_of_newest_year() -> Told:
    year = next(iter(selectors.years_of_standings(False)), None)
    everybody = selectors.standings(year) if year else []
    moment = selectors.commonest_moment(everybody)
    return Told({one.code: one.at(moment) for one in everybody}, year, moment)


def standings_shown(shelves: Sequence[Shelf], moment: str, *, version: int) -> Told:
    """Of the municipalities of one page alone."""
    year = next(iter(selectors.years_of_standings(False, version=version)), None)
    codes = [str(one.body.municipality_id) for one in shelves if one.body.is_municipal_government]
    if year is None or not codes:
        return Told({}, year, moment)
    told: dict[str, Standing] = remembered_some(version, f"standing:{year}", codes)
    if missing := [code for code in codes if code not in told]:
        told |= {one.code: one for one in selectors.standings_of(missing, year)}
    return Told({code: one.at(moment) for code, one in told.items()}, year, moment)


def prepare() -> None:
    """The lists of the whole country, which is where the page opens."""
    for by in ORDERS:
        listing(None, by)
    counted(None)


def _list(state: State | None, by: str) -> Listing:
    shelves, told = selectors.shelves(state), standings_of_newest_year()
    codes = [str(one.body.municipality_id) for one in shelves if one.body.is_municipal_government][:TO_COMPARE]
    return Listing(
        bodies=tuple(one.body.pk for one in ordered(shelves, told, by)),
        compare=tuple(codes) if len(codes) > 1 else (),
        moment=told.moment,
    )


def ordered(shelves: Sequence[Shelf], told: Told, by: str) -> list[Shelf]:
    """What is not known comes last."""

    def value(one: Shelf) -> Decimal | int | None:
        standing = told.of(one)
        if by == "datos":
            return one.count
        if standing is None:
            return None
        return standing.population if by == "poblacion" else INDICATORS["gasto"].of(standing)

    named = sorted(shelves, key=lambda one: (sort_key(name_of(one)), one.body.pk))
    if by == "nombre":
        return named
    return sorted(named, key=lambda one: ((found := value(one)) is None, -(found or 0)))


def name_of(one: Shelf) -> str:
    body = one.body
    return body.municipality.name if body.is_municipal_government and body.municipality else body.name
