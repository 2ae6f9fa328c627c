import re

from hypothesis import given
from hypothesis import strategies as st

from gesoc.common.charts.maps import Area, choropleth, merged_choropleth, quantile_classes

TRIANGLE = "M0 0l9 0 0 9z"


def test_areas_are_links_with_name_and_value():
    area = Area(TRIANGLE, 3, 3, 4, "Torreón: 720,848", "/municipios/05035/")
    svg = choropleth([area], width=10, height=20, label="Mapa de «Coahuila»")
    assert svg == (
        '<svg class="map" viewBox="0 0 10 20" role="group" aria-label="Mapa de «Coahuila»">'
        '<g stroke="#4a5a60" stroke-width="1" stroke-linejoin="round" fill-rule="evenodd">'
        '<a href="/municipios/05035/" aria-label="Torreón: 720,848">'
        f'<path d="{TRIANGLE}" class="q4" fill="#2d7b8b"/></a></g></svg>'
    )


def test_unit_too_small_for_the_scale_is_a_dot():
    svg = choropleth([Area("", 3, 4, 0, "Ocotlán: no figure")], width=10, height=10, label="x")
    assert (
        '<g role="img" aria-label="Ocotlán: no figure"><circle cx="3" cy="4" r="4" class="q0" fill="#e6ebe8"/></g>'
        in svg
    )


def test_merged_map_has_one_path_a_shade():
    areas = [Area(TRIANGLE, 0, 0, 2, "a"), Area("M5 5l1 0 0 1z", 0, 0, 2, "b"), Area("", 7, 8, 0, "c")]
    svg = merged_choropleth(areas, width=10, height=10, label="Mapa")
    assert f'<path d="{TRIANGLE}M5 5l1 0 0 1z" class="q2"' in svg
    assert '<path d="M7 8h2v2h-2z" class="q0"' in svg
    assert svg.count("<path") == 2
    assert 'role="img" aria-label="Mapa"' in svg


def test_texts_are_escaped():
    svg = choropleth([Area(TRIANGLE, 0, 0, 1, '"><script>', "/?a=1&b=2")], width=1, height=1, label='"')
    assert not re.search(r"<script|<b>", svg)
    assert "&amp;b=2" in svg


def test_classes_hold_about_as_many_units_each():
    assert quantile_classes(range(1, 11)).bounds == [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)]


def test_classes_of_few_units_use_the_darkest_shades():
    classes = quantile_classes([7, 700, None])
    assert [classes.shade(value) for value in (None, 7, 700)] == [0, 4, 5]


def test_classes_of_nothing():
    assert quantile_classes([None]).bounds == []
    assert quantile_classes([]).shade(None) == 0


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1))
def test_classes_cover_all_values_in_order(values):
    classes = quantile_classes(values)
    assert 1 <= len(classes.bounds) <= 5
    shades = [classes.shade(value) for value in sorted(values)]
    assert shades == sorted(shades)
    assert shades[-1] == 5
    for value in values:
        low, high = classes.bounds[classes.shade(value) - 6]
        assert low <= value <= high
