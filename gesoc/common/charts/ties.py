"""Three columns of names joined by lines: who, through what, with whom. The same rows stand in a table beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString

from .colours import STROKES
from .svg import at, el, pct

ROW = 30
TOP = 16
# Where the lines leave the first column, reach and leave the second, and reach the third (percent).
STOPS = (36.0, 41.0, 59.0, 64.0)
LONGEST = 19  # letters of a name that fit beside the lines on a phone
# And on a wide screen, where the stylesheet shows the longer text instead.
WIDE = {"start": 44, "middle": 22, "end": 44}


def three_columns(rows: Sequence[tuple[str, str, str]], *, label: str) -> SafeString:
    """(left, middle, right) for each tie; every name is drawn once in its column, in the order in which it comes."""
    if not rows:
        return SafeString("")
    columns = [_places(names) for names in zip(*rows, strict=True)]
    height = TOP + ROW * max(map(len, columns))
    y = [_spread(column, height) for column in columns]
    lines = [line for left, middle, right in dict.fromkeys(rows) for line in _lines(y, left, middle, right)]
    names = [
        text
        for place, (anchor, x) in zip(y, (("start", 0.0), ("middle", 50.0), ("end", 100.0)), strict=True)
        for name in place
        for text in _name(name, place[name], anchor, x)
    ]
    return el("svg", *lines, *names, class_="ties", height=height, width="100%", role="img", aria_label=label)


def _places(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _spread(names: Sequence[str], height: float) -> dict[str, float]:
    """Middles of the names, evenly over the height."""
    slot = (height - TOP) / len(names)
    return {name: TOP + slot * (index + 0.5) for index, name in enumerate(names)}


def _lines(y: Sequence[dict[str, float]], left: str, middle: str, right: str) -> list[SafeString]:
    return [
        _line(STOPS[0], y[0][left], STOPS[1], y[1][middle]),
        _line(STOPS[2], y[1][middle], STOPS[3], y[2][right]),
    ]


def _line(x1: float, y1: float, x2: float, y2: float) -> SafeString:
    return el("line", class_="k1", stroke=STROKES["k1"], stroke_width=1.5, x1=pct(x1), y1=at(y1), x2=pct(x2), y2=at(y2))


def _name(name: str, y: float, anchor: str, x: float) -> list[SafeString]:
    """Cut to what fits on a phone, and once more with more of it where that is not all of the name."""
    short = _cut(name, LONGEST)
    if short == name:
        return [_text(name, short, y, anchor, x)]
    longer = _text(name, _cut(name, WIDE[anchor]), y, anchor, x, css="wide", display="none")
    return [_text(name, short, y, anchor, x, css="cut"), longer]


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _text(name: str, shown: str, y: float, anchor: str, x: float, *, css: str = "", **more: str) -> SafeString:
    side = {"start": "", "middle": "mid", "end": "end"}[anchor]
    classes = " ".join(filter(None, [side, css])) or None
    return el("text", el("title", name), shown, class_=classes, text_anchor=anchor, x=pct(x), y=at(y + 4), **more)
