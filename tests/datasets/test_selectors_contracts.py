"""Contracts: what is listed, what is counted, and that currencies stay apart."""

import sys
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from datasets import selectors
from datasets.models import Breakdown, Kind, Release, Supplier
from datasets.selectors import ContractFilters, ContractTotal
from datasets.views.contract_rows import contract_row
from tests.factories.datasets import (
    ContractFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SupplierFactory,
    contract_cell,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return PublicBodyFactory()


def release(body, **fields):
    given = {"kind": Kind.CONTRACTS, "document": "", "breakdown": Breakdown.FULL, **fields}
    return ReleaseFactory(public_body=body, **given)


def titles(**filters):
    return [contract.title for contract in selectors.contracts(ContractFilters(**filters))]


@pytest.fixture
def three_contracts(body):
    printed = release(body)
    builder = SupplierFactory(name="Constructora Peñón, S.A. de C.V.", rfc="CPE010203AB1")
    person = SupplierFactory(name="Juan Pérez López", rfc="PELJ800101XX1", is_natural_person=True)
    ContractFactory(release=printed, line_no=1, title="Pavimentación Centro", supplier=builder, amount="500000.00")
    ContractFactory(
        release=printed, line_no=2, title="Asesoría jurídica", supplier=person, amount="1200.50", method="open"
    )
    ContractFactory(
        release=printed, line_no=3, title="Licencias", supplier=None, amount=None, currency="USD", method="", year=2023
    )
    return printed


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Pavimentación Centro", "Asesoría jurídica", "Licencias"]),
        ({"year": 2023}, ["Licencias"]),
        ({"method": "open"}, ["Asesoría jurídica"]),
        ({"method": ""}, ["Licencias"]),
        ({"currency": "USD"}, ["Licencias"]),
        ({"min_amount": Decimal("1200.50")}, ["Pavimentación Centro", "Asesoría jurídica"]),
        ({"min_amount": Decimal("1200.51")}, ["Pavimentación Centro"]),
        ({"max_amount": Decimal("1200.50")}, ["Asesoría jurídica"]),
        ({"q": "pavimentacion"}, ["Pavimentación Centro"]),
        ({"q": "CENTRO pavi"}, ["Pavimentación Centro"]),
        ({"q": "penon"}, ["Pavimentación Centro"]),
        ({"q": "centro juridica"}, []),
        ({"q": "' | ! & :* \\"}, []),
        ({"supplier": "Peñon construct"}, ["Pavimentación Centro"]),
        ({"supplier": "CONSTRUCTORA PENON SA DE CV"}, ["Pavimentación Centro"]),
        ({"supplier": "S.A. de C.V."}, []),
        ({"supplier": "cpe010203ab1"}, ["Pavimentación Centro"]),
        ({"supplier": "PELJ800101XX1"}, []),
        ({"supplier": "juan perez"}, ["Asesoría jurídica"]),
    ],
)
@pytest.mark.parametrize("few", [0, 1000])  # every word is common; every word is rare
def test_contracts_filters(three_contracts, monkeypatch, filters, expected, few):
    # The package offers a function by the name of this module.
    monkeypatch.setattr(sys.modules["datasets.selectors.contracts"], "FEW", few)
    assert titles(**filters) == expected


@pytest.fixture
def five_lists(body):
    """Of two bodies and three years: a word that only the oldest hold, one that all hold, one that a draft holds."""
    other = PublicBodyFactory(municipality__code="05030")
    lists = [
        release(body, year=2022),
        release(other, year=2023),
        release(body, year=2023),
        release(body, year=2024, period="Q2"),
        release(body, year=2024, period="Q1"),
    ]
    supplier = SupplierFactory(name="Alfa")
    for printed in lists:
        for line in (2, 1, 3):
            title = f"Bacheo {'vial' if line == 3 else 'de calles'} {'antiguo' if printed.year == 2022 else ''}"
            ContractFactory(release=printed, line_no=line, title=title, supplier=supplier)
    ContractFactory(release=release(other, year=2024, status=Release.Status.DRAFT), title="Bacheo secreto")
    return lists


