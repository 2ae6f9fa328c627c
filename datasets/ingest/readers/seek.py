"""Finds a record of a large delimited file without parsing what stands before it.

Where a record ends is told from the bytes alone, block by block: a line break with an even number of quotes before it. That
holds only while every quote stands where quoting puts it; at the first block where one does not, the search stops, and the
tolerant parser goes on from there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 20
LONGEST = 16 << 20
# Encodings in which a comma, a quote and a line break are the bytes that they are in ASCII.
PLAIN_ENCODINGS = frozenset({"utf-8", "utf-8-sig", "ascii", "cp1252", "iso8859-1", "cp850", "mac_roman", "mac-roman"})
QUOTE, LF, CR = b'"\n\r'
NEAR = 5_000  # rows that are read together with one that is wanted
Place = tuple[int, int]  # a byte at which a record begins, and the number of that record (from 1)


def records_at(path: Path, rows: Collection[int], encoding: str, delimiter: str) -> dict[int, list[str]]:
    """Records by their numbers (from 1), in one way through the file however many they are; those behind its end are missing."""
    found: dict[int, list[str]] = {}
    place, at = (0, 1), 0
    for number in sorted(rows):
        if number <= at:
            continue
        place = near_record(path, number, encoding, delimiter, since=place)
        # As far again as had to be parsed to come here: where nothing can be skipped, the passes stay few.
        reach = number + max(NEAR, number - place[1])
        wanted = {one for one in rows if number <= one < reach}
        last = max(wanted)
        for at, cells in records_from(path, place, last - place[1] + 1, encoding, delimiter):
            if at in wanted:
                found[at] = cells
        at = last
    return found


def records_from(
    path: Path, place: Place, count: int, encoding: str, delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """Records and their numbers from a place where one begins."""
    offset, first = place
    with path.open("rb") as file:
        file.seek(offset)
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        yield from enumerate(islice(csv.reader(text, delimiter=delimiter), count), first)


def near_record(
    path: Path, number: int, encoding: str, delimiter: str, block: int = BLOCK, since: Place = (0, 1)
) -> Place:
    """The place of a record, at most `number`, as near to it as can be told. `since` is one that is known already."""
    (offset, record), rest = since, b""
    if encoding not in PLAIN_ENCODINGS or len(delimiter) != 1:
        return offset, record
    with path.open("rb") as file:
        file.seek(offset)
        while chunk := file.read(block):
            data = rest + chunk
            ends = _record_ends(data, ord(delimiter))
            if ends is None or record + len(ends) > number or len(data) > LONGEST:
                break
            done = int(ends[-1]) + 1 if len(ends) else 0
            offset, record, rest = offset + done, record + len(ends), data[done:]
    return offset, record


def _record_ends(data: bytes, delimiter: int) -> npt.NDArray[np.intp] | None:
    """Where records end in bytes that begin with one; None if a quote or a carriage return stands in an odd place."""
    if data.count(b"\r") - data.endswith(b"\r") != data.count(b"\r\n"):
        return None
    codes = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(codes == LF)
    quotes = np.flatnonzero(codes == QUOTE)
    if not len(quotes):
        return breaks
    before = codes[quotes[0::2][quotes[0::2] > 0] - 1]
    after = codes[quotes[1::2][quotes[1::2] < len(codes) - 1] + 1]
    if not _all_of(before, delimiter, LF, QUOTE) or not _all_of(after, delimiter, LF, CR, QUOTE):
        return None
    outside: npt.NDArray[np.intp] = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    return outside


def _all_of(codes: npt.NDArray[np.uint8], *allowed: int) -> bool:
    table = np.zeros(256, bool)
    table[list(allowed)] = True
    return bool(table[codes].all())
