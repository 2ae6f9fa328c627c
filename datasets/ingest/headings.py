"""Which rows of a sheet are headings: one to four of them, over figures, by words that are known or by where they stand."""

from __future__ import annotations

import re

from datasets.ingest.classify import best_names
from datasets.ingest.codes import object_code
from datasets.ingest.dictionary import fold, match_heading, remembered
from datasets.ingest.numbers import NotAnAmount, to_cents
from datasets.ingest.shapes import MOMENTS, Grid

KINDS = ("expenditure", "revenue", "contracts", "works", "debt", "sanctions")
SEARCH_ROWS = 40
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


def texts_in(grid: Grid, row: int) -> dict[int, str]:
    return {column: cell.strip() for column, cell in enumerate(grid.rows[row]) if cell.strip()}


def may_head(cells: dict[int, str]) -> bool:
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
    texts = [texts_in(grid, row) for row in rows]
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


def heading_rows(grid: Grid, start: int) -> tuple[tuple[int, ...], int]:
    """The heading rows that begin at ``start`` and how many of their columns are known: one to four rows, one blank
    among them.
    """
    best: tuple[int, ...] = (start,)
    known = count_known(paths_of(grid, best))
    rows = best
    first_column = min(texts_in(grid, start), default=0)
    following = _following_heads(grid, start)
    if _is_title(grid, start, following):
        return best, known
    for row in following:
        rows = (*rows, row)
        more = count_known(paths_of(grid, rows))
        cells = texts_in(grid, row)
        under_group = len(cells) >= 2 and first_column not in cells and max(map(len, cells.values())) < 80
        if more > known or (under_group and more >= known >= MIN_KNOWN):
            best, known = rows, more
    return best, known


def _is_title(grid: Grid, row: int, following: list[int]) -> bool:
    """One text alone over headings that begin in its column or to the right: it is about the table, not about a column."""
    cells = texts_in(grid, row)
    below = next((texts for other in following if len(texts := texts_in(grid, other)) > 1), {})
    return len(cells) == 1 and len(below) >= MIN_KNOWN and min(cells) <= min(below)


def _following_heads(grid: Grid, start: int) -> list[int]:
    found: list[int] = []
    blanks = 0
    for row in range(start + 1, min(start + 6, len(grid.rows))):
        cells = texts_in(grid, row)
        if not cells:
            blanks += 1
        elif not may_head(cells) or is_legend(grid.rows[row]) or is_template(grid.rows[row]):
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
        cells = texts_in(grid, row)
        if not may_head(cells) or not any(known_kinds(text) for text in cells.values()):
            continue
        rows, known = heading_rows(grid, row)
        if known < MIN_KNOWN or len(set(paths_of(grid, rows))) < MIN_KNOWN:
            continue
        rank = (known, -len(rows), -row)
        if best is None or rank > best[0]:
            best = (rank, rows)
    return best[1] if best else short_header(grid, start, stop)


def short_header(grid: Grid, start: int, stop: int) -> tuple[int, ...] | None:
    """``Concepto | Importe`` under the title of a budget: two known columns are enough where figures stand below.

    The column of the names or codes may have any heading, or none, where a classifier knows what it holds.
    """
    for row in range(start, min(stop, len(grid.rows))):
        cells = texts_in(grid, row)
        if not cells or not may_head(cells):
            continue
        titled = bool(_BUDGET_WORDS.search(fold(" ".join(title_lines(grid, 0, row)))))
        for kind in ("expenditure", "revenue"):
            names = {column: match.field for column, text in cells.items() if (match := match_heading(kind, text))}
            amounts = [column for column, name in names.items() if name in MOMENTS[kind]]
            if not amounts or not (titled or len(amounts) > 1):
                continue
            labelled = titled and any(name.endswith(("_name", "_code")) for name in names.values())
            labelled = labelled or _classified(grid, row, min(amounts), kind)
            if labelled and figures_below(grid, row, amounts) >= MIN_KNOWN:
                return (row,)
    return None


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


