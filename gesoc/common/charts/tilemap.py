"""One square per state, where it lies: readable and tappable on a phone, as a map of areas is not."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.safestring import SafeString

from .colours import fill, on_shade
from .svg import el

# INEGI code of the state -> letters in its square, column, row.
PLACES = {
    "02": ("BC", 0, 0),
    "26": ("SON", 1, 0),
    "08": ("CHH", 2, 0),
    "05": ("COA", 3, 0),
    "19": ("NL", 4, 0),
    "28": ("TAM", 5, 0),
    "03": ("BCS", 0, 1),
    "25": ("SIN", 1, 1),
    "10": ("DGO", 2, 1),
    "32": ("ZAC", 3, 1),
    "24": ("SLP", 4, 1),
    "18": ("NAY", 1, 2),
    "14": ("JAL", 2, 2),
    "01": ("AGS", 3, 2),
    "11": ("GTO", 4, 2),
    "22": ("QRO", 5, 2),
    "13": ("HGO", 6, 2),
    "06": ("COL", 2, 3),
    "16": ("MIC", 3, 3),
    "15": ("MEX", 4, 3),
    "09": ("CDMX", 5, 3),
    "29": ("TLAX", 6, 3),
    "30": ("VER", 7, 3),
    "31": ("YUC", 9, 3),
    "12": ("GRO", 4, 4),
    "17": ("MOR", 5, 4),
    "21": ("PUE", 6, 4),
    "27": ("TAB", 7, 4),
    "04": ("CAM", 8, 4),
    "23": ("QR", 9, 4),
    "20": ("OAX", 6, 5),
    "07": ("CHIS", 7, 5),
}
SIDE = 40


class Tile(NamedTuple):
    shade: int  # 1…5
    text: str  # "Coahuila: 4 municipios"
    href: str


def tilemap(tiles: dict[str, Tile], label: str) -> SafeString:
    """States by INEGI code; one without a tile is drawn empty and is no link."""
    squares = [_square(code, tiles.get(code)) for code in PLACES]
    return el("svg", *squares, class_="tiles", viewBox="0 0 400 246", role="group", aria_label=label)


def _square(code: str, tile: Tile | None) -> SafeString:
    letters, column, row = PLACES[code]
    shade = tile.shade if tile else 0
    rect = el("rect", **fill(f"q{shade}"), x=column * SIDE + 1, y=row * SIDE + 1, width=38, height=38, rx=2)
    text = el(
        "text",
        letters,
        class_=f"tq{shade}",
        fill=on_shade(shade),
        text_anchor="middle",
        font_size=10,
        x=column * SIDE + 20,
        y=row * SIDE + 24,
    )
    if tile is None:
        return el("g", rect, text, aria_hidden="true")
    return el("a", rect, text, href=tile.href, aria_label=f"{letters}, {tile.text}")
