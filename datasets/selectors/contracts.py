"""Contracts of published releases, and their sums: by currency, never added across."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext

from datasets.ingest.contract_lines import supplier_key
from datasets.models import Contract, ContractCell, Kind, PublicBody, Release, Supplier
from gesoc.common.text import tokens

from .releases import in_releases

QUARTER_MONTHS = {"Q1": "(01|02|03)", "Q2": "(04|05|06)", "Q3": "(07|08|09)", "Q4": "(10|11|12)"}
MAX_WORDS = 12
FEW = 1000  # as many rows as are quicker found by the index of their words than along the key
NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class ContractFilters:
    """What is asked for; an absent filter is None or empty."""

    public_body: PublicBody | None = None
    year: int | None = None
    method: str | None = None  # "" asks for contracts whose procedure is not stated
    supplier: str = ""
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    currency: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class ContractTotal:
    """Contracts under one heading in one currency. `amount` is None where none of them states one."""

    key: str
    name: str
    currency: str
    amount: Decimal | None
    line_count: int


def contract_releases(*, public_body: PublicBody | None = None) -> QuerySet[Release]:
    """Published releases of contracts that tell of different months: these may be listed and counted together.

    Contract lists, unlike statements, are not cumulative: four quarters make a year. But a whole year's list holds its
    quarters, and a quarter's list its months, so a list inside another published list of the body is left out.
    """
    found = Release.objects.published().filter(kind=Kind.CONTRACTS)
    if public_body is not None:
        found = found.filter(public_body=public_body)
    wider = Release.objects.published().filter(
        kind=Kind.CONTRACTS, public_body=OuterRef("public_body"), year=OuterRef("year")
    )
    in_year = Q(Exists(wider.filter(period="annual")))
    in_quarter = Q(Exists(wider.filter(period=OuterRef("quarter"))))
    found = found.alias(quarter=_quarter())
    return found.exclude(~Q(period="annual") & in_year).exclude(~Q(quarter="") & in_quarter)


def contracts(filters: ContractFilters | None = None) -> QuerySet[Contract]:
    """Published contracts, with their supplier, in the order of their key."""
    wanted = filters or ContractFilters()
    releases = contract_releases(public_body=wanted.public_body)
    found = Contract.objects.filter(release__in=releases.values("pk")).filter(_conditions(wanted))
    if wanted.public_body is not None:
        found = found.filter(public_body=wanted.public_body)
    return found.select_related("supplier", "public_body", "release").order_by(
        "public_body_id", "release_id", "line_no"
    )


def contract_totals(*, releases: Iterable[Release], by: str) -> list[ContractTotal]:
    """Sums by method, month or supplier (one query more for their names), or by the year of the release."""
    cells = ContractCell.objects.filter(**in_releases(releases))
    if by == "year":
        found = cells.filter(by=ContractCell.By.METHOD).values("currency", heading=F("release__year"))
    else:
        found = cells.filter(by=by).values("currency", heading=F("key"))
    rows = list(found.annotate(total=Sum("amount"), contracts=Sum("line_count")))
    names = _names(by, [str(row["heading"]) for row in rows])
    return [
        ContractTotal(
            key=str(row["heading"]),
            name=names.get(str(row["heading"]), str(row["heading"])),
            currency=row["currency"],
            amount=row["total"],
            line_count=row["contracts"],
        )
        for row in sorted(rows, key=lambda row: (row["currency"], *_place(by, row["heading"], row["total"])))
    ]


def contract_methods_by_year(*, releases: Iterable[Release]) -> dict[int, list[ContractTotal]]:
    """Sums by procedure and currency for each year of the releases. One query."""
    cells = ContractCell.objects.filter(**in_releases(releases), by=ContractCell.By.METHOD)
    rows = cells.values("currency", "key", year=F("release__year")).annotate(
        total=Sum("amount"), contracts=Sum("line_count")
    )
    names = {value: str(label) for value, label in Contract.Method.choices}
    found: dict[int, list[ContractTotal]] = {}
    for row in rows.order_by("year", "currency", "key"):
        one = ContractTotal(
            row["key"], names.get(row["key"], row["key"]), row["currency"], row["total"], row["contracts"]
        )
        found.setdefault(row["year"], []).append(one)
    return found


def top_suppliers(*, releases: Iterable[Release], currency: str = "MXN", limit: int = 10) -> list[ContractTotal]:
    """Those paid most in one currency, largest first. Two queries."""
    found = ContractCell.objects.filter(**in_releases(releases), by=ContractCell.By.SUPPLIER, currency=currency)
    sums = found.exclude(key="").values("key").annotate(total=Sum("amount"), contracts=Sum("line_count"))
    rows = list(sums.order_by(F("total").desc(nulls_last=True), "key")[:limit])
    names = _names(ContractCell.By.SUPPLIER, [row["key"] for row in rows])
    return [
        ContractTotal(row["key"], names.get(row["key"], row["key"]), currency, row["total"], row["contracts"])
        for row in rows
    ]


def _conditions(wanted: ContractFilters) -> Q:
    """Amounts are compared as stated, whatever the currency; name one to compare like with like."""
    asked = {
        "year": wanted.year,
        "method": wanted.method,
        "amount__gte": wanted.min_amount,
        "amount__lte": wanted.max_amount,
        "currency": wanted.currency or None,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    if wanted.q:
        conditions &= _with_words(wanted.q, everywhere=wanted.public_body is None)
    if wanted.supplier:
        conditions &= _of_supplier(wanted.supplier)
    return conditions


def _with_words(text: str, *, everywhere: bool) -> Q:
    """Contracts with the words. Over all bodies a rare word is looked up in its index, and a common one met soon enough
    on the way along the key: which it is costs one short query, as the planner cannot tell."""
    words = _prefixes(text)
    if words is None:
        return NOTHING
    if everywhere and Contract.objects.filter(_by_index(words))[: FEW + 1].count() <= FEW:
        return _by_index(words)
    return Q(search=words)


def _of_supplier(text: str) -> Q:
    """Words of the name, or a legal person's RFC: asking by a natural person's would tell whose it is."""
    rfc = text.strip().upper()
    if len(rfc) == 12 and (company := Supplier.objects.filter(rfc=rfc).exclude(is_natural_person=True).first()):
        return Q(supplier=company)
    # Suppliers are kept without their legal form, so that it may be written in any way, or not at all.
    words = _prefixes(supplier_key(text))
    if words is None:
        return NOTHING
    few = list(Supplier.objects.filter(_by_index(words)).order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        return Q(supplier__in=few)
    return Q(supplier__in=Supplier.objects.filter(search=words).values("pk"))


def _prefixes(text: str) -> SearchQuery | None:
    """Every word, or beginning of a word, in any order; accents and case do not matter."""
    words = [SearchQuery(f"'{word}':*", search_type="raw", config="simple") for word in tokens(text)[:MAX_WORDS]]
    return reduce(and_, words) if words else None


def _by_index(words: SearchQuery) -> Q:
    """The planner takes any one prefix for 2 % of a table, and would rather walk along its key. Said twice it is 0.04 %,
    and the index of the words is used."""
    return Q(search=words) & Q(search=words & words)


def _quarter() -> Case:
    """The quarter that a month's release lies in; empty for other periods."""
    months = [When(period__regex=rf"-{months}$", then=Value(quarter)) for quarter, months in QUARTER_MONTHS.items()]
    return Case(*months, default=Value(""), output_field=CharField())


def _names(by: str, keys: Sequence[str]) -> dict[str, str]:
    if by == ContractCell.By.METHOD:
        return {value: str(label) for value, label in Contract.Method.choices}
    names = {"": gettext("Not stated")}
    if by == ContractCell.By.SUPPLIER:
        ids = [int(key) for key in keys if key.lstrip("-").isdigit()]
        names |= {str(pk): name for pk, name in Supplier.objects.filter(pk__in=ids).values_list("pk", "name")}
    return names


def _place(by: str, heading: object, total: Decimal | None) -> tuple[object, ...]:
    """Months and years in their order, everything else by amount."""
    if by in ("month", "year"):
        return (str(heading),)
    return total is None, -(total or Decimal(0)), str(heading)
