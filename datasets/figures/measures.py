"""In what money is shown: pesos of the year, pesos of one base year, or pesos per inhabitant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from gesoc.common import money
from municipalities.models import Population
from municipalities.selectors import Deflator


@dataclass(frozen=True)
class Measure:
    """Turns an amount of one year into what is shown, and says how that is to be read."""

    key: str  # corrientes | reales | habitante
    year: int
    deflator: Deflator | None = None
    base: int | None = None
    population: Population | None = None

    def of(self, amount: Decimal | None, year: int | None = None) -> Decimal | None:
        if amount is None:
            return None
        if self.key == "reales" and self.deflator and self.base:
            return self.deflator.deflate(amount, year or self.year, self.base)
        if self.key == "habitante" and self.population:
            return amount / self.population.value
        return amount

    @property
    def wording(self) -> str:
        """For subtitles: the unit with its year."""
        if self.key == "reales":
            return gettext("pesos of %(year)s") % {"year": self.base}
        if self.key == "habitante":
            return gettext("pesos of %(year)s per inhabitant") % {"year": self.year}
        return gettext("pesos of %(year)s") % {"year": self.year}

    @property
    def notes(self) -> list[str]:
        """What has to be said beside the source."""
        if self.key == "reales" and self.deflator:
            return [gettext("Deflator: %(name)s.") % {"name": self.deflator.name}]
        if self.key == "habitante" and self.population:
            people = self.population
            return [
                gettext("Population: %(people)s in %(year)s, %(source)s.")
                % {"people": money.number(people.value), "year": people.year, "source": people.source}
            ]
        return []

    def scale(self, values: Iterable[Decimal | None]) -> money.Scale:
        return money.scale_for(values)

    def say(self, value: Decimal | None) -> str:
        return money.pesos(value) if self.key == "habitante" else money.amount(value)


def measure(key: str, year: int, *, deflator: Deflator | None = None, population: Population | None = None) -> Measure:
    """The measure asked for where it can be had, else pesos of the year."""
    base = deflator.latest_year if deflator else None
    if key == "reales" and deflator and base and year in deflator.values:
        return Measure(key, year, deflator=deflator, base=base)
    if key == "habitante" and population:
        return Measure(key, year, population=population)
    return Measure("corrientes", year)
