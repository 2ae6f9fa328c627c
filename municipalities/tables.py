"""Reads the plain tables of INEGI and CONAPO: CSV in UTF-8 or Windows-1252, any usual delimiter, titles above."""

import csv
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from gesoc.common.text import search_text

HEADER_WITHIN = 30  # lines
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}(\.0*)?")


class UnreadableFile(ValueError):
    """The file cannot be imported; the message says why to the person who chose it."""


@dataclass(frozen=True)
class Row:
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "")

    def number(self, field: str) -> int | None:
        """Return a count of people; None where nothing was published (blank, a dash, N/D, or 0)."""
        text = self[field].replace(",", "").replace(" ", "").replace("\xa0", "")
        if search_text(text) in {"", "nd", "na", "n d", "n a"}:
            return None
        if not WHOLE_NUMBER.fullmatch(text):
            message = _("Line %(line)d: “%(text)s” is not a number of people.")
            raise UnreadableFile(message % {"line": self.line, "text": self[field]})
        return int(text.partition(".")[0]) or None


def read(path: Path, fields: Mapping[str, Sequence[str]], required: Sequence[str]) -> Iterator[Row]:
    """Yield the rows under the first line that names every required field; `fields` gives the headings of each."""
    lines = _records(_text_lines(path))
    for _line, cells in itertools.islice(lines, HEADER_WITHIN):
        columns = _columns(cells, fields)
        if all(field in columns for field in required):
            break
    else:
        raise UnreadableFile(_missing(path, fields, required))
    for line, cells in lines:
        if any(cells) and not _is_note(cells):
            yield Row(line, {field: cells[at].strip() for field, at in columns.items() if at < len(cells)})


def _is_note(cells: Sequence[str]) -> bool:
    """A sentence under the table: alone in its line, or followed by the empty cells of a wider table."""
    return not any(cell.strip() for cell in cells[1:]) and len(cells) != 2


def _missing(path: Path, fields: Mapping[str, Sequence[str]], required: Sequence[str]) -> str:
    names = ", ".join("/".join(fields[field]).upper() for field in required)
    return _("%(file)s has no line with the headings it should have: %(names)s.") % {"file": path.name, "names": names}


def _columns(cells: Sequence[str], fields: Mapping[str, Sequence[str]]) -> dict[str, int]:
    headings = [search_text(cell.replace("_", " ")) for cell in cells]
    found = {}
    for field, names in fields.items():
        wanted = (search_text(name.replace("_", " ")) for name in names)
        heading = next((name for name in wanted if name in headings), None)
        if heading is not None:
            found[field] = headings.index(heading)
    return found


def _text_lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise UnreadableFile(_("%(file)s does not exist.") % {"file": path})
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if not start.strip():
        raise UnreadableFile(_("%(file)s is empty.") % {"file": path.name})
    if b"\x00" in start or start.startswith((b"PK", b"%PDF", b"<")):
        raise UnreadableFile(_("%(file)s is not a CSV file; save it as CSV and try again.") % {"file": path.name})
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        yield from file


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        try:
            for line in file:
                line.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _records(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    sample = list(itertools.islice(lines, HEADER_WITHIN))
    delimiter = max(",;\t|", key="".join(sample).count)
    reader = csv.reader(itertools.chain(sample, lines), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as problem:
        raise UnreadableFile(_("Line %(line)d is not CSV.") % {"line": reader.line_num + 1}) from problem
