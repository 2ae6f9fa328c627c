"""A figure becomes a card, the card is used, and a newer release is told wherever it is."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.defaultfilters import floatformat
from django.urls import reverse

from datasets.releases import publish_releases
from municipalities.models import Population
from partners.models import OutboxMail
from projects import services
from projects.forms.fields import FEW
from projects.freeze import figure_at, row_at
from projects.models import Evidence, EvidenceChange, Indicator
from projects.research import rendered
from projects.tasks import reconsider
from tests.datasets import dashboards as place
from tests.factories import datasets as make
from tests.factories.partners import MembershipFactory, UserFactory
from tests.factories.projects import ChallengeFactory, EvidenceFactory, ProjectFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db
PAGE = "/municipios/05035/presupuesto/"


@pytest.fixture
def body():
    place.classifiers()
    place.prices(2023, 2024)
    body = make.PublicBodyFactory()
    for year in (2023, 2024):
        place.spending(body, year)
    return body


def frozen(path=PAGE, key="partes"):
    found = figure_at(path, key)
    assert found is not None
    return found


def test_a_figure_is_read_with_every_filter_written_out(body):
    found = frozen()
    assert found.query["anio"] == "2024"
    assert "anio=2024" in found.source_path and found.source_path.startswith(PAGE)
    assert [release.year for release in found.releases] == [2024]
    assert found.sources[0]["file"] and found.numbers
    assert found.municipality.code == "05035"


def test_the_first_page_of_a_place_freezes_what_it_shows(body):
    found = frozen("/municipios/05035/")
    assert found.query["anio"] == "2024" and found.source_path.startswith(PAGE)


@pytest.mark.parametrize("path", ["/no-existe/", "/cuenta/", "/municipios/99999/presupuesto/", "", "//otro.example/x"])
def test_what_is_no_dashboard_freezes_nothing(body, path):
    assert figure_at(path, "partes") is None
    assert figure_at(PAGE, "nada") is None


def test_a_comparison_freezes_the_year_and_the_prices_that_it_showed(body):
    Population.objects.create(municipality=body.municipality, year=2020, kind="census", value=100_000, source="INEGI")
    path = "/comparar/?m=05035"
    found = frozen(path, "gasto")
    assert found.title.startswith("Torreón: ") and found.municipality.code == "05035"
    assert {"anio": "2024", "momento": "devengado", "m": "05035"}.items() <= found.query.items()
    assert [release.year for release in found.releases] == [2024]
    assert frozen(found.source_path, "gasto").numbers == found.numbers


def test_a_suppliers_figure_names_it_its_currency_and_its_files(body):
    old = make.ReleaseFactory(public_body=body, kind="contracts", document="", breakdown="full", year=2024, version=1)
    supplier = make.SupplierFactory(name="Pavimentos", is_natural_person=False)
    make.ContractFactory(release=old, supplier=supplier, amount=Decimal(100))
    for kind, member in (("supplier", str(supplier.pk)), ("method", "direct")):
        make.contract_cell(old, kind, member, amount="100")
    publish_releases(ids=[old.pk], by=None)
    supplier.refresh_from_db()
    path = supplier.get_absolute_url()
    found = frozen(path, "compradores")
    assert found.title.startswith("Pavimentos: ") and "moneda=MXN" in found.source_path
    assert found.releases == [old] and [one.value for one in found.numbers] == [Decimal(100)]


def test_a_figure_that_names_no_file_is_no_evidence(client, body):
    assert figure_at("/panorama/", "cobertura") is None
    client.force_login(MembershipFactory().user)
    assert "/evidencia/nueva/" not in client.get("/panorama/").content.decode()


def freeze(client, **data):
    query = {"de": PAGE, "figura": "partes"}
    address = reverse("projects:freeze", query=query)
    return client.post(
        address, {"reading": "Gastó más", "does_not_say": "En qué calles", "visibility": "publica", **data}
    )


def test_a_card_is_kept_from_the_page_and_used_at_once(client, body):
    member = ProjectMemberFactory(project__slug="lupa")
    client.force_login(member.user)
    page = client.get(f"{PAGE}")
    assert "/evidencia/nueva/?" in page.content.decode()
    row = frozen().numbers[0]
    freeze(client, row=row.label, use_for="p:lupa")
    card = Evidence.objects.get()
    assert (card.value, card.kind, card.organisation) == (row.value, "figure", member.organisation)
    assert card.uses.get().project == member.project
    client.logout()
    shown = client.get(card.get_absolute_url()).content.decode()
    assert "Gastó más" in shown and "En qué calles" in shown
    assert f"{row.value:,.2f}" in shown and f">{row.value:f}<" not in shown  # whoever reads can tell thousands
    assert client.get(f"{card.get_absolute_url()}qr.svg")["Content-Type"] == "image/svg+xml"
    assert "Gastó más" in client.get("/municipios/05035/").content.decode()
    assert "/evidencia/nueva/" not in client.get(PAGE).content.decode()


def test_beside_each_figure_one_sees_what_was_done_with_it(client, body):
    client.force_login(MembershipFactory().user)
    freeze(client, visibility="publica")
    client.logout()
    shown = client.get(PAGE).content.decode()
    address = "/evidencia/?de=%2Fmunicipios%2F05035%2Fpresupuesto%2F&amp;figura=partes"
    assert f'href="{address}"' in shown
    found = client.get(address.replace("&amp;", "&")).content.decode()
    assert "Gastó más" in found and f'href="{PAGE}#partes"' in found
    for page, figure in (("/municipios/05035/", "partes"), ("/en" + PAGE, "partes")):
        assert "Gastó más" in client.get("/evidencia/", {"de": page, "figura": figure}).content.decode()
    for page, figure in ((PAGE, "anios"), ("/municipios/05030/presupuesto/", "partes")):
        found = client.get("/evidencia/", {"de": page, "figura": figure}).content.decode()
        assert "Gastó más" not in found
    assert (
        "Nadie ha usado todavía esta cifra"
        in client.get("/evidencia/", {"de": PAGE, "figura": "anios"}).content.decode()
    )
    assert client.get("/evidencia/", {"de": "\x00", "figura": "\x00"}).status_code == 200
    assert 'href="javascript' not in client.get("/evidencia/", {"de": "javascript:alert(1)"}).content.decode()


def test_values_are_never_taken_from_the_form(client, body):
    client.force_login(MembershipFactory().user)
    freeze(client, values='{"rows": [["1"]]}', value="1", organisation="1")
    card = Evidence.objects.get()
    assert card.values["rows"] == frozen().rows and card.value is None


def test_a_card_needs_what_it_does_not_say(client, body):
    client.force_login(MembershipFactory().user)
    assert freeze(client, does_not_say=" ").status_code == 200
    assert not Evidence.objects.exists()


def test_nothing_is_used_where_one_may_not_write(client, body):
    ProjectFactory(slug="ajeno")
    client.force_login(MembershipFactory().user)
    assert freeze(client, use_for="p:ajeno").status_code == 200
    assert not Evidence.objects.exists()


@pytest.fixture
def many():
    """A member who writes in more projects than a list holds; the challenge of one of them."""
    first = ProjectMemberFactory(project__title="Agua de 0", project__slug="agua-0")
    for n in range(1, FEW + 1):
        lead = first.project.lead_organisation
        ProjectMemberFactory(user=first.user, project__title=f"Agua de {n}", project__lead_organisation=lead)
    ChallengeFactory(project=first.project, title="Agua de nadie")
    return first.user


@pytest.mark.parametrize("name", ["Agua de 0", "agua DE 0", "Proyecto: Agua de 0", "p:agua-0"])
def test_a_place_of_many_is_typed_by_its_name(client, body, many, name):
    client.force_login(many)
    page = client.get(reverse("projects:freeze", query={"de": PAGE, "figura": "partes", "para": "p:agua-0"}))
    assert 'value="Proyecto: Agua de 0"' in page.content.decode() and "Agua de 7" not in page.content.decode()
    freeze(client, use_for=name)
    assert Evidence.objects.get().uses.get().project.slug == "agua-0"


@pytest.mark.parametrize("name", ["Reto: Agua de nadie", "reto: nadie", "agua de nadie"])
def test_a_challenge_is_typed_by_its_name_too(client, body, many, name):
    client.force_login(many)
    freeze(client, use_for=name)
    assert Evidence.objects.get().uses.get().challenge.title == "Agua de nadie"


@pytest.mark.parametrize("name", ["Agua", "Reto: Agua de 0", "Playa", "p:ajeno", "r:x"])
def test_a_place_that_is_none_or_several_says_so(client, body, many, name):
    ProjectFactory(slug="ajeno", title="Playa")
    client.force_login(many)
    response = freeze(client, use_for=name)
    assert response.status_code == 200 and not Evidence.objects.exists()
    assert f"“{name}”" in response.content.decode()


def test_a_wrong_place_is_answered_on_the_page_of_the_card(client, body, many):
    client.force_login(many)
    card = EvidenceFactory()
    response = client.post(reverse("projects:use_evidence", args=[card.key]), {"use_for": "Playa"}, follow=True)
    assert "“Playa”" in response.content.decode() and not card.uses.exists()


def restated(body, year=2024, amount="999.00"):
    """A newer file of the same slice, published as people publish: the older one is superseded."""
    old = body.releases.get(year=year)
    fresh = make.ReleaseFactory(
        public_body=body, year=year, version=None, status="draft", published_at=None, totals=old.totals
    )
    for cell in old.expenditurecell_set.all() if hasattr(old, "expenditurecell_set") else []:
        cell.pk = None
    from datasets.models import ExpenditureCell

    for cell in ExpenditureCell.objects.filter(public_body=body, release=old):
        values = {moment: getattr(cell, moment) for moment in ("approved", "modified", "accrued", "paid")}
        values = {name: value for name, value in values.items() if value is not None}
        make.expenditure_cell(fresh, cell.by, cell.key, label=cell.label, **values | {"accrued": amount})
    publish_releases(ids=[fresh.pk], by=None)
    return fresh


def test_edge_28_a_newer_release_is_told_once_and_its_users_hear_of_it(body):
    member = ProjectMemberFactory()
    number = frozen().numbers[0]
    card = services.freeze_evidence(
        frozen=frozen(), row=number.label, reading="Gastó", does_not_say="Qué", by=member.user
    )
    services.attach_evidence(evidence=card, project=member.project, by=member.user)
    indicator = services.save_indicator(
        indicator=Indicator(project=member.project, name="Gasto", definition="d", unit="pesos", fed_by=card), by=None
    )
    assert indicator.readings.get().value == number.value
    assert reconsider([body.releases.get(year=2024).pk]) == 0
    fresh = restated(body)
    assert reconsider([fresh.pk]) == 1
    assert reconsider([fresh.pk]) == 0
    change = EvidenceChange.objects.get()
    assert change.value == Decimal("999.00") and change.from_text != change.to_text
    card.refresh_from_db()
    assert card.value == number.value
    assert [reading.value for reading in indicator.readings.order_by("pk")] == [number.value, Decimal("999")]
    mail = OutboxMail.objects.get()
    assert mail.to == member.user.email and "999" in mail.text


def test_edge_28_the_change_is_shown_wherever_the_card_is_used(client, body):
    card = EvidenceFactory()
    EvidenceChange.objects.create(evidence=card, from_text="120", to_text="95")
    project, challenge = ProjectFactory(slug="lupa"), ChallengeFactory()
    services.attach_evidence(evidence=card, project=project, by=None)
    services.attach_evidence(evidence=card, challenge=challenge, by=None)
    for address in ("/proyectos/lupa/", challenge.get_absolute_url(), card.get_absolute_url(), "/evidencia/"):
        assert "El dato cambió de 120 a 95" in client.get(address).content.decode(), address


def test_a_contract_row_is_a_card_with_its_row(body):
    contract = make.ContractFactory(release__public_body=body, amount=Decimal("250000.00"))
    found = row_at(contract.release, contract.line_no)
    card = services.freeze_evidence(frozen=found, reading="Se pagó", does_not_say="Qué calle", by=None)
    assert (card.kind, card.value) == ("contract", Decimal("250000.00"))
    assert card.rows == [{"release": contract.release_id, "line": contract.line_no, "row": contract.source_row}]


def test_rows_of_drafts_are_not_frozen(client):
    draft = make.ReleaseFactory(status="draft", version=None)
    client.force_login(MembershipFactory().user)
    assert client.get("/evidencia/nueva/", {"fila": f"{draft.pk}.1"}).status_code == 404


def test_a_document_needs_its_page(client):
    client.force_login(MembershipFactory().user)
    data = {
        "document_title": "Plan municipal",
        "reading": "Promete publicar",
        "does_not_say": "Cuándo",
        "as_of": "2026-01-01",
        "visibility": "publica",
    }
    assert client.post("/evidencia/documento/", data).status_code == 200
    assert client.post("/evidencia/documento/", data | {"document_page": "p. 84"}).status_code == 302
    assert Evidence.objects.get().kind == "document"


def test_a_note_tells_the_pinned_figure_and_the_one_of_today(body):
    """A pinned one stays and says what changed; the other follows the newest file."""
    number = frozen().numbers[0]
    card = services.freeze_evidence(
        frozen=frozen(), row=number.label, reading="Gastó lo de antes", does_not_say="Qué", by=UserFactory()
    )
    Evidence.objects.filter(pk=card.pk).update(visibility="publica")
    texts = [f"Antes\n\n[[{kind}:{card.key}]]\n\nDespués[^1]\n\n[^1]: Nota" for kind in ("cifra", "hoy")]
    before = [str(rendered(text, AnonymousUser())) for text in texts]
    was = floatformat(card.value, "-2g")
    assert all(was in one for one in before) and "Gastó lo de antes" not in before[1]
    assert all("<p>Antes</p>" in one and '<section class="footnotes">' in one for one in before)
    reconsider(release_ids=[restated(body).pk])
    now = EvidenceChange.objects.get(evidence=card)
    assert now.value is not None and now.value != card.value
    pinned, live = (str(rendered(text, AnonymousUser())) for text in texts)
    assert was in pinned and "Gastó lo de antes" in pinned
    assert floatformat(now.value, "-2g") in live and was not in live
    Evidence.objects.filter(pk=card.pk).update(visibility="privada")
    assert "no es pública" in str(rendered(texts[1], AnonymousUser()))
