"""What the pipeline must know of a kind whose rows are things: its table, its columns, and how a row is made of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from datasets.ingest import contract_lines
from datasets.ingest.bodies import Territory
from datasets.ingest.chunks import Amount
from datasets.ingest.registers import debt, sanctions, works
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS

Columns = dict[str, Any]
CONTRACT_CENTS = ("amount", "amount_without_tax", "amount_with_tax", "amount_min", "amount_max")


@dataclass(frozen=True, slots=True)
class RecordKind:
    table: str
    columns: tuple[str, ...]
    cents: tuple[str, ...]
    amounts: tuple[str, ...]  # fields of the reading that hold money
    dates: Mapping[str, str]  # field of the reading -> column
    telling: tuple[str, ...]  # a row is a record when it says at least one of these
    rows: Callable[[Columns, dict[str, Amount], int, Territory, str | None], list[dict[str, Any]]]
    nulls: tuple[str, ...] = ()  # further columns that may be NULL
    empty: str = "empty_row"
    nullable: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        nullable = frozenset(("supplier_id", *self.cents, *self.dates.values(), *self.nulls))
        object.__setattr__(self, "nullable", nullable)

    @property
    def not_null(self) -> list[str]:
        return [name for name in self.columns if name not in self.nullable]

    @property
    def names_suppliers(self) -> bool:
        return "supplier_id" in self.columns


def _contract_rows(
    columns: Columns, amounts: dict[str, Amount], count: int, territory: Territory, state: str | None
) -> list[dict[str, Any]]:
    return contract_lines.contract_rows(columns, amounts, count)


RECORDS = {
    "contracts": RecordKind(
        table="datasets_contract",
        columns=(
            "procedure_number",
            "contract_number",
            "method",
            "method_raw",
            "category_raw",
            "title",
            "buyer_unit",
            "supplier_id",
            "supplier_name",
            *CONTRACT_CENTS,
            "tax_basis",
            "currency",
            "award_date",
            "signed_on",
            "starts_on",
            "ends_on",
            "url",
            "search_text",
        ),
        cents=CONTRACT_CENTS,
        amounts=CONTRACT_AMOUNTS,
        dates=contract_lines.DATES,
        telling=(*contract_lines.TELLING, *contract_lines.AMOUNTS),
        rows=_contract_rows,
        empty="empty_contract",
    ),
    "works": RecordKind(
        table="datasets_work",
        columns=works.COLUMNS,
        cents=works.CENTS,
        amounts=MOMENTS["works"],
        dates=works.DATES,
        telling=works.TELLING,
        rows=works.rows,
        nulls=("cycle", "latitude", "longitude", "physical_progress", "financial_progress"),
    ),
    "sanctions": RecordKind(
        table="datasets_sanction",
        columns=sanctions.COLUMNS,
        cents=sanctions.CENTS,
        amounts=MOMENTS["sanctions"],
        dates=sanctions.DATES,
        telling=sanctions.TELLING,
        rows=sanctions.rows,
        nulls=("term_months",),
    ),
    "debt": RecordKind(
        table="datasets_debt",
        columns=debt.COLUMNS,
        cents=debt.CENTS,
        amounts=MOMENTS["debt"],
        dates=debt.DATES,
        telling=debt.TELLING,
        rows=debt.rows,
    ),
}
