"""One contract: found in every version that prints it, its changes told, its row at hand, nothing private shown."""

import html
import re
from datetime import date
from decimal import Decimal

import pytest

from datasets.models import Contract
from datasets.releases import publish_releases, withdraw_release
from tests.datasets import dashboards as place
from tests.datasets.dashboards import queries_of
from tests.factories import datasets as make
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return make.PublicBodyFactory()


def listed(body, status="published", version=1, **fields):
    release = make.ReleaseFactory(
        public_body=body, kind="contracts", document="", breakdown="full", status=status, version=version
    )
    contract = make.ContractFactory(release=release, line_no=1, **fields)
    contract.refresh_from_db()
    return contract


def versions(body, before, after):
    """The same contract in two versions of one list."""
    supplier = make.SupplierFactory(name="Pavimentos Ejemplo")
    earlier = listed(body, status="superseded", contract_number="LP-1", supplier=supplier, **before)
    later = listed(body, version=2, contract_number="LP-1", supplier=supplier, **after)
    return earlier, later


# -- the address ------------------------------------------------------------------------------------------------------


def test_the_same_contract_has_the_same_address_in_every_version(body):
    earlier, later = versions(body, {"amount": Decimal(5)}, {"amount": Decimal(7), "title": "Otro texto"})
    assert earlier.fingerprint == later.fingerprint


@pytest.mark.parametrize(
    "other",
    [{"contract_number": "LP-2"}, {"supplier_name": "Otra empresa"}, {"year": 2023}],
    ids=lambda one: next(iter(one)),
)
def test_another_number_supplier_or_year_is_another_contract(body, other):
    fields = {"contract_number": "LP-1", "supplier_name": "Pavimentos", "year": 2024}
    release = listed(body, **fields).release
    second = make.ContractFactory(release=release, line_no=2, **(fields | other))
    second.refresh_from_db()
    assert len(set(Contract.objects.values_list("fingerprint", flat=True))) == 2


def test_without_a_number_it_is_known_by_what_is_bought_and_when(body):
    release = listed(body, contract_number="S/N", signed_on=date(2024, 3, 1)).release
    supplier = Contract.objects.get().supplier
    for line, (title, day) in enumerate([("PAVIMENTACIÓN  de calles", 1), ("Pavimentación de calles", 2)], start=2):
        make.ContractFactory(
            release=release,
            line_no=line,
            contract_number="",
            title=title.upper() if day == 1 else title,
            signed_on=date(2024, 3, day),
            supplier=supplier,
        )
    one, same, other = Contract.objects.order_by("line_no").values_list("fingerprint", flat=True)
    assert one == same != other


# -- the page ---------------------------------------------------------------------------------------------------------


def test_page_tells_parties_dates_amounts_and_leads_to_the_row(client, body):
    contract = listed(
        body,
        title="Drenaje en La Esperanza",
        signed_on=date(2024, 5, 10),
        starts_on=date(2024, 5, 11),
        ends_on=date(2024, 5, 20),
        amount=Decimal("1234.56"),
        amount_without_tax=Decimal("1064.28"),
        amount_with_tax=Decimal("1234.56"),
        tax_basis="with",
    )
    page = client.get(contract.get_absolute_url()).text
    for text in (
        "Drenaje en La Esperanza",
        "$1,234.56",
        "$1,064.28 MXN",
        "10 may 2024",
        "Dura 10 días",
        "Con impuestos",
    ):
        assert text in page, text
    assert f'href="/datos/versiones/{contract.release_id}/filas/1/"' in page
    assert f'href="{contract.supplier.get_absolute_url()}"' in page
    assert "Adjudicación directa" in page