def test_newest_contracts_are_the_first_of_all_that_hold_the_words(five_lists, monkeypatch):
    module = sys.modules["datasets.selectors.contracts"]
    for words in ("bacheo", "vial", "antig via", "secreto", "' | !"):
        everything = list(selectors.contracts(ContractFilters(q=words)))
        everything.sort(key=lambda one: (-one.release.year, one.public_body_id, one.release_id, one.line_no))
        assert len(everything) == {"bacheo": 15, "vial": 5, "antig via": 1}.get(words, 0)
        for few, batches in ((0, ()), (0, (1, 2)), (1000, (1, 2)), (1000, (20, 200))):
            monkeypatch.setattr(module, "FEW", few)
            monkeypatch.setattr(module, "BATCHES", batches)
            for limit in (4, 50):
                assert selectors.newest_contracts(words, limit=limit, version=0) == everything[:limit], (
                    words,
                    few,
                    batches,
                    limit,
                )


def test_newest_contracts_of_a_common_word_are_read_from_the_newest_lists(
    five_lists, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(sys.modules["datasets.selectors.contracts"], "BATCHES", (2, 2))
    with django_assert_num_queries(2) as captured:  # which lists, and their contracts
        found = [
            (one.release.year, one.supplier_name) for one in selectors.newest_contracts("bacheo", limit=6, version=0)
        ]
    assert found == [(2024, "Alfa")] * 6
    assert "ORDER BY" in captured[1]["sql"]
    with django_assert_num_queries(4):  # nothing in the first two: is it rare? by its index
        assert len(selectors.newest_contracts("antiguo", limit=6, version=0)) == 3


def test_contracts_of_one_body(three_contracts, body):
    other = PublicBodyFactory(municipality__code="05030")
    ContractFactory(release=release(other), title="De otro")
    assert titles(public_body=other) == ["De otro"]
    assert len(titles(public_body=body)) == 3


@pytest.mark.parametrize("status", ["draft", "superseded", "withdrawn"])
def test_contracts_of_releases_that_are_not_published_are_not_listed(three_contracts, status):
    Release.objects.update(status=status)
    assert titles() == []


@pytest.mark.parametrize(
    ("periods", "kept"),
    [
        (["annual"], ["annual"]),
        (["Q1", "Q2"], ["Q1", "Q2"]),
        (["annual", "Q1", "2024-02"], ["annual"]),
        (["Q1", "2024-03", "2024-04"], ["2024-04", "Q1"]),
    ],
)
def test_contract_releases_leaves_out_lists_inside_other_lists(body, periods, kept):
    for period in periods:
        release(body, period=period)
    release(body, period="Q3", year=2023)  # the other year's lists decide nothing here
    release(PublicBodyFactory(municipality__code="05030"), period="annual")
    found = selectors.contract_releases(public_body=body).filter(year=2024)
    read = list(Release.objects.published().filter(public_body=body))
    assert {one.pk for one in selectors.apart(read)} == {
        one.pk for one in selectors.contract_releases(public_body=body)
    }
    assert sorted(found.values_list("period", flat=True)) == kept


def test_contract_releases_superseded_year_does_not_hide_quarters(body):
    release(body, period="annual", status="superseded")
    quarter = release(body, period="Q2")
    assert list(selectors.contract_releases(public_body=body)) == [quarter]


def test_contracts_query_count_is_the_same_for_one_and_three(three_contracts, django_assert_num_queries):
    for filters in (ContractFilters(method="open"), ContractFilters()):
        with django_assert_num_queries(1):
            rows = [(c.supplier and c.supplier.name, c.public_body.slug) for c in selectors.contracts(filters)]
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("filters", "queries"),
    [
        ({"q": "pavimentacion"}, 2),  # is the word rare?
        ({"q": "p"}, 2),
        ({"supplier": "juan"}, 3),  # which suppliers, and what is counted with them?
        ({"supplier": "CPE010203AB1"}, 3),
        ({"q": "p", "supplier": "juan"}, 4),
    ],
)
def test_contracts_words_cost_a_query_more_and_suppliers_two(
    three_contracts, filters, queries, django_assert_num_queries
):
    with django_assert_num_queries(queries):
        titles(**filters)


