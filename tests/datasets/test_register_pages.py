"""`/obras/`, `/deuda/`, `/sanciones/` and their API: one list at a time, what is not published stays out."""

from decimal import Decimal

import pytest

from datasets import selectors
from datasets.models import Release, Sanction, Supplier, Work
from tests.datasets.dashboards import csv_of, queries_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
D = Decimal
PLACE = "/municipios/05035/"


@pytest.fixture
def body():
    return make.PublicBodyFactory()


def listed(body, kind, year=2024, **fields):
    return make.ReleaseFactory(
        **{"public_body": body, "kind": kind, "year": year, "document": "", "breakdown": "full", "totals": {}} | fields
    )


def works(body, count=3, **fields):
    release = listed(body, "works", **({"line_count": count, "totals": {"investment": "3000000.00"}} | fields))
    for number in range(1, count + 1):
        make.WorkFactory(
            release=release, line_no=number, name=f"Calle {number}", physical_progress=D(50 * (number - 1)), investment=D(1000000)
        )  # fmt: skip
    return release


def test_works_say_how_far_they_are_and_lead_to_their_row(client, body):
    release = works(body)
    page = client.get(f"{PLACE}obras/").text
    assert "1 de las 3 obras que dicen su avance están terminadas" in page
    assert "3.0\u00a0mdp" in page and "Terminada (100%)" in page and "50%" in page
    assert f"/datos/versiones/{release.pk}/renglones/1/" in page or f"{release.pk}" in page
    assert "1 of the 3 works that state their progress are finished" in client.get(f"/en{PLACE}obras/").text


def test_a_year_is_shown_alone_and_lists_are_never_added(client, body):
    works(body, 3, year=2024)
    works(body, 2, year=2023)
    assert "Obras y proyectos, 2024" in client.get(f"{PLACE}obras/").text
    earlier = client.get(f"{PLACE}obras/?anio=2023").text
    assert "1 de las 2" not in earlier and "0 de las 2 obras" in earlier
    assert "5 renglones" not in earlier


def test_amounts_of_several_budget_years_are_not_added(client, body):
    release = works(body, 2, totals={"investment": "2.00", "approved": "77000000.00"})
    Work.objects.filter(release=release, line_no=1).update(cycle=2023)
    page = client.get(f"{PLACE}obras/").text
    assert "de distintos años presupuestarios" in page
    assert "77.0\u00a0mdp" not in page


def test_works_are_searched_without_accents_and_downloaded(client, body):
    release = works(body)
    make.WorkFactory(release=release, line_no=9, name="Pavimentación Ávila", investment=None, physical_progress=None)
    page = client.get(f"{PLACE}obras/?q=pavimentacion avila").text
    assert "Pavimentación Ávila" in page and "Calle 1" not in page
    rows = csv_of(client.get(f"{PLACE}obras/?formato=csv&figura=lista"))
    assert len(rows) == 5 and rows[0][1] == "obra" and rows[0][-1] == "fila del archivo"
    assert rows[1][1] == "Calle 1"


def test_drafts_and_withdrawn_lists_stay_out(client, body):
    release = works(body, 1, status=Release.Status.DRAFT, version=None, published_at=None)
    assert "Calle 1" not in client.get(f"{PLACE}obras/").text
    assert client.get("/api/v1/works/?municipality=05035").json()["results"] == []
    Release.objects.filter(pk=release.pk).update(
        status=Release.Status.WITHDRAWN, version=1, published_at="2025-01-01T00:00Z"
    )
    assert "Calle 1" not in client.get(f"{PLACE}obras/").text
    assert client.get("/api/v1/works/").json()["results"] == []


def test_that_there_is_no_debt_is_told_and_no_zero_shown(client, body):
    release = listed(body, "debt", line_count=1)
    make.DebtFactory(release=release, is_none=True, notes="No se ha contratado deuda", balance=None, creditor="")
    page = client.get(f"{PLACE}deuda/").text
    assert "La institución declara que no tiene deuda: «No se ha contratado deuda»" in page
    assert "$0" not in page


def test_debt_tells_what_is_owed(client, body):
    release = listed(body, "debt", line_count=1, totals={"balance": "6500000.00"})
    make.DebtFactory(release=release, balance=D("6500000.00"), creditor="Banco del Ejemplo")
    page = client.get(f"{PLACE}deuda/").text
    assert "6.5\u00a0mdp" in page and "Banco del Ejemplo" in page


def sanctioned(body, name="Constructora Uno, S.A. de C.V.", **fields):
    supplier = make.SupplierFactory(name=name)
    release = listed(body, "sanctions", line_count=1)
    return make.SanctionFactory(release=release, supplier=supplier, supplier_name=name, **fields)


def test_a_name_in_a_contract_is_a_question(client, body):
    agency = make.PublicBodyFactory(slug="contraloria", kind="state_agency", municipality=None)
    sanction = sanctioned(agency)
    contracts = listed(body, "contracts", totals={})
    make.ContractFactory(release=contracts, supplier=sanction.supplier, line_no=1)
    other = make.SupplierFactory(
        name="Constructora Uno SA de CV", name_key=sanction.supplier.name_key, rfc="CUN010203AB1"
    )
    make.ContractFactory(release=contracts, supplier=other, line_no=2)
    make.ContractFactory(release=contracts, line_no=3)
    page = client.get("/instituciones/contraloria/sanciones/").text
    assert "2: ¿es el mismo?" in page and "no una acusación" in page


