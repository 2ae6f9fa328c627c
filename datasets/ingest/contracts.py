"""Contract tables: one line per contract; rows of quotes under it belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from datasets.ingest.columns import ColumnMapping
from datasets.ingest.dates import parse_date
from datasets.ingest.decisions import BY_PERSON
from datasets.ingest.dictionary import fold
from datasets.ingest.foot import foot_of_list, is_signature
from datasets.ingest.headings import is_legend, is_number, is_template
from datasets.ingest.labels import is_carried, is_note
from datasets.ingest.layout import Area
from datasets.ingest.shapes import BARE, CONTRACT_AMOUNTS, LINE_FIELDS, PLACE_AND_TIME, VOID, Finding, remember_reason
from datasets.ingest.sums_of_lists import sums_by_arithmetic

#: What tells a contract from a row that only continues the one above (other bidders, another clause).
IDENTITY = (
    "contract_number",
    "procedure_number",
    "file_number",
    "date_signed",
    "supplier_name",
    "supplier_given_name",
    "supplier_surname_1",
    "supplier_surname_2",
    "supplier_rfc",
    "description",
    "title",
    "procedure_type_raw",
    "category_raw",
    "buyer_name",
    "fiscal_year",
    "start_date",
    "end_date",
    "requesting_area",
    "executing_area",
    "award_date",
    *CONTRACT_AMOUNTS,
)
_FILLED_DOWN = ("fiscal_year", "period_label", "procedure_type_raw")
_YEAR_FROM = ("date_signed", "start_date", "award_date", "notice_date", "opening_date")
_PLACEHOLDER = re.compile(
    r"(no aplica.*|n/?a|na|s/n|-+|no requiere.*|persona (fisica|moral)|ningun[oa]|sin dato"
    r"|no se realizo.*|xx+|\.+|0|no disponible|ver nota)",
    re.DOTALL,
)
_SHARED = (
    "file_number",
    "procedure_number",
    "category_raw",
    "legal_basis",
    "description",
    "requesting_area",
    "buyer_name",
)
_WHOSE = ("contract_number", "procedure_number", "file_number", "supplier_name", "supplier_rfc", "date_signed")
_FIGURE = r"\D{0,40}?\$?\s*(\d[\d,.'´’ ]*\d)"
_BOUNDS = {"amount_min": re.compile("minim[oa]" + _FIGURE), "amount_max": re.compile("maxim[oa]" + _FIGURE)}
_IN_WORDS = re.compile(r"([^()]*\d)\s*\([^()]*[A-Za-z]{3}.*", re.DOTALL)
_TAX_SAID = re.compile(
    r"(\$?\s*\d[\d,.']*)\s*(?:m\.? ?n\.?|pesos)?\s*\(?(?:(?P<without>(?:\+|mas|sin|antes de)\s*(?:el\s*)?i\.?v\.?a\.?)"
    r"|(?:con\s*i\.?v\.?a\.?|i\.?v\.?a\.?\s*inclui\w+))\s*\)?\.?"
)
_ENDED = (
    "status_raw",
    "supplier_name",
    "supplier_given_name",
    "supplier_surname_1",
    "supplier_surname_2",
    "contract_number",
)
#: ``Desierta``, ``Se declaró desierto``, ``Procedimiento cancelado``; where it is ``Parcialmente desierta`` parts were bought.
NOTHING_BOUGHT = re.compile(
    r"(?:(?:se|fue|declar(?:o|ad[oa]s?)|procedimiento|licitacion|invitacion|concurso|partida) )*"
    r"(?:desiert[oa]s?|cancelad[oa]s?|no adjudicad[oa]s?|sin adjudica(?:r|cion)|no se adjudico)"
    r"(?: (?:por|en|de|del|la|el|segun|conforme|mediante|a)\b(?!.*(?:partida|parcial)).*)?"
)
_TOTAL = re.compile(r"(gran )?total(es)?( general)?( de contratos)?|sumas?|subtotal(es)?")


@dataclass(slots=True)
class ContractRow:
    row: int
    extra: list[int] = field(default_factory=list)
    signed: int | None = None  # of an amendment that states the new total: the row of its contract, which says all else


@dataclass(slots=True)
class ContractTable:
    area: Area
    mapping: ColumnMapping
    rows: list[ContractRow] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    reasons: dict[int, str] = field(default_factory=dict)  # row -> why it holds no line
    findings: list[Finding] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def skip(self, reason: str, count: int = 1, rows: Sequence[int] = ()) -> None:
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count
        remember_reason(self.reasons, rows, reason)

    @property
    def rows_read(self) -> int:
        return self.area.stacked + self.area.end - self.area.first


def is_placeholder(text: str) -> bool:
    words = fold(text).strip(" .*")
    return not words or bool(_PLACEHOLDER.fullmatch(words))


def read_contracts(area: Area, mapping: ColumnMapping) -> ContractTable:
    table = ContractTable(area, mapping)
    table.skip("header", area.stacked)
    identity = [column for column, name in mapping.fields.items() if name in IDENTITY]
    amounts = [column for column, name in mapping.fields.items() if name in CONTRACT_AMOUNTS]
    headings = {fold(parts[-1]) for parts in area.paths.values()}
    enough = _enough(area, identity)
    foot = foot_of_list(area, amounts)
    for row in range(area.first, area.end):
        if area.said.leaves_out(row):
            reason = BY_PERSON
        elif area.said.counts(row):
            reason = ""
        else:
            reason = _reason(table, row, identity, amounts, headings, enough)
            if not reason and row >= foot and is_signature(area, row):
                reason = "note"
        if reason == "merged":
            table.rows[-1].extra.append(row)
        if reason:
            table.skip(reason, rows=[row])
        else:
            table.rows.append(ContractRow(row))
    leave_out_sums(table, amounts)
    return table


def leave_out_sums(table: ContractTable, amounts: Sequence[int]) -> None:
    """Totals that only their arithmetic tells; a row that a person counts stays."""
    sums = set(sums_by_arithmetic(table.area, [line.row for line in table.rows], amounts))
    sums = {row for row in sums if not table.area.said.counts(row)}
    table.skip("subtotal", len(sums), sorted(sums))
    table.rows = [line for line in table.rows if line.row not in sums]


def _enough(area: Area, identity: list[int]) -> int:
    """How many identity cells make a contract: a third of what a typical full row has, at least two where two are known."""
    counts = sorted(
        (_filled(area, row, identity) for row in range(area.first, min(area.end, area.first + 3_000))), reverse=True
    )
    full = counts[: max(1, len(counts) // 4)]
    typical = full[len(full) // 2] if full else 0
    return max(min(2, len(identity)), round(typical / 3))


def _filled(area: Area, row: int, columns: list[int]) -> int:
    return sum(bool(area.grid.cell(row, column).strip()) for column in columns)


def _reason(
    table: ContractTable, row: int, identity: list[int], amounts: list[int], headings: set[str], enough: int
) -> str:
    """Why a row is no contract of its own; '' when it is one."""
    area = table.area
    filled = [cell.strip() for cell in area.grid.rows[row] if cell.strip()]
    if shape := furniture(filled, headings):
        return shape
    if len(filled) <= 3 and _is_total_row(filled):
        return "subtotal"
    if _is_void(table, row):
        return VOID
    if _filled(area, row, identity) >= enough:
        return ""
    if len(filled) == 1 and not filled[0].isdecimal():
        return _lone_text(table, row, filled[0])
    if is_note(filled[0]) and len(filled) <= 2:
        return "note"
    mapped = [name for column, name in table.mapping.fields.items() if area.grid.cell(row, column).strip()]
    if mapped and set(mapped) <= set(PLACE_AND_TIME):
        return BARE
    if table.rows and mapped:
        return "merged"
    return "note"


def _is_void(table: ContractTable, row: int) -> bool:
    """A procedure that bought nothing, by its status or where its supplier or number should stand; what it was to cost is no
    contract."""
    said: dict[str, str] = {}
    for column, name in table.mapping.fields.items():
        if name in _ENDED and (cell := fold(table.area.grid.cell(row, column)).strip(" .")):
            said[name] = cell
    if not any(NOTHING_BOUGHT.fullmatch(cell) for cell in said.values()):
        return False
    named = [cell for name, cell in said.items() if name != "status_raw"]
    return all(is_placeholder(cell) or NOTHING_BOUGHT.fullmatch(cell) for cell in named)


def furniture(filled: list[str], headings: set[str]) -> str:
    """What a row of a list is before its content counts: blank, words of the template, headings again; '' for none of it."""
    if not filled:
        return "blank"
    if is_template(filled):
        return "template"
    if is_carried(filled):
        return "subtotal"
    same = sum(fold(cell) in headings for cell in filled)
    if is_legend(filled) or (same >= 2 and same * 2 > len(filled)):
        return "header"
    return ""


def _is_total_row(filled: list[str]) -> bool:
    """``TOTAL | 1,234.00``: words that only say total, beside nothing but figures. A supplier called Total is not
    alone.
    """
    words = [cell for cell in filled if not is_number(cell)]
    return len(words) == 1 and len(filled) > 1 and all(_TOTAL.fullmatch(fold(word).strip(" .:")) for word in words)


def _lone_text(table: ContractTable, row: int, text: str) -> str:
    """One cell alone: under a quote or a link it continues the contract above; at the left edge it heads a section or
    is a note.
    """
    area = table.area
    column = next(column for column, cell in enumerate(area.grid.rows[row]) if cell.strip())
    later = any(_filled(area, other, list(area.paths)) > 5 for other in range(row + 1, min(area.end, row + 60)))
    if is_note(text) or not later:
        return (
            "merged"
            if table.rows and not is_note(text) and table.mapping.fields.get(column) in ("quotes", "tenderers")
            else "note"
        )
    first = min(area.paths)
    return "section" if column <= first + 1 else "merged" if table.rows else "note"


def contract_columns(table: ContractTable) -> dict[str, list[str | None]]:
    """Field columns of the lines, year and period filled down merged cells, the supplier's name put together."""
    area, mapping = table.area, table.mapping
    fields = {name: column for column, name in mapping.fields.items() if name in LINE_FIELDS["contracts"]}
    columns: dict[str, list[str | None]] = {
        name: [_cell(area, line, name, column) for line in table.rows] for name, column in fields.items()
    }
    if area.grid.sheet is not None:  # delimited text has no merged cells: there a blank cell says nothing
        _fill_merged(columns, len(table.rows))
        for name in _FILLED_DOWN:
            if name in columns:
                columns[name] = _fill_down(columns[name])
    _spell_amounts(columns, len(table.rows))
    _name_suppliers(columns, len(table.rows))
    return columns


