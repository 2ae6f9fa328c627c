"""Charts as SVG text, drawn on the server.

Rules they all keep: no `style`, no script; x in percent and y in pixels without an outer viewBox, so that letters keep
their size at any width; bars and columns start at zero; a gap where nothing was published. Colours are presentation
attributes (the text alone is a whole drawing) with a class beside them, by which the stylesheet repaints them for dark
mode and print.
"""

from .bars import bullet, columns, inline_bar, signed_bar, sparkline, stacked_bar, swatch
from .heat import HeatRow, heat
from .lines import Series, lines
from .outline import outline
from .strip import Dot, strip
from .tilemap import Tile, tilemap
from .treemap import Block, treemap

__all__ = [
    "Block",
    "Dot",
    "HeatRow",
    "Series",
    "Tile",
    "bullet",
    "columns",
    "heat",
    "inline_bar",
    "lines",
    "outline",
    "signed_bar",
    "sparkline",
    "stacked_bar",
    "strip",
    "swatch",
    "tilemap",
    "treemap",
]
