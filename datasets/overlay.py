"""The file as a grid, what was understood laid over it: titles, headings, lines, rows left out and why, totals, refusals."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from datasets.ingest.decisions import BY_PERSON
from datasets.preview import Preview
from datasets.reading_forms import RowsForm
from datasets.trial import HEADING, LINE, REJECTED, TOTAL, Trial
from datasets.words import skipped_name

FIRST_ROWS = 60  # all of the top; below it only rows that are no plain lines


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    refused: str = ""  # why, where this cell was


@dataclass(frozen=True, slots=True)
class GridRow:
    number: int
    cells: list[Cell]
    state: str  # line | heading | title | total | rejected | skipped
    label: str
    may_leave_out: bool
    may_count: bool
    chosen: bool
    gap: int = 0  # plain lines that are not shown before this one


@dataclass(slots=True)
class Overlay:
    headings: list[tuple[str, str]] = field(default_factory=list)  # heading, what it was taken for
    rows: list[GridRow] = field(default_factory=list)
    more: list[tuple[str, int]] = field(default_factory=list)  # decisions about rows that are not on the page

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


def overlay(preview: Preview, trial: Trial | None, choices: RowsForm) -> Overlay:
    found = Overlay()
    sheet = preview.sheet or ""
    states = trial.states.get(sheet, {}) if trial else {}
    refused = trial.refused.get(sheet, {}) if trial else {}
    gap = 0
    for number, cells in preview.grid:
        state = _state(number, states, preview.header_row)
        if number > FIRST_ROWS and state in (LINE, ""):
            gap += 1
            continue
        found.rows.append(_row(number, cells, state, refused.get(number, []), preview, choices, gap))
        gap = 0
    shown = {row.number for row in found.rows}
    for name in ("left_out", "counted"):
        found.more += [(name, number) for number in sorted(choices.chosen(name)) if number not in shown]
    return found


def _state(number: int, states: dict[int, str], header_row: int | None) -> str:
    if number in states:
        return states[number]
    if header_row and number == header_row:
        return HEADING
    return "title" if header_row and number < header_row else ""


def _row(
    number: int, cells: list[str], state: str, refused: list[str], preview: Preview, choices: RowsForm, gap: int
) -> GridRow:
    heading, message = [*refused, "", ""][:2]
    at = preview.places.get(heading)
    row = [Cell(text, message if place == at else "") for place, text in enumerate(cells)]
    skipped = state not in (LINE, HEADING, TOTAL, REJECTED, "title", "")
    filled = any(cell.strip() for cell in cells)
    left_out = number in choices.chosen("left_out")
    return GridRow(
        number,
        row,
        "skipped" if skipped else state,
        _label(state, message),
        may_leave_out=left_out or state in (LINE, REJECTED),
        may_count=not left_out and filled and (state == TOTAL or (skipped and state not in ("blank", BY_PERSON))),
        chosen=left_out or number in choices.chosen("counted"),
        gap=gap,
    )


def _label(state: str, message: str) -> str:
    known = {
        LINE: _("Line"),
        HEADING: _("Headings"),
        TOTAL: _("Printed total"),
        "title": _("Title"),
        "": "",
    }
    if state == REJECTED:
        return message or _("Rejected")
    return known[state] if state in known else skipped_name(state)
