"""Rounds and tables with hosts and seats; who sits where, who sees it, and that it is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from dialogues import services, tasks
from dialogues.models import Attendance, Contribution, Seat, Table
from dialogues.services import hosts, room, seating
from dialogues.services import tables as change
from dialogues.services.mails import PLACE
from partners.services import mint_link
from tests.factories.dialogues import AgendaItemFactory, RegistrationFactory, SessionFactory, SessionRoleFactory
from tests.factories.partners import GesocFactory, OrganisationFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    now = timezone.now()
    return SessionFactory(starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(hours=2), state="en_curso")


@pytest.fixture
def gesoc(client):
    user = GesocFactory()
    client.force_login(user)
    return user


def lay(session, *questions, rounds=1, seats=6):
    change.set_tables(session=session, questions=questions, by=UserFactory())
    session.tables.update(seats=seats)
    for _round in range(rounds - 1):
        change.add_round(session=session, by=UserFactory())


def seated(session):
    """Round → person → table."""
    found = {}
    for seat in Seat.objects.filter(table__session=session).select_related("table", "registration"):
        found.setdefault(seat.table.round, {})[seat.registration.pk] = seat.table.number
    return found


def people(session, number, **fields):
    return [RegistrationFactory(session=session, **fields) for _place in range(number)]


def url(session, page="", query=""):
    return f"/dialogos/{session.slug}/sala/mesas/{page}{query}"


# -- rounds, hosts, seats ----------------------------------------------------------------------------------------------


def test_a_round_is_added_with_the_tables_of_the_one_before_and_taken_off_again(client, gesoc, session):
    lay(session, "¿Uno?", "¿Dos?")
    host = SessionRoleFactory(session=session, state="confirmada").person
    data = {"places": "1", "host_1": host.pk, "seats_1": "5", "host_2": "", "seats_2": "7"}
    assert client.post(url(session), data).status_code == 302
    assert client.post(url(session), {"add_round": "1"})["Location"].endswith("?ronda=2")
    copied = session.tables.filter(round=2).values_list("number", "question", "host", "seats")
    assert list(copied) == [(1, "¿Uno?", host.pk, 5), (2, "¿Dos?", None, 7)]
    client.post(url(session, query="?ronda=2"), {"questions": "¿Tres?"})
    assert [(row.round, row.question) for row in session.tables.all()] == [(1, "¿Uno?"), (1, "¿Dos?"), (2, "¿Tres?")]
    client.post(url(session), {"drop_round": "1"})
    assert session.tables.filter(round=2).count() == 0


def test_the_first_round_and_one_with_notes_stay(client, gesoc, session):
    lay(session, "¿Uno?")
    page = client.post(url(session), {"drop_round": "1"}, follow=True).content.decode()
    assert "La primera ronda se queda" in page
    change.add_round(session=session, by=gesoc)
    Contribution.objects.create(session=session, table=session.tables.get(round=2), text="Algo")
    page = client.post(url(session), {"drop_round": "1"}, follow=True).content.decode()
    assert "Una mesa que tiene notas se queda" in page
    assert session.tables.count() == 2


def test_rounds_have_an_end_and_need_a_first(session):
    with pytest.raises(ValidationError, match="primera ronda"):
        change.add_round(session=session, by=UserFactory())
    lay(session, "¿Uno?", rounds=8)
    with pytest.raises(ValidationError, match="ocho rondas"):
        change.add_round(session=session, by=UserFactory())


def test_hosts_change_tables_among_themselves_and_nobody_hosts_two(client, gesoc, session):
    lay(session, "a", "b")
    one, two = (row.person for row in people(session, 2))
    places = {"places": "1", "seats_1": "6", "seats_2": "6"}
    for first, second in ((one, two), (two, one)):
        client.post(url(session), {**places, "host_1": first.pk, "host_2": second.pk})
        assert list(session.tables.values_list("host", flat=True)) == [first.pk, second.pk]
    refused = client.post(url(session), {**places, "host_1": one.pk, "host_2": one.pk})
    assert refused.status_code == 422
    assert "Nadie lleva dos mesas" in refused.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        session.tables.update(host=one)


@pytest.mark.parametrize(
    "wrong", [{"host_1": "999999"}, {"host_1": "x"}, {"seats_1": "0"}, {"seats_1": "201"}, {"seats_1": ""}]
)
def test_what_no_table_can_have_is_said_beside_its_field(client, gesoc, session, wrong):
    lay(session, "a")
    response = client.post(url(session), {"places": "1", "host_1": "", "seats_1": "6", **wrong})
    assert response.status_code == 422
    assert list(response.context["places"].errors) == list(wrong)


def test_a_host_is_of_the_team_or_has_a_place_there(client, gesoc, session):
    lay(session, "a")
    (guest,) = people(session, 1)
    gone = RegistrationFactory(session=session, state="cancelada")
    member = SessionRoleFactory(session=session).person
    known = {name for _pk, name in client.get(url(session)).context["places"].fields["host_1"].choices}
    assert {str(guest.person), str(member)} <= known
    assert str(gone.person) not in known
    assert str(PersonFactory()) not in known


def test_the_link_of_a_host_opens_the_table_of_its_round_and_ends_with_it(client, gesoc, session):
    AgendaItemFactory(session=session, order=1, title="Primera", kind="mesas", minutes=5)
    AgendaItemFactory(session=session, order=2, title="Segunda", kind="mesas", minutes=3)
    lay(session, "¿Uno?", rounds=2)
    page = client.post(url(session, query="?ronda=2"), {"link": "1"})
    address = page.context["address"]
    with time_machine.travel(session.ends_at + timedelta(minutes=1), tick=False):
        assert client.get(address).context["table"].round == 2
        assert client.get(address).context["part"].title == "Segunda"
    change.drop_round(session=session, by=gesoc)
    change.add_round(session=session, by=gesoc)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("asked", ["9", "x", "", "1" * 30])
def test_a_round_that_is_not_there_is_the_first(client, gesoc, session, asked):
    lay(session, "a")
    assert client.get(url(session, query=f"?ronda={asked}")).context["round"] == 1
    assert client.post(url(session), {"link": asked}).status_code == 404


# -- mixing ------------------------------------------------------------------------------------------------------------


def test_one_press_seats_everybody_round_by_round_and_always_the_same(client, gesoc, session):
    lay(session, "a", "b", "c", rounds=3, seats=4)
    organisation = OrganisationFactory()
    rows = people(session, 3, organisation_at_time=organisation, sector_at_time="osc") + people(session, 9)
    assert client.post(url(session, "lugares/"), {"mix": "everybody"}).status_code == 302
    first = seated(session)
    assert {number: len(at) for number, at in first.items()} == {1: 12, 2: 12, 3: 12}
    for at in first.values():
        assert len({at[row.pk] for row in rows[:3]}) == 3
    client.post(url(session, "lugares/"), {"mix": "everybody"})
    assert seated(session) == first


def test_only_those_in_person_and_with_a_place_are_seated(session):
    session.modality = "hibrida"
    session.save()
    lay(session, "a", seats=9)
    (here,) = people(session, 1)
    people(session, 1, mode="en_linea")
    people(session, 1, state="lista_de_espera", waiting_since=timezone.now())
    people(session, 1, state="cancelada")
    seating.mix_people(session=session, by=UserFactory())
    assert seated(session) == {1: {here.pk: 1}}


def test_only_those_who_have_come(client, gesoc, session):
    lay(session, "a", "b")
    came, absent = people(session, 2)
    Attendance.objects.create(registration=came, mode="presencial", at=timezone.now(), method="lista")
    seating.mix_people(session=session, by=gesoc)
    client.post(url(session, "lugares/"), {"mix": "arrived"})
    assert list(seated(session)[1]) == [came.pk]
    assert absent.pk not in seated(session)[1]


def test_page_says_how_many_have_no_seat_of_those_who_count(client, gesoc, session):
    lay(session, "a", seats=1)
    came, _absent, _other = people(session, 3)
    seating.mix_people(session=session, by=gesoc)
    assert client.get(url(session, "lugares/")).context["lacking"] == 2
    Attendance.objects.create(registration=came, mode="presencial", at=timezone.now(), method="lista")
    seating.mix_people(session=session, by=gesoc, only_arrived=True)
    assert client.get(url(session, "lugares/")).context["lacking"] == 0


def test_hosts_sit_at_their_table_and_what_was_set_by_hand_stays(client, gesoc, session):
    lay(session, "a", "b", rounds=2, seats=4)
    rows = people(session, 8)
    host, moved = rows[0], rows[5]
    session.tables.filter(number=2).update(host=host.person)
    seating.mix_people(session=session, by=gesoc)
    assert [at[host.pk] for at in seated(session).values()] == [2, 2]
    other = rows[1] if seated(session)[1][rows[1].pk] != seated(session)[1][moved.pk] else rows[2]
    wanted = 3 - seated(session)[1][moved.pk]
    page = client.post(url(session, f"lugares/{moved.key}/"), {"round_1": str(wanted), "round_2": ""})
    assert page.status_code == 422  # it is full
    assert f"La mesa {wanted} de la ronda 1 está llena" in page.content.decode()
    Seat.objects.filter(table__round=1, table__number=wanted).exclude(registration=host).first().delete()
    assert client.post(url(session, f"lugares/{moved.key}/"), {"round_1": str(wanted)}).status_code == 302
    seating.mix_people(session=session, by=gesoc)
    assert seated(session)[1][moved.pk] == wanted
    assert len(seated(session)[1]) == 8
    assert other.pk in seated(session)[1]


def test_whoever_comes_late_gets_a_seat_and_nobody_else_moves(client, gesoc, session):
    lay(session, "a", "b", rounds=2)
    people(session, 5)
    seating.mix_people(session=session, by=gesoc)
    before = seated(session)
    sent = {"full_name": "Luz Pat", "sector": "ciudadania", "notice_accepted": "on"}
    page = client.post(f"/dialogos/{session.slug}/sala/llegada/nueva/", sent, follow=True).content.decode()
    late = session.registrations.get(person__full_name="Luz Pat")
    after = seated(session)
    assert f"Mesas, ronda por ronda: {after[1][late.pk]}, {after[2][late.pk]}." in page
    assert {number: {pk: t for pk, t in at.items() if pk != late.pk} for number, at in after.items()} == before


def test_a_late_person_takes_the_seat_of_whoever_gave_theirs_back_and_none_where_all_are_taken(session):
    lay(session, "a", seats=2)
    first, second = people(session, 2)
    seating.mix_people(session=session, by=UserFactory())
    third, fourth = people(session, 2)
    room.check_in(registration=third, method="lista", by=UserFactory())
    assert third.pk not in seated(session)[1]
    services.cancel_registration(registration=second, by=None)
    room.check_in(registration=fourth, method="lista", by=UserFactory())
    assert seated(session)[1][fourth.pk] == 1
    assert Seat.objects.taken().filter(table__session=session).count() == 2
    assert first.pk in seated(session)[1]


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_taken_once_though_four_arrive_while_people_are_mixed():
    now = timezone.now()
    session = SessionFactory(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=2), state="en_curso")
    lay(session, "a", rounds=2, seats=3)
    by, (_first, _second) = UserFactory(), people(session, 2)
    seating.mix_people(session=session, by=by)
    late = people(session, 4)

    def go(row):
        try:
            if row is None:
                return seating.mix_people(session=session, by=by, only_arrived=True)
            return room.check_in(registration=row, method="lista", by=by)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(go, [late[0], late[1], None, late[2], late[3]]))
    assert Attendance.objects.count() == 4
    taken = Seat.objects.filter(table__session=session).values_list("table__round", flat=True)
    assert all(list(taken).count(number) <= 3 for number in (1, 2))


def test_a_note_of_the_room_names_its_round_and_table(client, gesoc, session):
    lay(session, "a", rounds=2)
    table = session.tables.get(round=2)
    Contribution.objects.create(session=session, table=table, text="Algo")
    page = client.get(f"/dialogos/{session.slug}/sala/").content.decode()
    assert "ronda 2, mesa 1" in page
    assert f'<option value="{table.pk}">Ronda 2, mesa 1</option>' in page


def test_before_anybody_was_mixed_arriving_seats_nobody(session):
    lay(session, "a")
    (row,) = people(session, 1)
    room.check_in(registration=row, method="lista", by=UserFactory())
    assert not Seat.objects.exists()


def test_nobody_sits_at_two_tables_of_one_round(session):
    lay(session, "a", "b")
    (row,) = people(session, 1)
    one, two = session.tables.all()
    Seat.objects.create(table=one, registration=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(table=two, registration=row)


def test_mixing_without_tables_or_after_the_end_says_why(client, gesoc, session):
    page = client.post(url(session, "lugares/"), {"mix": "everybody"}, follow=True).content.decode()
    assert "Todavía no hay mesas" in page
    lay(session, "a")
    over = SessionFactory(state="realizada")
    change.set_tables(session=over, questions=("a",), by=gesoc)
    with pytest.raises(ValidationError, match="ya terminó"):
        seating.mix_people(session=over, by=gesoc)


@pytest.mark.parametrize("asked", ["9", "x", "-1"])
def test_a_table_that_is_not_there_is_refused(client, gesoc, session, asked):
    lay(session, "a")
    (row,) = people(session, 1)
    response = client.post(url(session, f"lugares/{row.key}/"), {"round_1": asked})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["round_1"])
    assert not Seat.objects.exists()


def test_pages_ask_a_constant_number_of_times(client, gesoc, session, django_assert_max_num_queries):
    lay(session, "a", "b", rounds=2)
    people(session, 1, organisation_at_time=OrganisationFactory())
    seating.mix_people(session=session, by=gesoc)
    for page in ("", "lugares/", "imprimir/"):
        with django_assert_max_num_queries(40) as one:
            client.get(url(session, page))
        people(session, 3, organisation_at_time=OrganisationFactory())
        seating.mix_people(session=session, by=gesoc)
        with django_assert_max_num_queries(len(one.captured_queries)):
            client.get(url(session, page))


# -- who sees it, and for how long -------------------------------------------------------------------------------------


def test_a_person_sees_their_own_tables_on_their_link_and_nobody_elses(client, session):
    lay(session, "¿Qué falta?", "¿Qué sobra?", rounds=2, seats=2)
    mine, other = people(session, 2)
    seating.mix_people(session=session, by=UserFactory())
    token = mint_link(purpose=PLACE, subject=str(mine.key), person=mine.person, expires_at=session.ends_at)
    page = client.get(f"/dialogos/lugar/{token}/").content.decode()
    assert "Tus mesas" in page
    assert f"mesa {seated(session)[2][mine.pk]}" in page
    assert str(other.person) not in page


@pytest.mark.parametrize("rule", ["abierta", "chatham"])
def test_the_projector_shows_the_tables_of_the_round_that_runs_and_nobody(client, gesoc, session, rule):
    session.confidentiality = rule
    session.save()
    AgendaItemFactory(session=session, order=1, title="Primera", kind="mesas", minutes=5)
    AgendaItemFactory(session=session, order=2, title="Segunda", kind="mesas", minutes=30)
    lay(session, "¿Qué falta?", rounds=2)
    change.set_tables(session=session, questions=("¿Qué hacemos?", "¿Quién?"), round=2, by=gesoc)
    (row,) = people(session, 1)
    session.tables.filter(round=2, number=1).update(host=row.person)
    seating.mix_people(session=session, by=gesoc)
    page = client.get(f"/dialogos/{session.slug}/sala/pantalla/").content.decode()
    assert "Mesa 2" in page
    assert "¿Qué hacemos?" in page
    assert "¿Qué falta?" not in page
    assert row.person.full_name not in page


def test_cards_and_lists_are_printed_for_the_team(client, gesoc, session):
    lay(session, "¿Qué falta?")
    (row,) = people(session, 1)
    seating.mix_people(session=session, by=gesoc)
    page = client.get(url(session, "imprimir/")).content.decode()
    assert "¿Qué falta?" in page
    assert page.count(str(row.person)) == 2  # in the list of the table, and by name
    assert (row.person.email or "nobody@") not in page


@pytest.mark.parametrize("rule", ["abierta", "chatham"])
def test_who_sat_where_is_forgotten_once_it_was_held_or_a_day_after_its_end(session, rule):
    """A note knows its table: with who sat there it would tell who may have said it."""
    session.confidentiality = rule
    session.save()
    lay(session, "a")
    people(session, 2)
    seating.mix_people(session=session, by=UserFactory())
    with time_machine.travel(session.ends_at + timedelta(hours=23), tick=False):
        tasks.keep_promises()
    assert Seat.objects.count() == 2
    with time_machine.travel(session.ends_at + timedelta(hours=25), tick=False):
        tasks.keep_promises()
    assert not Seat.objects.exists()
    seating.mix_people(session=session, by=UserFactory())
    services.hold_session(session=session, by=None)
    assert not Seat.objects.exists()
    assert Table.objects.count() == 1


def test_a_host_sees_no_list_of_whoever_sits_there(client, session):
    lay(session, "a")
    (row,) = people(session, 1)
    seating.mix_people(session=session, by=UserFactory())
    page = client.get(f"/mesa/{hosts.open_table(table=session.tables.get(), by=UserFactory())}/").content.decode()
    assert str(row.person) not in page
