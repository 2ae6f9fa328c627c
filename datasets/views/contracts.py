"""`/contratos/`: how contracts were awarded, when, to whom, and the list with its filters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from datasets import selectors
from datasets.figures import contracts as figures
from datasets.figures import spread
from datasets.figures.contracts import ContractsView, method_name
from datasets.figures.sources import provenances
from datasets.indicators import FAMILIES, UNDER_THE_CAP
from datasets.models import Contract, Flag, Kind, ProcurementCap, Release, Supplier
from datasets.selectors import Band, ContractFilters, ContractSums, ContractTotal, FilteredTotals
from datasets.selectors.indicators import flags
from datasets.selectors.laws import caps_kept_of
from datasets.words import MONTHS
from gesoc.common import money
from gesoc.common.charts.frame import Figure, Table, link, row
from gesoc.common.pages import FAR, BoundedPaginator

from .choices import options, query_with, typed_amount, typed_day
from .contract_rows import contract_columns, contract_headings, contract_row, export_row
from .dashboards import DashboardView, named
from .narrowed import Narrowed, facts_of
from .public import public_text

PER_PAGE = 25
TOP = 10
CENT = Decimal("0.01")
NONE = "no-declarado"  # ?metodo= of contracts whose procedure is not stated
TYPED = ("q", "procedimiento", "proveedor", "desde", "hasta", "min", "max")  # filters that are written, not chosen
METHODS = {"directa": "direct", "invitacion": "limited", "licitacion": "open", NONE: ""}


class ContractsPage(DashboardView):
    section = "contracts"
    kind = Kind.CONTRACTS
    template_name = "datasets/contracts.html"

    @staticmethod
    def aside() -> Mapping[str, Any]:
        """The years in which its contracts raise a question, as often as they do."""
        raised = questions_of_contracts().filter(public_body=OuterRef("pk"))
        return {
            "questions": ArraySubquery(raised.order_by().values("year")),
            "version": Subquery(selectors.data_versions().values("value")),
        }

    def find_releases(self) -> list[Release]:
        return selectors.apart(super().find_releases())

    def page(self) -> dict[str, Any]:
        if not self.releases:
            return {"empty": True}
        paginator = BoundedPaginator(selectors.contracts_listed(self.filters), PER_PAGE, known=self.count)
        self.can_be_ordered = not paginator.has_more
        if self.order:
            paginator.object_list = selectors.contracts_listed(self.filters, by=self.order)
        page = paginator.get_page(self.params.get("pagina"))
        rows = self.first[:PER_PAGE] if page.number == 1 and not self.order else page.object_list
        page.object_list = selectors.listed(rows, self.filters)
        return {
            "figures": [
                self.procedures(),
                self.years_mix(),
                self.months(),
                self.sizes(),
                self.suppliers(),
                self.concentration(),
                self.filtered_suppliers(),
                self.listed(page),
            ],
            "stats": self.stats(),
            "others": [self.other(one) for one in self.other_currencies],
            "filters": self.fields(),
            "filtered": self.is_filtered,
            "procedure": facts_of(self.procedure) if self.procedure else [],
            "values": {name: self.params.get(name, "") for name in TYPED},
            "order": self.order,
            "page": page,
            "count": paginator.count_said,
            "parts": [*self.unread, *(self.narrowed.told(self.view.unit) if self.is_filtered else ())],
            "unfiltered": query_with(self.params, metodo=None, **dict.fromkeys(TYPED)),
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
            releases=tuple(self.releases),
            year=self.year,
            method=METHODS.get(word),
            supplier=self.params.get("proveedor", "").strip()[:200],
            min_amount=typed_amount(self.params.get("min", "")),
            max_amount=typed_amount(self.params.get("max", "")),
            currency=self.params.get("moneda", "") if self.params.get("moneda") == self.currency else "",
            procedure=self.params.get("procedimiento", "").replace("\x00", "").strip()[:200],
            since=typed_day(self.params.get("desde", "")),
            until=typed_day(self.params.get("hasta", "")),
            q=self.params.get("q", "").strip()[:200],
        )

    @cached_property
    def is_filtered(self) -> bool:
        asked = self.filters
        bounds = (asked.method, asked.min_amount, asked.max_amount, asked.since, asked.until)
        return any(bound is not None for bound in bounds) or any((asked.supplier, asked.procedure, asked.q))

    @property
    def unread(self) -> list[str]:
        """What was typed as an amount or a day and is none."""
        asked = self.filters
        read = {"min": asked.min_amount, "max": asked.max_amount, "desde": asked.since, "hasta": asked.until}
        typed = [text for name, value in read.items() if value is None and (text := self.params.get(name, "").strip())]
        said = gettext("“%(text)s” cannot be read as an amount or a day: it was left out.")
        return [said % {"text": text[:40]} for text in typed]

    @cached_property
    def order(self) -> str:
        """By day or by amount, where they are few enough to be sorted; else as they stand in the files."""
        given = self.params.get("orden", "")
        return given if given in selectors.CONTRACT_ORDERS and self.can_be_ordered else ""

    # -- what was read --------------------------------------------------------------------------------------------

    @cached_property
    def cells(self) -> ContractSums:
        """Procedures of every year, and what else the cells of the chosen lists tell. One query."""
        return selectors.ContractSums(self.releases, self.chosen, version=self.version)

    @property
    def by_year(self) -> dict[int, list[ContractTotal]]:
        return self.cells.methods_by_year

    @cached_property
    def first(self) -> list[Contract]:
        """The first page as they stand in the files, and one more. One query."""
        return list(selectors.contracts_listed(self.filters)[: PER_PAGE + 1])

    @cached_property
    def left(self) -> FilteredTotals:
        """What the filters leave: added up from the first page where that holds them all, else told in one query."""
        if self.params.get("pagina") or len(self.first) > PER_PAGE:
            return selectors.filtered_totals(self.filters, currency=self.currency, limit=TOP)
        counted_with = self.cells.counted_with
        return selectors.totals_of(self.first, counted_with=counted_with, currency=self.currency, limit=TOP)

    @cached_property
    def narrowed(self) -> Narrowed:
        mine = self.methods if not self.filters.currency else figures.in_currency(self.methods, self.currency)
        everything = FilteredTotals(sum(one.line_count for one in mine), self.amount, [])
        return Narrowed(self.filters, self.left, everything, self.currency)

    @cached_property
    def procedure(self) -> selectors.Procedure | None:
        """All contracts of the procedure that is asked for, whatever other filters leave of them."""
        number, body = self.filters.procedure, self.place.body
        return selectors.procedure(body, number) if number and body else None

    @property
    def only_method(self) -> str | None:
        """The one by which all that the filters leave were awarded, because it was asked for; None where it was not."""
        if self.filters.method is not None:
            return self.filters.method
        found = {method for method, _printed in self.procedure.kinds} if self.procedure else set()
        return found.pop() if len(found) == 1 else None

    @property
    def count(self) -> int | None:
        """How many are listed, where that was counted already; None where they are more than one leafs through."""
        whole = not (self.is_filtered or self.filters.currency)
        known = sum(one.line_count for one in self.methods) if whole else self.left.contracts
        return known if known <= FAR else None

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
        return figures.by_month(self.view, self.cells.months, [str(month) for month in MONTHS], self.csv_url("meses"))

    @cached_property
    def sums(self) -> list[ContractTotal]:
        return self.cells.suppliers(self.currency)

    @cached_property
    def known_suppliers(self) -> dict[int, Supplier]:
        """Whoever is named by a figure. One query."""
        top = [*self.sums[:TOP], *(self.left.top if self.is_filtered else ())]
        return Supplier.objects.only("name", "number").in_bulk({int(one.key) for one in top})

    def suppliers(self) -> Figure | None:
        return self.suppliers_among(self.sums[:TOP], self.amount, "proveedores")

    def filtered_suppliers(self) -> Figure | None:
        """Who got what the filters leave: direct awards of a quarter, contracts about a subject."""
        if not self.is_filtered:
            return None
        top, whole = self.left.top, self.left.amount
        said = gettext("Largest suppliers of the contracts below, %(period)s, %(unit)s: %(amount)s in all")
        if self.filters.supplier and len(top) == 1:
            # It has all of its own contracts: told is what it has of everybody's.
            whole = self.narrowed.without_supplier.amount
            said = gettext("Part of the contracts of any supplier, %(period)s, %(unit)s: %(amount)s in all")
        words = {"period": self.view.period, "unit": self.view.unit, "amount": self.view.say(whole)}
        figure = self.suppliers_among(top, whole, "filtrados", self.only_method)
        return named(figure, key="filtrados", subtitle=said % words, wide=True)

    def suppliers_among(
        self, top: Sequence[ContractTotal], amount: Decimal | None, key: str, method: str | None = None
    ) -> Figure | None:
        known = self.known_suppliers
        told = [replace(one, name=public_text(known[int(one.key)].name)) for one in top]

        def link_to(one: ContractTotal) -> Any:
            return link(one.name, known[int(one.key)].get_absolute_url())

        return figures.suppliers(self.view, told, amount, link_to, self.csv_url(key), method)

    def sizes(self) -> Figure | None:
        bands = self.cells.bands(self.currency)
        rule = reverse("datasets:indicator", args=[UNDER_THE_CAP])
        return spread.sizes(self.view, bands, self.caps(), self.band_url, rule, self.csv_url("tamanos"))

    def caps(self) -> list[ProcurementCap]:
        """Of direct awards, in pesos, that held in a year that is looked at."""
        if self.place.body is None or self.currency != "MXN":
            return []
        years = {release.year for release in self.chosen}
        found = caps_kept_of(self.place.body, method=Contract.Method.DIRECT)
        return [cap for cap in found if any(cap.holds_in(year) for year in years)]

    def band_url(self, band: Band) -> str:
        """The contracts of a size; an upper end is left out of its band by a cent."""
        least = None if band.least is None else str(band.least)
        most = None if band.below is None else str(band.below - CENT)
        return query_with(self.params, min=least, max=most, moneda=self.currency) + "#contratos"

    def concentration(self) -> Figure | None:
        amounts = [one.amount for one in self.sums if one.amount is not None and one.amount > 0]
        rule = reverse("datasets:indicator", args=["concentracion"])
        return spread.concentration(self.view, amounts, rule, self.csv_url("concentracion"))

    def listed(self, page: Any) -> Figure:
        url = (lambda key: query_with(self.params, orden=key) + "#contratos") if self.can_be_ordered else None
        columns = contract_columns(buyer=False, supplier=True, by=self.order, url=url)
        return Figure(
            key="contratos",
            title="",
            subtitle="",
            table=Table(
                "t-contratos",
                gettext("Contracts, page %(page)s of %(pages)s")
                % {"page": page.number, "pages": page.paginator.num_pages},
                columns,
                [row(columns, contract_row(one, buyer=False, supplier=True)) for one in page],
                stacked=True,
            ),
            sources=provenances(self.chosen),
            csv_url=self.csv_url("contratos"),
            csv_headings=contract_headings(),
            csv_rows=_Rows(self.filters, self.order),
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
        return [*found, *self.questions()]

    def questions(self) -> list[dict[str, str]]:
        """How many questions the contracts of the year, or of all years, raise."""
        if "questions" in self.place.aside:
            raised = self.place.aside["questions"]
        else:
            raised = questions_of_contracts().filter(public_body=self.place.body).values_list("year", flat=True)
        count = sum(1 for year in raised if self.year in (None, year))
        if not count:
            return []
        return [
            {
                "label": gettext("Questions, %(period)s") % {"period": self.view.period},
                "value": money.number(count),
                "text": gettext("A question is not an accusation."),
                "url": self.place.url("flags", anio=self.year or self.years[0]),
            }
        ]

    def other(self, one: ContractTotal) -> dict[str, str]:
        text = ngettext("%(count)s contract in %(currency)s", "%(count)s contracts in %(currency)s", one.line_count) % {
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


def questions_of_contracts() -> QuerySet[Flag]:
    return flags().filter(indicator__in=[one.code for one in FAMILIES["contracts"]]).select_related(None).order_by()


class _Rows:
    """All contracts that the filters leave, in the order of the page, read while they are sent, and only if they are."""

    def __init__(self, filters: ContractFilters, order: str) -> None:
        self.filters, self.order = filters, order

    def __iter__(self) -> Iterator[list[Any]]:
        for one in selectors.contracts(self.filters, by=self.order).iterator(chunk_size=2000):
            yield export_row(one)


def _added(totals: list[ContractTotal]) -> list[ContractTotal]:
    """The same heading and currency of several years in one."""
    found: dict[tuple[str, str], list[ContractTotal]] = defaultdict(list)
    for one in totals:
        found[one.key, one.currency].append(one)
    return [
        ContractTotal(key, rows[0].name, currency, figures.whole(rows), sum(one.line_count for one in rows))
        for (key, currency), rows in found.items()
    ]