def is_figure(text: str) -> bool:
    """An amount, or the dash that stands for none; a year is no figure."""
    return bool(_DASH.fullmatch(text)) or (is_number(text) and not re.fullmatch(r"(19|20)\d\d", text))


def figures_below(grid: Grid, row: int, columns: list[int]) -> int:
    below = range(row + 1, min(row + 12, len(grid.rows)))
    return sum(any(is_number(grid.cell(other, column)) for column in columns) for other in below)


def plain_header(grid: Grid) -> tuple[int, ...] | None:
    """The first row of different words over rows of as many cells, whatever its words are."""
    for row in range(min(SEARCH_ROWS, len(grid.rows))):
        cells = texts_in(grid, row)
        below = [texts_in(grid, other) for other in range(row + 1, min(row + 1 + MIN_KNOWN, len(grid.rows)))]
        full = sum(len(cells.keys() & other.keys()) * 5 >= 4 * len(cells) for other in below)
        if len({*cells.values()}) == len(cells) >= MIN_KNOWN and may_head(cells) and full == len(below) >= 2:
            return (row,)
    bare = _bare_header(grid)
    return bare and _with_parts(grid, bare[-1])


def _with_parts(grid: Grid, row: int) -> tuple[int, ...]:
    """With the row below where it says the parts of a group: ``Lo que entró | |`` over ``Enero a junio | Julio a diciembre``."""
    head = texts_in(grid, row)
    parts = texts_in(grid, row + 1) if row + 1 < len(grid.rows) else {}
    if len(parts) < 2 or not may_head(parts) or min(parts) not in head or min(parts) == min(head):
        return (row,)
    return (row, row + 1) if not (parts.keys() - {min(parts)}) & head.keys() else (row,)


def _bare_header(grid: Grid) -> tuple[int, ...] | None:
    """The fullest row above the first rows of figures, the lowest of them: ``C. | | $``, ``Concepto | 2023``, ``1 | 2 | 3``."""
    first = _first_figures(grid)
    if first is None:
        return None
    below = texts_in(grid, first).keys()
    rows = range(max(0, first - MOST_ROWS_BETWEEN), first)
    above = {row: cells for row in rows if len(cells := texts_in(grid, row)) >= 2}
    above = {row: cells for row, cells in above.items() if 2 * len(cells.keys() & below) >= len(cells)}
    words = [(len(cells), row) for row, cells in above.items() if may_head(cells)]
    legends = [(len(cells), row) for row, cells in above.items() if is_legend(grid.rows[row])]
    best, legend = max(words, default=None), max(legends, default=None)
    if legend and (best is None or 2 * best[0] < legend[0]):
        best = legend
    return (best[1],) if best else None


def _first_figures(grid: Grid) -> int | None:
    """Where the first row stands that holds a figure in the same column as most of those that follow, and a word or a code."""
    written = [row for row in range(min(2 * SEARCH_ROWS, len(grid.rows))) if texts_in(grid, row)]
    figures = {row: {column for column, text in texts_in(grid, row).items() if is_figure(text)} for row in written}
    for place, row in enumerate(written[:SEARCH_ROWS]):
        following = written[place : place + 2 * MIN_KNOWN]
        alike = {column: sum(column in figures[other] for other in following) for column in figures[row]}
        steady = [column for column, times in alike.items() if times >= MIN_KNOWN and 2 * times >= len(following)]
        if steady and len(texts_in(grid, row)) > len(steady) and not is_legend(grid.rows[row]):
            return row
    return None


def title_lines(grid: Grid, start: int, stop: int) -> list[str]:
    """Texts above a table, one line per row. Below an earlier table only the lines after its last figure are titles."""
    lines: list[str] = []
    for row in range(start, stop):
        cells = texts_in(grid, row)
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
    if len(cells) > MOST_TITLE_CELLS or any(is_figure(text) for text in cells.values()):
        return True
    numbers = [column for column, text in cells.items() if is_number(text)]
    return len(cells) > 1 and max(cells) in numbers and not _OF_TIME.search(fold(cells[min(cells)]))
