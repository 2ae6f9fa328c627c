import os

import pytest

from municipalities.services import load_territory
from tests.browser.clicks import fits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PAGES = [
    "/municipios/",
    "/municipios/?q=benito+juarez",
    "/municipios/mapa/",
    "/estados/coahuila/",
    "/en/estados/oaxaca/",
]


@pytest.fixture
def site(live_server, monkeypatch):
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    load_territory()
    return live_server.url


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit(site, page, axe, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        page.goto(site + path)
        assert fits(page), path
        axe()


def test_search_then_state_without_javascript(site, browser):
    context = browser.new_context(java_script_enabled=False, locale="es-MX")
    page = context.new_page()
    page.goto(f"{site}/municipios/")
    page.get_by_label("Municipio, estado o clave").fill("torreon")
    page.locator("main").get_by_role("button", name="Buscar").click()
    assert page.locator("main table").first.locator("tbody tr").count() == 1
    page.get_by_role("link", name="Coahuila: 3,146,771").click()
    assert page.url == f"{site}/estados/coahuila/"
    page.get_by_role("link", name="Población", exact=True).click()
    assert page.locator("tbody tr th").first.inner_text() == "Saltillo"
    context.close()
