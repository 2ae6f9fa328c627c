"""How amounts are shown. Always from exact Decimals; halves go away from zero, as people round.

"mdp" is millones de pesos. One decimal at most, a comma for thousands, a point for decimals, a true minus sign; under
one million, pesos in full. What was not published is an empty text, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.translation import gettext

MILLION = Decimal(1_000_000)
MINUS = "−"
NBSP = "\u00a0"


def number(value: Decimal | int, decimals: int = 0) -> str:
    """1,234.5 with `decimals` places; a value that rounds to nothing but is not nothing says so: <0.1."""
    exact = Decimal(value)
    step = Decimal(1).scaleb(-decimals)
    rounded = abs(exact).quantize(step, ROUND_HALF_UP)
    sign = MINUS if exact < 0 else ""
    if exact and not rounded:
        return f"{sign}<{step:f}"
    return f"{sign if rounded else ''}{rounded:,.{decimals}f}"


def pesos(value: Decimal | int | None, *, cents: bool = False) -> str:
    """$842,300 or, where a line is shown as it was published, $842,300.15."""
    if value is None:
        return ""
    shown = number(value, 2 if cents else 0)
    return f"{MINUS}${shown[1:]}" if shown.startswith(MINUS) else f"${shown}"


def millions(value: Decimal) -> str:
    """The number alone, in millions: 3,912 from a hundred on, 67.2 under it."""
    scaled = Decimal(value) / MILLION
    return number(scaled, 0 if abs(scaled) >= 100 else 1)


def amount(value: Decimal | int | None) -> str:
    """For sentences and labels: "3,912 mdp"; under one million "$842,300"."""
    if value is None:
        return ""
    exact = Decimal(value)
    if abs(exact) < MILLION:
        return pesos(exact)
    return gettext("%(number)s million pesos") % {"number": millions(exact)}


def currency_amount(value: Decimal | None, currency: str) -> str:
    """An amount whose currency may not be the peso: the code is always said."""
    if value is None:
        return ""
    if currency == "MXN":
        return amount(value)
    scaled = abs(value) >= MILLION
    shown = millions(value) if scaled else number(value)
    pattern = gettext("%(number)s million %(currency)s") if scaled else "%(number)s" + NBSP + "%(currency)s"
    return pattern % {"number": shown, "currency": currency}


class Scale(NamedTuple):
    """The unit of a column: said once in its heading, so that cells hold bare numbers of equal precision."""

    heading: str
    divisor: Decimal
    decimals: int

    def cell(self, value: Decimal | None) -> str:
        return "" if value is None else number(value / self.divisor, self.decimals)


def scale_for(values: Iterable[Decimal | None]) -> Scale:
    """Millions with one decimal where the largest reaches ten million, else pesos in full."""
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    if largest >= 10 * MILLION:
        return Scale(gettext("million pesos"), MILLION, 1)
    return Scale(gettext("pesos"), Decimal(1), 0)


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Percentage of a whole; None where either is unknown or the whole is nothing."""
    if part is None or not whole:
        return None
    return part / whole * 100


def percent(value: Decimal | None) -> str:
    """36%: no space, no decimals; <1% for what would round to nothing."""
    return "" if value is None else f"{number(value)}%"


def change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Relative change in percent; None without a positive figure to start from."""
    if before is None or after is None or before <= 0:
        return None
    return (after - before) / before * 100


def signed_percent(value: Decimal | None) -> str:
    if value is None:
        return ""
    shown = percent(value)
    return f"+{shown}" if value > 0 and not shown.startswith("<") else shown
