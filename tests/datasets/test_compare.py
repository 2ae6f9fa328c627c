"""`/comparar/`, `/panorama/` and the peers on a municipality's page."""

from statistics import median

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from datasets import selectors, tasks
from datasets.caching import FIELDS
from datasets.figures.comparison import INDICATORS
from datasets.models import Breakdown, Document, Release
from datasets.peer_medians import Spread, beside
from datasets.peers import band_of, middle, peers_of
from datasets.selectors import Standing
from datasets.versions import bump_data_version
from municipalities.models import MetropolitanMembership, Municipality, Population
from tests.datasets import dashboards as place
from tests.datasets.dashboards import D, csv_of, queries_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
COMPARE = "/comparar/"


def town(code, spent, people=100_000, year=2024, **fields):
    body = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code=code))
    Population.objects.create(municipality=body.municipality, year=2020, kind="census", value=people, source="INEGI")
    cells = {
        "1000": {"approved": str(spent), "accrued": str(spent * 3 // 4)},
        "6000": {"approved": "0.00", "accrued": str(spent // 4)},
    }
    place.spending(body, year, cells, **fields)
    return body


@pytest.fixture
def towns():
    place.classifiers()
    place.prices(2024, 2025)
    return [town("05035", 600_000_000), town("05030", 400_000_000), town("23005", 500_000_000, people=200_000)]


def standing(code, **values):
    said = {"name": code, "state_code": code[:2], "state": code[:2], "release": 1, "moment": "accrued", "spent": D(1)}
    return Standing(code=code, **{**said, **values})


def test_places_stand_side_by_side_per_inhabitant_in_real_pesos(client, towns):
    page = client.get(f"{COMPARE}?m=05035&m=23005").text
    assert "Torreón es el más alto, con $6,600; Municipio 23005, el más bajo, con $2,750" in page
    nominal = client.get(f"{COMPARE}?m=05035&m=23005&en=corrientes").text
    assert "Torreón es el más alto, con $6,000; Municipio 23005, el más bajo, con $2,500" in nominal


def test_order_prices_moment_and_peers_stay_in_the_address(client, towns):
    page = client.get(f"{COMPARE}?m=05035&m=05030&en=corrientes&momento=aprobado&pares=estado").text
    kept = "m=05035&amp;m=05030&amp;en=corrientes&amp;momento=aprobado&amp;pares=estado"
    assert f"?{kept}&amp;formato=csv&amp;figura=gasto" in page
    assert "m=05030&amp;" not in page.split("Quitar Municipio 05030")[0].rsplit('href="', 1)[1]


def test_municipality_is_added_by_its_name(client, towns):
    answer = client.get(f"{COMPARE}?m=05030&agregar=torreon")
    assert answer.status_code == 302
    assert answer["Location"] == "/comparar/?m=05030&m=05035"


def test_seventh_is_not_taken_and_words_that_are_no_code_are_left_out(client, towns):
    codes = [f"0500{number}" for number in range(1, 8)]
    for code in codes:
        make.MunicipalityFactory(code=code)
    page = client.get(COMPARE, {"m": [*codes, "x", "²"]}).text
    assert "Municipio 05006" in page
    assert "Municipio 05007" not in page


def test_municipality_without_figures_is_named_and_never_shown_as_zero(client, towns):
    make.MunicipalityFactory(code="22014")
    page = client.get(f"{COMPARE}?m=05035&m=22014").text
    assert "No están en las cifras de abajo" in page
    rows = csv_of(client.get(f"{COMPARE}?m=05035&m=22014&formato=csv"))
    assert "22014" not in {row[0] for row in rows}


@pytest.mark.parametrize("status", [Release.Status.DRAFT, Release.Status.WITHDRAWN, Release.Status.SUPERSEDED])
def test_only_what_is_published_is_compared(status):
    town("05035", 100, status=status)
    assert selectors.standings(2024) == []
    assert selectors.years_of_standings(False) == []


def test_part_of_a_year_is_not_compared_with_whole_ones(towns):
    town("31050", 100, period="Q2", document=Document.QUARTERLY)
    assert "31050" not in {one.code for one in selectors.standings(2024)}
    assert "31050" in {one.code for one in selectors.standings(2024, planned=True)}


def test_standing_tells_own_revenue_and_direct_awards_and_leaves_the_rest_unknown(towns):
    place.income(towns[0], 2024)
    place.awards(towns[0], 2024)
    bump_data_version()
    one, other = (selectors.standings(2024)[i] for i in (2, 0))
    assert (one.code, one.own, one.received) == ("05035", D("25000000.00"), D("100000000.00"))
    assert (one.contracted, one.direct) == (D("10000000.00"), D("6200000.00"))
    assert (other.own, other.received, other.contracted, other.direct) == (None, None, None, None)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([("", "300.00")], (None, None)),
        ([("direct", None), ("open", "200.00")], (None, None)),
        ([("direct", "200.00"), ("open", None)], (None, None)),
        ([("direct", "150.00"), ("open", "-50.00")], (None, None)),
        ([("open", "20.00"), ("", "80.00")], (D("20.00"), D(0))),
        ([("direct", "30.00"), ("limited", None), ("open", "10.00")], (D("40.00"), D("30.00"))),
    ],
)
def test_direct_awards_of_a_standing_are_of_what_states_its_procedure(towns, cells, told):
    release = make.ReleaseFactory(public_body=towns[0], year=2024, kind="contracts", document="", breakdown="full")
    for method, amount in cells:
        make.contract_cell(release, "method", method, amount=amount)
    bump_data_version()
    one = next(one for one in selectors.standings(2024) if one.code == "05035")
    assert (one.contracted, one.direct) == told


def test_standings_of_the_newest_years_wait_for_the_first_reader(towns, django_assert_num_queries):
    bump_data_version()
    assert tasks.prepare_standings() == 2  # 2024: what was done, what was planned
    for planned in (False, True):
        with django_assert_num_queries(1):  # which version of the data it is
            assert len(selectors.standings(2024, planned=planned)) == 3


def test_a_municipality_beside_its_peers_waits_for_its_first_reader_and_moves_with_the_data(
    towns, django_assert_num_queries
):
    version = bump_data_version()
    tasks.prepare_standings()
    with django_assert_num_queries(1):  # which version of the data it is
        mine, peers = beside("05035", 2024)
    assert (mine, peers.size) == (next(one for one in selectors.standings(2024) if one.code == "05035"), 2)
    cache.delete(f"datos:{FIELDS}:{version}:standing:2024:05030")  # what the cache let go of is read
    assert beside("05030", 2024)[0].code == "05030"
    Release.objects.filter(public_body__municipality="05035").update(status="withdrawn")
    bump_data_version()
    assert beside("05035", 2024) is None


def test_a_page_of_the_panorama_reads_the_rows_it_shows_and_moves_with_the_data(client, towns, monkeypatch):
    monkeypatch.setattr("datasets.views.panorama.PER_PAGE", 1)
    bump_data_version()
    tasks.prepare_standings()
    with CaptureQueriesContext(connection) as seen:
        first = client.get("/panorama/?orden=poblacion")
    rows = [query["sql"] for query in seen if '"datasets_release"' in query["sql"]]
    assert len(rows) == 1
    assert '"public_body_id" IN (' in rows[0]
    people = {one.code: one.population for one in selectors.standings(2024)}
    listed = selectors.shelves_of(first.context["page"].paginator.object_list)
    shown = [people[one.body.municipality_id] for one in listed if one.body.municipality_id in people]
    assert shown == sorted(people.values(), reverse=True)
    gone = first.context["page"].object_list[0]
    Release.objects.filter(public_body=gone).update(status="withdrawn")
    bump_data_version()
    assert gone not in client.get("/panorama/?orden=poblacion").context["page"].paginator.object_list


def test_standings_are_kept_until_the_data_change(towns, django_assert_num_queries):
    selectors.standings(2024)
    with django_assert_num_queries(1):  # the version alone
        selectors.standings(2024)


def test_a_process_goes_on_with_the_standings_it_unpacked(towns, settings, django_assert_num_queries):
    settings.TESTING = False  # else nothing is kept by the process
    first = selectors.standings(2024)
    cache.clear()
    with django_assert_num_queries(1):
        assert selectors.standings(2024) is first
    town("05018", 70_000_000, people=90_000)
    bump_data_version()
    assert [one.code for one in selectors.standings(2024)] == ["05018", *[one.code for one in first]]


def test_queries_do_not_grow_with_the_number_of_places(client, towns):
    few = queries_of(client, f"{COMPARE}?m=05035")
    client.get(COMPARE)
    many = queries_of(client, f"{COMPARE}?m=05035&m=05030&m=23005")
    assert many <= few


@pytest.mark.parametrize(
    ("people", "band"), [(0, (0, 5_000)), (5_000, (5_000, 15_000)), (500_000, (500_000, None)), (None, None)]
)
def test_band_of(people, band):
    assert band_of(people) == band


def test_peers_are_of_similar_size_where_enough_are_else_of_the_state_else_all():
    mine = standing("05001", population=60_000)
    alike = [standing(f"0600{n}", population=70_000) for n in range(5)]
    near = [standing(f"0500{n}", population=9_000) for n in range(2, 7)]
    with translation.override("es-mx"):
        assert peers_of(mine, [mine, *alike, *near]).key == "tamano"
        assert peers_of(mine, [mine, *alike[:4], *near]).key == "estado"
        assert peers_of(mine, [mine, *alike[:4], *near[:1]]).key == "todos"
        chosen = peers_of(mine, [mine, *alike, *near], "estado")
    assert [one.code for one in chosen.members] == ["05002", "05003", "05004", "05005", "05006"]
    assert chosen.reason == "Municipios de 05 con datos del año"


MAP, LIST = "según los límites del Marco Geoestadístico 2020 del INEGI", "según la lista oficial de 2015"


@pytest.mark.parametrize(
    ("group", "mine", "like", "unlike", "reason"),
    [
        ("costa", {"coastal": True}, {"coastal": True}, {"coastal": False}, f"Municipios con costa, {MAP}"),
        ("costa", {"coastal": False}, {"coastal": False}, {"coastal": True}, f"Municipios sin costa, {MAP}"),
        (
            "metropoli",
            {"zone": "La Laguna", "zone_kind": "zone"},
            {"zone": "Monterrey", "zone_kind": "zone"},
            {"zone": ""},
            f"Municipios de una zona metropolitana (la suya es La Laguna), {LIST}",
        ),
        (
            "metropoli",
            {"zone": "Los Mochis", "zone_kind": "city"},
            {"zone": "Hermosillo", "zone_kind": "city"},
            {"zone": "Monterrey", "zone_kind": "zone"},
            f"Municipios que son por sí solos una metrópoli (como la suya, Los Mochis), {LIST}",
        ),
        (
            "metropoli",
            {"zone": "Sabinas", "zone_kind": "conurbation"},
            {"zone": "Silao", "zone_kind": "conurbation"},
            {"zone": "Hermosillo", "zone_kind": "city"},
            f"Municipios de una zona conurbada (la suya es Sabinas), {LIST}",
        ),
        (
            "metropoli",
            {"zone": ""},
            {"zone": ""},
            {"zone": "X", "zone_kind": "zone"},
            f"Municipios fuera de las metrópolis, {LIST}",
        ),
    ],
)
def test_peers_by_coast_and_by_metropolitan_zone_say_why(group, mine, like, unlike, reason):
    """A metropolis of another name and the same kind is a peer; who lacks the trait, or is not known to have it, is no peer."""
    peers = [standing(f"0600{n}", zone_edition=2015, **like) for n in range(5)]
    others = [standing("07001", zone_edition=2015, **unlike), standing("07002", zone_edition=2015)]
    one = standing("05001", zone_edition=2015, **mine)
    with translation.override("es-mx"):
        found = peers_of(one, [one, *peers, *others], group)
    assert ([peer.code for peer in found.members], found.reason) == ([peer.code for peer in peers], reason)


@pytest.mark.parametrize(
    ("group", "fields", "reason"),
    [
        ("costa", {}, "No se sabe aquí si tiene costa: es más reciente que el mapa de límites"),
        ("metropoli", {}, "La lista de zonas metropolitanas no está cargada aquí"),
        ("metropoli", {"zone_edition": 2015}, "Es más reciente que la lista oficial de zonas metropolitanas de 2015"),
    ],
)
def test_trait_that_is_not_known_has_no_peers_and_says_so(group, fields, reason):
    one, others = standing("05001", **fields), [standing(f"0600{n}", coastal=False, zone="") for n in range(5)]
    with translation.override("es-mx"):
        found = peers_of(one, [one, *others], group)
    assert (list(found.members), found.reason) == ([], reason)


def member(code, edition, name):
    MetropolitanMembership.objects.create(
        municipality_id=code, edition=edition, zone=name[:3], name=name, source="SEDATU, CONAPO, INEGI"
    )


def test_standing_tells_the_zone_of_the_newest_list_and_the_coast(towns, django_assert_num_queries):
    assert {(one.zone, one.zone_edition) for one in selectors.standings(2024)} == {(None, None)}
    member("05035", 2015, "La Laguna")
    member("23005", 2015, "Cancún")
    member("23005", 2020, "Cancún 2020")
    Municipality.objects.filter(code="23005").update(is_coastal=True)
    Municipality.objects.filter(code="05030").update(created_source="Periódico Oficial")
    bump_data_version()
    with django_assert_num_queries(6):  # the version, and what was asked before there were such traits
        told = {one.code: (one.zone, one.zone_edition, one.coastal) for one in selectors.standings(2024)}
    assert told == {
        "05030": (None, 2020, None),
        "05035": ("", 2020, None),
        "23005": ("Cancún 2020", 2020, True),
    }


def test_municipality_page_is_held_against_metropolitan_peers_that_the_address_asks_for(client, towns):
    for n in range(1, 6):
        town(f"1900{n}", n * 100_000_000, people=1_000_000)
        member(f"1900{n}", 2015, "Monterrey")
    member("05035", 2015, "La Laguna")
    bump_data_version()
    page = client.get("/municipios/05035/?pares=metropoli").text
    assert "Municipios de una zona metropolitana (la suya es La Laguna), según la lista oficial de 2015: 5." in page
    assert 'href="?pares=costa#pares"' in page


def numbers():
    return st.decimals(min_value=0, max_value=20, places=1)


@given(st.lists(numbers(), min_size=1, max_size=12), st.data())
def test_kept_middle_tells_the_median_of_all_the_others(values, data):
    spread, one = Spread.of(values), data.draw(st.sampled_from(values))
    others = list(values)
    others.remove(one)
    assert len(spread.middle) <= 3
    assert spread.median_without(one) == (median(others) if len(others) >= 5 else None)
    assert spread.median_without(None) == (median(values) if len(values) >= 5 else None)


@pytest.mark.parametrize("wanted", ["", "tamano", "estado", "todos"])
def test_kept_groups_tell_what_all_standings_tell(towns, wanted):
    for number, people in enumerate((90_000, 120_000, 300_000)):
        town(f"0501{number}", 700_000_000 + number, people=people)
    place.income(towns[1], 2024)
    bump_data_version()
    everybody = selectors.standings(2024)
    for mine in everybody:
        (same, told), peers = beside(mine.code, 2024, wanted), peers_of(mine, everybody, wanted)
        assert same == mine
        assert (told.key, told.reason, told.size) == (peers.key, peers.reason, len(peers.members))
        assert told.medians == {key: middle(peers.members, one.of) for key, one in INDICATORS.items()}
        assert list(told.codes) == [one.code for one in peers.members][:3]
        assert selectors.standings_of([mine.code], 2024) == [mine]


def test_queries_of_one_place_read_nothing_of_the_others(towns, django_assert_num_queries):
    with django_assert_num_queries(2):
        course = selectors.spending_of(["05035", "23005"])
    assert {year: {one.code: one.spent for one in those} for year, those in course.items()} == {
        2024: {one.code: one.spent for one in selectors.standings(2024) if one.code != "05030"}
    }


def test_median_needs_enough_that_state_the_figure():
    members = [standing(f"0500{n}", own=D(n) if n < 5 else None) for n in range(7)]
    assert middle(members, lambda one: one.own) == D(2)
    assert middle(members[:4], lambda one: one.own) is None


def test_municipality_stands_beside_the_median_of_its_peers(client, towns):
    place.income(towns[0], 2024)
    bump_data_version()
    few = queries_of(client, "/municipios/05035/")
    for code, spent, people in (
        ("31050", 800_000_000, 100_000),
        ("31051", 700_000_000, 100_000),
        ("31052", 900_000_000, 300_000),
    ):
        town(code, spent, people=people)
    bump_data_version()
    assert queries_of(client, "/municipios/05035/") == few
    page = client.get("/municipios/05035/").text
    assert "Municipios de 50,000 a 150,000 habitantes" not in page  # three of them are too few
    assert "Todos los municipios con datos del año" in page
    assert '<td class="n">$6,000</td><td class="n">$4,000</td>' in page  # of 2,500, 3,000, 4,000, 7,000 and 8,000
    assert "Gasto por habitante, devengado: $6,000. 50% arriba de la mediana de sus 5 pares en 2024: $4,000." in page
    assert "Ninguno de sus pares lo publica de 2024: no hay mediana." in page  # its own revenue
    address = (
        "/comparar/?m=05035&amp;m=05030&amp;m=23005&amp;m=31050&amp;anio=2024&amp;en=corrientes&amp;pares=todos#gasto"
    )
    assert f'<a href="{address}" aria-label="Comparar: Gasto por habitante">' in page
    compared = client.get(address.replace("&amp;", "&")).text
    assert 'id="gasto"' in compared
    assert (
        '<td class="n">$8,000</td><td class="n">$4,000</td></tr>' in compared
    )  # the last of them, and the same median
    other = client.get("/municipios/05035/?pares=tamano").text
    assert "Municipios de 50,000 a 150,000 habitantes" in other
    assert "Solo 3 de sus pares lo publican de 2024: muy pocos para una mediana." in other


def test_panorama_counts_bodies_by_year_and_kind_and_orders_the_table(client, towns):
    place.income(towns[0], 2023)
    page = client.get("/panorama/?orden=gasto").text
    assert "2024 es el año del que más se publica: el gasto de 3 instituciones" in page
    assert page.index(">Torreón</a>") < page.index(">Municipio 05030</a>") < page.index(">Municipio 23005</a>")
    assert "Gasto 2024; Ingresos 2023" in page
    state = client.get("/panorama/?estado=coahuila").text
    assert "Municipio 23005" not in state
    assert client.get("/panorama/?estado=nada").status_code == 404
    rows = csv_of(client.get("/panorama/?formato=csv"))
    assert len(rows) == 4


def test_coverage_can_be_taken_away_and_cites_the_place(client, towns):
    rows = csv_of(client.get("/panorama/?formato=csv&figura=cobertura"))
    assert rows == [["año", "Gasto"], ["2024", "3"]]
    text = client.get("/panorama/?estado=coahuila&formato=llevar&figura=cobertura").text
    assert "Coahuila: «" in text
    assert client.get("/panorama/?formato=png&figura=cobertura").status_code == 202  # the worker draws it
    assert client.get("/panorama/?formato=csv&figura=otra").status_code == 404
    assert client.post("/figuras/fijar/", {"address": "/panorama/", "figure": "cobertura"}).status_code == 302


def test_panorama_queries_are_as_many_for_one_body_as_for_three(client):
    place.classifiers()
    town("05035", 600_000_000)
    one = queries_of(client, "/panorama/")
    town("05030", 400_000_000)
    town("23005", 500_000_000)
    bump_data_version()
    assert queries_of(client, "/panorama/") <= one


def test_panorama_and_compare_without_data(client):
    assert "Aquí todavía no hay nada publicado" in client.get("/panorama/").text
    assert "Elige al menos dos municipios" in client.get(COMPARE).text


def test_breakdowns_of_one_document_are_not_added(towns):
    place.spending(towns[0], 2024, {"1000": {"accrued": "1.00"}}, breakdown=Breakdown.FUNCTIONAL)
    found = next(one for one in selectors.standings(2024) if one.code == "05035")
    assert found.spent == D("600000000.00")


def stating(code, cells, year=2024):
    body = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code=code))
    place.people(body, value=100)
    place.spending(body, year, {"1000": cells})
    return body


