"""Organisations in depth: their dated way, where they work, what ties them, growth and gaps; for whom one acts."""

import csv
import datetime
import io
import json
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from gesoc.common.charts.ties import three_columns
from partners import selectors, services
from partners.models import Organisation, OrganisationEvent, OrganisationStatus, Relationship, SensitiveExport
from partners.selectors import Tie
from tests.factories.datasets import MunicipalityFactory, StateFactory
from tests.factories.partners import (
    PASSWORD,
    GesocFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def organisation(name="Laguna", since=None, **fields):
    made = Organisation(name=name, slug=name.lower(), kind=fields.pop("kind", "osc"), **fields)
    return services.save_organisation(organisation=made, by=None, since=since)


# -- history and growth ---------------------------------------------------------------------------------------------


def test_growth_is_counted_from_dated_situations(client):
    laguna = organisation(since=datetime.date(2022, 3, 1))
    organisation("Litoral", since=datetime.date(2023, 1, 5))
    organisation("Contacto", since=datetime.date(2023, 1, 6), status="contacto")
    with time_machine.travel("2024-06-01 12:00", tick=False):
        services.change_status(organisation=laguna, status="en_pausa", reason="Descansa", by=None)
        services.change_status(organisation=laguna, status="salida", reason="Cerró", by=None)
        assert selectors.growth() == [(2022, 1, 0, 1), (2023, 1, 0, 2), (2024, 0, 1, 1)]
        merged = organisation("Doble", since=datetime.date(2023, 2, 1))
        gesoc = GesocFactory()
        services.merge_organisations(source=merged, target=Organisation.objects.get(slug="litoral"), by=gesoc)
        assert selectors.growth() == [(2022, 1, 0, 1), (2023, 1, 0, 2), (2024, 0, 1, 1)]  # it was never one more
        file = b"".join(client.get("/red/crecimiento.csv")).decode("utf-8-sig")
        assert file.splitlines()[1:] == ["2022,1,0,1", "2023,1,0,2", "2024,0,1,1"]


def test_a_situation_has_a_reason_and_does_not_go_back_in_time():
    laguna = organisation(since=datetime.date(2022, 3, 1))
    for data in (
        {"status": "salida", "reason": " "},
        {"status": "activa", "reason": "Igual"},
        {"status": "salida", "reason": "Antes", "since": datetime.date(2021, 1, 1)},
        {"status": "salida", "reason": "Mañana", "since": datetime.date(2999, 1, 1)},
    ):
        with pytest.raises(ValidationError):
            services.change_status(organisation=laguna, by=None, **data)
    assert [row.status for row in laguna.status_history.all()] == ["activa"]


def test_history_of_situations_cannot_be_rewritten():
    organisation()
    with pytest.raises(DatabaseError), transaction.atomic():
        OrganisationStatus.objects.update(reason="Otra")


def test_gesoc_notes_a_situation_on_its_page(client):
    laguna = organisation(since=datetime.date(2022, 3, 1))
    client.force_login(GesocFactory())
    day = datetime.date(2023, 5, 2)
    answer = client.post(
        "/organizaciones/laguna/situacion/", {"status": "en_pausa", "since": day.isoformat(), "reason": "Sin fondos"}
    )
    assert answer.status_code == 302
    last = laguna.status_history.last()
    assert (last.status, last.since, last.reason) == ("en_pausa", day, "Sin fondos")


# -- what an organisation says of itself -----------------------------------------------------------------------------


def test_coordination_edits_its_own_page_and_nothing_else(client):
    torreon = MunicipalityFactory(code="05035")
    laguna = organisation(status="activa")
    client.force_login(MembershipFactory(organisation=laguna, role="coordinacion").user)
    answer = client.post(
        "/organizaciones/laguna/editar/",
        {
            "name": "Laguna Abierta",
            "home_municipality": "Torreón, Coahuila",
            "covered": "05035\n",
            "states": ["05"],
            "themes": ["agua", "obra_publica"],
            "registry_id": "CLUNI123",
            "status": "salida",
            "kind": "gobierno",
            "slug": "otra",
            "is_network_partner": "on",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    laguna.refresh_from_db()
    assert (laguna.name, laguna.home_municipality, laguna.themes) == (
        "Laguna Abierta",
        torreon,
        ["agua", "obra_publica"],
    )
    assert (laguna.status, laguna.kind, laguna.slug, laguna.is_network_partner) == ("activa", "osc", "laguna", False)
    assert list(laguna.coverage.all()) == [torreon]
    assert [state.code for state in laguna.states.all()] == ["05"]
    page = client.get("/organizaciones/laguna/").content.decode()
    assert "CLUNI123" in page
    assert all(label in page for label in laguna.theme_labels)
    client.logout()
    assert "CLUNI123" not in client.get("/organizaciones/laguna/").content.decode()


def test_a_place_that_is_not_known_is_named(client):
    organisation()
    client.force_login(GesocFactory())
    answer = client.post("/organizaciones/laguna/editar/", {"name": "Laguna", "covered": "Ningún lugar"})
    assert "Ningún lugar" in answer.context["form"].errors["covered"][0]


def test_gesoc_adds_an_organisation_with_the_day_it_joined(client):
    OrganisationFactory(slug="agua-viva")
    client.force_login(GesocFactory())
    answer = client.post(
        "/red/organizacion/nueva/",
        {"name": "Agua Viva", "kind": "osc", "status": "activa", "since": "2020-02-01", "reason": "Convocatoria"},
    )
    assert answer.headers["Location"] == "/organizaciones/agua-viva-2/"
    row = OrganisationStatus.objects.get(organisation__slug="agua-viva-2")
    assert (row.since, row.step, row.reason) == (datetime.date(2020, 2, 1), 1, "Convocatoria")


# -- ties ------------------------------------------------------------------------------------------------------------


def tie(one, other, **fields):
    return Relationship.objects.create(from_organisation=one, to_organisation=other, type="alianza", **fields)


def test_relationships_are_seen_by_whom_they_are_for():
    one, other, third = (OrganisationFactory() for _ in range(3))
    hidden = OrganisationFactory(status="contacto")
    public, network = tie(one, other, visibility="publica"), tie(one, third, visibility="red")
    private = tie(other, third, visibility="privada")
    tie(one, hidden, visibility="publica")
    stranger, inside, end = UserFactory(), MembershipFactory().user, MembershipFactory(organisation=third).user
    seen = {
        name: set(Relationship.objects.visible_to(user).exclude(to_organisation=hidden))
        for name, user in (("stranger", stranger), ("inside", inside), ("end", end), ("gesoc", GesocFactory()))
    }
    assert seen == {
        "stranger": {public},
        "inside": {public, network},
        "end": {public, network, private},
        "gesoc": {public, network, private},
    }
    assert not Relationship.objects.visible_to(inside).filter(to_organisation=hidden).exists()


def test_a_relationship_is_declared_by_name_and_ended(client):
    laguna = organisation()
    OrganisationFactory(name="Río Ñandú", search_text="rio nandu")
    OrganisationFactory(name="Oculta", search_text="oculta", status="contacto")
    client.force_login(MembershipFactory(organisation=laguna, role="coordinacion").user)
    data = {"type": "alianza", "since": "2024-01-01", "visibility": "publica"}
    refused = client.post("/organizaciones/laguna/vinculos/nuevo/", {**data, "to_organisation": "Oculta"})
    assert refused.context["form"].errors["to_organisation"]
    assert (
        client.post("/organizaciones/laguna/vinculos/nuevo/", {**data, "to_organisation": "rio nandu"}).status_code
        == 302
    )
    row = Relationship.objects.get()
    assert "Río Ñandú" in client.get("/organizaciones/laguna/").content.decode()
    again = client.post("/organizaciones/laguna/vinculos/nuevo/", {**data, "to_organisation": "rio nandu"})
    assert again.status_code == 200 and again.context["form"].errors
    client.post(f"/organizaciones/laguna/vinculos/{row.pk}/terminar/")
    row.refresh_from_db()
    assert row.until is not None


def test_a_relationship_of_others_is_not_there(client):
    laguna = organisation()
    row = tie(OrganisationFactory(), OrganisationFactory())
    client.force_login(MembershipFactory(organisation=laguna, role="coordinacion").user)
    assert client.post(f"/organizaciones/laguna/vinculos/{row.pk}/terminar/").status_code == 404


def test_apps_above_add_ties_that_are_computed(monkeypatch):
    from partners.selectors import network

    one, other = OrganisationFactory(), OrganisationFactory()
    monkeypatch.setattr(network, "_providers", [])
    selectors.add_ties(
        lambda user, organisation, limit: [Tie(one, other, "proyecto", "Proyecto X", url="/proyectos/x/")]
    )
    assert [t.label for t in selectors.ties(UserFactory())] == ["Proyecto X"]


def test_figure_of_ties_draws_each_name_once_in_its_column():
    drawing = three_columns([("A", "Alianza", "B"), ("A", "Alianza", "C"), ("A", "Financia", "C")], label="x")
    assert drawing.count("<text") == 1 + 2 + 2
    assert drawing.count("<line") == 6
    assert three_columns([], label="x") == ""


def test_the_network_page_tells_how_many_ties_as_far_as_it_looked(client, monkeypatch):
    laguna = organisation()
    for _ in range(3):
        tie(laguna, OrganisationFactory())
    assert "3 vínculos entre organizaciones" in client.get("/red/").content.decode()
    monkeypatch.setattr("partners.views.network.TABLED", 2)
    page = client.get("/red/").content.decode()
    assert "Más de 2 vínculos entre organizaciones" in page and "el archivo los tiene todos" in page
    assert len(b"".join(client.get("/red/vinculos.csv")).decode().splitlines()) == 4


def test_figure_of_ties_cuts_a_long_name_on_phones_alone():
    name = "Observatorio Ciudadano de las Compras de la Comarca"  # 51 letters
    drawing = three_columns([("A", "Alianza", name)], label="x")
    assert drawing.count("<text") == 2 + 2
    assert drawing.count(f"<title>{name}</title>") == 2
    assert "</title>Observatorio Ciuda…</text>" in drawing
    assert "</title>Observatorio Ciudadano de las Compras de la…</text>" in drawing
    assert 'class="end cut"' in drawing
    # Without the stylesheet, as in a picture that is taken away, only the one that always fits is drawn.
    assert re.findall(r'class="end wide"[^>]*display="none"|display="none"[^>]*class="end wide"', drawing)


@pytest.mark.parametrize("address", ["/red/", "/organizaciones/laguna/"])
def test_pages_of_ties_ask_as_often_for_three_as_for_one(client, address):
    laguna = organisation()
    tie(laguna, OrganisationFactory())
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(2):
        tie(laguna, OrganisationFactory())
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


# -- gaps ------------------------------------------------------------------------------------------------------------


def test_gaps_say_which_sector_is_missing_where():
    torreon, saltillo, cancun = (MunicipalityFactory(code=code) for code in ("05035", "05030", "23005"))
    MunicipalityFactory(code="05018")
    OrganisationFactory(home_municipality=torreon, kind="osc")
    OrganisationFactory(kind="medios").coverage.add(torreon)
    OrganisationFactory(kind="academia").states.add(StateFactory(code="23"))
    OrganisationFactory(home_municipality=cancun, kind="gobierno")
    OrganisationFactory(home_municipality=saltillo, kind="osc", status="contacto")
    found = {one.code: [*there.values()] for one, there in selectors.with_sectors(selectors.gaps())}
    assert found == {"05035": [True, False, True, False], "23005": [False, True, False, True]}
    assert [one.code for one in selectors.gaps(state="05", missing="medios")] == ["05018", "05030"]
    assert selectors.gaps(everywhere=True).count() == 4


def test_gaps_as_page_and_file(client):
    OrganisationFactory(home_municipality=MunicipalityFactory(code="05035"))
    page = client.get("/red/huecos/", {"falta": "academia"}).content.decode()
    assert "Torreón" in page
    text = b"".join(client.get("/red/huecos.csv").streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        "clave,municipio,estado,osc,academia,medios,gobierno",
        "05035,Torreón,Coahuila,si,no,no,no",
    ]


# -- for whom one acts -----------------------------------------------------------------------------------------------


def test_what_is_changed_carries_the_organisation_acted_for(client):
    one, other = organisation("Una"), organisation("Otra")
    user = UserFactory(password="!")
    user.set_password(PASSWORD)
    user.save()
    for mine in (one, other):
        MembershipFactory(user=user, organisation=mine, role="coordinacion")
    client.force_login(user)
    assert client.post("/cuenta/actuar/", {"organisation": "otra", "next": "/red/"}).headers["Location"] == "/red/"
    assert "Actúo por" in client.get("/red/").content.decode()
    client.post("/organizaciones/otra/editar/", {"name": "Otra Más"})
    assert OrganisationEvent.objects.filter(slug="otra").latest("pgh_id").pgh_context.metadata["acting_for"] == "otra"
    assert client.post("/cuenta/actuar/", {"organisation": "ajena"}).status_code == 404
    services.end_membership(membership=user.memberships.get(organisation=other), by=user)
    client.post("/organizaciones/una/editar/", {"name": "Una Más"})
    assert OrganisationEvent.objects.filter(slug="una").latest("pgh_id").pgh_context.metadata["acting_for"] == "una"


# -- the directory as a file -------------------------------------------------------------------------------------------


def _got(response, kind):
    data = b"".join(response) if response.streaming else response.content
    if kind == "json":
        return [tuple(row.values()) for row in json.loads(data)]
    if kind == "xlsx":
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    else:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return [tuple(row) for row in rows[1:]]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_directory_is_downloaded_as_it_is_filtered_and_without_addresses(client, kind):
    covered = MunicipalityFactory(code="05035")
    one = OrganisationFactory(name="Agua", slug="agua", status="activa", kind="osc", public_email="a@b.example")
    one.coverage.add(covered)
    OrganisationFactory(name="Prensa", status="activa", kind="medios")
    OrganisationFactory(name="Contacto", status="contacto", kind="osc")
    rows = _got(client.get("/organizaciones/descargar/", {"formato": kind, "tipo": "osc"}), kind)
    path = "/organizaciones/agua/"
    assert rows == [("agua", "Agua", "", "osc", "activa", "no", "", "", "05035", "", "", "", path)]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_addresses_of_organisations_leave_with_a_reason(client, kind):
    OrganisationFactory(name="Contacto", status="contacto", public_email="=1+1@b.example")
    client.force_login(GesocFactory())
    url = "/organizaciones/exportar/"
    assert client.post(url, {"formato": kind, "reason": " "}).status_code == 200
    assert not SensitiveExport.objects.exists()
    rows = _got(client.post(url, {"formato": kind, "reason": "Convocar"}), kind)
    assert [(row[1], row[-1].lstrip("'")) for row in rows] == [("Contacto", "=1+1@b.example")]
    told = SensitiveExport.objects.get()
    assert (told.what, told.rows, told.reason) == ("organisations", 1, "Convocar")


def test_contacts_leave_as_a_workbook_too(client):
    PersonFactory(full_name="Ana", email="ana@mesa.example", phone="+52 871 1234567")
    client.force_login(GesocFactory())
    answer = client.post("/personas/exportar/", {"formato": "xlsx", "reason": "Convocar"})
    assert _got(answer, "xlsx") == [("Ana", "ana@mesa.example", "+52 871 1234567", "", "", "ciudadania", "")]
    assert SensitiveExport.objects.get().what == "people"


def test_a_longer_directory_costs_no_more_questions(client):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            _got(client.get("/organizaciones/descargar/"), "csv")
        return len(seen)

    OrganisationFactory(status="activa").coverage.add(MunicipalityFactory(code="05035"))
    one = cost()
    OrganisationFactory(status="activa"), OrganisationFactory(status="activa")
    assert cost() == one