def test_natural_persons_of_one_name_are_not_taken_for_each_other(body):
    sanction = sanctioned(body, name="Juan Pérez López")
    Supplier.objects.filter(pk=sanction.supplier_id).update(is_natural_person=None)
    namesake = make.SupplierFactory(name_key=sanction.supplier.name_key, rfc="PELJ800101AB1", is_natural_person=True)
    assert selectors.same_suppliers([sanction.supplier_id]) == {sanction.supplier_id: {sanction.supplier_id}}
    assert list(selectors.sanctions_of([namesake.pk])) == []


def test_an_acquittal_is_no_sanction_of_the_supplier(body):
    sanction = sanctioned(body)
    assert list(selectors.sanctions_of([sanction.supplier_id])) == [sanction]
    Sanction.objects.filter(release=sanction.release_id).update(outcome="cleared")
    assert list(selectors.sanctions_of([sanction.supplier_id])) == []


def test_personal_data_typed_into_a_register_is_covered(client, body):
    make.WorkFactory(release=works(body, 1), line_no=7, name="Obra de PELJ800101HDFRPN09")
    assert "PELJ800101HDFRPN09" not in client.get(f"{PLACE}obras/").text
    assert "PELJ800101HDFRPN09" not in str(csv_of(client.get(f"{PLACE}obras/?formato=csv&figura=lista")))
    assert "PELJ800101HDFRPN09" not in client.get("/api/v1/works/").text


def test_api_gives_rows_of_one_year(client, body):
    works(body, 2, year=2024)
    works(body, 1, year=2023)
    found = client.get("/api/v1/works/?municipality=05035&year=2024").json()["results"]
    assert [(one["name"], one["physical_progress"], one["investment"]) for one in found] == [
        ("Calle 1", "0", "1000000.00"),
        ("Calle 2", "50", "1000000.00"),
    ]
    make.DebtFactory(release=listed(body, "debt"), is_none=True, balance=None)
    assert client.get("/api/v1/debt/").json()["results"][0]["states_no_debt"] is True
    sanctioned(body)
    one = client.get("/api/v1/sanctions/").json()["results"][0]
    assert (one["outcome"], one["rfc"]) == ("both", None)


@pytest.mark.parametrize(("page", "kind", "factory"), [
    ("obras", "works", make.WorkFactory), ("deuda", "debt", make.DebtFactory), ("sanciones", "sanctions", make.SanctionFactory),
])  # fmt: skip
def test_a_page_asks_as_much_for_one_row_as_for_three(client, body, page, kind, factory):
    release = listed(body, kind)
    factory(release=release, line_no=1)
    client.get(f"{PLACE}{page}/")
    one = queries_of(client, f"{PLACE}{page}/")
    for number in (2, 3):
        factory(release=release, line_no=number)
    assert queries_of(client, f"{PLACE}{page}/") == one


@pytest.mark.parametrize("page", ["obras", "deuda", "sanciones"])
def test_nothing_published_is_said(client, body, page):
    assert "no hay" in client.get(f"{PLACE}{page}/").text or "Todavía" in client.get(f"{PLACE}{page}/").text


def test_every_statement_that_there_is_no_debt_is_counted_and_three_are_quoted(client, body):
    release = listed(body, "debt", line_count=4)
    for number in range(1, 5):
        make.DebtFactory(release=release, line_no=number, is_none=True, notes=f"Nada {number}", balance=None)
    page = client.get(f"{PLACE}deuda/").text
    assert "Créditos y obligaciones" not in page
    assert page.count("La institución declara que no tiene deuda") == 3


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({"05035": 3, "05030": 2}, "La mayoría de las obras está en Torreón"),
        (
            {"05035": 2, "05030": 2, "05018": 1},
            "Municipio 05030 y Torreón tienen más obras que los demás lugares, tantas uno como otro",
        ),
        ({"05035": 2, "05030": 1, "05018": 1}, "En Torreón hay más obras que en otros lugares"),
        ({"05035": 2, "05030": 1, "": 2}, "De las obras que dicen un solo lugar, hay más en Torreón que en otros"),
        (
            {"05035": 1, "05030": 1, "": 1},
            "De las obras que dicen un solo lugar, Municipio 05030 y Torreón tienen más, tantas uno como otro",
        ),
    ],
)  # fmt: skip
def test_most_works_are_more_than_half_of_all(client, body, places, said):
    release = listed(body, "works", line_count=sum(places.values()))
    codes = [code for code, count in places.items() for _ in range(count)]
    for number, code in enumerate(codes, start=1):
        if code:
            make.MunicipalityFactory(code=code)
        make.WorkFactory(release=release, line_no=number, municipality_code=code, state_code="", name=f"Calle {number}")
    assert said in client.get(f"{PLACE}obras/").text


def test_one_resolution_is_told_in_the_singular(client, body):
    make.SanctionFactory(release=listed(body, "sanctions", line_count=1), line_no=1)
    assert "1 de 1 resolución inhabilita al proveedor por un tiempo" in client.get(f"{PLACE}sanciones/").text
    assert "1 of 1 resolution disqualifies the supplier for a time" in client.get(f"/en{PLACE}sanciones/").text
