"""Tasks 1 to 5 of the dialogues on a phone, each within its clicks (typing is not counted), in a real browser."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from dialogues import services
from dialogues.models import Invitation, Registration, Session
from dialogues.services.invitations import write_queued
from partners.models import OutboxMail, PrivacyNotice
from partners.services import affiliate, mint_link, person_of
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import RegistrationFactory, SessionFactory, in_days
from tests.factories.partners import MembershipFactory, OrganisationFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Phone:
    """A page of 390 px that counts the clicks it is asked for."""

    def __init__(self, page, site):
        self.page, self.site, self.clicks = page, site, 0
        page.set_viewport_size({"width": 390, "height": 844})

    def goto(self, path):
        self.page.goto(self.site + path)

    def click(self, role, name, **where):
        self.clicks += 1
        self.page.get_by_role(role, name=name, **where).first.click()

    def fits(self):
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def phone(page, live_server):
    return Phone(page, live_server.url)


@pytest.fixture
def itzel(context, live_server):
    """Facilitates for an organisation; signed in on the phone."""
    MunicipalityFactory(code="05035")
    membership = MembershipFactory(role="facilitacion", user__full_name="Itzel Canul")
    client = Client()
    client.force_login(membership.user)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([{**cookie, "url": live_server.url}])
    return membership


@pytest.fixture
def session(itzel):
    made = SessionFactory(host_organisation=itzel.organisation, title="¿Quién gana los contratos?")
    services.assign_role(session=made, person=person_of(user=itzel.user), state="confirmada", by=None)
    return made


def test_task_1_schedule_from_a_template_in_four_clicks(phone, itzel, axe):
    busy = SessionFactory(title="La otra", local_start=in_days(40))
    services.assign_role(session=busy, person=person_of(user=itzel.user), by=None)
    phone.goto("/")
    phone.click("button", "Menú")
    phone.click("link", "Diálogos", exact=True)
    phone.click("link", "Programar un diálogo")
    page = phone.page
    page.get_by_label("pregunta", exact=False).first.fill("¿Por qué falta el agua los martes?")
    page.get_by_label("Día", exact=True).fill(f"{in_days(40):%Y-%m-%d}")
    page.get_by_role("textbox", name="Municipio").fill("Torreón")
    page.locator("#id_venue").fill("Casa de la cultura")
    page.get_by_label("¿Quién facilita?").fill("Itzel Canul")
    expect(page.locator("#team-check")).to_contain_text("Itzel Canul está en “La otra”")
    axe()
    assert phone.fits()
    page.get_by_label("Día", exact=True).fill(f"{in_days(41):%Y-%m-%d}")
    page.get_by_label("¿Quién facilita?").press("End")
    expect(page.locator("#team-check")).to_contain_text("Itzel Canul tiene libre esa hora")
    phone.click("button", "Publicar el diálogo")
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Por qué falta el agua los martes?")
    assert Session.objects.get(title__startswith="¿Por qué").state == "programada"
    assert phone.clicks == 4
    axe()
    assert phone.fits()


def test_task_2_invite_with_the_gap_in_view_in_four_clicks(phone, session, itzel, axe):
    services.set_targets(session=session, targets={"academia": (0, 2)}, by=None)
    university = OrganisationFactory(
        kind="academia", name="Universidad Lagunera", home_municipality=session.municipality
    )
    affiliate(person=PersonFactory(full_name="Dra. Paz"), organisation=university, by=None)
    phone.goto(session.get_absolute_url())
    page = phone.page
    phone.click("link", "Convocar")
    expect(page.locator("#balance")).to_contain_text("2 academia")
    phone.click("checkbox", "Universidad Lagunera")
    expect(page.locator("#balance")).to_contain_text("1 academia")
    axe()
    assert phone.fits()
    phone.click("button", "Ver la invitación")
    expect(page.locator(".letter")).to_contain_text("te invita a un diálogo")
    axe()
    phone.click("button", "Enviar 1 invitación")
    expect(page.get_by_text("Va en camino 1 invitación")).to_be_visible()
    assert phone.clicks == 4
    assert write_queued(session=session, by=itzel.user) == 1
    assert OutboxMail.objects.get(kind="dialogue_invitation").person.full_name == "Dra. Paz"


def test_tasks_3_and_4_answer_without_an_account_and_add_to_the_calendar(phone, axe):
    session = SessionFactory(modality="hibrida")
    invitation = Invitation.objects.create(
        session=session, person=PersonFactory(full_name="Marta Gómez"), state="enviada"
    )
    expires = timezone.now() + timedelta(days=1)
    token = mint_link(purpose="invitation", subject=str(invitation.key), person=invitation.person, expires_at=expires)
    phone.clicks = 1  # the link in the mail
    phone.goto(f"/dialogos/invitacion/{token}/")
    axe()
    assert phone.fits()
    assert Registration.objects.count() == 0
    phone.click("button", "Sí voy")
    expect(phone.page.get_by_text("Gracias: tienes lugar")).to_be_visible()
    assert (phone.clicks, Registration.objects.get().state) == (2, "confirmada")
    axe()
    with phone.page.expect_download() as download:
        phone.click("link", "Agregar a mi calendario")
    assert phone.clicks == 3
    assert "BEGIN:VEVENT" in download.value.path().read_text()


def test_task_5_move_after_seeing_who_is_affected_in_four_clicks(phone, session, axe):
    RegistrationFactory(session=session, person__full_name="Ana Ruiz")
    phone.goto(session.get_absolute_url())
    page = phone.page
    phone.click("link", "Mover")
    page.get_by_label("Día", exact=True).fill(f"{in_days(33):%Y-%m-%d}")
    phone.click("button", "Ver a quién afecta")
    expect(page.get_by_text("Ana Ruiz")).to_be_visible()
    assert OutboxMail.objects.count() == 0
    axe()
    assert phone.fits()
    phone.click("button", "Mover y avisar ahora")
    expect(page.get_by_text("se avisó por correo a quienes les toca")).to_be_visible()
    assert (phone.clicks, OutboxMail.objects.get().kind) == (3, "dialogue_change")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_a_dialogue_are_accessible_and_fit(page, live_server, session, axe, width, scheme):
    PrivacyNotice.objects.create(version="1", language="es-mx", short_text="Aviso", full_text="Aviso entero")
    RegistrationFactory(session=session)
    services.set_targets(session=session, targets={"ciudadania": (0, 6), "sector_privado": (0, 3)}, by=None)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    one = session.get_absolute_url()
    paths = ["/dialogos/", "/dialogos/mes/", "/dialogos/calendarios/", "/dialogos/codigo/", one]
    for path in (*paths, f"{one}preparar/", f"{one}agenda/", f"{one}convocar/", f"{one}personas/", f"{one}cancelar/"):
        page.goto(live_server.url + path)
        axe()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
