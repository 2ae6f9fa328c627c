"""The tables of one sheet, each read as what it is: income beside spending, a master with its child sheets, one table for two
kinds, months of one moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from datasets.ingest import sipot
from datasets.ingest.beside import parts_beside
from datasets.ingest.budget import read_budget
from datasets.ingest.build import Part, budget_part
from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contracts import read_contracts
from datasets.ingest.decisions import correct_cells, decisions_for
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area, find_areas
from datasets.ingest.lists import contract_part
from datasets.ingest.mapping import map_columns
from datasets.ingest.months import of_the_head, with_months
from datasets.ingest.numbers import NotAnAmount, to_cents
from datasets.ingest.recognise import Foreign, Verdict, recognise
from datasets.ingest.registers.build import read_register, register_part
from datasets.ingest.same_contract import join_rows
from datasets.ingest.shapes import REGISTER_KINDS, Control, Finding, Grid, Hints


@dataclass(slots=True)
class Work:
    """What is gathered on the way to a `Reading`."""

    name: str
    hints: Hints
    encoding: str | None = None
    delimiter: str | None = None
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    foreign: list[tuple[str | None, Foreign]] = field(default_factory=list)
    candidates: list[Area] = field(default_factory=list)
    unknown: list[Area] = field(default_factory=list)  # tables of which nobody knows what they are
    layout: str = ""
    is_supposed: bool = False


def read_grid(grid: Grid, children: list[Grid], work: Work, whole: bool) -> None:
    for area in find_areas(grid, work.hints.header_row, said=work.hints.kind is not None):
        area.said = decisions_for(work.hints, grid.sheet)
        correct_cells(area)
        sums = work.hints.kind in (None, "expenditure", "revenue")
        months: list[Finding] = []
        # Of a file that is read in pieces this is the head; a person who named the columns has said which of them count.
        if sums and (whole or not work.hints.columns):
            area, months = with_months(area)
        work.candidates.append(area)
        if sipot.is_master(grid):
            sipot.name_suppliers(area, children)
        if whole and sums and (beside := parts_beside(area)):
            _read_beside(beside, children, work)
            continue
        verdict = recognise(area, work.hints.kind, work.hints.columns)
        if verdict.kind:
            if verdict.kind in ("expenditure", "revenue"):
                work.findings += months if whole else of_the_head(months)
            _read_area(area, verdict, children, work)
        elif verdict.foreign:
            work.foreign.append((grid.sheet, verdict.foreign))
        elif children and sipot.is_master(grid):
            _read_children(area, children, work)
        elif not grid.hidden:
            work.unknown.append(area)


def _read_beside(beside: dict[str, Area], children: list[Grid], work: Work) -> None:
    said = work.hints.beside or work.hints.kind
    wanted = [kind for kind in beside if said in (None, "both", kind)]
    for kind in wanted:
        _read_area(beside[kind], recognise(beside[kind], kind, work.hints.columns), children, work)
    message, severity = "La hoja trae ingresos y egresos uno al lado del otro: se leyeron como dos tablas.", "info"
    if len(wanted) < len(beside):
        message, severity = (
            "La hoja trae ingresos y egresos uno al lado del otro: se leyó sólo lo que se pidió.",
            "warning",
        )
    sheet = next(iter(beside.values())).grid.sheet
    work.findings.append(Finding("side_by_side", severity, message, sheet=sheet))


def _read_children(master: Area, children: list[Grid], work: Work) -> None:
    """A master without money of its own: the child sheet that holds it, with the master's year and period."""
    for child in children:
        for kind in ("expenditure", "revenue"):
            joined = sipot.join_child(master, child, kind)
            for area in find_areas(joined)[:1]:
                area.titles = [*master.titles, *area.titles]
                verdict = recognise(area, work.hints.kind or kind, work.hints.columns)
                if verdict.kind == kind and verdict.mapping:
                    part = budget_part(read_budget(area, verdict.mapping), work.name)
                    _control_by_master(master, part)
                    work.parts.append(part)
                    work.candidates.append(area)
                    return


def _control_by_master(master: Area, part: Part) -> None:
    """The master's own annual figure is a control for the chapters of its child sheet."""
    mapping = map_columns(master, "expenditure")
    column = mapping.column("annual_total")
    if column is None or part.moments != ("approved",):
        return
    for row in range(master.first, master.end):
        try:
            cents = to_cents(master.grid.cell(row, column))
        except NotAnAmount:
            continue
        if cents is not None:
            label = master.headings[column][:120]
            part.table.controls.append(Control("approved", cents, label, row + 1, column, master.grid.sheet))
            return


def _read_area(area: Area, verdict: Verdict, children: list[Grid], work: Work) -> None:
    mapping = verdict.mapping
    if mapping is None:
        return
    if verdict.kind in REGISTER_KINDS:
        work.parts.append(register_part(read_register(area, mapping), work.name, work.hints.year))
        return
    if verdict.kind == "contracts":
        read = read_contracts(area, mapping)
        join_rows(read)
        offers = sipot.count_offers(area, children, [line.row for line in read.rows]) if children else None
        work.parts.append(contract_part(read, work.name, offers, work.hints.year))
        return
    flow = mapping.column("flow")
    if flow is None:
        work.parts.append(budget_part(read_budget(area, mapping), work.name))
        return
    for kind, said in (("expenditure", re.compile("egreso|gasto")), ("revenue", re.compile("ingreso"))):
        _read_flow(area, kind, said, flow, mapping, work)


def _read_flow(area: Area, kind: str, said: re.Pattern[str], flow: int, mapping: ColumnMapping, work: Work) -> None:
    """INEGI prints income and spending in the same columns: the topic of the row says which it is."""

    def keep(row: int) -> bool:
        words = fold(area.grid.cell(row, flow))
        return bool(said.search(words)) or (kind == "expenditure" and "ingreso" not in words)

    if work.hints.kind not in (None, kind) or not any(
        said.search(fold(area.grid.cell(row, flow))) for row in range(area.first, area.end)
    ):
        return
    own = mapping if mapping.kind == kind else map_columns(area, kind, work.hints.columns)
    work.parts.append(budget_part(read_budget(area, own, keep), work.name))
