"""The pages of expenditure and revenue: `/presupuesto/` and `/ingresos/`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_lazy

from datasets import selectors
from datasets.figures import ledger as ledgers
from datasets.figures.changes import changes
from datasets.figures.composition import Order, composition
from datasets.figures.course import Point, course
from datasets.figures.cycle import cycle
from datasets.figures.ledger import Ledger
from datasets.figures.measures import Measure, measure, series_measure
from datasets.figures.origin import origin
from datasets.figures.quarters import quarters
from datasets.figures.sources import comparable, document_name, first_moment, stated_moments, total
from datasets.figures.stages import carried_out, moments
from datasets.models import Release
from datasets.selectors import Cell, YearCells
from datasets.words import moment_name
from gesoc.common.charts.frame import Action, Figure
from municipalities.models import Population
from municipalities.selectors import Deflator, deflator

from .choices import WORDS, options, picked, picked_moment, query_with
from .dashboards import DashboardView, named

MEASURES = {
    "corrientes": gettext_lazy("Pesos of the year"),
    "reales": gettext_lazy("Real pesos"),
    "habitante": gettext_lazy("Per inhabitant"),
    "parte": gettext_lazy("Percent of the whole"),
}
ORDERS = ("monto", "nombre", "clave", "cambio")


class LedgerView(DashboardView):
    """Chosen by the address: way of telling, year, document, moment, unit, and the heading drilled into."""

    ledger: ClassVar[Ledger]
    template_name = "datasets/ledger.html"

    def page(self) -> dict[str, Any]:
        if not self.releases:
            return {"ledger": self.ledger, "empty": True}
        if self.release is None or self.moment is None:
            return {"ledger": self.ledger, "unanswered": True, "filters": self.filters()}
        return {
            "ledger": self.ledger,
            "release": self.release,
            "figures": self.drawn(),
            "filters": self.filters(),
            "path": self.path(),
            "kept": self.kept,
        }

    def drawn(self) -> list[Figure | None]:
        """In the order of the page: the parts, what changed, then the cycle."""
        return [
            self.parts(),
            self.changes(),
            self.course(),
            self.cycle(),
            self.quarters(),
            self.carried_out(),
            self.moments(),
        ]

    # -- what was chosen ------------------------------------------------------------------------------------------

    @cached_property
    def way(self) -> str:
        """What was asked for; else the first that published files answer, so that nobody begins at a page without figures."""
        ways = self.ledger.ways
        first = next(iter(ways))
        if self.params.get("por"):
            return picked(self.params, "por", ways, first)
        return next((way for way, levels in ways.items() if self._answer(levels[0])), first)

    @cached_property
    def headings(self) -> list[str]:
        """The codes drilled into, from coarse to fine."""
        found = []
        for name in self.ledger.params if self.levels[1:] else ():
            if not (code := self.params.get(name, "")):
                break
            found.append(code)
        return found[: len(self.levels) - 1]

    @property
    def levels(self) -> tuple[str, ...]:
        return self.ledger.ways[self.way]

    @property
    def level(self) -> str:
        return self.levels[len(self.headings)]

    @cached_property
    def years(self) -> list[int]:
        return sorted({release.year for release in self.releases}, reverse=True)

    @cached_property
    def release(self) -> Release | None:
        return self._answer(self.level)

    @cached_property
    def _answers(self) -> dict[str, Release | None]:
        return {}

    def _answer(self, level: str) -> Release | None:
        """The release that tells the chosen year and document apart that way; each is looked for once."""
        if level not in self._answers:
            self._answers[level] = self._choose(level)
        return self._answers[level]

    def _choose(self, level: str) -> Release | None:
        document, _dot, period = self.params.get("documento", "").partition(".")
        year = self.params.get("anio", "")
        wanted = {"document": document, "period": period}
        asked: dict[str, Any] = {name: value for name, value in wanted.items() if value}
        if year.isdecimal() and int(year) in self.years:
            asked["year"] = int(year)
        chosen = selectors.choose_among(self.releases, by=level, **asked) if asked else self.tellers(level)
        return chosen[max(chosen)] if chosen else None

    def tellers(self, level: str) -> dict[int, Release]:
        """For each year the release that tells it best that way; each level is asked for once."""
        if level not in self._tellers:
            self._tellers[level] = selectors.choose_among(self.releases, by=level)
        return self._tellers[level]

    @cached_property
    def _tellers(self) -> dict[str, dict[int, Release]]:
        return {}

    @cached_property
    def moment(self) -> str | None:
        assert self.release is not None
        first = first_moment(self.release)
        return picked_moment(self.params, stated_moments(self.release), first) if first else None

    # -- what was read --------------------------------------------------------------------------------------------

    @cached_property
    def deflator(self) -> Deflator:
        return deflator()

    @cached_property
    def populations(self) -> dict[int, Population]:
        return self.place.populations(self.years)

    @property
    def population(self) -> Population | None:
        assert self.release is not None
        return self.populations.get(self.release.year)

    @cached_property
    def measure(self) -> Measure:
        assert self.release is not None
        key = picked(self.params, "en", MEASURES, "corrientes")
        whole = total(self.release, self.moment) if self.moment else None
        return measure(key, self.release.year, deflator=self.deflator, population=self.population, whole=whole)

    @cached_property
    def cells(self) -> list[Cell]:
        assert self.release is not None
        return self.all_cells.get(self.release.pk, [])

    @cached_property
    def all_cells(self) -> dict[int, list[Cell]]:
        """Of the year shown and of those that stand beside it, read together. What all headings of a year add up to its release
        says, so that of most years no cell is read."""
        assert self.release is not None
        beside = (
            self.comparable_releases
            if self.tells_all_years
            else [one for one in self.comparable_releases if self.is_year_before(one)]
        )
        releases = {one.pk: one for one in (*beside, self.release)}
        return selectors.cells_of(
            releases.values(), by=self.level, kind=self.ledger.kind, parent=self.parent, moment=self.moment
        )

    @property
    def tells_all_years(self) -> bool:
        """Are headings told of every year? Drilled into one, its parts have to be added up."""
        return self.parent is not None

    @cached_property
    def comparable_releases(self) -> list[Release]:
        """The releases of all years that compare with the chosen one, in its place among them."""
        assert self.release is not None
        assert self.moment is not None
        by_year = self.tellers(self.level) | {self.release.year: self.release}
        return comparable(list(by_year.values()), self.release, self.moment)

    def is_year_before(self, one: Release) -> bool:
        return self.release is not None and one.year == self.release.year - 1

    @property
    def parent(self) -> str | None:
        return self.headings[-1] if self.headings else None

    @cached_property
    def heading_names(self) -> dict[str, str]:
        """Official names of the headings drilled into."""
        classifier = "revenue" if self.section == "revenue" else "object"
        names = selectors.official_names(classifier, self.headings)
        return {code: names[code].short if code in names else code for code in self.headings}

    @cached_property
    def view(self) -> ledgers.View:
        assert self.release is not None
        assert self.moment is not None
        return ledgers.View(
            ledger=self.ledger,
            way=self.way,
            level=self.level,
            release=self.release,
            moment=self.moment,
            measure=self.measure,
            heading=self.heading_names[self.parent] if self.parent else "",
            heading_code=self.parent or "",
        )

    @cached_property
    def trend(self) -> list[YearCells]:
        """Years that compare with the chosen one, with it; without cells where none were read."""
        return [YearCells(one.year, one, self.all_cells.get(one.pk, [])) for one in self.comparable_releases]

    # -- the figures ----------------------------------------------------------------------------------------------

    def parts(self) -> Figure | None:
        figure = composition(
            self.view,
            self.cells,
            before=self.a_year_before(),
            down=self.down,
            csv_url=self.csv_url("partes"),
            order=Order(picked(self.params, "orden", ORDERS, "monto"), self.ordered_url),
        )
        return named(figure, links=self.line_links())

    def ordered_url(self, by: str) -> str:
        return query_with(self.params, orden=by) + "#partes"

    @cached_property
    def earlier(self) -> YearCells | None:
        """The year before, where its prices can be told against the chosen one's."""
        assert self.release is not None
        year = self.release.year
        before = next((one for one in self.trend if self.is_year_before(one.release)), None)
        return before if {year, year - 1} <= set(self.deflator.values) else None

    def a_year_before(self) -> dict[str, Decimal | None]:
        """Amounts of the year before at prices of the chosen one; nothing where they cannot be compared."""
        if self.earlier is None or self.moment is None:
            return {}
        year, cells = self.earlier.year, self.earlier.cells
        classifier = self.ledger.classifiers.get(self.level)
        same = selectors.same_headings(classifier, cells, self.cells, years=(year, year + 1))
        return {
            same[cell.key]: self.deflator.deflate(cell.amount(self.moment), year, year + 1)
            for cell in cells
            if cell.key in same
        }

    def changes(self) -> Figure | None:
        earlier = self.earlier.release if self.earlier else None
        return changes(self.view, self.cells, self.a_year_before(), earlier, self.csv_url("cambios"), down=self.down)

    def down(self, cell: Cell) -> str:
        """To the parts of a heading; the finest level leads to the lines of the file."""
        if not cell.key:  # what the file does not classify
            return ""
        if not self.has_parts:
            return self.lines_url(cell.key)
        assert self.release is not None
        chosen = {"anio": str(self.release.year), "documento": self.document_key(self.release)}
        return query_with(self.params, **chosen, **{self.ledger.params[len(self.headings)]: cell.key})

    @cached_property
    def has_parts(self) -> bool:
        """Is the release told more finely than this level? A file of chapters alone has no concepts to show."""
        finer = self.levels[len(self.headings) + 1 :]
        if not finer or self.release is None:
            return False
        shown = [cell.key for cell in self.cells]
        return selectors.is_told_by(self.release, by=finer[0], beyond=shown, whole=not self.parent)

    def lines_url(self, key: str = "") -> str:
        assert self.release is not None
        chosen = {"version": str(self.release.pk)}
        if key:
            finest = "revenue" if self.section == "revenue" and self.level == "item" else self.level
            chosen |= {"por": finest, "clave": key}
        return self.place.url(f"{self.section}_lines", **chosen)

    def line_links(self) -> tuple[Action, ...]:
        """All lines that the figure was added up from."""
        return (Action(gettext("See the lines of the file"), self.lines_url()),)

    def course(self) -> Figure | None:
        points = [Point(one.year, one.release, self.sum_of(one)) for one in self.trend]
        points = [point for point in points if point.value is not None]
        if len(points) < 2:
            return None
        wholes = {one.year: total(one.release, self.moment) or Decimal(0) for one in self.trend} if self.moment else {}
        shown = series_measure(
            self.params.get("en", "") if self.parent or self.params.get("en") != "parte" else "",
            [point.year for point in points],
            deflator=self.deflator,
            populations=self.populations,
            wholes=wholes,
        )
        view = replace(self.view, measure=shown)
        return course(view, points, self.csv_url("anios"))

    def sum_of(self, one: YearCells) -> Decimal | None:
        """All cells at a level add up to the heading above them."""
        assert self.moment is not None
        if not self.parent:
            return total(one.release, self.moment)
        return selectors.totals(one.cells, [self.moment])[self.moment]

    def moments(self) -> Figure | None:
        return moments(self.view, self.csv_url("momentos")) if not self.parent else None

    def cycle(self) -> Figure | None:
        return cycle(self.view, self.cells, self.csv_url("ciclo"))

    def quarters(self) -> Figure | None:
        return quarters(self.view, self.releases, self.csv_url("trimestres")) if not self.parent else None

    def carried_out(self) -> Figure | None:
        return carried_out(self.view, self.cells, self.csv_url("avance"))

    # -- the form and the path ------------------------------------------------------------------------------------

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Hidden fields: the heading stays when a filter changes."""
        return [(name, code) for name, code in zip(self.ledger.params, self.headings, strict=False)]

    def filters(self) -> list[dict[str, Any]]:
        year = self.release.year if self.release else self.years[0]
        fields = [
            ("anio", gettext("Year"), {str(one): str(one) for one in self.years}, str(year)),
            ("documento", gettext("Document"), self.documents(year), self.document_key(self.release)),
            ("por", gettext("View"), self.ways(), self.way),
        ]
        if self.release and self.moment:
            moments = {WORDS[moment]: moment_name(moment) for moment in stated_moments(self.release)}
            fields.append(("momento", gettext("Moment of the budget"), moments, WORDS[self.moment]))
            fields.append(("en", gettext("Unit"), self.units(), self.measure.key))
        return [
            {"name": name, "label": label, "options": options(labels, chosen)}
            for name, label, labels, chosen in fields
            if len(labels) > 1
        ]

    def ways(self) -> dict[str, Any]:
        """Only those that a file of the year tells, and the one that was asked for."""
        told = selectors.told_by([one for one in self.releases if self.release and one.year == self.release.year])
        return {
            way: self.ledger.way_names[way]
            for way, levels in self.ledger.ways.items()
            if way == self.way or not self.release or levels[0] in told
        }

    def documents(self, year: int) -> dict[str, str]:
        return {self.document_key(one): document_name(one) for one in self.releases if one.year == year}

    def document_key(self, release: Release | None) -> str:
        return f"{release.document}.{release.period}" if release else ""

    def units(self) -> dict[str, Any]:
        assert self.release is not None
        units = dict(MEASURES)
        if self.release.year not in self.deflator.values:
            units.pop("reales")
        if self.population is None:
            units.pop("habitante")
        if (total(self.release, self.moment or "") or Decimal(0)) <= 0:
            units.pop("parte")
        return units

    def path(self) -> list[dict[str, str]]:
        """All › 6000 Public works › 6100 …: every step but the last leads back."""
        names = [str(self.ledger.whole_name)]
        names += [f"{code} {self.heading_names[code]}" for code in self.headings]
        steps = []
        for depth, name in enumerate(names):
            gone = dict.fromkeys(self.ledger.params[depth:])
            steps.append({"name": name, "url": query_with(self.params, **gone)})
        steps[-1]["url"] = ""
        return steps if self.levels[1:] else []


class ExpenditureView(LedgerView):
    section = "expenditure"
    kind = ledgers.EXPENDITURE.kind
    ledger = ledgers.EXPENDITURE


class RevenueView(LedgerView):
    section = "revenue"
    kind = ledgers.REVENUE.kind
    ledger = ledgers.REVENUE

    def drawn(self) -> list[Figure | None]:
        parts, *others = super().drawn()
        return [parts, self.origin(), *others]

    @property
    def tells_all_years(self) -> bool:
        return self.tells_origin or super().tells_all_years

    @property
    def tells_origin(self) -> bool:
        """By rubro, which is the level of the page's first view; drilled into one there is no origin to tell."""
        return not self.parent and self.level == "rubro"

    def origin(self) -> Figure | None:
        if not self.tells_origin:
            return None
        return origin(self.view, self.trend, self.csv_url("origen"))
