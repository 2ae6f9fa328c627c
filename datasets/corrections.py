"""Corrected rows: from the page of rejects, or from its download filled in with a spreadsheet. Only what differs counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from datasets.ingest.dates import parse_date
from datasets.ingest.numbers import NotAnAmount, to_cents
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
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DECIMALS = re.compile(r"-?\d+\.(\d{1,2}|\d{4,})")  # three digits behind it may be thousands
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
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
    """The cells that differ in a filled-in download of the rejects: sorted, with columns taken out, saved by a spreadsheet in its
    own way. Raises `ValidationError` with a sentence."""
    rows = [cells for cells in _grid(path, name).rows if any(cell.strip() for cell in cells)]
    if len(rows) > MOST_ROWS + 1:
        raise ValidationError(_("The file has more than %(n)s rows: send it in parts.") % {"n": f"{MOST_ROWS:,}"})
    places = _places([cell.strip() for cell in rows[0]] if rows else [], rejects)
    numbers = rejects.ingest.report.get("numbers") or {}
    marks = {heading: told["mark"] for heading, told in numbers.items()}
    originals = {(issue.sheet, str(issue.line_no)): rejects.whole(issue) for issue in rejects.issues()}
    fixes: Fixes = {}
    for cells in rows[1:]:
        sheet, row = places.sheet_of(cells), places.row_of(cells)
        whole = originals.get((sheet, row))
        if whole is None:
            raise ValidationError(_("Row %(row)s is not one of the rejected ones.") % {"row": row or "–"})
        if changed := _changed(places.texts(cells), whole, marks):
            _add(fixes, sheet, row, changed)
    return fixes


@dataclass(frozen=True, slots=True)
class Places:
    """In which column of the file that came back each heading stands, and what names the row."""

    headings: dict[str, int]
    line: int
    sheet: int | None

    def row_of(self, cells: list[str]) -> str:
        return _at(cells, self.line).removesuffix(".0")

    def sheet_of(self, cells: list[str]) -> str:
        return "" if self.sheet is None else _at(cells, self.sheet)

    def texts(self, cells: list[str]) -> dict[str, str]:
        return {heading: _at(cells, place) for heading, place in self.headings.items()}


def _at(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _places(titles: list[str], rejects: Rejects) -> Places:
    """By their names: a column that was taken out says nothing, one that is none of the download stops it."""
    own = {title: heading for heading in rejects.headings for title in (heading.strip(), guarded(heading).strip())}
    added = {language: _added_titles(language) for language, _name in settings.LANGUAGES}
    known = own.keys() | {title for titles_ in added.values() for title in titles_}
    headings: dict[str, int] = {}
    for place, title in enumerate(titles):
        if title in own:
            headings.setdefault(own[title], place)
    if not headings or any(title and title not in known for title in titles):
        raise ValidationError(
            _("These are not the rejected rows of this load: keep the headings of the download as they are.")
        )
    taken = set(headings.values())
    lines, sheets = (
        [place for place, title in enumerate(titles) if place not in taken and title in names]
        for names in ({one[1] for one in added.values()}, {one[0] for one in added.values()})
    )
    in_sheets = bool(rejects.ingest.report.get("sheet"))
    if not lines or (in_sheets and not sheets):
        missing = _("line") if not lines else _("sheet")
        raise ValidationError(
            _("The column “%(column)s” is missing: it says which row of the file each correction is of.")
            % {"column": missing}
        )
    return Places(headings, lines[-1], sheets[-1] if in_sheets else None)


def _added_titles(language: str) -> list[str]:
    """Of the columns that the download has beside those of the file; whoever sends it back may read another language."""
    with translation.override(language):
        return [_("sheet"), _("line"), _("column"), _("value"), _("reason"), _("suggestion")]


def _changed(cells: Mapping[str, str], whole: Mapping[str, str], marks: Mapping[str, str]) -> dict[str, str]:
    """What differs; the apostrophe that guards a spreadsheet against formulas is none of the file's."""
    found = {}
    for heading, text in cells.items():
        before, mark = whole.get(heading, "").strip(), marks.get(heading)
        if text in (before, guarded(before)) or _is_same(before, text, mark):
            continue
        bare = text.removeprefix("'")
        text = bare if guarded(bare) == text else text
        # A spreadsheet keeps numbers with a point, whatever the mark that this column of the file parts its decimals with.
        found[heading] = text.replace(".", ",") if mark == "," and _DECIMALS.fullmatch(text) else text
    return found


def _is_same(before: str, text: str, mark: str | None) -> bool:
    """The same number, code or day in the way in which a spreadsheet writes it: 1250 for 1,250.00, 5035 for 05035."""
    if before.isascii() and before.isdigit() and text.isascii() and text.isdigit():
        return int(before) == int(text)
    if _DAY.fullmatch(text):
        return parse_date(before) == parse_date(text)
    if mark is None or not _NUMBER.fullmatch(text):
        return False
    try:
        return to_cents(before, mark) == to_cents(text)
    except NotAnAmount:
        return False


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