@pytest.fixture
def two_quarters(body):
    first, second = release(body, period="Q1"), release(body, period="Q2")
    supplier = SupplierFactory(name="Comercializadora Norte")
    other = SupplierFactory(name="Servicios del Sur")
    for by, key in (("method", "direct"), ("month", "2024-02"), ("supplier", str(supplier.pk))):
        contract_cell(first, by, key, amount="100.10", line_count=2, direct="60" if by == "supplier" else None)
    for by, key in (("method", "direct"), ("supplier", str(supplier.pk))):
        contract_cell(second, by, key, amount="50.00")
    for by, key in (("method", "open"), ("supplier", str(other.pk))):
        contract_cell(second, by, key, amount="900.00", direct="0" if by == "supplier" else None)
        contract_cell(second, by, key, amount=None, currency="USD")
    contract_cell(second, "month", "2024-05", amount="950.00", line_count=2)
    contract_cell(second, "month", "2024-05", amount=None, currency="USD")
    return [first, second], supplier, other


def test_contract_totals_by_method_add_quarters_and_keep_currencies_apart(two_quarters):
    releases, *_ = two_quarters
    found = selectors.contract_totals(releases=releases, by="method")
    assert [(t.key, t.currency, t.amount, t.line_count) for t in found] == [
        ("open", "MXN", Decimal("900.00"), 1),
        ("direct", "MXN", Decimal("150.10"), 3),
        ("open", "USD", None, 1),
    ]


def test_contract_totals_by_month_and_year_are_in_order_of_time(two_quarters):
    releases, *_ = two_quarters
    months = selectors.contract_totals(releases=releases, by="month")
    years = selectors.contract_totals(releases=releases, by="year")
    assert [(t.key, t.currency, t.amount) for t in months] == [
        ("2024-02", "MXN", Decimal("100.10")),
        ("2024-05", "MXN", Decimal("950.00")),
        ("2024-05", "USD", None),
    ]
    assert [(t.key, t.currency, t.amount, t.line_count) for t in years] == [
        ("2024", "MXN", Decimal("1050.10"), 4),
        ("2024", "USD", None, 1),
    ]


def test_top_suppliers_in_one_currency(two_quarters, django_assert_num_queries):
    releases, supplier, other = two_quarters
    south = ContractTotal(str(other.pk), "Servicios del Sur", "MXN", Decimal("900.00"), 1)
    north = ContractTotal(str(supplier.pk), "Comercializadora Norte", "MXN", Decimal("150.10"), 3)
    with django_assert_num_queries(2):  # the sums and the names
        assert selectors.top_suppliers(releases=releases) == [south, north]
    with django_assert_num_queries(2):
        assert selectors.top_suppliers(releases=releases, limit=1) == [south]
    by_supplier = selectors.contract_totals(releases=releases, by="supplier")
    assert [total.name for total in by_supplier if total.currency == "MXN"] == [south.name, north.name]


def test_all_cells_of_a_page_are_read_in_one_question(two_quarters, django_assert_num_queries):
    releases, supplier, other = two_quarters
    Supplier.objects.filter(pk=other.pk).update(merged_into=supplier)
    with django_assert_num_queries(2):  # the cells; and, once a minute, which suppliers are counted with another
        sums = selectors.ContractSums(releases, releases, version=0)
        by_year, months, suppliers = sums.methods_by_year, sums.months, sums.suppliers("MXN")
    methods = selectors.contract_totals(releases=releases, by="method")
    assert {year: sorted(rows, key=str) for year, rows in by_year.items()} == {2024: sorted(methods, key=str)}
    assert months == selectors.contract_totals(releases=releases, by="month")
    assert suppliers == [ContractTotal(str(supplier.pk), "", "MXN", Decimal("1050.10"), 4, Decimal("60.00"))]
    with django_assert_num_queries(0):
        assert selectors.ContractSums([], [], version=0).methods_by_year == {}


def test_the_other_lists_of_a_body_tell_their_procedures_alone(two_quarters):
    releases, supplier, _other = two_quarters
    sums = selectors.ContractSums(releases, releases[:1], version=0)
    assert sum(one.line_count for one in sums.methods_by_year[2024]) == 5
    assert [(one.key, one.line_count) for one in sums.months] == [("2024-02", 2)]
    assert [one.key for one in sums.suppliers("MXN")] == [str(supplier.pk)]


