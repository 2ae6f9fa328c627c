"""The example dialogue of local mode."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dialogues.demo import held, load_dialogues, planned, today
from dialogues.demo.room import shift
from dialogues.models import Commitment, Invitation, Session, VoteRound
from gesoc import local
from municipalities.models import Municipality
from partners.demo import EXAMPLES, OPERATOR, STAFF, load_people
from partners.models import OutboxMail, User
from tests.factories.datasets import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(tmp_path, monkeypatch):
    """The logins of the demo go into a file of the test's own; the places of the examples are there."""
    monkeypatch.setattr(local, "demo_logins_path", lambda: tmp_path / "demo_logins.json")
    for code in {code for example in (OPERATOR, *EXAMPLES) for code in (example.home, *example.coverage)}:
        MunicipalityFactory(code=code)
    assert Municipality.objects.filter(code="05035").exists()


def test_example_is_convened_with_answers_and_a_gap_and_made_once(client):
    load_people()
    assert load_dialogues() == load_dialogues() == 3
    session = Session.objects.get(title=planned.TITLE)
    states = list(Invitation.objects.values_list("state", flat=True))
    assert (session.state, len(states), states.count("aceptada")) == ("convocada", 10, 6)
    assert OutboxMail.objects.filter(kind="dialogue_invitation").count() == 9
    page = client.get(session.get_absolute_url()).content.decode()
    assert "La mesa: 9 de 25 lugares" in page
    assert "Faltan sobre todo" not in page  # it would tell the public which sector has fewer than five
    client.force_login(User.objects.get(email=STAFF.email))
    assert "Faltan sobre todo" in client.get(session.get_absolute_url()).content.decode()


def test_a_room_is_open_today_and_again_on_another_day(client):
    load_people()
    load_dialogues()
    session = Session.objects.get(title=today.TITLE)
    assert session.starts_at < timezone.now() < session.ends_at
    assert session.registrations.filter(attendance__isnull=False).count() == 10
    assert set(session.contributions.values_list("table__number", flat=True)) == {1, 2, None}
    found = session.rounds.get()
    assert (found.state, found.roll.exclude(cast_as="").count(), found.roll.count()) == ("abierta", 6, 10)

    shift(session, timezone.now() - timedelta(days=2), by=session.created_by)
    load_dialogues()
    session.refresh_from_db()
    assert session.starts_at < timezone.now() < session.ends_at


def test_one_was_held_and_its_promises_stand_in_every_state(client):
    load_people()
    load_dialogues()
    session = Session.objects.get(title=held.TITLE)
    days = (timezone.localdate() - session.start.date()).days
    assert (session.state, days) == ("realizada", 21)
    states = set(session.commitments.values_list("state", flat=True))
    assert states == set(Commitment.State.values)
    assert session.commitments.get(slips=2).first_due_on < timezone.localdate()
    assert session.rounds.get().state == VoteRound.State.PUBLISHED
    page = client.get(f"/dialogos/{session.slug}/resultado/").content.decode()
    assert held.DECIDED in page
    assert not [name for name, _sector, _slug in held.GUESTS if name in page]
