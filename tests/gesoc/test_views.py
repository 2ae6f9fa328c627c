import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from gesoc.views import server_error


@pytest.mark.parametrize("address", ["/_componentes/", "/en/_componentes/"])
def test_components_shows_every_component(client: Client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert "style=" not in response.text
    assert "<script" not in response.text
    assert not response.cookies


def test_gallery_uses_every_component_there_is():
    """Directly, or through another component or the base page that it stands on."""
    templates = Path(settings.BASE_DIR) / "templates"
    components = sorted((templates / "cotton").glob("*.html"))
    seen = [*(templates / name for name in ("components.html", "base.html", "_top.html")), *components]
    used = {name for path in seen for name in re.findall(r"<c-([a-z-]+)", path.read_text(encoding="utf-8"))}
    assert {path.stem for path in components} <= used
    for path in components:
        assert path.read_text(encoding="utf-8").startswith("<c-vars"), path.name


def test_unknown_address_offers_search_in_its_language(client: Client):
    response = client.get("/en/nothing-here/")
    assert response.status_code == 404
    assert '<html lang="en">' in response.text
    assert 'action="/en/buscar/"' in response.text


def test_server_error_page_asks_the_database_nothing():
    # No `db` fixture: any query would fail the test.
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "account_login" not in response.text
