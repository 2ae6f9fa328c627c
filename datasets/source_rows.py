"""Rows of a kept original, read again: what a figure is traced to, and what a person looks at while mapping.

Bounded: text is streamed up to the last row that is wanted; a workbook is opened by the child process that reads it for
loading as well, under tighter limits. What was read is remembered for a short while.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from datasets.caching import keep, recall
from datasets.ingest.encoding import decode, find_delimiter
from datasets.ingest.readers.oc4ids import read_oc4ids
from datasets.ingest.readers.ocds import read_ocds
from datasets.ingest.readers.seek import records_at, records_from
from datasets.ingest.readers.sheets import stream_sheets
from datasets.ingest.shapes import Grid, UnreadableFile
from datasets.ingest.sniff import prescan_xlsx, sniff

from .models import SourceFile

HEAD = 200  # rows kept from the top: titles and headings are there
MEMORY = 1 << 30
SECONDS = 30
REMEMBERED_SECONDS = 15 * 60
SAMPLE_BYTES = 1 << 20
MAX_ROWS = 50_000  # rejects are completed from the original up to here


@dataclass(slots=True)
class Extract:
    """The top of one sheet, or of a text, and the rows that were asked for by their number (from 1)."""

    sheet: str | None
    head: list[list[str]] = field(default_factory=list)
    rows: dict[int, list[str]] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def grid(self) -> Grid:
        return Grid(sheet=self.sheet, rows=self.head)


def path_of(file: SourceFile) -> Path:
    return Path(settings.MEDIA_ROOT) / file.storage_path


def extract(
    file: SourceFile,
    *,
    sheet: str | None = None,
    rows: Collection[int] = (),
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Extract:
    """The head of the sheet and the rows wanted. Raises `UnreadableFile`, also where the original is gone."""
    if not path_of(file).exists():
        raise UnreadableFile("gone", "El original de este archivo ya no está guardado.")
    asked = [file.sha256, sheet, sorted(rows), encoding, delimiter]
    key = f"extract:{hashlib.sha256(json.dumps(asked).encode()).hexdigest()}"
    if remembered := recall(key):
        remembered["rows"] = {int(number): cells for number, cells in remembered["rows"].items()}
        return Extract(**remembered)
    found = _read(path_of(file), file.original_name, sheet, set(rows), encoding, delimiter)
    if len(found.rows) <= HEAD:
        keep(key, asdict(found), REMEMBERED_SECONDS)
    return found


def _read(
    path: Path, name: str, sheet: str | None, rows: set[int], encoding: str | None, delimiter: str | None
) -> Extract:
    container = sniff(path, name)
    if container.kind == "text":
        return _from_text(path, rows, encoding, delimiter)
    if container.kind == "json":
        return _from_json(path, rows)
    if container.kind == "xlsx":
        prescan_xlsx(path)
    return _from_sheets(path, sheet, rows)


def _from_json(path: Path, rows: set[int]) -> Extract:
    """Open contracting data as the table that was loaded: one row per contract, or per project, under our headings."""
    grid = read_ocds(path).grid
    if len(grid.rows) < 2:
        grid = read_oc4ids(path).grid
    if len(grid.rows) < 2:
        raise UnreadableFile("json", "Este archivo no es una tabla: no tiene filas que mostrar.")
    found = Extract(grid.sheet, sheets=[str(grid.sheet)])
    _keep(found, grid.rows, 0, rows)
    return found


def _from_text(path: Path, rows: set[int], encoding: str | None, delimiter: str | None) -> Extract:
    sample = decode(_sample(path), encoding)
    mark = delimiter or find_delimiter(sample.text)
    found = Extract(None, encoding=encoding or sample.encoding, delimiter=mark)
    assert found.encoding is not None
    found.head = [cells for _number, cells in records_from(path, (0, 1), HEAD, found.encoding, mark)]
    found.rows = {number: found.head[number - 1] for number in sorted(rows) if number <= len(found.head)}
    found.rows |= records_at(path, rows - found.rows.keys(), found.encoding, mark)
    return found


def _sample(path: Path) -> bytes:
    """The beginning of the file, cut after a whole line: half a character would look like another encoding."""
    with path.open("rb") as start:
        data = start.read(SAMPLE_BYTES)
    return data if len(data) < SAMPLE_BYTES else data[: data.rfind(b"\n") + 1] or data


def _from_sheets(path: Path, sheet: str | None, rows: set[int]) -> Extract:
    """The sheet that is wanted, else the first visible one with anything in it."""
    chosen: Extract | None = None
    names: list[str] = []
    at = 0
    for name, hidden, lines in stream_sheets(path, memory=MEMORY, seconds=SECONDS):
        if not names or names[-1] != name:
            names.append(name)
            at = 0
        if chosen is None and lines and (name == sheet if sheet is not None else not hidden):
            chosen = Extract(name)
        if chosen is not None and chosen.sheet == name:
            _keep(chosen, lines, at, rows)
        at += len(lines)
    found = chosen or Extract(sheet)
    found.sheets = names
    return found


def _keep(found: Extract, lines: list[list[str]], at: int, rows: set[int]) -> None:
    """Take the top and the wanted rows out of a batch that begins after row `at`."""
    if len(found.head) < HEAD:
        found.head += lines[: HEAD - len(found.head)]
    for number in rows:
        if at < number <= at + len(lines):
            found.rows[number] = lines[number - at - 1]


def reading_options(report: dict[str, Any]) -> dict[str, Any]:
    """How the file was read, from the report of an ingest."""
    return {"encoding": report.get("encoding"), "delimiter": report.get("delimiter")}
