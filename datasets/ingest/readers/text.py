"""Delimited text as a grid, tolerant of ragged rows and of line breaks inside quotes.

A row number here is the number of the record, counted from 1 with blank lines included: what a person sees in a
spreadsheet that opened the file. It differs from the line number of a text editor only after a cell that holds a line
break.
"""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice
from pathlib import Path
from typing import TextIO

from datasets.ingest.encoding import DELIMITERS, Decoded, decode, detect, find_delimiter
from datasets.ingest.shapes import Grid, UnreadableFile

MAX_GRID_BYTES = 20 * 2**20
HEAD_RECORDS = 2_000
SAMPLE = 200_000
csv.field_size_limit(1 << 24)


def read_text(path: Path, *, encoding: str | None, delimiter: str | None) -> tuple[Grid, Decoded, str]:
    """The whole small file as one grid, or the head of a large one, with what was detected."""
    if encoding is not None:
        encoding = _known(encoding)
    if delimiter not in DELIMITERS:
        delimiter = None
    if path.stat().st_size > MAX_GRID_BYTES:
        return _read_head(path, encoding, delimiter)
    decoded = decode(path.read_bytes(), encoding)
    mark = delimiter or find_delimiter(decoded.text)
    rows = _records(io.StringIO(decoded.text, newline=""), mark, None)
    return Grid(sheet=None, rows=rows), decoded, mark


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        message = f"No se conoce la codificación «{encoding}». Prueba con utf-8 o cp1252."
        raise UnreadableFile("encoding", message) from None


def _read_head(path: Path, encoding: str | None, delimiter: str | None) -> tuple[Grid, Decoded, str]:
    """The encoding is decided over the whole file, the rest on its first records: memory does not grow with the file."""
    found, claimed = (encoding, False) if encoding else detect(path)
    with path.open(encoding=found, errors="replace", newline="") as file:
        start = file.read(SAMPLE)
        mark = delimiter or find_delimiter(start)
        file.seek(0)
        rows = _records(file, mark, HEAD_RECORDS)
    return Grid(sheet=None, rows=rows), Decoded("", found, claimed_utf8=claimed), mark


def _records(file: TextIO, mark: str, most: int | None) -> list[list[str]]:
    # A NUL is in no text that people wrote, and no database keeps one.
    records = csv.reader((line.replace("\0", "") for line in file), delimiter=mark)
    try:
        return list(islice(records, most))
    except csv.Error as error:
        raise UnreadableFile(
            "damaged",
            f"No se pudo leer el archivo. La fila {records.line_num} está mal formada. "
            "Ábrelo en Excel y guárdalo otra vez como CSV UTF-8.",
        ) from error
