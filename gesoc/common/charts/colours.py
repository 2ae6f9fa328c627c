"""Light values of the colour classes in site.css (a test keeps both equal)."""

from __future__ import annotations

# CONAC chapters 1000–9000: the family is the kind of spending (design.md 4.6).
CHAPTERS = {
    "c1": "#064453",
    "c2": "#0e6e86",
    "c3": "#a3d0da",
    "c4": "#cf8612",
    "c5": "#f5ac85",
    "c6": "#b34623",
    "c7": "#b89ae8",
    "c8": "#848d8e",
    "c9": "#22115f",
}
# f1 protagonist, f2 contrast, f0 context; k… the same as strokes.
ROLES = {"f1": "#0a5e6d", "f2": "#b34623", "f0": "#97a4a8"}
STROKES = {f"k{role[1]}": colour for role, colour in ROLES.items()}
SEQUENCE = {"q0": "#e6ebe8", "q1": "#e3eef0", "q2": "#b3d3d9", "q3": "#6fa9b5", "q4": "#2d7b8b", "q5": "#064453"}
FILLS = CHAPTERS | ROLES | SEQUENCE
INK = "#12252c"
ON_DARK = "#ffffff"
DARK_CHAPTERS = {"c1", "c2", "c6", "c9"}


def fill(css: str) -> dict[str, str]:
    return {"class_": css, "fill": FILLS[css]}


def stroke(css: str) -> dict[str, str]:
    return {"class_": f"ln {css}", "stroke": STROKES[css], "fill": "none", "stroke_width": "2.5"}


def on_shade(shade: int) -> str:
    """Of letters on a shade of the sequence."""
    return ON_DARK if shade >= 4 else INK
