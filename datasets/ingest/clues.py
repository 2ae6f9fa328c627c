"""What a file lets slip about whose money it is where it names no public body: signs, each with the place it stands in.

A sign is never a name that a person read out. What is built on it is shown as an assumption with its reason, and is not
published by itself (`datasets.ingest.whose`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from datasets.ingest.context import is_municipal_government, state_code
from datasets.ingest.dictionary import fold, match_heading, normalise
from datasets.ingest.layout import Area
from datasets.ingest.shapes import Clues

_ACRONYM = re.compile(r"\(([A-ZÁÉÍÓÚÑ]{3,12})\)")
_HOST = re.compile(r"https?://(?:[a-z0-9-]+\.)*?([a-z0-9-]+)\.gob\.mx\b", re.IGNORECASE)
# Revenue that a body earned by itself is handed over by the body itself.
_HANDED_OVER_BY = re.compile(r"(?:entidad|dependencia).* que entreg")


def clues_of(areas: Sequence[Area]) -> Clues:
    """From the rows of the tables that were found."""
    signed = [cell for area in areas for cell in _cells(area, _answering(area))]
    answering = tuple(sorted({fold(cell) for cell in signed}))
    acronym, state, municipality = _acronym(signed), _state(areas), _own_revenue(areas, answering)
    if acronym:
        voice = [f"acronym {fold(acronym)}", f"state {state}"]
    else:
        voice = [f"municipality {fold(municipality)}"] if municipality else []
        voice += [f"area {area}" for area in answering[:1] if len(answering) == 1]
    return Clues(acronym, state, municipality, tuple(voice))


def _rows(area: Area) -> Iterator[list[str]]:
    return (cells for cells in area.grid.rows[area.first : area.end] if any(cell.strip() for cell in cells))


def _cells(area: Area, column: int | None) -> list[str]:
    if column is None:
        return []
    found = (cells[column].strip() for cells in _rows(area) if column < len(cells))
    return [cell for cell in found if cell]


def _answering(area: Area) -> int | None:
    """The column of the area that answers for the information."""
    for column, parts in area.paths.items():
        match = match_heading("expenditure", parts[-1])
        if match and match.field == "responsible_area":
            return column
    return None


def _acronym(cells: Sequence[str]) -> str:
    """The one that stands in every row; of several nobody can say which is the publisher's."""
    shared = set.intersection(*(set(_ACRONYM.findall(cell)) for cell in cells)) if cells else set()
    return shared.pop() if len(shared) == 1 else ""


def _state(areas: Sequence[Area]) -> str:
    cited = {
        match[1].lower()
        for area in {id(area.grid): area for area in areas}.values()
        for cells in _rows(area)
        for cell in cells
        if "gob.mx" in cell
        for match in _HOST.finditer(cell)
    }
    states = {code for name in cited if (code := state_code(name.replace("-", " ")))}
    return states.pop() if len(states) == 1 else ""


def _own_revenue(areas: Sequence[Area], answering: Sequence[str]) -> str:
    """A municipal treasury that answers for revenue of its own, all handed over by one municipality: that municipality's."""
    if not answering or not all("municipal" in area or "ayuntamiento" in area for area in answering):
        return ""
    found = {fold(name): name for area in areas for name in _handed_over(area)}
    return next(iter(found.values())) if len(found) == 1 and is_municipal_government(next(iter(found))) else ""


def _handed_over(area: Area) -> Iterator[str]:
    """Who handed over the rows of own revenue."""
    by = next((column for column, parts in area.paths.items() if _HANDED_OVER_BY.search(normalise(parts[-1]))), None)
    source = next((c for c, parts in area.paths.items() if normalise(parts[-1]) == "fuente de los ingresos"), None)
    if by is None or source is None:
        return
    for cells in _rows(area):
        if max(by, source) < len(cells) and re.search(r"\bpropi[ao]s?\b", fold(cells[source])):
            yield " ".join(cells[by].split())
