"""Readings of a budget table's outline: how deep each row stands, by what its codes, columns, names or place say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from datasets.ingest import classify
from datasets.ingest.codes import ObjectCode, object_code, revenue_code
from datasets.ingest.columns import OBJECT_CODES, ColumnMapping
from datasets.ingest.dictionary import fold
from datasets.ingest.hierarchy import Amounts, Node, by_arithmetic, by_code, by_depth
from datasets.ingest.labels import Label, enumeration
from datasets.ingest.layout import Area

DIM_FIELDS = (
    "fiscal_year",
    "period_start",
    "period_end",
    "period_label",
    "state_code",
    "state_name",
    "municipality_code",
    "municipality_name",
    "entity_name",
    "admin_unit_code",
    "admin_unit_name",
    "ramo_code",
    "ramo_name",
    "purpose_code",
    "purpose_name",
    "function_code",
    "function_name",
    "subfunction_code",
    "subfunction_name",
    "program_modality",
    "program_code",
    "program_name",
    "project_code",
    "project_name",
    "funding_source_code",
    "funding_source_name",
    "expenditure_type",
    "flow",
    "payer_name",
    "received_on",
)
LEVELS = {
    "tema": 0, "total": 0, "capitulo": 1, "rubro": 1, "concepto": 2, "tipo": 2, "partida generica": 3, "clase": 3,
    "subpartida generica": 4, "partida especifica": 4, "partida": 3, "subpartida": 4,
}  # fmt: skip


@dataclass(slots=True)
class BudgetRow:
    row: int  # 0-based in the grid
    label: Label
    amounts: Amounts
    texts: dict[str, str]  # amounts as printed, by moment
    extra: tuple[int, ...] = ()
    heading: bool = False


def nodes_of(area: Area, mapping: ColumnMapping, rows: list[BudgetRow], units: dict[int, str]) -> list[Node]:
    dims = [column for column, name in mapping.fields.items() if name in DIM_FIELDS and name != _only_label(mapping)]
    label_codes = code_columns(mapping)
    nodes = []
    for place, row in enumerate(rows):
        keys = (units.get(row.row, ""), *(area.grid.cell(row.row, column).strip() for column in dims))
        code = _deepest_code(area, mapping, row, label_codes)
        nodes.append(Node(place, row.row, row.label.text, row.amounts, keys, code, row.heading))
    return nodes


def _only_label(mapping: ColumnMapping) -> str | None:
    """The classification of a table that has no other: its names stand under each other and may hold each other."""
    labels = [name for name in mapping.fields.values() if name.endswith("_name") or name in OBJECT_CODES]
    return labels[0] if len(labels) == 1 else None


def code_columns(mapping: ColumnMapping) -> list[int]:
    """Object code columns, deepest first."""
    return [column for name in reversed(OBJECT_CODES) if (column := mapping.column(name)) is not None]


def _deepest_code(area: Area, mapping: ColumnMapping, row: BudgetRow, columns: Iterable[int]) -> ObjectCode | None:
    if mapping.kind == "revenue":
        return _income_code(area, mapping, row)
    for column in columns:
        if code := object_code(area.grid.cell(row.row, column)):
            return code
    return row.label.code


def _income_code(area: Area, mapping: ColumnMapping, row: BudgetRow) -> ObjectCode | None:
    """Codes of revenue as codes that contain each other: 1 holds 12, and 12 holds 1201."""
    column = mapping.column("cri_code")
    digits = revenue_code(row.label.code_text if column is None else area.grid.cell(row.row, column))
    return ObjectCode(digits, len(digits)) if digits else None


Attempt = tuple[str, Callable[[], list[int | None] | None]]


def readings(area: Area, mapping: ColumnMapping, rows: list[BudgetRow], nodes: list[Node]) -> list[Attempt]:
    return [
        ("level column", lambda: _depth_reading(nodes, _level_depths(area, mapping, rows))),
        ("code", lambda: _depth_reading(nodes, _code_depths(nodes))),
        (
            "code anywhere",
            lambda: by_code(nodes) if sum(node.code is not None for node in nodes) * 2 > len(nodes) else None,
        ),
        ("ldf", lambda: _depth_reading(nodes, _ldf_depths(rows))),
        ("columns", lambda: _depth_reading(nodes, _column_depths(area, mapping, rows))),
        ("names", lambda: _depth_reading(nodes, _name_depths(mapping.kind, rows))),
        ("position", lambda: _depth_reading(nodes, _position_depths(rows))),
        ("capitals", lambda: _depth_reading(nodes, _capital_depths(rows))),
        ("arithmetic", lambda: by_arithmetic(nodes)),
    ]


def _depth_reading(nodes: list[Node], depths: list[int] | None) -> list[int | None] | None:
    return by_depth(nodes, depths) if depths is not None and len(set(depths)) > 1 else None


def _level_depths(area: Area, mapping: ColumnMapping, rows: list[BudgetRow]) -> list[int] | None:
    column = mapping.column("line_level")
    if column is None:
        return None
    levels = [9 if row.heading else _level(fold(area.grid.cell(row.row, column))) for row in rows]
    return None if None in levels else [level or 0 for level in levels]


def _level(said: str) -> int | None:
    """``Concepto``, ``2``, ``Nivel 2``."""
    number = re.fullmatch(r"(?:nivel )?([0-9])", said)
    return int(number[1]) if number else LEVELS.get(said)


def _code_depths(nodes: list[Node]) -> list[int] | None:
    if sum(node.code is not None for node in nodes) * 2 <= len(nodes):
        return None
    return [node.code.level if node.code else 9 for node in nodes]


def _ldf_depths(rows: list[BudgetRow]) -> list[int] | None:
    """Depth by numbering; a heading without one opens a part of the statement, another row stands deepest."""
    letter, depths, numbered = "", [], 0
    for row in rows:
        found = enumeration(row.label.printed, letter)
        if found is None:
            depths.append(-1 if row.heading else 2)
            continue
        numbered += 1
        depth, letter = found
        depths.append(depth)
    return depths if numbered * 2 > len(rows) else None


def _column_depths(area: Area, mapping: ColumnMapping, rows: list[BudgetRow]) -> list[int] | None:
    """Depth is the deepest filled one of several classification columns (rubro, tipo; capítulo, concepto, partida)."""
    for chain in (
        OBJECT_CODES,
        ("revenue_group", "revenue_type", "revenue_class"),
        ("purpose_name", "function_name", "subfunction_name"),
    ):
        columns = [column for name in chain if (column := mapping.column(name)) is not None]
        if len(columns) > 1:
            filled = [
                [i for i, column in enumerate(columns) if area.grid.cell(row.row, column).strip()] for row in rows
            ]
            return [max(found, default=0) for found in filled]
    return None


def _name_depths(kind: str, rows: list[BudgetRow]) -> list[int] | None:
    names = classify.best_names(kind, [row.label.name for row in rows])
    if names is None:
        return None
    under, depths = "", []
    for row in rows:
        entry = names.find(row.label.name, under)
        depths.append(entry.level if entry else 2)
        if entry and entry.level == 1:
            under = entry.code
    return depths


def _position_depths(rows: list[BudgetRow]) -> list[int] | None:
    places = sorted({(row.label.column, row.label.indent) for row in rows})
    return [places.index((row.label.column, row.label.indent)) for row in rows] if 1 < len(places) <= 12 else None


def _capital_depths(rows: list[BudgetRow]) -> list[int] | None:
    capitals = [row.label.name.isupper() for row in rows]
    return [0 if capital else 1 for capital in capitals] if any(capitals) and not all(capitals) else None
