from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from municipalities import selectors
from municipalities.models import Municipality, Population, PriceIndex


def codes(query: str, limit: int = 20) -> list[str]:
    return [found.code for found in selectors.search_municipalities(query, limit)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Torreon", ["05035"]),
        ("TORREÓN", ["05035"]),
        ("torr coah", ["05035"]),
        ("benito juarez quintana roo", ["23005"]),
        ("roo, juarez benito", ["23005"]),
        ("alvaro obregon", ["09010", "16003"]),
        ("ñuu savi", ["12083"]),
        ("nuu", ["12083"]),
        ("edomex toluca", ["15106"]),
        ("coyoacan df", ["09003"]),
        ("coyoacan cdmx", ["09003"]),
        ("05035", ["05035"]),
        ("san pedro garza garcia", ["19019"]),
        ("orreo", ["05035"]),
        ("Municipio de Torreón, Coahuila", ["05035"]),
        ("alcaldía coyoacán", ["09003"]),
    ],
)
def test_search_finds(territory, query, expected):
    assert codes(query) == expected


@pytest.mark.parametrize("query", ["", "  ", "¿?", "xyzzy", "torreon sonora"])
def test_search_finds_nothing(territory, query):
    assert codes(query) == []


def test_search_puts_the_very_name_first_then_the_most_people(territory):
    found = selectors.search_municipalities("Benito Juárez", 100)
    assert [str(one) for one in found[:2]] == ["Benito Juárez, Quintana Roo", "Benito Juárez, Ciudad de México"]
    by_database = Municipality.objects.with_population().matching("Benito Juárez").ranked("Benito Juárez")
    assert found == list(by_database)
    assert {one.name for one in by_database if one.rank == 0} == {"Benito Juárez"}


@pytest.mark.parametrize(
    "query",
    [
        *(
            "san",
            "de",
            "san mig",
            "juarez",
            "05035",
            " 05035 ",
            "0",
            "a",
            "villa de",
            "oaxaca",
            "municipio de san",
            "el or",
        ),
        *("ixtl", "benito juarez quintana roo", "coahuila", "nuu", "xyzzy", "", "|"),
    ],
)
def test_search_in_memory_finds_what_the_database_finds_in_its_order(territory, query):
    for limit in (9, 50):
        by_database = Municipality.objects.with_population().matching(query).ranked(query)[:limit]
        assert codes(query, limit) == [one.code for one in by_database]


def test_search_finds_a_renamed_unit_by_its_former_name(territory):
    assert "23008" in codes("solidaridad quintana roo")


def test_search_asks_once_a_minute_whatever_it_finds(territory, settings, django_assert_num_queries):
    settings.TESTING = False  # they are kept for a minute
    codes("san")
    with django_assert_num_queries(0):
        found = selectors.search_municipalities("san", 50)
        assert [f"{one} {one.population} {one.population_source}" for one in found]
    assert len(found) == 50


def test_what_a_search_returned_may_be_changed(territory, settings):
    settings.TESTING = False
    (torreon,) = selectors.search_municipalities("torreon")
    torreon.name = "Otro"
    (again,) = selectors.search_municipalities("torreon")
    assert again.name == "Torreón"


def test_search_carries_population_with_year_and_source(territory):
    (torreon,) = selectors.search_municipalities("torreon")
    assert (torreon.population, torreon.population_year, torreon.population_kind, torreon.population_source) == (
        720848, 2020, "census", "INEGI, Censo de Población y Vivienda 2020",
    )  # fmt: skip


