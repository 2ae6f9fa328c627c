"""What the database itself refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from dialogues.models import Registration, Session, SessionRole
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import InvitationFactory, RegistrationFactory, SessionFactory, SessionRoleFactory
from tests.factories.partners import MembershipFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def at(hour, tz, day=5):
    return {"local_start": datetime(2027, 11, day, hour), "tz": tz}


def test_nobody_is_in_two_places_across_time_zones():
    """10:00 to 12:00 in Mexico City is 11:00 to 13:00 in Cancún."""
    person = PersonFactory()
    SessionRoleFactory(session=SessionFactory(**at(10, "America/Mexico_City")), person=person)
    refused(lambda: SessionRoleFactory(session=SessionFactory(**at(12, "America/Cancun")), person=person))
    SessionRoleFactory(session=SessionFactory(**at(13, "America/Cancun")), person=person)
    assert SessionRole.objects.count() == 2


def test_another_person_a_declined_role_and_a_cancelled_session_are_free():
    session = SessionFactory(**at(10, "America/Mexico_City"))
    other = SessionFactory(**at(11, "America/Mexico_City"))
    person = PersonFactory()
    SessionRoleFactory(session=session, person=person, state="declinada", holds=False)
    SessionRoleFactory(session=other, person=person)
    SessionRoleFactory(session=session)
    assert SessionRole.objects.filter(holds=True).count() == 2


def test_only_live_roles_hold_time():
    refused(lambda: SessionRoleFactory(state="declinada", holds=True))


def test_wall_clock_comes_back_as_it_was_said():
    session = SessionFactory(local_start=datetime(2027, 7, 15, 17), tz="America/Matamoros")
    session.refresh_from_db()
    assert session.local_start == datetime(2027, 7, 15, 17)
    assert session.starts_at == datetime(2027, 7, 15, 22, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT local_start::text, starts_at AT TIME ZONE 'UTC' FROM dialogues_session")
        assert cursor.fetchone() == ("2027-07-15 17:00:00", datetime(2027, 7, 15, 22))


def test_session_ends_after_it_begins():
    start = datetime(2027, 7, 15, 17)
    refused(lambda: SessionFactory(local_start=start, local_end=start - timedelta(hours=1)))


def test_cancelled_session_has_a_reason_and_announced_one_a_place():
    refused(lambda: SessionFactory(state="cancelada"))
    refused(lambda: SessionFactory(municipality=None))
    assert SessionFactory(municipality=None, state="borrador").pk


def test_one_is_invited_and_registered_once():
    invitation, registration = InvitationFactory(), RegistrationFactory()
    refused(lambda: InvitationFactory(session=invitation.session, person=invitation.person))
    refused(lambda: RegistrationFactory(session=registration.session, person=registration.person))
    registration.state = Registration.State.CANCELLED
    registration.save()
    assert RegistrationFactory(session=registration.session, person=registration.person).pk


def test_minor_is_answered_for_and_never_named():
    refused(lambda: RegistrationFactory(is_minor=True))
    refused(lambda: RegistrationFactory(is_minor=True, guardian="Su mamá", may_be_named=True))
    assert RegistrationFactory(is_minor=True, guardian="Su mamá").pk


def seen(user):
    return set(Session.objects.visible_to(user).values_list("title", flat=True))


def test_who_sees_which_session():
    MunicipalityFactory()
    for title, fields in {
        "pública": {},
        "borrador": {"state": "borrador"},
        "red": {"visibility": "red"},
        "privada": {"visibility": "privada"},
        "después": {"publish_at": datetime(2200, 1, 1, tzinfo=UTC)},
    }.items():
        SessionFactory(title=title, **fields)
    assert seen(UserFactory()) == {"pública"}
    assert seen(MembershipFactory().user) == {"pública", "red"}
    assert len(seen(UserFactory(is_gesoc=True))) == 5


def test_own_sessions_are_seen_in_every_state():
    host = MembershipFactory()
    draft = SessionFactory(title="borrador", state="borrador", host_organisation=host.organisation)
    assert seen(host.user) == {"borrador"}
    facilitator = PersonFactory(user=UserFactory())
    role = SessionRoleFactory(session=draft, person=facilitator)
    assert seen(facilitator.user) == {"borrador"}
    SessionRole.objects.filter(pk=role.pk).update(state="declinada", holds=False)
    assert seen(facilitator.user) == set()


def test_invited_person_sees_the_private_session_but_no_draft():
    person = PersonFactory(user=UserFactory())
    for state in ("programada", "borrador"):
        InvitationFactory(session=SessionFactory(title=state, state=state, visibility="privada"), person=person)
    assert seen(person.user) == {"programada"}
