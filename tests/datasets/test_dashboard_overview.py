"""The first page of a place, other public bodies, and what all dashboards promise."""

import gzip
from pathlib import Path

import pytest

from datasets.models import PublicBody
from municipalities.models import Population
from tests.datasets import dashboards as place
from tests.datasets.dashboards import csv_of, queries_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
HOME = "/municipios/05035/"
STATIC = Path(__file__).resolve().parents[2] / "static"
SECTIONS = ["", "presupuesto/", "ingresos/", "contratos/"]
WIRE_LIMIT = 60_000


@pytest.fixture
def body():
    place.classifiers()
    place.prices(2022, 2023, 2024, 2025)
    return make.PublicBodyFactory()


def fill(body, *years):
    for year in years:
        place.spending(body, year)
        place.income(body, year)
        place.awards(body, year)


def test_overview_says_the_main_figures_and_leads_to_them(client, body):
    place.people(body, 2020, 1000)
    fill(body, 2023, 2024)
    page = client.get(HOME).text
    assert f'<a href="{HOME}presupuesto/?anio=2024&amp;momento=devengado">90.0\u00a0mdp</a>' in page
    assert "Devengado, Cuenta pública 2024. $90,000 por habitante (población de 2020)." in page
    assert f'<a href="{HOME}ingresos/?anio=2024&amp;momento=recaudado">100\u00a0mdp</a>' in page
    assert "5 contratos, 4 de ellos sin concurso." in page
    assert "Población, 2020" in page


def test_overview_prefers_a_year_that_is_over(client, body):
    place.spending(body, 2023)
    place.spending(body, 2024, {"1000": {"accrued": "7000000.00"}}, period="Q1", document="quarterly")
    page = client.get(HOME).text
    assert "Todo el gasto, 2023" in page
    assert "Informe trimestral 2024, enero a marzo" in page  # in the list of what is published


def test_overview_says_what_changed_most_since_the_year_that_compares_and_how_it_moved_per_inhabitant(client, body):
    place.people(body, 2020, 1000)
    place.spending(body, 2021, {"1000": {"accrued": "150000000.00"}})  # its prices are unknown
    before = {
        "1000": {"accrued": "100000000.00"},
        "3000": {"accrued": "10000000.00"},
        "6000": {"accrued": "50000000.00"},
    }
    place.spending(body, 2022, before)  # at prices of 2024: 120, 12 and 60 million
    place.spending(body, 2023, before, period="Q2", document="quarterly")  # half a year compares with no whole one
    place.spending(
        body,
        2024,
        {"1000": {"accrued": "130000000.00"}, "3000": {"accrued": "12000000.00"}, "6000": {"accrued": "40000000.00"}},
    )
    page = client.get(HOME).text
    title = "Lo que más bajó contra 2022: Inversión pública, 20.0\u00a0mdp; lo que más subió: Servicios personales, 10.0\u00a0mdp"
    assert title in page
    assert (
        f'<a href="{HOME}presupuesto/?por=objeto&amp;cap=6000">Inversión pública</a></th><td class="n">−20.0</td>'
        in page
    )
    assert [row[0] for row in csv_of(client.get(f"{HOME}?formato=csv&figura=cambios"))[1:]] == ["1000", "3000", "6000"]
    assert "Por habitante:" not in page  # 2021 has no prices

    place.prices(2021, 2022, 2023, 2024)
    assert "Por habitante: 7% menos en 2024 que en 2021, ya descontada la inflación." in client.get(HOME).text


def by_concept(body, year, cells):
    """A release by object whose chapters are told by their concepts."""
    chapters = {}
    for code, amount in cells.items():
        chapters[f"{code[0]}000"] = chapters.get(f"{code[0]}000", 0) + amount
    release = place.spending(body, year, {code: {"accrued": f"{amount}.00"} for code, amount in chapters.items()})
    for code, amount in cells.items():
        make.expenditure_cell(release, "concept", code, accrued=f"{amount}.00")
    return release


def changed(client):
    return {row[0] for row in csv_of(client.get(f"{HOME}?formato=csv&figura=cambios"))[1:]}


