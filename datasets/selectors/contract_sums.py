"""Sums of contracts, by currency and never added across: from the cells of lists, and of what filters leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext

from datasets.models import BANDS, Contract, ContractCell, Release, Supplier
from gesoc.common.moments import present

from .cells import sum_stated
from .contracts import ContractFilters, contracts
from .releases import in_releases


@dataclass(frozen=True, slots=True)
class ContractTotal:
    """Contracts under one heading in one currency. `amount` is None where none of them states one.

    `direct` is told of suppliers on a page alone: what of it was by direct award, None where no procedure is stated.
    """

    key: str
    name: str
    currency: str
    amount: Decimal | None
    line_count: int
    direct: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Awarded:
    """How contracts in one currency were awarded: in number, and in money.

    `known` is what states its procedure, `direct` what of it was awarded without competition: both None where no share of
    them would be true, because those of one side state no amounts or a procedure adds up to less than nothing.
    """

    contracts: int  # that state their procedure
    direct_contracts: int
    silent: int  # that do not
    known: Decimal | None
    direct: Decimal | None


def awarded(parts: Iterable[ContractTotal | ContractCell]) -> Awarded:
    """From sums by procedure."""
    counts: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    for one in parts:
        counts[one.key] += one.line_count
        if one.key and one.amount is not None:
            sums[one.key] = sums.get(one.key, Decimal(0)) + one.amount
    direct, silent = counts[Contract.Method.DIRECT], counts[""]
    contracts = counts.total() - silent
    is_whole = (not direct or Contract.Method.DIRECT in sums) and (
        contracts == direct or sums.keys() - {Contract.Method.DIRECT}
    )
    if not sums or not is_whole or min(sums.values()) < 0:
        return Awarded(contracts, direct, silent, None, None)
    known = sum(sums.values(), Decimal(0))
    return Awarded(contracts, direct, silent, known, sums.get(Contract.Method.DIRECT, Decimal(0)))


def contract_totals(*, releases: Iterable[Release], by: str) -> list[ContractTotal]:
    """Sums by method, month or supplier (one query more for their names), or by the year of the release."""
    cells = ContractCell.objects.filter(**in_releases(releases))
    if by == "year":
        found = cells.filter(by=ContractCell.By.METHOD).values("currency", heading=F("release__year"))
    else:
        heading = _counted_as() if by == ContractCell.By.SUPPLIER else F("key")
        found = cells.filter(by=by).values("currency", heading=heading)
    rows = found.annotate(total=Sum("amount"), contracts=Sum("line_count"))
    told = [
        ContractTotal(str(row["heading"]), "", row["currency"], row["total"], row["contracts"]) for row in list(rows)
    ]
    names = _names(by, [one.key for one in told])
    in_order = sorted(told, key=lambda one: (one.currency, *_place(by, one.key, one.amount)))
    return [replace(one, name=names.get(one.key, one.key)) for one in in_order]


def _counted_as() -> Coalesce:
    """The key of the supplier that a cell's own is counted with; its own where it is counted with no other."""
    own = Cast(NullIf(OuterRef("key"), Value("")), BigIntegerField())
    merged = Supplier.objects.filter(pk=own, merged_into__isnull=False).order_by().values("merged_into_id")
    return Coalesce(Cast(Subquery(merged), CharField()), F("key"))


def top_suppliers(*, releases: Iterable[Release], currency: str = "MXN", limit: int = 10) -> list[ContractTotal]:
    """Those paid most in one currency, largest first. Two queries; no more than these are read."""
    top = _sums(_supplier_rows(releases, currency)[:limit], currency)
    names = _names(ContractCell.By.SUPPLIER, [one.key for one in top])
    return [replace(one, name=names.get(one.key, one.key)) for one in top]


def _supplier_rows(releases: Iterable[Release], currency: str) -> QuerySet[ContractCell, Any]:
    cells = ContractCell.objects.filter(**in_releases(releases), by=ContractCell.By.SUPPLIER, currency=currency)
    rows = cells.exclude(key="").order_by().values(whose=_counted_as())
    summed = rows.annotate(total=Sum("amount"), n=Sum("line_count"))
    return summed.order_by(F("total").desc(nulls_last=True), "whose")


