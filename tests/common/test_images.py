"""Pictures without what else their files tell: place, camera, thumbnails, what stands behind the end."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesoc.common.images import PNG, NotAPicture, Picture, cleaned
from tests.pictures import LOSSLESS, LOSSY, chunk, drawing, exif, photograph, segment, webp


def test_of_a_photograph_only_the_picture_and_its_way_up_are_left():
    thumbnail = segment(0xE0, b"JFXX\0\x10" + photograph())
    told = photograph(
        exif(), thumbnail, segment(0xE2, b"MPF\0secret"), segment(0xED, b"Photoshop secret"), segment(0xFE, b"secret")
    )
    found = cleaned(told + b"motion secret" + photograph())
    assert (found.content_type, found.width, found.height) == ("image/jpeg", 1, 1)
    for trace in (b"GPS", b"secret", b"JFXX", b"Photoshop"):
        assert trace not in found.data
    assert found.data.count(b"\xff\xd8") == 1 and found.data.endswith(b"\xff\xd9")
    assert struct.pack(">HHLHH", 0x0112, 3, 1, 6, 0) in found.data  # it still stands upright
    assert b"Exif" not in cleaned(photograph(exif(1))).data
    assert b"Exif" not in cleaned(photograph(exif(77))).data
    assert cleaned(found.data) == found  # nothing more to take
    assert b"Adobe" in cleaned(photograph(segment(0xEE, b"Adobe\0d\0\0\0\0\1"))).data  # without it colours turn


def test_of_a_drawing_only_what_draws_is_left():
    found = cleaned(
        drawing(chunk(b"eXIf", b"GPS"), chunk(b"tEXt", b"Author\0Ana"), chunk(b"gAMA", b"\0\0\xb1\x8f")) + b"behind"
    )
    assert found == Picture(drawing(chunk(b"gAMA", b"\0\0\xb1\x8f")), "image/png", 2, 1)


def test_of_a_webp_only_what_draws_is_left():
    assert cleaned(LOSSY) == Picture(LOSSY, "image/webp", 1, 1)
    assert (cleaned(LOSSLESS).width, cleaned(LOSSLESS).height) == (1, 1)
    head = bytes([0x08 | 0x04 | 0x10, 0, 0, 0]) + (2).to_bytes(3, "little") + (4).to_bytes(3, "little")
    told = webp((b"VP8X", head), (b"VP8 ", LOSSY[20:]), (b"EXIF", b"GPS"), (b"XMP ", b"Ana"), (b"ICCP", b"Ana"))
    found = cleaned(told)
    assert found.data == webp((b"VP8X", b"\x10" + head[1:]), (b"VP8 ", LOSSY[20:]))
    assert (found.width, found.height) == (3, 5)
    with pytest.raises(NotAPicture):
        cleaned(webp((b"ANIM", b"\0" * 6)))


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a", b"%PDF-1.7", PNG, b"\xff\xd8\xff", drawing()[:-5], webp()])
def test_anything_else_is_refused(data):
    with pytest.raises(NotAPicture):
        cleaned(data)


@given(st.sampled_from([photograph(exif()), drawing(chunk(b"eXIf", b"GPS")), LOSSY]), st.data())
def test_a_broken_file_is_refused_or_cleaned_and_nothing_else(whole, chosen):
    at = chosen.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + chosen.draw(st.binary(max_size=4)) + whole[at + 1 :]
    try:
        found = cleaned(broken)
    except NotAPicture:
        return
    assert cleaned(found.data) == found
