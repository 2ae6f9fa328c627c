"""The room and the minutes: arrivals, notes, the Chatham House rule, editions (dialogue.md §6.2, §6.3)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dialogues import services
from dialogues.minutes_text import to_html
from dialogues.models import Attendance, Contribution, MinutesRevision, VoteRound
from dialogues.selectors import room as read
from dialogues.services import minutes, room, votes
from partners.models import OutboxMail, Person
from partners.services import mint_link
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import AgendaItemFactory, RegistrationFactory, SessionFactory
from tests.factories.partners import GesocFactory, PersonFactory, UserFactory
from tests.factories.projects import EvidenceFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def note(session, text="Nadie publica los permisos", **fields):
    return room.write_note(note=Contribution(session=session, text=text, **fields), by=UserFactory())


def came(session, sector="ciudadania", n=1, **fields):
    rows = [RegistrationFactory(session=session, sector_at_time=sector, **fields) for _ in range(n)]
    for row in rows:
        room.check_in(registration=row, method="lista", by=UserFactory())
    return rows


def held(**fields):
    return SessionFactory(state="realizada", **fields)


# -- arrivals ------------------------------------------------------------------------------------------------------------


def test_edge_12_the_same_person_scanned_twice_is_one_attendance_at_the_first_moment():
    row, early = RegistrationFactory(), datetime(2026, 11, 20, 17, tzinfo=UTC)
    for method, moment in (("qr", early), ("lista", early + timedelta(minutes=5))):
        room.check_in(registration=row, method=method, by=UserFactory(), at=moment)
    found = Attendance.objects.get()
    assert (found.at, found.method) == (early, "qr")


def test_task_6_three_letters_find_somebody_and_one_tap_checks_them_in(client):
    session = SessionFactory()
    row = RegistrationFactory(session=session, person=PersonFactory(full_name="Ángela Ruiz", search_text="angela ruiz"))
    RegistrationFactory(session=session)
    client.force_login(GesocFactory())
    url = f"/dialogos/{session.slug}/sala/llegada/"
    assert [found.person for found in client.get(url, {"q": "ang"}).context["rows"]] == [row.person]
    client.post(f"{url}{row.key}/")
    assert list(read.attended(session)) == [row]
    # Whoever is on no list need not be typed again to be welcomed.
    page = client.get(url, {"q": "Luz Pat"})
    assert page.context["form"]["full_name"].value() == "Luz Pat"
    assert "Ya están aquí 1 de 2" in page.content.decode()
    assert not client.get(url, {"q": "ang"}).context["form"]["full_name"].value()


def test_task_7_a_walk_in_is_welcomed_only_with_the_notice_accepted(client):
    session = SessionFactory(capacity_in_person=1)
    client.force_login(GesocFactory())
    url = f"/dialogos/{session.slug}/sala/llegada/nueva/"
    sent = {"full_name": "Luz Pat", "email": "luz@ejemplo.example", "sector": "ciudadania"}
    assert client.post(url, sent).status_code == 422
    assert read.attended(session).count() == 0
    client.post(url, {**sent, "notice_accepted": "on"})
    row = read.attended(session).get()
    assert (row.walk_in, row.sector_at_time, row.person.full_name) == (True, "ciudadania", "Luz Pat")
    client.post(url, {**sent, "notice_accepted": "on"})
    assert read.attended(session).count() == 1


# -- notes ---------------------------------------------------------------------------------------------------------------


def test_task_8_a_note_is_written_and_tagged_in_one_post_and_sent_twice_stays_one(client):
    session = SessionFactory()
    client.force_login(GesocFactory())
    sent = {"text": "No hay planos", "kind": "dato", "sector": "", "key": str(uuid.uuid4())}
    for _ in range(2):
        client.post(f"/dialogos/{session.slug}/sala/", sent)
    assert [(found.text, found.kind) for found in session.contributions.all()] == [("No hay planos", "dato")]


def test_task_9_a_note_becomes_a_challenge_with_a_figure_beside_it(client):
    session = SessionFactory()
    session.projects.add(project := ProjectFactory())
    found, card = note(session), EvidenceFactory(municipality=session.municipality)
    client.force_login(GesocFactory())
    url = f"/dialogos/{session.slug}/sala/notas/{found.key}/reto/"
    client.post(url, {"title": "No se sabe qué obras hay", "evidence": card.pk})
    found.refresh_from_db()
    challenge = found.challenge
    assert (challenge.title, challenge.project, challenge.evidence_uses.get().evidence) == (
        "No se sabe qué obras hay",
        project,
        card,
    )
    assert list(challenge.municipalities.all()) == [session.municipality]
    with pytest.raises(ValidationError, match="se queda"):
        room.delete_note(note=found, by=UserFactory())


def test_task_11_a_commitment_is_written_down_in_the_room(client):
    session, who = SessionFactory(), UserFactory()
    responsible = CommitmentFactory().responsible
    client.force_login(GesocFactory())
    sent = {
        "text": "Publicar los planos",
        "responsible": responsible.name,
        "due_on": "2030-01-01",
        "verification": "Están en el sitio",
        "accepted": "on",
    }
    client.post(f"/dialogos/{session.slug}/sala/compromiso/", sent)
    found = session.commitments.get()
    assert (found.state, found.municipality, found.responsible) == ("aceptado", session.municipality, responsible)
    assert who != found.created_by
    page = client.post(f"/dialogos/{session.slug}/sala/compromiso/", {**sent, "responsible": "Nadie la conoce"})
    assert (page.status_code, session.commitments.count()) == (422, 1)


def test_the_room_asks_a_constant_number_of_times(client, django_assert_num_queries):
    session = SessionFactory()
    client.force_login(GesocFactory())
    item = AgendaItemFactory(session=session)
    note(session, item=item)
    CommitmentFactory(session=session)
    url = f"/dialogos/{session.slug}/sala/"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(2):
        note(session, item=item)
        CommitmentFactory(session=session)
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_the_projector_shows_nobodys_name(client):
    session = SessionFactory(state="en_curso")
    came(session, n=6, person__full_name="Rosa Elvira Canto")
    draft = VoteRound(session=session, question="¿Qué va primero?")
    found = votes.open_round(round=votes.prepare_round(round=draft, by=UserFactory(), texts="ab"), by=UserFactory())
    client.force_login(GesocFactory())
    html = client.get(f"/dialogos/{session.slug}/sala/pantalla/").content.decode()
    assert "0 de 6 ya votaron" in html and f"/votar/{found.key}/" in html
    assert "Rosa Elvira" not in html


# -- the Chatham House rule ------------------------------------------------------------------------------------------------


def test_edge_12_a_walk_in_sent_twice_is_one_person(client):
    session = SessionFactory(state="en_curso")
    client.force_login(GesocFactory())
    sent = {"key": str(uuid.uuid4()), "full_name": "Luz Pat", "sector": "ciudadania", "notice_accepted": "on"}
    for _time in range(2):
        answer = client.post(
            f"/dialogos/{session.slug}/sala/llegada/nueva/", sent, headers={"X-Requested-With": "queue"}
        )
        assert answer.status_code == 204
    assert session.registrations.count() == Person.objects.filter(full_name="Luz Pat").count() == 1
    del sent["notice_accepted"]
    sent["key"] = str(uuid.uuid4())
    answer = client.post(f"/dialogos/{session.slug}/sala/llegada/nueva/", sent, headers={"X-Requested-With": "queue"})
    assert answer.status_code == 422 and session.registrations.count() == 1


def test_edge_12_the_key_of_a_place_in_another_dialogue_gives_nobody_a_place_in_this_one(client):
    session, other = SessionFactory(state="en_curso"), RegistrationFactory()
    client.force_login(GesocFactory())
    sent = {"key": str(other.key), "full_name": "Luz Pat", "sector": "ciudadania", "notice_accepted": "on"}
    assert client.post(f"/dialogos/{session.slug}/sala/llegada/nueva/", sent).status_code == 422
    assert not session.registrations.exists() and not Person.objects.filter(full_name="Luz Pat").exists()


def test_edge_13_a_note_for_a_part_that_went_away_meanwhile_stays_and_says_so(client):
    session = SessionFactory(state="en_curso")
    first, gone = (AgendaItemFactory(session=session, chatham=bool(n)) for n in range(2))
    client.force_login(GesocFactory())
    sent = {"key": str(uuid.uuid4()), "text": "Faltan planos", "kind": "dato", "item": gone.pk, "sector": "academia"}
    services.set_agenda(session=session, items=services.items_of(session)[:1], by=UserFactory())
    answer = client.post(f"/dialogos/{session.slug}/sala/", sent, follow=True)
    said = session.contributions.get()
    assert (said.text, said.item, said.sector) == ("Faltan planos", None, "")  # the rule may have held there
    assert "Se escribió para algo que ya no está (punto del orden del día)" in answer.content.decode()
    sent = {"key": str(uuid.uuid4()), "text": "Otra", "kind": "dato", "item": first.pk, "sector": "academia"}
    client.post(f"/dialogos/{session.slug}/sala/", sent)
    assert session.contributions.filter(item=first, sector="academia").exists()


def test_edge_17_the_database_keeps_no_speaker_under_the_rule_for_a_session_or_one_item():
    closed, opened = SessionFactory(confidentiality="chatham"), SessionFactory()
    item = AgendaItemFactory(session=opened, chatham=True)
    speaker = PersonFactory()
    assert note(opened, speaker=speaker).speaker == speaker
    for fields in ({"session": closed}, {"session": opened, "item": item}):
        with pytest.raises(ValidationError, match="Chatham"):
            room.write_note(note=Contribution(text="x", speaker=speaker, **fields), by=UserFactory())
        # Past every service, and whatever the flag says: the trigger copies the rule, the constraint refuses.
        with pytest.raises(IntegrityError), transaction.atomic():
            Contribution.objects.create(text="x", speaker=speaker, chatham=False, **fields)


def test_edge_15_names_go_from_notes_and_every_revision_when_the_rule_comes_later():
    session = held()
    came(session, person__full_name="Rosa Elvira Canto")
    said = note(session, text="Rosa Elvira Canto pidió los planos", speaker=PersonFactory())
    minutes.save_minutes(session=session, body="Habló Rosa Elvira.", base=0, by=UserFactory())
    minutes.save_minutes(session=session, body="Habló la señora Canto.", base=1, by=UserFactory())
    room.put_under_chatham(session=session, by=UserFactory())
    said.refresh_from_db()
    assert (said.text, said.speaker, said.chatham) == ("[…] pidió los planos", None, True)
    assert [r.body for r in session.minutes.order_by("number")] == ["Habló […].", "Habló la señora […]."]


def test_edge_15_what_was_published_cannot_be_taken_back_so():
    session = held()
    minutes.save_minutes(session=session, body="Texto", base=0, by=UserFactory())
    minutes.publish_minutes(session=session, base=1, by=UserFactory())
    with pytest.raises(ValidationError, match="ya es pública"):
        room.put_under_chatham(session=session, by=UserFactory())


def test_edge_15_the_form_of_the_session_puts_under_the_rule_what_was_already_said():
    session = held()
    came(session, person__full_name="Rosa Elvira Canto")
    said = note(session, text="Rosa Elvira Canto pidió los planos", speaker=PersonFactory())
    minutes.save_minutes(session=session, body="Habló Rosa Elvira.", base=0, by=UserFactory())
    services.update_session(session=session, by=UserFactory(), fields={"confidentiality": "chatham"})
    said.refresh_from_db()
    session.refresh_from_db()
    assert session.confidentiality == "chatham"
    assert (said.text, said.speaker, said.chatham) == ("[…] pidió los planos", None, True)
    assert session.minutes.get().body == "Habló […]."


def test_edge_15_a_part_of_the_agenda_that_comes_under_the_rule_takes_its_notes_along():
    session = held()
    first, second = (AgendaItemFactory(session=session, order=order) for order in (1, 2))
    came(session, person__full_name="Rosa Elvira Canto")
    inside, outside = (
        note(session, text="Rosa Elvira Canto pidió los planos", speaker=PersonFactory(), item=item)
        for item in (first, second)
    )
    items = services.items_of(session)
    services.set_agenda(session=session, items=[items[0]._replace(chatham=True), items[1]], by=UserFactory())
    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.text, inside.speaker, inside.chatham) == ("[…] pidió los planos", None, True)
    assert outside.speaker is not None


def test_edge_15_the_form_refuses_once_the_minutes_are_published():
    session = held()
    minutes.save_minutes(session=session, body="Texto", base=0, by=UserFactory())
    minutes.publish_minutes(session=session, base=1, by=UserFactory())
    with pytest.raises(ValidationError, match="ya es pública"):
        services.update_session(session=session, by=UserFactory(), fields={"confidentiality": "chatham"})
    session.refresh_from_db()
    assert session.confidentiality == "abierta"


@pytest.mark.parametrize("rule", ["chatham", "abierta"])
def test_edge_16_small_sectors_are_not_shown_whatever_the_rule(rule):
    session = SessionFactory(confidentiality=rule)
    for sector, n in (("osc", 6), ("gobierno", 5), ("medios", 2)):
        came(session, sector=sector, n=n)
    assert read.open_balance(session) == [("osc", 6), ("otros", 7)]
    assert read.hidden_small(read.Counter({"osc": 4})) == []


def test_edge_16_a_name_in_a_note_is_said_and_in_minutes_refused(client):
    session = held(confidentiality="chatham")
    came(session, person__full_name="Rosa Elvira Canto")
    client.force_login(GesocFactory())
    sent = {"text": "Lo pidió Elvira", "kind": "dato", "key": str(uuid.uuid4())}
    page = client.post(f"/dialogos/{session.slug}/sala/", sent, follow=True)
    assert "parece nombrar a: Rosa Elvira Canto" in page.content.decode()
    minutes.save_minutes(session=session, body="Lo pidió Elvira", base=0, by=UserFactory())
    with pytest.raises(minutes.NamesSomebody, match="Rosa Elvira"):
        minutes.publish_minutes(session=session, base=1, by=UserFactory())
    assert minutes.publish_minutes(session=session, base=1, by=UserFactory(), names_checked=True).edition == 1


def test_edge_16_page_minutes_and_open_data_tell_the_same_groups(client):
    """What one of them hides none of the others gives back, not even by subtraction: eight less six would be two."""
    session = held(title="Obra")
    for sector, n in (("osc", 6), ("medios", 2)):
        came(session, sector=sector, n=n)
    text = minutes.build_minutes(session)
    assert "8 personas.\n- Otros: 8" in text
    minutes.save_minutes(session=session, body=text, base=0, by=UserFactory())
    minutes.publish_minutes(session=session, base=1, by=UserFactory())
    came(session, sector="medios")
    page = client.get(f"/dialogos/{session.slug}/resultado/")
    assert (page.context["came"], page.context["balance"]) == (8, [("Otros", 8)])
    assert client.get(f"/dialogos/{session.slug}/resultado.json").json()["attended"] == {"otros": 8}


def test_edge_16_fewer_than_five_in_all_are_not_told(client):
    session = held()
    came(session, n=4)
    assert "Menos de cinco personas." in minutes.build_minutes(session)
    minutes.save_minutes(session=session, body="Texto", base=0, by=UserFactory())
    minutes.publish_minutes(session=session, base=1, by=UserFactory())
    assert "Vinieron: menos de cinco" in client.get(f"/dialogos/{session.slug}/resultado/").content.decode()


def test_edge_16_the_announced_table_hides_small_sectors_from_whoever_does_not_run_it(client):
    session = SessionFactory(state="convocada")
    services.set_targets(session=session, targets={"osc": (1, 6), "medios": (1, 3)}, by=UserFactory())
    for sector, n in (("osc", 6), ("medios", 2)):
        for _ in range(n):
            RegistrationFactory(session=session, sector_at_time=sector)
    page = client.get(session.get_absolute_url())
    found = page.context["open_balance"]
    assert (found.confirmed, found.groups, [n for _label, n in found.wanted]) == (8, [("Otros", 8)], [6, 3])
    html = page.content.decode()
    assert 'class="seats"' not in html and "2 de 3" not in html and "6 de 6" not in html
    assert "Lugares por sector:" in html
    client.force_login(GesocFactory())
    assert "2 de 3" in client.get(session.get_absolute_url()).content.decode()


def test_edge_15_what_was_promised_holds_when_the_session_is_opened_again():
    session = SessionFactory(state="convocada", confidentiality="chatham")
    came(session, person__full_name="Rosa Elvira Canto")
    said = note(session)
    services.update_session(session=session, by=UserFactory(), fields={"confidentiality": "abierta"})
    session.refresh_from_db()
    assert (session.confidentiality, session.keeps_rule) == ("abierta", True)
    said.refresh_from_db()
    said.speaker = PersonFactory()
    with pytest.raises(IntegrityError, match="no_speaker_under_chatham"), transaction.atomic():
        said.save()
    session.state = "realizada"
    session.save()
    minutes.save_minutes(session=session, body="Lo pidió Rosa Elvira Canto", base=0, by=UserFactory())
    with pytest.raises(minutes.NamesSomebody):
        minutes.publish_minutes(session=session, base=1, by=UserFactory())
    with connection.cursor() as cursor:  # not even by hand
        cursor.execute("UPDATE dialogues_session SET promised_rule = FALSE WHERE id = %s", [session.pk])
    session.refresh_from_db()
    assert session.promised_rule


def test_edge_15_of_a_draft_nothing_was_promised():
    session = SessionFactory(state="borrador", confidentiality="chatham")
    services.update_session(session=session, by=UserFactory(), fields={"confidentiality": "abierta"})
    session.refresh_from_db()
    assert not session.keeps_rule


# -- minutes -------------------------------------------------------------------------------------------------------------


def test_task_13_minutes_write_themselves_from_what_was_captured():
    session = held()
    item = AgendaItemFactory(session=session, title="Qué dicen los datos", question="¿Qué falta?")
    came(session, n=5)
    note(session, item=item, kind="dato", text="Hay 14 accesos cerrados", speaker=PersonFactory(full_name="Rosa Canto"))
    note(session, kind="propuesta", text="Abrir el registro")
    CommitmentFactory(session=session, text="Publicar los planos", due_on=datetime(2027, 3, 1, tzinfo=UTC).date())
    text = minutes.build_minutes(session)
    for said in (
        "## Quiénes vinieron\n5 personas.",
        "## Qué dicen los datos\n¿Qué falta?\n\n- Dato: Hay 14 accesos cerrados",
        "## Lo que se dijo\n- Propuesta: Abrir el registro",
        "- Publicar los planos. Responsable:",
        "Vence: 1 mar 2027.",
    ):
        assert said in text
    assert "Rosa" not in text


def test_edge_13_two_note_takers_the_second_sees_both_texts(client):
    session = held()
    minutes.save_minutes(session=session, body="Primera", base=0, by=UserFactory())
    client.force_login(GesocFactory())
    url = f"/dialogos/{session.slug}/minuta/"
    assert client.post(url, {"body": "De Ana", "base": "1", "save": ""}).status_code == 302
    conflict = client.post(url, {"body": "De Beto", "base": "1", "save": ""})
    html = conflict.content.decode()
    assert conflict.status_code == 409 and "De Ana" in html and "De Beto" in html
    assert client.post(url, {"body": "De Ana y Beto", "base": "2", "save": ""}).status_code == 302
    assert [r.body for r in session.minutes.order_by("number")] == ["Primera", "De Ana", "De Ana y Beto"]


def test_edge_14_published_minutes_are_only_corrected_by_a_new_edition():
    session = held()
    came(session, n=2)
    minutes.save_minutes(session=session, body="Son 14", base=0, by=UserFactory())
    first = minutes.publish_minutes(session=session, base=1, by=UserFactory())
    for act in (lambda: MinutesRevision.objects.filter(pk=first.pk).update(body="x"), first.delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            act()
    minutes.save_minutes(session=session, body="Son 13", base=2, by=UserFactory())
    with pytest.raises(ValidationError, match="qué se corrigió"):
        minutes.publish_minutes(session=session, base=3, by=UserFactory())
    second = minutes.publish_minutes(session=session, base=3, by=UserFactory(), change_note="Son 13 accesos")
    assert (first.edition, second.edition, minutes.published(session).body) == (1, 2, "Son 13")
    assert OutboxMail.objects.filter(kind="minutes_published").count() == 4  # two people, two editions


def test_those_who_came_comment_while_the_review_lasts(client):
    session = held()
    (row,) = came(session)
    minutes.save_minutes(session=session, body="Texto", base=0, by=UserFactory())
    minutes.send_to_review(session=session, base=1, by=UserFactory())
    expires = datetime.now(UTC) + timedelta(days=5)

    def link(person):
        return (
            "/minuta/" + mint_link(purpose="minutes", subject=str(session.key), person=person, expires_at=expires) + "/"
        )

    assert client.get(link(row.person)).headers["Referrer-Policy"] == "strict-origin"
    assert client.post(link(row.person), {"text": "Falta el plano"}).status_code == 200
    assert client.post(link(PersonFactory()), {"text": "No estuve"}).status_code == 422
    revision = minutes.latest(session)
    assert [comment.text for comment in revision.comments.all()] == ["Falta el plano"]
    minutes.publish_minutes(session=session, base=2, by=UserFactory())
    assert client.post(link(row.person), {"text": "Tarde"}).status_code == 422


def test_reserved_minutes_are_never_published():
    session = held(confidentiality="reservada")
    minutes.save_minutes(session=session, body="Texto", base=0, by=UserFactory())
    with pytest.raises(ValidationError, match="reservado"):
        minutes.publish_minutes(session=session, base=1, by=UserFactory())


def test_a_dialogue_closes_with_minutes_and_commitments_or_the_word_that_there_are_none():
    session, by = held(), UserFactory()
    with pytest.raises(ValidationError, match="publica su minuta"):
        minutes.close_session(session=session, by=by)
    minutes.save_minutes(session=session, body="Texto", base=0, by=by)
    minutes.publish_minutes(session=session, base=1, by=by)
    with pytest.raises(ValidationError, match="no los hubo"):
        minutes.close_session(session=session, by=by)
    assert minutes.close_session(session=session, by=by, without_commitments=True).state == "cerrada"


def test_the_public_page_and_its_data_show_what_came_out_and_nobody(client):
    session = held(title="¿Qué obras hay?")
    for sector, n in (("osc", 6), ("medios", 4)):
        came(session, sector=sector, n=n, person__full_name="Rosa Elvira Canto")
    url = f"/dialogos/{session.slug}/resultado/"
    assert client.get(url).status_code == 404
    draft = VoteRound(session=session, question="¿Qué va primero?")
    found = votes.open_round(round=votes.prepare_round(round=draft, by=UserFactory(), texts="ab"), by=UserFactory())
    for entry in found.roll.all():
        votes.cast_vote(entry=entry, choices={str(found.options.first().key): 2})
    votes.close_round(round=found, by=None)
    CommitmentFactory(session=session, text="Publicar los planos")
    CommitmentFactory(session=session, text="Privado", visibility="privada")
    minutes.save_minutes(session=session, body="## Acuerdos\n- <b>Uno</b>", base=0, by=UserFactory())
    minutes.publish_minutes(session=session, base=1, by=UserFactory())
    html, data = client.get(url).content.decode(), client.get(url.rstrip("/") + ".json").json()
    for said in ("20 puntos", "Publicar los planos", "&lt;b&gt;Uno&lt;/b&gt;"):
        assert said in html
    for hidden in ("Rosa Elvira", "Privado"):
        assert hidden not in html and hidden not in str(data)
    assert data["attended"] == {"otros": 10}
    assert data["votes"][0]["result"][0] == {"option": "a", "points": 20, "place": 1}
    assert [row["text"] for row in data["commitments"]] == ["Publicar los planos"]


def test_text_becomes_safe_html():
    text = "## Uno & dos\nhola <script>\notra\n\n- a\n- b\n"
    assert to_html(text) == "<h3>Uno &amp; dos</h3><p>hola &lt;script&gt;<br>otra</p><ul><li>a</li><li>b</li></ul>"


# -- the agenda while notes hang on it ---------------------------------------------------------------------------------


def test_a_part_of_the_agenda_keeps_its_notes_when_another_is_taken_off_or_moved():
    session = held()
    first, second, third = (AgendaItemFactory(session=session, order=n, title=f"Parte {n}") for n in (1, 2, 3))
    said = note(session, item=third)
    items = services.items_of(session)
    services.set_agenda(session=session, items=[items[2], items[0]], by=UserFactory())
    said.refresh_from_db()
    assert [(row.pk, row.order) for row in session.agenda.all()] == [(third.pk, 1), (first.pk, 2)]
    assert said.item == third
    assert not session.agenda.filter(pk=second.pk).exists()


def test_a_part_of_the_agenda_with_notes_is_not_taken_off_and_the_page_says_why(client):
    session = held()
    first, second = (AgendaItemFactory(session=session, order=n, title=f"Parte {n}") for n in (1, 2))
    note(session, item=second)
    client.force_login(GesocFactory())
    lines = [(first.pk, "Parte 1"), (second.pk, "")]
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2}
    for place, (pk, title) in enumerate(lines):
        data |= {f"form-{place}-row": pk, f"form-{place}-title": title, f"form-{place}-minutes": 10}
    page = client.post(f"/dialogos/{session.slug}/agenda/", data)
    assert page.status_code == 200
    assert "«Parte 2» tiene notas de la sala" in page.content.decode()
    assert session.agenda.count() == 2


def test_a_table_with_notes_stays():
    session = held()
    services.set_tables(session=session, questions=("a", "b"), by=UserFactory())
    note(session, table=session.tables.get(number=2))
    with pytest.raises(ValidationError, match="se queda"):
        services.set_tables(session=session, questions=("a",), by=UserFactory())
    assert session.tables.count() == 2
