"""Where the tables of a sheet are: heading rows (one to three, merged), the rows under them, and the title rows
above.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from datasets.ingest.classify import best_names
from datasets.ingest.codes import object_code
from datasets.ingest.decisions import NOTHING, Decisions
from datasets.ingest.dictionary import fold, match_heading, remembered
from datasets.ingest.numbers import NotAnAmount, to_cents
from datasets.ingest.shapes import MOMENTS, Grid
from datasets.ingest.sniff import column_letters

KINDS = ("expenditure", "revenue", "contracts", "works", "debt", "sanctions")
SEARCH_ROWS = 40
RESCAN_LIMIT = 20_000  # sheets longer than this are not searched for a second table
MIN_KNOWN = 3
MOST_ROWS_BETWEEN = 8  # headings and the first figures: titles of sections, blank rows, a legend
MAX_HEADING = 400
MOST_TITLE_CELLS = 5  # below a table; a row of more is one of its records, though none of its figures looks like one
MAX_TITLE = 200  # longer texts above a table explain the law, they do not name the table
_LEGEND_CELL = re.compile(r"\(?\s*[\dA-Z]{1,2}\s*\)?|\(?\s*[\dA-Z]{1,2}\s*=.*|[\dA-Z]{1,2}\s*[-+*/]\s*[\dA-Z]{1,2}")
_MARK_CELL = re.compile(r"\(\d\)|.*=.*|\d/\d")
_BUDGET_WORDS = re.compile(r"presupuesto|egresos|\bingresos\b|\bgastos?\b")
_OF_TIME = re.compile(r"ejercicio|periodo|\banos?\b|fiscal|publica|presupuest|trimestre|\bmes\b|enero|diciembre")
_DASH = re.compile(r"[-–—]+")
_TEMPLATE = re.compile(r"\s*colocar el id de los registros|\s*este criterio aplica|\s*formato de fecha", re.IGNORECASE)


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

    @property
    def first(self) -> int:
        return self.header_rows[-1] + 1


def is_number(text: str) -> bool:
    if not any(char.isdigit() for char in text):
        return False
    try:
        return to_cents(text) is not None
    except NotAnAmount:
        return False


def is_legend(cells: list[str]) -> bool:
    """A formula legend under the headings (``1 | 2 | 3 = (1 + 2 )``), which looks like figures in brackets."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < 2 or not all(_LEGEND_CELL.fullmatch(cell) for cell in filled):
        return False
    return any(_MARK_CELL.fullmatch(cell) for cell in filled) or filled == [str(n) for n in range(1, len(filled) + 1)]


