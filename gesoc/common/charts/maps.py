"""Maps of areas: paths that were simplified once and stored, painted by class, each a link with its name and value.

The one drawing with an outer viewBox: it has no letters that must keep their size.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from .colours import fill
from .svg import el

SHADES = 5
OUTLINE = "#4a5a60"  # at least 3:1 beside every shade: neighbours of one class stay apart
DOT = 4


class Area(NamedTuple):
    """`path` may be empty: the unit is too small for the scale and is drawn as a dot at (x, y)."""

    path: str
    x: int
    y: int
    shade: int  # 1…5; 0 where there is no figure
    text: str  # "Coahuila: 3,146,771"
    href: str = ""


def choropleth(areas: Iterable[Area], *, width: int, height: int, label: str) -> SafeString:
    shapes = el(
        "g",
        *(_area(area) for area in areas),
        stroke=OUTLINE,
        stroke_width=1,
        stroke_linejoin="round",
        fill_rule="evenodd",
    )
    return el("svg", shapes, class_="map", viewBox=f"0 0 {width} {height}", role="group", aria_label=label)


def _area(area: Area) -> SafeString:
    paint = fill(f"q{area.shade}")
    shape = el("path", d=area.path, **paint) if area.path else el("circle", cx=area.x, cy=area.y, r=DOT, **paint)
    if not area.href:
        return el("g", shape, role="img", aria_label=area.text)
    return el("a", shape, href=area.href, aria_label=area.text)


def merged_choropleth(areas: Iterable[Area], *, width: int, height: int, label: str) -> SafeString:
    """One path for each shade: thousands of areas as a picture, a tenth of the weight, without links."""
    paths: dict[int, list[str]] = {}
    for area in areas:
        paths.setdefault(area.shade, []).append(area.path or _dot(area))
    shades = (el("path", d="".join(paths[shade]), **fill(f"q{shade}")) for shade in sorted(paths))
    group = el("g", *shades, stroke=OUTLINE, stroke_width=0.5, stroke_linejoin="round", fill_rule="evenodd")
    return el("svg", group, class_="map", viewBox=f"0 0 {width} {height}", role="img", aria_label=label)


def _dot(area: Area) -> str:
    side = DOT // 2
    return f"M{area.x} {area.y}h{side}v{side}h-{side}z"


class Classes(NamedTuple):
    """Up to five classes, lowest first, each (lowest, highest) of the values that fell into it."""

    bounds: Sequence[tuple[int, int]]

    def shade(self, value: int | None) -> int:
        if value is None:
            return 0
        place = bisect_left(self.bounds, value, key=lambda bound: bound[1])
        # Where there are fewer classes than shades, the darkest are used.
        return SHADES - len(self.bounds) + 1 + place


def quantile_classes(values: Iterable[int | None]) -> Classes:
    """About as many units in each class; equal values never part."""
    known = sorted(value for value in values if value is not None)
    bounds: list[tuple[int, int]] = []
    start = 0
    for step in range(1, SHADES + 1):
        end = bisect_right(known, known[max(start, len(known) * step // SHADES - 1)]) if start < len(known) else start
        if end > start:
            bounds.append((known[start], known[end - 1]))
            start = end
    return Classes(bounds)
