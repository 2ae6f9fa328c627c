"""Arriving by code and by oneself, hosts of tables without an account, evidence on the projector."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError

from dialogues import services
from dialogues.models import Attendance, Contribution
from dialogues.services import hosts, room
from dialogues.services.mails import INVITATION, PLACE
from dialogues.views.screen import bars
from partners.services import mint_link
from tests.factories.dialogues import AgendaItemFactory, InvitationFactory, RegistrationFactory, SessionFactory
from tests.factories.partners import GesocFactory, UserFactory
from tests.factories.projects import EvidenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(state="convocada", title="Mesa")


def link(purpose, row):
    token = mint_link(purpose=purpose, subject=str(row.key), expires_at=row.session.ends_at, person=row.person)
    return f"/dialogos/{'lugar' if purpose == PLACE else 'invitacion'}/{token}/"


# -- the door ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "open_door"), [(-61, False), (-60, True), (0, True), (90, True)])
def test_whoever_has_a_place_says_that_they_are_here_from_an_hour_before(client, session, minutes, open_door):
    row = RegistrationFactory(session=session)
    url = link(PLACE, row)
    with time_machine.travel(session.starts_at + timedelta(minutes=minutes), tick=False):
        assert ("Ya llegué" in client.get(url).content.decode()) is open_door
        assert not Attendance.objects.exists()
        answer = client.post(url, {"answer": "here"})
        assert answer.status_code == (302 if open_door else 200)
    assert Attendance.objects.filter(registration=row, method="propio", by=None).exists() is open_door


def test_the_key_of_what_waits_is_of_one_person_and_dialogue_and_kept_by_no_cache(client, session):
    row, by = RegistrationFactory(session=session), GesocFactory()
    keys = {room.key_of_queue(SessionFactory(), by), room.key_of_queue(session, GesocFactory())}
    client.force_login(by)
    pages = [f"/dialogos/{session.slug}/sala/{page}" for page in ("", "llegada/", f"llegada/{row.key}/")]
    for url in pages:
        page = client.get(url)
        assert f'data-queue="{room.key_of_queue(session, by)}"' in page.content.decode(), url
        assert "no-store" in page["Cache-Control"], url
    keys.add(room.key_of_queue(session, by))
    by.set_password("otra contraseña larga")
    keys.add(room.key_of_queue(session, by))
    assert len(keys) == 4
    session.confidentiality = "reservada"
    session.save(update_fields=["confidentiality"])
    assert room.key_of_queue(session, by) == ""


def test_to_a_browser_that_sends_what_it_kept_a_login_is_not_written_down(client, session):
    row = RegistrationFactory(session=session)
    url = f"/dialogos/{session.slug}/sala/llegada/{row.key}/"
    assert client.post(url, headers={"X-Requested-With": "queue"}).status_code == 302
    assert not Attendance.objects.exists()
    client.force_login(GesocFactory())
    for _twice in range(2):
        assert client.post(url, headers={"X-Requested-With": "queue"}).status_code == 204
    assert Attendance.objects.get().registration == row


def test_the_link_of_the_invitation_serves_at_the_door_too_and_twice_is_once(client, session):
    invitation = InvitationFactory(session=session)
    RegistrationFactory(session=session, person=invitation.person)
    url = link(INVITATION, invitation)
    with time_machine.travel(session.starts_at, tick=False):
        for _twice in range(2):
            assert client.post(url, {"answer": "here"}).status_code == 302
        assert "Tu llegada quedó anotada" in client.get(url).content.decode()
    assert Attendance.objects.count() == 1


def test_nobody_without_a_place_checks_in_by_themselves(client, session):
    waiting = RegistrationFactory(session=session, state="lista_de_espera", waiting_since=session.created_at)
    with time_machine.travel(session.starts_at, tick=False):
        assert "Ya llegué" not in client.get(link(PLACE, waiting)).content.decode()
        with pytest.raises(ValidationError, match="una hora antes"):
            room.arrive(registration=waiting)
    invitation = InvitationFactory(session=session)
    assert client.post(link(INVITATION, invitation), {"answer": "here"}).status_code == 404


def test_task_6_the_code_on_a_phone_is_scanned_and_one_press_checks_in(client, session):
    row = RegistrationFactory(session=session)
    page = client.get(link(PLACE, row)).content.decode()
    assert 'aria-label="Tu código para la entrada"' in page
    url = f"/dialogos/{session.slug}/sala/llegada/{row.key}/"
    client.force_login(GesocFactory())
    assert str(row.person) in client.get(url).content.decode()
    assert not Attendance.objects.exists()
    assert client.post(url, {"qr": ""}).status_code == 302
    assert Attendance.objects.get().method == "qr"


# -- hosts of tables ---------------------------------------------------------------------------------------------------


@pytest.fixture
def table(session):
    AgendaItemFactory(session=session, order=1, title="Mesas", kind="mesas", minutes=60)
    return services.set_tables(session=session, questions=("¿Qué falta?",), by=UserFactory())[0]


def test_task_8_a_host_without_an_account_writes_a_note_with_one_press(client, session, table):
    cache.clear()
    url = f"/mesa/{hosts.open_table(table=table, by=UserFactory())}/"
    page = client.get(url)
    assert (page.status_code, page["Referrer-Policy"], page["X-Robots-Tag"]) == (200, "strict-origin", "noindex")
    key = page.context["form"]["key"].value()
    sent = {"key": key, "text": "Nadie publica los planos", "kind": "dato"}
    for _twice in range(2):  # sent again after a lost connection
        assert client.post(url, sent).status_code == 302
    note = Contribution.objects.get()
    assert (note.table, note.item.title, note.kind, note.captured_by) == (table, "Mesas", "dato", None)
    assert "Nadie publica los planos" in client.get(url).content.decode()


def test_a_host_sees_the_notes_of_their_table_only_and_a_new_link_ends_the_old(client, session, table):
    other = services.set_tables(session=session, questions=("a", "b"), by=UserFactory())[1]
    Contribution.objects.create(session=session, table=other, text="De la otra mesa")
    old, new = (hosts.open_table(table=table, by=UserFactory()) for _ in range(2))
    assert client.get(f"/mesa/{old}/").status_code == 404
    assert "De la otra mesa" not in client.get(f"/mesa/{new}/").content.decode()
    with time_machine.travel(session.ends_at + timedelta(hours=25)):
        assert client.get(f"/mesa/{new}/").status_code == 404


def test_the_facilitator_gets_the_link_once_with_its_code(client, session, table):
    client.force_login(GesocFactory())
    url = f"/dialogos/{session.slug}/sala/mesas/"
    page = client.post(url, {"link": "1"})
    assert page["Cache-Control"].startswith("max-age=0")
    address = page.context["address"]
    assert client.get(address).status_code == 200
    assert address not in client.get(url).content.decode()
    assert client.post(url, {"link": "9"}).status_code == 404
    assert client.post(url, {"questions": "¿Uno?\n\n¿Dos?"}).status_code == 302
    assert [row.question for row in session.tables.all()] == ["¿Uno?", "¿Dos?"]


# -- the projector -----------------------------------------------------------------------------------------------------


def test_a_card_is_put_on_the_screen_with_its_bars_and_taken_off(client, session):
    values = {"row": "6000 Obra", "numbers": {"1000 Sueldos": "300.00", "6000 Obra": "100.00"}}
    card = EvidenceFactory(reading="Poco va a obra", municipality=session.municipality, values=values)
    client.force_login(GesocFactory())
    choose, screen = f"/dialogos/{session.slug}/sala/evidencia/", f"/dialogos/{session.slug}/sala/pantalla/"
    assert "Poco va a obra" in client.get(choose).content.decode()
    client.post(choose, {"show": str(card.key)})
    html = client.get(screen).content.decode()
    assert "Poco va a obra" in html
    assert html.count('aria-hidden="true"') == 2
    assert "<nav" not in html
    client.post(choose, {"show": ""})
    assert "Poco va a obra" not in client.get(screen).content.decode()
    assert client.post(choose, {"show": "00000000-0000-4000-8000-000000000000"}).status_code == 404


def test_the_screen_shows_no_card_that_somebody_in_the_room_may_not_see(client, session):
    place = {"municipality": session.municipality}
    private = EvidenceFactory(reading="Solo nuestra", visibility="privada", **place)
    network = EvidenceFactory(reading="De la red", visibility="red", **place)
    client.force_login(GesocFactory())
    choose, screen = f"/dialogos/{session.slug}/sala/evidencia/", f"/dialogos/{session.slug}/sala/pantalla/"
    with pytest.raises(ValidationError, match="solo para quienes participan"):
        room.show_evidence(session=session, evidence=private, by=UserFactory(), all_may_see=True)
    asked = client.post(choose, {"show": str(network.key)})
    assert asked.status_code == 422
    assert "¿Todas las personas en la sala son de la red?" in asked.content.decode()
    assert "De la red" not in client.get(screen).content.decode()
    assert client.post(choose, {"show": str(network.key), "all_may_see": "1"}).status_code == 302
    assert "De la red" in client.get(screen).content.decode()
    network.visibility = "privada"  # closed while it stands there
    network.save()
    assert "De la red" not in client.get(screen).content.decode()


@pytest.mark.parametrize("numbers", [{}, {"a": "no"}, {"a": "-1", "b": "2"}, {"a": "0"}])
def test_what_cannot_be_drawn_from_zero_is_not_drawn(numbers):
    assert bars(EvidenceFactory.build(values={"numbers": numbers})) == []
