"""What indicators are computed from: a year's contracts in one read, a year's ledger from its chosen release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models.functions import Coalesce

from datasets.models import Contract, ExpenditureCell, Kind, ProcurementCap, PublicBody, Release, RevenueCell
from datasets.selectors.contracts import contract_releases
from datasets.selectors.laws import Barred, barred_suppliers, caps_of
from datasets.selectors.releases import choose_release, in_releases, published_releases

from .base import Row

WHOLE_YEAR = ("annual", "Q4")
# In which of its moments a part of the money is told, best first.
SPENDING_MOMENTS = ("accrued", "exercised", "paid", "modified", "approved", "reported")
INCOME_MOMENTS = ("collected", "accrued", "modified", "estimated", "reported")


class Award(NamedTuple):
    """A contract in pesos. `supplier` is the number of its address, never the key."""

    release_id: int
    line_no: int
    fingerprint: str
    method: str
    supplier: int | None
    supplier_name: str
    title: str
    amount: Decimal | None
    awarded: date | None
    signed: date | None
    starts: date | None
    ends: date | None
    url: str
    category: str = ""
    without_tax: Decimal | None = None
    with_tax: Decimal | None = None

    @property
    def row(self) -> Row:
        return Row(self.release_id, self.line_no, self.fingerprint)

    @property
    def day(self) -> date | None:
        return self.signed or self.awarded or self.starts


@dataclass(frozen=True)
class Awards:
    """All contracts in pesos that a body's lists of one year hold."""

    year: int
    releases: Sequence[int]
    lines: Sequence[Award]
    caps: Sequence[ProcurementCap] = ()  # confirmed, of direct awards
    # By the number of the supplier; None where no register of sanctions is published at all.
    barred: Mapping[int, Sequence[Barred]] | None = None

    @cached_property
    def priced(self) -> list[Award]:
        return [one for one in self.lines if one.amount is not None and one.amount > 0]

    @cached_property
    def amount(self) -> Decimal:
        return sum((one.amount or Decimal(0) for one in self.priced), Decimal(0))

    @cached_property
    def by_supplier(self) -> dict[int, list[Award]]:
        found: dict[int, list[Award]] = defaultdict(list)
        for one in self.priced:
            if one.supplier is not None:
                found[one.supplier].append(one)
        return dict(found)


COLUMNS = (
    "release_id",
    "line_no",
    "fingerprint",
    "method",
    Coalesce("supplier__merged_into__number", "supplier__number"),
    "supplier_name",
    "title",
    "amount",
    "award_date",
    "signed_on",
    "starts_on",
    "ends_on",
    "url",
    "category_raw",
    "amount_without_tax",
    "amount_with_tax",
)


def awards_of(body: PublicBody, year: int) -> Awards | None:
    """One read along the key, and what the law says beside it; None where nothing is published."""
    releases = list(contract_releases(public_body=body).filter(year=year).order_by("pk").values_list("pk", flat=True))
    if not releases:
        return None
    lines = Contract.objects.filter(public_body=body, release__in=releases, currency="MXN")
    rows = lines.order_by("release_id", "line_no").values_list(*COLUMNS)
    awards = [Award(*row) for row in rows.iterator(chunk_size=5_000)]
    return Awards(year, releases, awards, caps_of(body, method=Contract.Method.DIRECT), barred_suppliers(lines))


Parts = Mapping[str, Mapping[str, Decimal]]  # key of a cell -> moment -> amount


@dataclass(frozen=True)
class Ledger:
    """A year's chosen release, its totals, and its amounts by chapter (or rubro) and moment."""

    year: int
    release: Release
    totals: Mapping[str, Decimal]
    parts: Parts
    third_quarter: Release | None = None
    concepts: Parts = field(default_factory=dict)
    # Of the release that tells the parts, where a better one tells the whole.
    told_by: Ledger | None = None

    @property
    def told(self) -> Ledger:
        return self.told_by or self

    @property
    def releases(self) -> list[int]:
        others = [self.third_quarter.pk] if self.third_quarter else []
        return [self.release.pk, *others, *(self.told_by.releases if self.told_by else ())]

    @property
    def is_over(self) -> bool:
        return self.release.period in WHOLE_YEAR


def spending_of(body: PublicBody, year: int) -> Ledger | None:
    whole, teller = _chosen(body, Kind.EXPENDITURE, year, "chapter")
    if whole is None:
        return None
    quarter = _third_quarter(whole)
    if teller is None:
        return Ledger(year, whole, _totals(whole), {}, quarter)
    # A concept's cell may bear a chapter's key, for what is told by chapter alone: the two are never one.
    parts: dict[str, dict[str, dict[str, Decimal]]] = {"chapter": {}, "concept": {}}
    cells = ExpenditureCell.objects.filter(**in_releases([teller]), by__in=list(parts)).exclude(key="")
    for cell in cells:
        parts[cell.by][cell.key] = _stated(cell, SPENDING_MOMENTS)
    told = Ledger(year, teller, _totals(teller), parts["chapter"], concepts=parts["concept"])
    return _together(whole, told, quarter)


def income_of(body: PublicBody, year: int) -> Ledger | None:
    whole, teller = _chosen(body, Kind.REVENUE, year, "rubro")
    if whole is None:
        return None
    if teller is None:
        return Ledger(year, whole, _totals(whole), {})
    cells = RevenueCell.objects.filter(**in_releases([teller]), by="rubro").exclude(key="")
    parts = {cell.key: _stated(cell, INCOME_MOMENTS) for cell in cells}
    return _together(whole, Ledger(year, teller, _totals(teller), parts))


def _chosen(body: PublicBody, kind: str, year: int, by: str) -> tuple[Release | None, Release | None]:
    """What tells the whole best, and what tells its parts; the same one where it is of no lesser document or period."""
    best = choose_release(public_body=body, kind=kind, year=year)
    teller = choose_release(public_body=body, kind=kind, year=year, by=by)
    if best and teller and (best.document, best.period) == (teller.document, teller.period):
        return teller, teller
    return best, teller


def _together(whole: Release, told: Ledger, quarter: Release | None = None) -> Ledger:
    if told.release == whole:
        return replace(told, third_quarter=quarter)
    return Ledger(told.year, whole, _totals(whole), {}, quarter, told_by=told)


def _stated(cell: ExpenditureCell | RevenueCell, moments: Sequence[str]) -> dict[str, Decimal]:
    return {moment: value for moment in moments if (value := getattr(cell, moment)) is not None}


def _totals(release: Release) -> dict[str, Decimal]:
    return {moment: Decimal(value) for moment, value in release.totals.items()}


def _third_quarter(release: Release) -> Release | None:
    """What the same body had accrued by September: told as the whole year is, else under whichever classification."""
    found = published_releases(public_body=release.public_body, kind=release.kind).filter(
        year=release.year, period="Q3"
    )
    stated = [one for one in found if "accrued" in one.totals]
    return max(stated, key=lambda one: (one.breakdown == release.breakdown, one.pk), default=None)


def inputs_of(family: str, body: PublicBody, year: int) -> Awards | Ledger | None:
    return {"contracts": awards_of, "spending": spending_of, "income": income_of}[family](body, year)
