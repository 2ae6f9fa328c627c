"""What reading a published file yields: tables of text lines, what was left out and why, and what a person must still
say.

Nothing here knows Django or the database. Amounts stay text: cleaning turns them into exact cents later, so that a
bad amount can be reported with its row, column and value instead of disappearing while reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

EXPENDITURE_MOMENTS = (
    "approved",
    "adjustments",
    "modified",
    "committed",
    "accrued",
    "exercised",
    "paid",
    "reported",
)
REVENUE_MOMENTS = ("estimated", "adjustments", "modified", "accrued", "collected", "reported")
CONTRACT_AMOUNTS = (
    "amount_with_tax",
    "amount_without_tax",
    "amount_unspecified_tax",
    "amount_min",
    "amount_max",
    "guarantee_amount",
    "federal_contribution",
)
WORK_AMOUNTS = (
    "approved",
    "modified",
    "contracted",
    "spent",
    "investment",
    "federal_share",
    "state_share",
    "municipal_share",
    "own_share",
)
DEBT_AMOUNTS = ("contracted", "opening", "drawn", "repaid", "revalued", "balance", "interest", "fees")
SANCTION_AMOUNTS = ("fine",)
MOMENTS: dict[str, tuple[str, ...]] = {
    "expenditure": EXPENDITURE_MOMENTS,
    "revenue": REVENUE_MOMENTS,
    "contracts": (),
    "works": WORK_AMOUNTS,
    "debt": DEBT_AMOUNTS,
    "sanctions": SANCTION_AMOUNTS,
}
#: Kinds whose rows are things, one by one, and not sums under a classification.
RECORD_KINDS = frozenset({"contracts", "works", "debt", "sanctions"})
#: Record kinds that are lists with a state at a date (see datasets.ingest.registers).
REGISTER_KINDS = RECORD_KINDS - {"contracts"}

#: Columns that say whose money a row is.
BODY_FIELDS = ("entity_name", "buyer_name", "municipality_code", "municipality_name", "state_code", "state_name")

PLACE_AND_TIME = (
    "fiscal_year",
    "period_start",
    "period_end",
    "period_label",
    "state_code",
    "state_name",
    "municipality_code",
    "municipality_name",
    "entity_name",
    "responsible_area",
    "updated_on",
    "notes",
    "source_url",
)

#: Every field a block may carry, by kind. All are text and all may be absent. The derived ones:
#: ``object_code``/``object_name`` deepest object of expenditure (a name-only object carries the CONAC code its name
#: matches, or the code of its nearest parent that has one); ``function_code`` dotted (2.5); ``expenditure_type`` one
#: digit; ``cri_code`` likewise; ``municipality_code`` five digits when state and municipality codes were published
#: apart; ``adjustments`` from increases and decreases when only these were published; ``supplier_name`` from given
#: name and surnames when no legal name was published; ``fiscal_year`` of a contract without one: the year of its
#: signature (else start, award, notice).
LINE_FIELDS: dict[str, tuple[str, ...]] = {
    "expenditure": (
        *PLACE_AND_TIME,
        "object_code",
        "object_name",
        "unit_code",
        "unit_name",
        "ramo_code",
        "ramo_name",
        "function_code",
        "function_name",
        "expenditure_type",
        "expenditure_type_name",
        "programme_code",
        "programme_name",
        "project_code",
        "project_name",
        "funding_source_code",
        "funding_source_name",
        "earmarked",
        "adjustment_reason",
        *EXPENDITURE_MOMENTS,
    ),
    "revenue": (
        *PLACE_AND_TIME,
        "cri_code",
        "revenue_name",
        "funding_source_code",
        "funding_source_name",
        *REVENUE_MOMENTS,
    ),
    "contracts": (
        *PLACE_AND_TIME,
        "record_id",
        "ocid",
        "procedure_number",
        "file_number",
        "file_title",
        "contract_number",
        "title",
        "description",
        "buyer_name",
        "buyer_acronym",
        "government_level",
        "procuring_unit_code",
        "procuring_unit_name",
        "requesting_area",
        "executing_area",
        "procedure_type_raw",
        "category_raw",
        "character",
        "participation_form",
        "legal_basis",
        "selection_reason",
        "notice_date",
        "clarification_date",
        "opening_date",
        "award_date",
        "date_signed",
        "start_date",
        "end_date",
        *CONTRACT_AMOUNTS,
        "currency",
        "exchange_rate",
        "payment_method",
        "supplier_name",
        "supplier_given_name",
        "supplier_surname_1",
        "supplier_surname_2",
        "supplier_rfc",
        "supplier_size",
        "supplier_country",
        "number_of_tenderers",
        "status_raw",
        "budget_item",
        "funding_origin",
        "funding_source",
        "work_location",
        "work_description",
        "has_amendments",
        "is_framework",
        "is_consolidated",
        "is_multiyear",
        "notice_url",
        "award_url",
        "contract_url",
    ),
    "works": (
        *PLACE_AND_TIME,
        "record_id",
        "work_code",
        "work_name",
        "description",
        "work_type",
        "ramo_code",
        "ramo_name",
        "executing_unit",
        "programme",
        "work_location",
        "work_state_code",
        "work_state",
        "work_municipality_code",
        "work_municipality",
        "latitude",
        "longitude",
        "physical_progress",
        "financial_progress",
        "start_date",
        "end_date",
        "status_raw",
        "cycle",
        "contract_number",
        "supplier_name",
        "supplier_rfc",
        *WORK_AMOUNTS,
    ),
    "debt": (
        *PLACE_AND_TIME,
        "debt_name",
        "debt_group",
        "debt_type",
        "creditor",
        "debtor",
        "purpose",
        "guarantee",
        "rate_raw",
        "term_raw",
        "date_signed",
        "maturity_date",
        *DEBT_AMOUNTS,
    ),
    "sanctions": (
        *PLACE_AND_TIME,
        "supplier_name",
        "supplier_rfc",
        "authority",
        "file_number",
        "facts",
        "outcome_raw",
        "notified_on",
        "resolved_on",
        "start_date",
        "end_date",
        "term_raw",
        *SANCTION_AMOUNTS,
    ),
}

VOID = "void"  # the reason of rows of procedures that bought nothing
BARE = "bare"  # the reason of rows of a list of contracts that say nothing but when and where
MOST_REASONS = 100_000  # rows of one table whose fate is told one by one


@dataclass(frozen=True, slots=True)
class Hints:
    """What the command or a person said; every one optional."""

    kind: str | None = None
    year: int | None = None
    period: str | None = None
    document: str | None = None
    columns: Mapping[str, str] | None = None
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: Mapping[str, str] | None = None  # heading -> decimal mark
    unit: int | None = None  # pesos for each printed unit
    beside: str | None = None  # of income and spending side by side: "both", or the kind of the one that is wanted
    # Rows by sheet, as a spreadsheet counts them: left out by a person, counted in any case, with corrected cells.
    left_out: Mapping[str, Sequence[int]] | None = None
    counted: Mapping[str, Sequence[int]] | None = None
    fixes: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None


class UnreadableFile(Exception):
    """The file cannot be read at all. ``message`` says in plain Spanish what happened and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Finding:
    code: str
    severity: str  # error | warning | info
    message: str
    hint: str = ""
    sheet: str | None = None
    line_no: int | None = None
    column: str | None = None
    value: str | None = None


