"""A question as evidence, with the public body's answer beside it; what is asked for, on the page of disclosure."""

import uuid

import pytest

from datasets.models import Flag, FlagReply
from projects.models import DataGap, Evidence
from tests.factories.datasets import (
    ContractFactory,
    IngestFactory,
    MunicipalityFactory,
    PublicBodyFactory,
    ReleaseFactory,
)
from tests.factories.partners import GesocFactory, MembershipFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag():
    body = PublicBodyFactory(municipality=MunicipalityFactory(code="05035"))
    release = ReleaseFactory(
        public_body=body,
        ingest=IngestFactory(status="published"),
        kind="contracts",
        document="",
        breakdown="full",
        status="published",
    )
    contract = ContractFactory(release=release, line_no=3, source_row=9)
    found = Flag.objects.create(
        public_body=body, year=2024, indicator="concentracion", version=1, value=3000, params={"effective": "3.3"}
    )
    found.rows.create(public_body=body, fingerprint=contract.fingerprint, release=release, line_no=3)
    return found


def test_a_question_becomes_a_card_that_says_it_accuses_nobody(client, flag):
    client.force_login(MembershipFactory().user)
    there = f"/evidencia/nueva/?pregunta={flag.key}"
    assert there in client.get(flag.get_absolute_url()).content.decode()
    form = client.get(there).context["form"]
    assert form.initial["reading"] == flag.question and form.initial["does_not_say"].startswith("Es un motivo")
    data = {"reading": "Pocos proveedores", "does_not_say": "Por qué", "visibility": "publica"}
    assert client.post(there, data).status_code == 302
    card = Evidence.objects.get()
    release = flag.rows.get().release
    assert (card.kind, card.value, card.municipality_id) == ("flag", 3000, "05035")
    assert (card.query, card.rows) == ({"flag": str(flag.key)}, [{"release": release.pk, "line": 3, "row": 9}])
    assert [one.pk for one in card.releases.all()] == [release.pk]
    client.logout()
    page = client.get(card.get_absolute_url()).content.decode()
    assert "no una acusación" in page and "Todavía no hay respuesta" in page
    reply = {"signed_by": "Oficialía Mayor", "answered_on": "2025-05-01", "recorded_by": GesocFactory()}
    FlagReply.objects.create(flag=flag, text="Fueron licitaciones de zona", **reply)
    assert "Fueron licitaciones de zona" in client.get(card.get_absolute_url()).content.decode()


def test_a_question_that_figures_no_longer_raise_makes_no_card(client, flag):
    from django.utils import timezone

    Flag.objects.update(gone_at=timezone.now())
    client.force_login(GesocFactory())  # who still sees the question
    assert client.get(f"/evidencia/nueva/?pregunta={flag.key}").status_code == 404
    for wrong in (uuid.uuid4(), "nada"):
        assert client.get(f"/evidencia/nueva/?pregunta={wrong}").status_code == 404


def test_disclosure_tells_what_public_projects_ask_for(client, flag):
    def gap(visibility, what, **fields):
        project = ProjectFactory(visibility=visibility)
        return DataGap.objects.create(project=project, public_body=flag.public_body, what_is_missing=what, **fields)

    gap("publica", "El padrón de permisos")
    gap("publica", "El plan", state="solicitado", asked_on="2026-01-05", due_on="2026-02-05")
    gap(
        "publica",
        "Lo respondido",
        state="respondido",
        asked_on="2026-01-05",
        due_on="2026-02-05",
        answered_on="2026-02-01",
    )
    gap("red", "De la red")
    gap("privada", "Secreto")
    client.force_login(GesocFactory())  # it is the public page for whoever looks
    page = client.get("/municipios/05035/divulgacion/").content.decode()
    assert "Faltan 2 cosas" in page and "El padrón de permisos" in page and "El plan" in page
    assert not any(word in page for word in ("Lo respondido", "De la red", "Secreto"))