def _sums(rows: Iterable[dict[str, Any]], currency: str) -> list[ContractTotal]:
    return [ContractTotal(row["whose"], "", currency, row["total"], row["n"]) for row in rows]


@dataclass(frozen=True, slots=True)
class FilteredTotals:
    """What filters leave: how many contracts, and of one currency what they add up to and who got most, without names."""

    contracts: int
    amount: Decimal | None
    top: list[ContractTotal]


DIRECT = Case(When(method=Contract.Method.DIRECT, then=F("amount")), When(method__gt="", then=Decimal(0)))


def totals_of(
    rows: Sequence[Contract], *, counted_with: Mapping[str, str], currency: str, limit: int = 10
) -> FilteredTotals:
    """What `filtered_totals` tells of contracts that are here already, where they are all that filters leave. No query."""
    mine = [one for one in rows if one.currency == currency]
    by_supplier: dict[str, list[Contract]] = {}
    for one in mine:
        if one.supplier_id is not None:
            by_supplier.setdefault(counted_with.get(str(one.supplier_id), str(one.supplier_id)), []).append(one)
    told = [
        ContractTotal(key, "", currency, _stated(some), len(some), sum_stated(map(_direct, some)))
        for key, some in by_supplier.items()
    ]
    in_order = sorted(told, key=lambda one: (one.amount is None, -(one.amount or 0), int(one.key)))
    return FilteredTotals(len(rows), _stated(mine), in_order[:limit])


def _stated(rows: Iterable[Contract]) -> Decimal | None:
    return sum_stated(one.amount for one in rows)


def _direct(one: Contract) -> Decimal | None:
    """As `DIRECT` tells it."""
    return one.amount if one.method == Contract.Method.DIRECT else Decimal(0) if one.method else None


class _Sum(Func):
    function = "SUM"
    window_compatible = True
    arity = 1


class SumOfAll(Window):
    """Of an aggregate, over all groups: also those beyond the first ones that are read."""

    def __init__(self, aggregate: Aggregate, partition_by: str | None = None) -> None:
        super().__init__(_Sum(aggregate), partition_by=partition_by)

    def get_group_by_cols(self) -> list[Any]:
        return []  # it stands after the grouping


def filtered_totals(filters: ContractFilters, *, currency: str, limit: int = 10) -> FilteredTotals:
    """One question, in one pass over the contracts; they are not read again to be counted."""
    found = contracts(filters).order_by()
    rows = found.values_list("currency", Coalesce("supplier__merged_into_id", "supplier_id")).annotate(
        total=Sum("amount"),
        n=Count("line_no"),
        direct=Sum(DIRECT),
        whole=SumOfAll(Sum("amount"), partition_by="currency"),
        everything=SumOfAll(Count("line_no")),
    )
    elsewhere = Case(When(currency=currency, then=0), default=1, output_field=IntegerField())
    in_order = rows.order_by(
        elsewhere, F("total").desc(nulls_last=True), Coalesce("supplier__merged_into_id", "supplier_id")
    )
    read = list(in_order[: limit + 1])  # one of them may be of contracts without a supplier
    mine = [row for row in read if row[0] == currency]
    top = [
        ContractTotal(str(key), "", currency, total, n, direct)
        for _c, key, total, n, direct, *_all in mine
        if key is not None
    ]
    return FilteredTotals(int(read[0][6]) if read else 0, mine[0][5] if mine else None, top[:limit])


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


