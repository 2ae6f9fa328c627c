"""CSV for people: streamed, readable by spreadsheets, and unable to run anything in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

BOM = "\ufeff"  # without it a Spanish Excel reads UTF-8 as Windows-1252
ROWS_PER_CHUNK = 500
# What a spreadsheet takes as the beginning of a formula (OWASP, "CSV injection"), their full-width forms included.
FORMULA = re.compile(r"[\s\u00a0]*[=+\-@＝＋－＠]|[\t\r\n]")
# Printed amounts, and the dashes that publishers write for "no figure", cannot run: they stay as they are.
HARMLESS = re.compile(r"\s*[+-]?\s*\$?\s*[\d.,]+%?\s*|\s*-+\s*", re.ASCII)


def csv_response(filename: str, headings: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """An attachment of one heading row and `rows`, written while it is sent: no more than a chunk is in memory."""
    response = StreamingHttpResponse(csv_chunks(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def csv_chunks(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The same text in pieces, the byte order mark first."""
    lines = chain([headings], rows)
    start = BOM
    while batch := list(islice(lines, ROWS_PER_CHUNK)):
        buffer = io.StringIO()
        csv.writer(buffer).writerows([cell(value) for value in line] for line in batch)
        yield start + buffer.getvalue()
        start = ""


def cell(value: object) -> str:
    """One cell: numbers as they are, never in exponents; text guarded; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    return guarded(str(value))


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    if FORMULA.match(text) and not HARMLESS.fullmatch(text):
        return f"'{text}"
    return text
