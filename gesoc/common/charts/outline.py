"""One municipality's own outline, as large as its box lets it be."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString

from .colours import fill
from .svg import el

TOKEN = re.compile(r"[MlLz]|-?\d+")
MARGIN = 0.06


def outline(path: str, label: str) -> SafeString:
    """The path alone, cut to its bounds; nothing for a unit too small to have one at this scale."""
    found = bounds(path)
    if found is None:
        return SafeString("")
    left, top, width, height = found
    room = max(width, height, 1) * MARGIN
    box = f"{left - room:g} {top - room:g} {max(width, 1) + 2 * room:g} {max(height, 1) + 2 * room:g}"
    return el("svg", el("path", **fill("q4"), d=path), class_="mini", viewBox=box, role="img", aria_label=label)


def bounds(path: str) -> tuple[int, int, int, int] | None:
    """Left, top, width, height of a path of absolute moves and relative or absolute lines."""
    x = y = 0
    command = ""
    xs: list[int] = []
    ys: list[int] = []
    pending: list[int] = []
    for token in TOKEN.findall(path):
        if token.isalpha():
            command, pending = token, []
            continue
        pending.append(int(token))
        if len(pending) == 2:
            dx, dy = pending
            x, y = (x + dx, y + dy) if command == "l" else (dx, dy)
            xs.append(x)
            ys.append(y)
            pending = []
    if not xs:
        return None
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
