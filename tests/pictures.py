"""Pictures of one dot, put together by hand, with whatever a phone or a program writes into them."""

import base64
import struct
import zlib

from gesoc.common.images import PNG

# One dot each, as a JPEG (baseline), a lossy and a lossless WebP.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAAB"
    "AAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
LOSSY = base64.b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
LOSSLESS = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(orientation=6, secret=b"GPS 25.54 -103.40"):
    """Little-endian, the way up and something that nobody should learn."""
    entry = struct.pack("<HHLHH", 0x0112, 3, 1, orientation, 0)
    return segment(0xE1, b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0" + secret)


def photograph(*segments):
    """The dot with more segments at its beginning, and closed as it should be."""
    body = JPEG[2:] if JPEG.endswith(b"\xff\xd9") else JPEG[2:] + b"\xff\xd9"
    return b"\xff\xd8" + b"".join(segments) + body


def chunk(name, body):
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


def drawing(*chunks):
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", 2, 1, 8, 0, 0, 0, 0))
    return PNG + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0\xff")) + chunk(b"IEND", b"")


def webp(*pieces):
    inside = b"".join(struct.pack("<4sL", name, len(body)) + body + b"\0" * (len(body) % 2) for name, body in pieces)
    return b"RIFF" + struct.pack("<L", len(inside) + 4) + b"WEBP" + inside
