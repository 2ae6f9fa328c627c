"""A register read: its rows, its year, its table."""

from __future__ import annotations

import re

from datasets.ingest.build import Part, block_of, context_of, from_one, table_of
from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contracts import ContractRow, ContractTable, furniture, leave_out_sums
from datasets.ingest.dates import parse_date, settle_day_order, year_of
from datasets.ingest.decisions import BY_PERSON
from datasets.ingest.dictionary import fold
from datasets.ingest.foot import foot_of_list, is_signature
from datasets.ingest.headings import is_number
from datasets.ingest.labels import is_note
from datasets.ingest.layout import Area
from datasets.ingest.lists import (
    DATE_FIELDS,
    keep_marks,
    month_first_findings,
    scale,
    settle_amounts,
    told_part,
)
from datasets.ingest.shapes import LINE_FIELDS, Finding
from datasets.ingest.sums_of_lists import numbers_of, sums_of_those_below

from . import REGISTERS, works
from .sums import left_out

_TOTAL = re.compile(r"(gran |sub ?)?total|sumas?\b")
MOSTLY = 0.9  # of the filled cells must be years for a column to state the year of its rows


def read_register(area: Area, mapping: ColumnMapping) -> ContractTable:
    """Every row that says something in the columns at hand, and what the others are."""
    table = ContractTable(area, mapping)
    table.skip("header", area.stacked)
    headings = {fold(parts[-1]) for parts in area.paths.values()}
    telling = [column for column, name in mapping.fields.items() if name in REGISTERS[mapping.kind].TELLING]
    sums = _sums(area, mapping)
    foot = foot_of_list(area, mapping.moments.values())
    for row in range(area.first, area.end):
        if area.said.leaves_out(row):
            reason = BY_PERSON
        else:
            reason = "" if area.said.counts(row) else _reason(area, row, telling, headings) or sums.get(row, "")
            if not reason and row >= foot and is_signature(area, row) and not area.said.counts(row):
                reason = "note"
        if reason:
            table.skip(reason, rows=[row])
        else:
            table.rows.append(ContractRow(row))
    leave_out_sums(table, list(mapping.moments.values()))
    return table


def _sums(area: Area, mapping: ColumnMapping) -> dict[int, str]:
    """Of a statement of debt; a list of credits has no letters before its names."""
    label = mapping.column("debt_name") if mapping.kind == "debt" else None
    if label is None:
        return {}
    amounts = [column for column, name in mapping.fields.items() if name in REGISTERS["debt"].CENTS]
    span = range(area.first, area.end)
    stated = [row for row in span if any(_is_stated(area.grid.cell(row, column)) for column in amounts)]
    found = left_out({row: area.grid.cell(row, label).strip() for row in span}, stated)
    below = sums_of_those_below(stated, numbers_of(area, stated, amounts), stated, fewest=2)
    return dict.fromkeys(below, "subtotal") | found


def _is_stated(cell: str) -> bool:
    return any(digit in cell for digit in "123456789")


def _reason(area: Area, row: int, telling: list[int], headings: set[str]) -> str:
    filled = [cell.strip() for cell in area.grid.rows[row] if cell.strip()]
    if shape := furniture(filled, headings):
        return shape
    if _is_total(filled):
        return "subtotal"
    if len(filled) == 1 and len(area.paths) > 2:
        return "note" if is_note(filled[0]) else "section"
    if telling and not any(area.grid.cell(row, column).strip() for column in telling):
        return "note"
    return ""


def _is_total(filled: list[str]) -> bool:
    """``Total créditos bancarios | 1,200 | 300``: one text that begins with total, and nothing but figures beside it. A
    company called Total has other texts in its row."""
    words = [cell for cell in filled if not is_number(cell)]
    return len(words) == 1 and len(filled) > 1 and bool(_TOTAL.match(fold(words[0])))


def register_part(read: ContractTable, name: str, year: int | None = None) -> Part:
    """`year` is what a person said: then no other answer is looked for."""
    kind = read.mapping.kind
    marks = settle_amounts(read)
    columns = _columns(read)
    swapped = settle_day_order(columns, DATE_FIELDS)
    context, took = context_of(read.area, columns, kind, (), name)
    findings: list[Finding] = []
    if context.year is None and year is None and "fiscal_year" not in columns:
        context.year = _dated_by(kind, columns)
        if context.year is not None:
            findings.append(_dated(context.year))
    table = table_of(read.area, read.mapping, kind, "full", context)
    table.rows_read, table.skipped = read.rows_read, read.skipped
    findings += month_first_findings(table, swapped) + scale(table, read)
    table.reasons = from_one(read.reasons)
    questions = keep_marks(table, marks)
    kept = {key: columns[key] for key in LINE_FIELDS[kind] if any(columns.get(key, ()))}
    if read.rows:
        table.stored = [block_of(read.area.grid.sheet, [line.row for line in read.rows], None, kept)]
    return told_part(table, read, findings, questions, named_year=not took)


def _columns(read: ContractTable) -> dict[str, list[str | None]]:
    area, mapping = read.area, read.mapping
    columns: dict[str, list[str | None]] = {
        name: [area.grid.cell(line.row, column).strip() or None for line in read.rows]
        for column, name in mapping.fields.items()
        if name in LINE_FIELDS[mapping.kind]
    }
    if not _states_years(columns.get("fiscal_year", [])):
        columns.pop("fiscal_year", None)
        if (schedule := mapping.column("fiscal_year")) is not None:
            del mapping.fields[schedule], mapping.confidence[schedule]
    return columns


def _states_years(texts: list[str | None]) -> bool:
    """A column of years with the word TOTAL in it is a schedule, not the year of the rows; so is one half empty."""
    filled = [text for text in texts if text]
    years = sum(year_of(text) is not None for text in filled)
    return bool(years) and years >= MOSTLY * len(texts)


def _dated_by(kind: str, columns: dict[str, list[str | None]]) -> int | None:
    for name in REGISTERS[kind].DATED_BY:
        texts = columns.get(name, [])
        if name != "cycle":
            texts = [str(day.year) if text and (day := parse_date(text)) else None for text in texts]
        if (found := works.newest(texts)) is not None:
            return found
    return None


def _dated(year: int) -> Finding:
    return Finding(
        "register_year",
        "warning",
        f"El archivo no dice de qué año es la lista: se tomó {year}, el más reciente de sus renglones.",
        hint="Si la lista es de otro año, indícalo y vuelve a cargar.",
        value=str(year),
    )
