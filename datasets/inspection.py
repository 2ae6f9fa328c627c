"""Looks through a whole original for personal data. Until it has been done and found none, the original is not public.

It is a reading of its own, in the background and after the load: columns that no figure comes from are dropped by the
load, and it is in them that telephones and domiciles stand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

import pyarrow as pa

from datasets.ingest.layout import find_areas
from datasets.ingest.readers.sheets import stream_sheets
from datasets.ingest.shapes import UnreadableFile
from datasets.privacy import find_in_column
from datasets.source_rows import Extract, extract, path_of

from .models import SourceFile

BATCH = 20_000
Batch = tuple[dict[int, str], Sequence[Sequence[str]]]  # headings by column, rows below them


def inspect_file(*, file: SourceFile) -> bool | None:
    """Whether it holds personal data, written down; None, and nothing written, where it cannot be read."""
    if file.has_personal_data is not None:
        return file.has_personal_data
    try:
        found = any(_shows_personal_data(headings, rows) for headings, rows in _batches(file))
    except (UnreadableFile, UnicodeError, csv.Error, OSError):
        return None
    file.has_personal_data = found
    file.save(update_fields=["has_personal_data"])
    return found


def _shows_personal_data(headings: dict[int, str], rows: Sequence[Sequence[str]]) -> bool:
    """Column by column, each distinct text once."""
    for at, column in enumerate(zip_longest(*rows, fillvalue="")):
        texts = pa.array({text for text in column if text}, pa.string())
        if find_in_column(headings.get(at, ""), texts):
            return True
    return False


def _batches(file: SourceFile) -> Iterator[Batch]:
    head = extract(file)
    if head.sheets:
        yield from _of_sheets(file)
        return
    headings, first = _below_headings(head)
    with path_of(file).open(encoding=head.encoding, errors="replace", newline="") as text:
        records = islice(csv.reader(text, delimiter=head.delimiter or ","), first, None)
        while rows := list(islice(records, BATCH)):
            yield headings, rows


def _of_sheets(file: SourceFile) -> Iterator[Batch]:
    """Sheet by sheet, hidden ones as well: whoever downloads the original can show them."""
    sheet: Extract | None = None
    headings: dict[int, str] = {}
    for name, _hidden, rows in stream_sheets(path_of(file)):
        if not rows:
            sheet = None
            continue
        if sheet is None:
            sheet = Extract(name, head=rows)
            headings, first = _below_headings(sheet)
            rows = rows[first:]
        yield headings, rows


def _below_headings(head: Extract) -> tuple[dict[int, str], int]:
    """The headings and the first row (from 0) under them; what is printed above speaks of the institution."""
    areas = find_areas(head.grid)
    return (areas[0].headings, areas[0].first) if areas else ({}, 0)
