"""A delimited file too large to hold: what its head taught, as a plan with row-local rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from datasets.ingest.build import Part
from datasets.ingest.codes import object_code
from datasets.ingest.columns import OBJECT_CODES, ColumnMapping
from datasets.ingest.context import is_unit_note, unit_of
from datasets.ingest.decisions import fixes_by_column
from datasets.ingest.layout import Area
from datasets.ingest.lines import RENAMED
from datasets.ingest.mapping import map_columns
from datasets.ingest.records import RECORDS
from datasets.ingest.shapes import (
    BARE,
    LINE_FIELDS,
    PLACE_AND_TIME,
    RECORD_KINDS,
    VOID,
    Finding,
    SkipRule,
    StreamPlan,
    Table,
)
from datasets.ingest.units import AT_FOOT, printed_unit, unit_finding

_TOTAL_PATTERN = (
    r"\s*(gran\s+|sub\s*-?\s*|importe\s+|suma\s+)?total(es)?\b|\s*sumas?(\s+(de|del|todo|general)\b.*)?\s*$"
)
_VOID_PATTERN = (
    r"\s*((se|fue|declar(o|ó|ad[oa])|procedimiento|licitaci[oó]n)\s+)*"
    r"(desiert[oa]s?|cancelad[oa]s?|no adjudicad[oa]s?)\s*\.?\s*$"
)
_MARKS = re.compile(r"[,;\t|]")
END_BYTES = 8_192
_LABELS = ("_name", "_code", "_group", "_type", "_class")
#: What the head of a file showed of rows that the rest does not look for.
_OF_THE_HEAD = ("parts_differ", "repeated_contract", "amended_contract", "missed_total")
_SHAPES = {1: r"[1-9](0{2,5})?$", 2: r"[1-9][1-9](0{2,4})?$", 3: r"[1-9][1-9][1-9](0{1,3})?$"}


def plan_stream(
    path: Path,
    parts: list[Part],
    area: Area,
    wanted: Mapping[str, str] | None,
    encoding: str,
    delimiter: str,
    findings: list[Finding],
    questions: list[str],
) -> None:
    """Replace the lines of the head by a plan for the whole file. Only a file of one table can be streamed."""
    part = parts[0]
    table = part.table
    mapping = map_columns(area, table.kind, wanted)
    rules = _rules(table, area, mapping, questions)
    fields = _fields(table.kind, mapping)
    if table.context.document == "approved":
        fields = {name: column for name, column in fields.items() if not name.startswith("period_")}
    unit = printed_unit(area, mapping)
    if unit == 1 and not area.said.unit and (unit := _unit_at_the_end(path, encoding)) > 1:
        part.findings.append(unit_finding(unit, False, table.sheet))
    if table.kind in RECORD_KINDS:
        table.unit = unit
    table.stream = StreamPlan(
        path=path,
        encoding=encoding,
        delimiter=delimiter,
        header_record=area.header_rows[-1] + 1,
        width=max(area.headings, default=0) + 1,
        fields=fields,
        object_codes=tuple(column for name in reversed(OBJECT_CODES) if (column := mapping.column(name)) is not None),
        rules=tuple(rules),
        unit=unit,
        left_out=area.said.left_out,
        fixes=fixes_by_column(area),
    )
    part.findings = [found for found in part.findings if found.code not in _OF_THE_HEAD]  # the head ends inside a group
    table.stored, table.rows_read, table.skipped, table.controls, table.reasons = [], 0, {}, [], {}
    if len(parts) > 1:
        questions.append("El archivo es muy grande y tiene varias tablas. Divídelo y sube una tabla por archivo.")
    findings.append(
        Finding(
            "streamed",
            "info",
            "El archivo es grande: se leyó el principio para entenderlo y el resto se carga por partes.",
        )
    )


def _unit_at_the_end(path: Path, encoding: str) -> int:
    """What the last lines of the file say of its amounts, which its head does not: ``(Cifras en miles de pesos)``."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END_BYTES))
        lines = file.read().decode(encoding, errors="replace").splitlines()[-AT_FOOT:]
    cells = [cell.strip(' "') for line in lines for cell in _MARKS.split(line)]
    return unit_of([cell for cell in cells if is_unit_note(cell)])


def _fields(kind: str, mapping: ColumnMapping) -> dict[str, int]:
    wanted = set(LINE_FIELDS[kind])
    named = {RENAMED.get(name, name): column for column, name in mapping.fields.items()}
    found = {name: column for name, column in named.items() if name in wanted}
    for deeper, name in (("subfunction_code", "function_code"), ("subfunction_name", "function_name")):
        if deeper in named and kind == "expenditure":
            found[name] = named[deeper]
    return found


def _rules(table: Table, area: Area, mapping: ColumnMapping, questions: list[str]) -> list[SkipRule]:
    """Row-local marks of the rows that were parents in the head."""
    leaves = {int(row) - 1 for block in table.stored for row in block.rows}
    parents = [
        row
        for row in range(area.first, area.end)
        if row not in leaves and any(cell.strip() for cell in area.grid.rows[row])
    ]
    codes = [column for name in OBJECT_CODES if (column := mapping.column(name)) is not None]
    rules = [*_flow_rules(mapping), *_bare_rules(mapping)]
    rules += _list_rules(mapping) if table.kind in RECORD_KINDS else _total_rules(mapping, codes)
    if table.kind in RECORD_KINDS or not parents:
        return rules
    for build in (_level_rule, _column_rules, _shape_rules):
        found = build(area, mapping, codes, leaves, parents)
        if found:
            return [*found, *rules]
    if any(not _is_total(area, row, mapping) for row in parents):
        questions.append("Algunos renglones suman a otros y ninguna columna los distingue. ¿Qué columna dice el nivel?")
    return rules


