import re

import pytest
from django.urls import reverse

from municipalities.models import MapFrame, Municipality
from tests.factories.datasets import PublicBodyFactory, ReleaseFactory

pytestmark = pytest.mark.usefixtures("territory")


def text(response) -> str:
    """What is read: tags gone, blanks folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_directory_lists_the_states_with_map(client):
    response = client.get("/en/municipios/")
    assert response.status_code == 200
    page = response.content.decode()
    assert "2,478 municipalities and boroughs" in text(response)
    assert page.count('<svg class="map"') == 1
    assert page.count('href="/en/estados/coahuila/"') == 2  # the map and the table
    assert 'aria-label="Coahuila: 3,146,771"' in page
    assert "Coahuila 38 3,146,771 2020" in text(response)
    assert not response.cookies


@pytest.mark.parametrize(
    ("query", "found"),
    [("Torreon", "Torreón Coahuila 720,848"), ("benito juarez quintana roo", "Benito Juárez Quintana Roo 911,503")],
)
def test_directory_finds(client, query, found):
    assert found in text(client.get("/en/municipios/", {"q": query}))


def test_directory_says_when_there_is_more(client):
    page = text(client.get("/en/municipios/", {"q": "san"}))
    assert "50 municipalities for “san”" in page
    assert "There are more" in page


def test_directory_without_a_match_says_what_to_do(client):
    page = text(client.get("/en/municipios/", {"q": "<b>xyzzy"}))
    assert "No municipality matches “&lt;b&gt;xyzzy”" in page


@pytest.mark.parametrize("query", ["", "x", "san"])
def test_directory_asks_a_constant_number_of_times(client, query, settings, django_assert_num_queries):
    settings.TESTING = False  # a process goes on with names and states for a minute
    client.get("/municipios/", {"q": query})
    with django_assert_num_queries(4):  # the last: which municipalities have data
        client.get("/municipios/", {"q": query})


@pytest.mark.parametrize("slug", ["colima", "oaxaca", "ciudad-de-mexico"])
def test_state_asks_a_constant_number_of_times(client, slug, django_assert_num_queries):
    with django_assert_num_queries(
        7
    ):  # the last two: municipalities and other public bodies of the state that have data
        assert client.get(f"/estados/{slug}/").status_code == 200


def test_state_lists_its_municipalities(client):
    response = client.get("/en/estados/coahuila/")
    page = text(response)
    assert "38 municipalities; 3,146,771 people in 2020." in page
    assert page.index("Abasolo") < page.index("Torreón")
    assert response.content.decode().count("<path") == 38
    assert 'href="/en/municipios/05035/" aria-label="Torreón: 720,848"' in response.content.decode()
    assert 'aria-label="Abasolo: no figure"' in response.content.decode()


def test_state_by_population_puts_the_most_first(client):
    page = text(client.get("/en/estados/coahuila/", {"orden": "poblacion"}))
    assert page.index("Saltillo 879,958") < page.index("Torreón 720,848") < page.index("Abasolo no figure")


def test_state_names_what_has_no_polygon(client):
    page = text(client.get("/en/estados/baja-california/"))
    assert "without a polygon of their own" in page
    assert "San Felipe : Decreto 246" in page


def test_mexico_city_has_boroughs(client):
    page = text(client.get("/en/estados/ciudad-de-mexico/"))
    assert "16 boroughs; 9,209,944 people in 2020." in page


def test_national_map_draws_one_path_a_class(client, django_assert_num_queries):
    with django_assert_num_queries(4):
        response = client.get("/en/municipios/mapa/")
    page = response.content.decode()
    assert "This site holds the population of 29 of 2,478 municipalities" in text(response)
    assert page.count("<path") == 6
    assert page.count('href="/en/estados/') == 32


def test_national_map_without_borders_says_who_loads_them(client):
    MapFrame.objects.all().delete()
    assert "The borders are not loaded yet" in text(client.get("/en/municipios/mapa/"))
    assert client.get("/municipios/").status_code == client.get("/estados/colima/").status_code == 200


@pytest.mark.parametrize("path", ["/estados/nada/", "/estados/COAHUILA/"])
def test_unknown_state_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/municipios/", "/estados/coahuila/"])
def test_pages_only_read(client, path):
    assert client.post(path).status_code == 405


def test_pages_carry_no_inline_style_or_script(client):
    for path in ("/municipios/", "/estados/oaxaca/"):
        page = client.get(path).content.decode()
        assert "style=" not in page
        assert "<script" not in page


def test_addresses():
    assert reverse("municipalities:directory") == "/municipios/"
    assert reverse("municipalities:state", args=["coahuila"]) == "/estados/coahuila/"


def test_state_and_directory_mark_municipalities_with_published_figures(client, territory):
    """A draft is nobody's business: only what is published counts."""
    for code, status in (("05035", "published"), ("05030", "draft")):
        body = PublicBodyFactory(municipality=Municipality.objects.get(code=code))
        ReleaseFactory(public_body=body, status=status)
    response = client.get("/estados/coahuila/")
    assert response.context["with_data"] == {"05035"}
    assert response.content.decode().count("con datos</span>") == 1
    found = client.get("/municipios/", {"q": "Torreon"})
    assert found.content.decode().count("con datos</span>") == 1
    assert {state.code: state.with_data for state in found.context["states"] if state.with_data} == {"05": 1}
