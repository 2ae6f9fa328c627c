"""Charts are text: what they must say, what they must never contain. How they look is for the browser tests."""

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesoc.common import charts
from gesoc.common.charts import axis, colours
from gesoc.common.charts.standalone import standalone

D = Decimal
SHEET = (Path(__file__).resolve().parents[2] / "static" / "css" / "site.css").read_text(encoding="utf-8")


def parse(svg):
    return ElementTree.fromstring(
        str(svg).replace(' xmlns="http://www.w3.org/2000/svg"', "")
    )  # also: is it well-formed?


def show(value):
    return f"{value:,.0f}"


def blocks(*values, href=""):
    return [
        charts.Block(f"{index}000", f"Capítulo {index}", D(value), f"c{index}", f"{value} mdp", href)
        for index, value in enumerate(values, 1)
    ]


def test_colours_are_those_of_the_stylesheet():
    light = SHEET.split("@media (prefers-color-scheme: dark)")[0]
    tokens = dict(re.findall(r"--([a-z]+-?[0-9]?):\s*(#[0-9a-f]{3,8})", light))
    assert {css: tokens[css] for css in colours.CHAPTERS} == colours.CHAPTERS
    assert {css: tokens[f"v{css[1]}"] for css in colours.ROLES} == colours.ROLES
    sequence = {css: tokens[css] for css in colours.SEQUENCE if css != "q0"} | {"q0": tokens["stone-2"]}
    assert sequence == colours.SEQUENCE


def test_treemap_areas_are_proportional_and_cover_the_whole():
    drawn = parse(charts.treemap(blocks(60, 30, 10), "Gasto"))
    areas = [float(box.get("width")[:-1]) * float(box.get("height")[:-1]) / 100 for box in drawn.findall(".//svg")]
    assert areas == pytest.approx([60, 30, 10], abs=0.1)
    assert drawn.get("role") == "group"
    assert drawn.get("aria-label") == "Gasto"


def test_treemap_links_carry_code_name_and_amount():
    drawn = parse(charts.treemap(blocks(60, 30, href="?cap=6000"), "Gasto"))
    assert [(a.get("href"), a.get("aria-label")) for a in drawn.findall("a")] == [
        ("?cap=6000", "1000 Capítulo 1 60 mdp"),
        ("?cap=6000", "2000 Capítulo 2 30 mdp"),
    ]


@pytest.mark.parametrize("values", [(), (5,), (0, 5), (5, -1), tuple(range(1, 14))])
def test_treemap_is_left_out_where_areas_would_lie(values):
    made = [charts.Block(str(n), "X", D(value), "c1", "", "") for n, value in enumerate(values)]
    assert charts.treemap(made, "Gasto") == ""


def test_treemap_escapes_what_publishers_write():
    named = [charts.Block("1", '<script>"&', D(value), "c1", "x", "") for value in (2, 1)]
    assert "<script>" not in charts.treemap(named, "a & b")


@given(st.lists(st.decimals(min_value="0.01", max_value="1e12", places=2), min_size=2, max_size=12))
def test_treemap_draws_any_positive_parts(values):
    made = [charts.Block(str(n), f"Parte {n}", value, "c3", "x", "") for n, value in enumerate(values)]
    assert len(parse(charts.treemap(made, "Gasto")).findall("g")) == len(values)


@given(
    st.floats(-1e13, 1e13, allow_nan=False, allow_subnormal=False),
    st.floats(-1e13, 1e13, allow_nan=False, allow_subnormal=False),
)
def test_axis_contains_zero_and_all_values_in_few_round_steps(one, two):
    if max(abs(one), abs(two)) < 1e-6:
        return
    steps = axis.ticks(min(one, two), max(one, two))
    assert any(step == 0 for step in steps)
    assert steps[0] <= min(one, two, 0)
    assert steps[-1] >= max(one, two, 0)
    assert len(steps) <= 5


def test_axis_of_a_usual_range():
    assert axis.ticks(0, 1190) == [0, 500, 1000, 1500]
    assert axis.ticks(0, 62) == [0, 20, 40, 60, 80]
    assert axis.ticks(0, 0) == [0, 1]


def test_lines_leave_a_gap_where_nothing_was_published():
    series = [charts.Series("Gasto", 1, [D(1), D(2), None, D(4), D(5)])]
    drawn = parse(charts.lines(["1", "2", "3", "4", "5"], series, label="Gasto", show=show))
    segments = [line for line in drawn.findall("line") if "ln" in line.get("class")]
    assert len(segments) == 2
    assert len(drawn.findall("circle")) == 4


