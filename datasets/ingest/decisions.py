"""What a person decided about the rows and numbers of one sheet. Rows are those a spreadsheet shows (from 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets.ingest.layout import Area
    from datasets.ingest.shapes import Hints

BY_PERSON = "by_person"  # the reason of rows that a person left out
UNITS = (1, 1_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Decisions:
    decimal: Mapping[str, str] = field(default_factory=dict)  # heading -> "." or ","
    unit: int | None = None  # pesos for each printed unit
    left_out: frozenset[int] = frozenset()
    counted: frozenset[int] = frozenset()  # rows that are lines, whatever the arithmetic says
    fixes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # row -> {heading: corrected text}

    def leaves_out(self, row: int) -> bool:
        """`row` as code counts it, from 0."""
        return row + 1 in self.left_out

    def counts(self, row: int) -> bool:
        return row + 1 in self.counted


NOTHING = Decisions()


def decisions_for(hints: Hints, sheet: str | None) -> Decisions:
    """Those of one sheet; delimited text is the sheet without a name."""
    name = sheet or ""
    return Decisions(
        decimal=dict(hints.decimal or {}),
        unit=hints.unit,
        left_out=frozenset((hints.left_out or {}).get(name, ())),
        counted=frozenset((hints.counted or {}).get(name, ())),
        fixes={int(row): cells for row, cells in (hints.fixes or {}).get(name, {}).items()},
    )


def correct_cells(area: Area) -> None:
    """Write the corrected texts where the file has the wrong ones. Only rows below the headings are touched."""
    places = {heading: column for column, heading in area.headings.items()}
    for number, cells in area.said.fixes.items():
        row = number - 1
        if not area.first <= row < area.end:
            continue
        for heading, text in cells.items():
            if heading in places:
                area.originals[row, places[heading]] = area.grid.cell(row, places[heading])
                _write(area.grid.rows[row], places[heading], text)


def _write(cells: list[str], column: int, text: str) -> None:
    cells.extend("" for _ in range(column + 1 - len(cells)))
    cells[column] = text


def fixes_by_column(area: Area) -> dict[int, dict[int, str]]:
    """The corrected texts by row and position of the column, for a file that is read in pieces."""
    places = {heading: column for column, heading in area.headings.items()}
    return {
        row: {places[heading]: text for heading, text in cells.items() if heading in places}
        for row, cells in area.said.fixes.items()
    }
