"""Sums of expenditure and revenue by heading, read from the rollup cells of chosen releases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from datasets.models import (
    ClassNode,
    ExpenditureCell,
    ExpenditureLine,
    Kind,
    PublicBody,
    Release,
    RevenueCell,
    RevenueLine,
)

from .cells import Cell, at_function_level, cell_of, official_names_by_year, ordered, with_remainders
from .releases import choose_releases, in_releases

MOMENTS: dict[str, tuple[str, ...]] = {Kind.EXPENDITURE: ExpenditureLine.MOMENTS, Kind.REVENUE: RevenueLine.MOMENTS}
Classifier = ClassNode.Classifier
OBJECT_LEVELS = ("chapter", "concept", "item")
EXPENDITURE_CLASSIFIERS: dict[str, str] = {
    **dict.fromkeys(OBJECT_LEVELS, Classifier.OBJECT),
    "function": Classifier.FUNCTION,
    "economic": Classifier.ECONOMIC,
    "funding": Classifier.FUNDING,
}
REVENUE_CLASSIFIERS: dict[str, str] = {
    **dict.fromkeys(("rubro", "type", "item"), Classifier.REVENUE),
    "funding": Classifier.FUNDING,
}


@dataclass(frozen=True, slots=True)
class YearCells:
    """The cells of one year with the release they were read from."""

    year: int
    release: Release
    cells: list[Cell]


def expenditure_cells(
    *, releases: Iterable[Release], by: str, parent: str | None = None, moment: str | None = None
) -> list[Cell]:
    """Headings of each release, largest first. Two queries however many releases.

    `parent` drills down: a chapter (1000) leaves its concepts, a concept (1100) its items. Money printed less deeply
    than asked stays under its own code: an item of 1000 is what the file told of chapter 1000 alone.
    """
    chosen = list(releases)
    prefix = _object_prefix(parent) if by in OBJECT_LEVELS else parent or None
    found = ExpenditureCell.objects.filter(by=by, **in_releases(chosen)).filter(_under(by, prefix))
    rows = list(found.select_related("label"))
    if by == "function":
        rows = at_function_level(rows, below=parent)
    cells = _named(rows, chosen, EXPENDITURE_CLASSIFIERS.get(by), ExpenditureLine.MOMENTS)
    return ordered(cells if parent else with_remainders(cells, chosen, ExpenditureLine.MOMENTS), moment)


def expenditure_levels(
    *, releases: Iterable[Release], levels: Sequence[str], moment: str | None = None
) -> dict[str, list[Cell]]:
    """What `expenditure_cells` tells at several levels of the same classification, in its two queries."""
    chosen = list(releases)
    rows = list(ExpenditureCell.objects.filter(by__in=levels, **in_releases(chosen)).select_related("label"))
    cells = _named(rows, chosen, EXPENDITURE_CLASSIFIERS.get(levels[0]), ExpenditureLine.MOMENTS)
    found: dict[str, list[Cell]] = {level: [] for level in levels}
    for line, cell in zip(rows, cells, strict=True):
        found[line.by].append(cell)
    return {
        level: ordered(with_remainders(mine, chosen, ExpenditureLine.MOMENTS), moment) for level, mine in found.items()
    }


def revenue_cells(
    *, releases: Iterable[Release], by: str, parent: str | None = None, moment: str | None = None
) -> list[Cell]:
    """Like `expenditure_cells`: `parent` is a rubro (1) for its types, or a type (11) for its items."""
    chosen = list(releases)
    found = RevenueCell.objects.filter(by=by, **in_releases(chosen)).filter(_under(by, parent or None))
    rows = list(found.select_related("label"))
    cells = _named(rows, chosen, REVENUE_CLASSIFIERS.get(by), RevenueLine.MOMENTS)
    return ordered(cells if parent else with_remainders(cells, chosen, RevenueLine.MOMENTS), moment)


def _named(
    rows: Sequence[ExpenditureCell | RevenueCell],
    releases: Iterable[Release],
    classifier: str | None,
    moments: Sequence[str],
) -> list[Cell]:
    """Each under the name that its code had in the year of its release. One query."""
    years = {release.pk: release.year for release in releases}
    names = official_names_by_year(classifier, [row.key for row in rows], years.values())
    return [cell_of(row, moments, names[years[row.release_id]]) for row in rows]


def is_told_by(release: Release, *, by: str, beyond: Collection[str], whole: bool) -> bool:
    """Has the release headings of `by` other than those of a coarser level, which stand for what was not told finer?
    `whole`: `beyond` are all of that level, not only those under a parent. One query at most, none where it is plain."""
    own: int = release.headings.get(by, (0, 0))[1]
    if own or whole:
        return own > 0
    cells = RevenueCell.objects if release.kind == Kind.REVENUE else ExpenditureCell.objects
    found = cells.filter(by=by, **in_releases([release]))
    return found.exclude(key="").exclude(key__in=list(beyond)).exists()


def told_by(releases: Iterable[Release]) -> set[str]:
    """The ways in which the releases name their headings. No query."""
    return {by for one in releases for by, (named, _own) in one.headings.items() if named}


def year_cells(releases: Iterable[Release]) -> list[Cell]:
    """One cell per release under its year: the totals that were counted when the release was loaded. No query."""
    return [_year_cell(release, MOMENTS[release.kind]) for release in releases]


def trend(
    *,
    public_body: PublicBody,
    by: str,
    years: Iterable[int] | None = None,
    kind: str = Kind.EXPENDITURE,
    parent: str | None = None,
    moment: str | None = None,
) -> list[YearCells]:
    """Headings year by year, oldest first, each year from its one chosen release. Three queries for any years."""
    chosen = choose_releases(public_body=public_body, kind=kind, years=years, by=by)
    found = cells_of(chosen.values(), by=by, kind=kind, parent=parent, moment=moment)
    return [YearCells(year, release, found.get(release.pk, [])) for year, release in chosen.items()]


def cells_of(
    releases: Iterable[Release], *, by: str, kind: str, parent: str | None = None, moment: str | None = None
) -> dict[int, list[Cell]]:
    """Headings of several releases of a kind, by release. Two queries."""
    read = revenue_cells if kind == Kind.REVENUE else expenditure_cells
    found: dict[int, list[Cell]] = {}
    for cell in read(releases=releases, by=by, parent=parent, moment=moment):
        found.setdefault(cell.release_id, []).append(cell)
    return found


def _object_prefix(parent: str | None) -> str | None:
    """1000 → 1, 1100 → 11, 1130 → 113."""
    return parent.rstrip("0") or parent if parent else None


def _under(by: str, prefix: str | None) -> Q:
    if prefix is None:
        return Q()
    return Q(key=prefix) | begins_with(f"{prefix}.") if by == "function" else begins_with(prefix)


def begins_with(prefix: str) -> Q:
    """As a span of the key's index. The database orders by code point, and a LIKE would be planned anew each time."""
    if not prefix.isascii() or not prefix:
        return Q(key__startswith=prefix)
    return Q(key__gte=prefix, key__lt=prefix[:-1] + chr(ord(prefix[-1]) + 1))


def _year_cell(release: Release, moments: Sequence[str]) -> Cell:
    year = str(release.year)
    stated = {moment: release.totals.get(moment) for moment in moments}
    return Cell(
        release_id=release.pk,
        key=year,
        code=year,
        published_code="",
        name=year,
        short_name=year,
        amounts={moment: None if text is None else Decimal(text) for moment, text in stated.items()},
        line_count=release.line_count,
    )