def test_unit_is_said_once_on_the_top_line():
    series = [charts.Series("Gasto", 1, [D(1), D(2)])]
    drawn = parse(charts.lines(["1", "2"], series, label="x", show=lambda value: f"{value:g}", unit="mdp"))
    texts = [text.text for text in drawn.findall("text") if text.get("x") == "0"]
    assert texts == ["0", "0.5", "1", "1.5", "2 mdp"]


def test_lines_push_names_apart_that_would_touch():
    series = [charts.Series(name, 1, [D(1), D(100)]) for name in ("Uno", "Dos", "Tres")]
    drawn = parse(charts.lines(["1", "2"], series, label="x", show=show))
    heights = sorted(float(text.get("y")) for text in drawn.findall("text") if "lb" in text.get("class", ""))
    assert all(b - a >= 15 for a, b in pairwise(heights))


def test_names_of_lines_that_meet_stand_apart_and_on_no_line():
    even = [D(step * 10) for step in range(11)]
    curve = [D(value) for value in (0, 56, 72, 79, 86, 91, 95, 98, 99, 100, 100)]
    series = [charts.Series("si todos recibieran lo mismo", 0, even), charts.Series("como es", 1, curve)]
    drawn = parse(charts.lines([f"{step}0%" for step in range(11)], series, label="x", show=show))
    names = {text.text: text for text in drawn.findall("text") if "lb" in text.get("class", "")}
    even_name, curve_name = names["si todos recibieran lo mismo"], names["como es"]
    assert (curve_name.get("text-anchor"), float(curve_name.get("y"))) == ("end", 17)
    # The other begins right of its point and below the rising line, which is higher everywhere along the name.
    assert even_name.get("text-anchor") == "start"
    left = float(even_name.get("x").rstrip("%"))
    on_the_line = 250 - 26 - (250 - 26 - 28) * (left - 9) / 88
    assert float(even_name.get("y")) - 11 > on_the_line


def test_names_lie_on_no_point_where_many_end_together():
    """Six municipalities of which three have a figure of the last year alone, near the line of a fourth."""
    ends = {"Torreón": (5256, 5150), "Saltillo": (3308, 3400), "Benito Juárez": (6443, 6000), "Playa": (7790, 7800)}
    series = [
        charts.Series(name, int(name == "Torreón"), [None, D(before), D(last)]) for name, (last, before) in ends.items()
    ]
    series += [charts.Series(name, 0, [None, None, D(last)]) for name, last in (("Mérida", 5461), ("Querétaro", 5888))]
    drawn = parse(charts.lines(["2022", "2023", "2024"], series, label="x", show=show))
    names = [text for text in drawn.findall("text") if "lb" in text.get("class", "")]
    assert len(names) == 6
    for text in (text for text in names if text.get("text-anchor") == "end"):
        right = float(text.get("x").rstrip("%"))
        for dot in drawn.findall("circle"):
            beside = not right - 1.9 * len(text.text) <= float(dot.get("cx").rstrip("%")) <= right
            assert beside or not -15 < float(dot.get("cy")) - float(text.get("y")) < 4, text.text


@pytest.mark.parametrize(("years", "values"), [(["2024"], [D(1)]), (["2023", "2024"], [None, None])])
def test_lines_need_two_years_and_a_figure(years, values):
    assert charts.lines(years, [charts.Series("Gasto", 1, values)], label="x", show=show) == ""


def test_numbers_of_a_strip_do_not_lie_on_the_line_of_the_median():
    dots = [charts.Dot(name, D(value), f"${value}") for name, value in (("A", 90), ("B", 80), ("C", 100), ("D", 70))]
    drawn = parse(charts.strip(dots, middle=D(94), middle_text="median", label="x"))
    line = float(drawn.find("line").get("x1").rstrip("%"))
    sides = {}
    for text in drawn.findall("text"):
        if "lb" in text.get("class", ""):
            sides[text.text] = (text.get("text-anchor"), text.get("dx"), "a-end" in text.get("class"))
    left, right = ("end", "-13", True), (None, "13", False)
    assert sides == {"$90": left, "$80": left, "$100": right, "$70": right}
    assert line == pytest.approx(34 + 54 * 0.94, abs=1)
    wide = parse(charts.strip([charts.Dot("A", D(100), "$1,234,567"), charts.Dot("B", D(40), "$40")], label="x"))
    ends = float(wide.find("circle").get("cx").rstrip("%")) + (13 + 8 * len("$1,234,567")) / 350 * 100
    assert ends <= 100.1  # no number ends beyond the edge of a phone
    near = parse(charts.strip([charts.Dot("A", D(1), "$1"), charts.Dot("B", D(90), "$90")], middle=D(5), label="x"))
    texts = {text.text: text.get("text-anchor") for text in near.findall("text")}
    assert texts["$1"] is None  # there is no room between the name and the dot


