"""A grid of counts: years across, kinds down; the darker, the more. Zero is drawn empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from .colours import fill, on_shade
from .svg import at, el, pct

GAP = 0.35
# A name stands above its cells: beside them the longer ones would not fit on a phone.
NAME, ROW, FOOT = 20, 50, 24
SHADES = 5


class HeatRow(NamedTuple):
    name: str
    values: Mapping[str, int]


def heat(columns: Sequence[str], rows: Sequence[HeatRow], *, label: str, height: int = ROW) -> SafeString:
    """The shade follows the largest count of all rows; each cell carries its number where there is room for it."""
    if not columns or not rows:
        return SafeString("")
    largest = max((count for one in rows for count in one.values.values()), default=0)
    width = 100 / len(columns)
    parts: list[SafeString] = []
    for index, one in enumerate(rows):
        top = index * height
        parts.append(el("text", one.name, class_="nm", x=0, y=at(top + 14)))
        for place, column in enumerate(columns):
            parts += _cell(width * place, width, top + NAME, height - NAME, one.values.get(column, 0), largest)
    for place, column in enumerate(columns):
        css = "mid" + (" opt" if (len(columns) - 1 - place) % 2 and len(columns) > 6 else "")
        x = pct(width * (place + 0.5))
        parts.append(el("text", column, class_=css, text_anchor="middle", x=x, y=height * len(rows) + 17))
    return el(
        "svg", *parts, class_="heat", height=height * len(rows) + FOOT, width="100%", role="img", aria_label=label
    )


def shade(count: int, largest: int) -> int:
    return 0 if count <= 0 or largest <= 0 else 1 + (SHADES - 1) * count // largest


def _cell(x: float, width: float, top: int, height: int, count: int, largest: int) -> list[SafeString]:
    tone = shade(count, largest)
    box = el("rect", **fill(f"q{tone}"), x=pct(x), width=pct(width - GAP), y=top, height=height - 2)
    if not count:
        return [box]
    middle, base = pct(x + (width - GAP) / 2), at(top + height / 2 + 4)
    number = el("text", str(count), class_=f"mid tq{tone}", fill=on_shade(tone), text_anchor="middle", x=middle, y=base)
    return [box, number]
