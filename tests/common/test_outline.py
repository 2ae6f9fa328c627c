from xml.etree import ElementTree

from gesoc.common.charts import outline
from gesoc.common.charts.outline import bounds


def test_bounds_follow_relative_lines_and_several_rings():
    assert bounds("M10 20l5-5-2 8zM100 40l0 10") == (10, 15, 90, 35)
    assert bounds("M1 1L3 5l-4 0z") == (-1, 1, 4, 4)
    assert bounds("") is None


def test_outline_is_cut_to_its_bounds_with_a_margin():
    drawn = ElementTree.fromstring(str(outline("M0 0l100 0 0 50z", "Silueta de <Torreón>")))
    assert drawn.get("viewBox") == "-6 -6 112 62"
    assert drawn.get("aria-label") == "Silueta de <Torreón>"
    assert drawn.find("path").get("d") == "M0 0l100 0 0 50z"


def test_outline_of_a_unit_too_small_for_the_scale_is_nothing():
    assert outline("", "Silueta") == ""
