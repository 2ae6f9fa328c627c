"""Amounts of two conventions in one column, each of which says its own."""

from __future__ import annotations

from collections.abc import Sequence

from datasets.ingest.layout import Area
from datasets.ingest.numbers import DecimalMark, by_own_mark
from datasets.ingest.shapes import Finding


def settle_marks(area: Area, column: int, rows: Sequence[int], open_mark: DecimalMark) -> Finding | None:
    """Writes them all with a decimal point, and says so; None where one of them may be read either way.

    A column pasted from two systems has no mark of its own, and no answer to the question which of the two it uses is right.
    """
    texts = [area.grid.cell(row, column) for row in rows]
    settled = by_own_mark(texts)
    if settled is None:
        return None
    for row, text, own in zip(rows, texts, settled, strict=True):
        if own != text:
            area.grid.rows[row][column] = own
    message = f"«{area.headings[column]}» trae montos con punto y con coma decimal: cada uno se leyó por sí mismo."
    return Finding("two_marks", "warning", message, value=open_mark.evidence, sheet=area.grid.sheet)
