"""The national platform's layout (PNT/SIPOT): a master sheet whose columns point, by an ID, to sheets ``Tabla_nnn``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datasets.ingest.dictionary import fold, match_heading, normalise
from datasets.ingest.layout import Area
from datasets.ingest.shapes import Grid

_TABLE = re.compile(r"tabla[_ ](\d+)", re.IGNORECASE)
_CHILD = re.compile(r"tabla_\d+", re.IGNORECASE)
_HIDDEN = re.compile(r"hidden_\d+", re.IGNORECASE)
_PASSED_DOWN = ("fiscal_year", "period_start", "period_end", "updated_on", "notes", "responsible_area", "source_url")
_NAME_FIELDS = ("supplier_name", "supplier_given_name", "supplier_surname_1", "supplier_surname_2", "supplier_rfc")
_SUPPLIER_COLUMN = re.compile(r"adjudicad|contratista|proveedor|beneficiari|ganador")


def is_child(grid: Grid) -> bool:
    return bool(_CHILD.fullmatch((grid.sheet or "").strip()))


def is_catalogue(grid: Grid) -> bool:
    return bool(_HIDDEN.fullmatch((grid.sheet or "").strip()))


def is_master(grid: Grid) -> bool:
    return any(fold(cell) == "tabla campos" for row in grid.rows[:15] for cell in row[:3])


def links(area: Area) -> dict[str, int]:
    """Child sheet number -> column of the master that holds its IDs."""
    found = {}
    for column, parts in area.paths.items():
        if match := _TABLE.search(" ".join(parts)):
            found[match[1]] = column
    return found


def child_number(grid: Grid) -> str:
    match = _TABLE.search(grid.sheet or "")
    return match[1] if match else ""


def join_child(master: Area, child: Grid, kind: str) -> Grid:
    """The child sheet with the master's year and period beside each row, by ID; IDs without a dated record take the
    one above.
    """
    column = links(master).get(child_number(child))
    passed = _passed_columns(master, kind)
    if column is None or not passed:
        return child
    by_id = _records(master, column, passed)
    header = _header_row(child)
    width = child.width
    rows = []
    for number, cells in enumerate(child.rows):
        if number == header:
            extra = [master.paths[source][-1] for source in passed]
        elif number > header and any(cell.strip() for cell in cells):
            extra = by_id.get(_key(cells[0] if cells else ""), by_id.get("", []))
        else:
            extra = []
        rows.append([*cells, *[""] * (width - len(cells)), *extra] if extra else cells)
    return Grid(child.sheet, rows, child.hidden)


def _passed_columns(master: Area, kind: str) -> list[int]:
    matches = {column: match_heading(kind, parts[-1]) for column, parts in master.paths.items()}
    return [column for column, match in matches.items() if match and match.field in _PASSED_DOWN]


def _key(text: str) -> str:
    return text.strip().removesuffix(".0")


def _records(master: Area, column: int, passed: Sequence[int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for row in range(master.first, master.end):
        values = [master.grid.cell(row, source).strip() for source in passed]
        if any(values):
            last = values
        key = _key(master.grid.cell(row, column))
        if key and last:
            found.setdefault(key, last)
            found.setdefault("", last)
    return found


def _header_row(child: Grid) -> int:
    return next((row for row, cells in enumerate(child.rows[:8]) if cells and fold(cells[0]) == "id"), 2)


def name_suppliers(master: Area, children: Sequence[Grid]) -> Area:
    """A master whose supplier is only an ID gets the names of the child sheet in the supplier's own columns."""
    for child in children:
        column = links(master).get(child_number(child))
        if column is None or not _SUPPLIER_COLUMN.search(normalise(" ".join(master.paths[column]))):
            continue
        header = _header_row(child)
        fields = {
            place: match.field
            for place, cell in enumerate(child.rows[header])
            if (match := match_heading("contracts", cell))
        }
        wanted = [place for place, name in fields.items() if name in _NAME_FIELDS]
        if wanted:
            _append(master, child, header, column, wanted)
    return master


def _append(master: Area, child: Grid, header: int, column: int, wanted: list[int]) -> None:
    by_id: dict[str, list[str]] = {}
    for cells in child.rows[header + 1 :]:
        if cells and cells[0].strip():
            by_id.setdefault(_key(cells[0]), [cells[place].strip() if place < len(cells) else "" for place in wanted])
    start = master.grid.width
    for row in range(master.first, master.end):
        values = by_id.get(_key(master.grid.cell(row, column)))
        if values:
            cells = master.grid.rows[row]
            master.grid.rows[row] = [*cells, *[""] * (start - len(cells)), *values]
    for offset, place in enumerate(wanted):
        heading = child.rows[header][place]
        master.paths[start + offset] = (heading,)
        master.headings[start + offset] = f"{' '.join(heading.split())} (Tabla_{child_number(child)})"


def count_offers(master: Area, children: Sequence[Grid], rows: Sequence[int]) -> list[str | None] | None:
    """How many offers or quotes each contract had, from the child sheet that lists them."""
    for child in children:
        column = links(master).get(child_number(child))
        words = normalise(" ".join(master.paths[column])) if column is not None else ""
        if column is not None and re.search(r"proposicion u oferta|cotizacion", words):
            header = _header_row(child)
            counts: dict[str, int] = {}
            for cells in child.rows[header + 1 :]:
                if cells and cells[0].strip() and any(cell.strip() for cell in cells[1:]):
                    counts[_key(cells[0])] = counts.get(_key(cells[0]), 0) + 1
            if counts:
                found = [counts.get(_key(master.grid.cell(row, column))) for row in rows]
                return [str(count) if count else None for count in found]
    return None