def is_template(cells: list[str]) -> bool:
    """A row of an empty PNT template: only helper texts."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(_TEMPLATE.match(cell) for cell in filled)


@remembered(maxsize=65_536)
def known_kinds(heading: str) -> frozenset[str]:
    if not heading.strip() or len(heading) > MAX_HEADING:
        return frozenset()
    return frozenset(kind for kind in KINDS if match_heading(kind, heading))


def _texts(grid: Grid, row: int) -> dict[int, str]:
    return {column: cell.strip() for column, cell in enumerate(grid.rows[row]) if cell.strip()}


def _may_head(cells: dict[int, str]) -> bool:
    """Headings are words: a row with an amount is data. Years and formula marks may stand among headings."""
    if not cells or _is_caption(cells):
        return False
    return not any(
        len(text) > MAX_HEADING or (is_number(text) and not re.fullmatch(r"(19|20)\d\d", text))
        for text in cells.values()
    )


def _is_caption(cells: dict[int, str]) -> bool:
    """``Ente Público: | Instituto de…`` says something about the file; it heads no column."""
    return len(cells) <= 3 and cells[min(cells)].endswith(":")


def paths_of(grid: Grid, rows: tuple[int, ...]) -> dict[int, tuple[str, ...]]:
    """Heading parts by column. A group heading covers the columns to its right that have a heading of their own below
    it.
    """
    texts = [_texts(grid, row) for row in rows]
    columns = sorted(set().union(*texts))
    paths = {}
    for column in columns:
        parts = []
        for level, own in enumerate(texts):
            if column in own:
                parts.append(own[column])
            elif any(column in below for below in texts[level + 1 :]):
                parts.extend(_group_over(texts, level, column))
        paths[column] = tuple(parts)
    return paths


def _group_over(texts: list[dict[int, str]], level: int, column: int) -> list[str]:
    """The nearest heading to the left in this row, unless a row above starts another group in between."""
    left = [other for other in texts[level] if other < column]
    if not left:
        return []
    start = max(left)
    if any(start < other <= column for above in texts[:level] for other in above):
        return []
    return [texts[level][start]]


def count_known(paths: dict[int, tuple[str, ...]]) -> int:
    """Columns whose heading the dictionary knows, for the kind that knows most of them."""
    votes = dict.fromkeys(KINDS, 0)
    for parts in paths.values():
        kinds = known_kinds(" ".join(parts)) | known_kinds(parts[-1])
        for kind in kinds:
            votes[kind] += 1
    return max(votes.values())


def _window(grid: Grid, start: int) -> tuple[tuple[int, ...], int]:
    """The heading rows that begin at ``start`` and how many of their columns are known: one to four rows, one blank
    among them.
    """
    best: tuple[int, ...] = (start,)
    known = count_known(paths_of(grid, best))
    rows = best
    first_column = min(_texts(grid, start), default=0)
    following = _following_heads(grid, start)
    if _is_title(grid, start, following):
        return best, known
    for row in following:
        rows = (*rows, row)
        more = count_known(paths_of(grid, rows))
        cells = _texts(grid, row)
        under_group = len(cells) >= 2 and first_column not in cells and max(map(len, cells.values())) < 80
        if more > known or (under_group and more >= known >= MIN_KNOWN):
            best, known = rows, more
    return best, known


def _is_title(grid: Grid, row: int, following: list[int]) -> bool:
    """One text alone over headings that begin in its column or to the right: it is about the table, not about a column."""
    cells = _texts(grid, row)
    below = next((texts for other in following if len(texts := _texts(grid, other)) > 1), {})
    return len(cells) == 1 and len(below) >= MIN_KNOWN and min(cells) <= min(below)


def _following_heads(grid: Grid, start: int) -> list[int]:
    found: list[int] = []
    blanks = 0
    for row in range(start + 1, min(start + 6, len(grid.rows))):
        cells = _texts(grid, row)
        if not cells:
            blanks += 1
        elif not _may_head(cells) or is_legend(grid.rows[row]) or is_template(grid.rows[row]):
            break
        else:
            found.append(row)
        if blanks > 1 or len(found) == 3:
            break
    return found


def find_header(grid: Grid, start: int, stop: int) -> tuple[int, ...] | None:
    """The best heading rows that begin in the given rows: most known columns, then fewest rows, then first."""
    best: tuple[tuple[int, int, int], tuple[int, ...]] | None = None
    for row in range(start, min(stop, len(grid.rows))):
        cells = _texts(grid, row)
        if not _may_head(cells) or not any(known_kinds(text) for text in cells.values()):
            continue
        rows, known = _window(grid, row)
        if known < MIN_KNOWN or len(set(paths_of(grid, rows))) < MIN_KNOWN:
            continue
        rank = (known, -len(rows), -row)
        if best is None or rank > best[0]:
            best = (rank, rows)
    return best[1] if best else _short_header(grid, start, stop)


def _short_header(grid: Grid, start: int, stop: int) -> tuple[int, ...] | None:
    """``Concepto | Importe`` under the title of a budget: two known columns are enough where figures stand below.

    The column of the names or codes may have any heading, or none, where a classifier knows what it holds.
    """
    for row in range(start, min(stop, len(grid.rows))):
        cells = _texts(grid, row)
        if not cells or not _may_head(cells):
            continue
        titled = bool(_BUDGET_WORDS.search(fold(" ".join(title_lines(grid, 0, row)))))
        for kind in ("expenditure", "revenue"):
            names = {column: match.field for column, text in cells.items() if (match := match_heading(kind, text))}
            amounts = [column for column, name in names.items() if name in MOMENTS[kind]]
            if not amounts or not (titled or len(amounts) > 1):
                continue
            labelled = titled and any(name.endswith(("_name", "_code")) for name in names.values())
            labelled = labelled or _classified(grid, row, min(amounts), kind)
            if labelled and _figures_below(grid, row, amounts) >= MIN_KNOWN:
                return (row,)
    return None


def _short_header_above(grid: Grid, first: tuple[int, ...]) -> tuple[int, ...] | None:
    """A table of two columns above the wider one that was found first, with figures of its own."""
    head = _short_header(grid, 0, first[0] - MIN_KNOWN)
    if head is None:
        return None
    amounts = max(_texts(grid, head[0]))
    figures = sum(is_number(grid.cell(row, amounts)) for row in range(head[0] + 1, first[0]))
    return head if figures >= MIN_KNOWN else None


def _classified(grid: Grid, row: int, stop: int, kind: str) -> bool:
    """Whether a column at the left of the amounts holds what a classifier knows: codes of objects, or names."""
    for column in range(stop):
        below = range(row + 1, min(row + 1 + SEARCH_ROWS, len(grid.rows)))
        texts = [text for other in below if (text := grid.cell(other, column).strip())]
        coded = sum(len(text) >= 3 and object_code(text) is not None for text in texts)
        if kind == "expenditure" and len(set(texts)) >= MIN_KNOWN and coded >= 0.8 * len(texts):
            return True
        if len(texts) >= MIN_KNOWN and best_names(kind, texts) is not None:
            return True
    return False


def _is_figure(text: str) -> bool:
    """An amount, or the dash that stands for none; a year is no figure."""
    return bool(_DASH.fullmatch(text)) or (is_number(text) and not re.fullmatch(r"(19|20)\d\d", text))


def _figures_below(grid: Grid, row: int, columns: list[int]) -> int:
    below = range(row + 1, min(row + 12, len(grid.rows)))
    return sum(any(is_number(grid.cell(other, column)) for column in columns) for other in below)


def _plain_header(grid: Grid) -> tuple[int, ...] | None:
    """The first row of different words over rows of as many cells, whatever its words are."""
    for row in range(min(SEARCH_ROWS, len(grid.rows))):
        cells = _texts(grid, row)
        below = [_texts(grid, other) for other in range(row + 1, min(row + 1 + MIN_KNOWN, len(grid.rows)))]
        full = sum(len(cells.keys() & other.keys()) * 5 >= 4 * len(cells) for other in below)
        if len({*cells.values()}) == len(cells) >= MIN_KNOWN and _may_head(cells) and full == len(below) >= 2:
            return (row,)
    bare = _bare_header(grid)
    return bare and _with_parts(grid, bare[-1])


def _with_parts(grid: Grid, row: int) -> tuple[int, ...]:
    """With the row below where it says the parts of a group: ``Lo que entró | |`` over ``Enero a junio | Julio a diciembre``."""
    head = _texts(grid, row)
    parts = _texts(grid, row + 1) if row + 1 < len(grid.rows) else {}
    if len(parts) < 2 or not _may_head(parts) or min(parts) not in head or min(parts) == min(head):
        return (row,)
    return (row, row + 1) if not (parts.keys() - {min(parts)}) & head.keys() else (row,)


def _bare_header(grid: Grid) -> tuple[int, ...] | None:
    """The fullest row above the first rows of figures, the lowest of them: ``C. | | $``, ``Concepto | 2023``, ``1 | 2 | 3``."""
    first = _first_figures(grid)
    if first is None:
        return None
    below = _texts(grid, first).keys()
    rows = range(max(0, first - MOST_ROWS_BETWEEN), first)
    above = {row: cells for row in rows if len(cells := _texts(grid, row)) >= 2}
    above = {row: cells for row, cells in above.items() if 2 * len(cells.keys() & below) >= len(cells)}
    words = [(len(cells), row) for row, cells in above.items() if _may_head(cells)]
    legends = [(len(cells), row) for row, cells in above.items() if is_legend(grid.rows[row])]
    best, legend = max(words, default=None), max(legends, default=None)
    if legend and (best is None or 2 * best[0] < legend[0]):
        best = legend
    return (best[1],) if best else None


def _first_figures(grid: Grid) -> int | None:
    """Where the first row stands that holds a figure in the same column as most of those that follow, and a word or a code."""
    written = [row for row in range(min(2 * SEARCH_ROWS, len(grid.rows))) if _texts(grid, row)]
    figures = {row: {column for column, text in _texts(grid, row).items() if _is_figure(text)} for row in written}
    for place, row in enumerate(written[:SEARCH_ROWS]):
        following = written[place : place + 2 * MIN_KNOWN]
        alike = {column: sum(column in figures[other] for other in following) for column in figures[row]}
        steady = [column for column, times in alike.items() if times >= MIN_KNOWN and 2 * times >= len(following)]
        if steady and len(_texts(grid, row)) > len(steady) and not is_legend(grid.rows[row]):
            return row
    return None


def find_areas(grid: Grid, header_row: int | None = None, *, said: bool = False) -> list[Area]:
    """All table areas of a sheet from top to bottom. ``header_row`` (1-based) is a person's correction; ``said``: a person has
    told what the file is, so that its headings need not be known."""
    if header_row is not None:
        first: tuple[int, ...] | None = _fixed_header(grid, header_row - 1)
    else:
        first = find_header(grid, 0, SEARCH_ROWS) or (_plain_header(grid) if said else None)
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
        readable = rows[0] >= 0 and all(_may_head(_texts(grid, other)) for other in rows)
        if readable and count_known(paths_of(grid, rows)) > count_known(paths_of(grid, best)):
            best = rows
    return best


def _further_headers(grid: Grid, first: tuple[int, ...]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    row = first[-1] + 1
    while row < len(grid.rows):
        cells = _texts(grid, row)
        if _heads_another(grid, first[-1], row) or _heads_a_narrower_one(grid, first[-1], row):
            found.append((row,))
        elif len(cells) >= 2 and _may_head(cells) and any(known_kinds(text) for text in cells.values()):
            rows, known = _window(grid, row)
            if known >= MIN_KNOWN and known * 2 > len(paths_of(grid, rows)):
                above = (found[-1] if found else first)[-1] + 1
                if paths_of(grid, rows) != paths_of(grid, first) or title_lines(grid, above, rows[0]):
                    found.append(rows)  # without titles of its own it is a page break in the same table
                row = rows[-1]
        row += 1
    return found


def _heads_another(grid: Grid, first: int, row: int) -> bool:
    """``¿En qué se gasta? | Importe`` below ``Origen de los ingresos | Importe``: the amounts are headed by the same word again,
    what stands beside them is called something else."""
    head, cells = _texts(grid, first), _texts(grid, row)
    if not 2 <= len(head) == len(cells) < MIN_KNOWN or head.keys() != cells.keys() or not _may_head(cells):
        return False
    same = [column for column in head if fold(head[column]) == fold(cells[column])]
    return len(same) == 1 and max(head) == same[0] and _figures_below(grid, row, same) >= 2


def _heads_a_narrower_one(grid: Grid, first: int, row: int) -> bool:
    """``Fondo | Saldo`` after a blank row and a wider table, over rows that fill these two columns and no other."""
    cells = _texts(grid, row)
    if (
        len(cells) != 2
        or len(_texts(grid, first)) <= MIN_KNOWN
        or not _may_head(cells)
        or not _after_a_blank(grid, row)
    ):
        return False
    below = [_texts(grid, other) for other in range(row + 1, min(row + 1 + MIN_KNOWN, len(grid.rows)))]
    return len(below) == MIN_KNOWN and all(
        texts.keys() == cells.keys() and is_number(texts[max(cells)]) and not is_number(texts[min(cells)])
        for texts in below
    )


def _after_a_blank(grid: Grid, row: int) -> bool:
    """Directly, or below a title of its own."""
    above = [_texts(grid, other) for other in range(max(0, row - 2), row)]
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


def title_lines(grid: Grid, start: int, stop: int) -> list[str]:
    """Texts above a table, one line per row. Below an earlier table only the lines after its last figure are titles."""
    lines: list[str] = []
    for row in range(start, stop):
        cells = _texts(grid, row)
        if start and _is_record(cells):
            lines.clear()
            continue
        short = [text for text in cells.values() if len(text) <= MAX_TITLE or "\n" in text]
        if short:
            joined = " ".join(dict.fromkeys(short))
            lines.extend(line.strip() for line in joined.splitlines() if line.strip())
    return lines


def _is_record(cells: dict[int, str]) -> bool:
    """A row of the table above. ``Participaciones | 2000`` is one, ``Ejercicio fiscal | 2023`` is none."""
    if len(cells) > MOST_TITLE_CELLS or any(_is_figure(text) for text in cells.values()):
        return True
    numbers = [column for column, text in cells.items() if is_number(text)]
    return len(cells) > 1 and max(cells) in numbers and not _OF_TIME.search(fold(cells[min(cells)]))


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
