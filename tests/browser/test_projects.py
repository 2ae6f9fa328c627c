"""The daily work on a phone, within its budget of clicks: log (14), check-in (15), outcome with its question (16)."""

import os
from io import BytesIO

import pytest
from django.core.cache import cache
from PIL import Image
from playwright.sync_api import expect

from partners import services as partner_services
from partners.models import Organisation, OutboxMail, User
from projects import services
from projects.models import LearningNote, LogEntry, Outcome, ResearchNote
from tests.browser.clicks import Clicks, fits
from tests.factories.partners import PASSWORD, OrganisationFactory
from tests.factories.projects import ProjectFactory, ProjectMemberFactory
from tests.pictures import tagged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def home(page, live_server, monkeypatch):
    """Signed in on a phone: “Mi semana” is where that leads whoever works for an organisation."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cache.clear()
    partner_services.ensure_groups()
    user = partner_services.create_user(email="ana@litoral.example", full_name="Ana Ruiz", password=PASSWORD, by=None)
    organisation = OrganisationFactory(name="Litoral Vivo", slug="litoral")
    partner_services.add_membership(user=user, organisation=organisation, by=None)
    project = ProjectFactory(title="Costas a la vista", slug="costas", lead_organisation=organisation)
    ProjectMemberFactory(project=project, user=user, role="liderazgo")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/entrar/")
    page.get_by_label("Correo").fill("ana@litoral.example")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mi semana")
    return page


def test_task_14_a_log_entry_takes_two_clicks(home, axe):
    axe()
    click = Clicks(home)
    click("link", "Anotar en la bitácora: Costas a la vista")
    axe()
    assert fits(home)
    home.get_by_label("qué pasó").fill("Nos vimos en la playa")
    click("button", "Guardar la anotación")
    expect(home.get_by_text("Nos vimos en la playa")).to_be_visible()
    assert click.count <= 2 and LogEntry.objects.get().visibility == "privada"
    axe()


def test_task_15_a_check_in_takes_two_clicks(home, axe):
    click = Clicks(home)
    click("link", "Reflexión: Costas a la vista")
    axe()
    home.get_by_label("¿Qué hicimos?").fill("Dos recorridos")
    home.get_by_label("¿Qué aprendimos?").fill("El mapa calma")
    click("button", "Guardar la reflexión")
    expect(home.get_by_text("El mapa calma")).to_be_visible()
    assert click.count <= 2 and LearningNote.objects.get().visibility == "privada"


def test_task_16_an_outcome_with_its_question_takes_four_clicks_at_most(home, axe):
    click = Clicks(home)
    click("link", "Formular un resultado: Costas a la vista")
    axe()
    assert fits(home)
    home.get_by_label("quién cambió").fill("Dirección de ecología")
    home.get_by_label("qué cambió").fill("Publica las multas cada mes")
    home.get_by_label("por qué importa").fill("Cualquiera las ve")
    home.get_by_label("en qué contribuimos").fill("La mesa lo pidió")
    home.get_by_label("¿Quién de fuera").fill("Rosa Uc")
    home.get_by_label("Su correo").fill("rosa@ejemplo.example")
    click("button", "Guardar el resultado")
    expect(home.get_by_role("heading", level=1)).to_have_text("Publica las multas cada mes")
    assert click.count <= 4
    assert Outcome.objects.get().state == "en_verificacion" and OutboxMail.objects.get().to == "rosa@ejemplo.example"
    axe()


def test_a_photograph_is_drawn_in_a_note_after_it_was_cleaned(home, live_server, axe, tmp_path):
    photo = tmp_path / "IMG_2041.jpg"
    photo.write_bytes(tagged(Image.open(BytesIO(home.screenshot())).convert("RGB"), way_up=6))
    author = User.objects.get()
    note = services.save_research_note(
        note=ResearchNote(title="N", lede="L", body="B", authors="A", organisation=Organisation.objects.get()),
        by=author,
    )
    home.goto(f"{live_server.url}{note.get_absolute_url()}imagenes/")
    home.get_by_label("Imagen").set_input_files(photo)
    home.get_by_label("qué muestra").fill("Mi semana en un teléfono")
    home.get_by_role("button", name="Agregar la imagen").click()
    image = home.get_by_role("img", name="Mi semana en un teléfono")
    expect(image).to_be_visible()
    image.evaluate("one => one.decode()")
    assert image.evaluate("one => one.naturalHeight") == 390  # lying on its side: its way up survived
    axe()
    assert fits(home)


def test_the_story_is_accessible_and_fits(home, live_server, axe):
    for scheme in ("light", "dark"):
        home.emulate_media(color_scheme=scheme)
        for width in (390, 1280):
            home.set_viewport_size({"width": width, "height": 844})
            for path in ("/proyectos/", "/proyectos/costas/", "/proyectos/costas/actividades/"):
                home.goto(live_server.url + path)
                assert fits(home), path
                axe()
