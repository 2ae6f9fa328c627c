"""What happened in a project, as each reader may see it: a page and a feed."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialogues.models import CommitmentEvidence, SessionEvidence
from projects import services
from projects.models import LearningNote, LogEntry, StageChange
from projects.news import news_of
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import AdminFactory, MembershipFactory
from tests.factories.projects import (
    ChallengeFactory,
    DataGapFactory,
    EvidenceFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectMemberFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/proyectos/costas/novedades/"


@pytest.fixture
def member():
    return ProjectMemberFactory(project__slug="costas", project__title="Costas")


@pytest.fixture
def project(member):
    return member.project


def day(number):
    return datetime.date(2026, 3, number)


def happen(project, by):
    """One of each kind, some for the partners alone."""
    LogEntry.objects.create(project=project, text="Fuimos a la playa", visibility="publica", on=day(1), by=by)
    LogEntry.objects.create(project=project, text="Nadie quiso firmar", visibility="privada", on=day(2), by=by)
    LearningNote.objects.create(project=project, did="Medimos", learned="Falta arena", on=day(3), by=by)
    StageChange.objects.create(
        project=project, from_stage="idea", to_stage="diagnostico", on=day(4), by=by, reason="Hay datos"
    )
    services.attach_evidence(evidence=EvidenceFactory(reading="Gastó más"), project=project, by=by)
    DataGapFactory(project=project, what_is_missing="El padrón")
    PartnerFactory(project=project, organisation__name="Litoral")
    SessionFactory(title="¿Y la playa?", state="realizada", visibility="publica").projects.add(project)


def test_it_tells_everything_newest_first_and_what_is_private_to_its_partners_alone(client, project, member):
    happen(project, member.user)
    open_to_all = client.get(PAGE).content.decode()
    for told in (
        "Fuimos a la playa",
        "De Idea a Diagnóstico. Hay datos",
        "Gastó más",
        "El padrón",
        "Litoral",
        "playa?",
    ):
        assert told in open_to_all, told
    assert "Nadie quiso firmar" not in open_to_all and "Falta arena" not in open_to_all
    client.force_login(member.user)
    inside = client.get(PAGE).content.decode()
    assert "Nadie quiso firmar" in inside and "Falta arena" in inside
    days = [one.at for one in news_of(project, member.user)]
    assert days == sorted(days, reverse=True) and len(days) >= 8
    assert len(news_of(project, member.user, 3)) == 3


def test_gesoc_reads_no_private_reflection_there(client, project, member):
    happen(project, member.user)
    client.force_login(AdminFactory())
    assert "Falta arena" not in client.get(PAGE).content.decode()


def test_the_feed_tells_what_everybody_may_see_whoever_asks(client, project, member):
    happen(project, member.user)
    client.force_login(member.user)
    response = client.get(f"{PAGE}rss/")
    assert response.headers["Content-Type"].startswith("application/rss+xml")
    text = response.content.decode()
    assert "Fuimos a la playa" in text and "Nadie quiso firmar" not in text
    assert f"{PAGE}rss/" in client.get(PAGE).content.decode()
    ProjectFactory(slug="secreto", visibility="privada", lead_organisation=member.organisation)
    assert client.get("/proyectos/secreto/novedades/rss/").status_code == 404


def test_it_costs_no_more_questions_where_more_happened(client, project, member):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    happen(project, member.user)
    few = asked()
    for _more in range(3):
        happen(project, member.user)
    assert asked() == few


# -- where a card is used, what an organisation does -------------------------------------------------------------------


def test_a_card_tells_the_dialogues_and_commitments_it_is_used_in_as_far_as_one_may_see(client):
    card = EvidenceFactory(visibility="publica")
    for title, visibility in (("¿Quién gana el pavimento?", "publica"), ("A puerta cerrada", "privada")):
        session = SessionFactory(title=title, state="convocada", visibility=visibility)
        SessionEvidence.objects.create(session=session, evidence=card)
    for text, visibility in (("Publicar los contratos", "publica"), ("Callar", "privada")):
        CommitmentEvidence.objects.create(commitment=CommitmentFactory(text=text, visibility=visibility), evidence=card)
    services.attach_evidence(
        evidence=card, challenge=ChallengeFactory(title="Sin licitar"), by=MembershipFactory().user
    )
    page = client.get(card.get_absolute_url()).content.decode()
    for told in ("¿Quién gana el pavimento?", "Publicar los contratos", "Sin licitar"):
        assert told in page, told
    assert "A puerta cerrada" not in page and "Callar" not in page


def test_an_organisation_shows_its_projects_and_dialogues(client, project, member):
    other = PartnerFactory(project=project).organisation
    ProjectFactory(title="Secreto", visibility="privada", lead_organisation=member.organisation)
    SessionFactory(title="¿Y la playa?", state="convocada", visibility="publica", host_organisation=member.organisation)
    SessionFactory(title="En borrador", state="borrador", visibility="publica", host_organisation=member.organisation)
    page = client.get(member.organisation.get_absolute_url()).content.decode()
    assert "Costas" in page and "¿Y la playa?" in page
    assert "Secreto" not in page and "En borrador" not in page
    assert f'<a href="{member.organisation.get_absolute_url()}">{member.organisation}</a>' not in page
    assert "Costas" in client.get(other.get_absolute_url()).content.decode()


def test_the_list_of_the_api_and_of_the_pages_costs_no_more_questions_with_more_projects(client):
    def asked(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    paths = ("/api/v1/projects/", "/proyectos/")
    one = ProjectFactory()
    _warm, few = ([asked(path) for path in paths] for _turn in range(2))
    for _more in range(3):
        ProjectFactory(lead_organisation=one.lead_organisation)
    assert [asked(path) for path in paths] == few