@dataclass(slots=True)
class Context:
    """Whose money, when, and in which document: each None when the file does not say."""

    body_name: str | None = None
    state_name: str | None = None
    municipality_name: str | None = None
    state_code: str | None = None
    municipality_code: str | None = None
    level: str | None = None  # municipal | state | federal
    year: int | None = None
    period: str | None = None
    document: str | None = None


def remember_reason(reasons: dict[int, str], rows: Iterable[int], reason: str) -> None:
    """Why rows hold no line, for those that a person is shown; counts are kept of all."""
    for row in rows:
        if row in reasons or len(reasons) < MOST_REASONS:
            reasons[row] = reason


@dataclass(slots=True)
class Control:
    """A total the file itself prints, to compare with the sum of the leaves."""

    moment: str
    published_cents: int
    label: str
    row: int
    column: int | None = None  # of the sheet, from 0; none where the moments stand in the rows below one another
    sheet: str | None = None  # where it is another than that of the table


@dataclass(slots=True)
class Block:
    sheet: str | None
    rows: npt.NDArray[np.int32]
    extra_rows: list[list[int]] | None
    columns: dict[str, Any]  # field -> pyarrow string array


@dataclass(frozen=True, slots=True)
class SkipRule:
    """Row-local reason to leave a record out of the sum: it holds when every condition given holds.

    ``empty`` and ``filled`` are column positions; ``values`` compares the stripped text of ``column``, ``pattern`` is
    a regular expression (RE2 syntax, matched from the start, case-insensitive) for it.
    """

    reason: str
    empty: tuple[int, ...] = ()
    filled: tuple[int, ...] = ()
    column: int | None = None
    values: frozenset[str] | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """How to read a delimited file that is too large to hold: the head was understood, the rest follows the same
    columns.
    """

    path: Path
    encoding: str
    delimiter: str
    header_record: int  # 1-based record number of the last heading row; data start at the next record
    width: int
    fields: dict[str, int]  # field -> column position
    object_codes: tuple[int, ...] = ()  # positions, deepest first: object_code is the first that is filled
    rules: tuple[SkipRule, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)
    unit: int = 1  # pesos for each printed unit
    left_out: frozenset[int] = frozenset()  # rows that a person left out
    fixes: Mapping[int, Mapping[int, str]] = field(default_factory=dict)  # row -> {column position: corrected text}


