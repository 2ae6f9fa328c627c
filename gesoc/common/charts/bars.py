"""Bars: in the cell of a table, stacked to a whole, upright by month or year, and a line the size of a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.safestring import SafeString

from .axis import gridlines, ticks
from .colours import STROKES, fill
from .svg import at, el, pct

BAR = 13
GAP = 0.25  # percent between the parts of a stack
LEFT, RIGHT, TOP, BOTTOM = 9.0, 100.0, 24, 22


def swatch(css: str) -> SafeString:
    """The square before a name: joins a row to its colour."""
    return el("svg", el("rect", **fill(css), width="100%", height="100%"), class_="sq", aria_hidden="true")


def inline_bar(value: Decimal, largest: Decimal, css: str = "f1", mark: Decimal | None = None) -> SafeString:
    """A bar from zero; `mark` is a value that a thin line stands at."""
    parts = [el("rect", **fill(css), width=pct(_part(value, largest)), height="100%")]
    if mark is not None:
        x = pct(_part(mark, largest))
        parts.append(el("line", class_="g0", stroke="#5b6b71", stroke_width=2, x1=x, x2=x, y1=-3, y2=BAR + 3))
    return el("svg", *parts, aria_hidden="true", height=BAR, width="100%")


def signed_bar(value: Decimal, low: Decimal, high: Decimal, css: str = "f1") -> SafeString:
    """For columns with negatives: all bars share one zero line between `low` and `high`."""
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    zero = _part(-low, high - low)
    width = _part(abs(value), high - low)
    start = zero if value >= 0 else zero - width
    return el(
        "svg",
        el("rect", **fill(css), x=pct(start), width=pct(width), height="100%"),
        el("line", class_="g0", stroke="#5b6b71", x1=pct(zero), x2=pct(zero), y1=-2, y2=BAR + 2),
        aria_hidden="true",
        height=BAR,
        width="100%",
    )


def bullet(done: Decimal | None, base: Decimal | None, mark: Decimal | None, largest: Decimal) -> SafeString:
    """A thick bar of what was done on a pale one of what it may reach; a thin line at `mark`, where it began."""
    parts = []
    if base is not None:
        parts.append(el("rect", **fill("q2"), width=pct(_part(base, largest)), height="100%"))
    if done is not None:
        over = base is not None and done > base
        parts.append(
            el("rect", **fill("f2" if over else "f1"), width=pct(_part(done, largest)), y=BAR // 4, height=BAR // 2)
        )
    if mark is not None:
        x = pct(_part(mark, largest))
        parts.append(el("line", class_="g0", stroke="#5b6b71", stroke_width=2, x1=x, x2=x, y1=-2, y2=BAR + 2))
    return el("svg", *parts, aria_hidden="true", height=BAR, width="100%")


def stacked_bar(parts: Sequence[tuple[Decimal, str]], height: int = BAR, whole: Decimal | None = None) -> SafeString:
    """(value, css) from left to right; their sum is 100%, or `whole` where bars of several sizes stand in one column.
    Nothing for a whole of zero or a negative part."""
    whole = sum((value for value, _css in parts), Decimal(0)) if whole is None else whole
    if whole <= 0 or any(value < 0 for value, _css in parts):
        return SafeString("")
    drawn, start = [], 0.0
    for value, css in parts:
        width = _part(value, whole)
        drawn.append(el("rect", **fill(css), x=pct(start), width=pct(max(width - GAP, 0)), height="100%"))
        start += width
    return el("svg", *drawn, aria_hidden="true", height=height, width="100%")


def columns(
    names: Sequence[str],
    values: Sequence[Decimal | None],
    *,
    label: str,
    show: Callable[[float], str],
    unit: str = "",
    highlighted: frozenset[int] = frozenset(),
    height: int = 230,
) -> SafeString:
    """Upright bars from zero; a None leaves its place empty. The highlighted ones carry their number."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return SafeString("")
    steps = ticks(min(known), max(known), whole=all(value.is_integer() for value in known))
    low, high = steps[0], steps[-1]

    def y(value: float) -> float:
        return height - BOTTOM - (height - BOTTOM - TOP) * (value - low) / (high - low)

    slot = (RIGHT - LEFT) / len(values)
    parts = gridlines(steps, y, show, unit)
    for index, (name, value) in enumerate(zip(names, values, strict=True)):
        middle = LEFT + slot * (index + 0.5)
        parts.append(el("text", name, class_="mid", text_anchor="middle", x=pct(middle), y=height - 4))
        if value is not None:
            parts += _column(middle, slot * 0.7, float(value), y, index in highlighted, show)
    return el("svg", *parts, height=height, width="100%", role="img", aria_label=label)


def _column(
    middle: float, width: float, value: float, y: Callable[[float], float], strong: bool, show: Callable[[float], str]
) -> list[SafeString]:
    top, bottom = sorted((y(value), y(0)))
    bar = el(
        "rect",
        **fill("f1" if strong else "f0"),
        x=pct(middle - width / 2),
        width=pct(width),
        y=at(top),
        height=at(max(bottom - top, 0.5)),
    )
    if not strong:
        return [bar]
    number = el(
        "text", show(value), class_="lb mid t1", fill=STROKES["k1"], text_anchor="middle", x=pct(middle), y=at(top - 6)
    )
    return [bar, number]


def sparkline(values: Sequence[Decimal | None], width: int = 96, height: int = 22) -> SafeString:
    """The course of a few years beside a number that says it; nothing for fewer than two."""
    known = [(index, float(value)) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(v for _i, v in known), max(v for _i, v in known)
    spread = high - low or 1

    def point(index: int, value: float) -> tuple[float, float]:
        return 2 + (width - 6) * index / (len(values) - 1), height - 3 - (height - 6) * (value - low) / spread

    path = " ".join(f"{at(x)},{at(y)}" for x, y in (point(*one) for one in known))
    end_x, end_y = point(*known[-1])
    return el(
        "svg",
        el("polyline", class_="ln k1", points=path, fill="none", stroke=STROKES["k1"], stroke_width=1.5),
        el("circle", **fill("f1"), cx=at(end_x), cy=at(end_y), r=2.5),
        class_="spark",
        aria_hidden="true",
        width=width,
        height=height,
    )


def _part(value: Decimal, whole: Decimal) -> float:
    return float(value / whole * 100) if whole > 0 and value > 0 else 0.0
