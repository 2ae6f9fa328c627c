"""A NUL or half a character in an address is a bad request of whoever sent it, never an error of ours."""

import pytest

from tests.factories.partners import GesocFactory
from tests.factories.projects import ChallengeFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        *(
            f"{page}?q=a%00b"
            for page in ("/municipios/", "/buscar/", "/datos/instituciones/", "/proveedores/", "/evidencia/")
        ),
        *(
            "/comparar/?agregar=a%00b",
            "/panorama/?estado=%00",
            "/dialogos/?estado=%00",
            "/compromisos/?organizacion=%00",
        ),
        *("/compromisos/?municipio=%00", "/api/v1/releases/?municipality=%00", "/api/v1/municipalities/?q=%00"),
    ],
)
def test_an_address_with_a_nul_is_answered(client, address):
    assert client.get(address).status_code in (200, 400)


def test_what_the_database_refuses_is_told_as_a_bad_request(client):
    answer = client.get("/panorama/?estado=a%00b")
    assert answer.status_code == 400
    assert "<h1" in answer.text and "NUL" not in answer.text


def test_what_a_form_without_fields_sends_is_a_bad_request(client):
    challenge = ChallengeFactory()
    client.force_login(GesocFactory())
    answer = client.post(f"{challenge.get_absolute_url()}estado/", {"to": "aceptado", "reason": "a\0b"})
    assert answer.status_code in (200, 302, 400)
    assert client.get(challenge.get_absolute_url()).status_code == 200


def test_other_errors_are_still_ours(client, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("another one")

    monkeypatch.setattr("gesoc.views.search_all", broken)
    with pytest.raises(ValueError, match="another one"):
        client.get("/buscar/?q=algo")
