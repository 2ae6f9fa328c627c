"""`/municipios/<code>/` and `/instituciones/<slug>/`: the first page of a place; the list of other public bodies."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from datasets import selectors
from datasets.figures import contracts as contract_figures
from datasets.figures import ledger as ledgers
from datasets.figures.comparison import peers_table
from datasets.figures.composition import composition
from datasets.figures.course import Point, course
from datasets.figures.ledger import EXPENDITURE, REVENUE, Ledger
from datasets.figures.measures import measure, series_measure
from datasets.figures.sources import comparable, covers, document_name, first_moment, total
from datasets.models import Contract, Kind, PublicBody, Release
from datasets.peer_medians import beside
from datasets.peers import GROUPS
from datasets.selectors import Cell
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, link, row
from gesoc.common.dates import day
from gesoc.common.views import Link
from municipalities.models import Shape
from municipalities.selectors import deflator

from .choices import WORDS, query_with
from .dashboards import DashboardView

RECENT = 8
PER_PAGE = 100


class OverviewView(DashboardView):
    template_name = "datasets/overview.html"

    def page(self) -> dict[str, Any]:
        return {
            "figures": [self.course(), self.parts()],
            "stats": [stat for stat in (self.spent(), self.received(), self.contracted()) if stat],
            "facts": self.facts(),
            "peers": self.beside_peers(),
            "shape": self.shape(),
            "bodies": self.other_bodies(),
            "recent": self.recent() if self.releases else None,
        }

    # -- what is published ----------------------------------------------------------------------------------------

    def by_year(self, kind: str) -> dict[int, Release]:
        """For each year the release that answers for the whole; no query, all releases are here already."""
        return selectors.best_by_year([release for release in self.releases if release.kind == kind])

    @cached_property
    def spending(self) -> dict[int, Release]:
        return self.by_year(Kind.EXPENDITURE)

    @cached_property
    def last_spending(self) -> Release | None:
        return newest_whole_year(self.spending)

    @cached_property
    def deflator(self) -> Any:
        return deflator()

    # -- stats ----------------------------------------------------------------------------------------------------

    def spent(self) -> dict[str, str] | None:
        return self.stat(self.last_spending, EXPENDITURE, "expenditure")

    def received(self) -> dict[str, str] | None:
        return self.stat(newest_whole_year(self.by_year(Kind.REVENUE)), REVENUE, "revenue")

    def stat(self, release: Release | None, ledger: Ledger, section: str) -> dict[str, str] | None:
        moment = first_moment(release) if release else None
        if release is None or moment is None:
            return None
        value = total(release, moment)
        people = self.place.population(release.year)
        each = money.pesos(value / people.value) if people and value is not None else ""
        words = gettext("%(moment)s, %(document)s.") % {
            "moment": moment_name(moment),
            "document": document_name(release),
        }
        if each and people:
            words += " " + gettext("%(each)s per inhabitant (population of %(year)s).") % {
                "each": each,
                "year": people.year,
            }
        return {
            "label": gettext("%(what)s, %(year)s") % {"what": ledger.whole_name, "year": release.year},
            "value": money.amount(value),
            "text": words,
            "url": self.place.url(section, anio=release.year, momento=WORDS[moment]),
        }

    def contracted(self) -> dict[str, str] | None:
        """Pesos contracted in the newest year, and how much of it without competition."""
        releases = [release for release in self.releases if release.kind == Kind.CONTRACTS]
        if not releases:
            return None
        year = max(release.year for release in releases)
        assert self.place.body is not None
        counted = [one for one in selectors.contract_releases(public_body=self.place.body) if one.year == year]
        totals = selectors.contract_totals(releases=counted, by="method")
        pesos = contract_figures.in_currency(totals, "MXN")
        count = sum(one.line_count for one in totals)
        direct = sum(one.line_count for one in totals if one.key == Contract.Method.DIRECT)
        amount = contract_figures.whole(pesos)
        return {
            "label": gettext("Contracts, %(period)s") % {"period": year},
            "value": money.amount(amount) if amount else money.number(count),
            "text": gettext("%(count)s contracts, %(direct)s of them without competition.")
            % {"count": money.number(count), "direct": money.number(direct)},
            "url": self.place.url("contracts", anio=year),
        }

    # -- beside its peers -----------------------------------------------------------------------------------------

    def beside_peers(self) -> dict[str, Any] | None:
        """The municipality's indicators next to the median of its peers; nothing where no year of it compares."""
        municipality = self.place.municipality
        if municipality is None or not self.place.is_government or self.last_spending is None:
            return None
        year = self.last_spending.year
        found = beside(municipality.code, year, self.params.get("pares", ""))
        if found is None:
            return None
        mine, peers = found
        return {
            "table": peers_table(mine, peers, year),
            "peers": peers,
            "groups": [
                Link(label, query_with(self.params, pares=key), key == peers.key) for key, label in GROUPS.items()
            ],
            "compare_url": f"{reverse('compare')}?{urlencode({'m': [mine.code, *peers.codes], 'anio': year}, doseq=True)}",
        }

    # -- figures --------------------------------------------------------------------------------------------------

    @cached_property
    def view(self) -> ledgers.View | None:
        """The year that is over, told by object; by function or unit where no file tells it by object."""
        last = self.last_spending
        if last is None:
            return None
        for way, (level, *_finer) in EXPENDITURE.ways.items():
            release = selectors.choose_release(
                public_body=last.public_body,
                kind=last.kind,
                year=last.year,
                period=last.period,
                document=last.document,
                by=level,
            )
            moment = first_moment(release) if release else None
            if release and moment:
                return ledgers.View(EXPENDITURE, way, level, release, moment, measure("corrientes", release.year))
        return None

    def parts(self) -> Figure | None:
        if self.view is None:
            return None
        cells = selectors.expenditure_cells(releases=[self.view.release], by=self.view.level, moment=self.view.moment)

        def down(cell: Cell) -> str:
            query = {"por": self.view.way} if self.view else {}
            if self.view and self.view.level == "chapter" and cell.code:
                query["cap"] = cell.key
            return self.place.url("expenditure", **query)

        return composition(self.view, cells, before={}, down=down, csv_url=self.csv_url("partes")) if cells else None

    def course(self) -> Figure | None:
        """All expenditure over the years; nothing where fewer than two years compare."""
        if self.view is None:
            return None
        prices = self.deflator
        kept = comparable(self.spending.values(), self.view.release, self.view.moment)
        points = [Point(release.year, release, total(release, self.view.moment)) for release in kept]
        if len(points) < 2:
            return None
        years = [point.year for point in points]
        real = series_measure("reales", years, deflator=prices, populations={}, wholes={})
        view = replace(self.view, measure=real)
        return course(view, points, self.csv_url("anios"))

    # -- beside them ----------------------------------------------------------------------------------------------

    def facts(self) -> list[tuple[str, str]]:
        found = []
        people = self.place.population(9999)
        if people:
            found.append((gettext("Population, %(year)s") % {"year": people.year}, money.number(people.value)))
        if self.place.is_government and self.place.municipality:
            found.append((capfirst(gettext("INEGI code")), self.place.municipality.code))
            if self.place.municipality.former_names:
                found.append((gettext("Also known as"), self.place.municipality.former_names))
        if self.place.body is not None and not self.place.body.confirmed:
            found.append((gettext("State of this entry"), gettext("Not yet confirmed by a person")))
        return found

    def shape(self) -> str:
        """The outline of the municipality, from the frame of its state."""
        municipality = self.place.municipality
        if municipality is None or not self.place.is_government:
            return ""
        found = Shape.objects.filter(municipality=municipality, frame=municipality.state_id).first()
        return charts.outline(found.path, gettext("Outline of %(name)s") % {"name": municipality}) if found else ""

    def other_bodies(self) -> list[PublicBody]:
        if self.place.municipality is None:
            return []
        bodies = PublicBody.objects.with_data().filter(municipality=self.place.municipality)
        return [body for body in bodies.order_by("sort_key", "id") if body != self.place.body]

    def recent(self) -> Table:
        columns = [
            Column(gettext("What")),
            Column(gettext("File"), "opt"),
            Column(gettext("Lines"), "n"),
            Column(gettext("Day"), "n"),
        ]
        newest = sorted(self.releases, key=lambda release: (release.published_at, release.pk), reverse=True)
        return Table(
            "t-recent",
            gettext("What is published here"),
            columns,
            [row(columns, self.release_row(release)) for release in newest[:RECENT]],
            hide_caption=True,
        )

    def release_row(self, release: Release) -> list[Any]:
        what = f"{release.get_kind_display()}: {document_name(release)}"
        if release.kind == Kind.EXPENDITURE:
            what += f" ({release.get_breakdown_display().lower()})"
        return [
            link(what, release.ingest.get_absolute_url()),
            release.ingest.file.original_name,
            money.number(release.line_count),
            day(release.published_at),
        ]


def newest_whole_year(releases: dict[int, Release]) -> Release | None:
    """A year that is over tells more than the first quarter of the next; without one, the newest there is."""
    whole = [year for year, release in releases.items() if covers(release) == "annual"]
    return releases[max(whole or releases)] if releases else None


@require_safe
def public_bodies(request: HttpRequest) -> HttpResponse:
    """Public bodies with published data that are not municipal governments, with what each has."""
    bodies = selectors.bodies_with_data().besides_municipalities()
    page = Paginator(bodies, PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "datasets/public_bodies.html", {"page": page})