def test_procedure_has_a_page_with_all_that_came_of_it(client, body):
    release = place.awards(body, 2024, contracts=0)
    one, other = make.SupplierFactory(name="Alfa"), make.SupplierFactory(name="Beta")
    for number, (procedure, amount, fields) in enumerate(
        [
            ("LP-7/2024", 300, {"supplier": one, "signed_on": date(2024, 3, 5)}),
            ("LP-7/2024", 100, {"supplier": other, "award_date": date(2024, 1, 9), "method_raw": "Adj. directa"}),
            ("LP-8/2024", 9, {"supplier": one}),
            ("LP-9/2024", None, {"supplier": None, "currency": "USD", "method": "open", "method_raw": ""}),
            ("LP-9/2024", 7, {"supplier": None, "currency": "MXN", "method": "open", "method_raw": ""}),
        ],
        1,
    ):
        make.ContractFactory(
            release=release,
            line_no=number,
            procedure_number=procedure,
            amount=None if amount is None else Decimal(amount),
            **fields,
        )
    page = client.get(Contract.objects.get(line_no=1).get_absolute_url()).text
    found = re.search(r'<a href="([^"]+#contratos)">LP-7/2024</a>', page)[1]
    told = client.get(html.unescape(found)).text
    assert "Procedimiento LP-7/2024" in told
    assert "2 contratos" in told
    assert 'id="filtrados"' in told
    assert "LP-8/2024" not in told

    def facts(address):
        return dict(client.get(html.unescape(address)).context["procedure"])

    expected = {
        "Contratos": "2",
        "Proveedores": "2",
        "Suma por moneda": "$400.00 MXN",
        "Procedimiento como lo leemos": "Adjudicación directa",
        "Procedimiento como se publicó": "Adj. directa; Adjudicación directa",
        "Fechas": "9 ene 2024 – 5 mar 2024",
    }
    assert facts(found) == expected
    assert facts(found.replace("#", "&amp;min=200#")) == expected  # what all of them tell, whatever is listed below
    assert facts(found.replace("LP-7", "LP-9")) == {
        "Contratos": "2",
        "Proveedores": "0",
        "Suma por moneda": "$7.00 MXN; USD: ningún monto declarado",
        "Procedimiento como lo leemos": "Licitación pública",
    }
    assert facts(found.replace("LP-7", "LP-6")) == {}
    make.SupplierFactory._meta.model.objects.filter(pk=other.pk).update(merged_into=one)
    assert facts(found)["Proveedores"] == "1"
    many = queries_of(client, html.unescape(found))
    make.ContractFactory(release=release, line_no=9, procedure_number="LP-7/2024", currency="USD", supplier=one)
    assert queries_of(client, html.unescape(found)) == many
    assert client.get("/municipios/05035/contratos/?procedimiento=%00").status_code == 200


def test_page_tells_what_changed_between_versions(client, body):
    _earlier, later = versions(body, {"amount": Decimal("100.00")}, {"amount": Decimal("130.00")})
    page = client.get(later.get_absolute_url())
    texts = [[str(cell.text) for cell in row] for row in page.context["changes"].rows]
    assert [row[:3] for row in texts] == [["Monto", "$100.00 MXN", "$130.00 MXN"]]
    assert "$130.00" in page.context["stats"][0]["value"]


def test_a_contract_that_is_gone_says_so(client, body):
    gone = listed(body, status="superseded", contract_number="A-1")
    listed(body, version=2, contract_number="A-2")
    assert "Esto no es lo que hoy está publicado" in client.get(gone.get_absolute_url()).text


def test_drafts_and_withdrawn_ones_are_not_public(client, body):
    draft = listed(body, status="draft", version=None)
    assert client.get(draft.get_absolute_url()).status_code == 404
    publish_releases(ids=[draft.release_id], by=None)
    assert client.get(draft.get_absolute_url()).status_code == 200
    draft.release.refresh_from_db()
    withdraw_release(release=draft.release, by=None, reason="error")
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(GesocFactory())
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_rows_printed_twice_are_all_shown(client, body):
    contract = listed(body, contract_number="A-1", amount=Decimal(5))
    make.ContractFactory(
        release=contract.release, line_no=2, contract_number="A-1", amount=Decimal(6), supplier=contract.supplier
    )
    page = client.get(contract.get_absolute_url())
    assert "más de una vez" in page.text
    assert len(page.context["rows"].rows) == 2


def test_others_of_the_same_procedure_stand_beside_it(client, body):
    contract = listed(body, procedure_number="LA-01-2024")
    make.ContractFactory(release=contract.release, line_no=2, procedure_number="LA-01-2024", title="La otra mitad")
    make.ContractFactory(release=contract.release, line_no=3, procedure_number="LA-02-2024", title="Ajena")
    page = client.get(contract.get_absolute_url()).text
    assert "La otra mitad" in page
    assert "Ajena" not in page


def test_personal_data_in_a_text_is_not_repeated(client, body):
    contract = listed(body, title="Apoyo a GOMA800101HCLMRN09 por obra")
    page = client.get(contract.get_absolute_url()).text
    assert "GOMA800101HCLMRN09" not in page


def test_page_asks_as_often_for_three_rows_as_for_one(client, body):
    contract = listed(body, contract_number="A-1", procedure_number="P-1")
    one = queries_of(client, contract.get_absolute_url())
    for line in (2, 3):
        make.ContractFactory(
            release=contract.release,
            line_no=line,
            contract_number="A-1",
            procedure_number="P-1",
            supplier=contract.supplier,
        )
    assert queries_of(client, contract.get_absolute_url()) == one


@pytest.mark.parametrize("address", ["/contratos/nadie/0123456789abcdef/", "/contratos/cuerpo-x/x/"])
def test_unknown_addresses_are_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("until", "said"), [(1, "It lasts 1 day."), (2, "It lasts 2 days.")])
def test_one_day_is_a_day(client, body, until, said):
    contract = listed(body, signed_on=date(2024, 3, 1), starts_on=date(2024, 3, 1), ends_on=date(2024, 3, until))
    assert said in client.get(f"/en{contract.get_absolute_url()}").text
