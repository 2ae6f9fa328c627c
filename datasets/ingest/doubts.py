"""Where what the columns were taken for contradicts what they hold: a person is asked, nothing is guessed.

Only readings of headings that no list has word for word are doubted, and only where most rows contradict them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from datasets.ingest.columns import ColumnMapping
from datasets.ingest.dates import parse_date
from datasets.ingest.layout import Area
from datasets.ingest.numbers import by_either_mark
from datasets.ingest.relations import SUMS
from datasets.ingest.unread import listed, looked_at

Comparable = TypeVar("Comparable", date, Decimal)
FEWEST = 3  # rows that can be compared
MOSTLY = 0.8
CLOSE = Decimal("0.01")  # of the larger figure: rounded thousands are no contradiction
#: Fields of which an earlier one is never after, or under, the next in nearly any row.
DAYS = (("start_date", "end_date"), ("date_signed", "maturity_date"), ("notice_date", "award_date"))
GROWING = {
    "expenditure": (("paid", "accrued", "committed"), ("paid", "exercised")),
    "contracts": (("amount_without_tax", "amount_with_tax"), ("amount_min", "amount_max")),
}
#: Sums of which every member is stated for the same span of time; changes of a quarter do not make the modified budget.
WHOLE = {"expenditure": SUMS["expenditure"], "revenue": SUMS["revenue"], "works": SUMS["works"]}


def doubts(area: Area, mapping: ColumnMapping, rows: Sequence[int]) -> list[str]:
    """One question for each contradiction, by the headings of the columns in it. None once a person has looked at them."""
    if "person" in mapping.confidence.values():
        return []
    looked = looked_at(rows)
    return [
        f"Lo que traen estas columnas no concuerda con lo que parecen ser: {_named(area, columns)}. ¿Qué es cada una?"
        for columns in _contradictions(area, mapping, looked)
        if any(mapping.confidence.get(column) == "similar" for column in columns)
    ]


def _named(area: Area, columns: Sequence[int]) -> str:
    return listed([area.headings[column] for column in sorted(columns)])


def _contradictions(area: Area, mapping: ColumnMapping, rows: Sequence[int]) -> Iterator[list[int]]:
    for members in WHOLE.get(mapping.kind, ()):
        columns = [mapping.column(name) for name in members]
        found = [column for column in columns if column is not None]
        if len(found) == len(members) and _fails(area, found, [*members.values()], rows):
            yield found
    for pair in _pairs(mapping):
        if _reversed(area, pair, rows, _amount):
            yield pair
    for names in DAYS:
        days = [column for name in names if (column := mapping.column(name)) is not None]
        if len(days) == len(names) and _reversed(area, days, rows, parse_date):
            yield days


def _pairs(mapping: ColumnMapping) -> Iterator[list[int]]:
    for names in GROWING.get(mapping.kind, ()):
        present = [column for name in names if (column := mapping.column(name)) is not None]
        yield from (list(pair) for pair in pairwise(present))


def _amount(text: str) -> Decimal | None:
    return next(by_either_mark(text), None)


def _fails(area: Area, columns: Sequence[int], signs: Sequence[int], rows: Sequence[int]) -> bool:
    """Whether the sum does not come out in most rows, whichever sign its changes are printed with."""
    stated = [cells for row in rows if all(cells := [_amount(area.grid.cell(row, column)) for column in columns])]
    missed = sum(not _comes_out([cell or Decimal() for cell in cells], signs) for cells in stated)
    return len(stated) >= FEWEST and missed >= MOSTLY * len(stated)


def _comes_out(cells: Sequence[Decimal], signs: Sequence[int]) -> bool:
    total = sum((cell * sign for cell, sign in zip(cells, signs, strict=True)), Decimal())
    least = max(map(abs, cells)) * CLOSE
    return abs(total) <= least or abs(total - 2 * cells[1]) <= least


def _reversed(
    area: Area, columns: Sequence[int], rows: Sequence[int], value: Callable[[str], Comparable | None]
) -> bool:
    """Whether the second is before, or under, the first in most rows."""
    pairs = [
        (one, other)
        for row in rows
        if (one := value(area.grid.cell(row, columns[0]))) and (other := value(area.grid.cell(row, columns[1])))
    ]
    return len(pairs) >= FEWEST and sum(other < one for one, other in pairs) >= MOSTLY * len(pairs)
