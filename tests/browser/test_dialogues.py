"""Tasks 1 to 5 of the dialogues on a phone, each within its clicks (typing is not counted), in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dialogues import services
from dialogues.models import Invitation, Registration, Session
from dialogues.services.invitations import write_queued
from gesoc.common.i18n import in_language
from partners.models import OutboxMail, PrivacyNotice
from partners.services import affiliate, mint_link, person_of
from tests.browser.clicks import fits
from tests.factories.dialogues import RegistrationFactory, SessionFactory, in_days
from tests.factories.partners import OrganisationFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(itzel):
    made = SessionFactory(host_organisation=itzel.organisation, title="¿Quién gana los contratos?")
    services.assign_role(session=made, person=person_of(user=itzel.user), state="confirmada", by=None)
    return made


def test_task_1_schedule_from_a_template_in_four_clicks(phone, itzel):
    busy = SessionFactory(title="La otra", local_start=in_days(40))
    services.assign_role(session=busy, person=person_of(user=itzel.user), by=None)
    phone.goto("/")
    phone.click("button", "Menu")
    phone.click("link", "Dialogues", exact=True)
    phone.click("link", "Schedule a dialogue")
    page = phone.page
    phone.write("question", "¿Por qué falta el agua los martes?")
    phone.write("Day", f"{in_days(40):%Y-%m-%d}", exact=True)
    page.get_by_role("textbox", name=phone.say("Municipality")).fill("Torreón")
    page.locator("#id_venue").fill("Casa de la cultura")
    phone.write("Who facilitates?", "Itzel Canul")
    check = page.locator("#team-check")
    expect(check).to_contain_text("“La otra”")
    phone.check()
    phone.write("Day", f"{in_days(41):%Y-%m-%d}", exact=True)
    page.get_by_label(phone.say("Who facilitates?")).press("End")
    expect(check).to_contain_text(phone.say("%(name)s is free then.", name="Itzel Canul"))
    phone.click("button", "Announce the dialogue")
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Por qué falta el agua los martes?")
    assert Session.objects.get(title__startswith="¿Por qué").state == "programada"
    assert phone.clicks == 4
    phone.check()


def test_task_2_invite_with_the_gap_in_view_in_four_clicks(phone, session, itzel):
    services.set_targets(session=session, targets={"academia": (0, 2)}, by=None)
    university = OrganisationFactory(
        kind="academia", name="Universidad Lagunera", home_municipality=session.municipality
    )
    affiliate(person=PersonFactory(full_name="Dra. Paz"), organisation=university, by=None)
    phone.goto(session.get_absolute_url())
    phone.click("link", "Invite", exact=True)
    balance, academia = phone.page.locator("#balance"), phone.say("Academia").lower()
    expect(balance).to_contain_text(f"2 {academia}")
    phone.tap(phone.page.get_by_role("checkbox", name="Universidad Lagunera"))
    expect(balance).to_contain_text(f"1 {academia}")
    phone.check()
    phone.click("button", "See the invitation")
    host = session.host_organisation.name
    letter = phone.say("%(organisation)s invites you to a dialogue:", organisation=host)
    expect(phone.page.locator(".letter")).to_contain_text(letter)
    phone.check()
    phone.click("button", "Send %(n)s invitation", "Send %(n)s invitations", n=1)
    phone.sees("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", n=1)
    assert phone.clicks == 4
    assert write_queued(session=session, by=itzel.user) == 1
    assert OutboxMail.objects.get(kind="dialogue_invitation").person.full_name == "Dra. Paz"


def test_what_is_ticked_before_the_script_has_come_counts_as_well(phone, session, itzel):
    services.set_targets(session=session, targets={"academia": (0, 2)}, by=None)
    home = session.municipality
    university = OrganisationFactory(kind="academia", name="Universidad Lagunera", home_municipality=home)
    affiliate(person=PersonFactory(full_name="Dra. Paz"), organisation=university, by=None)
    held = []
    phone.page.route("**/htmx*.js", lambda route: held.append(route))  # a slow network
    phone.page.goto(
        f"{phone.site}{in_language(f'{session.get_absolute_url()}convocar/', phone.language)}", wait_until="commit"
    )
    phone.tap(phone.page.get_by_role("checkbox", name="Universidad Lagunera"))
    balance, academia = phone.page.locator("#balance"), phone.say("Academia").lower()
    expect(balance).to_contain_text(f"2 {academia}")
    for script in held:
        script.continue_()
    expect(balance).to_contain_text(f"1 {academia}")


def test_tasks_3_and_4_answer_without_an_account_and_add_to_the_calendar(phone):
    session = SessionFactory(modality="hibrida")
    invitation = Invitation.objects.create(
        session=session, person=PersonFactory(full_name="Marta Gómez"), state="enviada"
    )
    expires = timezone.now() + timedelta(days=1)
    token = mint_link(purpose="invitation", subject=str(invitation.key), person=invitation.person, expires_at=expires)
    phone.clicks = 1  # the link in the mail
    phone.goto(f"/dialogos/invitacion/{token}/")
    phone.check()
    assert Registration.objects.count() == 0
    phone.click("button", "I will come", exact=True)
    mode = phone.say("In person").lower()
    phone.sees("Thank you: you have a place (%(mode)s).", mode=mode)
    assert (phone.clicks, Registration.objects.get().state) == (2, "confirmada")
    phone.check()
    with phone.page.expect_download() as download:
        phone.click("link", "Add to my calendar (.ics)")
    assert phone.clicks == 3
    assert "BEGIN:VEVENT" in download.value.path().read_text()


def test_task_5_move_after_seeing_who_is_affected_in_four_clicks(phone, session):
    RegistrationFactory(session=session, person__full_name="Ana Ruiz")
    phone.goto(session.get_absolute_url())
    phone.click("link", "Move", exact=True)
    phone.write("Day", f"{in_days(33):%Y-%m-%d}", exact=True)
    phone.click("button", "See who is affected")
    expect(phone.page.get_by_text("Ana Ruiz")).to_be_visible()
    assert OutboxMail.objects.count() == 0
    phone.check()
    phone.click("button", "Move it and tell them now")
    phone.sees("Changed, and everybody concerned was written to.")
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
        assert fits(page), path