def test_places_are_compared_in_the_moment_of_the_first_and_no_other(client):
    place.prices(2023, 2024)
    first = stating("05035", {"accrued": "1000.00"})
    stating("05030", {"paid": "500.00"})
    stating("05018", {"accrued": "700.00", "paid": "600.00"})
    place.spending(first, 2023, {"1000": {"paid": "400.00"}})
    asked = f"{COMPARE}?m=05035&m=05030&m=05018&anio=2024&en=corrientes"
    page = client.get(asked).text
    assert "más por habitante que Municipio 05030" not in page
    assert 'Municipio 05030</th><td class="n">no publicado en este momento</td>' in page
    assert "Torreón es el más alto, con $10; Municipio 05018, el más bajo, con $7" in page
    assert "todo el gasto ÷ habitantes, devengado, 2024, pesos de 2024" in page
    assert "Todos los indicadores, 2024, gasto devengado" in page
    assert "en 2024 que en 2023" not in page
    rows = {row[0]: row[3:] for row in csv_of(client.get(f"{asked}&formato=csv&figura=gasto"))}
    assert rows["05030"] == ["", "pesos de 2024", "devengado"]
    paid = client.get(f"{COMPARE}?m=05030&m=05018&m=05035&anio=2024&en=corrientes").text
    assert "Municipio 05018 es el más alto, con $6; Municipio 05030, el más bajo, con $5" in paid


