"""Looks through a whole original for personal data, once, so that it is known whether it may be public.

Every cell of every sheet and column counts, also those that no figure comes from. Apart from the load, which it would slow.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from datasets.ingest.readers.sheets import read_sheets
from datasets.ingest.readers.stream import Tally, stream_blocks
from datasets.ingest.shapes import StreamPlan, UnreadableFile
from datasets.models import SourceFile
from datasets.privacy import find_in_column

SAMPLE = 1 << 20
TOP = 12  # rows from the top in which a heading may stand


def scan_personal_data(file: SourceFile) -> bool | None:
    """Whether the original holds personal data; None (and so not public) where it cannot be read."""
    path = Path(settings.MEDIA_ROOT) / file.storage_path
    try:
        found = any(find_in_column(heading, values) for heading, values in _columns(path, file))
    except (UnreadableFile, OSError):
        return None
    file.has_personal_data = found
    file.save(update_fields=["has_personal_data"])
    return found


def _columns(path: Path, file: SourceFile) -> Iterator[tuple[str, pa.Array]]:
    report = file.ingests.order_by("-pk").values_list("report", flat=True).first() or {}
    if report.get("delimiter"):
        yield from _text_columns(path, report["encoding"], report["delimiter"], report.get("header_row") or 1)
    else:
        yield from _sheet_columns(path)


def _sheet_columns(path: Path) -> Iterator[tuple[str, pa.Array]]:
    """Every column of every sheet under each text that may be its heading."""
    for grid in read_sheets(path):
        for column in range(grid.width):
            cells = [grid.cell(row, column) for row in range(len(grid.rows))]
            values = pa.array(cells, pa.string())
            for heading in dict.fromkeys(["", *cells[:TOP]]):
                yield heading, values


def _text_columns(path: Path, encoding: str, delimiter: str, header: int) -> Iterator[tuple[str, pa.Array]]:
    """The same for delimited text of any size, block by block."""
    headings = _headings(path, encoding, delimiter, header)
    fields = {f"{number}": number for number in range(len(headings))}
    plan = StreamPlan(path, encoding, delimiter, header, len(headings), fields)
    for block in stream_blocks(plan, Tally()):
        for number, heading in enumerate(headings):
            yield heading, block.columns[f"{number}"]


def _headings(path: Path, encoding: str, delimiter: str, header: int) -> list[str]:

    with path.open("rb") as file:
        text = file.read(SAMPLE).decode(encoding, "replace").removeprefix("\ufeff")
    records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), header + 50))
    widest = max(map(len, records), default=0)
    found = records[header - 1] if len(records) >= header else []
    return found + [""] * (widest - len(found))
