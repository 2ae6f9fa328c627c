"""Rows of a list that sum those above them, found by arithmetic: offices word their totals as they like (``Son 13 obras``)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from datasets.ingest.layout import Area, is_number
from datasets.ingest.numbers import NotAnAmount, decide_decimal_mark, to_decimal

FEWEST = 3  # rows summed: of two rows the third is the sum by chance too often


def sums_by_arithmetic(area: Area, rows: Sequence[int], amounts: Sequence[int]) -> list[int]:
    """Of the given rows those that sum all the rows before them, or those since the last such row, in each amount they state.

    Such a row says at most one thing beside its figures, and fills half as many cells as the others at most.
    """
    widths = sorted(len(_filled(area, row)) for row in rows)
    most = widths[len(widths) // 2] // 2 if widths else 0
    narrow = {row for row in rows[FEWEST:] if _may_sum(area, row, most)}
    if not narrow or not amounts:
        return []
    columns = [_numbers(area, rows, column) for column in amounts]
    found: list[int] = []
    everything, group = [Decimal(0)] * len(amounts), [Decimal(0)] * len(amounts)
    counted, since = 0, 0
    for place, row in enumerate(rows):
        stated = [numbers[place] for numbers in columns]
        above = [sums for sums, count in ((everything, counted), (group, since)) if count >= FEWEST]
        if row in narrow and any(_are(stated, sums) for sums in above):
            found.append(row)
            group, since = [Decimal(0)] * len(amounts), 0
            continue
        for number, value in enumerate(stated):
            everything[number] += value or 0
            group[number] += value or 0
        counted, since = counted + 1, since + 1
    return found


def _filled(area: Area, row: int) -> list[str]:
    return [text for cell in area.grid.rows[row] if (text := cell.strip())]


def _may_sum(area: Area, row: int, most: int) -> bool:
    filled = _filled(area, row)
    figures = sum(map(is_number, filled))
    return figures > 0 and len(filled) <= most and len(filled) - figures <= 1


def _numbers(area: Area, rows: Sequence[int], column: int) -> list[Decimal | None]:
    texts = [area.grid.cell(row, column).strip() for row in rows]
    mark = decide_decimal_mark(text for text in texts if text).mark
    return [_number(text, mark) for text in texts]


def _number(text: str, mark: str) -> Decimal | None:
    try:
        return to_decimal(text, mark)
    except NotAnAmount:
        return None


def _are(stated: Sequence[Decimal | None], sums: Sequence[Decimal]) -> bool:
    pairs = [(value, summed) for value, summed in zip(stated, sums, strict=True) if value]
    return bool(pairs) and all(value == summed for value, summed in pairs)