def test_course_is_drawn_over_the_years_of_one_moment_and_in_pesos_of_each(client):
    place.prices(2024)
    for code, cells in (("05035", {"paid": "500.00"}), ("05030", {"accrued": "800.00"})):
        body = stating(code, {"accrued": "1000.00"})
        place.spending(body, 2023, {"1000": cells})
    asked = f"{COMPARE}?m=05035&m=05030&anio=2024&en=corrientes"
    page = client.get(asked).text
    assert "Gasto por habitante de Torreón: solo 2024 está publicado como devengado" in page
    rows = csv_of(client.get(f"{asked}&formato=csv&figura=anios"))
    assert sorted(row[2:] for row in rows[1:]) == [
        ["2023", "8.00", "pesos de 2023", "devengado"],
        ["2024", "10.00", "pesos de 2024", "devengado"],
        ["2024", "10.00", "pesos de 2024", "devengado"],
    ]


def test_medians_and_the_panorama_hold_nothing_of_another_moment(client):
    stating("05035", {"paid": "9900.00"})
    for number in range(1, 7):
        stating(f"0500{number}", {"accrued": f"{number}00.00"})
    assert beside("05035", 2024)[1].told["gasto"] == 0
    assert beside("05001", 2024, "todos")[1].medians["gasto"] == D(4)
    page = client.get("/municipios/05001/?pares=todos").text
    assert "Junto a sus pares, 2024, gasto devengado" in page
    assert "El gasto es el devengado." in page
    panorama = client.get("/panorama/?orden=gasto").text
    assert "Por habitante, 2024, devengado" in panorama
    assert "$99" not in panorama
    rows = {row[0]: row[-4:] for row in csv_of(client.get("/panorama/?formato=csv"))}
    assert rows["05035"] == ["", "", "100", ""]
    assert rows["05001"] == ["2024", "1.00", "100", "devengado"]


