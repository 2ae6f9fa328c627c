"""Pages of projects: what they show, to whom, and at what cost; what they refuse."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Activity, Attachment, ChangeHypothesis, Indicator, LearningNote, LogEntry, Project, Reading
from tests.factories.datasets import MunicipalityFactory, StateFactory
from tests.factories.partners import GesocFactory, MembershipFactory, OrganisationFactory
from tests.factories.projects import PartnerFactory, ProjectFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    """Leads a private project by name, and is signed in."""
    member = ProjectMemberFactory(project__visibility="privada", project__slug="costas", role="liderazgo")
    client.force_login(member.user)
    return member


def url(tail=""):
    return f"/proyectos/costas/{tail}"


# -- the list ---------------------------------------------------------------------------------------------------------


def titles(client, **query):
    return [project.title for project in client.get("/proyectos/", query).context["page"]]


@pytest.fixture
def several():
    ProjectFactory(title="Ñandú", municipalities=[MunicipalityFactory(code="05035")], stage="seguimiento")
    ProjectFactory(title="Agua", municipalities=[MunicipalityFactory(code="23005")], stage="idea")
    ProjectFactory(title="Zócalo", scope="estatal").states.add(StateFactory(code="05"))
    ProjectFactory(title="Secreto", visibility="privada")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Agua", "Ñandú", "Zócalo"]),
        ({"q": "nandu"}, ["Ñandú"]),
        ({"q": "secreto"}, []),
        ({"estado": "05"}, ["Ñandú", "Zócalo"]),
        ({"estado": ["05", "23"]}, ["Agua", "Ñandú", "Zócalo"]),
        ({"etapa": "idea"}, ["Agua"]),
        ({"alcance": "estatal", "estado": "05"}, ["Zócalo"]),
        ({"etapa": "nada", "pagina": "99"}, ["Agua", "Ñandú", "Zócalo"]),
    ],
)
def test_list_searches_and_filters(client, several, query, expected):
    assert titles(client, **query) == expected


def facets(client, **query):
    found = client.get("/proyectos/", query).context["facets"]
    return {facet.name: {c.value: c.found for c in facet.choices} for _label, facet in found}


def test_facets_do_not_count_what_one_may_not_see(client, several):
    found = facets(client)
    assert found["etapa"] == {"codiseno": 1, "seguimiento": 1, "idea": 1}
    assert found["estado"] == {"05": 2, "23": 1}


@pytest.mark.parametrize(
    "query", [{}, {"estado": "05"}, {"etapa": ["idea", "codiseno"]}, {"alcance": "estatal", "estado": ["05", "23"]}]
)
def test_a_box_gives_as_many_projects_as_it_says(client, several, query):
    for name, counts in facets(client, **query).items():
        assert counts == {value: len(titles(client, **query | {name: value})) for value in counts}


@pytest.mark.parametrize("path", ["/proyectos/", "/proyectos/costas/"])
def test_queries_do_not_grow_with_what_is_shown(client, path):
    def count(path):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    def more():
        project = Project.objects.filter(slug="costas").first() or ProjectFactory(slug="costas")
        PartnerFactory(project=project)
        LogEntry.objects.create(project=project, text="Algo", visibility="publica")
        LearningNote.objects.create(project=project, did="Algo", visibility="publica")
        Activity.objects.create(
            project=project, title="Ir", organisation=project.lead_organisation, due_on=datetime.date(2026, 1, 1)
        )
        ChangeHypothesis.objects.create(project=project, if_text="a", then_text="b", because_text="c")
        indicator = Indicator.objects.create(project=project, name="n", definition="d", unit="u")
        Reading.objects.create(indicator=indicator, value=1, state="aprobada")
        ProjectFactory(municipalities=[MunicipalityFactory(code="05035")])

    more()
    one = count(path)
    more(), more()
    assert count(path) == one


# -- create, edit, stage ----------------------------------------------------------------------------------------------


def test_a_member_creates_a_project_of_their_own_organisation(client):
    MunicipalityFactory(code="05035")
    membership, other = MembershipFactory(), OrganisationFactory()
    client.force_login(membership.user)
    data = {
        "title": "Pavimento con lupa",
        "problem_statement": "Nadie sabe.",
        "scope": "municipal",
        "visibility": "privada",
        "municipalities": "torreon, coahuila",
    }
    refused = client.post("/proyectos/nuevo/", data | {"lead_organisation": other.pk})
    assert refused.status_code == 200 and not Project.objects.exists()
    response = client.post(
        "/proyectos/nuevo/", data | {"lead_organisation": membership.organisation_id, "stage": "cerrado"}
    )
    assert response["Location"] == "/proyectos/pavimento-con-lupa/"
    project = Project.objects.get()
    assert (project.stage, project.created_by) == ("idea", membership.user)
    assert [str(one.code) for one in project.municipalities.all()] == ["05035"]


def test_a_name_that_nothing_has_is_said_in_the_form(client, lead):
    page = client.get(url("editar/"))
    data = {name: field or "" for name, field in page.context["form"].initial.items()}
    response = client.post(url("editar/"), data | {"municipalities": "Atlántida"})
    assert "Atlántida" in str(response.context["form"].errors["municipalities"])


def test_a_stage_needs_its_reason(client, lead):
    assert client.post(url("etapa/"), {"to_stage": "seguimiento", "reason": ""}).status_code == 200
    assert client.post(url("etapa/"), {"to_stage": "seguimiento", "reason": "Hay acuerdos"}).status_code == 302
    page = client.get(url())
    assert "Hay acuerdos" in page.content.decode()


def test_a_stranger_finds_no_private_project(client, lead):
    client.force_login(MembershipFactory().user)
    for tail in ("", "bitacora/", "editar/", "etapa/", "bitacora/nueva/", "organizaciones/"):
        assert client.get(url(tail)).status_code == 404


# -- partners and members ---------------------------------------------------------------------------------------------


def test_an_organisation_is_invited_accepts_and_withdraws(client, lead):
    coordinator = MembershipFactory(role="coordinacion", organisation__name="Voz de la Costa")
    coordinator.organisation.full_clean(), coordinator.organisation.save()
    assert (
        client.post(url("organizaciones/"), {"organisation": "voz de la costa", "role": "asesora"}).status_code == 302
    )
    partner = lead.project.partners.get(state="invitada")
    assert client.post(url(f"organizaciones/{partner.pk}/"), {"answer": "accept"}).status_code == 403
    client.force_login(coordinator.user)
    client.post(url(f"organizaciones/{partner.pk}/"), {"answer": "accept"})
    assert lead.project.partners.get(pk=partner.pk).state == "aceptada"
    client.post(url(f"organizaciones/{partner.pk}/"), {"answer": "end"})
    assert client.get(url()).status_code == 404


def test_only_people_of_a_partner_become_members(client, lead):
    stranger, colleague = MembershipFactory(), MembershipFactory(organisation=lead.organisation)
    refused = client.post(url("personas/"), {"email": stranger.user.email, "role": "colaboracion"})
    assert refused.status_code == 200 and lead.project.members.count() == 1
    client.post(url("personas/"), {"email": colleague.user.email.upper(), "role": "colaboracion"})
    assert colleague.user.has_perm("projects.write_log", lead.project)
    member = lead.project.members.get(user=colleague.user)
    client.post(url(f"personas/{member.pk}/"))
    assert not colleague.user.has_perm("projects.write_log", lead.project)


# -- log and notes ----------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n%..."


def write(client, **data):
    given = {"text": "Nos vimos", "kind": "reunion", "on": "2026-03-01", "visibility": "privada", **data}
    return client.post(url("bitacora/nueva/"), given)


def test_an_entry_with_a_file(client, lead):
    write(client, uploads=[SimpleUploadedFile("acta.exe", PDF), SimpleUploadedFile("nota.txt", "Año".encode())])
    entry = LogEntry.objects.get()
    assert entry.by == lead.user
    assert [file.content_type for file in entry.attachments.all()] == ["application/pdf", "text/plain; charset=utf-8"]
    got = client.get(entry.attachments.first().get_absolute_url())
    assert (b"".join(got), got["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert got["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "data", [b"<html><script>", b"MZ\x90\x00", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04nothing"]
)
def test_a_file_that_is_not_what_we_take_is_refused_and_nothing_is_kept(client, lead, data):
    response = write(client, uploads=[SimpleUploadedFile("foto.pdf", data, "application/pdf")])
    assert response.status_code == 200 and not LogEntry.objects.exists()


def test_a_file_too_big_is_refused(client, lead, settings):
    settings.ATTACHMENT_MAX_MB = 0
    assert write(client, uploads=[SimpleUploadedFile("a.pdf", PDF)]).status_code == 200
    assert not Attachment.objects.exists()


def test_files_stay_with_the_partners_unless_that_was_said(client, lead):
    Project.objects.update(visibility="publica")
    write(client, visibility="publica", uploads=[SimpleUploadedFile("a.pdf", PDF)])
    write(client, visibility="publica", files_are_public="on", uploads=[SimpleUploadedFile("b.txt", b"hola")])
    closed, open_ = Attachment.objects.order_by("pk")
    client.logout()
    assert client.get(closed.get_absolute_url()).status_code == 404
    assert b"".join(client.get(open_.get_absolute_url())) == b"hola"
    page = client.get(url("bitacora/")).content.decode()
    assert "b.txt" in page and "a.pdf" not in page


def test_private_entries_and_notes_are_for_the_partners_not_for_gesoc(client, lead):
    write(client, text="Dudamos de la tesorería")
    data = {"did": "Fuimos", "learned": "Que no", "next": "", "blocked_by": "Miedo", "visibility": "privada"}
    client.post(url("reflexiones/nueva/"), data)
    note = LearningNote.objects.get()
    assert "Miedo" in client.get(url("reflexiones/")).content.decode()
    client.force_login(GesocFactory())
    for tail in ("", "bitacora/", "reflexiones/", "informe/"):
        page = client.get(url(tail)).content.decode()
        assert "Dudamos" not in page and "Miedo" not in page
    assert client.post(url(f"reflexiones/{note.key}/"), {"visibility": "publica"}).status_code == 403
    client.force_login(lead.user)
    client.post(url(f"reflexiones/{note.key}/"), {"visibility": "red"})
    client.force_login(GesocFactory())
    assert "Miedo" in client.get(url("reflexiones/")).content.decode()


def test_an_entry_of_another_project_is_not_reached_through_ones_own(client, lead):
    other = LogEntry.objects.create(project=ProjectFactory(), text="Ajena", visibility="publica")
    assert client.get(url(f"bitacora/{other.key}/")).status_code == 404


# -- plans ------------------------------------------------------------------------------------------------------------


def test_activities_are_added_and_done(client, lead):
    data = {"title": "Pedir planos", "kind": "hito", "organisation": lead.organisation_id, "due_on": "2026-01-10"}
    client.post(url("actividades/"), data)
    activity = Activity.objects.get()
    assert activity.is_late
    client.post(url(f"actividades/{activity.pk}/"), {"state": "hecha"})
    activity.refresh_from_db()
    assert activity.done_on is not None and not activity.is_late
    assert client.post(url(f"actividades/{activity.pk}/"), {"state": "nada"}).status_code == 302
    activity.refresh_from_db()
    assert activity.state == "hecha"


def test_a_hypothesis_that_changes_keeps_the_old_one_and_why(client, lead):
    first = {"if_text": "si publican", "then_text": "vigilamos", "because_text": "hay datos"}
    client.post(url("cambio/"), first)
    old = ChangeHypothesis.objects.get()
    client.post(url(f"cambio/{old.pk}/"), {**first, "then_text": "preguntamos", "reason": "Nadie miraba"})
    old.refresh_from_db()
    assert (old.state, old.state_reason, old.replaced_by.then_text) == ("ajustada", "Nadie miraba", "preguntamos")
    client.post(url(f"cambio/{old.replaced_by.pk}/"), {"drop": "1", "reason": "No pasó"})
    page = client.get(url("cambio/")).content.decode()
    assert "Nadie miraba" in page and "No pasó" in page


def test_a_reading_is_reviewed_by_somebody_else_and_only_then_shown(client, lead):
    Project.objects.update(visibility="publica")
    data = {"name": "Permisos sin plano", "definition": "Se cuentan", "unit": "permisos", "direction": "baja"}
    there = client.post(url("indicadores/"), data)["Location"]
    client.post(there, {"value": "112", "as_of": "2026-02-01", "note": "Conteo"})
    reading = Reading.objects.get()
    client.post(url(f"lecturas/{reading.pk}/"), {"approve": "1"})
    reading.refresh_from_db()
    assert reading.state == "enviada"
    client.logout()
    assert "112" not in client.get(there).content.decode()
    client.force_login(ProjectMemberFactory(project=lead.project).user)
    client.post(url(f"lecturas/{reading.pk}/"), {"note": ""})
    reading.refresh_from_db()
    assert reading.state == "enviada"
    client.post(url(f"lecturas/{reading.pk}/"), {"approve": "1"})
    client.logout()
    assert "112" in client.get(there).content.decode()


# -- where there is much to choose from ------------------------------------------------------------------------------


def test_what_is_many_is_typed_by_name_and_looked_for_among_what_one_may_choose(client, monkeypatch):
    from projects.forms import fields

    monkeypatch.setattr(fields, "FEW", 1)
    own = MembershipFactory()
    user = own.user
    first, _second = (
        ProjectFactory(title=title, slug=slug, lead_organisation=own.organisation)
        for title, slug in (("Costas", "c"), ("Pavimento", "p"))
    )
    ProjectFactory(title="Hospital", visibility="privada")
    client.force_login(user)
    page = client.get("/retos/nuevo/", {"proyecto": "p"}).content.decode()
    assert 'value="Pavimento"' in page and "Costas" not in page
    data = {"title": "Reto", "statement": "No se publica", "visibility": "privada"}
    assert client.post("/retos/nuevo/", {**data, "project": "Hospital"}).status_code == 200
    assert client.post("/retos/nuevo/", {**data, "project": "costas"}).status_code == 302
    assert first.challenges.get().title == "Reto"
    edit = f"/retos/{first.challenges.get().key}/editar/"
    client.force_login(GesocFactory())
    assert 'value="Costas"' in client.get(edit).content.decode()