@dataclass(slots=True)
class Table:
    """One money table: all the blocks of one kind and breakdown in one context."""

    sheet: str | None
    header_rows: tuple[int, ...]
    headings: list[str]
    columns: dict[str, str]
    unmapped: list[str]
    decimal: dict[str, str]
    kind: str
    breakdown: str
    context: Context
    rows_read: int
    skipped: dict[str, int]
    controls: list[Control]
    #: The text that shows which mark parts the decimals, by amount column.
    evidence: dict[str, str] = field(default_factory=dict)
    unit: int = 1  # pesos for each printed unit
    units: dict[str, int] = field(default_factory=dict)  # of the amounts of a list whose columns have different ones
    #: Why rows of a file that is read whole hold no line, by row.
    reasons: dict[int, str] = field(default_factory=dict)
    stored: list[Block] = field(default_factory=list)
    stream: StreamPlan | None = None

    def blocks(self) -> Iterator[Block]:
        yield from self.stored

    @property
    def lines(self) -> int:
        return sum(len(block.rows) for block in self.stored)


@dataclass(frozen=True, slots=True)
class Clues:
    """Signs in the rows of whose money it is, where no public body is named (`datasets.ingest.clues`)."""

    acronym: str = ""  # with which every row signs the area that answers for it: "Dirección de Finanzas (CEAA)"
    state_code: str = ""  # of the government whose addresses the rows cite: https://ceaa.hidalgo.gob.mx/…
    municipal_government: str = ""  # that handed over all its own revenue, as printed
    #: What files of one publisher have in common from one month to the next.
    voice: tuple[str, ...] = ()

    @property
    def names_somebody(self) -> bool:
        return bool((self.acronym and self.state_code) or self.municipal_government)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above and around the headings of the main table (`datasets.ingest.heads`)."""

    titles: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()  # above each heading, outermost first
    units: frozenset[int] = frozenset()  # that it prints: 1 where it says pesos; empty where it says nothing


@dataclass(slots=True)
class Reading:
    kind: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int | None
    columns: dict[str, str]
    tables: list[Table]
    findings: list[Finding]
    complete: bool
    questions: list[str]
    clues: Clues = field(default_factory=lambda: Clues())
    layout: str = ""  # the published format, by the name its users know
    head: Head = field(default_factory=lambda: Head())
    is_supposed: bool = False  # its kind: by cells and titles, where the headings say too little


@dataclass(slots=True)
class Grid:
    """A sheet (or a small delimited file) as text cells; row and column numbers start at 0 in code and at 1 for
    people.
    """

    sheet: str | None
    rows: list[list[str]]
    hidden: bool = False
    merged: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (row, column) -> the row whose text it shows

    def cell(self, row: int, column: int) -> str:
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)