def test_standing_in_another_moment_that_its_release_states():
    stating("05035", {"accrued": "1000.00", "paid": "900.00"})
    (one,) = selectors.standings(2024)
    assert (one.moment, one.spent, one.chapter("1000")) == ("accrued", D(1000), D(1000))
    assert (one.at("paid").spent, one.at("paid").chapter("1000")) == (D(900), D(900))
    assert (one.at("exercised").spent, one.at("exercised").chapter("1000")) == (None, None)


def test_own_revenue_is_unknown_while_money_has_no_rubro():
    body = stating("05035", {"accrued": "1000.00"})
    release = make.ReleaseFactory(
        public_body=body, year=2024, kind="revenue", breakdown=Breakdown.FULL, totals={"collected": "100.00"}
    )
    make.revenue_cell(release, "rubro", "", collected="100.00")
    assert [(one.own, one.received) for one in selectors.standings(2024)] == [(None, D(100))]
    make.revenue_cell(release, "rubro", "8", collected="20.00")
    bump_data_version()
    assert [one.own for one in selectors.standings(2024)] == [None]


def test_revenue_that_was_not_collected_yet_is_not_compared_with_what_was():
    body = stating("05035", {"accrued": "1000.00"})
    release = make.ReleaseFactory(
        public_body=body, year=2024, kind="revenue", breakdown=Breakdown.FULL, totals={"accrued": "100.00"}
    )
    make.revenue_cell(release, "rubro", "1", accrued="100.00")
    assert [(one.own, one.received) for one in selectors.standings(2024)] == [(None, None)]


