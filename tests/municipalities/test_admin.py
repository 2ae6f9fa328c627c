import pytest
from django.contrib.auth import get_user_model

from datasets.versions import data_version
from municipalities.models import Population, PriceIndex

pytestmark = pytest.mark.usefixtures("territory")


@pytest.fixture
def staff(client):
    user = get_user_model().objects.create_superuser(
        email="admin@example.org", full_name="Admin", password="secreto-largo-1"
    )
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("state", "MÉXICO", "Estado de México"),
        ("municipality", "Torreon", "05035"),
        ("municipality", "benito juarez quintana roo", "23005"),
        ("population", "torreón", "720848"),
        ("priceindex", "2020", "6.49648700"),
        ("metropolitanmembership", "torreon", "La Laguna"),
        ("loadeddata", "", "territory"),
    ],
)
def test_lists_find(staff, path, query, expected):
    response = staff.get(f"/admin/municipalities/{path}/", {"q": query} if query else {})
    assert response.status_code == 200
    assert expected in response.content.decode()


@pytest.mark.parametrize("path", ["state", "municipality", "population", "priceindex", "metropolitanmembership"])
def test_lists_ask_a_constant_number_of_times(staff, path, django_assert_max_num_queries):
    staff.get(f"/admin/municipalities/{path}/")
    with django_assert_max_num_queries(12):
        staff.get(f"/admin/municipalities/{path}/")


def test_units_without_polygon_can_be_listed(staff):
    page = staff.get("/admin/municipalities/municipality/", {"polygon": "without"}).content.decode()
    assert page.count('class="field-code"') == 13


def test_what_files_hold_cannot_be_changed_here(staff):
    for path in ("state/add/", "municipality/add/", "state/05/delete/", "municipality/05035/delete/"):
        assert staff.get(f"/admin/municipalities/{path}").status_code == 403
    assert "_save" not in staff.get("/admin/municipalities/municipality/05035/change/").content.decode()


def test_population_can_be_added_with_its_source(staff):
    form = {"municipality": "05001", "state": "", "year": "2020", "kind": "census", "value": "1070", "source": ""}
    response = staff.post("/admin/municipalities/population/add/", form)
    assert "source" in response.context["adminform"].errors
    staff.post("/admin/municipalities/population/add/", form | {"source": "INEGI"})
    assert Population.objects.get(municipality="05001").value == 1070


def test_whoever_remembers_is_told_of_populations_and_prices(staff):
    """Standings are kept by the version of the data: a person who corrects a population sees it at once."""
    form = {"municipality": "05001", "state": "", "year": "2020", "kind": "census", "value": "1070", "source": "INEGI"}
    versions = [data_version()]
    staff.post("/admin/municipalities/population/add/", form)
    versions.append(data_version())
    made = Population.objects.get(municipality="05001")
    staff.post(f"/admin/municipalities/population/{made.pk}/change/", form | {"value": "1071"})
    versions.append(data_version())
    staff.post(f"/admin/municipalities/population/{made.pk}/delete/", {"post": "yes"})
    versions.append(data_version())
    price = {"series": "udi", "year": "2050", "value": "9.5", "source": "Banco de México"}
    staff.post("/admin/municipalities/priceindex/add/", price)
    versions.append(data_version())
    chosen = [PriceIndex.objects.get(year=2050).pk]
    action = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    staff.post("/admin/municipalities/priceindex/", action)
    versions.append(data_version())
    assert versions == [versions[0] + n for n in range(6)]
    assert not PriceIndex.objects.filter(year=2050).exists()
