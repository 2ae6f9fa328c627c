"""Leaves of a budget table as columns of text under the canonical field names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from datasets.ingest import classify
from datasets.ingest.budget import BudgetTable
from datasets.ingest.codes import (
    function_names,
    object_code,
    object_names,
    revenue_code,
    revenue_names,
    split_code,
    type_names,
)
from datasets.ingest.columns import OBJECT_CODES
from datasets.ingest.dictionary import normalise
from datasets.ingest.numbers import NotAnAmount, decide_decimal_mark, to_decimal
from datasets.ingest.outline import BudgetRow, code_columns
from datasets.ingest.shapes import LINE_FIELDS, MOMENTS
from datasets.ingest.units import in_pesos

Columns = dict[str, list[str | None]]
RENAMED = {
    "admin_unit_code": "unit_code",
    "admin_unit_name": "unit_name",
    "program_code": "programme_code",
    "program_name": "programme_name",
}
_FUNCTION = (
    ("subfunction_code", "subfunction_name"),
    ("function_code", "function_name"),
    ("purpose_code", "purpose_name"),
)


MERGED_FIELDS = frozenset(
    f"{name}_{part}"
    for name in ("admin_unit", "ramo", "program", "project", "purpose", "function", "subfunction", "funding_source")
    for part in ("code", "name")
)
MERGED = 0.3  # of the lines without a text of their own: fewer are gaps, not merged cells


def breakdown_of(table: BudgetTable) -> str | None:
    """object | administrative | functional | economic | programme | full; None when neither labels nor titles tell."""
    if table.mapping.kind == "revenue":
        return "full"
    mapping = table.mapping
    dims = {
        "administrative": mapping.has("admin_unit_code", "admin_unit_name", "ramo_code", "ramo_name"),
        "programme": mapping.has("program_code", "program_name", "project_name"),
        "functional": mapping.has("function_code", "function_name", "purpose_code", "purpose_name"),
    }
    used = [name for name, present in dims.items() if present]
    if table.units and not dims["administrative"]:
        return "full"
    coded = mapping.has(*OBJECT_CODES)
    named = mapping.has("object_name")
    if not coded and not named:
        return (
            used[0]
            if len(used) == 1
            else "full"
            if used or mapping.has("flow", "funding_source_code", "funding_source_name")
            else "economic"
            if mapping.has("expenditure_type")
            else None
        )
    if coded and used:
        return "full"
    if "programme" in used:
        return "programme"
    labels = [row.label.name for row in table.leaves]
    # Letters of an LDF format number the rows of every classification: they prove no object code.
    share = sum(row.label.code is not None and row.label.ldf is None for row in table.leaves) / max(
        1, len(table.leaves)
    )
    if coded or mapping.has("line_level"):
        return "full" if used else "object"
    above = list({parent.row: parent.label.name for parent in table.parents.values()}.values())
    return (
        classify.by_labels(labels, share)
        or classify.by_title(table.area.titles, table.area.grid.sheet)
        or classify.by_labels(above, 0.0)  # items nobody knows under chapters everybody knows
    )


def budget_columns(table: BudgetTable, breakdown: str, unit: int) -> Columns:
    columns = _mapped(table)
    for moment in table.moments:
        mark = table.decimal.get(moment, ".")
        columns[moment] = [in_pesos(row.texts.get(moment, ""), unit, mark) or None for row in table.leaves]
    if table.mapping.kind == "revenue":
        _revenue(table, columns)
    else:
        _LABELLERS.get(breakdown, _object)(table, columns)
        if table.units and "unit_name" not in columns:
            columns["unit_name"] = [table.units.get(row.row) for row in table.leaves]
        _functions(table, columns)
        _types(columns)
        _earmarks(table, columns)
    _split_codes(columns)
    _adjust(columns, unit)
    full_municipality_codes(columns)
    wanted = LINE_FIELDS[table.mapping.kind]
    return {
        name: columns[name] for name in wanted if name in columns and any(value is not None for value in columns[name])
    }


def _mapped(table: BudgetTable) -> Columns:
    """Fields that stand in a column of their own."""
    area = table.area
    columns: Columns = {}
    for column, name in table.mapping.fields.items():
        if name not in MOMENTS[table.mapping.kind]:
            values = _filled_down(table, column) if name in MERGED_FIELDS else _own(table, column)
            if name == "period_label" and "trimestre" in normalise(" ".join(area.paths.get(column, ()))):
                values = [f"T{value}" if value in ("1", "2", "3", "4") else value for value in values]
            columns[RENAMED.get(name, name)] = values
    return columns


def _own(table: BudgetTable, column: int) -> list[str | None]:
    return [table.area.grid.cell(row.row, column).strip() or None for row in table.leaves]


def _filled_down(table: BudgetTable, column: int) -> list[str | None]:
    """A unit or programme printed once for the rows below it, in merged cells or as they would be.

    Not in delimited text, where a blank cell says nothing, nor where neighbouring rows repeat the text: then blank is blank.
    """
    own = _own(table, column)
    grid = table.area.grid
    if any((row.row, column) in grid.merged for row in table.leaves):  # the sheet itself says which rows it covers
        tops = [grid.merged.get((row.row, column), row.row) for row in table.leaves]
        return [grid.cell(top, column).strip() or None for top in tops]
    repeats = any(text and text == following for text, following in pairwise(own))
    if table.area.grid.sheet is None or not own or own[0] is None or repeats or own.count(None) < MERGED * len(own):
        return own
    wider = [other for other, name in table.mapping.fields.items() if name in MERGED_FIELDS and other < column]
    totals = {row.row for row in table.totals}
    known: dict[int, str | None] = {}
    last: str | None = None
    for row in range(table.leaves[0].row, table.leaves[-1].row + 1):
        text = table.area.grid.cell(row, column).strip()
        if row in totals or (not text and any(table.area.grid.cell(row, other).strip() for other in wider)):
            last = None
        known[row] = last = text if text and row not in totals else last
    return [known[row.row] for row in table.leaves]


def _object(table: BudgetTable, columns: Columns) -> None:
    if not table.mapping.has(*OBJECT_CODES, "object_name"):
        return  # labels of a source or a branch: their codes are no objects
    codes = code_columns(table.mapping)
    columns["object_code"] = [_object_code(table, row, codes) for row in table.leaves]
    if (table.mapping.has("object_name") and not table.mapping.has("line_level")) or any(
        row.label.name for row in table.leaves
    ):
        columns["object_name"] = [row.label.name or None for row in table.leaves]


def _object_code(table: BudgetTable, row: BudgetRow, codes: list[int]) -> str | None:
    """The deepest printed code; without one, the CONAC code of the name, else the code of the nearest parent that has
    one.
    """
    for column in codes:
        text = table.area.grid.cell(row.row, column).strip()
        if object_code(text):
            return text.lstrip("'")
    if row.label.ldf == 2 and row.label.code:
        return row.label.code.canonical
    if row.label.code_text and object_code(row.label.code_text):
        return row.label.code_text
    above = _code_above(table, row, codes)
    entry = object_names().find(row.label.name, above or "")
    if entry and (not above or entry.code.startswith(above.rstrip("0"))):
        return entry.code
    return above


def _code_above(table: BudgetTable, row: BudgetRow, codes: list[int]) -> str | None:
    parent = table.parents.get(row.row)
    return _object_code(table, parent, codes) if parent and not parent.label.block else None


def _unit(table: BudgetTable, columns: Columns) -> None:
    columns.pop("object_name", None)
    if table.mapping.has("admin_unit_code", "admin_unit_name"):
        return
    if table.mapping.has("ramo_code", "ramo_name"):
        columns["unit_code"] = columns.get("ramo_code", [None] * len(table.leaves))
        columns["unit_name"] = columns.get("ramo_name", [None] * len(table.leaves))
        return
    columns["unit_code"] = [row.label.code_text or None for row in table.leaves]
    columns["unit_name"] = [row.label.name or None for row in table.leaves]


def _programme(table: BudgetTable, columns: Columns) -> None:
    columns.pop("object_name", None)
    columns.pop("ramo_name", None)
    columns["programme_code"] = [row.label.code_text or None for row in table.leaves]
    columns["programme_name"] = [row.label.name or None for row in table.leaves]
    chains = [_ancestors(table, row) for row in table.leaves]
    if table.mapping.has("ramo_name"):
        columns["unit_name"] = [chain[0].label.name if chain else None for chain in chains]
        columns["ramo_name"] = [chain[-1].label.name if len(chain) > 1 else None for chain in chains]


def _ancestors(table: BudgetTable, row: BudgetRow) -> list[BudgetRow]:
    chain = []
    parent = table.parents.get(row.row)
    while parent:
        chain.append(parent)
        parent = table.parents.get(parent.row)
    return chain


def _function(table: BudgetTable, columns: Columns) -> None:
    columns.pop("object_name", None)
    codes, names = [], []
    for row in table.leaves:
        chain = _ancestors(table, row)
        above = function_names().find(chain[-1].label.name) if chain else None
        entry = function_names().find(row.label.name, above.code if above else "")
        codes.append(row.label.code_text or (entry.code if entry else above.code if above else None))
        names.append(row.label.name or None)
    columns["function_code"], columns["function_name"] = codes, names


def _type(table: BudgetTable, columns: Columns) -> None:
    columns.pop("object_name", None)
    entries = [type_names().find(row.label.name) for row in table.leaves]
    columns["expenditure_type"] = [entry.code if entry else None for entry in entries]
    columns["expenditure_type_name"] = [row.label.name or None for row in table.leaves]


_LABELLERS = {
    "object": _object,
    "full": _object,
    "administrative": _unit,
    "functional": _function,
    "economic": _type,
    "programme": _programme,
}


def _functions(table: BudgetTable, columns: Columns) -> None:
    """Purpose, function and subfunction in columns of their own become the deepest dotted code and its name."""
    mapping = table.mapping
    if not mapping.has(*(name for pair in _FUNCTION for name in pair)):
        return
    count = len(table.leaves)
    empty: list[str | None] = [None] * count
    raw = {name: columns.pop(name, empty) for pair in _FUNCTION for name in pair}
    columns["function_code"] = [_dotted([raw[pair[0]][line] for pair in reversed(_FUNCTION)]) for line in range(count)]
    columns["function_name"] = [
        next((raw[pair[1]][line] for pair in _FUNCTION if raw[pair[1]][line]), None) for line in range(count)
    ]


def _dotted(parts: list[str | None]) -> str | None:
    """``2``, ``5``, None is 2.5; a part that already holds the whole (``2.5``, ``0103``) replaces what came before."""
    found = ""
    for part in parts:
        digits = (part or "").strip().rstrip(".")
        if not digits:
            continue
        if "." in digits or not found:
            found = digits
        elif len(digits) == 4 and digits.isdigit():
            found = f"{int(digits[:2])}.{int(digits[2:])}"
        else:
            found = f"{found}.{digits.lstrip('0') or digits}"
    return found or None


def _types(columns: Columns) -> None:
    """A column "tipo de gasto" may print the digit, the name or both."""
    values = columns.get("expenditure_type")
    if not values or "expenditure_type_name" in columns:
        return
    names: list[str | None] = []
    codes: list[str | None] = []
    for value in values:
        digit = re.match(r"\s*(\d)\b", value or "")
        entry = type_names().find(re.sub(r"^\s*\d+\s*[-.]?\s*", "", value)) if value else None
        codes.append(digit[1] if digit else entry.code if entry else None)
        names.append(entry.name if entry else None if digit else value)
    columns["expenditure_type"], columns["expenditure_type_name"] = codes, names


def _earmarks(table: BudgetTable, columns: Columns) -> None:
    """LDF blocks say which money is earmarked."""
    blocks = []
    for row in table.leaves:
        chain = [row, *_ancestors(table, row)]
        blocks.append(next((found.label.block for found in chain if found.label.block in ("free", "earmarked")), None))
    if any(blocks):
        columns["earmarked"] = list(blocks)


def _revenue(table: BudgetTable, columns: Columns) -> None:
    chain = [
        column
        for name in ("revenue_group", "revenue_type", "revenue_class")
        if (column := table.mapping.column(name)) is not None
    ]
    code_column = table.mapping.column("cri_code")
    codes, names = [], []
    for row in table.leaves:
        parts = [text for column in chain if (text := table.area.grid.cell(row.row, column).strip())]
        name = parts[-1] if parts else row.label.name
        printed = table.area.grid.cell(row.row, code_column).strip() if code_column is not None else row.label.code_text
        codes.append(revenue_code(printed) if printed else _revenue_code(table, row, parts))
        names.append(name or None)
    columns["cri_code"], columns["revenue_name"] = codes, _told_apart(table, names)


def _told_apart(table: BudgetTable, names: list[str | None]) -> list[str | None]:
    """``Corriente`` under Productos and under Aprovechamientos: a name printed under several parents carries its parent's."""
    parents: dict[str | None, set[int]] = {}
    for row, name in zip(table.leaves, names, strict=True):
        if parent := table.parents.get(row.row):
            parents.setdefault(name, set()).add(parent.row)
    found = []
    for row, name in zip(table.leaves, names, strict=True):
        above = table.parents.get(row.row)
        found.append(f"{above.label.name}: {name}" if above and name and len(parents.get(name, ())) > 1 else name)
    return found


