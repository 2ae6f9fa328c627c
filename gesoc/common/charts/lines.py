"""Lines over years, labelled at their ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString

from .axis import gridlines, ticks
from .colours import ROLES, stroke
from .svg import at, el, pct

LEFT, RIGHT, TOP, BOTTOM = 9.0, 97.0, 28, 26
LABEL_GAP = 16


class Series(NamedTuple):
    name: str
    role: int  # 1 protagonist, 2 contrast, 0 context
    values: Sequence[Decimal | None]


def lines(
    xs: Sequence[str],
    series: Sequence[Series],
    *,
    label: str,
    show: Callable[[float], str],
    unit: str = "",
    height: int = 250,
) -> SafeString:
    """Two points in time at least; a None is a gap in the line."""
    known = [float(value) for one in series for value in one.values if value is not None]
    if len(xs) < 2 or not known:
        return SafeString("")
    steps = ticks(min(known), max(known))
    plot = _Plot(len(xs), steps[0], steps[-1], height)
    parts = gridlines(steps, plot.y, show, unit) + _years(xs, plot)
    for one in series:
        parts += _line(one, plot)
    parts += _names(series, plot)
    return el("svg", *parts, height=height, width="100%", role="img", aria_label=label)


class _Plot(NamedTuple):
    years: int
    low: float
    high: float
    height: int

    def x(self, index: int) -> float:
        return LEFT + (RIGHT - LEFT) * index / (self.years - 1)

    def y(self, value: float) -> float:
        return self.height - BOTTOM - (self.height - BOTTOM - TOP) * (value - self.low) / (self.high - self.low)


def _years(xs: Sequence[str], plot: _Plot) -> list[SafeString]:
    last = len(xs) - 1
    return [
        el(
            "text",
            text,
            class_=("end" if index == last else "mid") + (" opt" if _dropped(index, last) else ""),
            text_anchor="end" if index == last else "middle",
            x=pct(plot.x(index)),
            y=plot.height - 5,
        )
        for index, text in enumerate(xs)
    ]


def _dropped(index: int, last: int) -> bool:
    """On a phone every second year makes room, counted from the last."""
    return last > 5 and (last - index) % 2 == 1


def _line(one: Series, plot: _Plot) -> list[SafeString]:
    drawn = []
    for (i, before), (j, after) in _segments(one.values):
        drawn.append(
            el(
                "line",
                **stroke(f"k{one.role}"),
                stroke_linecap="round",
                x1=pct(plot.x(i)),
                y1=at(plot.y(before)),
                x2=pct(plot.x(j)),
                y2=at(plot.y(after)),
            )
        )
    for i, value in _points(one.values):
        drawn.append(
            el(
                "circle",
                class_=f"f{one.role}",
                fill=ROLES[f"f{one.role}"],
                cx=pct(plot.x(i)),
                cy=at(plot.y(value)),
                r=3 if i < _last(one.values) else 4.5,
            )
        )
    return drawn


def _points(values: Sequence[Decimal | None]) -> list[tuple[int, float]]:
    return [(index, float(value)) for index, value in enumerate(values) if value is not None]


def _segments(values: Sequence[Decimal | None]) -> list[tuple[tuple[int, float], tuple[int, float]]]:
    points = _points(values)
    return [(one, two) for one, two in pairwise(points) if two[0] == one[0] + 1]


def _last(values: Sequence[Decimal | None]) -> int:
    return _points(values)[-1][0]


def _names(series: Sequence[Series], plot: _Plot) -> list[SafeString]:
    """Names above the ends of their lines, pushed apart where they would touch."""
    ends = sorted((plot.y(_points(one.values)[-1][1]) - 11, one) for one in series if _points(one.values))
    drawn, free = [], float(TOP - 14)
    for wanted, one in ends:
        y = max(wanted, free)
        free = y + LABEL_GAP
        drawn.append(
            el(
                "text",
                one.name,
                class_=f"lb t{one.role} end",
                fill=ROLES[f"f{one.role}"],
                text_anchor="end",
                x=pct(plot.x(_last(one.values))),
                y=at(y),
            )
        )
    return drawn
