"""Edge case 27: running texts that name whom GESOC erases are found, decided about one by one, and forget in every version."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from dialogues.models import MinutesRevision
from partners import services
from partners.models import ArcoRequest, Organisation, OrganisationEvent, Person, TextDecision
from partners.services.mentions import Traces, texts
from projects.models import Challenge, LearningNote, LogEntry, NoteVersion, Outcome, OutcomeEvent
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import AdminFactory, OrganisationFactory, PersonFactory, UserFactory
from tests.factories.projects import ChallengeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
NAME = "Rosa María Uc Pat"


@pytest.fixture(autouse=True)
def list_of_erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.txt"
    return settings.ERASURES_FILE


@pytest.fixture
def rosa():
    return PersonFactory(full_name=NAME, email="rosa.uc@x.example", phone="998 123 4567")


@pytest.fixture
def asked(rosa):
    return services.receive_arco(kind="cancelacion", name=NAME, email=rosa.email, text="Bórrenme", by=None)


@pytest.fixture
def granted(client, asked, rosa):
    """A text named her when the request was granted; the page of the request, as the administrator has it."""
    client.force_login(AdminFactory())
    entry = LogEntry.objects.create(
        project=ProjectFactory(slug="costas"), text="Lo contó ROSA  MARÍA uc pat en la playa"
    )
    data = {"person": rosa.pk, "identity_note": "INE", "answer": "Hecho", "decision": "grant"}
    response = client.post(f"/privacidad/mesa/{asked.key}/", data)
    assert response.headers["Location"] == f"/privacidad/mesa/{asked.key}/"
    return entry


def page(client, asked):
    return client.get(f"/privacidad/mesa/{asked.key}/")


def press(client, asked, button, row, field, table=None):
    place = {"table": table or row._meta.label_lower, "row": row.pk, "field": field}
    return client.post(f"/privacidad/mesa/{asked.key}/textos/", {**place, button: "1"})


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Vino Rosa María Uc Pat.", "Vino […]."),
        ("vino rosa maria\nUC, y habló", "vino […], y habló"),
        ("Rosa Uc y Rosa Pat", "[…] y […]"),
        ("vino Rosa Mari\u0301a", "vino […]"),
        ("RÔSA ÚC", "[…]"),
        ("Uc Pat, de Cancún", "[…], de Cancún"),
        ("escribir a ROSA.UC@x.example o al 9981234567", "escribir a […] o al […]"),
        ("(998) 123-4567", "([…]"),
        ("La Rosa de los vientos; Pat Uc; María", None),
        ("rosa.uc@x.example.mx.otra", "[…].mx.otra"),
        ("19981234567", None),
    ],
)
def test_edge_27_every_way_to_name_somebody_is_found(rosa, text, without):
    traces = Traces([NAME], [rosa.email], [rosa.phone])
    LogEntry.objects.create(project=ProjectFactory(), text=text)
    request = ArcoRequest(kind="cancelacion", person=rosa, name=NAME, email=rosa.email)
    request.answer_due_on = request.received_on
    request.save()
    found = services.undecided(request)
    assert [one.place.field for one in found] == (["text"] if without else [])
    if found:
        services.decide_text(request=_granted(request), place=found[0].place, redact=True, by=UserFactory())
    assert LogEntry.objects.get().text == (without or text)
    assert services.undecided(request) == [] and traces.spans(LogEntry.objects.get().text) == []


def _granted(request):
    request.state = "procedente"
    request.save()
    return request


def test_edge_27_texts_of_every_app_are_found_wherever_they_are(rosa, asked):
    """Each once, with where it is read, and what was edited away since too."""
    project = ProjectFactory(slug="costas", title="Costas")
    Outcome.objects.create(project=project, actor="Cabildo", what_changed=f"Recibió a {NAME}")
    edited = OrganisationFactory(name="Litoral", description=f"La fundó {NAME}")
    edited.description = "La fundaron vecinas"
    edited.save()
    MinutesRevision.objects.create(session=SessionFactory(), number=1, body="Rosa Uc habló")
    LearningNote.objects.create(project=project, did="Nada", learned="Rosa Pat sabe")
    found = services.undecided(asked)
    assert {(one.place.table, one.place.field) for one in found} == {
        ("partners.organisationevent", "description"),
        ("projects.outcome", "what_changed"),
        ("projects.learningnote", "learned"),
        ("dialogues.minutesrevision", "body"),
    }
    assert all(one.url for one in found)


def test_edge_27_one_press_takes_a_name_out_of_a_text_and_its_versions(client, asked, granted, rosa):
    project = granted.project
    outcome = Outcome.objects.create(project=project, actor="Cabildo", what_changed=f"Recibió a {NAME}")
    outcome.what_changed = f"Recibió dos veces a {NAME}"
    outcome.save()
    shown = page(client, asked).content.decode()
    assert "<mark>ROSA  MARÍA uc pat</mark> en la playa" in shown and "Quedan 2 textos por decidir." in shown
    assert "Borrar y cerrar" not in shown
    assert press(client, asked, "redact", outcome, "what_changed").status_code == 302
    assert press(client, asked, "redact", granted, "text").status_code == 302
    outcome.refresh_from_db()
    granted.refresh_from_db()
    assert (outcome.what_changed, granted.text) == ("Recibió dos veces a […]", "Lo contó […] en la playa")
    assert "Rosa" not in str(list(OutcomeEvent.objects.values_list("what_changed")))
    assert rosa == Person.objects.get(full_name=NAME), "nothing of hers is erased before the end"
    assert "Se quitó el nombre de 2." in page(client, asked).content.decode()
    assert TextDecision.objects.filter(request=asked, redacted=True).count() == 2


def test_edge_27_it_ends_when_every_text_is_decided_about(client, asked, granted, list_of_erasures, rosa):
    path = f"/privacidad/mesa/{asked.key}/textos/"
    assert client.post(path, {"close": "1"}).headers["Location"] == f"/privacidad/mesa/{asked.key}/#textos"
    asked.refresh_from_db()
    assert asked.state == "procedente"
    assert "Procedente" in client.get("/privacidad/mesa/").content.decode()
    press(client, asked, "leave", granted, "text")
    assert "Borrar y cerrar" in page(client, asked).content.decode()
    LogEntry.objects.create(project=granted.project, text=f"{NAME} volvió")  # written meanwhile
    client.post(path, {"close": "1"})
    asked.refresh_from_db()
    assert asked.state == "procedente"
    press(client, asked, "redact", LogEntry.objects.latest("pk"), "text")
    assert client.post(path, {"close": "1"}).headers["Location"] == "/privacidad/mesa/"
    asked.refresh_from_db()
    rosa.refresh_from_db()
    granted.refresh_from_db()
    assert (asked.state, asked.name, rosa.state) == ("cumplida", "", "anonimizada")
    assert "ROSA" in granted.text, "it meant somebody else"
    assert client.post(path, {"close": "1"}).status_code == 404


def test_edge_27_published_minutes_forget_too_and_their_pdf_is_made_anew(client, asked, granted):
    from dialogues.models import MinutesPdf
    from dialogues.services.minutes_pdf import make_waiting

    minutes = MinutesRevision.objects.create(
        session=SessionFactory(), number=1, edition=1, state="publicada", body=f"Habló {NAME}."
    )
    make_waiting()
    before = MinutesPdf.objects.get().sha256
    assert before
    press(client, asked, "redact", minutes, "body")
    minutes.refresh_from_db()
    assert minutes.body == "Habló […]." and MinutesPdf.objects.get().sha256 == ""
    make_waiting()
    assert MinutesPdf.objects.get().sha256 not in ("", before)


def test_edge_27_a_search_no_longer_finds_the_name(client, asked, granted):
    challenge = ChallengeFactory(title=f"¿Por qué a {NAME}?")
    press(client, asked, "redact", challenge, "title")
    challenge.refresh_from_db()
    assert challenge.title == "¿Por qué a […]?"
    assert "uc pat" not in challenge.search_text and not Challenge.objects.matching("rosa maria uc").exists()


def test_edge_27_what_a_restore_brings_back_into_texts_goes_again(
    client, asked, granted, rosa, list_of_erasures, django_capture_on_commit_callbacks
):
    press(client, asked, "redact", granted, "text")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/privacidad/mesa/{asked.key}/textos/", {"close": "1"})
    assert f" projects.logentry.{granted.pk}.text" in list_of_erasures.read_text()
    Person.objects.filter(pk=rosa.pk).update(full_name=NAME, state="activa", email="rosa.uc@x.example")
    LogEntry.objects.filter(pk=granted.pk).update(text=f"Lo contó {NAME}")
    call_command("reapply_erasures")
    granted.refresh_from_db()
    rosa.refresh_from_db()
    assert (granted.text, rosa.state) == ("Lo contó […]", "anonimizada")


@pytest.mark.parametrize(
    "place",
    [
        ("partners.user", "1", "full_name"),
        ("datasets.contract", "1", "supplier_name"),
        ("projects.logentry", "1 OR 1=1", "text"),
        ("projects.logentry", "1", "visibility"),
        ("projects.logentry", "9" * 40, "text"),
        ("x" * 500, "1", "text"),
        ("", "", ""),
    ],
)
def test_only_texts_are_decided_about(client, asked, granted, place):
    values = dict(zip(("table", "row", "field"), place, strict=True))
    for button in ("redact", "leave"):
        response = client.post(f"/privacidad/mesa/{asked.key}/textos/", {**values, button: "1"}, follow=True)
        assert "No hay tal texto." in response.content.decode()
    assert not TextDecision.objects.exists()


def test_nothing_is_decided_about_before_it_is_granted(asked, rosa):
    entry = LogEntry.objects.create(project=ProjectFactory(), text=NAME)
    with pytest.raises(ValidationError, match="procedente"):
        services.decide_text(
            request=asked,
            place=services.Place("projects.logentry", str(entry.pk), "text"),
            redact=True,
            by=UserFactory(),
        )


def test_texts_of_every_table_are_looked_through_unless_somebody_said_why_not():
    """Whoever adds a table with texts adds nothing here: it is looked through."""
    tables = {model._meta.label: names for model, names in texts()}
    for label, name in (
        ("projects.LogEntry", "text"),
        ("projects.NoteVersion", "body"),
        ("projects.Attachment", "original_name"),
        ("dialogues.Contribution", "text"),
        ("dialogues.CommitmentUpdate", "note"),
        ("datasets.FlagReply", "text"),
        ("partners.OrganisationEvent", "description"),
    ):
        assert name in tables[label]
    assert not {"partners.Person", "datasets.Contract", "municipalities.Municipality"} & tables.keys()
    assert {Organisation, OrganisationEvent, NoteVersion} <= {model for model, _names in texts()}


def test_looking_through_all_texts_asks_each_table_once(asked, granted, rosa, django_assert_max_num_queries):
    with django_assert_max_num_queries(len(texts()) + 12):
        services.undecided(ArcoRequest.objects.get(pk=asked.pk))
