"""Columns of amounts whose heading nobody knows: asked about where they may be a moment, not where they follow from others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

from datasets.ingest.budget import BudgetTable
from datasets.ingest.dictionary import normalise
from datasets.ingest.mapping import is_of_the_month
from datasets.ingest.numbers import by_either_mark
from datasets.ingest.outline import BudgetRow

_NO_MOMENT = re.compile(
    r"^(?:no|num|numero|cuenta contable|clave|cve|codigo|folio|consec\w*)$|%|porcentaje|avance|variacion|diferencia|saldo"
    r"|remanente|por (ejercer|pagar|recaudar|devengar|comprometer)|disponible"
)
_FINE = re.compile(r"\.\d{1,2}$|^\D*\d{1,3}(,\d{3})+|\d{7,}")
ROWS = 2_000
MOSTLY = 0.8  # of the rows follow from two others


def unknown_moments(read: BudgetTable) -> list[int]:
    """Among the moments, or beside them without a gap. None once a person has looked at the columns."""
    mapping = read.mapping
    known = {column: name for name, column in mapping.moments.items() if name in read.moments and name != "reported"}
    if not known or "person" in mapping.confidence.values():
        return []
    suspects = {column: _numbers(read, column) for column in _block(read, sorted(known))}
    stated = [_numbers(read, column) for column in known if suspects]
    return [
        column
        for column, numbers in suspects.items()
        if _are_amounts(read, column, numbers, left=column < min(known)) and not _follow(numbers, stated)
    ]


def _block(read: BudgetTable, moments: Sequence[int]) -> list[int]:
    """Free columns between the first and the last moment, and those that continue them on either side."""
    taken = read.mapping.fields.keys() | read.mapping.repeated.keys()
    columns = sorted(read.area.headings)
    free = [column for column in columns if column not in taken]
    found = [column for column in free if moments[0] < column < moments[-1]]
    for side in (columns[columns.index(moments[-1]) + 1 :], reversed(columns[: columns.index(moments[0])])):
        for column in side:
            if column not in free or not any(_numbers(read, column)):
                break
            found.append(column)
    return sorted(found)


def _numbers(read: BudgetTable, column: int) -> list[Decimal | None]:
    return [next(by_either_mark(read.area.grid.cell(row.row, column)), None) for row in _looked_at(read)]


def _looked_at(read: BudgetTable) -> Sequence[BudgetRow]:
    """Rows from all over the table, so many that they tell what a column is."""
    return read.leaves[:: 1 + len(read.leaves) // ROWS]


def _are_amounts(read: BudgetTable, column: int, numbers: Sequence[Decimal | None], *, left: bool) -> bool:
    """Figures in most rows, some not nought; at the left, where codes and places stand, figures that only money has."""
    if column not in read.area.paths or is_of_the_month(read.area, column):
        return False
    if _NO_MOMENT.search(normalise(" ".join(read.area.paths[column]))):
        return False
    stated = [number for number in numbers if number is not None]
    if len(stated) * 2 <= len(numbers) or not any(stated):
        return False
    cells = (read.area.grid.cell(row.row, column).strip() for row in _looked_at(read))
    return not left or any(_FINE.search(cell) for cell in cells)


def _follow(numbers: Sequence[Decimal | None], stated: Sequence[Sequence[Decimal | None]]) -> bool:
    """What is left of one moment after another, or its share: said already by those two."""
    rows = [row for row, number in enumerate(numbers) if number]
    for one, other in permutations(stated, 2):
        told = sum(_follows(numbers[row], one[row], other[row]) for row in rows)
        if rows and told >= MOSTLY * len(rows):
            return True
    return False


def _follows(number: Decimal | None, one: Decimal | None, other: Decimal | None) -> bool:
    if number is None or one is None or other is None:
        return False
    if abs(one - other - number) <= Decimal("0.05"):
        return True
    if not other:
        return False
    share = one / other
    return any(abs(share * factor - number) <= Decimal("0.01") * factor for factor in (1, 100))
