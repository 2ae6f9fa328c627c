"""`/comparar/`: two to six municipalities side by side, with their peers behind them. All that is chosen is in the address."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views import View

from datasets import selectors, takeaway
from datasets.figures.comparison import INDICATORS, Comparison, beside, finding, over_the_years, table_of_all
from datasets.models import Release
from datasets.peers import GROUPS, peers_of
from datasets.selectors import Standing
from datasets.takeaway import Taken
from gesoc.common.charts.frame import Action, Figure
from municipalities.models import Municipality
from municipalities.selectors import deflator, search_municipalities, with_states

from .choices import options, picked, query_with
from .dashboards import named
from .places import Place

MOST = 6
FOUND = 8
KINDS = {"devengado": gettext_lazy("What was spent"), "aprobado": gettext_lazy("What was approved")}
PRICES = {"reales": gettext_lazy("Real pesos"), "corrientes": gettext_lazy("Pesos of the year")}


class CompareView(View):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        self.params = request.GET
        if added := self.added():
            return HttpResponseRedirect(request.path + self.address(m=[*self.codes, added.code]))
        figures = [figure for figure in self.figures() if figure is not None]
        shape = request.GET.get("formato", "")
        if shape in takeaway.FORMATS:
            return takeaway.answer(shape, self.taken(figures, request.GET.get("figura", "")))
        return render(request, "datasets/compare.html", self.context(figures))

    def take(self, key: str) -> Taken:
        self.params = self.request.GET
        return self.taken([figure for figure in self.figures() if figure is not None], key)

    def taken(self, figures: list[Figure], key: str) -> Taken:
        figure = takeaway.find(figures, key)
        return Taken(
            figure,
            self.request,
            f"comparar-{figure.key}",
            ", ".join(one.name for one in self.chosen),
            releases=self.releases,
            chosen={one["name"]: option.value for one in self.fields() for option in one["options"] if option.chosen},
            municipality=self.units[0],
        )

    def context(self, figures: list[Figure]) -> dict[str, Any]:
        return {
            "figures": figures,
            "chosen": self.chips(),
            "kept": [("m", code) for code in self.codes],
            "missing": [unit for unit in self.units if unit.code not in {one.code for one in self.chosen}],
            "found": self.found,
            "wanted": self.params.get("agregar", ""),
            "full": len(self.codes) >= MOST,
            "fields": self.fields(),
            "table": table_of_all(self.comparison) if self.comparison else None,
            "finding": finding(self.comparison) if self.comparison else "",
            "year": self.year,
            "moment": self.comparison.what if self.comparison else "",
            "suggested": self.suggested(),
        }

    # -- what was chosen ------------------------------------------------------------------------------------------

    @cached_property
    def units(self) -> list[Municipality]:
        """In the order of the address; what is no municipality is left out."""
        wanted = list(dict.fromkeys(code for code in self.params.getlist("m") if code.isdecimal()))[:MOST]
        known = Municipality.objects.in_bulk(wanted)
        return with_states(known[code] for code in wanted if code in known)

    @cached_property
    def codes(self) -> list[str]:
        return [unit.code for unit in self.units]

    @property
    def planned(self) -> bool:
        return picked(self.params, "momento", KINDS, "devengado") == "aprobado"

    @cached_property
    def years(self) -> list[int]:
        return selectors.years_of_standings(self.planned, version=self.version)

    @cached_property
    def version(self) -> int:
        """Asked before anything that is kept under it."""
        return selectors.data_version()

    @cached_property
    def year(self) -> int | None:
        """The one asked for; else the newest in which most of the chosen ones are told."""
        if not self.years:
            return None
        given = self.params.get("anio", "")
        if given.isascii() and given.isdigit() and int(given) in self.years:
            return int(given)
        if not self.codes:
            return self.years[0]
        told = {year: len(self.spending.get(year, ())) for year in self.years[:5]}
        return max(told, key=lambda year: (told[year], year))

    @cached_property
    def spending(self) -> dict[int, list[Standing]]:
        return selectors.spending_of(self.codes, planned=self.planned)

    @cached_property
    def everybody(self) -> list[Standing]:
        return selectors.standings(self.year, planned=self.planned, version=self.version) if self.year else []

    @cached_property
    def moment(self) -> str:
        """That of the first chosen, which the page is about; who does not state it has no figure beside it."""
        by_code = {one.code: one for one in self.everybody}
        return next((by_code[code].moment for code in self.codes if code in by_code), "")

    @cached_property
    def chosen(self) -> list[Standing]:
        by_code = {one.code: one for one in self.everybody}
        return [by_code[code].at(self.moment) for code in self.codes if code in by_code]

    @cached_property
    def comparison(self) -> Comparison | None:
        if not self.chosen or self.year is None:
            return None
        prices = deflator()
        real = picked(self.params, "en", PRICES, "reales") == "reales" and self.year in prices.values
        return Comparison(
            chosen=self.chosen,
            peers=peers_of(
                self.chosen[0], [one.at(self.moment) for one in self.everybody], self.params.get("pares", "")
            ),
            year=self.year,
            moment=self.moment,
            planned=self.planned,
            deflator=prices,
            base=prices.latest_year if real else None,
        )

    # -- adding one -----------------------------------------------------------------------------------------------

    @cached_property
    def found(self) -> list[Municipality]:
        wanted = self.params.get("agregar", "").replace("\x00", "").strip()[:100]
        matches = search_municipalities(wanted, FOUND) if wanted else []
        return [unit for unit in matches if unit.code not in self.codes]

    def added(self) -> Municipality | None:
        """The only match, if there is room; of several the reader chooses."""
        if len(self.codes) >= MOST or len(self.found) != 1:
            return None
        return self.found[0]

    def address(self, m: list[str]) -> str:
        query = self.params.copy()
        for name in ("agregar", "formato", "figura"):
            query.pop(name, None)
        query.setlist("m", m)
        return f"?{query.urlencode()}"

    def chips(self) -> list[dict[str, str]]:
        return [
            {
                "name": str(unit),
                "url": unit.get_absolute_url(),
                "without": self.address([code for code in self.codes if code != unit.code]),
            }
            for unit in self.units
        ]

    def suggested(self) -> list[dict[str, str]]:
        """While fewer than two are chosen: those of which most is told, one click away; and what a search found."""
        offered: list[tuple[str, str]] = [(unit.code, str(unit)) for unit in self.found]
        if not offered and len(self.codes) < 2:
            offered = [(one.code, f"{one.name}, {one.state}") for one in self.everybody if one.code not in self.codes][
                :FOUND
            ]
        return [{"name": name, "url": self.address([*self.codes, code])} for code, name in offered]

    # -- the figures ----------------------------------------------------------------------------------------------

    @cached_property
    def releases(self) -> list[Release]:
        return selectors.standing_releases(self.chosen)

    def figures(self) -> list[Figure | None]:
        view = self.comparison
        if view is None:
            return []
        releases = self.releases
        shown: list[Figure | None] = [
            beside(view, indicator, releases, self.csv_url(indicator.key))
            for indicator in INDICATORS.values()
            if any(indicator.of(one) is not None for one in view.chosen)
        ]
        links = tuple(self.lines_of(release) for release in releases)
        return [named(figure, links=links) for figure in [*shown, self.course(view, releases)]]

    def lines_of(self, release: Release) -> Action:
        """Of one of the places, to the lines that its figure was added up from."""
        place = Place.of(release.public_body)
        label = f"{gettext('See the lines of the file')}: {place.name}"
        return Action(label, place.url("expenditure_lines", version=release.pk))

    def course(self, view: Comparison, releases: list[Release]) -> Figure | None:
        series: dict[str, dict[int, Decimal]] = {one.code: {} for one in view.chosen}
        index = view.deflator.values
        span = [year for year in self.years if not view.base or year in index]
        told = {year: self.spending.get(year, []) for year in span[:12]}
        for year, places in told.items():
            for one in places:
                value = INDICATORS["gasto"].of(one.at(view.moment))
                if one.code in series and value is not None:
                    real = view.deflator.deflate(value, year, view.base) if view.base else value
                    if real is not None:
                        series[one.code][year] = real
        drawn = any(one.population_drawn for places in told.values() for one in places)
        return over_the_years(view, series, releases, self.csv_url("anios"), drawn=drawn)

    def csv_url(self, key: str) -> str:
        return query_with(self.params, formato="csv", figura=key)

    def fields(self) -> list[dict[str, Any]]:
        chosen: list[tuple[str, str, Mapping[str, Any], str]] = [
            ("anio", gettext("Year"), {str(year): str(year) for year in self.years}, str(self.year or "")),
            ("momento", gettext("Moment of the budget"), KINDS, "aprobado" if self.planned else "devengado"),
            ("en", gettext("Prices"), PRICES, picked(self.params, "en", PRICES, "reales")),
            ("pares", gettext("Peers"), GROUPS, self.comparison.peers.key if self.comparison else "tamano"),
        ]
        return [
            {"name": name, "label": label, "options": options(labels, value)} for name, label, labels, value in chosen
        ]
