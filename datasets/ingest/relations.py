"""What a column of amounts must be because the others say so: approved and its changes are the modified budget.

Only where one member of such a sum is missing and one column alone, under a heading that nobody knows, holds it in every row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import permutations

from datasets.ingest.layout import Area
from datasets.ingest.numbers import by_either_mark

#: By kind, sums that come out at nought: a member and the sign that it has there.
SUMS: dict[str, tuple[dict[str, int], ...]] = {
    "expenditure": ({"approved": 1, "adjustments": 1, "modified": -1},),
    "revenue": ({"estimated": 1, "adjustments": 1, "modified": -1},),
    "debt": (
        {"opening": 1, "drawn": 1, "repaid": -1, "balance": -1},
        {"opening": 1, "repaid": -1, "balance": -1},
        {"contracted": 1, "repaid": -1, "balance": -1},
    ),
    "works": ({"federal_share": 1, "state_share": 1, "municipal_share": 1, "investment": -1},),
}
MOST_ROWS = 400
MOST_PARTS = 12  # months
FEWEST = 3  # rows in which the sum holds and no member but one could be nought
VAT = (Decimal("1.16"), Decimal("1.08"))  # in the country, at its borders
ROUNDING = Decimal("0.05")
CENT = Decimal("0.01")
MOSTLY = 0.8  # of the rows follow from two others

Series = list[Decimal | None]


def missing_members(area: Area, kind: str, fields: Mapping[int, str], free: Collection[int]) -> dict[int, str]:
    """Free columns that are the missing member of a sum, by what they hold."""
    found: dict[int, str] = {}
    columns = {name: column for column, name in fields.items()}
    for members in SUMS.get(kind, ()):
        missing = [name for name in members if name not in columns]
        if len(missing) != 1 or missing[0] in found.values():
            continue
        known = {name: _series(area, columns[name]) for name in members if name in columns}
        wanted = _missing(known, members, missing[0])
        fits = [
            column for column in free if column in area.paths and _is(_series(area, column), wanted, known.values())
        ]
        if len(fits) == 1:
            found[fits[0]] = missing[0]
    return found


def what_is_left(area: Area, whole: int, less: int, among: Collection[int]) -> list[int]:
    """Columns that are what is left of one after another, in every row that states all three."""
    wholes, lesses = _series(area, whole), _series(area, less)
    return [column for column in among if _is_left(wholes, lesses, _series(area, column))]


def _is_left(whole: Series, less: Series, left: Series) -> bool:
    columns = zip(whole, less, left, strict=True)
    rows = [(a, b, c) for a, b, c in columns if a is not None and b is not None and c is not None]
    return len(rows) >= FEWEST and any(b for _a, b, _c in rows) and all(abs(a - b - c) <= CENT for a, b, c in rows)


def with_tax(area: Area, bare: int, taxed: int) -> bool:
    """Whether one column is the other with VAT: in most rows with the tax, in all others exempt."""
    pairs = [(a, b) for a, b in zip(_series(area, bare), _series(area, taxed), strict=True) if a and b]
    added = sum(any(abs(a * rate - b) <= ROUNDING for rate in VAT) for a, b in pairs)
    exempt = sum(a == b for a, b in pairs)
    return len(pairs) >= FEWEST and added + exempt == len(pairs) and added * 2 > len(pairs)


def _series(area: Area, column: int) -> Series:
    rows = range(area.first, min(area.end, area.first + MOST_ROWS))
    return [next(by_either_mark(area.grid.cell(row, column)), None) for row in rows]


def _missing(known: Mapping[str, Series], members: Mapping[str, int], missing: str) -> Series:
    """What the missing member must be, row by row, where all others are stated."""
    found: Series = []
    for cells in zip(*known.values(), strict=True):
        stated = [cell for cell in cells if cell is not None]
        total = sum((cell * members[name] for name, cell in zip(known, stated, strict=False)), Decimal())
        found.append(-total * members[missing] if len(stated) == len(known) else None)
    return found


def _is(own: Series, wanted: Series, known: Collection[Series]) -> bool:
    """The same in each row where both are stated, in several rows, and not the same as another column."""
    pairs = [(a, b) for a, b in zip(own, wanted, strict=True) if a is not None and b is not None]
    if len(pairs) < FEWEST or any(abs(a - b) > CENT for a, b in pairs):
        return False
    told = {a for a, _b in pairs if a}
    return len(told) >= 2 and not any(_same(own, series) for series in known)


def _same(one: Series, other: Series) -> bool:
    pairs: Sequence[tuple[Decimal, Decimal]] = [
        (a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None
    ]
    return bool(pairs) and all(a == b for a, b in pairs)


def follows(numbers: Series, stated: Sequence[Series]) -> bool:
    """What is left of one moment after another, or its share: said already by those two."""
    rows = [row for row, number in enumerate(numbers) if number]
    for one, other in permutations(stated, 2):
        told = sum(_is_told(numbers[row], one[row], other[row]) for row in rows)
        if rows and told >= MOSTLY * len(rows):
            return True
    return False


def parts_of(columns: Mapping[int, Series], stated: Sequence[Series]) -> set[int]:
    """Columns that stand beside each other and sum to a stated one in each row: halves, quarters or months of its year."""
    wholes = [rows for whole in stated if len(rows := [(row, own) for row, own in enumerate(whole) if own]) >= FEWEST]
    order = sorted(columns)
    found: set[int] = set()
    for first in range(len(order)):
        for last in range(first + 2, min(first + MOST_PARTS, len(order)) + 1):
            run = order[first:last]
            if any(_sum_to([columns[column] for column in run], rows) for rows in wholes):
                found.update(run)
    return found


def _sum_to(parts: Sequence[Series], rows: Sequence[tuple[int, Decimal]]) -> bool:
    return all(abs(sum((part[row] or Decimal() for part in parts), -own)) <= CENT for row, own in rows)


def _is_told(number: Decimal | None, one: Decimal | None, other: Decimal | None) -> bool:
    if number is None or one is None or other is None:
        return False
    if abs(one - other - number) <= Decimal("0.05"):
        return True
    if not other:
        return False
    share = one / other
    return any(abs(share * factor - number) <= Decimal("0.01") * factor for factor in (1, 100))
