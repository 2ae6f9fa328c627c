"""Sorted rows become tables; tables that print the same money again are set aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from datasets.ingest.budget import BudgetTable
from datasets.ingest.columns import ColumnMapping
from datasets.ingest.context import (
    STATES,
    from_columns,
    from_file_name,
    from_titles,
    is_institution,
    settle_document,
    state_code,
)
from datasets.ingest.dates import year_of
from datasets.ingest.dictionary import fold, normalise
from datasets.ingest.doubts import doubts
from datasets.ingest.headings import is_number
from datasets.ingest.hierarchy import Amounts, add, close
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.lines import Columns, breakdown_of, budget_columns
from datasets.ingest.mapping import WEAK_AMOUNT, is_of_the_month
from datasets.ingest.numbers import NotAnAmount, to_cents
from datasets.ingest.outline import BudgetRow
from datasets.ingest.relations import what_is_left
from datasets.ingest.shapes import (
    RECORD_KINDS,
    Block,
    Context,
    Control,
    Finding,
    Table,
)
from datasets.ingest.units import in_pesos, printed_unit, unit_finding, unit_questions
from datasets.ingest.unknown import unknown_moments
from datasets.ingest.unread import AMOUNT, AMOUNT_LIKE, listed, sort_of, unread_labels

_FEDERAL_BRANCHES = frozenset(
    {"poder legislativo", "defensa nacional", "marina", "relaciones exteriores", "hacienda y credito publico"}
)
_FEDERAL_AUTHORITIES = frozenset(
    {
        "comision federal de electricidad",
        "comision nacional del agua",
        "instituto de seguridad y servicios sociales de los trabajadores del estado",
        "instituto mexicano del seguro social",
        "petroleos mexicanos",
        "secretaria anticorrupcion y buen gobierno",
        "secretaria de comunicaciones y transportes",
        "secretaria de gobernacion",
        "secretaria de hacienda y credito publico",
        "secretaria de la defensa nacional",
        "secretaria de la funcion publica",
        "secretaria de marina",
        "secretaria de relaciones exteriores",
    }
)


@dataclass(slots=True)
class Part:
    """One area read: its table, what it sums to, and what must be said about it."""

    table: Table
    sums: Amounts = ()
    moments: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    named_year: bool = True  # the year was found inside the file


def context_of(area: Area, columns: Columns, kind: str, moments: Sequence[str], name: str) -> tuple[Context, bool]:
    context = from_titles([*area_titles(area), area.grid.sheet or ""])
    period_said = from_columns(context, {key: values for key, values in columns.items() if values})
    _place_from_columns(context, columns)
    year_said = context.year is not None or any(columns.get("fiscal_year", ()))
    took = from_file_name(context, name, year_said=year_said, period_said=period_said)
    if kind not in RECORD_KINDS and context.period is None and _whole_years(columns):
        context.period = "annual"
    settle_document(context, kind, [moment for moment in moments if any(columns.get(moment, ()))])
    return context, took


def _whole_years(columns: Columns) -> bool:
    """Lines that state a year and no period report that whole year."""
    return any(columns.get("fiscal_year", ())) and not any(
        name in columns for name in ("period_start", "period_end", "period_label")
    )


def _place_from_columns(context: Context, columns: Columns) -> None:
    codes = {code for code in columns.get("municipality_code", ()) if code}
    if len(codes) == 1 and len(code := codes.pop()) == 5:
        context.municipality_code = code
    printed = columns.get("state_code") or columns.get("state_name") or []
    states = {found for text in printed if text and (found := state_code(text))}
    if len(states) == 1:
        context.state_code = states.pop()
        context.state_name = STATES[context.state_code]
    if "municipality_code" in columns or "municipality_name" in columns:
        context.level = context.level or "municipal"
    areas = {fold(text) for text in columns.get("responsible_area", ()) if text}
    if areas and context.level is None and all("municipal" in text or "ayuntamiento" in text for text in areas):
        context.level = "municipal"
    if context.body_name is None:
        context.body_name = _one_body(columns)
    if context.level is None and _federal_branches(columns):
        context.level, context.body_name = "federal", context.body_name or "Gobierno Federal"


def _one_body(columns: Columns) -> str | None:
    """The one public body all lines name; a contracting area counts only when it is an institution, not an office of one."""
    for name in ("entity_name", "procuring_unit_name"):
        bodies = {" ".join(text.split()) for text in columns.get(name, ()) if text}
        if len(bodies) == 1 and (name == "entity_name" or is_institution(next(iter(bodies)))):
            return bodies.pop()
    return None


def _federal_branches(columns: Columns) -> bool:
    """Branches (ramos) or authorities that only the federation has."""
    names = {fold(text) for text in columns.get("ramo_name", ()) if text}
    if names & _FEDERAL_BRANCHES:
        return True
    # An authority of another government may stand in a list; several that only the federation has make it the federation's.
    return len({fold(text) for text in columns.get("authority", ()) if text} & _FEDERAL_AUTHORITIES) >= 3


def block_of(sheet: str | None, rows: Sequence[int], extra: list[list[int]] | None, columns: Columns) -> Block:
    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return Block(sheet, np.asarray([row + 1 for row in rows], dtype=np.int32), extra, arrays)


def table_of(area: Area, mapping: ColumnMapping, kind: str, breakdown: str, context: Context) -> Table:
    columns = {
        area.headings[column]: mapping.fields[column] for column in sorted(mapping.fields) if column in area.headings
    }
    return Table(
        sheet=area.grid.sheet,
        header_rows=tuple(row + 1 for row in area.header_rows),
        headings=[area.headings[column] for column in sorted(area.headings)],
        columns=columns,
        unmapped=[heading for heading in area.headings.values() if heading not in columns],
        decimal={},
        kind=kind,
        breakdown=breakdown,
        context=context,
        rows_read=0,
        skipped={},
        controls=[],
    )


def budget_part(read: BudgetTable, name: str) -> Part:
    kind = read.mapping.kind
    breakdown = breakdown_of(read)
    unit = printed_unit(read.area, read.mapping)
    columns = budget_columns(read, breakdown or "object", unit)
    context, took = context_of(read.area, columns, kind, read.moments, name)
    if context.document == "approved":
        for said in ("period_start", "period_end", "period_label"):
            columns.pop(said, None)  # when the yearly budget was reported, not what it is for
    table = table_of(read.area, read.mapping, kind, breakdown or "object", context)
    table.rows_read, table.skipped, table.decimal = read.rows_read, read.skipped, read.decimal
    table.evidence, table.unit, table.reasons = read.evidence, unit, from_one(read.reasons)
    extra = [[row + 1 for row in line.extra] for line in read.leaves]
    lines = [line.row for line in read.leaves]
    if lines:
        table.stored = [block_of(read.area.grid.sheet, lines, extra if any(extra) else None, columns)]
    table.controls = _controls(read, unit)
    part = Part(
        table,
        add([_in_cents(read, row, unit) for row in read.leaves], len(read.moments)),
        tuple(read.moments),
        read.findings,
    )
    part.named_year = not took
    _ask(part, read, breakdown, unit)
    return part


def _ask(part: Part, read: BudgetTable, breakdown: str | None, unit: int) -> None:
    sheet = read.area.grid.sheet
    if breakdown is None and read.leaves:
        part.questions.append(
            "¿Qué clasificación usan los renglones: objeto del gasto, administrativa, funcional, económica o programas?"
        )
    for moment, evidence in read.unsure.items():
        part.questions.append(mark_question(part.table, moment, evidence))
    if unit > 1:
        part.findings.append(unit_finding(unit, bool(read.area.said.unit), sheet))
    part.questions += unit_questions(read.area, read.mapping)
    part.findings += _unused(read)
    if unknown := unknown_moments(read):
        names = listed([read.area.headings[column] for column in unknown])
        part.questions.append(
            f"No se sabe qué es cada columna con montos: {names}. ¿Qué momento del presupuesto es? Si no se usa, déjala fuera."
        )
    leaves = [row.row for row in read.leaves]
    part.questions += doubts(read.area, read.mapping, leaves)
    labels = unread_labels(read.area, read.mapping, leaves)
    part.questions += labels.questions
    part.findings += labels.findings
    if _far_from_totals(part):
        part.questions.append(
            "Los renglones suman muy distinto del total que imprime el archivo. ¿Hay renglones que repiten a otros?"
        )
    years = _years(read)
    for column, name in read.mapping.repeated.items():
        if name in read.moments and column not in years and not _agrees(read, column, name):
            kept = read.mapping.column(name)
            one, other = (_with_group(read.area, place) for place in (kept, column) if place is not None)
            part.questions.append(f"Dos columnas parecen lo mismo: «{one}» y «{other}». ¿Cuál se usa?")
    part.questions += _several_years(read, years)


def _said(area: Area, column: int) -> str:
    return normalise(" ".join(area.paths.get(column, ())))


def _with_group(area: Area, column: int) -> str:
    """``Aprobado [2]`` stands under a group heading that says what parts it from the other."""
    groups = area.paths.get(column, ())[:-1]
    return f"{' · '.join(groups)} · {area.headings[column]}" if groups else area.headings[column]


def _unused(read: BudgetTable) -> list[Finding]:
    """Amounts that the file seems to print and that are not loaded: a heading nobody knows, formulas without a value."""
    area, mapping = read.area, read.mapping
    others = [column for column in area.paths if column not in mapping.fields and column not in mapping.repeated]
    others += [column for column, name in mapping.repeated.items() if name == WEAK_AMOUNT]
    if not mapping.has("adjustments") and mapping.has("increases") != mapping.has("decreases"):
        others += [column for column, name in mapping.fields.items() if name in ("increases", "decreases")]
    unknown = [area.headings[column] for column in sorted(others) if _prints_amounts(read, column)]
    empty = [
        area.headings[column]
        for moment, column in mapping.moments.items()
        if moment in read.moments and read.leaves and not any(row.texts.get(moment) for row in read.leaves)
    ]
    found = []
    if unknown:
        message = f"Hay columnas con montos que no se usaron: {listed(unknown)}."
        found.append(Finding("unused_amounts", "info", message, "Si hace falta alguna, di en las columnas qué es."))
    if empty:
        message = f"Estas columnas no traen ningún monto: {listed(empty)}."
        hint = "Si en la hoja de cálculo se ven, ábrela, guárdala y vuelve a subirla: son fórmulas sin su resultado."
        found.append(Finding("empty_amounts", "info", message, hint, sheet=area.grid.sheet))
    return found


def _prints_amounts(read: BudgetTable, column: int) -> bool:
    """Most cells are figures, and some are larger or finer than any code, year or percentage."""
    if re.search(r"%|porcentaje|avance|variacion|diferencia", _said(read.area, column)):
        return False
    cells = [text for row in read.leaves if (text := read.area.grid.cell(row.row, column).strip())]
    figures = [text for text in cells if is_number(text)]
    plainly = any(AMOUNT_LIKE.search(text) for text in figures) or sort_of(cells) == AMOUNT
    return len(figures) * 2 > len(read.leaves) and plainly


def _years(read: BudgetTable) -> dict[int, int]:
    """The years that the headings of the amounts name, where they name several: two years beside each other are not one."""
    columns = [*read.mapping.moments.values()]
    columns += [column for column, name in read.mapping.repeated.items() if name in read.moments]
    named = {column: year for column in columns if (year := year_of(" ".join(read.area.paths.get(column, ()))))}
    return named if len(set(named.values())) > 1 else {}


def _several_years(read: BudgetTable, years: dict[int, int]) -> list[str]:
    if not years or all(read.mapping.confidence.get(column) == "person" for column in years):
        return []
    columns = ", ".join(f"«{_with_group(read.area, column)}»" for column in sorted(years))
    return [f"Estas columnas son de años distintos: {columns}. ¿De qué año se carga? Deja fuera las demás."]


def _far_from_totals(part: Part) -> bool:
    """A sum that misses every printed grand total by a fifth was not understood: the same money twice, or rows left out."""
    sums = dict(zip(part.moments, part.sums, strict=True))
    printed = [control for control in part.table.controls if control.published_cents]
    misses = [abs((sums.get(c.moment) or 0) - c.published_cents) * 5 > abs(c.published_cents) for c in printed]
    return bool(misses) and all(misses)


def _agrees(read: BudgetTable, column: int, name: str) -> bool:
    """A repeated column that is empty or equal asks nothing."""
    kept = read.mapping.column(name)
    if kept is None or name == "reported":
        return True
    if is_of_the_month(read.area, column) and not is_of_the_month(read.area, kept):
        return True  # what was spent this month is part of what was spent so far
    others = [other for other in read.area.paths if other not in (column, kept, *read.mapping.fields)]
    if what_is_left(read.area, kept, column, others):
        return True  # a half of the year beside the other half and their sum
    cells = (
        (read.area.grid.cell(row.row, column).strip(), read.area.grid.cell(row.row, kept).strip())
        for row in read.leaves
    )
    return all(not other or other == own for other, own in cells)


def _controls(read: BudgetTable, unit: int) -> list[Control]:
    """Printed grand totals. Totals of several bodies count together; without any, the outermost rows do."""
    grand = [row for row in read.totals if row.label.is_grand_total or not row.label.text]
    rows = grand or read.totals
    if not rows and read.outline and read.outline.supported:
        rows = _outermost(read)
        return _control_rows(read, rows, f"Suma de {len(rows)} renglones de mayor nivel", unit)
    if not grand and (whole := [row for row in rows if _same_sums(row.amounts, read.sums)]):
        rows = whole  # the others are totals of a part
    together = add([row.amounts for row in rows], len(read.moments))
    if len(rows) > 1 and _same_sums(together, read.sums):
        return _control_rows(read, rows, f"{rows[0].label.text} ({len(rows)} renglones)", unit)
    found = []
    for row in rows:
        found += _control_rows(read, [row], row.label.text or "Total sin rótulo", unit)
    return found


def _outermost(read: BudgetTable) -> list[BudgetRow]:
    """Rows with figures that stand under no other row with figures."""
    known = {row.row for row in read.leaves} | {parent.row for parent in read.parents.values() if not parent.heading}
    found = []
    for row in read.rows:
        parent = read.parents.get(row.row)
        while parent and parent.heading:
            parent = read.parents.get(parent.row)
        if row.row in known and parent is None and not row.heading:
            found.append(row)
    return found


def _control_rows(read: BudgetTable, rows: Sequence[BudgetRow], label: str, unit: int) -> list[Control]:
    """What the rows print together. Thousands with more decimals than two are scaled before they are rounded, as lines are."""
    if not rows:
        return []
    printed = add([_in_cents(read, row, unit) for row in rows], len(read.moments))
    return [
        Control(moment, value, label[:120], rows[0].row + 1, read.mapping.column(moment))
        for moment, value in zip(read.moments, printed, strict=True)
        if value is not None
    ]


def _in_cents(read: BudgetTable, row: BudgetRow, unit: int) -> Amounts:
    if unit == 1:
        return row.amounts
    return tuple(_scaled(row.texts.get(moment, ""), unit, read.decimal.get(moment, ".")) for moment in read.moments)


def _scaled(text: str, unit: int, mark: str) -> int | None:
    try:
        return to_cents(in_pesos(text, unit, mark), mark)
    except NotAnAmount:  # no amount, or too large a one in pesos: its line is rejected when it is cleaned
        return None


def _same_sums(one: Amounts, other: Amounts) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return bool(pairs) and any(a for a, _ in pairs) and all(close(a, b) for a, b in pairs)


def from_one(reasons: dict[int, str]) -> dict[int, str]:
    return {row + 1: reason for row, reason in reasons.items()}


def mark_question(table: Table, field: str, evidence: str) -> str:
    heading = next((text for text, name in table.columns.items() if name == field), field)
    return f"En la columna «{heading}», ¿el punto o la coma de {evidence} separa miles o decimales?"
