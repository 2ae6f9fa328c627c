"""What a table may be whose headings say too little: its title and its cells let one suppose, and a person is asked.

Without this a list with headings of its own ("A quien", "Cuanto fue") would be no table for us, and whoever brings it would
have to find the row of the headings before being asked anything. Nothing that is supposed is published by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from datasets.ingest.claims import is_bank, is_built, is_company
from datasets.ingest.columns import share, values_of
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.recognise import foreign_of, recognise
from datasets.ingest.unread import AMOUNT, looked_at, sort_of_column

#: Looser than what decides alone: here a person is asked.
_TITLES = {
    "sanctions": r"sancion|inhabilit|impedid|vetad|castig|suspendid|objetad",
    "debt": r"\bdeud|\bdebe|prestamos?\b|credito|emprestito|financiamient",
    "works": r"\bobras?\b|infraestructura|\bcalles\b|pavimenta",
    "contracts": r"\bcompr(?:as?|o|aron|ad[oa]s?)\b|contrat|adquisicion|pedidos?\b|proveedor|licitaci|adjudica",
    "revenue": r"\bingresos?\b|recaudaci|\bcobranzas?\b|\bcuotas de recuperacion|\blo que (?:entro|se cobro|se recaudo)\b",
    "expenditure": r"egresos?\b|\bgastos?\b|presupuesto|\b(?:se|cuanto) gast(?:o|aron)\b",
}
#: What cells say by themselves: what was built, who lends, who sells. The first is told of contracts for works too.
_CELLS = {"works": is_built, "debt": is_bank, "contracts": is_company}
_LISTS = {
    "contracts": "una lista de compras o contratos",
    "works": "una lista de obras",
    "debt": "una lista de deudas",
    "sanctions": "una lista de proveedores sancionados",
    "revenue": "una tabla de ingresos",
    "expenditure": "una tabla de gasto",
}


def supposed_kind(areas: Sequence[Area], name: str) -> tuple[str, str] | None:
    """The kind of the first table that has one by its title or its cells, and the question for a person."""
    for area in areas:
        kind = None if foreign_of(area) else next(_kinds(area, name), None)
        if kind:
            return kind, _question(area, kind)
    return None


def _kinds(area: Area, name: str) -> Iterator[str]:
    title = fold(" ".join([*area_titles(area), area.grid.sheet or "", re.sub(r"[\W_]+", " ", name)]))
    titled = [kind for kind, words in _TITLES.items() if re.search(words, title)]
    told = [kind for kind, test in _CELLS.items() if _mostly(area, test)]
    sure = [kind for kind in titled if kind in told or kind == "sanctions"]  # of sellers all of them speak
    for kind in dict.fromkeys([*sure, *titled, *told]):
        mapping = recognise(area, kind).mapping
        if mapping is not None and mapping.kind == kind and (kind == "sanctions" or _has_money(area)):
            yield kind


def _mostly(area: Area, test: Callable[[str], bool]) -> bool:
    """Half of the cells of a column are enough: people sell things too."""
    columns = (values_of(area, column) for column in area.headings)
    return any(len(values) >= 2 and share(values, test) >= 0.5 for values in columns)


def _has_money(area: Area) -> bool:
    rows = looked_at(range(area.first, area.end))
    return any(sort_of_column(area, column, rows) == AMOUNT for column in area.headings)


def _question(area: Area, kind: str) -> str:
    return (
        f"Los encabezados de la fila {area.first} no bastan para saber qué contiene el archivo. Por su título o sus celdas "
        f"parece {_LISTS[kind]}: di si lo es, y qué dice cada columna."
    )
