"""The picture of the example note, drawn here: what a paved street is made of."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN, TALL = 1200, 560, 40, 110
#: From the street down: what it is called (the font has no accents), and its colour with that of the words on it.
LAYERS = (
    ("Asfalto", "#2f3437", "#ffffff"),
    ("Base", "#8a7f72", "#ffffff"),
    ("Subbase", "#b9a88f", "#1c1c1c"),
    ("Terreno", "#d9cdb8", "#1c1c1c"),
)


def street() -> SimpleUploadedFile:
    """A PNG as a form would hand it in."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(40)
    for number, (name, colour, ink) in enumerate(LAYERS):
        top = MARGIN + number * (TALL + 10)
        draw.rectangle((MARGIN, top, WIDTH - MARGIN, top + TALL), fill=colour)
        draw.text((MARGIN * 2, top + TALL // 2), name, fill=ink, font=font, anchor="lm")
    kept = BytesIO()
    image.save(kept, "PNG")
    return SimpleUploadedFile("calle.png", kept.getvalue(), "image/png")