def test_columns_start_at_zero_and_leave_missing_empty():
    drawn = parse(
        charts.columns(["E", "F", "M"], [D(10), None, D(20)], label="x", show=show, highlighted=frozenset({2}))
    )
    bars = drawn.findall("rect")
    assert len(bars) == 2
    bottoms = {round(float(bar.get("y")) + float(bar.get("height")), 1) for bar in bars}
    assert bottoms == {208.0}
    assert float(bars[1].get("height")) == pytest.approx(2 * float(bars[0].get("height")), rel=0.01)
    assert [text.text for text in drawn.findall("text") if "lb" in text.get("class", "")] == ["20"]


def test_inline_bar_is_a_part_of_the_largest():
    drawn = parse(charts.inline_bar(D(25), D(100), "c6", mark=D(80)))
    assert drawn.find("rect").get("width") == "25%"
    assert drawn.find("line").get("x1") == "80%"
    assert parse(charts.inline_bar(D(0), D(0))).find("rect").get("width") == "0%"


def test_signed_bars_share_one_zero():
    low, high = D(-50), D(150)
    up, down = parse(charts.signed_bar(D(150), low, high)), parse(charts.signed_bar(D(-50), low, high))
    assert (up.find("rect").get("x"), up.find("rect").get("width")) == ("25%", "75%")
    assert (down.find("rect").get("x"), down.find("rect").get("width")) == ("0%", "25%")
    assert up.find("line").get("x1") == down.find("line").get("x1") == "25%"


def test_stacked_bar_needs_positive_parts():
    assert charts.stacked_bar([]) == ""
    assert charts.stacked_bar([(D(1), "f1"), (D(-1), "f2")]) == ""
    widths = [rect.get("width") for rect in parse(charts.stacked_bar([(D(3), "f1"), (D(1), "f2")])).findall("rect")]
    assert widths == ["74.75%", "24.75%"]


def test_sparkline_needs_two_points():
    assert charts.sparkline([None, D(1)]) == ""
    assert parse(charts.sparkline([D(1), None, D(1)])).find("polyline").get("points").count(",") == 2


def test_tilemap_links_only_states_with_data():
    drawn = parse(charts.tilemap({"05": charts.Tile(3, "Coahuila: 2 municipios", "/estados/coahuila/")}, "Mapa"))
    assert [(a.get("href"), a.get("aria-label")) for a in drawn.findall("a")] == [
        ("/estados/coahuila/", "COA, Coahuila: 2 municipios")
    ]
    assert len(drawn.findall("g")) == 31


def test_no_chart_carries_style_or_script():
    series = [charts.Series("Gasto", 2, [D(1), D(2)])]
    drawn = [
        charts.treemap(blocks(3, 2, 1), "x"),
        charts.lines(["1", "2"], series, label="x", show=show),
        charts.columns(["1"], [D(1)], label="x", show=show),
        charts.sparkline([D(1), D(2)]),
        charts.tilemap({}, "x"),
    ]
    assert not re.search(r"style|script|on\w+=", "".join(drawn))


def test_drawing_that_leaves_says_what_its_colours_mean_and_fills_its_paper():
    chart = charts.columns(["E", "F"], [D(1), D(2)], label="x", show=show)
    told = {"title": "Febrero es el mes", "lines": ["Torreón"], "source": "Fuente"}
    drawn = parse(standalone(chart, **told, key=[("#b34623", "Adjudicación directa")]))
    assert [text.text for text in drawn.iter("text")].count("Adjudicación directa") == 1
    assert "#b34623" in [rect.get("fill") for rect in drawn.findall("rect")]
    wide = parse(standalone(chart, **told, shape=Fraction(16, 9)))
    assert int(wide.get("width")) * 9 == int(wide.get("height")) * 16


@pytest.mark.parametrize(
    ("most", "expected"), [(1, [0, 1]), (2, [0, 1, 2]), (3, [0, 1, 2, 3]), (9, [0, 5, 10]), (40, [0, 10, 20, 30, 40])]
)
def test_what_is_counted_has_whole_numbers_beside_it(most, expected):
    assert axis.ticks(0, most, whole=True) == expected
