"""What every municipality spent, received and contracted in a year, to be held beside one another.

One release of each municipal government answers for the year, chosen as for its own page; only figures of the same
moment and, for what was done, of a whole year are put side by side: whoever does so asks for the moment (`Standing.at`).
Kept until the data change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from datasets.caching import remembered
from datasets.models import ContractCell, Document, ExpenditureCell, Kind, PublicBody, Release, RevenueCell
from datasets.versions import data_version
from gesoc.common.moments import present
from municipalities.models import Population
from municipalities.selectors import metropolitan_subqueries, population_on, populations_by_year

from .contract_sums import awarded
from .contracts import contract_releases
from .releases import UNREAD, best_by_year, in_releases

PLANNED = "approved"
DONE = ("accrued", "exercised", "paid")
COLLECTED = "collected"
WHOLE_YEAR = Q(period__in=("annual", "Q4"))


class Spending(NamedTuple):
    """What a release states in one moment. A chapter that it names, but not in that moment, is None."""

    whole: Decimal
    chapters: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """One municipality in one year; what it has not published is None. `spent` and the chapters are of `moment`."""

    code: str
    name: str
    state_code: str
    state: str
    release: int
    moment: str
    spent: Decimal | None
    population: int | None = None
    population_year: int | None = None
    population_drawn: bool = False  # on a straight line between two counts
    coastal: bool | None = None
    zone: str | None = None  # metropolitan; "" where it belongs to none, None where that is not known
    zone_kind: str = ""  # see MetropolitanMembership.Kind
    zone_edition: int | None = None
    chapters: Mapping[str, Decimal | None] = field(default_factory=dict)
    moments: Mapping[str, Spending] = field(default_factory=dict)  # all that its release states of the kind
    own: Decimal | None = None
    received: Decimal | None = None
    contracted: Decimal | None = None
    direct: Decimal | None = None

    def chapter(self, code: str) -> Decimal | None:
        """Zero where the file tells all of its money by other chapters; nothing where it names this one without an amount,
        or leaves money without a chapter, which may be of this one."""
        if code in self.chapters:
            return self.chapters[code]
        told = [value for value in self.chapters.values() if value is not None]
        return Decimal(0) if told and sum(told) == self.spent else None

    def at(self, moment: str) -> Standing:
        """The same municipality in a moment that another one is told in; spent is None where its release lacks it."""
        if moment == self.moment:
            return self
        told = self.moments.get(moment)
        return replace(self, moment=moment, spent=told.whole if told else None, chapters=told.chapters if told else {})


def commonest_moment(standings: Iterable[Standing]) -> str:
    """What most of them state, for lists that begin with nobody: each one's own would leave the fewest without a figure,
    but side by side they would not be the same kind of money. Of equals the earlier one of the budget cycle."""
    told = Counter(moment for one in standings for moment in one.moments)
    return max((PLANNED, *DONE), key=lambda moment: told[moment]) if told else DONE[0]


def years_of_standings(planned: bool, *, version: int | None = None) -> list[int]:
    """Years of which at least one municipal government has a figure of the kind, newest first. One query at most."""
    return remembered(f"standings:years:{int(planned)}", lambda: _years(planned), version=version)


def standings(year: int, *, planned: bool = False, version: int | None = None) -> list[Standing]:
    """All municipalities of the year, by name; six queries at most, none while the data stay the same (one of their version
    where that was not asked before). A process goes on with what it unpacked: thousands of rows, which no page changes."""
    return unpacked(data_version() if version is None else version, year, planned, present())


@lru_cache(maxsize=4)
def unpacked(version: int, year: int, planned: bool, moment: float) -> list[Standing]:
    """Some 9 MB of a whole country that states two moments."""
    return remembered(
        f"standings:{year}:{int(planned)}",
        lambda: _standings(_budgets(planned).filter(year=year), planned),
        version=version,
    )


def standings_of(codes: Iterable[str], year: int, *, planned: bool = False) -> list[Standing]:
    """A few of them, read by their keys: six queries that cost the same however many municipalities there are."""
    return _standings(_budgets_of(codes, planned).filter(year=year), planned)


def spending_of(codes: Sequence[str], *, planned: bool = False) -> dict[int, list[Standing]]:
    """What a few municipalities spent and the people it was spent for, by year; nothing else is told. Two queries."""
    by_year: dict[int, list[Release]] = {}
    budgets = _budgets_of(codes, planned).select_related("public_body__municipality__state")
    for release in budgets.defer("reason", "sheets", "headings", "public_body__search_text"):
        by_year.setdefault(release.year, []).append(release)
    people = populations_by_year(codes, by_year)
    return {
        year: [
            _standing(one, planned, people[year].get(str(one.public_body.municipality_id)))
            for one in _best(all_).values()
        ]
        for year, all_ in by_year.items()
    }


def standing_releases(chosen: Iterable[Standing]) -> list[Release]:
    """The releases that the figures of some municipalities were read from, with their files. One query."""
    return list(
        Release.objects.filter(pk__in=[one.release for one in chosen])
        .select_related("public_body__municipality", "ingest__file__source")
        .defer(*UNREAD)
        .order_by("pk")
    )


def _budgets(planned: bool) -> QuerySet[Release]:
    found = Release.objects.published().filter(kind=Kind.EXPENDITURE, public_body__kind=PublicBody.Kind.MUNICIPALITY)
    if planned:
        return found.filter(totals__has_key=PLANNED)
    return found.filter(WHOLE_YEAR, totals__has_any_keys=list(DONE)).exclude(document=Document.APPROVED)


def _budgets_of(codes: Iterable[str], planned: bool) -> QuerySet[Release]:
    return _budgets(planned).filter(public_body__municipality__in=list(codes))


def _years(planned: bool) -> list[int]:
    return list(_budgets(planned).order_by("-year").values_list("year", flat=True).distinct())


def _best(releases: Iterable[Release]) -> dict[int, Release]:
    """By body."""
    by_body: dict[int, list[Release]] = {}
    for release in releases:
        by_body.setdefault(release.public_body_id, []).append(release)
    return {body: next(iter(best_by_year(mine).values())) for body, mine in by_body.items()}


def _standings(of_year: QuerySet[Release], planned: bool) -> list[Standing]:
    """From budgets of one year."""
    zones = metropolitan_subqueries("public_body__municipality")
    budgets = _best(of_year.select_related("public_body__municipality__state").annotate(**zones))
    if not budgets:
        return []
    year = next(iter(budgets.values())).year
    people = population_on([str(one.public_body.municipality_id) for one in budgets.values()], year)
    chapters = _chapters(budgets.values(), planned)
    revenue, contracts = _revenue(year, budgets), _contracts(year, budgets)
    found = []
    for body, release in budgets.items():
        own, received = revenue.get(body, (None, None))
        contracted, direct = contracts.get(body, (None, None))
        people_of = people.get(str(release.public_body.municipality_id))
        found.append(
            replace(
                _standing(release, planned, people_of, chapters.get(release.pk, {})),
                **_place(release),
                own=own,
                received=received,
                contracted=contracted,
                direct=direct,
            )
        )
    return sorted(found, key=lambda one: (one.name, one.code))


def _standing(
    release: Release,
    planned: bool,
    people: Population | None,
    chapters: Mapping[str, Mapping[str, Decimal | None]] | None = None,
) -> Standing:
    """In the first moment that its release states."""
    unit = release.public_body.municipality
    assert unit is not None
    moments = {
        moment: Spending(Decimal(release.totals[moment]), (chapters or {}).get(moment, {}))
        for moment in _moments(release, planned)
    }
    moment = next(iter(moments))
    return Standing(
        code=unit.code,
        name=unit.name,
        state_code=unit.state_id,
        state=unit.state.short_name,
        release=release.pk,
        moment=moment,
        spent=moments[moment].whole,
        chapters=moments[moment].chapters,
        moments=moments,
        population=people.value if people else None,
        population_year=people.year if people else None,
        population_drawn=bool(people and people.between),
    )


def _place(release: Any) -> dict[str, Any]:
    """Coast and metropolitan zone; neither is known of a municipality created after its map and its list were made."""
    unit, edition = release.public_body.municipality, release.zone_edition
    known = edition is not None and not unit.is_recent
    return {
        "coastal": unit.is_coastal,
        "zone": (release.zone_name or "") if known else None,
        "zone_kind": release.zone_kind or "",
        "zone_edition": edition,
    }


def _moments(release: Release, planned: bool) -> list[str]:
    return [moment for moment in ((PLANNED,) if planned else DONE) if moment in release.totals]


def _chapters(releases: Iterable[Release], planned: bool) -> dict[int, dict[str, dict[str, Decimal | None]]]:
    """By release and moment."""
    moments = {release.pk: _moments(release, planned) for release in releases}
    found: dict[int, dict[str, dict[str, Decimal | None]]] = {}
    for cell in ExpenditureCell.objects.filter(by="chapter", **in_releases(releases)).exclude(key=""):
        for moment in moments[cell.release_id]:
            mine = found.setdefault(cell.release_id, {}).setdefault(moment, {})
            mine[intern(cell.key)] = getattr(cell, moment)  # one string for thousands of places, in the cache too
    return found


def _revenue(year: int, bodies: Iterable[int]) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """By body: its own revenue and all of it, as collected in the whole year."""
    published = Release.objects.published().filter(kind=Kind.REVENUE, year=year, public_body__in=list(bodies))
    releases = _best(published.filter(WHOLE_YEAR, totals__has_key=COLLECTED).select_related("public_body"))
    cells: dict[int, list[RevenueCell]] = {}
    for cell in RevenueCell.objects.filter(by="rubro", **in_releases(releases.values())):
        cells.setdefault(cell.release_id, []).append(cell)
    return {body: _own(release, cells.get(release.pk, [])) for body, release in releases.items()}


def _own(release: Release, cells: Sequence[RevenueCell]) -> tuple[Decimal | None, Decimal | None]:
    """Its own is not known where money is left without a rubro: it may be of any."""
    received = Decimal(release.totals[COLLECTED])
    told = [(cell.key[0], cell.collected) for cell in cells if cell.key and cell.collected is not None]
    if not told or sum(value for _rubro, value in told) != received:
        return None, received
    return sum((value for rubro, value in told if rubro in "1234567"), Decimal(0)), received


def _contracts(year: int, bodies: Iterable[int]) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """By body: pesos contracted by a stated procedure, and those of them that were awarded without competition. Lists of
    months or quarters add up."""
    chosen = list(contract_releases().filter(year=year, public_body__in=list(bodies)))
    cells: dict[int, list[ContractCell]] = {}
    for cell in ContractCell.objects.filter(by="method", currency="MXN", **in_releases(chosen)):
        cells.setdefault(cell.public_body_id, []).append(cell)
    told = {body: awarded(mine) for body, mine in cells.items()}
    return {body: (one.known, one.direct) for body, one in told.items()}
