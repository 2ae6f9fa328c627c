"""Lines over years, labelled at their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString

from .axis import gridlines, ticks
from .colours import ROLES, stroke
from .svg import at, el, pct

LEFT, RIGHT, TOP, BOTTOM = 9.0, 97.0, 28, 26
LABEL_GAP = 16
# A letter of a name, in per cent of a drawing as wide as a telephone, and in pixels; from the line to its name.
LETTER_WIDTH, LETTER_HEIGHT = 1.9, 11
ABOVE, BELOW, CLEAR = 11, 20, 3
DOT, LEVEL = 4.5, 4  # radius of the last point; from its middle to the baseline of a name at its height
CROWDED = 10  # so many steps leave no room for a word each


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
        # The last ends where its point is, so it comes near the one before it.
        if last < CROWDED or index != last - 1
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


class _Spot(NamedTuple):
    """Where a name may stand: a corner of its box, in per cent and pixels."""

    left: float
    right: float
    baseline: float
    x: float
    anchor: str

    @property
    def top(self) -> float:
        return self.baseline - LETTER_HEIGHT

    def touches(self, other: _Spot) -> bool:
        apart = self.right < other.left or other.right < self.left
        return not apart and abs(self.baseline - other.baseline) < LABEL_GAP


def _names(series: Sequence[Series], plot: _Plot) -> list[SafeString]:
    """Each name beside its own line where no line and no other name is: at the end if it can be, else further left."""
    drawn: list[SafeString] = []
    taken: list[_Spot] = []
    named = [one for one in series if _points(one.values)]
    ends = {id(one): plot.y(_points(one.values)[-1][1]) for one in named}
    for one in sorted(named, key=lambda one: (one.role != 1, ends[id(one)])):  # the protagonist chooses first
        spot = _spot(one, named, plot, taken)
        taken.append(spot)
        css = {"end": " end", "middle": " mid"}.get(spot.anchor, "")
        drawn.append(
            el(
                "text",
                one.name,
                class_=f"lb t{one.role}{css}",
                fill=ROLES[f"f{one.role}"],
                text_anchor=spot.anchor,
                x=pct(spot.x),
                y=at(spot.baseline),
            )
        )
    return drawn


def _spot(one: Series, series: Sequence[Series], plot: _Plot, taken: Sequence[_Spot]) -> _Spot:
    spots = list(_spots(one, plot))
    for spot in spots:
        if not any(spot.touches(other) for other in taken) and not any(_crosses(each, spot, plot) for each in series):
            return spot
    # No room anywhere: at the end, below the names that are there and what is drawn there.
    lowest = max((other.baseline for other in taken), default=-LABEL_GAP)
    first = max(spots[0].baseline, lowest + LABEL_GAP)
    below = (spots[0]._replace(baseline=first + step) for step in range(0, plot.height - BOTTOM - int(first), LEVEL))
    free = (spot for spot in below if not any(_crosses(each, spot, plot) for each in series))
    return next(free, spots[0]._replace(baseline=first))


def _spots(one: Series, plot: _Plot) -> Iterator[_Spot]:
    """At the end, above and below; then beside each point from the last to the first, where there is room on a telephone."""
    wide = LETTER_WIDTH * len(one.name)
    last, *others = reversed(_points(one.values))
    x, y = plot.x(last[0]), plot.y(last[1])
    yield from _around(_Spot(x - wide, x, y, x, "end"), plot)
    if not others:  # no line of its own leads up to it
        yield _Spot(x - 2 - wide, x - 2, y + LEVEL, x - 2, "end")
    for index, value in others:
        x, y = plot.x(index), plot.y(value)
        beside = x + 1
        boxes = [_Spot(x - wide / 2, x + wide / 2, y, x, "middle"), _Spot(beside, beside + wide, y, beside, "start")]
        for box in boxes:
            if box.left >= LEFT and box.right <= 100:
                yield from _around(box, plot)


def _around(box: _Spot, plot: _Plot) -> Iterator[_Spot]:
    """The same box above its point and below it, within the drawing."""
    yield box._replace(baseline=max(box.baseline - ABOVE, float(TOP - 14)))
    if box.baseline + BELOW < plot.height - BOTTOM:
        yield box._replace(baseline=box.baseline + BELOW)


def _crosses(one: Series, spot: _Spot, plot: _Plot) -> bool:
    """A line of the series or one of its points, which may be all there is of it."""
    for (i, before), (j, after) in _segments(one.values):
        start, end = plot.x(i), plot.x(j)
        left, right = max(start, spot.left), min(end, spot.right)
        if left > right:
            continue
        heights = [
            plot.y(before) + (plot.y(after) - plot.y(before)) * (x - start) / (end - start) for x in (left, right)
        ]
        if min(heights) < spot.baseline + CLEAR and max(heights) > spot.top:
            return True
    return any(_covers(spot, plot.x(index), plot.y(value)) for index, value in _points(one.values))


def _covers(spot: _Spot, x: float, y: float) -> bool:
    return spot.left <= x <= spot.right and spot.top - DOT < y < spot.baseline + DOT
