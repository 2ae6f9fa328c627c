"""A standalone drawing as pixels, for where no vector is taken: social networks, messages, slides.

The letters are those of the fonts beside this module, whatever the machine has: without them the renderer leaves text out
without a word.
"""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import resvg_py

FOLDER = Path(__file__).parent / "fonts"
FONTS = [str(path) for path in sorted(FOLDER.glob("*.ttf"))]
FAMILY = "Liberation Sans"
MOST_PIXELS = 8_000_000
ZOOM = 2.0  # a drawing of 800 is shown at 1,600: sharp on a telephone
SIZE = re.compile(r'^<svg[^>]*?\swidth="([0-9.]+)" height="([0-9.]+)"')
SIGNATURE = b"\x89PNG\r\n\x1a\n"
IHDR_END = len(SIGNATURE) + 25


def png(svg: str, *, width: int | None = None, texts: dict[str, str] | None = None) -> bytes:
    """As wide as asked, or twice its own size; never more pixels than `MOST_PIXELS`.

    `texts` stay in the file (Title, Description, …) for whoever finds the image without its page.
    """
    found = SIZE.match(svg)
    if found is None:
        raise ValueError("A drawing that does not say its size.")
    own_width, own_height = float(found[1]), float(found[2])
    zoom = width / own_width if width else ZOOM
    zoom = min(zoom, (MOST_PIXELS / (own_width * own_height)) ** 0.5)
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        background="#ffffff",
        width=max(1, round(own_width * zoom)),
        skip_system_fonts=True,
        font_files=FONTS,
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
    return _with_texts(bytes(drawn), texts or {})


def _with_texts(image: bytes, texts: dict[str, str]) -> bytes:
    chunks = b"".join(_chunk(b"iTXt", _international(key, text)) for key, text in texts.items() if text)
    return image[:IHDR_END] + chunks + image[IHDR_END:]


def _international(key: str, text: str) -> bytes:
    """Keyword, not compressed, no language, no translated keyword, UTF-8 (PNG 1.2, 4.2.3.3)."""
    return key.encode("latin-1") + b"\0\0\0\0\0" + text.encode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
