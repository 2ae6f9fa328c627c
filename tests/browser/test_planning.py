"""Series, availability and tables on a phone, in both languages: they fit, can be read, and do what they say."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dialogues import services
from dialogues.models import Availability, Seat, Series, Session
from dialogues.services.mails import PLACE
from partners.services import mint_link, person_of
from tests.factories.dialogues import AgendaItemFactory, RegistrationFactory, SessionFactory, in_days

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def session(itzel):
    now = timezone.now()
    made = SessionFactory(host_organisation=itzel.organisation, title="¿Quién gana los contratos?")
    services.assign_role(session=made, person=person_of(user=itzel.user), state="confirmada", by=None)
    Session.objects.filter(pk=made.pk).update(
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=2), state="en_curso"
    )
    made.refresh_from_db()
    return made


def test_the_next_session_of_a_series_is_four_clicks_away(phone, itzel):
    series = Series.objects.create(title="Pavimento, mes con mes", host_organisation=itzel.organisation)
    first = SessionFactory(host_organisation=itzel.organisation, series=series, title="¿Quién gana?")
    AgendaItemFactory(session=first, title="Bienvenida", order=1)
    services.assign_role(session=first, person=person_of(user=itzel.user), state="confirmada", by=None)
    phone.goto(first.get_absolute_url())
    phone.check()
    phone.click("link", "Pavimento, mes con mes")
    phone.check()
    phone.click("link", "Next dialogue of this series")
    phone.sees("Agenda to start from")
    expect(phone.page.get_by_text("Bienvenida")).to_be_visible()
    expect(phone.page.get_by_label(phone.say("Who facilitates?"))).to_have_value("Itzel Canul")
    phone.check()
    phone.write("question", "¿Qué calles seguimos?")
    phone.write("Day", f"{in_days(50):%Y-%m-%d}", exact=True)
    phone.page.locator("#id_venue").fill("Casa de la cultura")
    phone.click("button", "Announce the dialogue")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("¿Qué calles seguimos?")
    phone.sees("Session %(number)s of %(total)s of", number=2, total=2)
    assert phone.clicks <= 4


def test_a_day_off_is_added_taken_off_and_put_back(phone, itzel):
    phone.goto("/dialogos/disponibilidad/")
    phone.check()
    phone.write("From the day", f"{in_days(12):%Y-%m-%d}")
    phone.write("Note", "Boda")
    phone.click("button", "Add", exact=True)
    expect(phone.page.get_by_text("Boda")).to_be_visible()
    phone.check()
    phone.click("button", "Take off")
    expect(phone.page.get_by_text("Boda")).to_have_count(0)
    phone.check()
    phone.click("button", "Undo")
    expect(phone.page.get_by_text("Boda")).to_be_visible()
    assert Availability.objects.get().note == "Boda"


def test_tables_are_laid_and_people_mixed_over_two_rounds(phone, itzel, session):
    rows = [RegistrationFactory(session=session) for _person in range(6)]
    phone.goto(f"/dialogos/{session.slug}/sala/mesas/")
    phone.check()
    phone.write("Question of each table", "¿Qué falta?\n¿Qué sobra?")
    phone.click("button", "Save the tables")
    phone.choose("Host", rows[0].person.full_name)
    phone.click("button", "Save hosts and seats")
    phone.check()
    phone.click("button", "Add a round")
    phone.click("link", "Who sits where")
    phone.check()
    phone.click("button", "Mix everybody with a place")
    phone.sees("Mixed. What you set by hand stayed.")
    phone.check()
    assert Seat.objects.count() == 12
    assert set(Seat.objects.filter(registration=rows[0]).values_list("table__number", flat=True)) == {1}
    phone.tap(phone.page.get_by_role("link", name=rows[1].person.full_name))
    phone.check()
    phone.goto(f"/dialogos/{session.slug}/sala/mesas/imprimir/")
    phone.check()
    AgendaItemFactory(session=session, order=1, title="Mesas", kind="mesas", minutes=60)
    phone.goto(f"/dialogos/{session.slug}/sala/pantalla/")
    phone.check()
    phone.sees("¿Qué sobra?")
    token = mint_link(purpose=PLACE, subject=str(rows[1].key), person=rows[1].person, expires_at=session.ends_at)
    phone.goto(f"/dialogos/lugar/{token}/")
    phone.sees("Your tables")
    phone.check()
