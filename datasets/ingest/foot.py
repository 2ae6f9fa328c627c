"""What stands below a table: who made it, who signed it, when it was printed."""

from __future__ import annotations

import re
from collections.abc import Collection

from datasets.ingest.labels import is_note
from datasets.ingest.layout import Area

_FIGURE = re.compile(r"[^A-Za-z/:]*\d[^A-Za-z/:]*")
_RULE = re.compile(r"[_=\-–—.\s]{4,}")
NARROW = 3  # cells of a row of signatures


def foot_of(area: Area, amounts: Collection[int]) -> int:
    """The first row of the foot of a table of sums: below the last figure, from a line that is blank, ruled or a note.
    `area.end` without one.
    """
    last = max((row for row in range(area.first, area.end) if _has_figure(area, row, amounts)), default=area.end)
    return _below(area, last)


def foot_of_list(area: Area, amounts: Collection[int]) -> int:
    """The same of a list, whose last records may state no amount: a row with as many cells as a record has is one."""
    span = range(area.first, area.end)
    last = max((row for row in span if _has_figure(area, row, amounts) or not is_signature(area, row)), default=None)
    if last is None:  # a single record without an amount, such as a debt that there is not
        last = next((row for row in span if any(cell.strip() for cell in area.grid.rows[row])), area.end)
    return _below(area, last)


def _below(area: Area, last: int) -> int:
    return next((row for row in range(last + 1, area.end) if _parts(area.grid.rows[row])), area.end)


def is_signature(area: Area, row: int) -> bool:
    """A row of the foot that is too narrow to be a record, which may state no amount."""
    filled = sum(bool(cell.strip()) for cell in area.grid.rows[row])
    return filled <= NARROW or filled * 2 < len(area.paths)


def _has_figure(area: Area, row: int, amounts: Collection[int]) -> bool:
    return any(_FIGURE.fullmatch(area.grid.cell(row, column).strip()) for column in amounts)


def _parts(cells: list[str]) -> bool:
    filled = [text for cell in cells if (text := cell.strip())]
    return not filled or all(_RULE.fullmatch(text) for text in filled) or is_note(" ".join(filled))
