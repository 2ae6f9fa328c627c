"""The file as it looks under one way of reading it: its headings, what we make of them, examples, the first rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datasets.ingest.beside import parts_beside
from datasets.ingest.columns import ColumnMapping, values_of
from datasets.ingest.dictionary import match_heading
from datasets.ingest.layout import Area, find_areas
from datasets.ingest.mapping import map_columns
from datasets.ingest.months import with_months
from datasets.ingest.recognise import recognise
from datasets.ingest.shapes import UnreadableFile
from datasets.ingest.sniff import column_letters
from datasets.source_rows import Extract, extract

from .models import Ingest, Kind

MONEY = (Kind.EXPENDITURE, Kind.REVENUE)
ROWS = 20
CELLS = 40  # columns of a row in the preview; a template of the national platform has up to 80


@dataclass(slots=True)
class Preview:
    kind: str = ""
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    headings: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, str] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)  # heading -> kind, of income and spending side by side
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    grid: list[tuple[int, list[str]]] = field(default_factory=list)  # the top of the sheet from its first row
    places: dict[str, int] = field(default_factory=dict)  # heading -> position of its column
    error: str = ""


def of_ingest(ingest: Ingest, said: Mapping[str, Any] | None = None) -> Preview:
    """As the ingest read it, unless `said` (sheet, header_row, encoding, delimiter, kind) corrects it."""
    report, said = ingest.report, said or {}
    way = {name: said.get(name) or report.get(name) for name in ("sheet", "encoding", "delimiter")}
    try:
        found = extract(ingest.file, **way)
    except (UnreadableFile, LookupError, UnicodeError) as problem:
        return Preview(kind=ingest.kind, error=str(problem))
    same_sheet = way["sheet"] == report.get("sheet")
    header_row = said.get("header_row") or (report.get("header_row") if same_sheet else None)
    kind = said.get("kind") or report.get("kind") or ingest.kind
    return _preview(found, kind, header_row, report.get("columns") or {})


def _preview(found: Extract, kind: str, header_row: int | None, columns: Mapping[str, str]) -> Preview:
    preview = Preview(kind, found.sheet, found.sheets, found.encoding, found.delimiter)
    areas = find_areas(found.grid, header_row)
    if areas:
        _understand(preview, with_months(areas[0])[0] if kind in ("", *MONEY) else areas[0], columns)
    first = areas[0].first if areas else 0
    preview.grid = [(number, cells[:CELLS]) for number, cells in enumerate(found.head, 1)]
    preview.rows = [(number, cells[:CELLS]) for number, cells in enumerate(found.head[first : first + ROWS], first + 1)]
    return preview


def _understand(preview: Preview, area: Area, columns: Mapping[str, str]) -> None:
    """Headings with our suggestion for each; what the run took a heading for counts more than what we would suggest."""
    preview.kind = preview.kind or _likely_kind(area)
    preview.header_row = area.header_rows[-1] + 1
    mapping = _mapping(preview, area)
    for column, heading in sorted(area.headings.items()):
        suggested = columns.get(heading)
        preview.places[heading] = column
        preview.headings.append(heading)
        preview.fields[heading] = mapping.fields.get(column, "") if suggested is None else suggested
        preview.confidence[heading] = mapping.confidence.get(column, "")
        preview.examples[heading] = next(iter(values_of(area, column, 1)), "")


def _mapping(preview: Preview, area: Area) -> ColumnMapping:
    """Of the one table, or of both that stand side by side, each by its own kind."""
    whole = map_columns(area, preview.kind or Kind.EXPENDITURE)
    if preview.kind not in MONEY:
        return whole
    for kind, part in parts_beside(area).items():
        own = map_columns(part, kind)
        for column, heading in part.headings.items():
            preview.beside[heading] = kind
            for said, told in ((whole.fields, own.fields), (whole.confidence, own.confidence)):
                said.pop(column, None)
                if column in told:
                    said[column] = told[column]
    return whole


def _likely_kind(area: Area) -> str:
    return recognise(area).kind or ""


def headings_over(found: Extract, row: int, header_row: int | None) -> dict[int, str]:
    """The heading of each column (from 0) for a row below it; the letter of the column where it has none."""
    areas = find_areas(found.grid, header_row) or (find_areas(found.grid) if header_row else [])
    above = [area for area in areas if area.first < row] or areas[:1]
    headings = above[-1].headings if above else {}
    width = max([found.grid.width, *(len(cells) for cells in found.rows.values())], default=0)
    return {column: headings.get(column, column_letters(column)) for column in range(width)}


def confidence_by_heading(ingest: Ingest) -> dict[str, str]:
    """From the dictionary alone, for whom the file itself is not open."""
    found = {heading: match_heading(ingest.kind, heading) for heading in ingest.report.get("columns") or {}}
    return {heading: match.confidence for heading, match in found.items() if match}
