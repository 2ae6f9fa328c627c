"""Values of indicators and the flags that stand, with how common they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.db.models import Count, F, Q, QuerySet

from datasets.indicators import CATALOGUE, Indicator
from datasets.indicators.base import ALL_ROWS, SUM_OF_ALL
from datasets.models import Contract, Flag, FlagRow, IndicatorValue, PublicBody


@dataclass(frozen=True, slots=True)
class BaseRate:
    """Of how many years of public bodies an indicator could be told, and in how many it raised a question."""

    asked: int
    known: int
    flagged: int
    middle: Decimal | None

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.flagged) / self.known * 100 if self.known else None


def base_rates() -> dict[str, BaseRate]:
    """For every indicator of the catalogue. Three queries."""
    rows = IndicatorValue.objects.order_by().values_list("indicator")
    counted = rows.annotate(asked=Count("id"), known=Count("id", filter=Q(reason="")))
    counts = {code: (asked, known) for code, asked, known in counted}
    years: dict[str, set[tuple[int, int]]] = {}
    for code, body, year in Flag.objects.standing().order_by().values_list("indicator", "public_body_id", "year"):
        years.setdefault(code, set()).add((body, year))
    values: dict[str, list[Decimal]] = {}
    for code, value in IndicatorValue.objects.filter(reason="").order_by().values_list("indicator", "value"):
        if value is not None:
            values.setdefault(code, []).append(value)
    return {
        code: BaseRate(
            asked=counts.get(code, (0, 0))[0],
            known=counts.get(code, (0, 0))[1],
            flagged=len(years.get(code, ())),
            middle=median(values[code]) if code in values else None,
        )
        for code in CATALOGUE
    }


def indicator_values(*, indicator: Indicator) -> QuerySet[IndicatorValue]:
    """What is known of every body's year, highest first."""
    found = IndicatorValue.objects.filter(indicator=indicator.code, reason="")
    return found.select_related("public_body__municipality__state").order_by("-value", "public_body_id", "-year")


def indicator_reasons(indicator: Indicator) -> list[tuple[str, int]]:
    """Why it could not be told, and how often."""
    found = IndicatorValue.objects.filter(indicator=indicator.code).exclude(reason="").order_by()
    return sorted(found.values_list("reason").annotate(n=Count("id")), key=lambda one: -one[1])


def years_of_indicators(body: PublicBody) -> list[int]:
    return list(
        IndicatorValue.objects.filter(public_body=body).order_by("-year").values_list("year", flat=True).distinct()
    )


def flags_by_year(body: PublicBody) -> dict[int, int]:
    """How many questions stand, in the years in which one does."""
    return dict(flags(body=body).order_by().values_list("year").annotate(n=Count("id")))


def values_of(body: PublicBody, year: int) -> list[IndicatorValue]:
    """In the order of the catalogue; what is of an older catalogue is left out."""
    order = list(CATALOGUE)
    found = IndicatorValue.objects.filter(public_body=body, year=year, indicator__in=order)
    return sorted(found, key=lambda one: order.index(one.indicator))


def flags(*, body: PublicBody | None = None, year: int | None = None) -> QuerySet[Flag]:
    """Standing flags of the catalogue as it is."""
    found = Flag.objects.standing().filter(indicator__in=list(CATALOGUE))
    if body is not None:
        found = found.filter(public_body=body)
    if year is not None:
        found = found.filter(year=year)
    return found.select_related("public_body__municipality__state")


def flags_of_contract(contract: Contract) -> list[Flag]:
    """The questions that rest on this contract, among others. One query."""
    rows = FlagRow.objects.filter(public_body=contract.public_body_id, fingerprint=contract.fingerprint)
    return list(flags().filter(pk__in=rows.values("flag")).order_by("indicator", "id"))


def flags_of_supplier(number: int, limit: int = 20) -> list[Flag]:
    """The questions that name the supplier."""
    return list(flags().filter(subject=f"proveedor-{number}").order_by("-year", "indicator", "id")[:limit])


def contracts_behind(flag: Flag) -> list[Contract]:
    """The rows on which a question rests, largest first. Two queries."""
    rows = list(flag.rows.values_list("release_id", "line_no"))
    wanted = Q(pk__in=[])
    for release, lines in _by_release(rows).items():
        wanted |= Q(release_id=release, line_no__in=lines)
    found = Contract.objects.filter(wanted, public_body=flag.public_body_id)
    largest_first = F("amount").desc(nulls_last=True), "release_id", "line_no"
    return list(found.select_related("supplier", "public_body", "release").order_by(*largest_first))


def _by_release(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for release, line in rows:
        found.setdefault(release, []).append(line)
    return found


def sum_behind(flag: Flag, contracts: Sequence[Contract]) -> tuple[int, Decimal | None]:
    """How many contracts a question rests on and what they add up to, though `contracts` be only the largest."""
    stated = [one.amount for one in contracts if one.amount is not None]
    return _of_all(flag) or (len(contracts), sum(stated, Decimal(0)) if stated else None)


def _of_all(flag: Flag) -> tuple[int, Decimal | None] | None:
    """The number and the sum that were kept with a question whose rows were too many to keep."""
    if ALL_ROWS not in flag.params:
        return None
    amount = flag.params.get(SUM_OF_ALL)
    return int(flag.params[ALL_ROWS]), None if amount is None else Decimal(amount)


def flag_sums(found: Iterable[Flag]) -> dict[int, tuple[int, Decimal | None]]:
    """For each flag how many contracts it rests on and what they add up to. Two queries."""
    found = list(found)
    told = {flag.pk: of_all for flag in found if (of_all := _of_all(flag))}
    rows = FlagRow.objects.filter(flag__in=[flag.pk for flag in found if flag.pk not in told])
    counts = dict(rows.order_by().values_list("flag").annotate(n=Count("id")))
    keys = list(rows.values_list("flag_id", "public_body_id", "release_id", "line_no"))
    wanted = Q(pk__in=[])
    for (body, release), lines in _by_slice(keys).items():
        wanted |= Q(public_body_id=body, release_id=release, line_no__in=lines)
    amounts = {
        (one[0], one[1]): one[2]
        for one in Contract.objects.filter(wanted).values_list("release_id", "line_no", "amount")
    }
    sums: dict[int, Decimal | None] = {}
    for flag, _body, release, line in keys:
        value = amounts.get((release, line))
        if value is not None:
            sums[flag] = (sums.get(flag) or Decimal(0)) + value
    return told | {flag: (n, sums.get(flag)) for flag, n in counts.items()}


def _by_slice(keys: Iterable[tuple[int, int, int, int]]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for _flag, body, release, line in keys:
        found.setdefault((body, release), []).append(line)
    return found
