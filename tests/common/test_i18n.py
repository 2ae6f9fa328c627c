from django.test import Client
from django.urls import reverse
from django.utils import translation

from gesoc.common.i18n import in_language, language_of


def test_language_of_reads_the_address_alone():
    assert language_of("/municipios/") == "es-mx"
    assert language_of("/en/municipios/") == "en"
    assert language_of("/enero/") == "es-mx"


def test_in_language_goes_both_ways():
    assert in_language("/municipios/05035/?anio=2024", "en") == "/en/municipios/05035/?anio=2024"
    assert in_language("/en/municipios/05035/?anio=2024", "es-mx") == "/municipios/05035/?anio=2024"
    assert in_language("/en/", "es-mx") == "/"
    assert in_language("/en/x/", "en") == "/en/x/"


def test_page_speaks_the_language_of_its_address(client: Client):
    spanish = client.get("/_componentes/", headers={"accept-language": "en"})
    english = client.get("/en/_componentes/", headers={"accept-language": "es"})
    assert '<html lang="es-MX">' in spanish.text
    assert spanish.headers["Content-Language"] == "es-MX"
    assert '<html lang="en">' in english.text
    assert 'href="/_componentes/" lang="es-MX"' in english.text
    assert english.headers["Content-Language"] == "en"


def test_anonymous_page_sets_no_cookie_and_ignores_language_headers(client: Client):
    response = client.get("/_componentes/")
    assert not response.cookies
    assert "Accept-Language" not in response.headers.get("Vary", "")


def test_links_stay_in_the_language_of_the_page():
    with translation.override("en"):
        assert reverse("search") == "/en/buscar/"
    with translation.override("es-mx"):
        assert reverse("search") == "/buscar/"
