import pytest

pytestmark = pytest.mark.usefixtures("territory")

URL = "/api/v1/municipalities/"


def codes(response) -> list[str]:
    return [found["code"] for found in response.json()["results"]]


def test_municipality_is_said_with_state_and_population(client):
    assert client.get(URL, {"q": "Torreon"}).json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "code": "05035",
                "name": "Torreón",
                "former_names": "",
                "kind": "municipality",
                "state": {"code": "05", "name": "Coahuila"},
                "time_zone": "America/Monterrey",
                "population": {
                    "value": 720848,
                    "year": 2020,
                    "kind": "census",
                    "source": "INEGI, Censo de Población y Vivienda 2020",
                },
            }
        ],
    }


def test_population_that_is_not_published_is_null(client):
    (dzitbalche,) = client.get(URL, {"q": "dzitbalche"}).json()["results"]
    assert dzitbalche["population"] is None


def test_words_of_the_state_narrow_the_search(client):
    assert codes(client.get(URL, {"q": "benito juarez quintana roo"})) == ["23005"]
    assert codes(client.get(URL, {"q": "benito juarez", "state": "23"})) == ["23005"]


def test_all_come_in_pages_by_name(client):
    response = client.get(URL, {"page_size": 500, "page": 5})
    assert (response.json()["count"], len(codes(response)), response.json()["next"]) == (2478, 478, None)
    assert len(codes(client.get(URL))) == 50
    assert client.get(URL, {"page": 99}).status_code == 404


@pytest.mark.parametrize(
    ("parameters", "count"),
    [({}, 2), ({"q": "x"}, 2), ({"q": "torreon"}, 2), ({"q": "san", "page_size": 500}, 2), ({"state": "20"}, 3)],
)
def test_list_asks_a_constant_number_of_times(client, parameters, count, django_assert_num_queries):
    with django_assert_num_queries(count):
        assert client.get(URL, parameters).status_code == 200


@pytest.mark.parametrize("state", ["99", "5", "Coahuila"])
def test_unknown_state_is_a_sentence(client, state):
    response = client.get(URL, {"state": state})
    assert response.status_code == 400
    assert f"«{state}» no es la clave de una entidad" in response.json()["detail"]


def test_list_only_reads_and_sets_no_cookie(client):
    assert client.post(URL).status_code == 405
    assert not client.get(URL).cookies
