"""Figures that hold several municipalities beside one another, and their peers behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from django.utils.translation import gettext, gettext_lazy

from datasets import narration, sentences
from datasets.models import Release
from datasets.peers import ENOUGH, Peers, middle
from datasets.selectors import Standing
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Later, Table, row
from municipalities.selectors import Deflator

from .ledger import axis_text
from .measures import drawn_between_counts, pesos_of
from .sources import provenances

Value = Callable[[Standing], Decimal | None]


@dataclass(frozen=True)
class Indicator:
    """A figure that makes places of any size comparable: pesos per inhabitant or a part of a whole."""

    key: str
    name: Any
    how: Any  # what is divided by what
    of: Value
    is_pesos: bool = False
    is_spent: bool = True  # read from the budget, in the moment that the reader chose

    def say(self, value: Decimal | None) -> str:
        if value is None:
            return gettext("not published")
        return money.pesos(value) if self.is_pesos else money.percent(value)


def per_person(value: Decimal | None, one: Standing) -> Decimal | None:
    return None if value is None or not one.population else value / one.population


def _debt(one: Standing) -> Decimal | None:
    return per_person(one.chapter("9000"), one)


INDICATORS = {
    one.key: one
    for one in (
        Indicator(
            "gasto",
            gettext_lazy("Expenditure per inhabitant"),
            gettext_lazy("all expenditure ÷ inhabitants"),
            lambda one: per_person(one.spent, one),
            is_pesos=True,
        ),
        Indicator(
            "inversion",
            gettext_lazy("Public works, part of expenditure"),
            gettext_lazy("chapter 6000 ÷ all expenditure"),
            lambda one: money.share(one.chapter("6000"), one.spent),
        ),
        Indicator(
            "sueldos",
            gettext_lazy("Salaries, part of expenditure"),
            gettext_lazy("chapter 1000 ÷ all expenditure"),
            lambda one: money.share(one.chapter("1000"), one.spent),
        ),
        Indicator(
            "deuda",
            gettext_lazy("Debt service per inhabitant"),
            gettext_lazy("chapter 9000 ÷ inhabitants"),
            _debt,
            is_pesos=True,
        ),
        Indicator(
            "propios",
            gettext_lazy("Its own revenue, part of all revenue"),
            gettext_lazy("rubros 1 to 7 ÷ all revenue collected"),
            lambda one: money.share(one.own, one.received),
            is_spent=False,
        ),
        Indicator(
            "directa",
            gettext_lazy("Awarded without competition"),
            gettext_lazy("pesos of direct awards ÷ pesos of contracts that state their procedure"),
            lambda one: money.share(one.direct, one.contracted),
            is_spent=False,
        ),
    )
}


@dataclass(frozen=True)
class Comparison:
    """What is held side by side: the chosen ones, their peers, the year and the prices. All of them in one moment."""

    chosen: Sequence[Standing]
    peers: Peers
    year: int
    moment: str
    planned: bool
    deflator: Deflator
    base: int | None  # year of the prices; None: pesos of the year

    def value(self, indicator: Indicator, one: Standing) -> Decimal | None:
        found = indicator.of(one)
        if found is None or not indicator.is_pesos or self.base is None:
            return found
        return self.deflator.deflate(found, self.year, self.base)

    def say(self, indicator: Indicator, one: Standing) -> str:
        value = self.value(indicator, one)
        if value is None and indicator.is_spent and one.spent is None:
            return gettext("not published in this moment")
        return indicator.say(value)

    def others(self, indicator: Indicator) -> list[Decimal]:
        """What its peers state. They may be hundreds, and a page asks for them more than once."""
        if indicator.key not in self._others:
            told = (self.value(indicator, one) for one in self.peers.members)
            self._others[indicator.key] = [value for value in told if value is not None]
        return self._others[indicator.key]

    @cached_property
    def _others(self) -> dict[str, list[Decimal]]:
        return {}

    def middle(self, indicator: Indicator) -> Decimal | None:
        return middle(self.others(indicator), lambda value: value)

    @property
    def unit(self) -> str:
        return pesos_of(self.base or self.year)

    @property
    def what(self) -> str:
        """In which moment the budget is read."""
        return moment_name(self.moment).lower()

    @property
    def notes(self) -> list[str]:
        notes = [
            gettext("Peers: %(reason)s (%(count)s).") % {"reason": self.peers.reason, "count": len(self.peers.members)}
        ]
        if self.base:
            notes.append(gettext("Deflator: %(name)s.") % {"name": self.deflator.name})
        years = sorted({one.population_year for one in self.chosen if one.population_year})
        if years:
            notes.append(gettext("Population of %(years)s, INEGI.") % {"years": ", ".join(map(str, years))})
        if any(one.population_drawn for one in self.chosen):
            notes.append(drawn_between_counts())
        return notes


def beside(view: Comparison, indicator: Indicator, releases: Sequence[Release], csv_url: str) -> Figure:
    """One indicator: the chosen ones as dots, all peers as a strip, their median as a line."""
    values = [(one, view.value(indicator, one)) for one in view.chosen]
    stated = [(one.name, value) for one, value in values if value is not None]
    median = view.middle(indicator)
    others = view.others(indicator)
    title = f"{indicator.name}: {sentences.highest(stated, indicator.say, len(view.chosen))}"
    unit = view.unit if indicator.is_pesos else ""
    read = [str(indicator.how), view.what if indicator.is_spent else "", str(view.year), unit]
    subtitle = ", ".join(filter(None, read))
    ordered = sorted(values, key=lambda one: (one[1] is None, -(one[1] or Decimal(0)), one[0].name))
    said = gettext("median of its peers: %(value)s") % {"value": indicator.say(median)} if median is not None else ""
    columns = [
        Column(gettext("Municipality")),
        Column(indicator.name, "n"),
        Column(gettext("Against the median"), "n opt"),
    ]
    return Figure(
        key=indicator.key,
        title=title,
        subtitle=subtitle,
        chart=charts.strip(
            [charts.Dot(one.name, value, view.say(indicator, one), one is view.chosen[0]) for one, value in ordered],
            others=others,
            others_name=gettext("Its peers"),
            middle=median,
            middle_text=said,
            label=". ".join(filter(None, (title, subtitle, said))),
        ),
        table=Table(
            f"t-{indicator.key}",
            str(indicator.name),
            columns,
            [row(columns, [one.name, view.say(indicator, one), _against(value, median)]) for one, value in ordered],
            foot=row(columns, [gettext("Median of its peers"), indicator.say(median), ""])
            if median is not None
            else (),
        ),
        folded=True,
        sources=provenances(releases),
        notes=view.notes,
        csv_url=csv_url,
        csv_headings=[
            gettext("INEGI code"),
            gettext("municipality"),
            gettext("group"),
            str(indicator.name),
            gettext("unit"),
            gettext("moment"),
        ],
        csv_rows=_csv_rows(view, indicator, values),
    )


def finding(view: Comparison) -> str:
    """The first of the chosen ones against the second, in a sentence; nothing where only one was chosen."""
    if len(view.chosen) < 2:
        return ""
    first, second = view.chosen[:2]
    spent, works, direct = (
        (view.value(INDICATORS[key], first), view.value(INDICATORS[key], second))
        for key in ("gasto", "inversion", "directa")
    )
    return narration.held_against(first.name, second.name, spent, works, direct, planned=view.planned)


def _against(value: Decimal | None, median: Decimal | None) -> str:
    return money.signed_percent(money.change(median, value))


def _csv_rows(view: Comparison, indicator: Indicator, values: Sequence[tuple[Standing, Decimal | None]]) -> Later:
    """Of all peers, and so written only for who takes them away; but in the language of the page."""
    unit = view.unit if indicator.is_pesos else gettext("percent")
    moment = view.what if indicator.is_spent else ""
    mine, other = gettext("chosen"), gettext("peer")

    def rows() -> Iterator[list[Any]]:
        chosen = {one.code for one, _value in values}
        yield from ([one.code, one.name, mine, _exact(value), unit, moment] for one, value in values)
        for one in view.peers.members:
            if one.code not in chosen:
                yield [one.code, one.name, other, _exact(view.value(indicator, one)), unit, moment]

    return Later(rows)


def _exact(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))


def table_of_all(view: Comparison) -> Table:
    """Every indicator in a row, every municipality in a column."""
    columns = [
        Column(gettext("Indicator")),
        *[Column(one.name, "n") for one in view.chosen],
        Column(gettext("Median"), "n"),
    ]
    rows = []
    for indicator in INDICATORS.values():
        median = view.middle(indicator)
        told = [view.say(indicator, one) for one in view.chosen]
        rows.append(row(columns, [indicator.name, *told, indicator.say(median) if median is not None else "–"]))
    return Table(
        "t-todos",
        gettext("All indicators, %(year)s, expenditure %(moment)s") % {"year": view.year, "moment": view.what},
        columns,
        rows,
        note=gettext("Median: %(reason)s. Told where at least %(count)s publish the figure")
        % {"reason": view.peers.reason, "count": ENOUGH},
    )


class PeerMedians(Protocol):
    """What a municipality is held against, counted without itself."""

    @property
    def reason(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def told(self) -> Mapping[str, int]: ...
    @property
    def medians(self) -> Mapping[str, Decimal | None]: ...


def peers_table(mine: Standing, peers: PeerMedians, year: int) -> Table:
    """One municipality beside the median of its peers, in pesos of the year."""
    columns = [
        Column(gettext("Indicator")),
        Column(mine.name, "n"),
        Column(gettext("Median of its peers"), "n"),
        Column(gettext("Publish it"), "n opt"),
    ]
    rows = []
    for key, indicator in INDICATORS.items():
        median = peers.medians[key]
        said = indicator.say(median) if median is not None else "–"
        told = money.number(peers.told[key])
        rows.append(row(columns, [indicator.name, indicator.say(indicator.of(mine)), said, told]))
    return Table(
        "t-pares",
        gettext("Beside its peers, %(year)s, expenditure %(moment)s")
        % {"year": year, "moment": moment_name(mine.moment).lower()},
        columns,
        rows,
        note=gettext("%(reason)s: %(count)s. Pesos of %(year)s; a median is given from %(enough)s on")
        % {"reason": peers.reason, "count": peers.size, "year": year, "enough": ENOUGH},
    )


def over_the_years(
    view: Comparison,
    series: Mapping[str, Mapping[int, Decimal]],
    releases: Sequence[Release],
    csv_url: str,
    *,
    drawn: bool,
) -> Figure | None:
    """Expenditure per inhabitant of each chosen one, year by year, in one moment; nothing where no two years are told.

    `drawn`: whether the people of a year were drawn between two counts.
    """
    years = sorted({year for values in series.values() for year in values})
    if len(years) < 2:
        return None
    span = list(range(years[0], years[-1] + 1))
    scale = money.Scale(gettext("pesos"), Decimal(1), 0)
    names = {one.code: one.name for one in view.chosen}
    first = view.chosen[0].code
    mine = [series.get(first, {}).get(year) for year in span]
    name = gettext("Expenditure per inhabitant of %(place)s") % {"place": names[first]}
    title = sentences.trend(name, span, mine, real=view.base is not None)
    told = [year for year, value in zip(span, mine, strict=True) if value is not None]
    if len(told) == 1:  # the others may be published in another moment
        title = gettext("%(name)s: only %(year)s is published as %(moment)s")
        title %= {"name": name, "year": told[0], "moment": view.what}
    unit = view.unit if view.base else gettext("pesos of each year")
    subtitle = gettext("Expenditure per inhabitant, %(what)s, %(unit)s") % {"what": view.what, "unit": unit}
    columns = [Column(gettext("Year")), *[Column(names[code], "n") for code in series]]
    return Figure(
        key="anios",
        title=title,
        subtitle=subtitle,
        chart=charts.lines(
            [str(year) for year in span],
            [
                charts.Series(names[code], 1 if code == first else 0, [values.get(year) for year in span])
                for code, values in series.items()
            ],
            label=f"{title}. {subtitle}",
            show=axis_text(scale),
            unit=scale.heading,
        ),
        table=Table(
            "t-anios",
            gettext("Expenditure per inhabitant by year"),
            columns,
            [row(columns, [year, *[money.pesos(values.get(year)) for values in series.values()]]) for year in span],
        ),
        folded=True,
        wide=True,
        sources=provenances(releases),
        notes=list(dict.fromkeys([*view.notes[1:], *([drawn_between_counts()] if drawn else [])])),
        csv_url=csv_url,
        csv_headings=[
            gettext("INEGI code"),
            gettext("municipality"),
            gettext("year"),
            gettext("amount"),
            gettext("unit"),
            gettext("moment"),
        ],
        csv_rows=[
            [code, names[code], year, _exact(value), unit if view.base else pesos_of(year), view.what]
            for code, values in series.items()
            for year, value in values.items()
        ],
    )
