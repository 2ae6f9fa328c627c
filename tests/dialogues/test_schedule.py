"""Making a session: the form, the team, the agenda, what is missing before it is announced."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues import services
from dialogues.models import Session, SessionRole
from partners.models import OutboxMail
from partners.services import person_of
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import AgendaItemFactory, SessionFactory, SessionRoleFactory, in_days
from tests.factories.partners import GesocFactory, MembershipFactory, PersonFactory
from tests.factories.projects import EvidenceFactory

pytestmark = pytest.mark.django_db
NEW = "/dialogos/nuevo/"


@pytest.fixture
def itzel(client):
    """Facilitates for an organisation; signed in."""
    MunicipalityFactory(code="05035")
    membership = MembershipFactory(role="facilitacion", user__full_name="Itzel Canul")
    client.force_login(membership.user)
    return membership


def written(itzel, **fields):
    day = in_days(30)
    return {
        "title": "¿Quién gana los contratos de pavimentación?",
        "day": f"{day:%Y-%m-%d}",
        "start": "17:00",
        "end": "19:00",
        "municipality": "Torreón",
        "modality": "presencial",
        "venue": "Biblioteca José García de Letona",
        "team": "Itzel Canul",
        "host_organisation": itzel.organisation.pk,
        "method": "mesa",
        "scope": "municipal",
        "registration": "abierta",
        "visibility": "publica",
        "confidentiality": "abierta",
        "capacity_in_person": "25",
        "sector_ciudadania": "6",
        "sector_gobierno": "5",
        "action": "announce",
        **fields,
    }


def test_form_makes_and_announces_a_session_at_once(client, itzel):
    response = client.post(NEW, written(itzel))
    session = Session.objects.get()
    assert response["Location"] == f"/dialogos/{session.slug}/"
    assert (session.state, session.tz, session.local_start.hour) == ("programada", "America/Monterrey", 17)
    assert [(role.person.full_name, role.role, role.state) for role in session.roles.all()] == [
        ("Itzel Canul", "facilita", "confirmada")
    ]
    assert [item.minutes for item in session.agenda.all()] == [10, 20, 40, 20, 30]
    assert {row.sector: row.desired for row in session.targets.all()} == {"ciudadania": 6, "gobierno": 5}
    page = client.get(response["Location"]).content.decode()
    assert "La mesa: 0 de 11 lugares" in page
    assert "hora de Torreón" in page


def test_form_comes_filled_from_a_template(client, itzel):
    page = client.get(NEW, {"plantilla": "world-cafe"}).context
    assert (page["form"].initial["capacity_in_person"], len(page["items"])) == (30, 8)


def test_copy_brings_agenda_and_places_but_no_day_and_no_people(client, itzel):
    source = SessionFactory(host_organisation=itzel.organisation)
    AgendaItemFactory(session=source, title="Bienvenida", order=1)
    services.set_targets(session=source, targets={"medios": (0, 4)}, by=None)
    context = client.get(NEW, {"copia": source.slug}).context
    assert context["form"].initial["day"] is None
    assert context["form"].initial["sector_medios"] == 4
    client.post(f"{NEW}?copia={source.slug}", written(itzel, action="draft"))
    made = Session.objects.exclude(pk=source.pk).get()
    assert [item.title for item in made.agenda.all()] == ["Bienvenida"]


def test_nobody_copies_what_they_may_not_see(client, itzel):
    assert client.get(NEW, {"copia": SessionFactory(visibility="privada").slug}).status_code == 404


def test_member_proposes_a_draft_that_others_announce(client):
    MunicipalityFactory(code="05035")
    member = MembershipFactory()
    client.force_login(member.user)
    client.post(NEW, written(member, team=""))
    session = Session.objects.get()
    assert session.state == "borrador"
    assert client.post(f"/dialogos/{session.slug}/anunciar/").status_code == 403


def test_past_day_and_end_before_beginning_are_said_beside_their_fields(client, itzel):
    form = client.post(NEW, written(itzel, day="2020-01-01")).context["form"]
    assert list(form.errors) == ["day"]
    form = client.post(NEW, written(itzel, end="16:00")).context["form"]
    assert list(form.errors) == ["end"]
    form = client.post(NEW, written(itzel, day="9999-12-31", start="22:00", end="23:59")).context["form"]
    assert list(form.errors) == ["day"]


def test_6_1_form_asks_which_of_two_equal_hours_is_meant(client, itzel):
    MunicipalityFactory(code="05025", name="Piedras Negras", time_zone="America/Matamoros")
    night = written(itzel, municipality="Piedras Negras", day="2027-11-07", start="01:30", end="04:00")
    form = client.post(NEW, night).context["form"]
    assert list(form.errors) == ["which"]
    client.post(NEW, {**night, "which": "1"})
    assert Session.objects.get().starts_at == datetime(2027, 11, 7, 7, 30, tzinfo=UTC)


def test_6_1_form_refuses_an_hour_that_does_not_exist(client, itzel):
    MunicipalityFactory(code="05025", name="Piedras Negras", time_zone="America/Matamoros")
    night = written(itzel, municipality="Piedras Negras", day="2027-03-14", start="02:30", end="04:00")
    assert list(client.post(NEW, night).context["form"].errors) == ["start"]


def test_6_1_session_over_midnight(client, itzel):
    day = in_days(30)
    late = written(itzel, start="22:00", end="01:00", until=f"{day + timedelta(days=1):%Y-%m-%d}")
    client.post(NEW, late)
    session = Session.objects.get()
    assert session.ends_at - session.starts_at == timedelta(hours=3)


def test_6_1_new_rules_of_a_zone_move_what_is_ahead_and_never_the_past():
    ahead, past = SessionFactory(), SessionFactory(local_start=in_days(-30))
    right = ahead.starts_at
    for session in (ahead, past):
        wrong = {"starts_at": session.starts_at + timedelta(hours=1), "ends_at": session.ends_at + timedelta(hours=1)}
        Session.objects.filter(pk=session.pk).update(**wrong)
    assert services.keep_promises() == [ahead]
    ahead.refresh_from_db()
    past.refresh_from_db()
    assert (ahead.starts_at, ahead.ics_sequence) == (right, 1)
    assert past.ics_sequence == 0


def test_edge_3_clash_names_the_other_session_only_to_whoever_may_see_it(client, itzel):
    person = person_of(user=itzel.user)
    other = SessionFactory(title="Secreta", visibility="privada")
    services.assign_role(session=other, person=person, by=None)
    stranger = MembershipFactory(role="facilitacion").user
    with pytest.raises(ValidationError) as hidden:
        services.assign_role(session=SessionFactory(), person=person, by=stranger)
    assert hidden.value.messages == ["Itzel Canul tiene otro diálogo a esa hora."]
    with pytest.raises(ValidationError) as named:
        services.assign_role(session=SessionFactory(), person=person, by=itzel.user)
    assert "Secreta" in named.value.messages[0]


def test_edge_3_clash_is_shown_while_typing_and_refused_on_saving(client, itzel):
    services.assign_role(session=SessionFactory(title="La otra"), person=person_of(user=itzel.user), by=None)
    typed = client.get("/dialogos/nuevo/equipo/", written(itzel), headers={"HX-Request": "true"}).content.decode()
    assert "Itzel Canul está en “La otra” de 16:00 a 19:00 h." in typed
    form = client.post(NEW, written(itzel)).context["form"]
    assert "Itzel Canul tiene “La otra”" in form.non_field_errors()[0]
    assert Session.objects.count() == 1


def test_edge_3_an_hour_of_travel_before_a_session_in_person_and_none_online():
    person = PersonFactory()
    services.assign_role(session=SessionFactory(local_start=in_days(30, 10)), person=person, by=None)
    with pytest.raises(ValidationError):
        services.assign_role(session=SessionFactory(local_start=in_days(30, 12)), person=person, by=None)
    online = SessionFactory(local_start=in_days(30, 12), modality="en_linea")
    assert services.assign_role(session=online, person=person, by=None).holds


def test_edge_4_unavailable_after_being_named_is_an_alert_and_removes_nobody(client, itzel):
    session = SessionFactory(host_organisation=itzel.organisation)
    person = person_of(user=itzel.user)
    services.assign_role(session=session, person=person, by=None)
    services.mark_unavailable(person=person, starts_at=session.starts_at, ends_at=session.ends_at, by=itzel.user)
    page = client.get(f"/dialogos/{session.slug}/preparar/").content.decode()
    assert "Itzel Canul avisó que no puede a esa hora" in page
    assert session.roles.get().state == "propuesta"


def test_named_person_answers_and_a_no_gives_the_time_back(client, itzel):
    role = services.assign_role(session=SessionFactory(), person=person_of(user=itzel.user), by=None)
    url = f"/dialogos/{role.session.slug}/equipo/{role.pk}/"
    assert "Te propusieron para: facilita" in client.get(role.session.get_absolute_url()).content.decode()
    client.post(url, {"answer": "decline"})
    role.refresh_from_db()
    assert (role.state, role.holds) == ("declinada", False)


def test_announcing_says_what_is_missing():
    draft = SessionFactory(state="borrador", municipality=None, venue="", local_start=in_days(-1))
    with pytest.raises(ValidationError) as caught:
        services.announce_session(session=draft, by=GesocFactory())
    assert len(caught.value.messages) == 4


def test_nobody_is_written_to_about_a_draft_and_the_team_once_it_is_announced():
    draft, gesoc = SessionFactory(state="borrador"), GesocFactory()
    services.add_to_team(session=draft, one=PersonFactory(), role=SessionRole.Role.FACILITATOR, by=gesoc)
    assert OutboxMail.objects.count() == 0
    services.announce_session(session=draft, by=gesoc)
    assert [mail.kind for mail in OutboxMail.objects.all()] == ["dialogue_role"]


def test_agenda_is_changed_line_by_line_with_its_hours(client, itzel):
    session = SessionFactory(host_organisation=itzel.organisation)
    services.assign_role(session=session, person=person_of(user=itzel.user), by=None)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    data |= {"form-0-title": "Bienvenida", "form-0-minutes": 10, "form-1-title": "Datos", "form-1-minutes": 150}
    client.post(f"/dialogos/{session.slug}/agenda/", data)
    page = client.get(f"/dialogos/{session.slug}/preparar/").context
    assert [f"{line.start:%H:%M}" for line in page["agenda"]] == ["17:00", "17:10"]
    assert page["overrun"] == 40


def test_month_shows_each_day_on_the_clocks_of_its_place(client):
    start = in_days(0).replace(day=15, hour=23) + timedelta(days=31)
    session = SessionFactory(local_start=start.replace(day=15))
    weeks = client.get("/dialogos/mes/", {"mes": f"{session.local_start:%Y-%m}"}).context["weeks"]
    found = {day.date.day for week in weeks for day in week if day.sessions}
    assert found == {15, 16}


def test_list_asks_a_constant_number_of_times(client, django_assert_num_queries):
    SessionFactory()
    with CaptureQueriesContext(connection) as one:
        client.get("/dialogos/")
    SessionFactory.create_batch(2)
    with django_assert_num_queries(len(one)):
        assert len(client.get("/dialogos/").context["page"]) == 3


def test_past_and_upcoming_are_apart(client):
    ahead, past = SessionFactory(), SessionFactory(local_start=in_days(-3))
    assert [one.pk for one in client.get("/dialogos/").context["page"]] == [ahead.pk]
    assert [one.pk for one in client.get("/dialogos/?cuando=antes").context["page"]] == [past.pk]
    assert timezone.now() > past.ends_at


def test_pages_exist_in_english(client):
    session = SessionFactory()
    page = client.get(f"/en/dialogos/{session.slug}/").content.decode()
    assert "Agenda" in page
    assert "time of Torreón" in page


def test_6_1_state_wide_session_says_whose_clocks_it_means(client):
    session = SessionFactory(scope="estatal")
    SessionRoleFactory(session=session)
    assert "(hora de Torreón)" in client.get(session.get_absolute_url()).content.decode()


def test_evidence_stands_beside_its_part_of_the_agenda_for_whoever_may_see_the_card(client, itzel):
    client.post(NEW, written(itzel))
    session = Session.objects.get()
    item = session.agenda.get(title="Qué dicen los datos")
    shown = EvidenceFactory(reading="Uno ganó la mitad", visibility="publica", municipality=session.municipality)
    own = EvidenceFactory(reading="Solo nuestra", visibility="privada", organisation=itzel.organisation)
    secret = EvidenceFactory(reading="De otra organización", visibility="privada")
    session.evidence_uses.create(evidence=secret, item=item)
    url = f"/dialogos/{session.slug}/agenda/{item.pk}/evidencia/"
    assert "Uno ganó la mitad" in client.get(url).content.decode()
    sent = [shown.key, own.key, secret.key, "x", "0" * 36]
    assert client.post(url, {"card": sent}).status_code == 302
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Evidencia: <span>Uno ganó la mitad" in page
    assert "De otra organización" not in page
    client.post(url, {"card": [shown.key]})
    beside = session.evidence_uses.filter(item=item).order_by("pk").values_list("evidence__reading", flat=True)
    assert list(beside) == ["De otra organización", "Uno ganó la mitad"]  # another's card is not theirs to take off
    client.logout()
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Uno ganó la mitad" in page
    assert client.get(url).status_code == 302


def test_evidence_of_a_part_that_is_taken_off_stays_with_the_session(client, itzel):
    client.post(NEW, written(itzel))
    session = Session.objects.get()
    use = session.evidence_uses.create(evidence=EvidenceFactory(), item=session.agenda.first())
    services.set_agenda(session=session, items=services.items_of(session)[1:], by=itzel.user)
    use.refresh_from_db()
    assert use.item is None
