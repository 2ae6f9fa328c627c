"""Parts of one whole as areas. Phones get the table of bars that follows it instead (site.css hides it there)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import squarify
from django.utils.safestring import SafeString

from .colours import DARK_CHAPTERS, INK, ON_DARK, fill
from .svg import el, pct

HEIGHT = 416  # as .tree in site.css
LETTER = 8.4  # wide for the 15 px of the labels: what is said to fit does fit
# The drawing is as wide as its column: labels are fitted for the narrowest and for the widest it is shown at.
NARROW, WIDE = 640, 1060
ROW = 20
MAX_BLOCKS = 12


class Block(NamedTuple):
    code: str
    name: str
    value: Decimal
    css: str  # c1…c9
    text: str  # "1,402 mdp · 36%"
    href: str = ""


def treemap(blocks: list[Block], label: str) -> SafeString:
    """The drawing, or nothing where areas cannot show it: a negative part, a single one, or too many."""
    drawn = sorted((block for block in blocks if block.value), key=lambda block: (-block.value, block.code))
    if not 2 <= len(drawn) <= MAX_BLOCKS or any(block.value < 0 for block in drawn):
        return SafeString("")
    sizes = squarify.normalize_sizes([float(block.value) for block in drawn], WIDE, HEIGHT)
    places = squarify.squarify(sizes, 0, 0, WIDE, HEIGHT)
    boxes = [_box(block, place) for block, place in zip(drawn, places, strict=True)]
    return el("svg", *boxes, class_="tree", width="100%", height=HEIGHT, role="group", aria_label=label)


def _box(block: Block, place: dict[str, float]) -> SafeString:
    width, height = place["dx"], place["dy"]
    rect = el("rect", **fill(block.css), width="100%", height="100%")
    frame = el(
        "svg",
        rect,
        *_labels(block, width, height),
        x=pct(place["x"] / WIDE * 100),
        y=pct(place["y"] / HEIGHT * 100),
        width=pct(width / WIDE * 100),
        height=pct(height / HEIGHT * 100),
    )
    name = f"{block.code} {block.name} {block.text}".strip()
    if block.href:
        return el("a", frame, href=block.href, aria_label=name)
    return el("g", frame, role="img", aria_label=name)


def _labels(block: Block, width: float, height: float) -> list[SafeString]:
    """The same words for all widths where they fit all; otherwise one set for each, told apart by class."""
    wide = _fit(block, width, height)
    narrow = _fit(block, width * NARROW / WIDE, height)
    if wide == narrow:
        return _written(block, wide, "")
    return _written(block, wide, " tw") + _written(block, narrow, " tn")


def _fit(block: Block, width: float, height: float) -> list[str]:
    room, rows = int((width - 18) / LETTER), int((height - 8) / ROW)
    name = _wrap(block.name, room)
    if name and len(name) + 1 <= min(rows, 4) and len(block.text) <= room:
        return [*name, block.text]
    if name and len(name) <= min(rows, 3):
        return name
    return [block.code] if block.code and len(block.code) <= room and rows else []


def _wrap(text: str, room: int) -> list[str]:
    """Lines of at most `room` letters; nothing if a word is longer than that."""
    lines: list[str] = []
    for word in text.split():
        if len(word) > room:
            return []
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _written(block: Block, lines: list[str], css: str) -> list[SafeString]:
    colour = ON_DARK if block.css in DARK_CHAPTERS else INK
    ink = f"o{block.css[1:]}{css}"
    return [
        el(
            "text",
            line,
            class_=ink if line == block.text else f"b {ink}",
            fill=colour,
            x=9,
            y=24 + ROW * index,
        )
        for index, line in enumerate(lines)
    ]
