"""Pictures without what else their files tell: place, camera, comments, what stands behind the end."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gesoc.common.images import WIDEST, NotAPicture, TooManyPixels, cleaned
from tests.pictures import SECRET, bomb, moving, picture, tagged

KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def opened(found):
    image = Image.open(BytesIO(found.data))
    image.load()
    return image


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_picture_is_left(kind):
    found = cleaned(picture(kind, (64, 32)))
    image = opened(found)
    assert (found.content_type, found.width, found.height) == (KINDS[kind], 64, 32)
    assert (image.format, image.size) == (kind, (64, 32))
    assert SECRET.encode() not in found.data
    assert not image.getexif()
    assert not {"comment", "Author", "xmp", "icc_profile"} & set(image.info)
    red, blue = image.convert("RGB").getpixel((2, 16)), image.convert("RGB").getpixel((61, 16))
    assert red[0] > 200 > 60 > red[2] and blue[2] > 200 > 60 > blue[0]


@pytest.mark.parametrize("kind", KINDS)
def test_it_stands_upright_as_its_phone_said(kind):
    found = cleaned(picture(kind, (64, 32), way_up=6))  # to be turned to the right: its left side comes up
    assert (found.width, found.height) == (32, 64)
    image = opened(found).convert("RGB")
    assert image.getpixel((16, 2))[0] > 200 > image.getpixel((16, 61))[0]


def test_what_is_wider_than_a_page_needs_is_made_smaller():
    found = cleaned(picture(size=(4000, 1000)))
    assert (found.width, found.height) == (WIDEST, 400)
    assert (cleaned(picture(size=(300, 20))).width, cleaned(picture(size=(300, 20))).height) == (300, 20)


def test_what_shines_through_still_does():
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    found = opened(cleaned(tagged(image, "PNG")))
    assert (found.mode, found.getpixel((1, 1))[3]) == ("RGBA", 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        b"GIF89a",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        picture()[:200],
        picture("PNG", (64, 64))[:-120],
        moving(),
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(NotAPicture):
        cleaned(data)


@pytest.mark.parametrize("size", [(60_000, 60_000), (8_000, 6_000)])
def test_a_huge_picture_is_refused_by_what_its_head_says(size):
    assert len(bomb(*size)) < 1000
    with pytest.raises(TooManyPixels):
        cleaned(bomb(*size))


@given(st.sampled_from([picture(kind, (16, 8)) for kind in KINDS]), st.data())
def test_a_broken_file_is_refused_or_drawn_and_nothing_else(whole, chosen):
    at = chosen.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + chosen.draw(st.binary(max_size=4)) + whole[at + 1 :]
    try:
        found = cleaned(broken)
    except (NotAPicture, TooManyPixels):
        return
    assert opened(found).size == (found.width, found.height)
    assert SECRET.encode() not in found.data
