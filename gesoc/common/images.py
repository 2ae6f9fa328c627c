"""Photographs and drawings as they may leave: rewritten piece by piece, with nothing in them but the picture.

A phone writes where and with what a photograph was taken. So only the pieces that draw are kept (a list of what is kept,
not of what is thrown away), whatever stands behind the end of the picture is cut, and of the rest only the way up survives.
The kind is what the bytes say. Done by hand, as no image library is among the dependencies: nothing is decoded.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"}
WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
WEBP_ALPHA = 0x10  # the one feature of VP8X that draws
SOI, EOI, SOS, DHT, DQT, DRI, APP0, APP1, APP14 = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD, 0xE0, 0xE1, 0xEE
SIZES = {0xC0, 0xC1, 0xC2}  # frames that browsers draw: baseline, extended, progressive
JFIF = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
ORIENTATION = 0x0112


class NotAPicture(ValueError):
    """Not a JPEG, PNG or WebP, or a broken one."""


class Picture(NamedTuple):
    data: bytes
    content_type: str
    width: int
    height: int


def cleaned(data: bytes) -> Picture:
    """The same picture without anything else that the file told."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            found = _jpeg(data)
        elif data.startswith(PNG):
            found = _png(data)
        elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            found = _webp(data)
        else:
            raise NotAPicture
    except (struct.error, IndexError) as broken:
        raise NotAPicture from broken
    if not (found.width and found.height):
        raise NotAPicture
    return found


# -- JPEG -------------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> Picture:
    kept, size, way_up, adobe = [], (0, 0), 1, b""
    ended = False
    for marker, body in _segments(data):
        if marker in SIZES:
            size = struct.unpack(">HH", body[1:5])
        if marker == APP1 and body.startswith(b"Exif\x00\x00"):
            way_up = _orientation(body[6:])
        elif marker == APP14 and body.startswith(b"Adobe"):
            adobe = body[:12]  # how its colours are to be read
        elif marker in {DHT, DQT, DRI, *SIZES}:
            kept.append(_segment(marker, body))
        elif marker == SOS:
            kept.append(body)
        elif marker == EOI:
            ended = True
    if not ended or size == (0, 0):
        raise NotAPicture
    head = [b"\xff\xd8", _segment(APP14, adobe) if adobe else _segment(APP0, JFIF), _way_up(way_up)]
    height, width = size
    if way_up > 4:  # lies on its side
        width, height = height, width
    return Picture(b"".join([*head, *kept, b"\xff\xd9"]), "image/jpeg", width, height)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, what it holds) up to the end of the picture; a scan comes whole, with its marker and its bits."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise NotAPicture
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker == EOI:
            yield marker, b""
            return
        (length,) = struct.unpack(">H", data[at : at + 2])
        end = at + length
        if length < 2 or end > len(data):
            raise NotAPicture
        if marker != SOS:
            yield marker, data[at + 2 : end]
            at = end
            continue
        behind = _end_of_scan(data, end)
        yield marker, b"\xff\xda" + data[at:behind]
        at = behind


def _end_of_scan(data: bytes, at: int) -> int:
    """Bits go on until a marker that is neither an escaped FF nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise NotAPicture
        following = data[at + 1]
        if following and not 0xD0 <= following <= 0xD7:
            return at
        at += 2


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _orientation(tiff: bytes) -> int:
    """1 to 8; what cannot be read stands upright."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack(f"{order}L", tiff[4:8])
        (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, _many, value = struct.unpack(f"{order}HHLH", tiff[at : at + 10])
            if (tag, kind) == (ORIENTATION, 3):
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _way_up(orientation: int) -> bytes:
    """Exif data that say this one thing."""
    if orientation == 1:
        return b""
    entry = struct.pack(">HHLHH", ORIENTATION, 3, 1, orientation, 0)
    return _segment(APP1, b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00")


# -- PNG --------------------------------------------------------------------------------------------------------------


def _png(data: bytes) -> Picture:
    kept, at, size, name = [PNG], len(PNG), (0, 0), b""
    while name != b"IEND":
        length, name = struct.unpack(">L4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        (told,) = struct.unpack(">L", data[at + 8 + length : at + 12 + length])
        if zlib.crc32(name + body) != told:
            raise NotAPicture
        if name == b"IHDR":
            size = struct.unpack(">LL", body[:8])
        if name in PNG_KEPT:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
    return Picture(b"".join(kept), "image/png", *size)


# -- WebP -------------------------------------------------------------------------------------------------------------


def _webp(data: bytes) -> Picture:
    kept, size = [], (0, 0)
    (length,) = struct.unpack("<L", data[4:8])
    at, end = 12, min(len(data), length + 8)
    while at + 8 <= end:
        name, length = struct.unpack("<4sL", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if len(body) != length or name in (b"ANIM", b"ANMF"):  # nothing that moves
            raise NotAPicture
        if name not in WEBP_KEPT:
            continue
        if name == b"VP8X":
            body = bytes([body[0] & WEBP_ALPHA]) + body[1:]
        size = size if size != (0, 0) else _webp_size(name, body)
        kept.append(struct.pack("<4sL", name, length) + body + b"\0" * (length % 2))
    pieces = b"".join(kept)
    return Picture(b"RIFF" + struct.pack("<L", len(pieces) + 4) + b"WEBP" + pieces, "image/webp", *size)


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if name == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise NotAPicture
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if name == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return 0, 0
