"""The search of the whole site: what a process keeps says where to look, and shows nobody what is not public any more."""

import pytest

from datasets import suppliers
from datasets.models import PublicBody, Release
from datasets.selectors import search_bodies
from datasets.selectors.contracts import _newest_lists
from datasets.selectors.coverage import _all_named as bodies_named
from datasets.selectors.suppliers import _largest
from datasets.versions import bump_data_version
from municipalities.selectors import _all_named as municipalities_named
from municipalities.selectors import _states
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
KEPT = (_newest_lists, bodies_named, _largest, municipalities_named, _states)


@pytest.fixture(autouse=True)
def kept(settings):
    """Names are kept for a minute, as on a site; of each test its own."""
    settings.TESTING = False
    yield
    for one in KEPT:
        one.cache_clear()


def shown(client, text):
    page = client.get("/buscar/", {"q": text})
    assert page.status_code == 200
    return page.text


@pytest.fixture
def sold():
    """A contract of an institution that nobody has confirmed: it is known by what is published of it alone."""
    body = make.PublicBodyFactory(
        kind=PublicBody.Kind.STATE_AGENCY, municipality=None, name="Instituto del Agua", slug="agua", confirmed=False
    )
    release = make.ReleaseFactory(public_body=body, kind="contracts", year=2024)
    make.ContractFactory(release=release, title="Bacheo de la avenida", supplier=make.SupplierFactory(name="Alfa"))
    suppliers.refresh_supplier_totals([release.pk])
    bump_data_version()
    return release


def test_what_is_withdrawn_is_not_found_though_its_names_are_kept(client, sold):
    assert "Instituto del Agua" in shown(client, "instituto agua")
    assert "Bacheo de la avenida" in shown(client, "bacheo")
    assert "Alfa" in shown(client, "alfa")
    Release.objects.filter(pk=sold.pk).update(status=Release.Status.WITHDRAWN)
    suppliers.refresh_supplier_totals([sold.pk])
    bump_data_version()
    assert "/instituciones/agua/" not in shown(client, "instituto agua")
    assert "Bacheo de la avenida" not in shown(client, "bacheo")
    assert "/proveedores/" not in shown(client, "alfa").split("<main", 1)[1].replace('href="/proveedores/"', "")


def test_what_is_kept_is_not_asked_again(client, sold, django_assert_max_num_queries):
    shown(client, "a")
    with django_assert_max_num_queries(6):  # the version, suppliers, contracts, projects, challenges, dialogues
        shown(client, "alf")


@pytest.mark.parametrize("query", ["instituto", "de", "san instituto", "oax", "xyz", "", "|", "instituto de san"])
def test_bodies_are_those_the_database_would_find(query):
    names = ["Instituto de San", "Instituto", "Sistema de Agua de San Juan", "Organismo de Oaxaca", "San Instituto"]
    bodies = [
        make.PublicBodyFactory(kind=PublicBody.Kind.STATE_AGENCY, municipality=None, name=name, slug=f"b{number}")
        for number, name in enumerate(names)
    ]
    make.ReleaseFactory(public_body=bodies[2])
    draft = make.PublicBodyFactory(
        kind=PublicBody.Kind.UNKNOWN, municipality=None, name="Instituto oculto", confirmed=False
    )
    make.ReleaseFactory(public_body=draft, status=Release.Status.DRAFT)
    make.PublicBodyFactory()  # a municipality's government
    words = query.replace("|", "").split()
    known = [one for one in bodies if words and all(word in one.search_text for word in words)]

    def place(one):
        begins = 0 if one.search_text == query else 1 if one.search_text.startswith(query) else 2
        return one != bodies[2], begins, one.sort_key, one.pk

    assert search_bodies(query, 20) == sorted(known, key=place)
    assert search_bodies(query, 1) == sorted(known, key=place)[:1]
