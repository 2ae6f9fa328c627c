"""The name of the published format that a table follows, as those who publish and read it call it; never what is done with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from datasets.ingest import sipot
from datasets.ingest.dictionary import fold, normalise, read_rows
from datasets.ingest.headings import title_lines
from datasets.ingest.layout import Area
from datasets.ingest.shapes import Grid

OWN = "Tabla propia de quien publica"
#: Of what is no table, by what it was taken for.
FOREIGN = {"ocds": "Plantilla de OCDS en hojas de cálculo"}
MOST_TITLE = 90


@cache
def _rules() -> list[tuple[str, re.Pattern[str], int, str]]:
    rows = read_rows("layouts.csv")
    return [(row["where"], re.compile(row["pattern"]), int(row["least"]), row["name"]) for row in rows]


def layout_of(areas: Sequence[Area], foreign: str = "") -> str:
    """Of every table once, in their order; of what is for something else and has no format of its own, what that is."""
    names = dict.fromkeys(_name(area) for area in areas)
    if foreign in FOREIGN and not names.keys() - {OWN}:
        return FOREIGN[foreign]
    return "; ".join(names)


def _name(area: Area) -> str:
    if sipot.is_master(area.grid) or sipot.is_child(area.grid):
        return _platform(area)
    titles = area.titles + title_lines(area.grid, 0, min(area.header_rows[0], 14))
    title = fold(" ".join([*titles, area.grid.sheet or ""]))
    headings = _headings(area)
    for where, pattern, least, name in _rules():
        hits = _matching(headings, pattern) if where == "heading" else len(pattern.findall(title))
        if hits >= least:
            return name
    return OWN


def has_known_headings(area: Area) -> bool:
    """A format whose columns are known one by one; a title says less, for below it each office words its headings itself."""
    if sipot.is_master(area.grid) or sipot.is_child(area.grid):
        return True
    headings = _headings(area)
    return any(_matching(headings, pattern) >= least for where, pattern, least, _name in _rules() if where == "heading")


def _headings(area: Area) -> list[str]:
    return [normalise(part) for parts in area.paths.values() for part in dict.fromkeys([" ".join(parts), *parts])]


def _matching(headings: Sequence[str], pattern: re.Pattern[str]) -> int:
    return len({text for text in headings if pattern.search(text)})


def _platform(area: Area) -> str:
    """Number and title of a format of the national platform: the first row, and the first cell below "TÍTULO"."""
    lines = [*area.titles, *_first_cells(area.grid)]
    number = next((line for line in lines if re.fullmatch(r"[0-9]{4,6}", line)), "")
    title = _title(area.grid) or _title_line(area.titles)
    return f"SIPOT, formato {number}" + (f": {title[:MOST_TITLE]}" if title else "") if number else "SIPOT"


def _first_cells(grid: Grid) -> list[str]:
    return [" ".join(row[0].split()) for row in grid.rows[:3] if row]


def _title_line(lines: Sequence[str]) -> str:
    """A table joined from two sheets keeps the lines above, each with its cells run together."""
    return next((line for above, line in pairwise(lines) if fold(above).startswith("titulo nombre corto")), "")


def _title(grid: Grid) -> str:
    for above, below in zip(grid.rows[:6], grid.rows[1:7], strict=False):
        if above and below and fold(above[0]) == "titulo":
            return " ".join(below[0].split())
    return ""