def _flow_rules(mapping: ColumnMapping) -> list[SkipRule]:
    """The head holds one of the two; what follows may hold the other."""
    other = r"\s*(presupuesto de )?ingreso" if mapping.kind == "expenditure" else r"\s*(presupuesto de )?(egreso|gasto)"
    column = mapping.column("flow")
    return [] if column is None else [SkipRule("other_kind", column=column, pattern=other)]


def _bare_rules(mapping: ColumnMapping) -> list[SkipRule]:
    """A row that says only when and where is no contract, and none that somebody could complete (as `contracts` has it)."""
    telling = tuple(column for column, name in mapping.fields.items() if name not in PLACE_AND_TIME)
    return [SkipRule(BARE, empty=telling)] if mapping.kind == "contracts" and telling else []


def _list_rules(mapping: ColumnMapping) -> list[SkipRule]:
    """Sums of a list, which say total or nothing beside their figures, and procedures that bought nothing."""
    record = RECORDS[mapping.kind]
    telling = _columns_of(mapping, [name for name in record.telling if name not in (*record.amounts, *record.cents)])
    rules = [
        SkipRule(
            "subtotal",
            empty=tuple(other for other in telling if other != column),
            column=column,
            pattern=_TOTAL_PATTERN,
        )
        for column in telling
    ]
    if telling:
        rules.append(SkipRule("subtotal", empty=tuple(telling)))
    bought = tuple(_columns_of(mapping, ("contract_number", "supplier_name", "supplier_given_name")))
    if mapping.kind == "contracts" and bought and (status := mapping.column("status_raw")) is not None:
        rules.append(SkipRule(VOID, empty=bought, column=status, pattern=_VOID_PATTERN))
    if mapping.kind == "contracts" and (supplier := mapping.column("supplier_name")) is not None:
        others = tuple(column for column in bought if column != supplier)
        rules.append(SkipRule(VOID, empty=others, column=supplier, pattern=_VOID_PATTERN))
    return rules


def _columns_of(mapping: ColumnMapping, names: Iterable[str]) -> list[int]:
    return [column for name in names if (column := mapping.column(name)) is not None]


def _total_rules(mapping: ColumnMapping, codes: list[int]) -> list[SkipRule]:
    """Rows that say total in any column of labels, those that have no label at all (figures of nobody), and those without any
    figure: notes and titles of sections."""
    labels = [column for column, name in mapping.fields.items() if name.endswith(_LABELS)]
    rules = [
        SkipRule("subtotal", empty=() if column in codes else tuple(codes), column=column, pattern=_TOTAL_PATTERN)
        for column in labels
    ]
    silent = SkipRule("empty", empty=tuple(mapping.moments.values()))
    return [*rules, SkipRule("subtotal", empty=tuple(labels)), silent] if labels else [*rules, silent]


def _is_total(area: Area, row: int, mapping: ColumnMapping) -> bool:
    columns = [column for column, name in mapping.fields.items() if name.endswith("_name")]
    return any(re.match(_TOTAL_PATTERN, area.grid.cell(row, column), re.IGNORECASE) for column in columns)


def _level_rule(
    area: Area, mapping: ColumnMapping, codes: list[int], leaves: set[int], parents: list[int]
) -> list[SkipRule]:
    column = mapping.column("line_level")
    if column is None:
        return []
    above = {area.grid.cell(row, column).strip() for row in parents} - {
        area.grid.cell(row, column).strip() for row in leaves
    }
    return [SkipRule("subtotal", column=column, values=frozenset(above))] if above else []


def _column_rules(
    area: Area, mapping: ColumnMapping, codes: list[int], leaves: set[int], parents: list[int]
) -> list[SkipRule]:
    """``item empty while chapter filled``: holds when it parts every parent of the head from every leaf."""
    for cut in range(1, len(codes)):
        upper, deeper = codes[:cut], codes[cut:]

        def above(row: int, upper: list[int] = upper, deeper: list[int] = deeper) -> bool:
            filled = any(area.grid.cell(row, column).strip() for column in upper)
            return filled and not any(area.grid.cell(row, column).strip() for column in deeper)

        if any(map(above, parents)) and not any(map(above, leaves)):
            return [SkipRule("subtotal", empty=tuple(deeper), filled=(column,)) for column in upper]
    return []


def _shape_rules(
    area: Area, mapping: ColumnMapping, codes: list[int], leaves: set[int], parents: list[int]
) -> list[SkipRule]:
    """One code column that prints all levels: the shapes that only parents have."""
    for column in codes:
        up = {code.level for row in parents if (code := object_code(area.grid.cell(row, column)))}
        down = {code.level for row in leaves if (code := object_code(area.grid.cell(row, column)))}
        if up and down and not up & down:
            pattern = "|".join(_SHAPES[level] for level in sorted(up) if level in _SHAPES)
            return [SkipRule("subtotal", column=column, pattern=rf"\s*({pattern})")]
    return []
