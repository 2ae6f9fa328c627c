"""Delimited text as a grid, tolerant of ragged rows and of line breaks inside quotes.

A row number here is the number of the record, counted from 1 with blank lines included: what a person sees in a
spreadsheet that opened the file. It differs from the line number of a text editor only after a cell that holds a line
break.
"""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path

from datasets.ingest.encoding import Decoded, decode, find_delimiter
from datasets.ingest.shapes import Grid, UnreadableFile

MAX_GRID_BYTES = 20 * 2**20
HEAD_RECORDS = 5_000
csv.field_size_limit(1 << 24)


def read_text(path: Path, *, encoding: str | None, delimiter: str | None) -> tuple[Grid, Decoded, str]:
    """The whole small file as one grid, or the head of a large one, with what was detected."""
    large = path.stat().st_size > MAX_GRID_BYTES
    decoded = decode(path.read_bytes(), encoding)
    mark = delimiter or find_delimiter(decoded.text)
    records = csv.reader(io.StringIO(decoded.text, newline=""), delimiter=mark)
    try:
        rows = list(islice(records, HEAD_RECORDS) if large else records)
    except csv.Error as error:
        raise UnreadableFile(
            "damaged",
            f"No se pudo leer el archivo. La fila {records.line_num} está mal formada. "
            "Ábrelo en Excel y guárdalo otra vez como CSV UTF-8.",
        ) from error
    return Grid(sheet=None, rows=rows), decoded, mark
