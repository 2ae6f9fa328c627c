"""Edge cases of dialogues (docs/dialogue-edge-cases.md) that no other file is about; and that the table there is true."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues import services
from dialogues.models import Attendance, Contribution, VoteRound
from dialogues.services import minutes, room, votes
from partners.models import OutboxMail, PrivacyNotice
from partners.services import deliver_mail, mint_link
from tests.factories.dialogues import RegistrationFactory, SessionFactory
from tests.factories.partners import GesocFactory, OrganisationFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
REPOSITORY = Path(__file__).resolve().parent.parent.parent


def came(session, *people):
    for one in people:
        row = RegistrationFactory(session=session, person=one)
        Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")


def opened(session, **fields):
    draft = VoteRound(session=session, question="¿Qué va primero?", **fields)
    by = UserFactory()
    return votes.open_round(round=votes.prepare_round(round=draft, by=by, texts=["Obra", "Agua"]), by=by)


def published(session, body="Se habló de la obra."):
    minutes.save_minutes(session=session, body=body, base=0, by=UserFactory())
    return minutes.publish_minutes(session=session, base=1, by=UserFactory())


def test_edge_9_a_shared_mailbox_gets_no_link_to_vote_and_its_people_get_codes(client):
    session = SessionFactory(state="en_curso")
    shared = [PersonFactory(email="comite@ejemplo.example", shared_email=True) for _ in range(2)]
    own = PersonFactory(email="ana@ejemplo.example")
    came(session, own, *shared, PersonFactory(email=""))
    found = opened(session)
    assert [written.person for written in OutboxMail.objects.filter(kind="vote")] == [own]
    client.force_login(GesocFactory())
    page = client.get(f"/dialogos/{session.slug}/sala/votacion/{found.key}/")
    assert "3 personas no tienen un correo propio" in page.content.decode()
    codes = dict(votes.new_codes(round=found, by=UserFactory()))
    assert len({codes[person] for person in shared}) == 2  # one each, whatever they share


def test_edge_10_the_sheet_to_sign_has_the_notice_who_has_a_place_and_no_address(client, django_assert_num_queries):
    PrivacyNotice.objects.create(version="1", language="es-mx", short_text="Usamos tu nombre.", full_text="Entero")
    session = SessionFactory()
    for n in range(3):
        person = PersonFactory(full_name=f"Persona {n}", email=f"p{n}@ejemplo.example", phone="871 123 4567")
        RegistrationFactory(session=session, person=person, organisation_at_time=OrganisationFactory())
    waiting = PersonFactory(full_name="Quien espera")
    RegistrationFactory(session=session, person=waiting, state="lista_de_espera", waiting_since=timezone.now())
    client.force_login(GesocFactory())
    url = f"/dialogos/{session.slug}/sala/llegada/hoja/"
    assert f'href="{url}"' in client.get(f"/dialogos/{session.slug}/sala/llegada/").content.decode()
    with CaptureQueriesContext(connection) as few:
        page = client.get(url)
    html = page.content.decode()
    assert [row.person.full_name for row in page.context["rows"]] == ["Persona 0", "Persona 1", "Persona 2"]
    assert "Usamos tu nombre." in html
    assert not [said for said in ("@ejemplo.example", "871 123 4567", "Quien espera") if said in html]
    RegistrationFactory(session=session, organisation_at_time=OrganisationFactory())
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_edge_13_what_was_written_offline_and_arrives_late_leaves_published_minutes_as_they_are(client):
    session = SessionFactory(state="realizada")
    edition = published(session)
    late = Contribution(session=session, text="Llegó tarde", key=uuid.uuid4())
    room.write_note(note=late, by=UserFactory())
    assert [note.text for note in session.contributions.all()] == ["Llegó tarde"]
    assert minutes.published(session) == edition
    assert "Llegó tarde" not in client.get(f"/dialogos/{session.slug}/resultado/").content.decode()


def test_edge_13_late_notes_go_to_an_annex_that_people_read_and_publish_as_a_correction(
    client, django_assert_num_queries
):
    session, by = SessionFactory(state="realizada"), GesocFactory()
    room.write_note(note=Contribution(session=session, text="A tiempo"), by=by)
    first = published(session)
    client.force_login(by)
    url = f"/dialogos/{session.slug}/minuta/"
    assert not client.get(url).context["late"]
    with pytest.raises(ValidationError, match="ninguna nota"):
        minutes.add_annex(session=session, base=2, by=by)
    room.write_note(note=Contribution(session=session, text="Llegó\ntarde", kind="dato"), by=by)
    with CaptureQueriesContext(connection) as few:
        page = client.get(url)
    assert [note.text for note in page.context["late"]] == ["Llegó\ntarde"]
    room.write_note(note=Contribution(session=session, text="Ésta también", kind="duda"), by=by)
    with django_assert_num_queries(len(few)):
        client.get(url)

    assert client.post(url, {"base": 2, "body": first.body, "annex": ""}).status_code == 302
    draft = minutes.latest(session)
    annex = "\n\n## Anexo: notas que llegaron después\n- Dato: Llegó tarde\n- Duda: Ésta también\n"
    assert (draft.number, draft.state, draft.body) == (3, "borrador", first.body.rstrip() + annex)
    assert not client.get(f"/en{url}").context["late"]  # its kind has another word there; it is the same note
    public = f"/dialogos/{session.slug}/resultado/"
    assert "Llegó tarde" not in client.get(public).content.decode()
    minutes.publish_minutes(session=session, base=3, by=by, change_note="Se agregan dos notas.")
    assert "Llegó tarde" in client.get(public).content.decode()
    first.refresh_from_db()
    assert "tarde" not in first.body
    assert not client.get(url).context["late"]


def test_edge_17_calendar_search_pages_and_open_data_tell_nobody_who_was_under_the_rule(client):
    session = SessionFactory(state="realizada", confidentiality="chatham", title="Obra pública reservada")
    organisation = OrganisationFactory(name="Colectivo Ramales")
    names = ["Rosalinda Echeverri", "Colectivo Ramales"]
    for n in range(6):
        row = RegistrationFactory(
            session=session,
            person__full_name=names[0] if n == 0 else f"Persona {n}",
            organisation_at_time=organisation if n == 0 else None,
            may_be_named=True,
        )
        Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")
    published(session)
    one = session.get_absolute_url()
    pages = [one, f"{one}resultado/", f"{one}resultado.json", f"{one}calendario.ics", "/dialogos/calendario.ics"]
    for address in [*pages, "/dialogos/", "/dialogos/resultados/", "/buscar/?q=rosalinda", "/dialogos/?q=rosalinda"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not [name for name in names if name in answer.content.decode()], address
    (file,) = [b"".join(client.get("/dialogos/resultados.csv").streaming_content).decode()]
    assert session.title in file
    assert not [name for name in names if name in file]


def test_edge_33_answers_go_to_the_host_and_no_to_news_stops_no_change_of_a_session(client):
    long = "Agua Viva, " + "Red de Organizaciones por el Agua " * 5  # longer than a sender may be
    host = OrganisationFactory(name=long.strip(), public_email="hola@aguaviva.example")
    session = SessionFactory(host_organisation=host)
    row = RegistrationFactory(session=session, person__email="ana@ejemplo.example", person__preferred_language="en")
    expires = timezone.now() + timedelta(days=1)
    token = mint_link(purpose="unsubscribe", subject=str(row.person.key), person=row.person, expires_at=expires)
    client.post(f"/privacidad/baja/{token}/", {"List-Unsubscribe": "One-Click"})
    changed = services.change_session(session=session, changes={"venue": "Otra sala"}, by=GesocFactory())
    services.tell_changes(session=changed, by=GesocFactory())
    Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")
    opened(session)
    session.state = "realizada"
    session.save(update_fields=["state"])
    published(session)
    written = {one.kind: one for one in OutboxMail.objects.all()}
    assert set(written) == {"dialogue_change", "vote", "minutes_published"}
    for one in written.values():
        deliver_mail(mail_id=one.pk)
        sent = mail.outbox[-1]
        assert (sent.to, sent.reply_to) == (["ana@ejemplo.example"], ["hola@aguaviva.example"]), one.kind
        assert sent.from_email.startswith('"Agua Viva, Red'), one.kind
        assert re.match(r"Hello|The ", sent.body), one.kind  # plain text, in the language of whoever reads it
        assert "List-Unsubscribe" not in sent.extra_headers, one.kind


def test_every_test_of_the_table_of_edge_cases_exists_and_every_case_has_one():
    table = (REPOSITORY / "docs" / "dialogue-edge-cases.md").read_text()
    written = {
        (path.relative_to(REPOSITORY).as_posix(), name)
        for path in (REPOSITORY / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.M)
    }
    numbers = []
    for number, place, tests in re.findall(r"^\| (\d+) \|[^|]*\| `([^`]+)` \| (.+) \|$", table, re.M):
        numbers.append(int(number))
        named = re.findall(r"`(test_\w+)`", tests)
        assert named, number
        assert {(place, name) for name in named} <= written, (number, place)
    assert sorted(set(numbers)) == list(range(1, 34))
    # And the other way round: no test of an edge case is missing in the table.
    edges = {name for _place, name in written if name.startswith("test_edge_")}
    assert edges <= set(re.findall(r"`(test_edge_\w+)`", table))
