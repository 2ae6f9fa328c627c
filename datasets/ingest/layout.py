"""Where the tables of a sheet are: below which headings, from which row to which, and the title rows above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from datasets.ingest.decisions import NOTHING, Decisions
from datasets.ingest.dictionary import fold
from datasets.ingest.headings import (
    MIN_KNOWN,
    SEARCH_ROWS,
    count_known,
    figures_below,
    find_header,
    heading_rows,
    is_number,
    known_kinds,
    may_head,
    paths_of,
    plain_header,
    short_header,
    texts_in,
    title_lines,
)
from datasets.ingest.labels import is_carried
from datasets.ingest.shapes import Grid
from datasets.ingest.sniff import column_letters

RESCAN_LIMIT = 20_000  # sheets longer than this are not searched for a second table

_TOTAL = re.compile(r"(?:gran |suma )?total(?:es)?(?: general(?:es)?| del? .*)?$|sumas?(?: iguales)?$")
_PAGE = re.compile(r"\b(?:hoja|p[aá]g(?:ina)?)\b\W*\d+(?:\W*(?:de|/)\W*\d+)?", re.IGNORECASE)


@dataclass(slots=True)
class Area:
    """One table area: headings over ``columns`` and the data rows ``first``..``end`` (0-based, end excluded)."""

    grid: Grid
    header_rows: tuple[int, ...]
    end: int
    paths: dict[int, tuple[str, ...]]  # column -> heading parts from group to leaf
    titles: list[str] = field(default_factory=list)
    stacked: int = 0  # heading rows of a table below another one: they are rows of the sheet that hold no line
    headings: dict[int, str] = field(default_factory=dict)  # column -> unique reported heading
    said: Decisions = NOTHING  # what a person decided about its rows and numbers
    originals: dict[tuple[int, int], str] = field(
        default_factory=dict
    )  # (row, column) -> the text that a person corrected

    @property
    def first(self) -> int:
        return self.header_rows[-1] + 1


def find_areas(grid: Grid, header_row: int | None = None, *, said: bool = False) -> list[Area]:
    """All table areas of a sheet from top to bottom. ``header_row`` (1-based) is a person's correction; ``said``: a person has
    told what the file is, so that its headings need not be known."""
    if header_row is not None:
        first: tuple[int, ...] | None = _fixed_header(grid, header_row - 1)
    else:
        first = find_header(grid, 0, SEARCH_ROWS) or (plain_header(grid) if said else None)
    if first is None:
        return []
    headers = [first]
    if len(grid.rows) <= RESCAN_LIMIT:
        above = _short_header_above(grid, first) if header_row is None else None
        headers = [*([above] if above else []), first, *_further_headers(grid, first)]
    return [_area(grid, headers, index) for index in range(len(headers))]


def _fixed_header(grid: Grid, row: int) -> tuple[int, ...] | None:
    """The heading rows that end in the row a person named: with the group rows directly above it when they add known
    columns.
    """
    if not 0 <= row < len(grid.rows):
        return None
    best: tuple[int, ...] = (row,)
    for above in (1, 2):
        rows = tuple(range(row - above, row + 1))
        readable = rows[0] >= 0 and all(may_head(texts_in(grid, other)) for other in rows)
        if readable and count_known(paths_of(grid, rows)) > count_known(paths_of(grid, best)):
            best = rows
    return best


def _further_headers(grid: Grid, first: tuple[int, ...]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    row = first[-1] + 1
    while row < len(grid.rows):
        cells = texts_in(grid, row)
        if _heads_another(grid, first[-1], row) or _heads_a_narrower_one(grid, first[-1], row):
            found.append((row,))
        elif len(cells) >= 2 and may_head(cells) and any(known_kinds(text) for text in cells.values()):
            rows, known = heading_rows(grid, row)
            above = (found[-1] if found else first)[-1] + 1
            if (
                known >= MIN_KNOWN
                and known * 2 > len(paths_of(grid, rows))
                and not _is_page_head(grid, first, above, rows)
            ):
                if paths_of(grid, rows) != paths_of(grid, first) or title_lines(grid, above, rows[0]):
                    found.append(rows)  # without titles of its own it is a page break in the same table
                row = rows[-1]
        row += 1
    return found


def _is_page_head(grid: Grid, first: tuple[int, ...], above: int, rows: tuple[int, ...]) -> bool:
    """The titles and headings of the sheet once more, word for word but for the number of the page that they print."""
    printed = title_lines(grid, above, rows[-1])
    if texts_in(grid, rows[-1]) != texts_in(grid, first[-1]) or not any(map(_PAGE.search, printed)):
        return False
    if _is_closed(grid, above, rows[0]) or _names_again(grid, above, rows):
        return False
    lines = {bare for line in printed if (bare := _PAGE.sub("", line).strip())}
    return lines <= {_PAGE.sub("", line).strip() for line in title_lines(grid, 0, first[-1])}


def _is_closed(grid: Grid, first: int, end: int) -> bool:
    """Whether a total stands below the rows of the page before, other than what it hands on: the table has ended there."""
    rows = [grid.rows[row] for row in range(first, end) if not is_carried(grid.rows[row])]
    return any(_TOTAL.match(fold(cell)) for cells in rows for cell in cells if cell)


def _names_again(grid: Grid, first: int, rows: tuple[int, ...]) -> bool:
    """Whether this page begins with what a row of the page before named: the same things, with other figures or the same."""
    before = [words for row in range(first, rows[0]) if (words := _named_in(grid, row))]
    following = range(rows[-1] + 1, min(rows[-1] + 1 + MIN_KNOWN, len(grid.rows)))
    return any(words in before for row in following if (words := _named_in(grid, row)))


def _named_in(grid: Grid, row: int) -> dict[int, str]:
    """The words of a row that holds a figure."""
    texts = texts_in(grid, row)
    words = {column: text for column, text in texts.items() if not is_number(text)}
    return words if len(words) < len(texts) and not is_carried(grid.rows[row]) else {}


def printed_above(area: Area) -> set[tuple[str, ...]]:
    """The rows above the first headings of a sheet that numbers its pages, which repeat them; compare with `without_page`."""
    above = area.grid.rows[: area.header_rows[0]]
    if area.stacked or not any(_PAGE.search(cell) for cells in above for cell in cells):
        return set()
    return {found for cells in above if (found := without_page(cells))}


def without_page(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(_PAGE.sub("", text) for cell in cells if (text := cell.strip()))


def _short_header_above(grid: Grid, first: tuple[int, ...]) -> tuple[int, ...] | None:
    """A table of two columns above the wider one that was found first, with figures of its own."""
    head = short_header(grid, 0, first[0] - MIN_KNOWN)
    if head is None:
        return None
    amounts = max(texts_in(grid, head[0]))
    figures = sum(is_number(grid.cell(row, amounts)) for row in range(head[0] + 1, first[0]))
    return head if figures >= MIN_KNOWN else None


def _heads_another(grid: Grid, first: int, row: int) -> bool:
    """``¿En qué se gasta? | Importe`` below ``Origen de los ingresos | Importe``: the amounts are headed by the same word again,
    what stands beside them is called something else."""
    head, cells = texts_in(grid, first), texts_in(grid, row)
    if not 2 <= len(head) == len(cells) < MIN_KNOWN or head.keys() != cells.keys() or not may_head(cells):
        return False
    same = [column for column in head if fold(head[column]) == fold(cells[column])]
    return len(same) == 1 and max(head) == same[0] and figures_below(grid, row, same) >= 2


def _heads_a_narrower_one(grid: Grid, first: int, row: int) -> bool:
    """``Fondo | Saldo`` after a blank row and a wider table, over rows that fill these two columns and no other."""
    cells = texts_in(grid, row)
    if (
        len(cells) != 2
        or len(texts_in(grid, first)) <= MIN_KNOWN
        or not may_head(cells)
        or not _after_a_blank(grid, row)
    ):
        return False
    below = [texts_in(grid, other) for other in range(row + 1, min(row + 1 + MIN_KNOWN, len(grid.rows)))]
    return len(below) == MIN_KNOWN and all(
        texts.keys() == cells.keys() and is_number(texts[max(cells)]) and not is_number(texts[min(cells)])
        for texts in below
    )


def _after_a_blank(grid: Grid, row: int) -> bool:
    """Directly, or below a title of its own."""
    above = [texts_in(grid, other) for other in range(max(0, row - 2), row)]
    return not above[-1] or (len(above) == 2 and not above[0] and len(above[1]) == 1)


def _area(grid: Grid, headers: list[tuple[int, ...]], index: int) -> Area:
    rows = headers[index]
    above = headers[index - 1][-1] + 1 if index else 0
    end = headers[index + 1][0] if index + 1 < len(headers) else len(grid.rows)
    area = Area(grid=grid, header_rows=rows, end=end, paths=paths_of(grid, rows))
    area.titles = title_lines(grid, above, rows[0])
    area.stacked = rows[-1] - rows[0] + 1 if index else 0
    area.headings = unique_headings(area)
    return area


def area_titles(area: Area) -> list[str]:
    """Its own title lines; a stacked table without any has those of the sheet."""
    own = area.titles
    first = title_lines(area.grid, 0, min(area.header_rows[0], 14))
    return own if own and area.header_rows[0] < 14 else [*own, *[line for line in first if line not in own]]


def unique_headings(area: Area) -> dict[int, str]:
    """Reported headings: the deepest part, repeated ones numbered, a column without one named by its letter."""
    seen: dict[str, int] = {}
    found = {}
    for column in range(_used_width(area)):
        parts = area.paths.get(column)
        name = " ".join(parts[-1].split()) if parts else ""
        if not name:
            if not _has_values(area, column):
                continue
            name = f"(columna {column_letters(column)})"
        seen[name] = seen.get(name, 0) + 1
        found[column] = name if seen[name] == 1 else f"{name} [{seen[name]}]"
    return found


def _used_width(area: Area) -> int:
    return max((len(area.grid.rows[row]) for row in range(area.header_rows[0], area.end)), default=0)


def _has_values(area: Area, column: int) -> bool:
    return any(area.grid.cell(row, column).strip() for row in range(area.first, min(area.end, area.first + 2_000)))
