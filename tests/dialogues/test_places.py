"""Inviting, answering, places, waiting lists, walk-ins. Edge cases by their number in the specification (§6.2, §6.6)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues import services
from dialogues.models import Invitation, Registration
from dialogues.selectors.delivery import Delivery, asked, delivery
from dialogues.services import mails
from dialogues.services.invitations import write_queued
from dialogues.services.mails import INVITATION, PLACE
from dialogues.services.registrations import lapse_offers, purge_needs
from dialogues.views import answers
from partners.models import ConsentRecord, OutboxMail, Person, PrivacyNotice, SignedLink
from partners.services import affiliate, ensure_notices, mint_link
from tests.factories.dialogues import (
    InvitationFactory,
    RegistrationFactory,
    SessionFactory,
    SessionRoleFactory,
    in_days,
)
from tests.factories.partners import GesocFactory, MembershipFactory, OrganisationFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture
def session():
    return SessionFactory(capacity_in_person=2)


@pytest.fixture
def notice():
    return PrivacyNotice.objects.create(version="1", language="es-mx", short_text="Aviso corto", full_text="Aviso")


def register(session, person=None, **fields):
    fields = {"mode": "presencial", "by": None} | fields
    return services.register(session=session, person=person or PersonFactory(), **fields)


def states(session):
    return list(session.registrations.order_by("pk").values_list("state", flat=True))


def link(purpose, subject):
    expires = timezone.now() + timedelta(days=1)
    return mint_link(purpose=purpose, subject=str(subject.key), person=subject.person, expires_at=expires)


# -- places ----------------------------------------------------------------------------------------------------------


def test_edge_5_full_table_makes_a_waiting_list_by_mode():
    session = SessionFactory(modality="hibrida", capacity_in_person=1, capacity_online=1)
    for mode in ("presencial", "presencial", "en_linea"):
        register(session, mode=mode)
    assert states(session) == ["confirmada", "lista_de_espera", "confirmada"]


def test_edge_5_freed_place_is_offered_for_two_days_to_the_first_in_line(session):
    first = register(session)
    for _ in range(3):
        register(session)
    services.cancel_registration(registration=first, by=None)
    assert states(session) == ["cancelada", "confirmada", "ofrecida", "lista_de_espera"]
    offered = session.registrations.get(state=State.OFFERED)
    assert timedelta(hours=47) < offered.offer_expires_at - timezone.now() <= timedelta(hours=48)
    assert OutboxMail.objects.filter(kind="dialogue_offer").count() == 1


def test_edge_5_offer_is_short_when_less_than_three_days_are_left():
    session = SessionFactory(capacity_in_person=1, local_start=in_days(2))
    first = register(session)
    register(session)
    services.cancel_registration(registration=first, by=None)
    left = session.registrations.get(state=State.OFFERED).offer_expires_at - timezone.now()
    assert timedelta(hours=11) < left <= timedelta(hours=12)


def test_edge_5_offer_that_ran_out_goes_to_the_next_in_line(session):
    first = register(session)
    for _ in range(3):
        register(session)
    services.cancel_registration(registration=first, by=None)
    with time_machine.travel(timezone.now() + timedelta(hours=49), tick=False):
        assert lapse_offers() == 1
        assert states(session) == ["cancelada", "confirmada", "vencida", "ofrecida"]
        late = session.registrations.get(state=State.LAPSED)
        with pytest.raises(ValidationError):
            services.confirm_registration(registration=late, by=None)


def test_edge_5_nobody_is_promoted_two_hours_before_unless_the_team_does_it(session):
    first = register(session)
    for _ in range(2):
        register(session)
    with time_machine.travel(session.starts_at - timedelta(hours=1), tick=False):
        services.cancel_registration(registration=first, by=None)
        assert states(session)[2] == "lista_de_espera"
        services.offer_places(session=session, by=GesocFactory())
        assert states(session)[2] == "ofrecida"


def test_edge_5_more_places_are_offered_in_order_or_by_missing_sector():
    session = SessionFactory(capacity_in_person=1, offers_by_sector=True)
    services.set_targets(session=session, targets={"ciudadania": (0, 1), "academia": (0, 3)}, by=None)
    register(session, sector="ciudadania")
    register(session, sector="ciudadania")
    register(session, sector="academia")
    services.set_capacity(session=session, in_person=2, online=None, by=GesocFactory())
    assert states(session) == ["confirmada", "lista_de_espera", "ofrecida"]


def test_edge_6_fewer_places_than_are_taken_is_refused_with_the_names(session):
    register(session, PersonFactory(full_name="Ana Ruiz"))
    register(session, PersonFactory(full_name="Beto Paz"))
    with pytest.raises(ValidationError) as caught:
        services.set_capacity(session=session, in_person=1, online=None, by=GesocFactory())
    assert "Beto Paz" in caught.value.messages[0]
    assert "Ana Ruiz" not in caught.value.messages[0]


def test_edge_6_registered_twice_keeps_the_earliest_place(session):
    early, late = register(session), register(session)
    assert services.merge_registrations(kept=late, other=early, by=GesocFactory()) == early
    assert states(session) == ["confirmada", "cancelada"]


def test_sector_and_organisation_are_those_of_the_day(session):
    university = OrganisationFactory(kind="academia")
    person = PersonFactory()
    affiliate(person=person, organisation=university, by=None)
    row = register(session, Person.objects.get(pk=person.pk))
    university.kind = "gobierno"
    university.save()
    row.refresh_from_db()
    assert (row.sector_at_time, row.organisation_at_time) == ("academia", university)


@pytest.mark.django_db(transaction=True)
def test_edge_5_last_place_is_taken_once():
    """Eight people at the same moment, two places."""
    session = SessionFactory(capacity_in_person=2)
    people = PersonFactory.create_batch(8)

    def go(person):
        try:
            return register(session, person).state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(go, people))
    assert sorted(found) == ["confirmada"] * 2 + ["lista_de_espera"] * 6


def test_edge_11_walk_in_beyond_the_capacity_with_consent_recorded(client, session, notice):
    for _ in range(2):
        register(session)
    host = MembershipFactory(organisation=session.host_organisation)
    client.force_login(host.user)
    data = {"full_name": "Sra. Lupita", "sector": "ciudadania", "mode": "presencial", "notice": "on"}
    assert client.post(f"/dialogos/{session.slug}/personas/", data).status_code == 302
    row = session.registrations.get(walk_in=True)
    assert (row.state, row.person.full_name) == ("confirmada", "Sra. Lupita")
    consent = ConsentRecord.objects.get(person=row.person)
    assert (consent.purpose, consent.channel, consent.recorded_by) == ("dialogos", "verbal", host.user)


def test_edge_11_minor_needs_somebody_who_answers_and_is_never_named(client, session, notice):
    host = MembershipFactory(organisation=session.host_organisation)
    client.force_login(host.user)
    data = {"full_name": "Leo", "sector": "ciudadania", "mode": "presencial", "notice": "on", "is_minor": "on"}
    form = client.post(f"/dialogos/{session.slug}/personas/", data).context["form"]
    assert list(form.errors) == ["guardian"]
    client.post(f"/dialogos/{session.slug}/personas/", {**data, "guardian": "Su abuela"})
    row = session.registrations.get()
    assert (row.is_minor, row.may_be_named) == (True, False)


def test_needs_are_erased_after_thirty_days():
    old = RegistrationFactory(session=SessionFactory(local_start=in_days(-31)), needs="Rampa")
    new = RegistrationFactory(needs="Intérprete")
    assert purge_needs() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.needs, new.needs) == ("", "Intérprete")


# -- answering without an account ------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing_whoever_opens_it(client):
    """Mail scanners open every link; only the button answers."""
    invitation = InvitationFactory()
    url = f"/dialogos/invitacion/{link(INVITATION, invitation)}/"
    for _ in range(2):
        response = client.get(url)
        assert client.head(url).status_code == 200
    invitation.refresh_from_db()
    assert (response.status_code, invitation.state, Registration.objects.count()) == (200, "enviada", 0)
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]


def test_yes_then_no_then_yes_again_until_it_begins(client):
    invitation = InvitationFactory()
    url = f"/dialogos/invitacion/{link(INVITATION, invitation)}/"
    found = []
    for answer in ("yes", "no", "yes"):
        client.post(url, {"answer": answer, "mode": "presencial"})
        invitation.refresh_from_db()
        live = Registration.objects.live().filter(person=invitation.person)
        found.append((invitation.state, [row.state for row in live]))
    assert found == [("aceptada", ["confirmada"]), ("declinada", []), ("aceptada", ["confirmada"])]
    with time_machine.travel(invitation.session.starts_at, tick=False):
        token = link(INVITATION, invitation)
        client.post(f"/dialogos/invitacion/{token}/", {"answer": "no"})
    invitation.refresh_from_db()
    assert invitation.state == "aceptada"


def test_double_click_makes_one_place(client):
    invitation = InvitationFactory()
    url = f"/dialogos/invitacion/{link(INVITATION, invitation)}/"
    for _ in range(2):
        client.post(url, {"answer": "yes", "mode": "presencial"})
    assert Registration.objects.count() == 1


def test_edge_7_forwarded_link_shows_initials_and_offers_a_place_of_ones_own(client, notice):
    invitation = InvitationFactory(person__full_name="Marta Gómez")
    page = client.get(f"/dialogos/invitacion/{link(INVITATION, invitation)}/").content.decode()
    assert "Invitación para M. G." in page
    assert "Marta" not in page
    assert f"{invitation.session.get_absolute_url()}#confirma" in page


def test_edge_7_private_session_offers_a_stranger_nothing(client):
    invitation = InvitationFactory(session__registration="por_invitacion")
    page = client.get(f"/dialogos/invitacion/{link(INVITATION, invitation)}/").content.decode()
    assert "#confirma" not in page


def test_edge_11_deputy_comes_for_the_same_organisation(client):
    office = OrganisationFactory(kind="gobierno")
    invitation = InvitationFactory(organisation=office)
    url = f"/dialogos/invitacion/{link(INVITATION, invitation)}/"
    client.post(url, {"deputy": "1", "full_name": "Rosa Lara", "email": "rosa@ejemplo.example"})
    new = Invitation.objects.get(person__full_name="Rosa Lara")
    invitation.refresh_from_db()
    assert (new.organisation, new.state, invitation.state) == (office, "enviada", "declinada")
    services.answer_invitation(invitation=new, accept=True, by=None)
    row = Registration.objects.get(person=new.person)
    assert (row.organisation_at_time, row.sector_at_time) == (office, "gobierno")


def test_withdrawn_invitation_opens_nothing(client):
    invitation = InvitationFactory()
    token = link(INVITATION, invitation)
    services.revoke_invitation(invitation=invitation, by=GesocFactory())
    assert client.get(f"/dialogos/invitacion/{token}/").status_code == 404
    assert client.post(f"/dialogos/invitacion/{token}/", {"answer": "yes"}).status_code == 404


def test_link_is_for_one_purpose(client):
    row = RegistrationFactory()
    assert client.get(f"/dialogos/invitacion/{link(PLACE, row)}/").status_code == 404
    assert client.get(f"/dialogos/lugar/{link(PLACE, row)}/").status_code == 200


def test_offered_place_is_taken_and_given_back_by_its_link(client, session):
    first, _second, third = (register(session) for _ in range(3))
    services.cancel_registration(registration=first, by=None)
    url = f"/dialogos/lugar/{link(PLACE, third)}/"
    assert "Hay un lugar libre para ti" in client.get(url).content.decode()
    client.post(url, {"answer": "confirm"})
    assert states(session)[2] == "confirmada"
    client.post(url, {"answer": "cancel"})
    assert states(session)[2] == "cancelada"
    assert SignedLink.objects.filter(purpose=PLACE, used_at__isnull=False).exists()


def test_link_to_connect_is_only_for_confirmed_people_online(client):
    secret = "https://sala.example/abc"
    session = SessionFactory(modality="hibrida", online_url=secret)
    online, there = RegistrationFactory(session=session, mode="en_linea"), RegistrationFactory(session=session)
    pages = {row: client.get(f"/dialogos/lugar/{link(PLACE, row)}/").content.decode() for row in (online, there)}
    assert secret in pages[online]
    assert secret not in pages[there]
    for url in ("", "calendario.ics"):
        assert secret not in client.get(session.get_absolute_url() + url).content.decode()
    assert secret not in client.get("/dialogos/calendario.ics").content.decode()


# -- public registration ---------------------------------------------------------------------------------------------


def applied(**fields):
    data = {"full_name": "Ana Ruiz", "email": "Ana@Ejemplo.example", "sector": "ciudadania", "mode": "presencial"}
    return {**data, "notice": "on", **fields}


def test_anybody_registers_where_it_is_open_and_what_they_agreed_to_is_kept(client, session, notice):
    client.post(f"{session.get_absolute_url()}registro/", applied(needs="Rampa"))
    row = session.registrations.get()
    assert (row.person.email, row.state, row.needs) == ("ana@ejemplo.example", "confirmada", "Rampa")
    assert row.person.consents.get().notice == notice
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to) == ("dialogue_place", "ana@ejemplo.example")
    assert "METHOD:REQUEST" in mail.ics


def test_the_notice_that_comes_with_the_code_is_enough_to_register(client, session):
    """As in production after `load_reference`: nobody wrote a notice by hand."""
    ensure_notices()
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Quién es responsable" in page and "Secretaría Anticorrupción y Buen Gobierno" in page
    client.post(f"{session.get_absolute_url()}registro/", applied())
    consent = session.registrations.get().person.consents.get()
    assert (consent.purpose, consent.decision, consent.notice.version) == ("dialogos", "otorgado", "2026-1")
    assert consent.purpose in {purpose["code"] for purpose in consent.notice.purposes}


def test_registration_needs_the_notice_and_an_open_session(client, session, notice):
    form = client.post(f"{session.get_absolute_url()}registro/", applied(notice="")).context["form"]
    assert list(form.errors) == ["notice"]
    closed = SessionFactory(registration="por_invitacion")
    assert client.post(f"{closed.get_absolute_url()}registro/", applied()).status_code == 404
    PrivacyNotice.objects.all().delete()
    assert client.post(f"{session.get_absolute_url()}registro/", applied()).status_code == 404


def test_edge_8_known_address_is_the_same_person_whatever_its_case(client, session, notice):
    known = PersonFactory(email="ana@ejemplo.example", full_name="Ana Ruiz")
    client.post(f"{session.get_absolute_url()}registro/", applied())
    assert session.registrations.get().person == known


def test_edge_9_shared_address_holds_several_people():
    by = GesocFactory()
    PersonFactory(email="comite@ejemplo.example", full_name="Ana Ruiz", shared_email=True)
    other = services.known_person(full_name="Beto Paz", email="comite@ejemplo.example", by=by)
    again = services.known_person(full_name="ANA RUÍZ", email="comite@ejemplo.example", by=by)
    assert (other.full_name, other.shared_email, again.full_name) == ("Beto Paz", True, "Ana Ruiz")


def test_participants_are_not_shown_to_the_public_nor_to_strangers(client):
    session = SessionFactory()
    RegistrationFactory(session=session, person__full_name="Ana Ruiz", may_be_named=True)
    assert "Ana Ruiz" not in client.get(session.get_absolute_url()).content.decode()
    client.force_login(MembershipFactory().user)
    assert client.get(f"{session.get_absolute_url()}personas/").status_code == 403


def test_host_sees_names_and_only_the_team_sees_addresses(client):
    session = SessionFactory()
    row = RegistrationFactory(session=session, person__full_name="Ana Ruiz")
    client.force_login(MembershipFactory(organisation=session.host_organisation).user)
    page = client.get(f"{session.get_absolute_url()}personas/").content.decode()
    assert "Ana Ruiz" in page
    assert row.person.email not in page
    facilitator = PersonFactory(user=UserFactory())
    SessionRoleFactory(session=session, person=facilitator)
    client.force_login(facilitator.user)
    assert row.person.email in client.get(f"{session.get_absolute_url()}personas/").content.decode()


def test_list_of_people_asks_a_constant_number_of_times(client, django_assert_num_queries):
    session = SessionFactory()
    RegistrationFactory(session=session)
    client.force_login(GesocFactory())
    url = f"{session.get_absolute_url()}personas/"
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    RegistrationFactory.create_batch(2, session=session)
    with django_assert_num_queries(len(one)):
        assert len(client.get(url).context["rows"]) == 3


# -- inviting --------------------------------------------------------------------------------------------------------


@pytest.fixture
def gesoc(client):
    user = GesocFactory()
    client.force_login(user)
    return user


def test_choosing_changes_the_table_and_nothing_else(client, gesoc, session):
    services.set_targets(session=session, targets={"academia": (0, 2)}, by=None)
    university = OrganisationFactory(kind="academia", name="Universidad", home_municipality=session.municipality)
    affiliate(person=PersonFactory(), organisation=university, by=None)
    url = f"{session.get_absolute_url()}convocar/"
    page = client.get(url)
    assert [one.label for one in page.context["found"]] == ["Universidad"]
    part = client.get(url, {"quien": f"o-{university.slug}"}, headers={"HX-Request": "true"})
    assert [(row.sector, row.gap) for row in part.context["balance"].missing] == [("academia", 1)]
    assert "<html" not in part.content.decode()
    whole = client.get(url, {"quien": f"o-{university.slug}"})
    assert whole.context["picked"][0].label == "Universidad"
    assert Invitation.objects.count() == 0


def test_letter_is_seen_then_sent_once_to_each(client, gesoc, session):
    university = OrganisationFactory(kind="academia", home_municipality=session.municipality)
    person = PersonFactory(full_name="Dra. Paz")
    affiliate(person=person, organisation=university, by=None)
    url = f"{session.get_absolute_url()}convocar/"
    letter = client.get(url, {"quien": f"o-{university.slug}", "paso": "revisar"})
    assert session.title in letter.context["letter"]
    client.post(f"{url}enviar/", {"quien": f"o-{university.slug}"})
    session.refresh_from_db()
    assert (session.state, Invitation.objects.get().state) == ("convocada", "en_cola")
    assert (write_queued(session=session, by=gesoc), write_queued(session=session, by=gesoc)) == (1, 0)
    mail = OutboxMail.objects.get()
    assert (mail.person, mail.sender_name) == (person, session.host_organisation.name)
    assert "[[answer]]" in mail.text
    assert SignedLink.objects.count() == 0


def test_edge_32_nothing_is_sent_for_a_draft(gesoc):
    draft = SessionFactory(state="borrador")
    services.choose_invitees(session=draft, people=[PersonFactory()], by=gesoc)
    with pytest.raises(ValidationError):
        services.send_invitations(session=draft, by=gesoc)
    assert OutboxMail.objects.count() == 0


def test_edge_32_many_invitations_resume_where_they_stopped(gesoc, session):
    services.choose_invitees(session=session, people=PersonFactory.create_batch(5), by=gesoc)
    services.send_invitations(session=session, by=gesoc)
    Invitation.objects.filter(pk__in=Invitation.objects.values("pk")[:2]).update(state="enviada")
    assert write_queued(session=session, by=gesoc) == 3


def test_edge_10_person_without_email_gets_a_code_on_paper_and_answers_with_it(client, gesoc, session):
    services.invite_contact(session=session, full_name="Don Chuy", phone="871 000 0000", by=gesoc)
    services.send_invitations(session=session, by=gesoc)
    invitation = Invitation.objects.get()
    assert (invitation.channel, invitation.state, OutboxMail.objects.count()) == ("papel", "enviada", 0)
    assert invitation.short_code in client.get(f"{session.get_absolute_url()}convocar/papel/").content.decode()
    client.logout()
    assert client.get("/dialogos/codigo/", {"code": "xxxxxxxx"}).status_code == 404
    page = client.get("/dialogos/codigo/", {"code": invitation.short_code.upper()})
    assert "Invitación para D. C." in page.content.decode()
    client.post("/dialogos/codigo/", {"code": invitation.short_code, "answer": "yes", "mode": "presencial"})
    assert session.registrations.get().person.full_name == "Don Chuy"


def test_edge_30_mail_that_failed_is_on_the_page_with_the_phone(client, gesoc, session):
    person = PersonFactory(full_name="Ana Ruiz", phone="871 123 4567")
    invitation = InvitationFactory(session=session, person=person)
    mails.invite(invitation=invitation, by=gesoc)
    OutboxMail.objects.update(state="fallido")
    page = client.get(f"{session.get_absolute_url()}convocar/").content.decode()
    assert "No se pudo entregar" in page
    assert "871 123 4567" in page


def test_how_far_the_invitations_are_is_on_the_page_and_asked_again_only_while_some_wait(
    client, gesoc, session, django_assert_num_queries
):
    people = [PersonFactory(email=f"p{n}@ejemplo.example") for n in range(5)]
    for one in people[:4]:
        mails.invite(invitation=InvitationFactory(session=session, person=one), by=gesoc)
    for one, state in zip(people, ("enviado", "fallido", "suprimido", "en_cola"), strict=False):
        OutboxMail.objects.filter(person=one).update(
            state=state, sent_at=timezone.now() if state == "enviado" else None
        )
    InvitationFactory(session=session, person=people[4], state="en_cola", sent_at=None)
    mails.invite(invitation=InvitationFactory(person=people[0]), by=gesoc)  # of another dialogue
    url = f"{session.get_absolute_url()}convocar/"
    with django_assert_num_queries(2):
        found = delivery(session)
    assert (found, found.total, found.percent) == (Delivery(waiting=2, sent=1, failed=1, kept_back=1), 5, 60)
    page = client.get(url).content.decode()
    for said in ("1 de 5 enviadas · 2 en espera · 1 sin entregar", "1 quedó detenida", f'href="{url}"', "every 4s"):
        assert said in page
    with django_assert_num_queries(1):
        told = {str(row.invitation.person): row.said for row in asked(session)}
    said = ["Enviado", "No se pudo entregar", "Detenido", "Enviándose", "Enviándose"]
    assert told == dict(zip(map(str, people), said, strict=False))
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "delivery"}).content.decode()
    assert ("1 de 5 enviadas" in part, "<html" in part, "every 4s" in part) == (True, False, True)

    session.invitations.update(state="enviada")
    OutboxMail.objects.filter(state="en_cola").update(state="enviado", sent_at=timezone.now())
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "delivery"}).content.decode()
    assert ("2 de 4 enviadas" in part, "every" in part) == (True, False)


def test_people_one_may_not_see_cannot_be_chosen(client, session):
    stranger = PersonFactory()
    facilitator = PersonFactory(user=MembershipFactory().user)
    SessionRoleFactory(session=session, person=facilitator)
    client.force_login(facilitator.user)
    url = f"{session.get_absolute_url()}convocar/"
    assert client.get(url, {"quien": f"p-{stranger.key}"}).context["picked"] == []
    assert client.get(url, {"q": stranger.full_name}).context["found"] == []


# -- how often ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch):
    """Limits that a test can reach; counts of their own."""
    cache.clear()
    for module, name, most in (
        (answers, "WRONG_CODES", 2),
        (answers, "REGISTRATIONS", 9),
        (answers, "SAME_MAILBOX", 2),
    ):
        monkeypatch.setattr(module, name, replace(getattr(module, name), most=most))


def test_wrong_codes_are_counted_and_right_ones_are_not(client, session, few):
    code = InvitationFactory(session=session, short_code="abcd2345").short_code
    asked = [client.get("/dialogos/codigo/", {"code": tried}) for tried in (code, code, code, "xx", "yy", code)]
    assert [page.status_code for page in asked] == [200, 200, 200, 404, 404, 429]
    assert "Espera 10 minutos" in asked[-1].content.decode()


def test_nobody_fills_the_mailbox_of_another_with_registrations(client, session, notice, few):
    data = {"full_name": "Ana Ruiz", "sector": "ciudadania", "mode": "presencial", "notice": "on"}
    url = f"{session.get_absolute_url()}registro/"
    sent = [client.post(url, {**data, "email": email}) for email in ("a@x.example", "A@x.example ", "a@x.example")]
    assert [answer.status_code for answer in sent] == [302, 302, 429]
    assert client.post(url, {**data, "email": "b@x.example"}).status_code == 302
