"""One figure under one heading, and the names of headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import get_language, gettext

from datasets.models import ClassNode, ExpenditureCell, ExpenditureLine, Label, Release, RevenueCell
from gesoc.common.moments import present

Amounts = Mapping[str, Decimal | None]
# The moment that a list is ordered by when none is asked for: the first of these that was published.
HEADLINE = ("accrued", "exercised", "paid", "collected", "committed", "modified", "approved", "estimated", "reported")
# Headings that have no official list everybody uses: the publisher's own name comes first.
OWN_NAMES = frozenset({"unit", "programme", "funding"})
SUBFUNCTION = re.compile(r"^(\d\.\d)\.\d")


@dataclass(frozen=True, slots=True)
class Cell:
    """A heading of one release with its sums."""

    release_id: int
    key: str  # identifies the heading within the release and `by`
    code: str  # of the official classifier, or the publisher's where there is no such classifier
    published_code: str
    name: str
    short_name: str
    amounts: Amounts
    line_count: int

    def amount(self, moment: str) -> Decimal | None:
        return self.amounts.get(moment)


def totals(cells: Iterable[Cell], moments: Sequence[str]) -> dict[str, Decimal | None]:
    """Sum of each moment over cells of one release; None where no cell states it."""
    rows = list(cells)
    return {moment: sum_stated(cell.amounts.get(moment) for cell in rows) for moment in moments}


def sum_stated(values: Iterable[Decimal | None]) -> Decimal | None:
    """None where nothing is stated: not published is not zero."""
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None


def headline(cells: Iterable[Cell]) -> str | None:
    """The moment by which cells are compared when none is asked for."""
    stated = {moment for cell in cells for moment, value in cell.amounts.items() if value is not None}
    return next((moment for moment in HEADLINE if moment in stated), None)


def ordered(cells: Sequence[Cell], moment: str | None) -> list[Cell]:
    """Largest first; what is not stated comes last, ties by code."""
    by = moment or headline(cells)

    def place(cell: Cell) -> tuple[bool, Decimal, str, str]:
        value = cell.amounts.get(by) if by else None
        return value is None, -(value or Decimal(0)), cell.code, cell.key

    return sorted(cells, key=place)


@dataclass(frozen=True, slots=True)
class Name:
    full: str
    short: str


def official_names(classifier: str | None, codes: Iterable[str]) -> dict[str, Name]:
    """Names that the classifier's codes have today, in the active language; a name without translation stays Spanish."""
    return {node.code: node_name(node) for node in nodes_of(classifier, codes) if node.until is None}


def official_names_by_year(
    classifier: str | None, codes: Iterable[str], years: Iterable[int]
) -> dict[int, dict[str, Name]]:
    """The names that the codes had in each of the years: a digit of the funding sources meant another one before 2018.
    One query."""
    nodes = nodes_of(classifier, codes)
    return {
        year: {node.code: node_name(node) for node in nodes if node.since <= year <= (node.until or year)}
        for year in set(years)
    }


def settled_names(classifier: str | None, codes: Iterable[str]) -> dict[str, Name]:
    """Of the codes that never had another meaning: for figures of several years at once."""
    nodes = nodes_of(classifier, codes)
    meanings = Counter(node.code for node in nodes)
    return {node.code: node_name(node) for node in nodes if meanings[node.code] == 1}


def nodes_of(classifier: str | None, codes: Iterable[str]) -> list[ClassNode]:
    """The entries of the codes in all the years, kept for a minute by each process."""
    wanted = set(codes)
    if classifier is None or not wanted:
        return []
    known = _all_nodes(classifier, present())
    return [node for code in sorted(wanted) for node in known.get(code, ())]


@lru_cache(maxsize=16)
def _all_nodes(classifier: str, moment: float) -> dict[str, list[ClassNode]]:
    """By code: a few hundred, which every page with headings asks for."""
    found: dict[str, list[ClassNode]] = {}
    for node in ClassNode.objects.filter(classifier=classifier):
        found.setdefault(node.code, []).append(node)
    return found