def _revenue_code(table: BudgetTable, row: BudgetRow, parts: list[str]) -> str | None:
    """By name under its rubro: the tipo it matches, else the rubro's own code."""
    above = [*parts[:-1]] or [parent.label.name for parent in reversed(_ancestors(table, row))]
    under = next((entry.code for name in above if (entry := revenue_names().find(name))), "")
    entry = revenue_names().find(parts[-1] if parts else row.label.name, under)
    if entry and (not under or entry.code.startswith(under)):
        return entry.code
    return under or None


def _split_codes(columns: Columns) -> None:
    """``A01 Presidencia``, ``15. Recursos Federales``: a code printed in the cell of the name, where most cells have one."""
    for name in ("unit_name", "funding_source_name", "programme_name", "project_name", "ramo_name"):
        code = name.replace("_name", "_code")
        values = [value for value in columns.get(name, ()) if value]
        if (
            not values
            or any(columns.get(code, ()))
            or sum(bool(split_code(value)[0]) for value in values) < 0.8 * len(values)
        ):
            continue
        parts = [split_code(value) if value else ("", "") for value in columns[name]]
        columns[code] = [part[0] or None for part in parts]
        columns[name] = [part[1] or None for part in parts]


def _adjust(columns: Columns, unit: int) -> None:
    """Increases and decreases printed apart make the adjustment, exactly; in pesos, as the moments beside it."""
    up, down = columns.pop("increases", None), columns.pop("decreases", None)
    if not up or not down or "adjustments" in columns:
        return
    marks = [decide_decimal_mark(text for text in texts if text).mark for texts in (up, down)]
    columns["adjustments"] = [_difference(one, other, marks, unit) for one, other in zip(up, down, strict=True)]


def _difference(one: str | None, other: str | None, marks: Sequence[str], unit: int) -> str | None:
    if one is None and other is None:
        return None
    try:
        more, less = (to_decimal(text or "", mark) or Decimal() for text, mark in zip((one, other), marks, strict=True))
    except NotAnAmount:
        return one
    return f"{(more - abs(less)) * unit:f}"


def full_municipality_codes(columns: Columns) -> None:
    """Five digits: the state's two before the municipality's three; zeros that a spreadsheet dropped come back."""
    places = columns.get("municipality_code")
    if not places:
        return
    states = columns.get("state_code") or [None] * len(places)
    columns["municipality_code"] = [_place(state, place) for state, place in zip(states, places, strict=True)]
    if columns.get("state_code"):
        columns["state_code"] = [state.zfill(2) if state and state.isdigit() else state for state in states]


def _place(state: str | None, place: str | None) -> str | None:
    digits = (place or "").strip()
    if not digits.isdigit():
        return place
    if len(digits) <= 3:
        return state.strip().zfill(2) + digits.zfill(3) if state and state.strip().isdigit() else place
    return digits.zfill(5)
