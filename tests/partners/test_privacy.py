"""The notice, consent by link, requests, the end of somebody's data, lists in and out."""

import datetime

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from dialogues.models import Contribution, MinutesComment, MinutesRevision
from partners import services
from partners.models import (
    ArcoRequest,
    ConsentRecord,
    Erasure,
    ImportBatch,
    OutboxMail,
    Person,
    PersonEvent,
    SensitiveExport,
    SignedLink,
    UserEvent,
)
from partners.services.privacy import label_of
from partners.tasks import deliver_due_mail
from projects.models import LearningNote, LogEntry, ResearchNote, ResearchNoteEvent
from projects.services import write_comment
from tests.factories.dialogues import AgendaItemFactory, RegistrationFactory, SessionFactory
from tests.factories.partners import (
    AdminFactory,
    GesocFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
)
from tests.factories.projects import EvidenceFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.txt"
    services.ensure_notices()


@pytest.fixture
def gesoc():
    return GesocFactory()


def link(person, purpose):
    expires = timezone.now() + datetime.timedelta(days=1)
    return services.mint_link(purpose=purpose, subject=str(person.key), person=person, expires_at=expires)


def test_the_notice_is_public_and_loaded_once(client):
    assert services.ensure_notices() is False
    assert "responsable" in client.get("/privacidad/").content.decode()


def test_a_link_to_decide_changes_nothing_until_it_is_sent(client):
    person = PersonFactory()
    address = f"/privacidad/decisiones/{link(person, 'consent')}/"
    answer = client.get(address)
    assert answer.headers["Referrer-Policy"] == "strict-origin" and not ConsentRecord.objects.exists()
    client.post(address, {"purposes": ["novedades"]})
    decided = {"contacto": "otorgado", "dialogos": "otorgado", "novedades": "otorgado"}
    assert services.consents_of(person) == decided
    client.post(address, {"purposes": []})
    assert services.consents_of(person) == decided | {"novedades": "retirado"}
    assert client.get("/privacidad/decisiones/otra/").status_code == 404
    assert client.get(f"/privacidad/decisiones/{link(person, 'unsubscribe')}/").status_code == 404


def test_one_click_ends_news_but_not_what_is_necessary(client, gesoc):
    person = PersonFactory()
    client.post(f"/privacidad/baja/{link(person, 'unsubscribe')}/", {"List-Unsubscribe": "One-Click"})

    def written(key, voluntary):
        values = {"membership": MembershipFactory(), "link": "x"}
        return services.queue_mail(
            kind="x", template="invitation", context=values, key=key, by=gesoc, person=person, voluntary=voluntary
        )

    assert (written("a", True).state, written("b", False).state) == ("suprimido", "en_cola")


def test_news_carry_the_way_to_stop_them(gesoc):
    person = PersonFactory()
    values = {"membership": MembershipFactory(), "link": "x"}
    written = services.queue_mail(
        kind="x", template="invitation", context=values, key="n", by=gesoc, person=person, voluntary=True
    )
    services.deliver_mail(mail_id=written.pk)
    headers = mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/privacidad/baja/" in headers["List-Unsubscribe"]
    assert headers["List-Unsubscribe"].strip("<>") in mail.outbox[-1].body


def test_a_request_is_due_after_so_many_working_days(settings, client):
    settings.ARCO_ANSWER_DAYS = 5
    with time_machine.travel("2026-11-25 12:00", tick=False):  # a Wednesday
        data = {"kind": "acceso", "name": "Ana", "email": "ana@x.example", "text": "Quiero ver", "state": "cumplida"}
        assert client.post("/privacidad/solicitud/", data).status_code == 302
    request = ArcoRequest.objects.get()
    assert (request.state, request.answer_due_on) == ("recibida", datetime.date(2026, 12, 2))