def test_overview_says_what_changed_most_by_concept_where_both_years_tell_it(client, body):
    before = {"1100": 60_000_000, "1300": 40_000_000, "6100": 50_000_000}
    by_concept(body, 2022, before)
    by_concept(body, 2024, {"1100": 90_000_000, "1300": 40_000_000, "6100": 40_000_000, "6200": 1_000_000})
    assert changed(client) == {"1100", "1300", "6100"}  # 6200 states nothing in 2022: not compared, and said
    page = client.get(HOME).text
    assert f'<a href="{HOME}presupuesto/?por=objeto&amp;cap=1000">' in page
    assert "1 concepto no tiene cifra comparable en 2022 y no se compara." in page


@pytest.mark.parametrize(
    "partly", [{"1100": 60_000_000, "1000": 40_000_000}, {"1000": 100_000_000, "6000": 50_000_000}]
)
def test_overview_stays_at_chapters_where_a_year_tells_some_money_by_chapter_alone(client, body, partly):
    by_concept(body, 2022, partly | {"6100": 1_000_000})
    by_concept(body, 2024, {"1100": 60_000_000, "1300": 70_000_000, "6100": 40_000_000})
    assert changed(client) == {"1000", "6000"}


def test_overview_stays_at_chapters_where_only_one_concept_compares(client, body):
    by_concept(body, 2022, {"1100": 60_000_000, "6200": 40_000_000})
    by_concept(body, 2024, {"1100": 60_000_000, "6100": 40_000_000})
    assert changed(client) == {"1000", "6000"}


def test_overview_under_a_new_budget_tells_what_changed_in_what_was_spent(client, body):
    place.spending(body, 2022, {"1000": {"accrued": "100000000.00"}, "6000": {"accrued": "50000000.00"}})
    place.spending(body, 2024, {"1000": {"accrued": "130000000.00"}, "6000": {"accrued": "40000000.00"}})
    place.spending(body, 2025, {"1000": {"approved": "140000000.00"}}, document="approved")
    page = client.get(HOME).text
    assert (
        "Todo el gasto, 2025" in page and "Presupuesto aprobado 2025." in page and "Aprobado, Presupuesto" not in page
    )
    assert "Lo que más bajó contra 2022: Inversión pública" in page
    assert f'<a href="{HOME}presupuesto/?por=objeto&amp;anio=2024&amp;cap=6000">Inversión pública</a>' in page
    rows = csv_of(client.get(f"{HOME}?formato=csv&figura=cambios"))[1:]
    assert [row[0] for row in rows] == ["1000", "6000"]


def test_overview_tells_by_unit_what_no_file_tells_by_object(client, body):
    release = make.ReleaseFactory(public_body=body, breakdown="full", totals={"accrued": "7000000.00"})
    unit = make.label("unit", "Tesorería", published_code="U1")
    make.expenditure_cell(release, "unit", str(unit.pk), label=unit, accrued="7000000.00")
    page = client.get(HOME).text
    assert "Todo está en Tesorería: 7.0\u00a0mdp" in page
    assert f'href="{HOME}presupuesto/?por=unidad"' in page


def test_municipality_without_data_says_what_to_do(client):
    make.MunicipalityFactory(code="05001", name="Abasolo")
    said = ["nada publicado", "presupuesto publicado", "ingresos publicados", "contratos publicados"]
    for section, nothing in zip(SECTIONS, said, strict=True):
        page = client.get(f"/municipios/05001/{section}")
        assert page.status_code == 200
        assert f"Todavía no hay {nothing} de Abasolo" in page.text
        assert 'href="/datos/subir/"' in page.text


@pytest.mark.parametrize("section", SECTIONS)
def test_unknown_places_are_not_found(client, section):
    assert client.get(f"/municipios/99999/{section}").status_code == 404
    assert client.get(f"/instituciones/nadie/{section}").status_code == 404


@pytest.mark.parametrize("section", SECTIONS)
def test_government_has_one_address(client, body, section):
    response = client.get(f"/instituciones/{body.slug}/{section}?anio=2024&por=unidad")
    assert response.status_code == 301
    assert response.headers["Location"] == f"{HOME}{section}?anio=2024&por=unidad"


def test_nothing_that_was_asked_is_lost_on_the_way_to_the_one_address(client, body):
    """Neither what is said twice, nor what is called as a part of our own addresses."""
    response = client.get(f"/instituciones/{body.slug}/presupuesto/?pares=a&pares=b&section=x&self=y")
    assert (response.status_code, response["Location"]) == (
        301,
        f"{HOME}presupuesto/?pares=a&pares=b&section=x&self=y",
    )


