"""`/proveedores/`: who is paid by public contracts, and one page for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.http import require_safe

from datasets import selectors, takeaway
from datasets.figures import suppliers as figures
from datasets.figures.contracts import ContractsView, part_of
from datasets.models import Contract, Release, Supplier, SupplierTotal
from datasets.selectors.indicators import flags_of_supplier
from datasets.takeaway import Taken
from gesoc.common import money
from gesoc.common.charts.frame import Column, Figure, Table, link, row
from gesoc.common.exports import csv_response
from gesoc.common.pages import BoundedPaginator

from .choices import options, picked, query_with
from .contract_rows import contract_columns, contract_headings, contract_row, export_row
from .public import public_text

ZERO = Decimal(0)
PER_PAGE = 50
FAR = 200  # of a search that one leafs through; the CSV has all
CONTRACTS = 25
CONTRACTS_KEY = "contratos"


class MatchesPaginator(BoundedPaginator):
    """What a search found, largest amount first, at the price of what a page shows: of a common word neither are all that hold
    it counted, nor all of them sorted."""

    def __init__(self, query: str, currency: str, per_page: int, far: int = FAR) -> None:
        super().__init__(selectors.supplier_totals(currency=currency, q=query), per_page, far=far)
        self.query, self.currency = query, currency

    @cached_property
    def found(self) -> int:
        return selectors.count_matches(self.query, at_most=self.far, currency=self.currency)

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        end = min(number * self.per_page, self.count)
        version = selectors.data_version()
        rows = selectors.largest_suppliers(self.query, limit=end, version=version, currency=self.currency)
        return Page(rows[(number - 1) * self.per_page :], number, self)


@require_safe
def directory(request: HttpRequest) -> HttpResponseBase:
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    currencies = selectors.supplier_currencies()
    default = "MXN" if "MXN" in currencies or not currencies else currencies[0]
    matches = {one: selectors.count_matches(query, at_most=FAR, currency=one) for one in currencies} if query else {}
    fallback = default if matches.get(default) else next((one for one in currencies if matches.get(one)), default)
    currency = picked(request.GET, "moneda", currencies, fallback)
    found = selectors.supplier_totals(currency=currency, q=query)
    if request.GET.get("formato") == "csv":
        return csv_response("proveedores.csv", _directory_headings(), _DirectoryRows(found))
    paginator = MatchesPaginator(query, currency, PER_PAGE) if query else Paginator(found, PER_PAGE)
    if isinstance(paginator, MatchesPaginator) and currency in matches:
        paginator.found = matches[currency]
    page = paginator.get_page(request.GET.get("pagina"))
    context = {
        "query": query,
        "page": page,
        "count": paginator.count_said if isinstance(paginator, BoundedPaginator) else money.number(paginator.count),
        "has_more": isinstance(paginator, BoundedPaginator) and paginator.has_more,
        "table": _directory_table(page.object_list, currency),
        "currency": currency,
        "asked": request.GET.get("moneda") == currency,
        "currencies": options(_named(currencies, matches), currency) if len(currencies) > 1 else [],
        "may_merge": request.user.has_perm("datasets.merge_suppliers"),
        "kept": query_with(request.GET).removeprefix("?").removeprefix("."),
        "csv_url": _csv(request),
        "unfiltered": query_with(request.GET, q=None),
    }
    return render(request, "datasets/suppliers.html", context)


def _named(currencies: list[str], matches: dict[str, int]) -> dict[str, str]:
    """With how many match what is looked for: whoever is paid in another currency than the one shown can be found too."""
    counts = {
        one: gettext("more than %(number)s") % {"number": FAR} if n > FAR else str(n) for one, n in matches.items()
    }
    return {one: f"{one} ({counts[one]})" if matches else one for one in currencies}


def _csv(request: HttpRequest) -> str:
    return query_with(request.GET, formato="csv")


def _directory_table(totals: Any, currency: str) -> Table:
    rows = list(totals)
    view = ContractsView([], currency, "")
    scale = view.scale([one.amount for one in rows])
    columns = [
        Column(gettext("Supplier")),
        Column(gettext("Contracts"), "n"),
        Column(scale.heading, "n"),
        Column(gettext("Without competition"), "n opt"),
        Column(gettext("Public bodies"), "n opt"),
        Column(gettext("Years"), "n opt"),
    ]
    return Table(
        "t-proveedores",
        gettext("Suppliers, largest amount first"),
        columns,
        [row(columns, _directory_row(one, scale)) for one in rows],
        hide_caption=True,
    )


def _directory_row(one: SupplierTotal, scale: money.Scale) -> list[Any]:
    span = str(one.first_year) if one.first_year == one.last_year else f"{one.first_year}–{one.last_year}"
    return [
        link(public_text(one.supplier.name), one.supplier.get_absolute_url()),
        money.number(one.contracts),
        scale.cell(one.amount),
        money.percent(_direct_share(one)),
        money.number(one.bodies),
        span,
    ]


def _direct_share(one: SupplierTotal) -> Decimal | None:
    """Nothing is told where its direct awards state no amounts."""
    return None if one.direct and not one.direct_amount else part_of(one.direct_amount, one.amount)


def _directory_headings() -> list[str]:
    return [
        gettext("supplier"),
        gettext("RFC"),
        gettext("currency"),
        gettext("contracts"),
        gettext("amount"),
        gettext("contracts without competition"),
        gettext("amount without competition"),
        gettext("public bodies"),
        gettext("first year"),
        gettext("last year"),
    ]


class _DirectoryRows:
    """Read while they are sent."""

    def __init__(self, found: Any) -> None:
        self.found = found

    def __iter__(self) -> Iterator[list[Any]]:
        for one in self.found.iterator(chunk_size=2000):
            yield [
                public_text(one.supplier.name),
                one.supplier.public_rfc,
                one.currency,
                one.contracts,
                one.amount,
                one.direct,
                one.direct_amount,
                one.bodies,
                one.first_year,
                one.last_year,
            ]


class SupplierPage(View):
    """One supplier: who buys from it, how, when, under which names, and every contract."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        self.params = request.GET
        self.supplier = self.find(slug)
        if self.supplier.merged_into_id:
            return redirect(f"{self.supplier.identity.get_absolute_url()}?{request.GET.urlencode()}".rstrip("?"))
        if slug != self.supplier.slug:
            return redirect(self.supplier.get_absolute_url(), permanent=True)
        shape, key = request.GET.get("formato", ""), request.GET.get("figura", "")
        if shape == "csv" and key in ("", CONTRACTS_KEY):
            name = f"proveedor-{self.supplier.number}-contratos.csv"
            return csv_response(name, contract_headings(), _ContractRows(self.contracts))
        if shape in takeaway.FORMATS:
            return takeaway.answer(shape, self.taken(key))
        return render(request, "datasets/supplier.html", self.context(self.figures()))

    def take(self, key: str) -> Taken:
        self.params = self.request.GET
        self.supplier = self.find(self.kwargs["slug"]).identity
        return self.taken(key)

    def taken(self, key: str) -> Taken:
        figure = takeaway.find(self.figures(), key)
        return Taken(
            figure,
            self.request,
            f"proveedor-{self.supplier.number}-{figure.key}",
            self.cited_as(),
            releases=self.view.releases,
            chosen={"moneda": self.currency},
        )

    def cited_as(self) -> str:
        """Where a figure goes it can be found by its words: as with search engines, who may be a person is not named."""
        named = self.supplier.is_natural_person is False
        return public_text(self.supplier.name) if named else self.kind()

    def figures(self) -> list[Figure]:
        return [figure for figure in (self.buyers(), self.course()) if figure is not None]

    def find(self, slug: str) -> Supplier:
        number = slug.rpartition("-")[2]
        known = Supplier.objects.select_related("merged_into")
        named = known.filter(number=int(number)).first() if _is_number(number) else None
        if named is None or not SupplierTotal.objects.filter(supplier=named.identity.pk).exists():
            raise Http404
        return named

    def context(self, shown: list[Figure]) -> dict[str, Any]:
        page = Paginator(self.contracts, CONTRACTS).get_page(self.params.get("pagina"))
        columns = contract_columns(buyer=True, supplier=False)
        table = Table(
            "t-contratos",
            gettext("Contracts, page %(page)s of %(pages)s") % {"page": page.number, "pages": page.paginator.num_pages},
            columns,
            [row(columns, contract_row(one, buyer=True, supplier=False)) for one in page],
            stacked=True,
        )
        return {
            "supplier": self.supplier,
            "name": public_text(self.supplier.name),
            "kind": self.kind(),
            "figures": shown,
            "stats": self.stats(),
            "currencies": [(one, query_with(self.params, moneda=one), one == self.currency) for one in self.currencies],
            "spellings": [
                one for one in selectors.supplier_spellings(self.supplier) if public_text(one.name) == one.name
            ],
            "namesakes": selectors.namesakes(self.supplier),
            "merges": self.merges(),
            "may_merge": self.request.user.has_perm("datasets.merge_suppliers"),
            "flags": flags_of_supplier(self.supplier.number),
            "table": table,
            "page": page,
            "query": query_with(self.params).removeprefix("?").removeprefix("."),
            "csv_url": self.csv_url(CONTRACTS_KEY),
        }

    def merges(self) -> list[dict[str, Any]]:
        """What everybody may read of them: who said so is for those who can take it back."""
        return [
            {
                "pk": one.pk,
                "at": one.at,
                "public_name": public_text(one.supplier.name),
                "public_reason": public_text(one.reason),
            }
            for one in selectors.merges_into(self.supplier)
        ]

    def kind(self) -> str:
        if self.supplier.is_natural_person is None:
            return gettext("Supplier")
        return gettext("Supplier, natural person") if self.supplier.is_natural_person else gettext("Supplier, company")

    # -- what was read --------------------------------------------------------------------------------------------

    @cached_property
    def contracts(self) -> Any:
        return selectors.contracts_of(self.supplier).order_by("-year", "public_body_id", "-release_id", "line_no")

    @cached_property
    def found(self) -> list[selectors.Buyer]:
        return selectors.supplier_buyers(self.supplier)

    @cached_property
    def currencies(self) -> list[str]:
        counts: dict[str, int] = defaultdict(int)
        for one in self.found:
            counts[one.currency] += one.contracts
        return sorted(counts, key=lambda name: (-counts[name], name))

    @cached_property
    def currency(self) -> str:
        return picked(self.params, "moneda", self.currencies, self.currencies[0])

    @cached_property
    def view(self) -> ContractsView:
        mine = [one for one in self.found if one.currency == self.currency]
        first, last = min(one.first_year for one in mine), max(one.last_year for one in mine)
        releases = Release.objects.filter(pk__in=self.contracts.order_by().values("release")).order_by("-year", "-pk")
        sources = list(releases.select_related("ingest__file__source"))
        return ContractsView(sources, self.currency, str(first) if first == last else f"{first}–{last}")

    # -- what is shown --------------------------------------------------------------------------------------------

    def stats(self) -> list[dict[str, str]]:
        mine = [one for one in self.found if one.currency == self.currency]
        stated = [one.amount for one in mine if one.amount is not None]
        amount = sum(stated, ZERO) if stated else None
        count = sum(one.contracts for one in mine)
        found = [
            {
                "label": gettext("Contracts, %(period)s") % {"period": self.view.period},
                "value": money.number(count),
                "text": gettext("Published contracts in %(unit)s.") % {"unit": self.view.unit},
            }
        ]
        if amount is not None:
            found = [
                {
                    "label": gettext("Contracted, %(period)s") % {"period": self.view.period},
                    "value": self.view.say(amount),
                    "text": gettext("Sum of the amounts stated; a contract without an amount adds nothing."),
                },
                *found,
                *self.without_competition(mine),
            ]
        return found

    def without_competition(self, mine: Sequence[selectors.Buyer]) -> list[dict[str, str]]:
        """Nothing where it is not known."""
        known = [one for one in mine if one.direct_amount is not None]
        stated = sum((one.stated or ZERO for one in known), ZERO)
        part = part_of(sum((one.direct_amount or ZERO for one in known), ZERO), stated)
        if part is None:
            return []
        all_state = stated == sum((one.amount or ZERO for one in mine), ZERO)
        whole = gettext("Part of the amount that came by direct award.")
        known_part = gettext("Part of what states its procedure that came by direct award.")
        label = gettext("Without competition")
        return [{"label": label, "value": money.percent(part), "text": whole if all_state else known_part}]

    def buyers(self) -> Figure:
        return figures.buyers(self.view, self.found, self.csv_url("compradores"))

    def course(self) -> Figure | None:
        return figures.course(self.view, selectors.supplier_years(self.supplier), self.csv_url("anios"))

    def csv_url(self, key: str) -> str:
        return query_with(self.params, formato="csv", figura=key)


class _ContractRows:
    def __init__(self, found: Any) -> None:
        self.found = found

    def __iter__(self) -> Iterator[list[Any]]:
        one: Contract
        for one in self.found.iterator(chunk_size=2000):
            yield export_row(one)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
