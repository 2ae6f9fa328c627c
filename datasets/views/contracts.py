"""`/contratos/`: how contracts were awarded, when, to whom, and the list with its filters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext

from datasets import selectors
from datasets.figures import contracts as figures
from datasets.figures.contracts import ContractsView, method_name
from datasets.figures.sources import provenances, row_url
from datasets.models import Contract, Kind, Release
from datasets.selectors import ContractFilters, ContractTotal
from datasets.words import MONTHS
from gesoc.common import money
from gesoc.common.charts.frame import Column, Figure, Table, link, row
from gesoc.common.dates import day

from .choices import options, query_with
from .dashboards import DashboardView
from .public import public_text

PER_PAGE = 25
TOP = 10
NONE = "no-declarado"  # ?metodo= of contracts whose procedure is not stated
METHODS = {"directa": "direct", "invitacion": "limited", "licitacion": "open", NONE: ""}


class ContractsPage(DashboardView):
    section = "contracts"
    kind = Kind.CONTRACTS
    template_name = "datasets/contracts.html"

    def find_releases(self) -> list[Release]:
        if self.place.body is None:
            return []
        releases = selectors.contract_releases(public_body=self.place.body)
        return list(releases.select_related("public_body", "ingest__file__source").order_by("-year", "-id"))

    def page(self) -> dict[str, Any]:
        if not self.releases:
            return {"empty": True}
        page = Paginator(selectors.contracts(self.filters), PER_PAGE).get_page(self.params.get("pagina"))
        return {
            "figures": [self.procedures(), self.years_mix(), self.months(), self.suppliers(), self.listed(page)],
            "stats": self.stats(),
            "others": [self.other(one) for one in self.other_currencies],
            "filters": self.fields(),
            "filtered": any(self.params.get(name) for name in ("metodo", "proveedor", "min", "max", "q")),
            "values": {name: self.params.get(name, "") for name in ("q", "proveedor", "min", "max")},
            "page": page,
            "count": money.number(page.paginator.count),
            "unfiltered": query_with(self.params, metodo=None, proveedor=None, min=None, max=None, q=None),
            "query": query_with(self.params).removeprefix("?").removeprefix("."),
        }

    # -- what was chosen ------------------------------------------------------------------------------------------

    @cached_property
    def years(self) -> list[int]:
        return sorted({release.year for release in self.releases}, reverse=True)

    @cached_property
    def year(self) -> int | None:
        """None shows all years together."""
        given = self.params.get("anio", "")
        if given == "todos":
            return None
        return int(given) if given.isdecimal() and int(given) in self.years else self.years[0]

    @cached_property
    def chosen(self) -> list[Release]:
        return [release for release in self.releases if self.year in (None, release.year)]

    @cached_property
    def currency(self) -> str:
        """The one asked for, else that of most contracts."""
        counts: dict[str, int] = defaultdict(int)
        for one in self.methods:
            counts[one.currency] += one.line_count
        given = self.params.get("moneda", "")
        return given if given in counts else max(counts, key=lambda name: (counts[name], name == "MXN"), default="MXN")

    @cached_property
    def filters(self) -> ContractFilters:
        word = self.params.get("metodo", "")
        return ContractFilters(
            public_body=self.place.body,
            year=self.year,
            method=METHODS.get(word),
            supplier=self.params.get("proveedor", "").strip()[:200],
            min_amount=_amount(self.params.get("min", "")),
            max_amount=_amount(self.params.get("max", "")),
            currency=self.params.get("moneda", "") if self.params.get("moneda") == self.currency else "",
            q=self.params.get("q", "").strip()[:200],
        )

    # -- what was read --------------------------------------------------------------------------------------------

    @cached_property
    def by_year(self) -> dict[int, list[ContractTotal]]:
        """Sums by procedure for every year, from one query."""
        return selectors.contract_methods_by_year(releases=self.releases)

    @cached_property
    def methods(self) -> list[ContractTotal]:
        years = [self.year] if self.year else self.years
        return _added([one for year in years for one in self.by_year.get(year, [])])

    @cached_property
    def view(self) -> ContractsView:
        span = str(self.year) if self.year else f"{self.years[-1]}–{self.years[0]}"
        return ContractsView(self.chosen, self.currency, span)

    @cached_property
    def amount(self) -> Decimal | None:
        return figures.whole(figures.in_currency(self.methods, self.currency))

    @property
    def other_currencies(self) -> list[ContractTotal]:
        found: dict[str, list[ContractTotal]] = defaultdict(list)
        for one in self.methods:
            if one.currency != self.currency:
                found[one.currency].append(one)
        return [
            ContractTotal(currency, currency, currency, figures.whole(rows), sum(one.line_count for one in rows))
            for currency, rows in sorted(found.items())
        ]

    # -- the figures ----------------------------------------------------------------------------------------------

    def procedures(self) -> Figure:
        return figures.by_procedure(self.view, self.methods, self.csv_url("procedimiento"))

    def years_mix(self) -> Figure | None:
        view = ContractsView(self.releases, self.currency, f"{self.years[-1]}–{self.years[0]}")
        return figures.over_the_years(view, self.by_year, self.csv_url("anios"))

    def months(self) -> Figure | None:
        totals = selectors.contract_totals(releases=self.chosen, by="month")
        return figures.by_month(self.view, totals, [str(month) for month in MONTHS], self.csv_url("meses"))

    @cached_property
    def top(self) -> list[ContractTotal]:
        return selectors.top_suppliers(releases=self.chosen, currency=self.currency, limit=TOP)

    def suppliers(self) -> Figure | None:
        def link_to(one: ContractTotal) -> Any:
            return link(one.name, query_with(self.params, proveedor=one.name) + "#contratos")

        return figures.suppliers(self.view, self.top, self.amount, link_to, self.csv_url("proveedores"))

    def listed(self, page: Any) -> Figure:
        columns = [
            Column(gettext("Contract")),
            Column(gettext("Supplier")),
            Column(gettext("Procedure")),
            Column(gettext("Date"), "nw"),
            Column(gettext("Amount"), "n"),
        ]
        return Figure(
            key="contratos",
            title="",
            subtitle="",
            table=Table(
                "t-contratos",
                gettext("Contracts, page %(page)s of %(pages)s")
                % {"page": page.number, "pages": page.paginator.num_pages},
                columns,
                [row(columns, _contract(one)) for one in page],
                stacked=True,
            ),
            sources=provenances(self.chosen),
            csv_url=self.csv_url("contratos"),
            csv_headings=_headings(),
            csv_rows=_Rows(self.filters),
        )

    # -- words ----------------------------------------------------------------------------------------------------

    def stats(self) -> list[dict[str, str]]:
        count = sum(one.line_count for one in figures.in_currency(self.methods, self.currency))
        found = [
            {
                "label": gettext("Contracts, %(period)s") % {"period": self.view.period},
                "value": money.number(count),
                "text": gettext("Those published that state their amounts in %(unit)s.") % {"unit": self.view.unit},
            }
        ]
        if self.amount is not None:
            found.append(
                {
                    "label": gettext("Contracted, %(period)s") % {"period": self.view.period},
                    "value": self.view.say(self.amount),
                    "text": gettext("Sum of the amounts stated; a contract without an amount adds nothing."),
                }
            )
        return found

    def other(self, one: ContractTotal) -> dict[str, str]:
        text = gettext("%(count)s contracts in %(currency)s") % {
            "count": money.number(one.line_count),
            "currency": one.currency,
        }
        amount = money.currency_amount(one.amount, one.currency)
        return {"text": f"{text}: {amount}" if amount else text, "url": query_with(self.params, moneda=one.currency)}

    def fields(self) -> list[dict[str, Any]]:
        years = {str(year): str(year) for year in self.years}
        if len(years) > 1:
            years["todos"] = gettext("All years")
        currencies = {one.currency: one.currency for one in self.methods}
        procedures = {"": gettext("All procedures")} | {word: method_name(key) for word, key in METHODS.items()}
        word = self.params.get("metodo", "")
        fields = [
            ("anio", gettext("Year"), years, str(self.year or "todos")),
            ("metodo", gettext("Procedure"), procedures, word if word in METHODS else ""),
            ("moneda", gettext("Currency"), currencies, self.currency),
        ]
        return [
            {"name": name, "label": label, "options": options(labels, chosen)}
            for name, label, labels, chosen in fields
            if len(labels) > 1
        ]


class _Rows:
    """All contracts that the filters leave, read while they are sent, and only if they are."""

    def __init__(self, filters: ContractFilters) -> None:
        self.filters = filters

    def __iter__(self) -> Iterator[list[Any]]:
        for one in selectors.contracts(self.filters).iterator(chunk_size=2000):
            yield [
                one.contract_number,
                one.procedure_number,
                public_text(one.title),
                public_text(one.supplier_name),
                method_name(one.method),
                one.method_raw,
                one.signed_on or one.award_date or one.starts_on,
                one.amount,
                one.currency,
                one.release.ingest_id,
                one.source_row,
            ]


def _headings() -> list[str]:
    return [
        gettext("contract"),
        gettext("procedure number"),
        gettext("subject"),
        gettext("supplier"),
        gettext("procedure"),
        gettext("procedure as published"),
        gettext("date"),
        gettext("amount"),
        gettext("currency"),
        gettext("ingest"),
        gettext("row of the file"),
    ]


def _contract(one: Contract) -> list[Any]:
    title = public_text(one.title) or one.contract_number or one.procedure_number or gettext("Without a title")
    short = title if len(title) <= 140 else f"{title[:139]}…"
    signed = one.signed_on or one.award_date or one.starts_on
    return [
        link(short, row_url(one.release, one.line_no)),
        public_text(one.supplier_name),
        method_name(one.method),
        day(signed),
        money.pesos(one.amount, cents=True)
        + ("" if one.currency == "MXN" or one.amount is None else f" {one.currency}"),
    ]


def _amount(text: str) -> Decimal | None:
    """An amount typed by a person: 1,200,000 or 1200000.50."""
    try:
        value = Decimal(text.replace(",", "").replace("$", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 16 else None


def _added(totals: list[ContractTotal]) -> list[ContractTotal]:
    """The same heading and currency of several years in one."""
    found: dict[tuple[str, str], list[ContractTotal]] = defaultdict(list)
    for one in totals:
        found[one.key, one.currency].append(one)
    return [
        ContractTotal(key, rows[0].name, currency, figures.whole(rows), sum(one.line_count for one in rows))
        for (key, currency), rows in found.items()
    ]