def _cell(area: Area, line: ContractRow, field: str, column: int) -> str | None:
    own = area.grid.cell(line.row, column).strip()
    if line.signed is None or (own and field in CONTRACT_AMOUNTS):
        return own or None
    return area.grid.cell(line.signed, column).strip() or None


def _fill_merged(columns: dict[str, list[str | None]], count: int) -> None:
    """Contracts of one procedure share merged cells: a row without any of them has those of the row above. So do the
    articles of one contract, of which only the first prints whose it is."""
    whose = [columns[name] for name in _WHOSE if name in columns]
    for line in range(1, count) if len(whose) >= 2 else ():
        if not any(values[line] for values in whose):
            for values in whose:
                values[line] = values[line - 1]
    lead = [columns[name] for name in ("fiscal_year", "procedure_type_raw", "file_number") if name in columns]
    if len(lead) < 2:
        return
    for line in range(1, count):
        if not any(values[line] for values in lead):
            for name in _SHARED:
                if name in columns and columns[name][line] is None:
                    columns[name][line] = columns[name][line - 1]


def _spell_amounts(columns: dict[str, list[str | None]], count: int) -> None:
    """``Monto mínimo $22,000.00 monto máximo $220,000.00`` is two amounts; words in brackets repeat the figure."""
    for name in ("amount_with_tax", "amount_without_tax", "amount_unspecified_tax"):
        for line, text in enumerate(columns.get(name, ())):
            if not text or is_number(text):
                continue
            words = fold(text)
            bounds = {bound: match[1] for bound, pattern in _BOUNDS.items() if (match := pattern.search(words))}
            for bound, amount in bounds.items():
                columns.setdefault(bound, [None] * count)[line] = amount
            if bounds:
                columns[name][line] = None
            elif match := _TAX_SAID.fullmatch(words):
                said = "amount_without_tax" if match["without"] else "amount_with_tax"
                columns[name][line] = None
                columns.setdefault(said, [None] * count)[line] = match[1].strip()
            elif match := _IN_WORDS.fullmatch(text):
                columns[name][line] = match[1].strip()


