"""Figures of one supplier: who buys from it, and when. One currency at a time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext

from datasets import narration, sentences
from datasets.models import Contract
from datasets.selectors import Buyer, SupplierYear
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, KeyEntry, Table, link, row

from .contracts import SHADES, ContractsView, method_name, part_of
from .sources import provenances

Method = Contract.Method


def buyer_name(buyer: Buyer) -> str:
    """As its dashboard calls it."""
    body = buyer.body
    return str(body.municipality) if body.is_municipal_government else body.name


def buyers(view: ContractsView, found: Sequence[Buyer], csv_url: str) -> Figure:
    """Who pays, and how much of what each of them contracted goes here."""
    mine = [one for one in found if one.currency == view.currency]
    scale = view.scale([one.amount for one in mine])
    largest = max((one.amount for one in mine if one.amount is not None), default=Decimal(0))
    columns = [
        Column(gettext("Public body")),
        Column(gettext("Contracts"), "n opt"),
        Column(scale.heading, "n"),
        Column(gettext("Of all it contracted"), "n"),
        Column(gettext("Without competition"), "n opt"),
        Column("", is_bar=True),
    ]
    rows = [
        row(
            columns,
            [
                link(buyer_name(one), one.body.get_absolute_url()),
                money.number(one.contracts),
                scale.cell(one.amount),
                money.percent(part_of(one.amount, one.whole)),
                money.percent(direct_share(one)),
                charts.inline_bar(one.amount, largest, _shade(one)) if one.amount is not None else "",
            ],
        )
        for one in mine
    ]
    return Figure(
        key="compradores",
        title=_buyers_title(view, mine),
        subtitle=gettext("Amount by public body, %(period)s, %(unit)s") % {"period": view.period, "unit": view.unit},
        table=Table(
            "t-compradores",
            gettext("Who buys from it"),
            columns,
            rows,
            hide_caption=True,
        ),
        sources=provenances(view.releases),
        notes=_contrast(mine),
        csv_url=csv_url,
        csv_headings=[
            gettext("public body"),
            gettext("currency"),
            gettext("contracts"),
            gettext("amount"),
            gettext("amount without competition"),
            gettext("all that the body contracted"),
            gettext("first year"),
            gettext("last year"),
        ],
        csv_rows=[
            [
                one.body.name,
                one.currency,
                one.contracts,
                one.amount,
                one.direct_amount,
                one.whole,
                one.first_year,
                one.last_year,
            ]
            for one in found
        ],
    )


def _contrast(mine: Sequence[Buyer]) -> list[str]:
    if not any(_shade(one) == "f2" for one in mine):
        return []
    return [gettext("In the colour of contrast, more than half of the amount was awarded without competition.")]


def direct_share(one: Buyer) -> Decimal | None:
    """What came without competition, of what states its procedure."""
    return part_of(one.direct_amount, one.stated)


def _shade(one: Buyer) -> str:
    direct = direct_share(one)
    return "f2" if direct is not None and direct > 50 else "f1"


def _buyers_title(view: ContractsView, mine: Sequence[Buyer]) -> str:
    if not mine or mine[0].amount is None:
        return gettext("The contracts published do not say how much each body paid")
    first = mine[0]
    part = part_of(first.amount, first.whole)
    named = {
        "count": money.number(len(mine)),
        "name": buyer_name(first),
        "amount": view.say(first.amount),
        "pesos": sentences.of_100(part) if part is not None else "",
    }
    if not any(one.amount for one in mine):
        return gettext("The published figures add up to zero")
    if len(mine) == 1 and part is None:
        return gettext("%(name)s contracted %(amount)s with this supplier") % named
    if len(mine) == 1:
        return gettext("Of every 100 pesos that %(name)s contracted, %(pesos)s were for this supplier") % named
    level = [buyer_name(one) for one in mine if one.amount == first.amount]
    if len(level) > 1:
        named["names"] = sentences.listed(level)
        return gettext("%(count)s public bodies buy from it; level at the top: %(names)s, %(amount)s each") % named
    if mine[-1].amount is None:
        return (
            gettext("%(count)s public bodies buy from it; of the amounts stated, %(name)s has most: %(amount)s") % named
        )
    if part is None:
        return gettext("%(count)s public bodies buy from it; %(name)s most: %(amount)s") % named
    return (
        gettext("%(count)s public bodies buy from it; %(name)s most, with %(pesos)s of every 100 pesos it contracted")
        % named
    )


def course(view: ContractsView, found: Sequence[SupplierYear], csv_url: str) -> Figure | None:
    """Year by year, by procedure; a single year tells no course."""
    mine = [one for one in found if one.currency == view.currency and one.amount is not None]
    years = sorted({one.year for one in mine})
    if not years:
        return None
    amounts = {year: sum((one.amount or Decimal(0) for one in mine if one.year == year), Decimal(0)) for year in years}
    scale = view.scale(list(amounts.values()))
    used = [method for method in SHADES if any(one.method == method for one in mine)]
    columns = [
        Column(gettext("Year")),
        Column(gettext("Contracts"), "n opt"),
        Column(scale.heading, "n"),
        Column("", is_bar=True),
    ]
    largest = max(amounts.values())
    rows = [
        row(
            columns,
            [
                year,
                money.number(sum(one.contracts for one in mine if one.year == year)),
                scale.cell(amounts[year]),
                _parts(mine, year, used, largest),
            ],
        )
        for year in years
    ]
    return Figure(
        key="anios",
        title=_course_title(view, amounts, {one.year for one in found if one.currency == view.currency}),
        subtitle=gettext("Amount by year and procedure, %(unit)s") % {"unit": view.unit},
        table=Table("t-anios", gettext("Amount by year"), columns, rows, hide_caption=True),
        key_list=[KeyEntry(charts.swatch(SHADES[method]), method_name(method)) for method in used],
        sources=provenances(view.releases),
        csv_url=csv_url,
        csv_headings=[
            gettext("year"),
            gettext("currency"),
            gettext("procedure"),
            gettext("contracts"),
            gettext("amount"),
        ],
        csv_rows=[[one.year, one.currency, method_name(one.method), one.contracts, one.amount] for one in found],
    )


def _parts(mine: Sequence[SupplierYear], year: int, used: Sequence[str], largest: Decimal) -> str:
    """A bar as long as the year is large, divided by procedure."""
    by_method = {one.method: one.amount or Decimal(0) for one in mine if one.year == year}
    return charts.stacked_bar([(by_method.get(method, Decimal(0)), SHADES[method]) for method in used], whole=largest)


def _course_title(view: ContractsView, amounts: dict[int, Decimal], years: set[int]) -> str:
    """`years`: with those of which no contract states an amount."""
    if len(amounts) == 1 and len(years) > 1:
        ((year, amount),) = amounts.items()
        return gettext("Only %(year)s states amounts: %(amount)s") % {"year": year, "amount": view.say(amount)}
    if len(amounts) == 1:
        ((year, amount),) = amounts.items()
        return gettext("All of it in %(year)s: %(amount)s") % {"year": year, "amount": view.say(amount)}
    most = max(amounts.values())
    level = [year for year, amount in amounts.items() if amount == most]
    if not any(amounts.values()):
        return gettext("The published figures add up to zero")
    if len(level) > 1:
        said = gettext("It got most in %(years)s: %(amount)s in each of these years")
        return said % {"years": narration.years_in_a_row(level), "amount": view.say(most)}
    (year,) = level
    return gettext("%(year)s is the year in which it got most: %(amount)s") % {"year": year, "amount": view.say(most)}
