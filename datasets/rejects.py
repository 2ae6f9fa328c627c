"""The rejected rows of a load, and those loaded without a cell, as a table: as in the file, and beside it where and why."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from datasets.ingest.shapes import UnreadableFile
from datasets.preview import headings_over
from datasets.source_rows import MAX_ROWS, Extract, extract

from .models import Ingest, RowIssue

Key = tuple[str, int]  # sheet, row
BATCH = 1_000


class Rejects:
    """Headings and rows of the download. Where the original cannot be opened, what was kept of each row stands in."""

    def __init__(self, ingest: Ingest) -> None:
        self.ingest = ingest
        self.originals: dict[Key, dict[str, str]] = {}
        self.headings: dict[str, None] = {}
        self._open_originals()

    def issues(self) -> QuerySet[RowIssue]:
        return RowIssue.objects.filter(ingest=self.ingest).correctable()

    def titles(self) -> list[str]:
        added = [_("line"), _("column"), _("value"), _("reason"), _("suggestion")]
        return [*self.headings, *([_("sheet")] if self.ingest.report.get("sheet") else []), *added]

    def rows(self) -> Iterator[list[object]]:
        in_sheets = bool(self.ingest.report.get("sheet"))
        for issue in self.issues().iterator(chunk_size=BATCH):
            whole = self.whole(issue)
            cells: list[object] = [whole.get(heading, "") for heading in self.headings]
            place: list[object] = [issue.sheet, issue.line_no] if in_sheets else [issue.line_no]
            yield [*cells, *place, issue.column, issue.value, issue.message, issue.hint]

    def whole(self, issue: RowIssue) -> dict[str, str]:
        """Every cell of the row by its heading: from the original, else what was kept; corrections made before included."""
        found = self.originals.get((issue.sheet, issue.line_no or 0)) or issue.raw or {}
        fixed = (self.ingest.options.get("fixes") or {}).get(issue.sheet, {}).get(str(issue.line_no), {})
        return found | fixed

    def _open_originals(self) -> None:
        wanted: dict[str, set[int]] = {}
        places = self.issues().filter(line_no__isnull=False).values_list("sheet", "line_no")[:MAX_ROWS]
        for sheet, number in places:
            wanted.setdefault(sheet, set()).add(number or 0)
        for sheet, numbers in wanted.items():
            self._open(sheet, numbers)
        for issue in self.issues().filter(raw__isnull=False)[:1]:
            if not self.headings:
                self.headings = dict.fromkeys(issue.raw or {})

    def _open(self, sheet: str, numbers: set[int]) -> None:
        report = self.ingest.report
        try:
            found = extract(
                self.ingest.file,
                sheet=sheet or None,
                rows=numbers,
                encoding=report.get("encoding"),
                delimiter=report.get("delimiter"),
            )
        except (UnreadableFile, LookupError, UnicodeError, OSError):
            return
        self._take(found, sheet)

    def _take(self, found: Extract, sheet: str) -> None:
        same = not sheet or sheet == self.ingest.report.get("sheet")
        header_row = self.ingest.report.get("header_row") if same else None
        headings = headings_over(found, max(found.rows, default=1), header_row)
        self.headings |= dict.fromkeys(headings.values())
        for number, cells in found.rows.items():
            self.originals[sheet, number] = {headings[at]: text for at, text in enumerate(cells)}