def test_chapter_that_is_named_without_an_amount_is_not_zero():
    body = make.PublicBodyFactory()
    release = place.spending(body, 2024, {"1000": {"accrued": "100.00"}})
    make.expenditure_cell(release, "chapter", "6000", approved="5.00")
    (one,) = selectors.standings(2024)
    assert (one.chapter("6000"), one.chapter("9000")) == (None, D(0))
    make.expenditure_cell(release, "chapter", "", accrued="30.00")
    Release.objects.update(totals={"accrued": "130.00"})
    bump_data_version()
    (one,) = selectors.standings(2024)
    assert (one.chapter("1000"), one.chapter("9000")) == (D(100), None)


def test_year_before_the_first_census_has_the_same_amount_on_every_page(client):
    place.prices(2019)
    body = make.PublicBodyFactory()
    place.people(body, 2020, 1000)
    place.spending(body, 2019)
    page = client.get("/municipios/05035/").text
    assert "$90,000 por habitante (población de 2020)" in page
    assert '<td class="n">$90,000</td>' in page  # beside its peers
    assert '<td class="n">$90,000</td>' in client.get(f"{COMPARE}?m=05035&anio=2019").text


def test_panorama_names_every_year_of_which_most_is_published(client):
    body = town("05035", 100)
    place.spending(body, 2023)
    place.spending(body, 2022)
    page = client.get("/panorama/").text
    assert "Lo que más se publica es de 2022 a 2024: cada año, el gasto de 1 institución" in page
    town("05030", 100)
    bump_data_version()
    assert "2024 es el año del que más se publica: el gasto de 2 instituciones" in client.get("/panorama/").text
