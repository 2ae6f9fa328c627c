"""The open data as tables: one row a line of a published release, with everything that says where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from datasets.models import Contract, Debt, ExpenditureLine, Kind, PublicBody, Release, RevenueLine, Sanction, Work
from datasets.privacy import cover
from datasets.selectors import published_releases
from datasets.selectors.releases import in_releases

CHUNK = 2_000
SLICE = ("municipality", "publisher", "year", "period", "document", "breakdown", "release", "version")
PLACE = ("source_row", "file", "file_sha256")


@dataclass(frozen=True)
class TableOf:
    """A kind of data: its file, its own columns and how a line fills them."""

    name: str
    kind: str
    model: Any
    columns: Sequence[str]
    fill: Callable[[Any], list[Any]]
    labels: Sequence[str]

    @property
    def headings(self) -> list[str]:
        return [*SLICE, *self.columns, *PLACE]

    def rows(self, releases: Sequence[Release]) -> Iterator[list[Any]]:
        """Streamed, release by release: no more than a chunk of lines is in memory."""
        for release in releases:
            before, after = _slice(release), _file(release)
            found = self.model._default_manager.filter(**in_releases([release])).select_related(*self.labels)
            for line in found.order_by("line_no").iterator(CHUNK):
                yield [*before, *self.fill(line), line.source_row, *after]


def releases_of(kind: str, body: PublicBody | None = None) -> list[Release]:
    return list(published_releases(public_body=body, kind=kind).order_by("public_body", "year", "pk"))


def _slice(release: Release) -> list[Any]:
    body = release.public_body
    return [
        body.municipality_id or "",
        body.slug,
        release.year,
        release.period,
        release.document,
        release.breakdown,
        release.pk,
        release.version,
    ]


def _file(release: Release) -> list[Any]:
    file = release.ingest.file
    return [file.original_name, file.sha256]


def _label(label: Any) -> list[str]:
    return [label.code or label.published_code, cover(label.name)] if label is not None else ["", ""]


def _budget(model: Any) -> Callable[[Any], list[Any]]:
    def fill(line: Any) -> list[Any]:
        told = [text for name in model.LABELS for text in _label(getattr(line, name))]
        return [*told, *[getattr(line, moment) for moment in model.MOMENTS]]

    return fill


def _columns(model: Any) -> list[str]:
    return [f"{name}_{part}" for name in model.LABELS for part in ("code", "name")] + list(model.MOMENTS)


CONTRACT_TEXTS = ("procedure_number", "contract_number", "method", "method_raw", "category_raw", "title", "buyer_unit")
CONTRACT_COLUMNS = (
    *CONTRACT_TEXTS, "supplier_name", "supplier_rfc", "award_date", "signed_on", "starts_on", "ends_on",
    "amount", "currency", "tax_basis",
)  # fmt: skip
CODES = ("procedure_number", "contract_number", "method")


def _contract(line: Contract) -> list[Any]:
    texts = [getattr(line, name) if name in CODES else cover(getattr(line, name)) for name in CONTRACT_TEXTS]
    supplier = line.supplier
    name = cover(line.supplier_name or (supplier.name if supplier else ""))
    dates = [line.award_date, line.signed_on, line.starts_on, line.ends_on]
    rfc = supplier.public_rfc if supplier else ""
    return [*texts, name, rfc, *dates, line.amount, line.currency, line.tax_basis]


WORK_COLUMNS = (
    "code", "name", "description", "type_raw", "branch", "unit", "programme", "location", "state_code",
    "municipality_code", "municipality_raw", "latitude", "longitude", "physical_progress", "financial_progress",
    *Work.AMOUNTS, "cycle", "starts_on", "ends_on", "status_raw", "contract_number", "supplier_name", "url",
)  # fmt: skip
DEBT_COLUMNS = (
    "is_none", "name", "group", "type_raw", "creditor", "debtor", "purpose", "guarantee", "rate_raw", "term_raw",
    *Debt.AMOUNTS, "signed_on", "matures_on", "notes", "url",
)  # fmt: skip
SANCTION_COLUMNS = (
    "supplier_name", "authority", "file_number", "facts", "outcome", "outcome_raw", "notified_on", "resolved_on",
    "starts_on", "ends_on", "term_raw", "term_months", "fine", "url",
)  # fmt: skip


def _listed(columns: Sequence[str]) -> Callable[[Any], list[Any]]:
    """A row of a register as it is kept, its texts without what is personal in them."""

    def fill(line: Any) -> list[Any]:
        values = [getattr(line, name) for name in columns]
        return [cover(value) if isinstance(value, str) else value for value in values]

    return fill


EXPENDITURE = TableOf(
    "gasto",
    Kind.EXPENDITURE,
    ExpenditureLine,
    _columns(ExpenditureLine),
    _budget(ExpenditureLine),
    ExpenditureLine.LABELS,
)
REVENUE = TableOf(
    "ingresos", Kind.REVENUE, RevenueLine, _columns(RevenueLine), _budget(RevenueLine), RevenueLine.LABELS
)
CONTRACTS = TableOf("contratos", Kind.CONTRACTS, Contract, CONTRACT_COLUMNS, _contract, ("supplier",))
WORKS = TableOf("obras", Kind.WORKS, Work, WORK_COLUMNS, _listed(WORK_COLUMNS), ())
DEBT = TableOf("deuda", Kind.DEBT, Debt, DEBT_COLUMNS, _listed(DEBT_COLUMNS), ())
SANCTIONS = TableOf("sanciones", Kind.SANCTIONS, Sanction, SANCTION_COLUMNS, _listed(SANCTION_COLUMNS), ())
TABLES = (EXPENDITURE, REVENUE, CONTRACTS, WORKS, DEBT, SANCTIONS)
