"""Votes in the database: frozen, secret, insert-only, shuffled; nothing known before closing (dialogue.md §6.4)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from dialogues.models import Attendance, Ballot, OpenVote, VoteOption, VoteRound, VoterRoll
from dialogues.selectors import votes as read
from dialogues.services import votes as change
from partners.services import mint_link
from tests.factories.dialogues import RegistrationFactory, SessionFactory
from tests.factories.partners import GesocFactory, UserFactory

pytestmark = pytest.mark.django_db


def came(session, sector="ciudadania", n=1):
    rows = [RegistrationFactory(session=session, sector_at_time=sector) for _ in range(n)]
    for row in rows:
        Attendance.objects.create(registration=row, mode="presencial", at=datetime.now(UTC), method="lista")
    return rows


def opened(voters=6, options=("Obra", "Agua", "Luz"), **fields):
    session = SessionFactory()
    came(session, n=voters)
    draft = VoteRound(session=session, question="¿Qué va primero?", **fields)
    by = UserFactory()
    return change.open_round(round=change.prepare_round(round=draft, by=by, texts=options, challenges=()), by=by)


def keys(found):
    return [str(option.key) for option in found.options.all()]


def vote(found, *choices):
    """The next people of the roll vote so."""
    for given, entry in zip(choices, found.roll.filter(cast_as="").order_by("pk"), strict=False):
        change.cast_vote(entry=entry, choices=dict(zip(keys(found), given, strict=False)))


def refused_by_database(act, match):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        act()


# -- frozen --------------------------------------------------------------------------------------------------------------


def test_edge_20_rules_and_options_are_frozen_at_opening():
    found = opened()
    refused_by_database(lambda: VoteRound.objects.filter(pk=found.pk).update(points=9), "frozen")
    refused_by_database(lambda: VoteRound.objects.filter(pk=found.pk).update(secret=False), "frozen")
    refused_by_database(lambda: found.options.update(text="Otra"), "frozen")
    refused_by_database(lambda: found.options.all().delete(), "frozen")
    refused_by_database(lambda: VoteOption.objects.create(round=found, position=9, text="Otra"), "frozen")
    refused_by_database(lambda: VoteRound.objects.filter(pk=found.pk).update(state="borrador"), "does not go from")
    refused_by_database(lambda: VoteRound.objects.filter(pk=found.pk).update(state="cerrada"), "does not go from")


@pytest.mark.parametrize(("voters", "options", "said"), [(0, ("a", "b"), "Nadie"), (3, ("a",), "dos opciones")])
def test_it_opens_with_voters_and_options(voters, options, said):
    with pytest.raises(ValidationError, match=said):
        opened(voters=voters, options=options)


def test_the_electorate_is_who_came_or_who_has_a_place():
    session = SessionFactory()
    came(session, n=2)
    RegistrationFactory(session=session)
    RegistrationFactory(session=session, state="cancelada")
    sizes = {}
    for who in VoteRound.Electorate.values:
        draft = VoteRound(session=session, question="¿Qué?", electorate=who)
        found = change.open_round(
            round=change.prepare_round(round=draft, by=UserFactory(), texts="ab"), by=UserFactory()
        )
        sizes[who] = found.roll.count()
    assert sizes == {"asistentes": 2, "confirmados": 3}


# -- voting --------------------------------------------------------------------------------------------------------------


def test_edge_18_the_second_of_two_says_you_have_voted_and_the_first_counts():
    found = opened()
    entry = found.roll.first()
    change.cast_vote(entry=entry, choices={keys(found)[0]: 3})
    with pytest.raises(change.AlreadyVoted, match="Ya votaste"):
        change.cast_vote(entry=entry, choices={keys(found)[1]: 3})
    assert [ballot.choices for ballot in found.ballots.all()] == [{keys(found)[0]: 3}]


def test_edge_18_an_open_vote_may_be_changed_until_it_closes():
    found = opened(secret=False)
    entry = found.roll.first()
    for option in keys(found)[:2]:
        change.cast_vote(entry=entry, choices={option: 3})
    assert OpenVote.objects.get().choices == {keys(found)[1]: 3}
    change.close_round(round=found, by=None)
    with pytest.raises(ValidationError, match="cerrada"):
        change.cast_vote(entry=entry, choices={keys(found)[0]: 3})
    refused_by_database(lambda: OpenVote.objects.update(choices={}), "while its round is open")


@pytest.mark.parametrize("choices", [(4,), (3, 3), (0,), (-1, 1)])
def test_a_ballot_outside_the_rules_leaves_nothing(choices):
    found = opened()
    with pytest.raises(ValidationError):
        vote(found, choices)
    assert (found.ballots.count(), found.roll.exclude(cast_as="").count()) == (0, 0)


def test_edge_19_who_left_stays_marked_and_their_ballot_stays():
    found = opened()
    vote(found, (3,))
    entry = found.roll.exclude(cast_as="").get()
    refused_by_database(lambda: entry.delete(), "taken off the roll")
    refused_by_database(lambda: VoterRoll.objects.filter(pk=entry.pk).update(cast_as=""), "has voted")


def test_edge_19_late_comers_are_added_only_before_it_closes():
    found = opened()
    late, later = came(found.session, n=2)
    assert change.add_voter(round=found, registration=late, by=UserFactory()).round == found
    change.close_round(round=found, by=None)
    with pytest.raises(ValidationError, match="así que esto"):
        change.add_voter(round=found, registration=later, by=UserFactory())


def test_edge_23_the_servers_clock_closes_whether_or_not_beat_lives():
    found = opened(closes_at=datetime(2030, 1, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2030, 1, 1, 0, 0, 1, tzinfo=UTC), tick=False):
        with pytest.raises(ValidationError, match="cerrada"):
            vote(found, (3,))
        assert change.close_due_rounds() == 1
        assert change.close_due_rounds() == 0
    found.refresh_from_db()
    assert found.state == "cerrada"


# -- insert-only ---------------------------------------------------------------------------------------------------------


def test_ballots_are_never_changed_deleted_emptied_or_added():
    found = opened()
    vote(found, (3,), (0, 3))
    refused_by_database(lambda: Ballot.objects.update(choices={}), "never changed")
    refused_by_database(lambda: Ballot.objects.all().delete(), "never deleted")

    def empty():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL mesa.may_truncate = 'off'")
            cursor.execute("TRUNCATE dialogues_ballot")

    refused_by_database(empty, "never emptied")

    def stuff():
        Ballot.objects.create(round=found, choices={keys(found)[0]: 3})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    refused_by_database(stuff, "as many ballots as people")
    change.close_round(round=found, by=None)
    refused_by_database(lambda: Ballot.objects.create(round=found, choices={}), "not open")
    refused_by_database(lambda: Ballot.objects.all().delete(), "never deleted")


# -- nothing before closing ----------------------------------------------------------------------------------------------


def test_edge_21_before_closing_only_how_many_have_voted_is_known_to_anybody(client):
    found = opened()
    vote(found, (3, 2), (3, 1))
    assert read.turnout(found) == (2, 6)
    with pytest.raises(read.NotCounted):
        read.outcome(found)
    client.force_login(GesocFactory())
    page = client.get(f"/dialogos/{found.session.slug}/sala/votacion/{found.key}/")
    assert page.context["outcome"] is None
    html = page.content.decode()
    assert "2 de 6 ya votaron" in html
    assert 'class="rank"' not in html


def test_before_publication_the_result_is_only_for_who_runs_it(client):
    found = opened()
    vote(found, *[(3,)] * 5)
    found = change.close_round(round=found, by=None)
    assert read.shown(found, UserFactory()) is None
    assert read.shown(found, GesocFactory()) is not None
    assert read.shown(change.publish_round(round=found, by=UserFactory()), UserFactory()) is not None


def test_edge_21_fewer_than_five_secret_ballots_are_not_shown():
    found = opened()
    vote(found, *[(3,)] * 4)
    outcome = read.outcome(change.close_round(round=found, by=None))
    assert (outcome.withheld, outcome.places, outcome.voted) == (True, [], 4)


def test_edge_20_a_tie_and_a_missing_quorum_are_said_and_people_decide():
    found = opened(quorum=6)
    vote(found, (2, 2), (3, 2), (2, 3), (1, 1), (2, 2))
    found = change.close_round(round=found, by=None)
    outcome = read.outcome(found)
    assert (outcome.tied_first, outcome.has_quorum) == (True, False)
    with pytest.raises(ValidationError, match="por qué"):
        change.record_decision(session=found.session, round=found, text="Obra", reasons=" ", by=UserFactory())
    made = change.record_decision(session=found.session, round=found, text="Obra", reasons="Urge", by=UserFactory())
    assert found.decisions.get() == made


def test_a_void_vote_shows_nothing_and_is_shuffled_too():
    found = opened()
    vote(found, *[(3,)] * 6)
    found = change.void_round(round=found, reason="Faltó una opción", by=UserFactory())
    assert read.shown(found, GesocFactory()) is None
    assert joined_by("xmin") == 0


# -- paper ---------------------------------------------------------------------------------------------------------------


def test_edge_22_two_people_count_the_paper_ballots_and_must_agree():
    found = opened()
    vote(found, *[(3,)] * 4)
    for entry in found.roll.filter(cast_as=""):
        change.mark_paper(entry=entry, by=UserFactory())
    first, second = UserFactory(), UserFactory()
    obra, agua, _luz = keys(found)
    with pytest.raises(ValidationError, match="dos personas"):
        change.close_round(round=found, by=first)
    change.count_paper(round=found, ballots=2, totals={obra: 4}, by=first)
    with pytest.raises(ValidationError, match="dos personas"):
        change.close_round(round=found, by=first)
    change.count_paper(round=found, ballots=2, totals={agua: 4}, by=second)
    with pytest.raises(ValidationError, match="difieren"):
        change.close_round(round=found, by=first)
    change.count_paper(round=found, ballots=2, totals={obra: 4}, by=second)
    outcome = read.outcome(change.close_round(round=found, by=first))
    assert next((p.option.text, p.standing.points, p.paper) for p in outcome.places) == ("Obra", 16, 4)
    assert (outcome.voted, outcome.paper) == (6, 2)


def test_edge_22_paper_points_must_fit_their_ballots():
    found = opened()
    for totals in ({keys(found)[0]: 7}, {keys(found)[0]: 6, keys(found)[1]: 5}, {"otra": 1}):
        with pytest.raises(ValidationError, match="no caben"):
            change.count_paper(round=found, ballots=2, totals=totals, by=UserFactory())


def test_edge_22_who_was_handed_paper_cannot_vote_on_a_phone():
    found = opened()
    entry = change.mark_paper(entry=found.roll.first(), by=UserFactory())
    with pytest.raises(change.AlreadyVoted):
        change.cast_vote(entry=entry, choices={keys(found)[0]: 1})


# -- the voter's phone ---------------------------------------------------------------------------------------------------


def test_task_10_the_code_opens_the_ballot_and_a_get_does_nothing(client):
    found = opened()
    (_person, code), *_rest = change.new_codes(round=found, by=UserFactory())
    url = f"/votar/{found.key}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"code": "AAAAAAAA"}).status_code == 422
    ballot = client.post(url, {"code": code.lower()})
    assert 'name="cast"' in ballot.content.decode()
    assert found.ballots.count() == 0
    sent = {"code": code, "cast": "", f"o-{keys(found)[0]}": "3", f"o-{keys(found)[1]}": "2"}
    assert "Tu voto está contado" in client.post(url, sent).content.decode()
    assert client.post(url, sent).status_code == 422
    assert found.ballots.count() == 1
    assert client.cookies.keys() <= {"csrftoken"}


def test_edge_18_a_link_that_a_scanner_opens_casts_nothing(client):
    found = opened()
    entry = found.roll.first()
    expires = datetime.now(UTC) + timedelta(days=1)
    token = mint_link(purpose="vote", subject=str(found.key), person=entry.person, expires_at=expires)
    url = f"/votar/liga/{token}/"
    for _ in range(2):
        page = client.get(url)
        assert page.headers["Referrer-Policy"] == "strict-origin"
    assert found.ballots.count() == 0
    client.post(url, {"cast": "", f"o-{keys(found)[2]}": "3"})
    assert [ballot.choices for ballot in found.ballots.all()] == [{keys(found)[2]: 3}]
    assert client.get("/votar/liga/nada/").status_code == 404


def test_old_codes_end_when_new_ones_are_made(client):
    found = opened()
    old, new = (dict(change.new_codes(round=found, by=UserFactory())) for _ in range(2))
    someone = next(iter(old))
    assert client.post(f"/votar/{found.key}/", {"code": old[someone]}).status_code == 422
    assert client.post(f"/votar/{found.key}/", {"code": new[someone]}).status_code == 200


# -- secret --------------------------------------------------------------------------------------------------------------


def joined_by(column):
    """How many ballots a hidden column joins to exactly one voter."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FROM (SELECT b.id FROM dialogues_ballot b JOIN dialogues_voterroll v
                ON v.{column}::text = b.{column}::text AND v.cast_as = 'en_linea'
                GROUP BY b.id HAVING count(*) = 1) linked"""
        )
        return cursor.fetchone()[0]


def every_row():
    """(table, row as text with its hidden columns) of the whole database: what a full dump and a look at it give."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t.xmin::text, row_to_json(t)::text FROM "{table}" t')
            for xmin, row in cursor.fetchall():
                yield table, xmin, row


