"""A drawing that leaves the site: one file that any browser or word processor opens, with its title and its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil

from django.utils.html import escape

from .colours import INK

WIDTH, MARGIN = 800, 24
ROOM = WIDTH - 2 * MARGIN
FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
HEIGHT = re.compile(r'^<svg[^>]*?\sheight="([0-9.]+)"')
BOX = re.compile(r'^<svg[^>]*?viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
LETTER = 7  # width of one, roughly
NARROWEST = 600  # of paper of a given shape: larger letters on a telephone
TITLE, SMALL, FOOT = 62, 100, 112  # letters of a line of each size, on paper as wide as `WIDTH`
# Drawn for narrow columns: beside the labels for wide ones they would be written twice.
NARROW = re.compile(r'<text class="[^"]*\btn\b[^"]*"[^>]*>[^<]*</text>')


def standalone(
    chart: str,
    *,
    title: str,
    lines: Sequence[str],
    source: str,
    key: Sequence[tuple[str, str]] = (),
    shape: Fraction | None = None,
) -> str:
    """SVG 1.1 without styles or scripts; empty where the figure has no drawing.

    `key`: the colours and what each stands for. `shape`, width by height, is that of the paper: what is drawn grows wider
    with it, its letters do not; what is too low for it stands in the middle.
    """
    if not chart:
        return ""
    if shape is None:
        return _Sheet(chart, title, lines, source, key, WIDTH).drawn()
    least = WIDTH if NARROW.search(chart) else NARROWEST
    sheet = _Sheet(chart, title, lines, source, key, least)
    # Wider paper needs no more lines for the same words, so what fits here fits there.
    step = shape.numerator  # whole pixels on both sides
    wider = step * ceil(max(Fraction(least), ceil(sheet.height) * shape) / step)
    return _Sheet(chart, title, lines, source, key, wider).drawn(whole=wider // shape)


@dataclass
class _Sheet:
    """A drawing with its words above and below, on paper of a width."""

    chart: str
    title: str
    lines: Sequence[str]
    source: str
    key: Sequence[tuple[str, str]]
    width: int

    @property
    def room(self) -> int:
        return self.width - 2 * MARGIN

    @cached_property
    def heading(self) -> list[str]:
        return self._wrapped(self.title, TITLE)

    @cached_property
    def small(self) -> list[str]:
        return [row for line in self.lines for row in self._wrapped(line, SMALL)]

    @cached_property
    def foot(self) -> list[str]:
        return self._wrapped(self.source, FOOT)

    def _wrapped(self, text: str, letters: int) -> list[str]:
        return _wrapped(text, letters * self.room // ROOM)

    @property
    def kept(self) -> int:
        """Width of what does not grow with the paper."""
        return min(self.room, ROOM)

    @cached_property
    def key_places(self) -> list[tuple[int, int]]:
        """Where each entry of the key begins, and in which row."""
        places, x, row = [], 0, 0
        for _colour, label in self.key:
            long = 22 + LETTER * len(label) + 24
            if x and x + long > self.room:
                x, row = 0, row + 1
            places.append((x, row))
            x += long
        return places

    @property
    def key_rows(self) -> int:
        return self.key_places[-1][1] + 1 if self.key_places else 0

    @property
    def top(self) -> int:
        return MARGIN + 26 * len(self.heading) + 20 * len(self.small) + 24 * self.key_rows + 16

    @property
    def inner_height(self) -> float:
        if found := HEIGHT.match(self.chart):
            return float(found[1])
        if found := BOX.match(self.chart):
            return float(found[2]) * self.kept / float(found[1])
        return 300.0

    @property
    def height(self) -> float:
        return self.top + self.inner_height + 34 + 17 * len(self.foot) + MARGIN // 2

    def drawn(self, whole: float | None = None) -> str:
        whole = self.height if whole is None else whole
        down = max(0, int(whole - self.height) // 2)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{whole:g}" '
            f'viewBox="0 0 {self.width} {whole:g}" font-family="{escape(FONT)}" font-size="14" fill="{INK}">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{self.width}" height="{whole:g}" fill="#ffffff"/>',
            *self._words(),
            *self._key(self.top - 24 * self.key_rows),
            self._inner(self.top + down),
            *self._foot(self.top + int(self.inner_height) + 32 + 2 * down),
        ]
        return "".join([*parts, "</svg>"])

    def _words(self) -> Iterator[str]:
        y = MARGIN + 18
        for row in self.heading:
            yield f'<text x="{MARGIN}" y="{y}" font-size="21" font-weight="700">{escape(row)}</text>'
            y += 26
        for row in self.small:
            yield f'<text x="{MARGIN}" y="{y}" fill="#4a5a60">{escape(row)}</text>'
            y += 20

    def _key(self, y: int) -> Iterator[str]:
        for (colour, label), (x, row) in zip(self.key, self.key_places, strict=True):
            down = y + 24 * row
            yield f'<rect x="{MARGIN + x}" y="{down - 12}" width="14" height="14" fill="{escape(colour)}"/>'
            yield f'<text x="{MARGIN + x + 22}" y="{down}">{escape(label)}</text>'

    def _foot(self, y: int) -> Iterator[str]:
        for row in self.foot:
            yield f'<text x="{MARGIN}" y="{y}" font-size="12" fill="#4a5a60">{escape(row)}</text>'
            y += 17

    def _inner(self, y: int) -> str:
        """Maps keep their size, in the middle of wider paper; what is laid out in per cent grows with it."""
        is_map = BOX.match(self.chart) is not None and 'width="' not in self.chart[: self.chart.index(">")]
        x = MARGIN + (self.room - self.kept) // 2 if is_map else MARGIN
        inner = NARROW.sub("", self.chart).replace("<svg", f'<svg x="{x}" y="{y}" font-size="13" overflow="visible"', 1)
        if is_map:
            return inner.replace("<svg", f'<svg width="{self.kept}" height="{self.inner_height:g}"', 1)
        return inner.replace('width="100%"', f'width="{self.room}"', 1)


def _wrapped(text: str, room: int) -> list[str]:
    rows: list[str] = []
    for word in text.split():
        if rows and len(rows[-1]) + 1 + len(word) <= room:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows
