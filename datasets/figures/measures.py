"""In what money is shown: pesos of the year, pesos of one base year, pesos per inhabitant, or parts of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext

from gesoc.common import money
from municipalities.models import Population
from municipalities.selectors import Deflator

REAL = ("reales", "habitante")


def drawn_between_counts() -> str:
    return gettext("Between two counts the population is drawn on a straight line.")


def pesos_of(year: int) -> str:
    return gettext("pesos of %(year)s") % {"year": year}


@dataclass(frozen=True)
class Measure:
    """Turns an amount of one year into what is shown, and says how that is to be read."""

    key: str  # corrientes | reales | habitante | parte
    year: int
    deflator: Deflator | None = None
    base: int | None = None
    populations: Mapping[int, Population] = field(default_factory=dict)
    wholes: Mapping[int, Decimal] = field(default_factory=dict)

    def of(self, amount: Decimal | None, year: int | None = None) -> Decimal | None:
        if amount is None:
            return None
        year = year or self.year
        if self.key == "parte":
            return money.share(amount, self.wholes.get(year))
        if self.deflator and self.base and self.key in REAL:
            deflated = self.deflator.deflate(amount, year, self.base)
            if deflated is None:
                return None
            amount = deflated
        if self.key == "habitante":
            people = self.populations.get(year)
            return amount / people.value if people else None
        return amount

    @property
    def is_real(self) -> bool:
        """Inflation is taken out."""
        return bool(self.base)

    @property
    def wording(self) -> str:
        """For subtitles: the unit with its year."""
        return self.wording_of(self.year)

    @property
    def wording_of_years(self) -> str:
        """The same over several years."""
        if self.is_real or self.key == "parte":
            return self.wording
        if self.key == "habitante":
            return gettext("pesos of each year per inhabitant")
        return gettext("pesos of each year")

    def wording_of(self, year: int) -> str:
        """The unit of an amount of one of its years."""
        year = self.base or year
        if self.key == "habitante":
            return gettext("pesos of %(year)s per inhabitant") % {"year": year}
        if self.key == "parte":
            return gettext("percent of the whole")
        return pesos_of(year)

    @property
    def notes(self) -> list[str]:
        """What has to be said beside the source."""
        notes = []
        if self.base and self.deflator:
            notes.append(gettext("Deflator: %(name)s.") % {"name": self.deflator.name})
        people = {(one.year, one.source): one for one in self.populations.values()}.values()
        counted = {(one.year, one.source): one for own in people for one in own.between or (own,)}
        notes += [
            gettext("Population: %(people)s in %(year)s, %(source)s.")
            % {"people": money.number(one.value), "year": one.year, "source": one.source}
            for one in counted.values()
        ]
        if any(one.between for one in people):
            notes.append(drawn_between_counts())
        return notes

    def scale(self, values: Iterable[Decimal | None]) -> money.Scale:
        if self.key == "parte":
            return money.Scale(gettext("percent"), Decimal(1), 1)
        return money.scale_for(values)

    def say(self, value: Decimal | None) -> str:
        if self.key == "parte":
            return money.percent(value)
        return money.pesos(value) if self.key == "habitante" else money.amount(value)


def measure(
    key: str,
    year: int,
    *,
    deflator: Deflator | None = None,
    population: Population | None = None,
    whole: Decimal | None = None,
) -> Measure:
    """The measure of one year asked for where it can be had, else pesos of the year."""
    base = deflator.latest_year if deflator else None
    if key == "reales" and deflator and base and year in deflator.values:
        return Measure(key, year, deflator=deflator, base=base)
    if key == "habitante" and population:
        return Measure(key, year, populations={year: population})
    if key == "parte" and whole is not None and whole > 0:
        return Measure(key, year, wholes={year: whole})
    return Measure("corrientes", year)


def series_measure(
    key: str,
    years: Iterable[int],
    *,
    deflator: Deflator,
    populations: Mapping[int, Population],
    wholes: Mapping[int, Decimal],
) -> Measure:
    """For a course over years: the measure asked for where every year has it, else real pesos, else nominal ones."""
    span = sorted(years)
    indexed = all(year in deflator.values for year in span)
    base = deflator.latest_year if indexed else None
    if key == "parte" and all(wholes.get(year, Decimal(0)) > 0 for year in span):
        return Measure("parte", span[-1], wholes=wholes)
    if key == "habitante" and all(year in populations for year in span):
        people = {year: populations[year] for year in span}
        return Measure("habitante", span[-1], deflator=deflator if indexed else None, base=base, populations=people)
    if key != "corrientes" and indexed:
        return Measure("reales", span[-1], deflator=deflator, base=base)
    return Measure("corrientes", span[-1])