def test_edge_27_an_erasure_reaches_history_mail_links_lists_and_the_account(
    client, gesoc, django_capture_on_commit_callbacks
):
    user = UserFactory(email="ana.ruiz@x.example", full_name="Ana Ruiz Peña")
    person = services.person_of(user=user)
    person.phone = "8711234567"
    services.save_person(person=person, by=gesoc)
    twin = PersonFactory(full_name="Ana Ruiz Peña", email="otra.ana@x.example")
    services.merge_people(source=twin, target=person, by=gesoc)
    link(person, "consent")
    values = {"membership": MembershipFactory(user=user), "link": "x"}
    services.queue_mail(kind="x", template="invitation", context=values, key="k", by=gesoc, person=person)
    services.read_list(
        kind="people", file_name="l.csv", content=b"nombre,correo\nAna Ruiz,ana.ruiz@x.example\n", by=gesoc, source="L"
    )
    request = services.receive_arco(
        kind="cancelacion", name="Ana Ruiz Peña", email=user.email, text="Bórrenme", by=None
    )
    client.force_login(AdminFactory())
    data = {"person": person.pk, "identity_note": "INE", "answer": "Hecho", "decision": "grant"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/privacidad/mesa/{request.key}/", data).status_code == 302
    deliver_due_mail()

    person.refresh_from_db()
    user.refresh_from_db()
    request.refresh_from_db()
    assert person.state == "anonimizada" and person.full_name.startswith("Participante ")
    assert (request.state, request.name, request.email, request.text) == ("cumplida", "", "", "")
    assert not user.is_active and not SignedLink.objects.exists()
    everything = [
        *Person.objects.values(),
        *PersonEvent.objects.values(),
        *UserEvent.objects.filter(pgh_obj=user).values(),
        *OutboxMail.objects.values(),
        *ImportBatch.objects.values("rows"),
        *ArcoRequest.objects.values(),
        {"user": [user.email, user.full_name]},
    ]
    for trace in ("ana.ruiz@x.example", "Ruiz Peña", "otra.ana", "8711234567", "ruiz pena"):
        assert trace not in str(everything)
    assert Erasure.objects.count() == 2
    assert mail.outbox[-1].to == ["ana.ruiz@x.example"] and "Hecho" in mail.outbox[-1].body


def test_edge_27_whom_a_restore_brought_back_is_erased_again(gesoc, settings, django_capture_on_commit_callbacks):
    person = PersonFactory(full_name="Luz Paz")
    with django_capture_on_commit_callbacks(execute=True):
        services.anonymise(person=person, by=gesoc)
    Erasure.objects.all().delete()
    Person.objects.filter(pk=person.pk).update(full_name="Luz Paz", email="luz@x.example", state="activa")
    other = PersonFactory()
    call_command("reapply_erasures")
    person.refresh_from_db()
    other.refresh_from_db()
    assert (person.state, person.email, other.state) == ("anonimizada", "", "activa")


def test_edge_27_a_name_goes_where_it_stands_as_a_name_and_running_text_stays(gesoc):
    """Authors, who led a part, who answered for a minor, what they answered; not a namesake elsewhere, nor minutes."""
    member = MembershipFactory(user__full_name="Rosa Uc Pat", user__email="rosa.uc@x.example")
    rosa = services.person_of(user=member.user)
    label = label_of(rosa)

    def note(slug, organisation):
        return ResearchNote.objects.create(
            slug=slug,
            title="N",
            lede="a",
            body="Rosa Uc Pat lo contó",
            authors="Ana Paz, Rosa Uc Pat",
            organisation=organisation,
        )

    own, elsewhere = note("una", member.organisation), note("otra", OrganisationFactory())
    session = SessionFactory()
    RegistrationFactory(session=session, person=rosa)
    minor = RegistrationFactory(session=session, is_minor=True, guardian="Rosa Uc Pat, su tía")
    part = AgendaItemFactory(session=session, led_by="Rosa Uc Pat y Ana Paz")
    revision = MinutesRevision.objects.create(session=session, number=1, body="Rosa Uc Pat habló")
    said = MinutesComment.objects.create(revision=revision, person=rosa, text="Soy Rosa Uc Pat: falta lo del agua")
    services.anonymise(person=rosa, by=gesoc)
    for row in (own, elsewhere, minor, part, said, revision):
        row.refresh_from_db()
    assert own.authors == "Ana Paz, Persona borrada" and elsewhere.authors == "Ana Paz, Rosa Uc Pat"
    assert "Rosa" not in str(list(ResearchNoteEvent.objects.filter(pgh_obj=own).values_list("authors")))
    assert (minor.guardian, part.led_by) == ("…, su tía", f"{label} y Ana Paz")
    assert said.text == "Soy …: falta lo del agua"
    assert "Rosa Uc Pat" in own.body and "Rosa Uc Pat" in revision.body


def test_who_asks_to_see_their_data_gets_what_every_app_keeps(client):
    member = MembershipFactory(user__full_name="Rosa Uc Pat", user__email="rosa.uc@x.example")
    rosa = services.person_of(user=member.user)
    write_comment(
        target=EvidenceFactory(title="Obra en la costa", visibility="publica"), text="Falta =1+1", by=member.user
    )
    project = ProjectFactory(title="Costas", lead_organisation=member.organisation)
    LogEntry.objects.create(project=project, text="Fuimos al mar", by=member.user)
    LogEntry.objects.create(project=project, text="Lo dijo otra", by=UserFactory())
    LearningNote.objects.create(project=project, did="Medimos la playa", learned="Falta arena", by=member.user)
    for text, by in (("No hay planos", member.user), ("Eso no lo dije yo", UserFactory())):
        Contribution.objects.create(session=SessionFactory(), text=text, captured_by=by)
    RegistrationFactory(session=SessionFactory(title="¿Quién gana?"), person=rosa, needs="Rampa")
    RegistrationFactory(person=PersonFactory(full_name="Otra Persona"), needs="Intérprete")
    asked = services.receive_arco(kind="acceso", name="Rosa Uc", email=rosa.email, text="¿Qué saben?", by=None)
    client.force_login(AdminFactory())
    page = client.get(f"/privacidad/mesa/{asked.key}/").content.decode()
    assert f"/privacidad/mesa/{asked.key}/datos/" in page
    address = f"/privacidad/mesa/{asked.key}/datos/"
    assert client.get(address).status_code == 405
    assert client.post(address, {"person": ""}).status_code == 302 and not SensitiveExport.objects.exists()
    file = b"".join(client.post(address, {"person": rosa.pk})).decode("utf-8-sig")
    expected = ["Rosa Uc Pat", "rosa.uc@x.example", "Obra en la costa: Falta =1+1", "¿Quién gana?", "Rampa"]
    expected += ["Costas · Fuimos al mar", "Costas · Medimos la playa · Falta arena", "No hay planos"]
    for told in (*expected, str(member.organisation)):
        assert told in file, told
    for others in ("Intérprete", "Lo dijo otra", "Eso no lo dije yo"):
        assert others not in file
    assert SensitiveExport.objects.get().rows == len(file.splitlines()) - 1


def test_what_is_old_goes_by_itself(gesoc):
    batch = services.read_list(kind="people", file_name="l.csv", content=b"nombre;correo\nAna;\n", by=gesoc, source="L")
    services.purge_expired()
    batch.refresh_from_db()
    assert batch.rows
    with time_machine.travel(timezone.now() + datetime.timedelta(days=8)):
        assert services.purge_expired()["lists"] == 1
    batch.refresh_from_db()
    assert batch.rows == []


def test_an_imported_person_has_a_source_and_gets_no_mail_before_the_notice(client, gesoc):
    OrganisationFactory(name="Río Vivo", search_text="rio vivo")
    PersonFactory(email="ya@x.example")
    text = (
        "Directorio\nNombre;Correo;Organización;Cargo\nAna Núñez;ANA@x.example;rio vivo;Directora\n"
        ";solo@x.example;;\nLuz;ya@x.example;;\nEva;no-es-correo;Nadie;\n"
    )
    batch = services.read_list(kind="people", file_name="l.csv", content=text.encode("cp1252"), by=gesoc, source="Foro")
    lines = services.preview_list(batch=batch)
    assert [(line.number, len(line.problems)) for line in lines] == [(3, 0), (4, 1), (5, 1), (6, 2)]
    batch = services.take_over(batch=batch, by=gesoc)
    assert (batch.added, batch.refused, batch.rows) == (1, 3, [])
    ana = Person.objects.get(email="ana@x.example")
    assert (ana.source, ana.awaits_notice, ana.organisation.name) == ("Foro", True, "Río Vivo")
    values = {"membership": MembershipFactory(), "link": "x"}
    written = services.queue_mail(kind="x", template="invitation", context=values, key="m", by=gesoc, person=ana)
    assert written.state == "suprimido"


def test_contacts_leave_only_with_a_reason_and_without_formulas(client, gesoc):
    PersonFactory(full_name="=1+1")
    client.force_login(gesoc)
    assert client.post("/personas/exportar/", {"reason": ""}).status_code == 200
    answer = client.post("/personas/exportar/", {"reason": "Invitar al foro"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text
    row = SensitiveExport.objects.get()
    assert (row.reason, row.rows, row.by) == ("Invitar al foro", 1, gesoc)


# -- forged, stale, mass-assigned -----------------------------------------------------------------------------------


def test_people_of_others_are_not_there(client):
    mine, other = MembershipFactory(), PersonFactory()
    client.force_login(mine.user)
    for path in ("", "editar/", "organizacion/"):
        assert client.get(f"/personas/{other.key}/{path}").status_code == 404
        assert client.post(f"/personas/{other.key}/{path}").status_code in (404, 405)
    assert other.full_name not in client.get("/personas/").content.decode()


def test_an_ended_membership_ends_access_at_once(client):
    mine, person = MembershipFactory(), PersonFactory()
    services.affiliate(person=person, organisation=mine.organisation, by=None)
    client.force_login(mine.user)
    assert client.get(f"/personas/{person.key}/").status_code == 200
    services.end_membership(membership=mine, by=mine.user)
    assert client.get("/personas/").status_code == 403
    assert client.get(f"/personas/{person.key}/").status_code == 404


def test_more_fields_than_a_form_has_change_nothing(client):
    mine = MembershipFactory()
    client.force_login(mine.user)
    extra = {"state": "anonimizada", "user": mine.user.pk, "awaits_notice": "on", "key": "x", "added_by": 1}
    client.post("/personas/nueva/", {"full_name": "Ana", "preferred_language": "es-mx", "of_mine": "1", **extra})
    person = Person.objects.get(full_name="Ana")
    assert (person.state, person.user, person.added_by, person.organisation) == (
        "activa",
        None,
        mine.user,
        mine.organisation,
    )


def test_nobody_is_affiliated_to_an_organisation_of_others(client):
    mine, other = MembershipFactory(), OrganisationFactory(name="Ajena", search_text="ajena")
    person = PersonFactory(added_by=mine.user)
    client.force_login(mine.user)
    answer = client.post(f"/personas/{person.key}/organizacion/", {"organisation": "Ajena"})
    assert answer.context["form"].errors and not other.affiliations.exists()


def test_a_stale_link_opens_nothing(client):
    person = PersonFactory()
    token = link(person, "consent")
    services.revoke_links(purpose="consent", subject=str(person.key))
    assert client.post(f"/privacidad/decisiones/{token}/", {"purposes": ["novedades"]}).status_code == 404
    assert not ConsentRecord.objects.exists()


def test_whoever_came_with_a_list_is_told_the_notice_once_and_then_gets_mail(client, gesoc):
    person = PersonFactory(awaits_notice=True, source="Foro de 2025")
    client.force_login(gesoc)
    assert "Enviarles el aviso" in client.get("/personas/").content.decode()
    for _twice in range(2):
        client.post("/personas/avisos/")
        deliver_due_mail()
    assert [one.to for one in mail.outbox] == [[person.email]]
    person.refresh_from_db()
    assert not person.awaits_notice and "Foro de 2025" in mail.outbox[0].body
    address = next(line for line in mail.outbox[0].body.splitlines() if "/privacidad/decisiones/" in line)
    assert client.get(address[address.index("/privacidad/") :]).status_code == 200
    assert OutboxMail.objects.get().text and "decisiones" not in OutboxMail.objects.get().text


def test_a_refusal_is_mailed_with_its_reason_and_its_address_forgotten(client):
    request = services.receive_arco(kind="acceso", name="Ana", email="ana@x.example", text="", by=None)
    client.force_login(AdminFactory())
    data = {"person": "", "identity_note": "No contestó", "answer": "No sabemos quién es", "decision": "refuse"}
    client.post(f"/privacidad/mesa/{request.key}/", data)
    deliver_due_mail()
    assert mail.outbox[-1].to == ["ana@x.example"] and "No sabemos quién es" in mail.outbox[-1].body
    assert "ana@x.example" not in str(list(OutboxMail.objects.values("to", "text", "subject")))


def test_nobody_redirects_the_mail_of_an_account(client):
    """A contact of one's organisation is seen by all its members; their personal links go to their address."""
    organisation = OrganisationFactory()
    mine, other = (MembershipFactory(organisation=organisation, role="coordinacion").user for _ in range(2))
    theirs = services.person_of(user=other)
    contact = PersonFactory()
    for one in (theirs, contact):
        services.affiliate(person=one, organisation=organisation, by=None)
    member = MembershipFactory(organisation=organisation).user

    def answers(user):
        client.force_login(user)
        return [client.get(f"/personas/{one.key}/editar/").status_code for one in (theirs, contact)]

    assert (answers(mine), answers(other), answers(member)) == ([403, 200], [200, 200], [403, 403])
    assert contact.email not in client.get(f"/personas/{contact.key}/").content.decode()
    client.force_login(mine)
    assert contact.email in client.get(f"/personas/{contact.key}/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_of_a_list_takes_the_same_queries_whatever_its_length(
    client, gesoc, count, django_assert_num_queries
):
    rows = "".join(f"Persona {n};p{n}@x.example;Organización {n};Municipio {n}\n" for n in range(count))
    content = f"nombre;correo;organizacion;municipio\n{rows}".encode()
    batch = services.read_list(kind="people", file_name="l.csv", content=content, by=gesoc, source="L")
    with django_assert_num_queries(3):
        lines = services.preview_list(batch=batch)
    assert [len(line.problems) for line in lines] == [2] * count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("/personas/", 7), ("/personas/duplicados/", 18), ("/correo/", 4), ("/privacidad/mesa/", 7)],
)
def test_lists_take_the_same_queries_whatever_their_length(
    client, gesoc, address, queries, count, django_assert_num_queries
):
    organisation = OrganisationFactory()
    for number in range(count):
        twins = PersonFactory.create_batch(2, full_name=f"Ana {number}", phone=f"871123456{number}")
        for one in twins:
            services.affiliate(person=services.save_person(person=one, by=gesoc), organisation=organisation, by=gesoc)
        services.merge_organisations(source=OrganisationFactory(), target=organisation, by=gesoc)
        services.receive_arco(kind="acceso", name=f"Ana {number}", email="ana@x.example", text="", by=None)
        values = {"membership": MembershipFactory(), "link": "x"}
        services.queue_mail(kind="x", template="invitation", context=values, key=f"{number}", by=None, person=twins[0])
    client.force_login(gesoc)
    client.get(address)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