def _fill_down(values: list[str | None]) -> list[str | None]:
    filled: list[str | None] = []
    for value in values:
        filled.append(value if value is not None or not filled else filled[-1])
    return filled


def _name_suppliers(columns: dict[str, list[str | None]], count: int) -> None:
    parts = [columns.get(name) for name in ("supplier_given_name", "supplier_surname_1", "supplier_surname_2")]
    if not any(parts):
        return
    legal = columns.get("supplier_name", [None] * count)
    columns["supplier_name"] = [
        own if own and not is_placeholder(own) else _join([part[line] for part in parts if part]) or own
        for line, own in enumerate(legal)
    ]


def _join(parts: list[str | None]) -> str | None:
    words = [" ".join(part.split()) for part in parts if part and not is_placeholder(part)]
    return " ".join(words) or None


def date_years(columns: dict[str, list[str | None]], count: int) -> None:
    """A contract without a fiscal year gets the year of its signature, or of the next best date."""
    if any(columns.get("fiscal_year", ())):
        return
    years: list[str | None] = []
    for line in range(count):
        dates = (columns[name][line] for name in _YEAR_FROM if name in columns)
        found = next((day for text in dates if text and (day := parse_date(text))), None)
        years.append(str(found.year) if found else None)
    if any(years):
        columns["fiscal_year"] = years
