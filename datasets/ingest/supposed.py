"""What a table may be whose headings say too little: its title and its cells let one suppose, and a person is asked.

Without this a list with headings of its own ("A quien", "Cuanto fue") would be no table for us, and whoever brings it would
have to find the row of the headings before being asked anything. Nothing that is supposed is published by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from datasets.ingest.claims import is_bank, is_built, is_company
from datasets.ingest.columns import ColumnMapping, share, values_of
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area, area_titles, find_areas
from datasets.ingest.recognise import foreign_of, recognise
from datasets.ingest.registers import REGISTERS
from datasets.ingest.shapes import CONTRACT_AMOUNTS, Grid
from datasets.ingest.unread import AMOUNT, looked_at, sort_of

_CONTRACTS_TITLE = re.compile(
    r"\bcompr(?:as?|o|aron|ad[oa]s?)\b|contrat|adquisicion|pedidos?\b|proveedor|licitaci|adjudica"
)
#: Who stands on the other side is told by the cells themselves: a bank, a company; or what is built.
_TOLD_BY = {"debt": ("creditor", is_bank), "contracts": ("supplier_name", is_company), "works": ("work_name", is_built)}
_LISTS = {
    "contracts": "una lista de compras o contratos",
    "works": "una lista de obras",
    "debt": "una lista de deudas",
    "sanctions": "una lista de proveedores sancionados",
}


def supposed_kind(grids: Sequence[Grid], name: str) -> tuple[str, str] | None:
    """The kind of the first table that has one by its title or its cells, and the question for a person."""
    for grid in sorted(grids, key=lambda grid: grid.hidden):
        for area in find_areas(grid, said=True)[:1]:
            kind = None if foreign_of(area) else next(_kinds(area, name), None)
            if kind:
                return kind, _question(area, kind)
    return None


def _kinds(area: Area, name: str) -> Iterator[str]:
    title = fold(" ".join([*area_titles(area), area.grid.sheet or "", re.sub(r"[\W_]+", " ", name)]))
    titled = [code for code, register in REGISTERS.items() if re.search(register.TITLE, title)]
    titled += ["contracts"] if _CONTRACTS_TITLE.search(title) else []
    for kind in dict.fromkeys([*titled, *_TOLD_BY]):
        mapping = recognise(area, kind).mapping
        if mapping is None or mapping.kind != kind:
            continue
        if (kind in titled or _tell(area, mapping)) and (
            kind == "sanctions" or mapping.has(*CONTRACT_AMOUNTS) or _has_money(area)
        ):
            yield kind


def _tell(area: Area, mapping: ColumnMapping) -> bool:
    """Half of the cells are enough: people sell things too."""
    field, test = _TOLD_BY[mapping.kind]
    column = mapping.column(field)
    return column is not None and share(values_of(area, column), test) >= 0.5


def _has_money(area: Area) -> bool:
    rows = looked_at(range(area.first, area.end))
    return any(
        sort_of([area.grid.cell(row, column).strip() for row in rows]) == AMOUNT for column in sorted(area.headings)
    )


def _question(area: Area, kind: str) -> str:
    return (
        f"Los encabezados de la fila {area.first} no bastan para saber qué contiene el archivo. Por su título o sus celdas "
        f"parece {_LISTS[kind]}: di si lo es, y qué dice cada columna."
    )