@dataclass(frozen=True, slots=True)
class Band:
    """Contracts from one amount up to, but without, another; `methods` counts them by procedure."""

    least: Decimal | None
    below: Decimal | None
    contracts: int
    amount: Decimal
    methods: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A cell, or several of a heading and currency added up."""

    key: str
    currency: str
    amount: Decimal | None
    line_count: int
    direct: Decimal | None


def _named(rows: Sequence[_Row], names: Mapping[str, str]) -> list[ContractTotal]:
    """By currency, then by key."""
    return [
        ContractTotal(one.key, names.get(one.key, one.key), one.currency, one.amount, one.line_count)
        for one in sorted(_added(rows), key=lambda one: (one.currency, one.key))
    ]


class ContractSums:
    """All that the cells of a body's lists tell: procedures of every year, and of some of the lists what they tell besides;
    suppliers as they are counted in `version` of the data. One query."""

    def __init__(self, releases: Sequence[Release], chosen: Sequence[Release], *, version: int) -> None:
        self._version = version
        self._methods: dict[int, list[_Row]] = {}
        self._others: dict[str, list[_Row]] = {}
        years = {one.pk: one.year for one in releases}
        for release, by, *cell in _cells(releases, chosen):
            row = _Row(*cell)
            if by == ContractCell.By.METHOD:
                self._methods.setdefault(years[release], []).append(row)
                continue
            if by == ContractCell.By.SUPPLIER:
                row = replace(row, key=self.counted_with.get(row.key, row.key))
            self._others.setdefault(by, []).append(row)

    @cached_property
    def counted_with(self) -> Mapping[str, str]:
        return counted_with(self._version, present())

    @cached_property
    def methods_by_year(self) -> dict[int, list[ContractTotal]]:
        """By procedure and currency."""
        names = {value: str(label) for value, label in Contract.Method.choices}
        return {year: _named(rows, names) for year, rows in sorted(self._methods.items())}

    @cached_property
    def months(self) -> list[ContractTotal]:
        return _named(self._others.get(ContractCell.By.MONTH, []), {"": gettext("Not stated")})

    def suppliers(self, currency: str) -> list[ContractTotal]:
        """What each named supplier got, largest first, under its key and still without its name."""
        mine = [one for one in self._others.get(ContractCell.By.SUPPLIER, ()) if one.key and one.currency == currency]
        in_order = sorted(_added(mine), key=lambda one: (one.amount is None, -(one.amount or 0), one.key))
        return [ContractTotal(one.key, "", currency, one.amount, one.line_count, one.direct) for one in in_order]

    def bands(self, currency: str) -> list[Band]:
        """How many contracts are small and how many large."""
        found: dict[str, dict[str, _Row]] = {}
        mine = [one for one in self._others.get(ContractCell.By.BAND, ()) if one.currency == currency]
        for one in _added(mine):
            least, _colon, method = one.key.partition(":")
            found.setdefault(least, {})[method] = one
        ends = (None, *BANDS, None)
        return [_band(ends[at], ends[at + 1], found.get(str(ends[at] or 0), {})) for at in range(len(BANDS) + 1)]


def _band(least: int | None, below: int | None, methods: Mapping[str, _Row]) -> Band:
    return Band(
        least=None if least is None else Decimal(least),
        below=None if below is None else Decimal(below),
        contracts=sum(one.line_count for one in methods.values()),
        amount=sum((one.amount for one in methods.values() if one.amount is not None), Decimal(0)),
        methods={method: one.line_count for method, one in methods.items()},
    )


def _cells(releases: Sequence[Release], chosen: Sequence[Release]) -> Iterable[tuple[Any, ...]]:
    """Two looks into the key in one question: one question of all would read the suppliers of every year."""
    by = ContractCell.By
    columns = ("release_id", "by", "key", "currency", "amount", "line_count", "direct_amount")
    methods = ContractCell.objects.filter(by=by.METHOD, **in_releases(releases)).values_list(*columns)
    others = ContractCell.objects.filter(by__in=[by.MONTH, by.SUPPLIER, by.BAND], **in_releases(chosen))
    return methods.union(others.values_list(*columns), all=True) if chosen else methods


@lru_cache(maxsize=2)
def counted_with(version: int, moment: float) -> dict[str, str]:
    """The keys of suppliers that somebody said are another one, and of whom: as many as people have merged, which a process
    knows for a minute while the data stay the same. One query."""
    merged = Supplier.objects.filter(merged_into__isnull=False).order_by().values_list("pk", "merged_into_id")
    return {str(pk): str(root) for pk, root in merged}


def _added(rows: Iterable[_Row]) -> list[_Row]:
    """Those of the same heading and currency, of several lists, in one. An amount is unknown where none of them states one."""
    found: dict[tuple[str, str], _Row] = {}
    for one in rows:
        known = found.get((one.key, one.currency))
        if known:
            amount, direct = sum_stated([known.amount, one.amount]), sum_stated([known.direct, one.direct])
            one = _Row(one.key, one.currency, amount, known.line_count + one.line_count, direct)
        found[one.key, one.currency] = one
    return list(found.values())
