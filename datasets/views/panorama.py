"""`/panorama/`: what is published and what it says, of the whole country or of one state."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, ngettext
from django.views import View

from datasets import narration, selectors, takeaway
from datasets import panorama_order as order
from datasets.figures.comparison import INDICATORS
from datasets.models import Kind
from datasets.panorama_order import Told, name_of
from datasets.selectors import Shelf
from datasets.takeaway import Taken
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, link, row
from gesoc.common.exports import csv_response
from municipalities.models import State
from municipalities.selectors import all_states

from .choices import picked, query_with

PER_PAGE = 100


class PanoramaView(View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        shape = request.GET.get("formato", "")
        if shape in takeaway.FORMATS and request.GET.get("figura"):
            return takeaway.answer(shape, self.take(request.GET["figura"]))
        if shape == "csv":
            shelves, told = selectors.shelves(self.state), order.standings_of_newest_year()
            return csv_response("panorama.csv", csv_headings(), [csv_row(one, told) for one in shelves])
        return render(request, "datasets/panorama.html", self.context())

    def take(self, key: str) -> Taken:
        figure = self.figure()
        found = takeaway.find([figure] if figure else [], key)
        return Taken(
            found, self.request, "panorama-cobertura", self.state.short_name if self.state else gettext("Mexico")
        )

    @cached_property
    def state(self) -> State | None:
        slug = self.request.GET.get("estado", "")
        return get_object_or_404(State, slug=slug) if slug else None

    def figure(self) -> Figure | None:
        csv_url = query_with(self.request.GET, formato="csv", figura="cobertura")
        return coverage_figure(self.state, csv_url, version=self.version)

    @cached_property
    def version(self) -> int:
        """Asked before anything that is kept under it."""
        return selectors.data_version()

    def context(self) -> dict[str, Any]:
        params = self.request.GET
        by = picked(params, "orden", order.ORDERS, "datos")
        listed = order.listing(self.state, by, version=self.version)
        page = Paginator(listed.bodies, PER_PAGE).get_page(params.get("pagina"))
        shelves = selectors.shelves_of(list(page.object_list))
        told = order.standings_shown(shelves, listed.moment, version=self.version)
        return {
            "state": self.state,
            "states": [(one.slug, one.short_name) for one in all_states()],
            "figure": self.figure(),
            "page": page,
            "query": query_with(params).removeprefix("?").removeprefix("."),
            "table": table(shelves, told, by, lambda by: query_with(params, orden=by)),
            "count": money.number(len(listed.bodies)),
            "csv_url": query_with(params, formato="csv"),
            "compare": "&".join(f"m={code}" for code in listed.compare),
        }


def coverage_figure(state: State | None, csv_url: str = "", *, version: int | None = None) -> Figure | None:
    counts = order.counted(state, version=version)
    years = sorted({year for by_year in counts.values() for year in by_year})
    if not years:
        return None
    span = [str(year) for year in range(years[0], years[-1] + 1)]
    rows = [
        charts.HeatRow(str(Kind(kind).label), {str(year): count for year, count in by_year.items()})
        for kind, by_year in counts.items()
    ]
    title = _title(counts)
    columns = [Column(gettext("Year")), *[Column(one.name, "n") for one in rows]]
    return Figure(
        key="cobertura",
        title=title,
        subtitle=gettext("Public bodies with published data, by year and kind"),
        chart=charts.heat(span, rows, label=title),
        table=Table(
            "t-cobertura",
            gettext("Public bodies with published data"),
            columns,
            [row(columns, [year, *[str(one.values.get(year, 0)) for one in rows]]) for year in reversed(span)],
        ),
        notes=[gettext("Counted by this site from the files that are published on it.")],
        folded=True,
        wide=True,
        csv_url=csv_url,
        csv_headings=[gettext("year"), *[one.name for one in rows]],
        csv_rows=[[int(year), *[one.values.get(year, 0) for one in rows]] for year in span],
    )


def _title(counts: dict[str, dict[int, int]]) -> str:
    spending = counts.get(Kind.EXPENDITURE, {})
    if not spending:
        return gettext("No expenditure published yet")
    best = max(spending.values())
    level = [year for year in sorted(spending) if spending[year] == best]
    if len(level) == 1:
        said = ngettext(
            "Most is published about %(year)s: the expenditure of %(count)s public body",
            "Most is published about %(year)s: the expenditure of %(count)s public bodies",
            best,
        )
    else:
        said = ngettext(
            "Most is published about %(years)s: each year the expenditure of %(count)s public body",
            "Most is published about %(years)s: each year the expenditure of %(count)s public bodies",
            best,
        )
    named = {"year": level[0], "years": narration.years_in_a_row(level)}
    return said % {**named, "count": money.number(best)}


def _state(one: Shelf) -> str:
    body = one.body
    state = body.municipality.state if body.municipality else body.state
    return state.short_name if state else ""


def table(shelves: Sequence[Shelf], told: Told, order: str, url: Any) -> Table:
    def heading(label: Any, by: str, css: str = "") -> Column:
        way = "ascending" if by == "nombre" else "descending"
        return Column(label, css, url=url(by), sort=way if by == order else "")

    each_label = gettext("Per inhabitant")
    if told.year:
        each_label = gettext("Per inhabitant, %(year)s, %(moment)s")
        each_label %= {"year": told.year, "moment": moment_name(told.moment).lower()}
    columns = [
        heading(gettext("Name"), "nombre"),
        Column(gettext("State"), "opt"),
        heading(gettext("Published"), "datos"),
        heading(each_label, "gasto", "n"),
        heading(gettext("Population"), "poblacion", "n opt"),
    ]
    rows = []
    for one in shelves:
        standing = told.of(one)
        each = INDICATORS["gasto"].of(standing) if standing else None
        people = standing.population if standing else None
        rows.append(
            row(
                columns,
                [
                    link(name_of(one), one.body.get_absolute_url()),
                    _state(one),
                    _published(one),
                    money.pesos(each),
                    money.number(people) if people else "",
                ],
            )
        )
    return Table("t-panorama", gettext("Public bodies with data"), columns, rows, hide_caption=True)


def _published(one: Shelf) -> str:
    """Expenditure 2019–2024, revenue 2022–2024."""
    told = []
    for kind, years in one.years.items():
        first, last = min(years), max(years)
        span = str(first) if first == last else f"{first}–{last}"
        if len(years) < last - first + 1:
            span += " " + gettext("(%(count)s years)") % {"count": len(years)}
        told.append(f"{Kind(kind).label} {span}")
    return "; ".join(told)


def csv_headings() -> list[str]:
    kinds = [str(label) for label in Kind.labels]
    place = [gettext("INEGI code"), gettext("name"), gettext("state")]
    figures = [gettext("year"), gettext("expenditure per inhabitant"), gettext("population"), gettext("moment")]
    return [*place, *kinds, *figures]


def csv_row(one: Shelf, told: Told) -> list[Any]:
    standing = told.of(one)
    each = INDICATORS["gasto"].of(standing) if standing else None
    return [
        one.body.municipality_id if one.body.is_municipal_government else "",
        name_of(one),
        _state(one),
        *[", ".join(map(str, sorted(one.years.get(kind, ())))) for kind in Kind.values],
        told.year if each is not None else "",
        each.quantize(Decimal("0.01")) if each is not None else "",
        standing.population if standing else "",
        moment_name(told.moment).lower() if each is not None else "",
    ]
