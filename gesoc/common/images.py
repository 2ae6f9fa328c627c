"""Photographs and drawings as they may leave: drawn anew, with nothing in the file but the picture.

A phone writes where and with what a photograph was taken; nothing of that is carried over, nor what stands behind the end
of the picture. What is wider than a page needs is made smaller, for those who read on a slow network.
"""

from __future__ import annotations

import struct
import warnings
from io import BytesIO
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
MEGAPIXELS = 40  # more than a page can use; to look at more of them would cost the server dear
WIDEST = 1600  # pixels, of the longer side: twice the column of a page
QUALITY = 82


class NotAPicture(ValueError):
    """Not a JPEG, PNG or still WebP, or a broken one."""


class TooManyPixels(ValueError):
    """A picture, but one that would fill the memory."""


class Picture(NamedTuple):
    data: bytes
    content_type: str
    width: int
    height: int


def handed_in(upload: Any, limit: int) -> Picture:
    """The picture of a form, of `limit` MB at most; a refusal in words of what is none."""
    if upload.size > limit * 1024 * 1024:
        raise ValidationError(_("The image is bigger than %(limit)s MB."), params={"limit": limit})
    try:
        return cleaned(upload.read())
    except NotAPicture:
        raise ValidationError(_("This is no JPEG, PNG or still WebP that can be read.")) from None
    except TooManyPixels:
        raise ValidationError(_("The image has more than %(most)s megapixels."), params={"most": MEGAPIXELS}) from None


def cleaned(data: bytes) -> Picture:
    """The same picture without anything else that the file told. The kind is what the bytes say, never their name."""
    try:
        # What is said of odd metadata, which are left out anyway, is for nobody.
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data), formats=list(FORMATS)) as image:
            # Told by the head of the file, before anything is decoded.
            if image.width * image.height > MEGAPIXELS * 1_000_000:
                raise TooManyPixels
            if getattr(image, "is_animated", False):
                raise NotAPicture
            return _drawn(image, str(image.format))
    except Image.DecompressionBombError as bomb:
        raise TooManyPixels from bomb
    # What broken files make the decoders raise; a picture that breaks off is refused rather than shown half grey.
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError) as broken:
        if isinstance(broken, TooManyPixels | NotAPicture):
            raise
        raise NotAPicture from broken


def _drawn(image: Image.Image, kind: str) -> Picture:
    image.draft("RGB", (WIDEST, WIDEST))  # a JPEG is decoded no larger than it will be
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((WIDEST, WIDEST))
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    mode = "RGB" if kind == "JPEG" or not has_alpha else "RGBA"
    plain = Image.new(mode, upright.size)  # a new one has no metadata to carry over
    plain.paste(upright.convert(mode))
    kept = BytesIO()
    options = {"PNG": {"optimize": True}}.get(kind, {"quality": QUALITY})
    plain.save(kept, kind, **options)
    return Picture(kept.getvalue(), FORMATS[kind], *plain.size)
