"""Rows of lists become tables: contracts, and what registers share with them."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from datasets.ingest.build import Part, block_of, context_of, from_one, mark_question, table_of
from datasets.ingest.contracts import ContractTable, contract_columns, date_years
from datasets.ingest.dates import settle_day_order
from datasets.ingest.dictionary import fold
from datasets.ingest.doubts import doubts
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.lines import full_municipality_codes
from datasets.ingest.marks import settle_marks
from datasets.ingest.numbers import DecimalMark, agreed, decide_decimal_mark
from datasets.ingest.shapes import CONTRACT_AMOUNTS, LINE_FIELDS, MOMENTS, Finding, Table
from datasets.ingest.sums_of_lists import missed_total
from datasets.ingest.units import column_units, printed_unit, unit_finding, unit_questions, units_finding
from datasets.ingest.unread import unread_columns

DATE_FIELDS = (
    "date_signed", "award_date", "start_date", "end_date", "notice_date", "opening_date", "maturity_date", "resolved_on",
    "notified_on",
)  # fmt: skip


def contract_part(read: ContractTable, name: str, offers: list[str | None] | None, year: int | None = None) -> Part:
    """``year`` is what a person said: then no line needs a year from its dates."""
    marks = settle_amounts(read)
    columns = contract_columns(read)
    if offers and "number_of_tenderers" not in columns:
        columns["number_of_tenderers"] = offers
    full_municipality_codes(columns)
    swapped = settle_day_order(columns, DATE_FIELDS)
    context, took = context_of(read.area, columns, "contracts", (), name)
    if context.year is None and year is None:
        date_years(columns, len(read.rows))
    table = table_of(read.area, read.mapping, "contracts", "full", context)
    table.rows_read, table.skipped = read.rows_read, read.skipped
    table.reasons = from_one(read.reasons)
    findings = month_first_findings(table, swapped) + scale(table, read)
    questions = keep_marks(table, marks)
    extra = [[row + 1 for row in line.extra] for line in read.rows]
    kept = {key: columns[key] for key in LINE_FIELDS["contracts"] if any(columns.get(key, ()))}
    if read.rows:
        table.stored = [
            block_of(read.area.grid.sheet, [line.row for line in read.rows], extra if any(extra) else None, kept)
        ]
    _fill_procedure(table, area_titles(read.area))
    return told_part(table, read, findings, questions, named_year=not took)


def told_part(
    table: Table, read: ContractTable, findings: list[Finding], questions: list[str], *, named_year: bool
) -> Part:
    """The table of a list with all that is said and asked of it."""
    rows = [line.row for line in read.rows]
    unread = unread_columns(read.area, read.mapping, rows)
    asked = (
        unit_questions(read.area, read.mapping) + unread.questions + doubts(read.area, read.mapping, rows) + questions
    )
    found = findings + unread.findings + read.findings + total_findings(read)
    return Part(table, findings=found, questions=asked + read.questions, named_year=named_year)


def scale(table: Table, read: ContractTable) -> list[Finding]:
    """What the amounts of a list are printed in, for each of them where they differ, and what is said of it."""
    table.unit = printed_unit(read.area, read.mapping)
    table.units = column_units(read.area, read.mapping)
    if table.units:
        return [units_finding(read.area, read.mapping, table.units)]
    return [unit_finding(table.unit, bool(read.area.said.unit), table.sheet)] if table.unit > 1 else []


def total_findings(read: ContractTable) -> list[Finding]:
    """Whether the total that a list prints is what its rows come to."""
    rows = [line.row for line in read.rows]
    totals = sorted(row for row, reason in read.reasons.items() if reason == "subtotal")
    found = missed_total(read.area, rows, totals, [*_amounts(read)])
    return [found] if found else []


def month_first_findings(table: Table, swapped: Sequence[str]) -> list[Finding]:
    named = [f"«{heading}»" for heading, name in table.columns.items() if name in swapped]
    message = f"Estas fechas traen primero el mes y luego el día, y así se leyeron: {', '.join(named)}."
    return [Finding("month_first", "info", message, sheet=table.sheet)] if named else []


def _amounts(read: ContractTable) -> dict[int, str]:
    """Column -> field of the amounts of a list."""
    wanted = MOMENTS[read.mapping.kind] or CONTRACT_AMOUNTS
    return {column: name for column, name in read.mapping.fields.items() if name in wanted}


def settle_amounts(read: ContractTable) -> dict[str, DecimalMark]:
    """The decimal mark of each amount: what a person said, else what its cells say, those of its sum too. Before the cells of a
    list are taken out of its grid, for two conventions in one column are made one."""
    area, marks = read.area, {}
    rows = range(area.first, area.end)
    for column, name in _amounts(read).items():
        said = area.said.decimal.get(area.headings.get(column, ""))
        marks[name] = DecimalMark(said, True, "") if said else _decided(area, column)
        if not marks[name].certain and (told := settle_marks(area, column, rows, marks[name])):
            read.findings.append(told)
            marks[name] = _decided(area, column)
    return agreed(marks)


def _decided(area: Area, column: int) -> DecimalMark:
    return decide_decimal_mark(area.grid.cell(row, column) for row in range(area.first, area.end))


def keep_marks(table: Table, marks: dict[str, DecimalMark]) -> list[str]:
    """Gives the questions: ``46,041`` pesos are forty-six thousand, for nobody prints three decimals of a peso; of millions they
    may be either."""
    questions = []
    for name, found in marks.items():
        table.decimal[name] = found.mark if found.certain else "."
        table.evidence[name] = found.evidence
        if not found.certain and (found.mixed or table.units.get(name, table.unit) > 1):
            questions.append(mark_question(table, name, found.evidence))
    return questions


def _fill_procedure(table: Table, titles: Sequence[str]) -> None:
    """A title "Adjudicaciones directas" says the procedure of lines that do not state one."""
    words = fold(" ".join(titles))
    stated = (
        "Adjudicación directa" if "adjudicacion" in words and "directa" in words and "licitacion" not in words else None
    )
    for block in table.stored:
        if stated and "procedure_type_raw" not in block.columns:
            block.columns["procedure_type_raw"] = pa.array([stated] * len(block.rows), pa.string())
