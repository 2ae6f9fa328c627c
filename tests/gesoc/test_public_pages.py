"""Home, search, the addresses for search engines."""

import re

import pytest

from datasets.models import PublicBody
from tests.datasets import dashboards as place
from tests.datasets.dashboards import queries_of
from tests.factories import datasets as make
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import SessionFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


def test_home_of_an_empty_site_asks_for_the_first_file(client):
    page = client.get("/").text
    assert "Falta el primer archivo" in page
    assert "Datos recién publicados" not in page


def test_home_counts_what_is_published(client):
    place.spending(make.PublicBodyFactory(), 2024)
    page = client.get("/").text
    assert '<a class="hl" href="/datos/">1 archivo publicado</a>' in page
    assert '<a class="hl" href="/instituciones/">1 institución</a>' in page
    assert '<a class="hl" href="#mapa">1 estado</a>' in page
    assert 'aria-label="COA, Coahuila: 1 institución"' in page
    assert '<a href="/municipios/05035/">Torreón, Coahuila</a>' in page
    assert "Gasto: Cuenta pública 2024" in page


def test_home_shows_a_file_of_many_bodies_once(client):
    ingest = make.IngestFactory()
    for code in ("05035", "06002", "09002"):
        body = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code=code))
        place.spending(body, 2024, ingest=ingest, line_count=10)
    page = client.get("/").text
    assert page.count(f'<a href="/datos/cargas/{ingest.pk}/">Gasto: Cuenta pública 2024</a>') == 1
    assert "Torreón, Coahuila</a> y 2 más" in page
    assert '<td role="cell" data-l="Renglones:" class="n">30</td>' in page


def test_home_queries_are_as_many_for_one_release_as_for_three(client):
    body = make.PublicBodyFactory()
    place.spending(body, 2024)
    client.get("/")
    one = queries_of(client, "/")
    place.spending(body, 2023)
    place.spending(make.PublicBodyFactory(municipality=make.MunicipalityFactory(code="06002")), 2023)
    assert queries_of(client, "/") == one


def test_home_shows_the_next_dialogues_what_was_agreed_and_the_projects_that_everybody_sees(client):
    project = ProjectFactory(title="Pavimento con lupa")
    ProjectFactory(title="Ya cerrado", stage="cerrado")
    ProjectFactory(title="De unos pocos", visibility="privada")
    SessionFactory(title="¿Quién pavimenta?")
    SessionFactory(title="Todavía un borrador", state="borrador")
    CommitmentFactory(text="Publicar los permisos")
    CommitmentFactory(text="Entregar el mapa", state="verificado")
    page = client.get("/").text
    assert f'<a href="{project.get_absolute_url()}">Pavimento con lupa</a>' in page
    assert "¿Quién pavimenta?" in page and "Publicar los permisos" in page
    assert "2 compromisos hasta hoy. Cumplidos y verificados por otra organización: 1." in page
    for hidden in ("Ya cerrado", "De unos pocos", "Todavía un borrador", "Entregar el mapa"):
        assert hidden not in page


def test_home_queries_do_not_grow_with_what_is_on_the_table(client):
    def more():
        SessionFactory()
        CommitmentFactory()
        ProjectFactory().municipalities.add(make.MunicipalityFactory())

    more()
    one = queries_of(client, "/")
    more()
    more()
    assert queries_of(client, "/") == one


def test_search_finds_municipalities_and_bodies_without_accents(client):
    body = make.PublicBodyFactory()
    make.PublicBodyFactory(
        kind=PublicBody.Kind.MUNICIPAL_AGENCY, municipality=body.municipality, name="Sistema de Aguas", slug="aguas"
    )
    page = client.get("/buscar/", {"q": "TORREON"}).text
    assert '<a href="/municipios/05035/"><strong>Torreón</strong></a>' in page
    assert '<a href="/instituciones/aguas/"><strong>Sistema de Aguas</strong></a>' in page  # by its place
    assert "Municipio de Torreón" not in page
    assert "aún sin datos" in page


@pytest.mark.parametrize("query", ["", "   ", "zzzz", "\x00", "%", "'; --"])
def test_search_for_nothing_is_no_error(client, query):
    response = client.get("/buscar/", {"q": query})
    assert response.status_code == 200
    assert ("Nada coincide" in response.text) == bool(query.replace("\x00", "").strip())


def test_search_queries_are_as_many_for_one_body_as_for_three(client):
    def body(number):
        make.PublicBodyFactory(kind=PublicBody.Kind.STATE_AGENCY, municipality=None, name=f"Instituto {number}")

    body(1)
    one = queries_of(client, "/buscar/?q=instituto")
    body(2)
    body(3)
    assert queries_of(client, "/buscar/?q=instituto") == one


def test_sitemap_names_places_with_data_in_both_languages(client):
    place.spending(make.PublicBodyFactory(), 2024)
    make.MunicipalityFactory(code="05001")
    sitemap = client.get("/sitemap.xml").text
    assert "/municipios/05035/</loc>" in sitemap
    assert "/en/municipios/05035/</loc>" in sitemap
    assert "05001" not in sitemap
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text


def test_state_page_lists_its_public_bodies(client):
    agency = make.PublicBodyFactory(
        kind=PublicBody.Kind.STATE_AGENCY, municipality=None, state=make.StateFactory(), name="Instituto Estatal"
    )
    address = agency.state.get_absolute_url()
    place.spending(make.PublicBodyFactory(), 2024)
    assert "Instituciones de este estado con datos" not in client.get(address).text
    assert "Instituto Estatal" not in client.get(address).text
    place.spending(agency, 2024)
    assert f'<a href="/instituciones/{agency.slug}/">Instituto Estatal</a>' in client.get(address).text


def test_every_address_of_the_sitemap_answers(client):
    place.spending(make.PublicBodyFactory(), 2024)
    found = re.findall(r"<loc>http://testserver([^<]+)</loc>", client.get("/sitemap.xml").text)
    named = {"/indicadores/", "/divulgacion/", "/proveedores/", "/datos/", "/api/", "/en/proveedores/", "/glosario/"}
    assert named <= set(found)
    assert {address: client.get(address).status_code for address in found} == dict.fromkeys(found, 200)
