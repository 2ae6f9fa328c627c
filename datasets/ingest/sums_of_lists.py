"""Rows of a list that sum those above them, found by arithmetic: offices word their totals as they like (``Son 13 obras``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from datasets.ingest.layout import Area
from datasets.ingest.numbers import NotAnAmount, by_either_mark, decide_decimal_mark, to_decimal
from datasets.ingest.shapes import Finding

Numbers = Sequence[Decimal | None]
MOST = 500  # rows that one sums: a group of a list, not half of it
FEWEST = 3  # rows summed: of two rows the third is the sum by chance too often


def sums_by_arithmetic(area: Area, rows: Sequence[int], amounts: Sequence[int]) -> list[int]:
    """Of the given rows those that sum all the rows before them, those since the last such row, or those below, in each amount.

    Such a row says at most one thing beside its figures, and leaves half of the cells empty that others fill, or two.
    """
    widths = sorted(len(_filled(area, row)) for row in rows)
    usual = widths[len(widths) // 2] if widths else 0
    most = max(usual // 2, usual - 2)
    narrow = {row for row in rows if _may_sum(area, row, most)}
    if not narrow or not amounts:
        return []
    columns = numbers_of(area, rows, amounts)
    heads = sums_of_those_below(rows, columns, narrow, fewest=1)
    found = sorted(heads)
    everything, group = [Decimal(0)] * len(amounts), [Decimal(0)] * len(amounts)
    counted, since = 0, 0
    for place, row in enumerate(rows):
        if row in heads:
            continue
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


def missed_total(area: Area, rows: Sequence[int], totals: Sequence[int], amounts: Sequence[int]) -> Finding | None:
    """What the last total of a list says where it is neither the sum of all rows nor of those since the total before it."""
    if not totals or not rows or not amounts:
        return None
    last, before = totals[-1], totals[-2] if len(totals) > 1 else -1
    columns = numbers_of(area, [*rows, last], amounts)
    stated = [numbers[-1] for numbers in columns]
    everything = [sum(filter(None, numbers[:-1]), Decimal()) for numbers in columns]
    group = [
        sum((n for n, row in zip(numbers, rows, strict=False) if n and row > before), Decimal()) for numbers in columns
    ]
    if not any(stated) or _are(stated, everything) or _are(stated, group):
        return None
    at = next(at for at, value in enumerate(stated) if value and value != everything[at])
    text = (
        f"«{area.headings[amounts[at]]}» suma {everything[at]:,} y el total impreso en la fila {last + 1} dice {stated[at]:,}: "
        "falta o sobra algún renglón, o la hoja tiene renglones ocultos."
    )
    return Finding("missed_total", "warning", text, sheet=area.grid.sheet)


def numbers_of(area: Area, rows: Sequence[int], amounts: Sequence[int]) -> list[Numbers]:
    return [_numbers(area, rows, column) for column in amounts]


def sums_of_those_below(
    rows: Sequence[int], columns: Sequence[Numbers], candidates: Collection[int], *, fewest: int
) -> set[int]:
    """Candidates that sum the rows right below them, in every amount they state and in two different ones at least.

    Sums of sums are told too: what a row below sums already is counted with it. `columns` hold a number for each of the rows.
    """
    found: set[int] = set()
    below: list[int] = []  # places of rows that no row sums yet, the nearest last
    for place in reversed(range(len(rows))):
        stated = {number: column[place] for number, column in enumerate(columns) if column[place] is not None}
        if rows[place] in candidates and len({value for value in stated.values() if value}) > 1:
            sums = [Decimal(0)] * len(columns)
            for count, other in enumerate(reversed(below[-MOST:]), 1):
                sums = [value + (column[other] or 0) for value, column in zip(sums, columns, strict=True)]
                if count >= fewest and all(value == sums[number] for number, value in stated.items()):
                    found.add(rows[place])
                    del below[-count:]
                    break
        below.append(place)
    return found


def _filled(area: Area, row: int) -> list[str]:
    return [text for cell in area.grid.rows[row] if (text := cell.strip())]


def _may_sum(area: Area, row: int, most: int) -> bool:
    filled = _filled(area, row)
    figures = sum(next(by_either_mark(text), None) is not None for text in filled)
    return figures > 0 and len(filled) <= most and len(filled) - figures <= 1


def _numbers(area: Area, rows: Sequence[int], column: int) -> Numbers:
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
