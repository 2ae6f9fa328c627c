"""Small pictures with whatever a phone or a program writes into them."""

import struct
import zlib
from io import BytesIO

from PIL import Image, PngImagePlugin

SECRET = "GPS 25.54 -103.40"
ORIENTATION, ARTIST = 0x0112, 0x013B


def picture(kind="JPEG", size=(6, 4), way_up=1):
    """Left half red, right half blue, with a secret among what the file tells besides."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return tagged(image, kind, way_up)


def tagged(image, kind="JPEG", way_up=1):
    exif = Image.Exif()
    exif[ORIENTATION], exif[ARTIST] = way_up, SECRET
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET)
    more = {"JPEG": {"comment": SECRET.encode()}, "PNG": {"pnginfo": text}, "WEBP": {"xmp": SECRET.encode()}}
    kept = BytesIO()
    image.save(kept, kind, exif=exif, **more[kind])
    assert SECRET.encode() in kept.getvalue()
    return kept.getvalue() + SECRET.encode()  # some phones hang a film on it


def moving():
    """Two frames."""
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    kept = BytesIO()
    frames[0].save(kept, "WEBP", save_all=True, append_images=frames[1:])
    return kept.getvalue()


def bomb(width=60_000, height=60_000):
    """A few bytes that say they are a huge picture."""
    said = struct.pack(">LL", width, height) + picture("PNG")[24:29]
    return picture("PNG")[:16] + said + struct.pack(">L", zlib.crc32(b"IHDR" + said)) + picture("PNG")[33:]