def node_name(node: ClassNode) -> Name:
    english = (get_language() or "").startswith("en")
    full = (english and node.name_en) or node.name_es
    short = node.short_en if english else node.short_es
    return Name(full, short or full)


def at_function_level(rows: Sequence[ExpenditureCell], *, below: str | None) -> list[ExpenditureCell]:
    """Put subfunctions (2.4.1) under their function (2.4), unless they are what a drill below a function asks for."""
    if below and "." in below:
        return list(rows)
    merged: dict[tuple[int, str], ExpenditureCell] = {}
    for row in rows:
        found = SUBFUNCTION.match(row.key)
        key = found[1] if found else row.key
        kept = merged.get((row.release_id, key))
        if kept is None:
            row.key, row.label = key, None if found else row.label
            merged[row.release_id, key] = row
        else:
            _add(kept, row)
    return list(merged.values())


def _add(kept: ExpenditureCell, row: ExpenditureCell) -> None:
    kept.line_count += row.line_count
    for moment in ExpenditureLine.MOMENTS:
        setattr(kept, moment, sum_stated([getattr(kept, moment), getattr(row, moment)]))


def with_remainders(cells: Sequence[Cell], releases: Iterable[Release], moments: Sequence[str]) -> list[Cell]:
    """Add to each release's cells what its totals hold beyond them, under the cell without code."""
    found = list(cells)
    for release in releases:
        own = [cell for cell in cells if cell.release_id == release.pk]
        if own and (rest := _remainder(release, own, moments)):
            unnamed = next((cell for cell in own if not cell.key), None)
            if unnamed:
                found.remove(unnamed)
            found.append(_unclassified(release, unnamed, rest, own, moments))
    return found


def _remainder(release: Release, cells: Sequence[Cell], moments: Sequence[str]) -> dict[str, Decimal]:
    counted = totals(cells, moments)
    stated = {moment: Decimal(release.totals[moment]) for moment in moments if moment in release.totals}
    rest = {moment: value - (counted[moment] or 0) for moment, value in stated.items()}
    return {moment: value for moment, value in rest.items() if value}


def _unclassified(
    release: Release, known: Cell | None, rest: Amounts, cells: Sequence[Cell], moments: Sequence[str]
) -> Cell:
    already = known.amounts if known else {}
    name = _cell_name("", "", None, None)
    return Cell(
        release_id=release.pk,
        key="",
        code="",
        published_code="",
        name=name.full,
        short_name=name.short,
        amounts={moment: sum_stated([already.get(moment), rest.get(moment)]) for moment in moments},
        line_count=release.line_count - sum(cell.line_count for cell in cells if cell is not known),
    )


def cell_of(row: ExpenditureCell | RevenueCell, moments: Sequence[str], names: Mapping[str, Name]) -> Cell:
    label = row.label
    own = label is not None and row.key in (label.code, str(label.pk), label.published_code)
    name = _cell_name(row.by, row.key, label if own else None, names.get(row.key))
    return Cell(
        release_id=row.release_id,
        key=row.key,
        code=_code(row.by, row.key, label),
        published_code=label.published_code if label is not None and own else "",
        name=name.full,
        short_name=name.short,
        amounts={moment: getattr(row, moment) for moment in moments},
        line_count=row.line_count,
    )


def _cell_name(by: str, key: str, label: Label | None, official: Name | None) -> Name:
    printed = Name(label.name, label.name) if label is not None and label.name and key else None
    found = (printed or official) if by in OWN_NAMES else (official or printed)
    if found:
        return found
    unnamed = gettext("Code %(code)s") % {"code": key} if key else gettext("Without classification")
    return Name(unnamed, unnamed)


def _code(by: str, key: str, label: Label | None) -> str:
    """The key where it is a code; where it is a label's id, what the label says of it."""
    if label is None or key != str(label.pk):
        return key
    return label.code or (label.published_code if by in OWN_NAMES else "")