def test_agency_shows_under_its_municipality_and_on_its_own(client, body):
    agency = make.PublicBodyFactory(
        kind=PublicBody.Kind.MUNICIPAL_AGENCY, municipality=body.municipality, name="SIMAS Torreón", slug="simas"
    )
    fill(agency, 2024)
    assert '<a href="/instituciones/simas/">SIMAS Torreón</a>' in client.get(HOME).text
    page = client.get("/instituciones/simas/presupuesto/").text
    assert "De cada 100 pesos, 56 van a Servicios personales" in page
    assert '<a href="/municipios/05035/">Torreón</a>' in page
    assert "Todavía no hay presupuesto publicado de Torreón" in client.get(f"{HOME}presupuesto/").text


def test_state_government_counts_the_people_of_its_state(client, body):
    state = body.municipality.state
    government = make.PublicBodyFactory(
        kind=PublicBody.Kind.STATE, municipality=None, state=state, name="Gobierno de Coahuila", slug="coahuila"
    )
    place.spending(government, 2024)
    Population.objects.create(state=state, year=2020, kind="census", value=9000, source="INEGI, Censo")
    assert "$10,000 por habitante" in client.get("/instituciones/coahuila/").text


def test_body_not_confirmed_by_a_person_says_so(client, body):
    unsure = make.PublicBodyFactory(
        kind=PublicBody.Kind.UNKNOWN, municipality=None, name="OBRAS 123", slug="obras", confirmed=False
    )
    assert client.get("/instituciones/obras/").status_code == 404  # nobody vouches for it, nothing is published
    place.spending(unsure, 2024)
    assert "Aún sin confirmar por una persona" in client.get("/instituciones/obras/").text


def test_public_bodies_lists_those_with_data_with_constant_queries(client, body):
    def agency(number):
        found = make.PublicBodyFactory(
            kind=PublicBody.Kind.STATE_AGENCY,
            municipality=None,
            state=body.municipality.state,
            name=f"Agencia {number}",
        )
        place.spending(found, 2024)

    make.PublicBodyFactory(kind=PublicBody.Kind.STATE_AGENCY, municipality=None, name="Sin datos")
    agency(1)
    one = queries_of(client, "/instituciones/")
    agency(2)
    agency(3)
    assert queries_of(client, "/instituciones/") == one
    page = client.get("/instituciones/").text
    assert page.index("Agencia 1") < page.index("Agencia 2") < page.index("Agencia 3")
    assert "Sin datos" not in page
    assert "Municipio de Torreón" not in page


def test_overview_queries_are_as_many_for_one_year_as_for_three(client, body):
    fill(body, 2024)
    client.get(HOME)
    one = queries_of(client, HOME)
    fill(body, 2023, 2022)
    assert queries_of(client, HOME) == one
    # The place with what stands beside it, releases, cells, contracts; states, prices and names of chapters, which a process goes
    # on with for a minute.
    assert one == 7


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("section", SECTIONS)
def test_dashboards_are_light_and_leave_no_trace(client, body, section, language):
    """Weight over the wire without images: HTML, stylesheet and scripts, gzipped."""
    fill(body, 2022, 2023, 2024)
    response = client.get(f"{language}{HOME}{section}")
    wire = len(gzip.compress(response.content)) + len(gzip.compress((STATIC / "css" / "site.css").read_bytes()))
    assert "<script" not in response.text
    assert wire < WIRE_LIMIT
    assert not response.cookies
    assert "style=" not in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_english_dashboard_has_no_spanish_left(client, body):
    place.people(body, 2020, 1000)
    fill(body, 2023, 2024)
    for section in SECTIONS:
        page = client.get(f"/en{HOME}{section}").text
        assert '<html lang="en">' in page
        for word in (
            "Fuente:",
            "Descargar",
            "Todo el gasto",
            "Devengado",
            "Año",
            "mdp",
            "contratos</h",
            "Cuenta pública",
        ):
            assert word not in page, (section, word)


def test_posting_to_a_dashboard_is_refused(client, body):
    assert client.post(HOME).status_code == 405
