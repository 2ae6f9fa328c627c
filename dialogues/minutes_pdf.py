"""Minutes set on paper: a tagged PDF (PDF/UA) that a screen reader can read.

What people wrote is handed over as data and set letter for letter; no text of theirs is ever markup.
"""

from __future__ import annotations

import datetime
import json
import re
import struct
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst

from gesoc.common.charts import png

from .minutes_text import blocks

LAYOUT = Path(__file__).with_name("minutes.typ")
# Stands for what the font has no letter for: the standard of accessible documents refuses a letter that is not drawn.
MISSING = "□"
RIGHT_TO_LEFT = ("R", "AL")
# Even of the widest letter so many fit in a line of the title.
LONGEST_WORD = 26
LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
BREAK_HERE = "\u200b"


def pdf(*, body: str, made_at: datetime.datetime, missing_note: str, colophon: list[str], **fields: Any) -> bytes:
    """`fields`: title, host, kicker, lead, footer and url, as minutes.typ names them.

    `missing_note` is added where a letter could not be drawn.
    """
    given = {**fields, "blocks": [block._asdict() for block in blocks(body)], "colophon": colophon}
    if MISSING in drawable(json.dumps(given, ensure_ascii=False)):
        given["colophon"] = [*colophon, missing_note]
    shown = _each(given) | {"url": fields["url"]}
    made = typst.compile(
        str(LAYOUT),
        font_paths=[str(png.FOLDER)],
        ignore_system_fonts=True,
        sys_inputs={"minutes": json.dumps(shown)},
        pdf_standards=["ua-1"],
        timestamp=made_at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


def _each(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _each(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_each(one) for one in value]
    return LONG_WORD.sub(rf"\g<0>{BREAK_HERE}", drawable(value))


def drawable(text: str) -> str:
    """What both weights of the font can draw; marks that only join or turn others are left out."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_drawable(letter) for letter in composed)


def _drawable(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter.isspace() or kind == "Cc":
        return " "
    if kind == "Cf" or unicodedata.name(letter, "").startswith("VARIATION SELECTOR"):
        return ""
    if ord(letter) not in _letters() or unicodedata.bidirectional(letter) in RIGHT_TO_LEFT:
        return MISSING
    return letter


@cache
def _letters() -> frozenset[int]:
    """Code points that every font of ours has."""
    return frozenset.intersection(*(frozenset(_mapped(Path(path).read_bytes())) for path in png.FONTS))


def _mapped(font: bytes) -> set[int]:
    """The map from characters to glyphs of an OpenType font, format 4 (OpenType 1.9, "cmap")."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)}
    start = tables[b"cmap"]
    (count,) = struct.unpack_from(">H", font, start + 2)
    for at in range(start + 4, start + 4 + 8 * count, 8):
        subtable = start + struct.unpack_from(">I", font, at + 4)[0]
        if struct.unpack_from(">H", font, subtable)[0] == 4:
            return _format_4(font, subtable)
    raise ValueError("A font without a map of characters in format 4.")


def _format_4(font: bytes, at: int) -> set[int]:
    length = struct.unpack_from(">H", font, at + 6)[0]
    fields = f">{length // 2}H"
    ends_at, starts_at, shifts_at, ranges_at = at + 14, at + 16 + length, at + 16 + 2 * length, at + 16 + 3 * length
    segments = zip(
        *(struct.unpack_from(fields, font, place) for place in (ends_at, starts_at, shifts_at)),
        struct.unpack_from(fields, font, ranges_at),
        range(ranges_at, ranges_at + length, 2),
        strict=True,
    )
    found = set()
    for end, first, shift, offset, place in segments:
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", font, place + offset + 2 * (code - first))[0] if offset else code + shift
            if glyph % 0x10000:
                found.add(code)
    return found
