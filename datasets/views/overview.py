"""`/municipios/<code>/` and `/instituciones/<slug>/`: the first page of a place; the list of other public bodies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from datasets import selectors, sentences
from datasets.figures import contracts as contract_figures
from datasets.figures import ledger as ledgers
from datasets.figures.changes import changes
from datasets.figures.comparison import INDICATORS, peers_table
from datasets.figures.composition import composition
from datasets.figures.course import Point, course
from datasets.figures.ledger import EXPENDITURE, REVENUE, Ledger
from datasets.figures.measures import measure, series_measure
from datasets.figures.sources import comparable, covers, first_moment, moment_in_document, total
from datasets.models import Contract, DisclosureScore, Document, Kind, PublicBody, Release
from datasets.peer_medians import Beside, beside
from datasets.peers import GROUPS
from datasets.selectors import Cell, Standing
from datasets.selectors.disclosure import newest_scores
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Figure
from gesoc.common.views import Link
from municipalities.models import Municipality, Population, Shape
from municipalities.selectors import Deflator, deflator

from . import gist, schema
from .choices import WORDS, query_with
from .dashboards import DashboardView

CHANGED = 3  # that grew, and as many that shrank
FINER = {"chapter": "concept"}  # what changed is told by, where both years tell it
PER_PAGE = 100
SCORE = {"year": "year", "parts": "parts"}  # what is said of the score of disclosure


class OverviewView(DashboardView):
    template_name = "datasets/overview.html"

    @staticmethod
    def aside() -> Mapping[str, Any]:
        """The version is told before what was published under it; an outline and other bodies are often not there at all."""
        outline = Shape.objects.filter(municipality=OuterRef("municipality"), frame=OuterRef("municipality__state_id"))
        work = Municipality.objects.filter(pk=OuterRef("municipality"))
        others = PublicBody.objects.with_data().filter(municipality=OuterRef("municipality")).exclude(pk=OuterRef("pk"))
        return {
            "version": Subquery(selectors.data_versions().values("value")),
            "outline": Subquery(outline.values("path")[:1]),
            "score": Subquery(newest_scores().filter(public_body=OuterRef("pk")).values(told=JSONObject(**SCORE))[:1]),
            "work": Exists(work.filter(projects__isnull=False)) | Exists(work.filter(evidence__isnull=False)),
            "others": ArraySubquery(others.order_by("sort_key", "id").values("pk")),
        }

    def page(self) -> dict[str, Any]:
        return {
            "figures": [self.course(), self.changes(), self.parts()],
            "stats": [stat for stat in (self.spent(), self.received(), self.contracted(), self.disclosed()) if stat],
            **self.lede(),
            "about": schema.of_place(self.request, self.place, self.releases),
            "facts": self.facts(),
            "peers": self.beside_peers(),
            "shape": self.shape(),
            "bodies": self.other_bodies(),
            "recent": gist.published(self.releases) if self.releases else None,
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
    def last_spent(self) -> Release | None:
        """Of the newest whole year that tells what was spent, not only what was planned."""
        return newest_whole_year(
            {year: one for year, one in self.spending.items() if one.document != Document.APPROVED}
        )

    @cached_property
    def revenue(self) -> dict[int, Release]:
        return self.by_year(Kind.REVENUE)

    @cached_property
    def deflator(self) -> Deflator:
        return deflator()

    @cached_property
    def populations(self) -> dict[int, Population]:
        """People in every year of its budgets."""
        return self.place.populations({*self.spending, *self.revenue})

    # -- stats ----------------------------------------------------------------------------------------------------

    def spent(self) -> dict[str, Any] | None:
        return self.stat(self.spending, EXPENDITURE, "expenditure", "gasto")

    def received(self) -> dict[str, Any] | None:
        return self.stat(self.revenue, REVENUE, "revenue", "propios")

    def stat(self, releases: dict[int, Release], ledger: Ledger, section: str, beside: str) -> dict[str, Any] | None:
        release = newest_whole_year(releases)
        moment = first_moment(release) if release else None
        if release is None or moment is None:
            return None
        value = total(release, moment)
        people = self.populations.get(release.year)
        each = money.pesos(value / people.value) if people and value is not None else ""
        words = f"{moment_in_document(moment, release)}."
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
            "course": self.each_year(comparable(releases.values(), release, moment), moment),
            "peers": self.beside_median(beside, release.year),
        }

    def each_year(self, releases: Sequence[Release], moment: str) -> dict[str, Any] | None:
        """How the amount per inhabitant moved, inflation taken out; nothing where a year lacks its people or its prices."""
        years = [release.year for release in releases]
        if len(years) < 2:
            return None
        real = series_measure("habitante", years, deflator=self.deflator, populations=self.populations, wholes={})
        if real.key != "habitante" or not real.is_real:
            return None
        values = [real.of(total(release, moment), release.year) for release in releases]
        words = sentences.trend(gettext("Per inhabitant"), years, values, real=True)
        return {"text": f"{words}.", "line": charts.sparkline(values)}

    def contracted(self) -> dict[str, Any] | None:
        """Pesos contracted in the newest year, and how much of it without competition."""
        releases = [release for release in self.releases if release.kind == Kind.CONTRACTS]
        if not releases:
            return None
        year = max(release.year for release in releases)
        counted = [one for one in selectors.apart(releases) if one.year == year]
        totals = selectors.contract_totals(releases=counted, by="method")
        pesos = contract_figures.in_currency(totals, "MXN")
        count = sum(one.line_count for one in totals)
        direct = sum(one.line_count for one in totals if one.key == Contract.Method.DIRECT)
        silent = sum(one.line_count for one in totals if not one.key)
        amount = contract_figures.whole(pesos)
        return {
            "label": gettext("Contracts, %(period)s") % {"period": year},
            "value": money.amount(amount) if amount else money.number(count),
            "text": gist.contracts(count, direct, silent),
            "url": self.place.url("contracts", anio=year),
            "peers": self.beside_median("directa", year),
        }

    def disclosed(self) -> dict[str, Any] | None:
        if self.place.body is None or not self.releases:
            return None
        if "score" in self.place.aside:
            told = self.place.aside["score"]
            score = DisclosureScore(**told) if told else None
        else:
            score = newest_scores().filter(public_body=self.place.body).first()
        return gist.disclosed(self.place, score) if score else None

    def lede(self) -> dict[str, str]:
        """The newest year told by what was spent, in a paragraph; the words of every place where there is none."""
        found = self.peers_in(self.last_spent.year) if self.last_spent else None
        words = gist.paragraph(found[0], self.last_spent.year) if found and self.last_spent else ""
        return {"lede": words} if words else {}

    # -- beside its peers -----------------------------------------------------------------------------------------

    def peers_in(self, year: int) -> tuple[Standing, Beside] | None:
        """The municipality and its peers in a year; other bodies have none."""
        municipality = self.place.municipality
        if municipality is None or not self.place.is_government:
            return None
        if year not in self.peers_found:
            wanted = self.params.get("pares", "")
            self.peers_found[year] = beside(municipality.code, year, wanted, version=self.version)
        return self.peers_found[year]

    @cached_property
    def peers_found(self) -> dict[int, tuple[Standing, Beside] | None]:
        return {}

    def beside_median(self, key: str, year: int) -> dict[str, str] | None:
        """How far an indicator is from its peers' median, in the same year; nothing where its own value is unknown."""
        found = self.peers_in(year)
        mine = INDICATORS[key].of(found[0]) if found else None
        if found is None or mine is None:
            return None
        indicator, (one, peers) = INDICATORS[key], found
        words = sentences.beside_median(mine, peers.medians[key], peers.told[key], year, in_pesos=indicator.is_pesos)
        moment = moment_name(one.moment).lower() if indicator.is_spent else ""  # its peers may publish another one
        return {
            "text": f"{', '.join(filter(None, (str(indicator.name), moment)))}: {indicator.say(mine)}. {words}",
            "name": indicator.name,
            "url": f"{compare_url(one, peers, year)}#{key}",
        }

    def beside_peers(self) -> dict[str, Any] | None:
        """The municipality's indicators next to the median of its peers; nothing where no year of it compares."""
        last = self.last_spent or self.last_spending
        year = last.year if last else None
        found = self.peers_in(year) if year else None
        if year is None or found is None:
            return None
        mine, peers = found
        return {
            "table": peers_table(mine, peers, year),
            "peers": peers,
            "groups": [
                Link(label, query_with(self.params, pares=key), key == peers.key) for key, label in GROUPS.items()
            ],
            "compare_url": compare_url(mine, peers, year),
        }

    # -- figures --------------------------------------------------------------------------------------------------

    @cached_property
    def view(self) -> ledgers.View | None:
        return self.told_last[0] if self.told_last else None

    @cached_property
    def told_last(self) -> tuple[ledgers.View, dict[int, Release]] | None:
        return self.told(self.last_spending)

    def told(self, last: Release | None) -> tuple[ledgers.View, dict[int, Release]] | None:
        """A year told by object; by function or unit where no file tells it by object. And the releases of all years that
        tell it so in the same document."""
        if last is None:
            return None
        for way, (level, *_finer) in EXPENDITURE.ways.items():
            mine = [one for one in self.releases if one.kind == last.kind]
            releases = selectors.choose_among(mine, by=level, period=last.period, document=last.document)
            release = releases.get(last.year)
            moment = first_moment(release) if release else None
            if release and moment:
                view = ledgers.View(EXPENDITURE, way, level, release, moment, measure("corrientes", release.year))
                return view, releases
        return None

    @cached_property
    def compared(self) -> tuple[ledgers.View, Release] | None:
        """The newest year that has an earlier one to stand beside, and that one: of what is planned, else of what was spent."""
        if self.told_last and (found := self.earlier(*self.told_last)):
            return self.told_last[0], found
        told = self.told(self.last_spent) if self.last_spent != self.last_spending else None
        return (told[0], found) if told and (found := self.earlier(*told)) else None

    def earlier(self, view: ledgers.View, releases: dict[int, Release]) -> Release | None:
        """The newest year before that states the same moment, where the prices of both are known."""
        now, priced = view.release.year, self.deflator.values
        same = [year for year, one in releases.items() if year < now and year in priced and view.moment in one.totals]
        return releases[max(same)] if same and now in priced else None

    @cached_property
    def cells(self) -> dict[str, dict[int, list[Cell]]]:
        """By level and release, of the year shown and of those compared: one query if they are told the same way, as they
        mostly are."""
        told = [(self.view, self.view.release)] if self.view else []
        if self.compared:
            view, earlier = self.compared
            told += [(view, view.release), (view, earlier)]
        wanted: dict[str, dict[Release, str]] = defaultdict(dict)
        for view, release in told:
            wanted[view.level][release] = view.moment  # by which its headings are ordered
        found: dict[str, dict[int, list[Cell]]] = defaultdict(lambda: defaultdict(list))
        for level, releases in wanted.items():
            levels = (level, FINER[level]) if level in FINER and self.compared else (level,)
            read = selectors.expenditure_levels(releases=releases, levels=levels)
            for name, release in product(levels, releases):
                cells = [cell for cell in read[name] if cell.release_id == release.pk]
                found[name][release.pk] = selectors.ordered(cells, releases[release])
        return found

    def down(self, view: ledgers.View, cell: Cell) -> str:
        query = {"por": view.way}
        if self.view is None or view.release != self.view.release:
            query["anio"] = str(view.release.year)
        if view.level in ("chapter", "concept") and cell.code:
            query["cap"] = f"{cell.key[:1]}000"  # a concept stands there among those of its chapter
        return self.place.url("expenditure", **query)

    def parts(self) -> Figure | None:
        cells = self.cells[self.view.level].get(self.view.release.pk) if self.view else None
        if self.view is None or not cells:
            return None
        return composition(
            self.view, cells, before={}, down=partial(self.down, self.view), csv_url=self.csv_url("partes")
        )

    def changes(self) -> Figure | None:
        """The few headings that grew or shrank most since the earlier year, in pesos of the one shown: as fine as both years
        tell them."""
        if self.compared is None:
            return None
        view, earlier = self.compared
        finer = FINER.get(view.level)
        if finer and self.both_tell(finer, view, earlier):
            found = self.changes_at(replace(view, level=finer), earlier)
            if found is not None:
                return found
        return self.changes_at(view, earlier)

    def both_tell(self, level: str, view: ledgers.View, earlier: Release) -> bool:
        """Do both years tell all their money so? What one tells by chapter alone would look like a fall of the other's
        concepts."""
        return all(tells_concepts(self.cells[level][one.pk], view.moment) for one in (view.release, earlier))

    def changes_at(self, view: ledgers.View, earlier: Release) -> Figure | None:
        cells = self.cells[view.level]
        before = {
            cell.key: self.deflator.deflate(cell.amount(view.moment), earlier.year, view.release.year)
            for cell in cells[earlier.pk]
        }
        down = partial(self.down, view)
        return changes(view, cells[view.release.pk], before, earlier, self.csv_url("cambios"), down=down, each=CHANGED)

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
        if "outline" in self.place.aside:
            path = self.place.aside["outline"]
        else:
            found = Shape.objects.filter(municipality=municipality, frame=municipality.state_id)
            path = found.values_list("path", flat=True).first()
        return "" if path is None else charts.outline(path, gettext("Outline of %(name)s") % {"name": municipality})

    def other_bodies(self) -> list[PublicBody]:
        if self.place.municipality is None:
            return []
        if self.place.aside.get("others") == []:
            return []
        bodies = PublicBody.objects.with_data().filter(municipality=self.place.municipality)
        return [body for body in bodies.order_by("sort_key", "id") if body != self.place.body]


def compare_url(mine: Standing, peers: Beside, year: int) -> str:
    """The comparison with some of the same peers, in the same money."""
    query = {"m": [mine.code, *peers.codes], "anio": year, "en": "corrientes", "pares": peers.key}
    return f"{reverse('compare')}?{urlencode(query, doseq=True)}"


def tells_concepts(cells: Sequence[Cell], moment: str) -> bool:
    """Is all the money under a concept, of two digits? What is known by its chapter alone stays under the chapter's code."""
    stated = [cell for cell in cells if cell.amount(moment)]
    return bool(stated) and not any(not cell.key or cell.key.endswith("000") for cell in stated)


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
