"""Income and spending side by side in one sheet: each is read as if the columns of the other were not there.

Read together, the names of one would stand beside the amounts of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datasets.ingest.classify import share_known
from datasets.ingest.codes import function_names, name_key, object_names, revenue_names
from datasets.ingest.dictionary import match_heading
from datasets.ingest.layout import RESCAN_LIMIT, Area
from datasets.ingest.shapes import MOMENTS

LEAST_NAMES = 3  # different ones, so that a column of sources of money is no list of income
LEAST_SHARE = 0.5


def parts_beside(area: Area) -> dict[str, Area]:
    """The two tables by kind, from left to right; none where there is only one table."""
    if area.end - area.first > RESCAN_LIMIT:
        return {}
    named = [(column, kind) for column in sorted(area.paths) if (kind := _kind_of(area, column))]
    if len(named) != 2 or named[0][1] == named[1][1]:
        return {}
    (_, left), (second, right) = named
    between = [column for column in _amounts(area) if named[0][0] < column < second]
    if not between or not any(column > second for column in _amounts(area)):
        return {}
    begins = between[-1] + 1
    return {left: _only(area, range(begins)), right: _only(area, range(begins, area.grid.width))}


def _kind_of(area: Area, column: int) -> str:
    """Whose names stand in a column: some are names of both, so that the one that knows more has it."""
    labels = [text for row in range(area.first, area.end) if (text := area.grid.cell(row, column).strip())]
    labels = labels[:300]
    if len({name_key(label) for label in labels}) < LEAST_NAMES:
        return ""
    income = share_known(revenue_names(), labels)
    spending = max(share_known(names, labels) for names in (object_names(), function_names()))
    if max(income, spending) < LEAST_SHARE or income == spending:
        return ""
    return "revenue" if income > spending else "expenditure"


def _amounts(area: Area) -> list[int]:
    return [column for column, parts in sorted(area.paths.items()) if _is_amount(parts)]


def _is_amount(parts: Sequence[str]) -> bool:
    texts = (parts[-1], " ".join(parts))
    return any(
        found.field in MOMENTS[kind]
        for kind in ("expenditure", "revenue")
        for text in texts
        if (found := match_heading(kind, text))
    )


def _only(area: Area, columns: range) -> Area:
    """Columns keep their place and heading, so that the review page and a person's decisions mean the same cells.

    What stands above the headings (whose money, when) is about both.
    """
    rows = [
        [cell if number <= area.header_rows[0] - 1 or column in columns else "" for column, cell in enumerate(cells)]
        for number, cells in enumerate(area.grid.rows)
    ]
    return replace(
        area,
        grid=replace(area.grid, rows=rows),
        paths={column: parts for column, parts in area.paths.items() if column in columns},
        headings={column: heading for column, heading in area.headings.items() if column in columns},
    )
