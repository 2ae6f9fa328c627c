"""Places on one axis: a row for each that is compared, all their peers as a strip below, and the median as a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from .colours import FILLS, fill
from .svg import at, el, pct

LEFT, RIGHT = 34.0, 88.0
ROW, TOP, BOTTOM = 34, 34, 10
# Where a number stands beside its dot and how wide its letters are, as a part of the narrowest drawing (a phone's).
GAP, LETTER = 13, 8
NARROWEST = 350


class Dot(NamedTuple):
    name: str
    value: Decimal | None
    text: str  # "$5,427"
    strong: bool = False


def strip(
    dots: Sequence[Dot],
    *,
    others: Sequence[Decimal] = (),
    others_name: str = "",
    middle: Decimal | None = None,
    middle_text: str = "",
    label: str,
) -> SafeString:
    """Nothing where no row has a value. The axis begins at zero."""
    values = [float(dot.value) for dot in dots if dot.value is not None] + [float(value) for value in others]
    if not any(dot.value is not None for dot in dots):
        return SafeString("")
    low, high = min(0.0, *values), max(0.0, *values, float(middle or 0))
    if low == high:
        high = low + 1

    # The axis ends where the longest number still fits beside the last dot.
    right = min(RIGHT, 100 - max(_needed(dot.text) for dot in dots if dot.value is not None))

    def x(value: Decimal | float) -> float:
        return LEFT + (right - LEFT) * (float(value) - low) / (high - low)

    rows = len(dots) + (1 if others else 0)
    height = TOP + ROW * rows + BOTTOM
    parts: list[SafeString] = []
    if middle is not None:
        parts += _middle(x(middle), middle_text, height)
    for index, dot in enumerate(dots):
        parts += _row(dot, TOP + ROW * index + ROW / 2, x, right, None if middle is None else x(middle))
    if others:
        parts += _others(others, others_name, TOP + ROW * len(dots) + ROW / 2, x)
    return el("svg", *parts, class_="dots", height=height, width="100%", role="img", aria_label=label)


def _middle(x: float, text: str, height: int) -> list[SafeString]:
    anchor = "end" if x > 66 else "start" if x < 40 else "middle"
    return [
        el(
            "line",
            class_="g0",
            stroke="#5b6b71",
            stroke_dasharray="3 3",
            x1=pct(x),
            x2=pct(x),
            y1=TOP - 8,
            y2=height - 4,
        ),
        el("text", text, x=pct(x), y=TOP - 16, text_anchor=anchor, class_=f"a-{anchor}"),
    ]


def _row(dot: Dot, y: float, x: Callable[[Decimal], float], right: float, middle: float | None) -> list[SafeString]:
    role = "1" if dot.strong else "0"
    name = el("text", dot.name, class_=f"nm{' lb t1' if dot.strong else ''}", x=0, y=at(y + 5))
    line = el("line", class_="g", stroke="#dfe4e2", x1=pct(LEFT), x2=pct(right), y1=at(y), y2=at(y))
    if dot.value is None:
        return [name, line, el("text", dot.text, x=pct(LEFT), y=at(y + 5))]
    place = x(dot.value)
    circle = el("circle", **fill(f"f{role}"), cx=pct(place), cy=at(y), r=7)
    side: dict[str, Any] = {"dx": GAP}
    if middle is not None and _is_left(dot.text, place, middle):
        side = {"dx": -GAP, "text_anchor": "end"}
    css = f"lb t{role}{' a-end' if 'text_anchor' in side else ''}"
    number = el("text", dot.text, class_=css, fill=FILLS[f"f{role}"], x=pct(place), y=at(y + 5), **side)
    return [name, line, circle, number]


def _is_left(text: str, place: float, middle: float) -> bool:
    """A number right of its dot would lie on the line of the median, and left of it there is room."""
    return place < middle < place + _needed(text) and place - _needed(text) >= LEFT


def _needed(text: str) -> float:
    """How much of the narrowest drawing a number takes beside its dot, in percent."""
    return (GAP + LETTER * len(text)) / NARROWEST * 100


def _others(values: Sequence[Decimal], name: str, y: float, x: Callable[[Decimal], float]) -> list[SafeString]:
    """One tick for each, of which there may be thousands: written at once, of numbers alone."""
    top, foot = at(y - 8), at(y + 8)
    tick = f'<line class="k0" stroke="{FILLS["f0"]}" stroke-width="2" x1="{{0}}" x2="{{0}}" y1="{top}" y2="{foot}"/>'
    ticks = mark_safe("".join([tick.format(pct(x(value))) for value in sorted(values)]))  # noqa: S308
    return [el("text", name, x=0, y=at(y + 5)), ticks]
