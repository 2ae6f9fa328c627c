"""Outcomes and what outside people say; following the money; gaps; notes; the week; exports and API."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partners.models import OutboxMail, Person, SignedLink
from partners.services import mint_link, save_person
from projects import services
from projects.models import (
    Activity,
    DataGap,
    LogEntry,
    MoneyTrail,
    NoteImage,
    Outcome,
    Project,
    ResearchNote,
    TrailAnswer,
)
from projects.services.questions import ensure_questions
from tests.factories.partners import GesocFactory, MembershipFactory
from tests.factories.projects import EvidenceFactory, PartnerFactory, ProjectFactory, ProjectMemberFactory
from tests.pictures import SECRET, bomb, picture

pytestmark = pytest.mark.django_db
TOLD = {
    "actor": "Ecología",
    "what_changed": "Publica cada mes",
    "significance": "Se puede ver",
    "contribution": "La mesa",
    "on": "2026-01-01",
    "kind": "practica",
    "level": "1",
    "visibility": "publica",
}


@pytest.fixture
def member(client):
    found = ProjectMemberFactory(project__slug="costas")
    client.force_login(found.user)
    return found


def state(client, **more):
    return client.post("/proyectos/costas/resultados/nuevo/", TOLD | more)


def test_an_outcome_is_stated_and_somebody_outside_asked_in_one_form(client, member):
    assert state(client, ask_name="Rosa Uc", ask_email="Rosa@ejemplo.example").status_code == 302
    outcome = Outcome.objects.get()
    assert outcome.state == "en_verificacion"
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.links["answer"][1]) == ("rosa@ejemplo.example", "substantiation")
    assert "Publica cada mes" in mail.text


def test_the_question_is_answered_through_the_link_by_a_post_only(client, member):
    state(client, ask_name="Rosa Uc", ask_email="rosa@ejemplo.example")
    outcome = Outcome.objects.get()
    asked = outcome.substantiations.get()
    token = mint_link(
        purpose="substantiation",
        subject=str(asked.key),
        person=asked.person,
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )
    client.logout()
    page = client.get(f"/verificar/{token}/")
    assert page["Referrer-Policy"] == "strict-origin" and page.status_code == 200
    asked.refresh_from_db()
    assert asked.verdict == ""
    client.post(f"/verificar/{token}/", {"verdict": "en_parte", "comment": "No cada mes"})
    outcome.refresh_from_db()
    assert outcome.state == "verificado_en_parte" and SignedLink.objects.get().used_at
    page = client.get(outcome.get_absolute_url()).content.decode()
    assert "No cada mes" in page and "Rosa" not in page
    SignedLink.objects.update(revoked_at=timezone.now())
    assert client.get(f"/verificar/{token}/").status_code == 404
    assert client.post("/verificar/inventado/", {"verdict": "de_acuerdo"}).status_code == 404


def test_nobody_of_the_project_confirms_it(client, member):
    colleague = MembershipFactory(organisation=PartnerFactory(project=member.project).organisation)
    response = state(client, ask_name="Colega", ask_email=colleague.user.email)
    assert response.status_code == 200 and not Outcome.objects.exists() and not OutboxMail.objects.exists()


def test_what_somebody_answered_about_is_not_rewritten(client, member):
    outcome = Outcome.objects.create(
        project=member.project,
        state="en_verificacion",
        by=member.user,
        **{name: TOLD[name] for name in ("actor", "what_changed", "significance", "contribution")},
    )
    person = save_person(person=Person(full_name="Rosa"), by=None)
    asked = outcome.substantiations.create(person=person)
    services.answer_substantiation(substantiation=asked, verdict="de_acuerdo", comment="", show_name=False)
    outcome.refresh_from_db()
    assert outcome.state == "verificado"
    with pytest.raises(ValidationError):
        services.save_outcome(outcome=outcome, by=member.user)


# -- following the money ----------------------------------------------------------------------------------------------


def test_what_is_not_found_becomes_a_gap_and_the_gap_a_request(client, member):
    ensure_questions()
    data = {"title": "Playas", "programme": "Saneamiento de playas"}
    there = client.post("/proyectos/costas/dinero/nuevo/", data)["Location"]
    trail = MoneyTrail.objects.get()
    first, second = trail.answers.all()[:2]
    assert client.post(f"{there}respuestas/{first.pk}/", {"state": "no_encontrado"}).status_code == 200
    client.post(f"{there}respuestas/{first.pk}/", {"state": "no_encontrado", "failed_search": "En la cuenta pública"})
    client.post(f"{there}respuestas/{second.pk}/", {"state": "encontrado", "text": "Diez millones"})
    gap = DataGap.objects.get()
    assert gap.project == member.project and "Saneamiento" in gap.what_is_missing
    page = client.get(gap.get_absolute_url())
    assert "Saneamiento de playas" in page.context["request_form"].initial["letter"]
    client.post(
        gap.get_absolute_url(),
        {"do": "request", "request-letter": "Pido", "request-folio": "330/26", "request-asked_on": "2026-03-02"},
    )
    gap.refresh_from_db()
    assert (gap.state, gap.folio, gap.due_on) == ("solicitado", "330/26", datetime.date(2026, 3, 30))
    client.logout()
    assert "330/26" in client.get("/datos-que-faltan/").content.decode()
    for source in ("Plan", "Cuenta"):
        assert client.post(f"{there}ruta/", {"source": source}).status_code == 302
    assert not trail.route.exists()
    client.force_login(member.user)
    for source in ("Plan", "Cuenta"):
        client.post(f"{there}ruta/", {"source": source})
    assert list(trail.route.values_list("order", "source")) == [(1, "Plan"), (2, "Cuenta")]
    assert TrailAnswer.objects.filter(state="encontrado").count() == 1


# -- notes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def note():
    membership = MembershipFactory()
    return services.save_research_note(
        note=ResearchNote(
            title="Pavimento", lede="Cuesta", body="Uno", authors="Ana", organisation=membership.organisation
        ),
        by=membership.user,
    )


def test_a_note_is_reviewed_by_somebody_else_published_and_kept_in_versions(client, note):
    author = note.created_by
    client.force_login(author)
    address = note.get_absolute_url()
    client.post(f"{address}estado/", {"do": "review"})
    assert client.post(f"{address}estado/", {"do": "publish"}).status_code == 403
    client.logout()
    assert client.get(address).status_code == 404
    client.force_login(GesocFactory())
    client.post(f"{address}estado/", {"do": "publish"})
    note.refresh_from_db()
    note.body = "Dos"
    services.save_research_note(note=note, by=author)
    client.post(f"{address}estado/", {"do": "publish"})
    assert note.versions.count() == 1  # a later version has to say what changed
    client.post(f"{address}estado/", {"do": "publish", "reason": "Se corrigió la cifra"})
    client.logout()
    assert "Dos" in client.get(address).content.decode()
    assert "Uno" in client.get(address, {"version": "1"}).content.decode()
    assert "Pavimento" in client.get("/investigacion/rss/").content.decode()


def test_readers_know_a_note_by_its_newest_version_until_the_next_one(client, note):
    project = ProjectFactory(visibility="publica")
    services.save_research_note(note=note, projects=[project], by=None)
    services.publish_note(note=services.send_for_review(note=note, by=None), by=None)
    note.refresh_from_db()
    note.title, note.lede = "Título en borrador", "Entrada en borrador"
    services.save_research_note(note=note, by=None)
    pages = ("/investigacion/", "/investigacion/rss/", project.get_absolute_url())
    news = (f"{project.get_absolute_url()}novedades/", f"{project.get_absolute_url()}novedades/rss/")
    for page in (*pages, *news, note.get_absolute_url()):
        told = client.get(page).content.decode()
        assert "Pavimento" in told and "en borrador" not in told, page
    services.publish_note(note=note, by=None, change_note="Otro título")
    for page in (*pages, *news):
        assert "Título en borrador" in client.get(page).content.decode(), page


def test_a_note_leads_to_itself_in_the_other_language_once_that_is_published(client, note):
    services.publish_note(note=services.send_for_review(note=note, by=None), by=None)
    english = ResearchNote(title="Paving", lede="It costs", body="One", authors="Ana", organisation=note.organisation)
    english.language, english.translation_of = "en", note
    services.save_research_note(note=english, by=None)
    assert english.get_absolute_url() not in client.get(note.get_absolute_url()).content.decode()
    services.publish_note(note=services.send_for_review(note=english, by=None), by=None)
    page = client.get(note.get_absolute_url()).content.decode()
    assert 'hreflang="en"' in page and "Read it in English: Paving" in page
    page = client.get(english.get_absolute_url()).content.decode()
    assert "Leer en español: Pavimento" in page and '<article class="art flow" lang="en">' in page


def test_a_translation_is_in_another_language(client, note):
    client.force_login(note.created_by)
    sent = {"title": "Otra", "lede": "a", "body": "b", "authors": "Ana", "licence": "CC BY 4.0", "language": "es-mx"}
    sent |= {"organisation": note.organisation_id, "translation_of": note.pk}
    assert "otro idioma" in client.post("/investigacion/nueva/", sent).content.decode()
    assert client.post("/investigacion/nueva/", sent | {"language": "en"}).status_code == 302


def test_markdown_is_cleaned_and_figures_are_pinned(client, note):
    shown, hidden = EvidenceFactory(reading="Cifra visible"), EvidenceFactory(visibility="privada", reading="Oculta")
    note.body = (
        "# Uno\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](https://e.example)\n\n|a|\n|-|\n|b|\n\n"
        f"[[cifra:{shown.key}]]\n\n[[cifra:{hidden.key}]]"
    )
    services.save_research_note(note=note, by=None)
    services.send_for_review(note=note, by=None)
    services.publish_note(note=note, by=None)
    page = client.get(note.get_absolute_url()).content.decode()
    article = re.search(r"<article.*</article>", page, re.S)[0]
    assert "<script>" not in article and "javascript:" not in re.sub(r"\[x\].*", "", article).replace("href", "href")
    assert 'href="https://e.example"' in article and "<table>" in article and "Cifra visible" in article
    assert "Oculta" not in page


def test_an_image_of_a_note_needs_words_and_is_seen_as_the_note(client, note, settings):
    client.force_login(note.created_by)
    page = f"{note.get_absolute_url()}imagenes/"

    def send(data, alt="La calle sin pavimento", name="IMG_2041.jpg"):
        return client.post(page, {"upload": SimpleUploadedFile(name, data), "alt": alt, "caption": "Foto: red, 2026"})

    assert send(picture(), alt="  ").status_code == send(b"<svg/>").status_code == 200
    assert "JPEG, PNG" in send(b"%PDF-1.7").content.decode()
    settings.NOTE_IMAGE_MAX_MB = 0
    assert "pesa más de" in send(picture()).content.decode()
    settings.NOTE_IMAGE_MAX_MB = 5
    assert "megapíxeles" in send(bomb()).content.decode()
    assert NoteImage.objects.count() == 0
    assert send(picture()).status_code == 302
    image = NoteImage.objects.get()
    assert image.mark in client.get(page).content.decode()
    note.body = f"Así está:\n\n{image.mark}"
    services.save_research_note(note=note, by=None)
    assert "La calle sin pavimento" in client.get(note.get_absolute_url()).content.decode()
    stored = client.get(image.get_absolute_url())
    assert stored.headers["Content-Type"] == "image/jpeg" and SECRET.encode() not in stored.content
    client.force_login(MembershipFactory().user)
    assert client.get(image.get_absolute_url()).status_code == client.get(page).status_code == 404
    services.send_for_review(note=note, by=None)
    services.publish_note(note=note, by=None)
    client.force_login(note.created_by)
    send(picture("PNG"), alt="Sólo en el borrador")
    client.post(f"{page}{image.key}/quitar/")
    assert NoteImage.objects.count() == 2  # a published version shows it
    draft = NoteImage.objects.get(alt="Sólo en el borrador")
    client.logout()
    shown = client.get(note.get_absolute_url()).content.decode()
    assert image.get_absolute_url() in shown and 'alt="La calle sin pavimento"' in shown
    assert client.get(image.get_absolute_url()).status_code == 200
    assert client.get(draft.get_absolute_url()).status_code == 404  # not before it is published
    client.force_login(note.created_by)
    assert client.post(f"{page}{draft.key}/quitar/").status_code == 302
    assert list(NoteImage.objects.all()) == [image]
    services.withdraw_note(note=note, reason="Se retira", by=None)
    client.logout()
    assert client.get(image.get_absolute_url()).status_code == 404


def test_a_preview_saves_nothing(client):
    membership = MembershipFactory()
    client.force_login(membership.user)
    data = {
        "title": "T",
        "lede": "L",
        "body": "**fuerte**",
        "authors": "A",
        "organisation": membership.organisation_id,
        "language": "es-mx",
        "licence": "CC BY 4.0",
    }
    page = client.post("/investigacion/nueva/", data | {"preview": "1"})
    assert "<strong>fuerte</strong>" in page.content.decode() and not ResearchNote.objects.exists()
    assert client.post("/investigacion/nueva/", data).status_code == 302


# -- the week, exports, API -------------------------------------------------------------------------------------------


def test_my_week_tells_what_i_owe_and_what_changed(client, member):
    Activity.objects.create(
        project=member.project,
        title="Pedir planos",
        organisation=member.organisation,
        user=member.user,
        due_on=timezone.localdate(),
    )
    other = ProjectMemberFactory(project=member.project)
    LogEntry.objects.create(project=member.project, text="Fuimos al mar", by=other.user)
    page = client.get("/mi-semana/").content.decode()
    assert "Pedir planos" in page and "Fuimos al mar" in page and "/proyectos/costas/bitacora/nueva/" in page
    client.force_login(MembershipFactory().user)
    page = client.get("/mi-semana/").content.decode()
    assert "Pedir planos" not in page and "Fuimos al mar" not in page


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_exports_hold_what_one_may_see(client, member, kind):
    LogEntry.objects.create(project=member.project, text="=Secreto", visibility="privada")
    LogEntry.objects.create(project=member.project, text="Abierto", visibility="publica")

    def got():
        response = client.get("/proyectos/costas/descargar/", {"formato": kind})
        data = b"".join(response) if response.streaming else response.content
        if kind == "xlsx":
            from io import BytesIO

            import openpyxl

            return str(list(openpyxl.load_workbook(BytesIO(data)).active.values))
        return data.decode()

    assert "Secreto" in got() and "Abierto" in got()
    client.logout()
    assert "Secreto" not in got() and "Abierto" in got()


def test_the_api_tells_public_projects_only_whoever_asks(client, member):
    ProjectFactory(title="Oculto", visibility="privada")
    ProjectFactory(title="De la red", visibility="red")
    answer = client.get("/api/v1/projects/").json()
    assert [one["slug"] for one in answer["results"]] == ["costas"] and answer["count"] == 1
    assert client.get("/api/v1/projects/", {"stage": "idea"}).json()["count"] == 0
    assert client.get("/api/v1/projects/", {"nada": "1"}).status_code == 400
    assert Project.objects.count() == 3