@pytest.fixture
def awards(db):
    """Of two currencies, with and without a supplier or an amount."""
    release = ReleaseFactory(kind="contracts", document="", breakdown="full")
    north, south = SupplierFactory(), SupplierFactory()
    SupplierFactory.create(pk=7, merged_into=north)
    told = [(north, 10, "MXN"), (south, 50, "MXN"), (None, 100, "MXN"), (south, None, "MXN"), (south, 900, "USD")]
    for number, (supplier, amount, currency) in enumerate([*told, (Supplier.objects.get(pk=7), 45, "MXN")], start=1):
        value = None if amount is None else Decimal(amount)
        ContractFactory(release=release, line_no=number, supplier=supplier, amount=value, currency=currency)
    filters = ContractFilters(public_body=release.public_body, releases=(release,))
    return filters, north, south


def test_what_filters_leave_is_counted_and_added_up_in_one_question(awards, django_assert_num_queries):
    filters, north, south = awards
    with django_assert_num_queries(1):
        found = selectors.filtered_totals(filters, currency="MXN")
    assert (found.contracts, found.amount) == (6, Decimal(205))
    assert [(one.key, one.amount, one.line_count) for one in found.top] == [
        (str(north.pk), Decimal(55), 2),
        (str(south.pk), Decimal(50), 2),
    ]
    first = selectors.filtered_totals(filters, currency="MXN", limit=1)
    assert (first.contracts, first.amount, first.top) == (6, Decimal(205), found.top[:1])
    dollars = selectors.filtered_totals(filters, currency="USD")
    assert (dollars.contracts, dollars.amount, [one.key for one in dollars.top]) == (6, Decimal(900), [str(south.pk)])
    nothing = selectors.filtered_totals(replace(filters, q="inexistente"), currency="MXN")
    assert (nothing.contracts, nothing.amount, nothing.top) == (0, None, [])
    euros = selectors.filtered_totals(filters, currency="EUR")
    assert (euros.contracts, euros.amount, euros.top) == (6, None, [])


def test_rows_of_a_table_are_read_with_no_more_than_they_show(awards, django_assert_num_queries):
    filters, *_ = awards
    with django_assert_num_queries(1):
        rows = selectors.listed(selectors.contracts_listed(filters), filters)
        drawn = [contract_row(one, buyer=False, supplier=True) for one in rows]
    assert drawn == [contract_row(one, buyer=False, supplier=True) for one in selectors.contracts(filters)]
    assert len(drawn) == 6


def test_lists_of_other_years_are_not_looked_into(awards, django_assert_num_queries):
    filters, *_ = awards
    year = filters.releases[0].year
    assert selectors.contracts(replace(filters, year=year)).count() == 6
    with django_assert_num_queries(0):
        assert list(selectors.contracts(replace(filters, year=year - 1))) == []


@pytest.mark.parametrize("currency", ["MXN", "USD", "EUR"])
@pytest.mark.parametrize("limit", [1, 10])
@pytest.mark.parametrize("seed", range(6))
def test_what_filters_leave_is_the_same_added_up_here_or_there(db, seed, limit, currency):
    """Amounts, procedures and suppliers by lot, each of them lacking now and then; one supplier is counted with another."""
    chance = Random(seed)
    release = ReleaseFactory(kind="contracts", document="", breakdown="full")
    suppliers = [None, *SupplierFactory.create_batch(3)]
    suppliers.append(SupplierFactory(merged_into=suppliers[1]))
    for number in range(chance.choice([0, 1, 12])):
        ContractFactory(
            release=release,
            line_no=number,
            supplier=chance.choice(suppliers),
            amount=chance.choice([None, Decimal(chance.randrange(4)), Decimal(chance.randrange(10_000)) / 100]),
            currency=chance.choice(["MXN", "MXN", "USD"]),
            method=chance.choice(["direct", "open", ""]),
        )
    filters = ContractFilters(public_body=release.public_body, releases=(release,))
    rows = list(selectors.contracts_listed(filters))
    counted_with = {str(suppliers[4].pk): str(suppliers[1].pk)}
    here = selectors.totals_of(rows, counted_with=counted_with, currency=currency, limit=limit)
    assert here == selectors.filtered_totals(filters, currency=currency, limit=limit)
