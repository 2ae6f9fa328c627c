"""How contracts are spread over sizes and suppliers: sums, edges of bands, and sentences that the numbers carry."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import selectors
from datasets.figures.spread import together
from tests.datasets.dashboards import csv_of
from tests.factories import datasets as make

D = Decimal
amounts = st.lists(st.integers(min_value=1, max_value=10**13), min_size=1, max_size=60)


@given(amounts)
def test_the_curve_rises_from_nothing_to_everything_above_equality(values):
    ordered = sorted((D(value) for value in values), reverse=True)
    whole = sum(ordered)
    curve = [together(ordered, step) for step in range(11)]
    assert curve[0] == 0
    assert curve[-1] == whole
    assert curve == sorted(curve)
    assert all(curve[step] * 10 >= whole * step - D("0.001") for step in range(11))


@pytest.fixture
def release(db):
    release = make.ReleaseFactory(
        public_body=make.PublicBodyFactory(), kind="contracts", document="", breakdown="full", year=2024
    )
    for number, amount in enumerate((49_999.99, 50_000, 99_999.99, 100_000, 60_000_000), start=1):
        contract = make.ContractFactory(release=release, line_no=number, amount=D(str(amount)))
        make.contract_cell(release, "supplier", str(contract.supplier_id), amount=str(amount))
    make.ContractFactory(release=release, line_no=8, amount=None)
    make.ContractFactory(release=release, line_no=9, amount=D(70_000), currency="USD")
    make.contract_cell(release, "method", "direct", line_count=6, amount="60299999.98")
    make.bands(release)
    return release


def test_a_band_holds_its_lower_end_and_not_its_upper(release):
    bands = selectors.ContractSums([release], [release], version=0).bands("MXN")
    assert [band.contracts for band in bands] == [1, 2, 1, 0, 0, 0, 0, 1]
    assert sum(band.amount for band in bands) == D("60299999.98")


def test_a_band_leads_to_exactly_its_contracts(client, release):
    page = client.get("/municipios/05035/contratos/")
    found = client.get("/municipios/05035/contratos/?min=50000&max=99999.99&moneda=MXN")
    assert "min=50000&amp;max=99999.99&amp;moneda=MXN#contratos" in page.text
    assert [one.line_no for one in found.context["page"]] == [2, 3]


def test_page_draws_concentration_with_its_table(client, release):
    page = client.get("/municipios/05035/contratos/")
    assert "1 de 5 proveedores se lleva al menos la mitad del dinero" in page.text
    assert "Índice de concentración (IHH)" in page.text
    rows = csv_of(client.get("/municipios/05035/contratos/?formato=csv&figura=concentracion"))
    assert len(rows) == 6
    assert rows[-1][2] == "100.00"


def test_sizes_say_what_the_commonest_is_in_number_and_in_money(client, release):
    page = client.get("/municipios/05035/contratos/").text
    assert (
        "40 de cada 100 contratos con monto son de $50,000 a $100,000 y se llevan menos de 1 de cada 100 pesos" in page
    )


def test_sizes_are_told_of_contracts_that_state_an_amount(client, db):
    release = make.ReleaseFactory(kind="contracts", document="", breakdown="full")
    for number in range(10):
        make.ContractFactory(release=release, line_no=number, amount=D(70_000) if number < 2 else None)
    make.contract_cell(release, "method", "direct", line_count=10, amount="140000.00")
    make.bands(release)
    page = client.get("/en/municipios/05035/contratos/").text
    assert "All 2 contracts that state an amount are of one size: $50,000 to $100,000" in page
