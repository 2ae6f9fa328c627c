"""Round steps for a value axis that always contains zero."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.utils.safestring import SafeString

from .svg import at, el

MAX_LINES = 4


def ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Zero, and at most four more round values that enclose low..high; of what is counted, whole ones only."""
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return [0.0, 1.0]
    step = _step((high - low) / MAX_LINES)
    while math.ceil(high / step) - math.floor(low / step) > MAX_LINES or (whole and not step.is_integer()):
        step = _step(step * 1.01)
    return [index * step for index in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _step(at_least: float) -> float:
    """The next of 1, 2, 2.5, 5 × 10ⁿ."""
    power = 10.0 ** math.floor(math.log10(at_least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= at_least * (1 - 1e-9))


def gridlines(
    values: list[float], y: Callable[[float], float], show: Callable[[float], str], unit: str = ""
) -> list[SafeString]:
    """Labels sit on their lines; the unit is said once, on the top one."""
    drawn = []
    for value in values:
        line_y = at(y(value))
        zero = value == 0
        drawn.append(
            el(
                "line",
                class_="g0" if zero else "g",
                stroke="#5b6b71" if zero else "#dfe4e2",
                x1=0,
                x2="100%",
                y1=line_y,
                y2=line_y,
            )
        )
        label = f"{show(value)} {unit}".strip() if value == values[-1] else show(value)
        drawn.append(el("text", label, x=0, y=at(y(value) - 5)))
    return drawn
