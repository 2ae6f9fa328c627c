import pytest
from django.test import Client, RequestFactory

from gesoc.views import server_error


@pytest.mark.parametrize("address", ["/_componentes/", "/en/_componentes/"])
def test_components_shows_every_component(client: Client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert "style=" not in response.text
    assert "<script" not in response.text


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