def test_states_with_counts(territory, django_assert_num_queries):
    with django_assert_num_queries(1):
        states = {state.code: state for state in selectors.states_with_counts()}
    assert sum(state.municipality_count for state in states.values()) == 2478
    assert (states["20"].municipality_count, states["05"].population, states["05"].population_year) == (
        570, 3146771, 2020,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("year", "value", "between"),
    [
        (2024, 720848, None),
        (2020, 720848, None),
        (2019, 712726, (2010, 2020)),  # 639,629 + 0.9 x 81,219
        (2015, 680239, (2010, 2020)),  # half of it: 40,609.5
        (2010, 639629, None),
        (2001, 540524, (2000, 2010)),
        (2000, 529512, None),
    ],
)
def test_population_is_drawn_between_two_counts(territory, django_assert_num_queries, year, value, between):
    with django_assert_num_queries(1):
        found = selectors.population_on(["05035"], year)["05035"]
    assert found.value == value
    assert (found.between and tuple(one.year for one in found.between)) == between
    same = selectors.populations_by_year(["05035"], [year])[year]["05035"]
    assert (same.value, same.year) == (value, found.year)


def test_a_figure_of_the_year_is_never_replaced_by_a_line(territory):
    Population.objects.create(municipality_id="05035", year=2018, kind="projection", value=700_000, source="CONAPO")
    told = {year: selectors.population_on(["05035"], year)["05035"] for year in (2018, 2019)}
    assert (told[2018].value, told[2018].between) == (700_000, None)
    assert told[2019].value == 710_424  # half way from 700,000


def test_population_on_leaves_out_what_is_not_published(territory, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = selectors.population_on(["05035", "05001", "23005"], 2010)
    assert {code: figure.value for code, figure in found.items()} == {"05035": 639629, "23005": 661176}
    assert selectors.population_on(["05035"], 1989) == {}


def test_the_year_before_all_counts_is_divided_by_the_count_of_the_year_after(territory):
    first = Population.objects.filter(municipality="05035").order_by("year").first()
    for year, told in ((first.year - 1, {"05035": first}), (first.year - 2, {})):
        assert selectors.population_on(["05035"], year) == told
        assert selectors.populations_by_year(["05035"], [year]) == {year: told}


def test_population_on_puts_the_census_before_the_projection(territory):
    Population.objects.create(municipality_id="05035", year=2020, kind="projection", value=1, source="CONAPO")
    assert selectors.population_on(["05035"], 2020)["05035"].kind == "census"


def test_state_population_on(territory):
    assert selectors.state_population_on("05", 2015).value == 2748391
    assert selectors.state_population_on(None, 2020).value == 126014024
    assert selectors.state_population_on("05", 1990) is None


def test_deflate_is_exact(territory):
    # 1,000,000.00 of 2010 at prices of 2020: 6.496487 / 4.434276
    assert selectors.deflate(Decimal("1000000.00"), 2010, 2020) == Decimal("1465061.49")


def test_deflate_without_the_year_or_the_amount_is_none(territory):
    assert selectors.deflate(Decimal(1), 1980, 2020) is None
    assert selectors.deflate(None, 2010, 2020) is None
    assert selectors.deflate(Decimal(1), 2010, 2020, series="inpc") is None


def test_deflator_names_its_series(territory):
    udi = selectors.deflator()
    assert (udi.series, udi.latest_year, len(udi.values)) == ("udi", 2025, 31)
    assert "UDI" in udi.name
    assert selectors.deflator(PriceIndex.Series.INPC).latest_year is None


prices = st.decimals(min_value="0.0001", max_value="1000", places=6)


@given(st.decimals(min_value="-1e12", max_value="1e12", places=2), prices)
def test_deflate_to_the_same_year_changes_nothing(amount, price):
    deflator = selectors.Deflator("udi", {2020: price})
    assert deflator.deflate(amount, 2020, 2020) == amount


def test_map_shapes_of_a_state(territory, django_assert_num_queries):
    with django_assert_num_queries(2):
        frame, shapes = selectors.map_shapes("05")
        assert [str(shape) for shape in shapes][:2] == ["05 05001", "05 05002"]
    assert (max(frame.width, frame.height), len(shapes)) == (700, 38)
    assert all(0 <= shape.label_x <= frame.width and 0 <= shape.label_y <= frame.height for shape in shapes)


def test_latest_populations_name_every_municipality(territory, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = selectors.latest_populations()
    assert (len(found), found["05035"], found["05001"]) == (2478, 720848, None)


def test_map_shapes_without_geometry(territory):
    assert selectors.map_shapes("99") == (None, [])
