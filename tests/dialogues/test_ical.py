"""Calendar entries and feeds, each read by two parsers: icalendar and our own strict one."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from dialogues import ical, services
from dialogues.models import CalendarToken
from partners.models import Membership
from partners.services import end_membership
from tests.dialogues import ics_lines
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import InvitationFactory, RegistrationFactory, SessionFactory, SessionRoleFactory
from tests.factories.partners import GesocFactory, MembershipFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def both(text):
    """The only event, as each parser sees it."""
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    return event, ics_lines.parts(ics_lines.read(text), "VEVENT")[0]


def test_entry_has_its_hour_zone_and_description_of_the_zone():
    place = MunicipalityFactory(code="05025", name="Piedras Negras", time_zone="America/Matamoros")
    session = SessionFactory(
        municipality=place, local_start=datetime(2027, 7, 15, 17), title="¿Quién gana? " + "ñá" * 60
    )
    text = ical.entry(session)
    event, lines = both(text)
    assert event["SUMMARY"] == session.title
    assert event.decoded("DTSTART").astimezone(UTC) == datetime(2027, 7, 15, 22, tzinfo=UTC)
    assert ics_lines.one(lines, "DTSTART") == "20270715T170000"
    assert ics_lines.parameters(lines, "DTSTART") == {"TZID": "America/Matamoros"}
    (zone,) = ics_lines.parts(ics_lines.read(text), "VTIMEZONE")
    assert ics_lines.one(zone, "TZID") == "America/Matamoros"
    offsets = {ics_lines.one(part, "TZOFFSETTO") for part in zone["children"]}
    assert offsets == {"-0500", "-0600"}


def test_zone_without_seasonal_time_is_described_without_it():
    place = MunicipalityFactory(code="23005", time_zone="America/Cancun")
    text = ical.entry(SessionFactory(municipality=place, local_start=datetime(2027, 7, 15, 17)))
    (zone,) = ics_lines.parts(ics_lines.read(text), "VTIMEZONE")
    assert {ics_lines.one(part, "TZOFFSETTO") for part in zone["children"]} == {"-0500"}


def test_entry_keeps_its_uid_and_its_sequence_grows():
    gesoc, row = GesocFactory(), RegistrationFactory()
    seen = []
    for venue in ("Uno", "Dos"):
        row.session = services.change_session(session=row.session, changes={"venue": venue}, by=gesoc)
        _event, lines = both(ical.entry(row.session, registration=row))
        seen.append((ics_lines.one(lines, "UID"), ics_lines.one(lines, "SEQUENCE")))
    row.session = services.cancel_session(session=row.session, reason="Llueve", by=gesoc)
    text = ical.entry(row.session, registration=row)
    _event, lines = both(text)
    seen.append((ics_lines.one(lines, "UID"), ics_lines.one(lines, "SEQUENCE")))
    uid = row.session.ics_uid
    assert seen == [(uid, "1"), (uid, "2"), (uid, "3")]
    assert ics_lines.one(ics_lines.read(text), "METHOD") == "CANCEL"
    assert ics_lines.one(lines, "STATUS") == "CANCELLED"


def test_request_names_organiser_and_the_one_who_comes():
    row = RegistrationFactory(
        person__full_name="Ana Ruiz", session__host_organisation__public_email="hola@laguna.example"
    )
    text = ical.entry(row.session, registration=row)
    event, lines = both(text)
    assert ics_lines.one(ics_lines.read(text), "METHOD") == "REQUEST"
    assert event["ORGANIZER"] == "mailto:hola@laguna.example"
    assert ics_lines.values(lines, "ATTENDEE") == [f"mailto:{row.person.email}"]
    assert event["ATTENDEE"].params["CN"] == "Ana Ruiz"


def test_hostile_title_stays_a_title():
    session = SessionFactory(title="Uno; dos, tres\\cuatro BEGIN:VEVENT", purpose="línea 1\nEND:VCALENDAR\r\nx:y")
    event, lines = both(ical.entry(session))
    assert event["SUMMARY"] == session.title
    assert "END:VCALENDAR" in event["DESCRIPTION"]
    assert len(ics_lines.values(lines, "SUMMARY")) == 1


def titles(client, url="/dialogos/calendario.ics"):
    response = client.get(url)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    events = ics_lines.parts(ics_lines.read(text), "VEVENT")
    assert len(Calendar.from_ical(text).walk("VEVENT")) == len(events)
    return sorted(ics_lines.one(event, "SUMMARY") for event in events)


def test_public_feed_holds_what_is_public_for_whoever_asks_and_nobody_by_name(client):
    shown = SessionFactory(title="Pública")
    RegistrationFactory(session=shown, person__full_name="Ana Ruiz")
    SessionFactory(title="Borrador", state="borrador")
    SessionFactory(title="Red", visibility="red")
    SessionFactory(title="Cancelada", state="cancelada", state_reason="Llueve")
    client.force_login(GesocFactory())
    assert titles(client) == ["Cancelada", "Pública"]
    assert "Ana" not in client.get("/dialogos/calendario.ics").content.decode()


def test_empty_feed_is_a_calendar(client):
    assert titles(client) == []


def test_feed_asks_a_constant_number_of_times(client, django_assert_max_num_queries):
    SessionFactory.create_batch(3)
    with django_assert_max_num_queries(2):
        assert len(titles(client)) == 3


def test_own_feed_holds_roles_and_places_but_no_open_invitation(client):
    user = UserFactory()
    me = PersonFactory(user=user)
    MembershipFactory(user=user)
    SessionRoleFactory(session=SessionFactory(title="Facilito", visibility="privada"), person=me)
    RegistrationFactory(session=SessionFactory(title="Voy"), person=me)
    InvitationFactory(session=SessionFactory(title="Me invitaron"), person=me)
    SessionFactory(title="De otras")
    token = services.open_calendar(by=user)
    assert titles(client, f"/dialogos/calendarios/{token}.ics") == ["Facilito", "Voy"]


def test_address_of_a_feed_is_kept_as_a_hash_and_revoked_by_the_next(client):
    user = MembershipFactory().user
    first, second = (services.open_calendar(by=user) for _ in range(2))
    assert client.get(f"/dialogos/calendarios/{first}.ics").status_code == 404
    assert client.get(f"/dialogos/calendarios/{second}.ics").status_code == 200
    assert second not in str(list(CalendarToken.objects.values()))
    services.close_calendar(by=user)
    assert client.get(f"/dialogos/calendarios/{second}.ics").status_code == 404


def test_feed_of_an_organisation_ends_with_the_membership(client):
    membership = MembershipFactory()
    SessionFactory(title="Nuestra", visibility="privada", host_organisation=membership.organisation)
    token = services.open_calendar(by=membership.user, organisation=membership.organisation)
    url = f"/dialogos/calendarios/{token}.ics"
    assert titles(client, url) == ["Nuestra"]
    end_membership(membership=Membership.objects.get(), by=GesocFactory())
    assert client.get(url).status_code == 404


def test_new_address_is_shown_once(client):
    client.force_login(MembershipFactory().user)
    page = client.post("/dialogos/calendarios/", {"action": "open"})
    assert "/dialogos/calendarios/" in page.context["address"]
    assert page["Referrer-Policy"] == "strict-origin"
    assert "address" not in client.get("/dialogos/calendarios/").context


def test_nobody_makes_an_address_for_another_organisation(client):
    client.force_login(MembershipFactory().user)
    other = MembershipFactory().organisation
    assert client.post("/dialogos/calendarios/", {"organisation": other.slug}).status_code == 404