@pytest.mark.django_db(transaction=True)
def test_secret_ballots_cannot_be_joined_to_voters_after_closing():
    """Before closing the trap is real: the same transaction marks the roll and casts the ballot. After, nothing is left."""
    found = opened(voters=20)
    order = list(found.roll.order_by("pk"))
    obra, agua, luz = keys(found)
    for number, entry in enumerate(order):
        change.cast_vote(entry=entry, choices={obra: 1 + number % 3, (agua, luz)[number % 2]: 1 + number // 3 % 2})
    assert joined_by("xmin") == 20  # the trap exists: this test can fail
    before = {str(pk) for pk in found.ballots.values_list("pk", flat=True)}
    cast_in_order = [str(choices) for choices in in_physical_order()]
    change.close_round(round=found, by=UserFactory())
    assert [joined_by(column) for column in ("xmin", "xmax", "cmin", "cmax")] == [0, 0, 0, 0]
    after = {str(pk) for pk in found.ballots.values_list("pk", flat=True)}
    assert len(after) == 20 and not before & after
    assert [str(choices) for choices in in_physical_order()] != cast_in_order  # 1 in 20! to be the same by chance
    names = {str(entry.pk) for entry in order} | {str(entry.person.key) for entry in order}
    xmins = set()
    for table, xmin, row in every_row():
        if table == "dialogues_ballot":
            xmins.add(xmin)
            assert set(json.loads(row)) == {"id", "round_id", "sector", "choices"}
            assert not any(name in row for name in names)
        else:
            assert not any(pk in row for pk in before | after), table
    assert len(xmins) == 1
    shared = {table for table, xmin, _row in every_row() if xmin in xmins}
    assert shared <= {"dialogues_ballot", "dialogues_voteround", "pghistory_context"}


def in_physical_order():
    with connection.cursor() as cursor:
        cursor.execute("SELECT choices FROM dialogues_ballot ORDER BY ctid")
        return [choices for (choices,) in cursor.fetchall()]


def test_neither_roll_nor_ballots_keep_times_authors_sequences_or_history():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name, data_type, column_default FROM information_schema.columns
               WHERE table_name IN ('dialogues_ballot', 'dialogues_voterroll')"""
        )
        columns = {(table, name): (kind, default) for table, name, kind, default in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename ~ '(ballot|voterroll)event'")
        assert cursor.fetchone() == (0,)
    assert set(columns) == {("dialogues_ballot", name) for name in ("id", "round_id", "sector", "choices")} | {
        ("dialogues_voterroll", name) for name in ("id", "round_id", "person_id", "sector", "code_hash", "cast_as")
    }
    assert not any("timestamp" in kind or default for kind, default in columns.values())


def test_the_screen_shows_the_code_of_the_page_to_vote(client):
    found = opened()
    client.force_login(GesocFactory())
    page = client.get(f"/dialogos/{found.session.slug}/sala/pantalla/").content.decode()
    assert '<svg class="qr"' in page
    assert f"/votar/{found.key}/" in page
