"""GESOC at a phone, each within its clicks from the page after signing in: the network shown to a funder (18), two records
become one (19), somebody's data end (20)."""

from datetime import date

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from partners import services
from partners.models import ArcoRequest, Erasure, Merge, Person
from tests.browser.clicks import Clicks, fits
from tests.factories.partners import PASSWORD, OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def home(page, live_server, settings, tmp_path):
    """Signed in as an administrator, on a phone."""
    cache.clear()
    settings.ERASURES_FILE = tmp_path / "erasures.txt"
    services.ensure_notices()
    services.create_user(
        email="ana@gesoc.example", full_name="Ana Ruiz", password=PASSWORD, is_gesoc=True, is_admin=True, by=None
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/entrar/")
    page.get_by_label("Correo").fill("ana@gesoc.example")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mi cuenta")
    return live_server.url


def test_task_18_the_growth_of_the_network_leaves_as_a_file_in_two_clicks(page, home, axe):
    services.save_organisation(
        organisation=OrganisationFactory.build(name="Laguna Abierta", status="activa"), by=None, since=date(2022, 3, 1)
    )
    click = Clicks(page)
    click("link", "La red en conjunto")
    expect(page.get_by_role("heading", name="Una organización trabaja hoy en la red")).to_be_visible()
    axe()
    assert fits(page)
    with page.expect_download() as file:
        click("link", "Descargar el crecimiento (CSV)")
    lines = file.value.path().read_text("utf-8-sig").splitlines()
    assert lines[:2] == ["anio,entraron,salieron,al_cierre", "2022,1,0,1"]
    assert click.count <= 2
    page.goto(f"{home}/cuenta/")
    click("link", "Qué resultó de los diálogos")
    expect(page.get_by_role("link", name="Descargar CSV").first).to_be_visible()
    assert click.count <= 3  # the dialogues and what was kept: one more from the same page


def test_task_19_two_organisations_become_one_in_three_clicks_and_two_again(page, home, axe):
    OrganisationFactory(name="Río Vivo A.C.")
    OrganisationFactory(name="Rio Vivo")
    click = Clicks(page)
    click("link", "Posibles duplicados")
    axe()
    assert fits(page)
    click("link", "Comparar")
    expect(page.get_by_role("heading", name="Qué se mueve")).to_be_visible()
    axe()
    assert fits(page)
    click("button", "Fusionar")
    expect(page.get_by_text("Nada parece estar dos veces.").first).to_be_visible()
    assert Merge.objects.filter(undone_at=None).count() == 1 and click.count <= 4
    page.get_by_role("main").locator("form button").click()
    expect(page.get_by_role("main").get_by_role("link", name="Comparar")).to_be_visible()
    assert Merge.objects.filter(undone_at=None).count() == 0


def test_task_20_somebody_asks_on_the_page_and_is_erased_in_three_clicks(page, home, axe):
    person = services.save_person(person=Person(full_name="Eva Luna Campos", email="eva@campos.example"), by=None)
    page.goto(f"{home}/privacidad/")
    axe()
    page.get_by_role("link", name="Ver, corregir o borrar mis datos").click()
    page.get_by_label("Solicitud").select_option("cancelacion")
    page.get_by_label("Tu nombre").fill("Eva Luna Campos")
    page.get_by_label("Tu correo").fill("eva@campos.example")
    axe()
    page.get_by_role("button", name="Enviar mi solicitud").click()
    expect(page.get_by_text("Recibimos tu solicitud")).to_be_visible()
    page.goto(f"{home}/cuenta/")
    click = Clicks(page)
    click("link", "Mesa de privacidad")
    click("link", "Eva Luna Campos")
    axe()
    page.get_by_label("¿Cómo verificaste").fill("Credencial")
    page.get_by_label("Nuestra respuesta").fill("Borramos tus datos")
    assert fits(page)
    click("button", "Borrar y cerrar")
    expect(page.get_by_text("La solicitud quedó cerrada")).to_be_visible()
    person.refresh_from_db()
    assert (person.state, person.email, Erasure.objects.count()) == ("anonimizada", "", 1)
    assert click.count <= 4
    assert ArcoRequest.objects.get().state == "cumplida"
