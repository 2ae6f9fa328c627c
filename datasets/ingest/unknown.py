"""Columns of amounts whose heading nobody knows: asked about where they may be a moment, not where they follow from others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from datasets.ingest.budget import BudgetTable
from datasets.ingest.columns import share
from datasets.ingest.dictionary import fold, normalise
from datasets.ingest.layout_names import has_known_headings
from datasets.ingest.mapping import is_of_the_month
from datasets.ingest.moments import said_moments
from datasets.ingest.numbers import by_either_mark
from datasets.ingest.outline import BudgetRow
from datasets.ingest.relations import follows, parts_of
from datasets.ingest.unread import AMOUNT, AMOUNT_LIKE, looked_at, serves_nothing, sort_of, sort_of_column

_NO_MOMENT = re.compile(
    r"^(?:no|num|numero|cuenta contable|clave|cve|codigo|folio|consec\w*)$|%|porcentaje|avance|variacion|diferencia|saldo"
    r"|remanente|por (ejercer|pagar|recaudar|cobrar|devengar|comprometer)|disponible"
)
_FINE = re.compile(r"\.\d{1,2}$|^\D*\d{1,3}(,\d{3})+|\d{7,}")
ROWS = 2_000


def unknown_moments(read: BudgetTable) -> list[int]:
    """Among the moments, beside them without a gap, or plainly money elsewhere. None once a person has looked at the columns,
    unless no moment is known at all: then no row holds a figure."""
    mapping = read.mapping
    if not read.moments:
        return _all_money(read)
    known = {column: name for name, column in mapping.moments.items() if name in read.moments and name != "reported"}
    if not known or "person" in mapping.confidence.values():
        return []
    block = _block(read, sorted(known))
    suspects = {column: _numbers(read, column) for column in sorted([*block, *_elsewhere(read, block)])}
    # Under the same words as a moment: the other half of its year.
    again = [column for column, name in read.mapping.repeated.items() if name in known.values()]
    stated = [_numbers(read, column) for column in [*known, *again] if suspects]
    parts = parts_of(suspects, stated)
    return [
        column
        for column, numbers in suspects.items()
        if column not in parts
        and _are_amounts(read, column, numbers, left=column < min(known))
        and not follows(numbers, stated)
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


def _elsewhere(read: BudgetTable, block: Sequence[int]) -> list[int]:
    """Free columns away from the moments, of figures that only money has."""
    if has_known_headings(read.area):
        return []
    taken = read.mapping.fields.keys() | read.mapping.repeated.keys()
    free = [column for column in read.area.paths if column in read.area.headings and column not in taken]
    return [column for column in free if column not in block and _is_plainly_money(read, column)]


def _all_money(read: BudgetTable) -> list[int]:
    rows = looked_at(range(read.area.first, read.area.end))
    free = [column for column in sorted(read.area.headings) if column not in read.mapping.fields]
    return [column for column in free if sort_of_column(read.area, column, rows) == AMOUNT]


def _is_plainly_money(read: BudgetTable, column: int) -> bool:
    cells = [cell for row in _looked_at(read) if (cell := read.area.grid.cell(row.row, column).strip())]
    return not serves_nothing(read.area, column) and sort_of(cells) == AMOUNT and share(cells, AMOUNT_LIKE.search) > 0.5


def _numbers(read: BudgetTable, column: int) -> list[Decimal | None]:
    return [next(by_either_mark(read.area.grid.cell(row.row, column)), None) for row in _looked_at(read)]


def _looked_at(read: BudgetTable) -> Sequence[BudgetRow]:
    """Rows from all over the table, so many that they tell what a column is."""
    return read.leaves[:: 1 + len(read.leaves) // ROWS]


def _is_part_of_the_year(read: BudgetTable, column: int) -> bool:
    """What was spent this month, beside what was spent so far; alone it may be all that is said."""
    said = said_moments(read.mapping.kind, fold(" ".join(read.area.paths[column])))
    return is_of_the_month(read.area, column) and said <= read.mapping.moments.keys()


def _are_amounts(read: BudgetTable, column: int, numbers: Sequence[Decimal | None], *, left: bool) -> bool:
    """Figures in most rows, some not nought; at the left, where codes and places stand, figures that look like money."""
    if column not in read.area.paths or _is_part_of_the_year(read, column):
        return False
    if _NO_MOMENT.search(normalise(" ".join(read.area.paths[column]))):
        return False
    stated = [number for number in numbers if number is not None]
    if len(stated) * 2 <= len(numbers) or not any(stated):
        return False
    cells = [read.area.grid.cell(row.row, column).strip() for row in _looked_at(read)]
    return not left or any(_FINE.search(cell) for cell in cells) or sort_of(cells) == AMOUNT
