"""Corrected rows: from the page of rejects, or from its download filled in with a spreadsheet. Only what differs counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from datasets.ingest.readers.sheets import read_sheets
from datasets.ingest.readers.text import read_text
from datasets.ingest.shapes import Grid, UnreadableFile
from datasets.ingest.sniff import prescan_xlsx, sniff
from datasets.rejects import Rejects
from gesoc.common.exports import guarded

from .models import RowIssue

Fixes = dict[str, dict[str, dict[str, str]]]  # sheet -> row -> {heading: text}
MOST_ROWS = 5_000  # of one corrected file
MAX_CELL = 2_000
MAX_NAME = 100
#: The columns that name a row, best first.
NAMING = (
    *("object_name", "admin_unit_name", "program_name", "project_name", "subfunction_name", "function_name", "concept"),
    *("supplier_name", "title", "description", "work_name", "contract_number", "procedure_number"),
)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row to correct, with every cell as it stands in the file."""

    issue: RowIssue
    cells: list[tuple[str, str, str]]  # name of the input, heading, text
    name: str = ""  # the words of the row by which a person knows it

    @property
    def refused(self) -> tuple[str, str, str] | None:
        """The cell that was refused, where the file has a column of that name."""
        return next((cell for cell in self.cells if cell[1] == self.issue.column), None)

    @property
    def others(self) -> list[tuple[str, str, str]]:
        return [cell for cell in self.cells if cell[1] != self.issue.column]


def rejected_rows(rejects: Rejects, issues: Iterable[RowIssue], typed: Mapping[str, str]) -> list[RejectedRow]:
    """The rows with what was typed, else with what the file says."""
    headings = list(rejects.headings)
    rows = []
    for issue in issues:
        whole = rejects.whole(issue)
        names = [(f"cell-{issue.pk}-{place}", heading) for place, heading in enumerate(headings)]
        cells = [(name, heading, typed.get(name, whole.get(heading, ""))) for name, heading in names]
        rows.append(RejectedRow(issue, cells, _name(rejects, whole, issue.column)))
    return rows


def _name(rejects: Rejects, whole: Mapping[str, str], refused: str) -> str:
    columns = rejects.ingest.report.get("columns") or {}
    headings = {field: heading for heading, field in columns.items() if field and heading != refused}
    said = (" ".join(whole.get(headings.get(field, ""), "").split()) for field in NAMING)
    return next((text for text in said if text), "")[:MAX_NAME]


def typed_fixes(rejects: Rejects, issues: Iterable[RowIssue], typed: Mapping[str, str]) -> Fixes:
    """The cells that were changed on the page."""
    fixes: Fixes = {}
    for row in rejected_rows(rejects, issues, typed):
        whole = rejects.whole(row.issue)
        changed = {
            heading: text.strip() for _n, heading, text in row.cells if text.strip() != whole.get(heading, "").strip()
        }
        if changed and row.issue.line_no:
            _add(fixes, row.issue.sheet, str(row.issue.line_no), changed)
    return fixes


def file_fixes(path: Path, name: str, rejects: Rejects) -> Fixes:
    """The cells that differ in a filled-in download of the rejects. Raises `ValidationError` with a sentence."""
    grid = _grid(path, name)
    if len(grid.rows) > MOST_ROWS + 1:
        raise ValidationError(_("The file has more than %(n)s rows: send it in parts.") % {"n": f"{MOST_ROWS:,}"})
    headings = list(rejects.headings)
    titles = [cell.strip() for cell in grid.rows[0]] if grid.rows else []
    if [guarded(heading).strip() for heading in headings] != titles[: len(headings)] or len(titles) <= len(headings):
        raise ValidationError(
            _("These are not the rejected rows of this load: keep the headings of the download as they are.")
        )
    originals = {(issue.sheet, str(issue.line_no)): rejects.whole(issue) for issue in rejects.issues()}
    fixes: Fixes = {}
    for sheet, row, cells in _placed(grid, len(headings), bool(rejects.ingest.report.get("sheet"))):
        whole = originals.get((sheet, row))
        if whole is None:
            raise ValidationError(_("Row %(row)s is not one of the rejected ones.") % {"row": row or "–"})
        changed = _changed(dict(zip(headings, cells, strict=False)), whole)
        if changed:
            _add(fixes, sheet, row, changed)
    return fixes


def _placed(grid: Grid, width: int, in_sheets: bool) -> Iterator[tuple[str, str, list[str]]]:
    """Sheet, row and cells of every line of the download."""
    for cells in grid.rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        padded = cells + [""] * (width + 2 - len(cells))
        sheet = padded[width].strip() if in_sheets else ""
        row = padded[width + in_sheets].strip().removesuffix(".0")
        yield sheet, row, padded[:width]


def _changed(cells: Mapping[str, str], whole: Mapping[str, str]) -> dict[str, str]:
    """What differs; the apostrophe that guards a spreadsheet against formulas is none of the file's."""
    found = {}
    for heading, text in cells.items():
        before = whole.get(heading, "").strip()
        if text.strip() in (before, guarded(before)):
            continue
        bare = (
            text.strip().removeprefix("'") if guarded(text.strip().removeprefix("'")) == text.strip() else text.strip()
        )
        found[heading] = bare
    return found


def _add(fixes: Fixes, sheet: str, row: str, changed: dict[str, str]) -> None:
    """A row stands in the list once for each of its cells that could not be read."""
    fixes.setdefault(sheet, {}).setdefault(row, {}).update(_short(changed))


def _short(cells: dict[str, str]) -> dict[str, str]:
    if any(len(text) > MAX_CELL for text in cells.values()):
        raise ValidationError(_("A cell is longer than %(n)s characters.") % {"n": f"{MAX_CELL:,}"})
    return cells


def _grid(path: Path, name: str) -> Grid:
    try:
        container = sniff(path, name)
        if container.kind == "text":
            return read_text(path, encoding=None, delimiter=None)[0]
        if container.kind == "xlsx":
            prescan_xlsx(path)
        if container.kind == "json":
            raise ValidationError(_("Send the rows as CSV, Excel or ODS."))
        return next(iter(read_sheets(path)), Grid(None, []))
    except UnreadableFile as unreadable:
        raise ValidationError(unreadable.message) from unreadable
