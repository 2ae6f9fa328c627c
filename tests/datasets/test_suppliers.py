"""Suppliers: counted by what is public, found by any fragment, one page each; what is private stays private."""

import importlib
import io
import json
from decimal import Decimal

import pytest
from django.db import connection
from openpyxl import load_workbook

from datasets import selectors
from datasets.models import Contract, PublicBody, Release, Supplier, SupplierTotal
from datasets.releases import publish_releases, restore_release, withdraw_release
from datasets.suppliers import recount
from datasets.views.suppliers import FAR, MatchesPaginator
from tests.datasets.dashboards import csv_of, queries_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
DIRECTORY = "/proveedores/"


def listed(body=None, *, year=2024, suppliers=None, status="draft", **fields):
    """A list with one contract for each supplier."""
    release = make.ReleaseFactory(
        public_body=body or PublicBody.objects.first() or make.PublicBodyFactory(),
        year=year,
        kind="contracts",
        document="",
        breakdown="full",
        status=status,
        version=fields.pop("version", None),
        **fields,
    )
    for number, supplier in enumerate(suppliers or [make.SupplierFactory()], start=1):
        make.ContractFactory(release=release, line_no=number, supplier=supplier, amount=Decimal(100 * number))
        make.contract_cell(release, "supplier", str(supplier.pk), amount=str(100 * number))
        make.contract_cell(release, "method", "direct", amount=str(100 * number)) if number == 1 else None
    return release


def published(*args, **fields):
    release = listed(*args, **fields)
    publish_releases(ids=[release.pk], by=None)
    release.refresh_from_db()
    return release


def company(name, **fields):
    supplier = make.SupplierFactory(name=name, **fields)
    supplier.refresh_from_db()
    return supplier


def totals():
    rows = SupplierTotal.objects.order_by("supplier_id", "currency")
    return [(row.supplier_id, row.currency, row.contracts, row.amount, row.bodies) for row in rows]


# -- counting ---------------------------------------------------------------------------------------------------------


def test_totals_follow_publication_withdrawal_and_return():
    supplier = make.SupplierFactory()
    draft = listed(suppliers=[supplier])
    assert totals() == []
    publish_releases(ids=[draft.pk], by=None)
    assert totals() == [(supplier.pk, "MXN", 1, Decimal("100.00"), 1)]
    withdraw_release(release=draft, by=None, reason="error")
    assert totals() == []
    restore_release(release=draft, by=None, reason="estaba bien")
    assert totals() == [(supplier.pk, "MXN", 1, Decimal("100.00"), 1)]


def test_a_restatement_takes_away_those_it_no_longer_names_and_nobody_else():
    body, gone, stays, elsewhere = make.PublicBodyFactory(), *make.SupplierFactory.create_batch(3)
    published(body, suppliers=[stays, gone])
    published(make.PublicBodyFactory(kind="state_agency", municipality=None), suppliers=[elsewhere, stays])
    published(body, suppliers=[stays])
    assert totals() == [
        (stays.pk, "MXN", 2, Decimal("300.00"), 2),
        (elsewhere.pk, "MXN", 1, Decimal("100.00"), 1),
    ]


def test_the_year_hides_its_quarter():
    body, supplier = make.PublicBodyFactory(), make.SupplierFactory()
    published(body, suppliers=[supplier], period="Q1")
    year = published(body, suppliers=[supplier])
    assert totals() == [(supplier.pk, "MXN", 1, Decimal("100.00"), 1)]
    withdraw_release(release=year, by=None, reason="error")
    assert totals() == [(supplier.pk, "MXN", 1, Decimal("100.00"), 1)]


def test_currencies_are_counted_apart():
    release = listed(suppliers=[supplier := make.SupplierFactory()])
    make.ContractFactory(release=release, line_no=9, supplier=supplier, currency="USD", amount=Decimal(7))
    publish_releases(ids=[release.pk], by=None)
    assert [row[1:4] for row in totals()] == [("MXN", 1, Decimal("100.00")), ("USD", 1, Decimal("7.00"))]


def test_totals_of_before_know_what_was_awarded_otherwise():
    """By the migration as by counting: zero where a procedure is stated, nothing where none is."""
    release = listed(suppliers=make.SupplierFactory.create_batch(4))
    quarter = listed(suppliers=[make.SupplierFactory()], period="Q1")  # inside the year
    for number, method in enumerate(("open", "", "direct", "limited"), start=1):
        Contract.objects.filter(release=release, line_no=number).update(method=method)
    Contract.objects.filter(release=release, line_no=4).update(amount=None)
    Contract.objects.filter(release=quarter).update(method="open")
    publish_releases(ids=[release.pk, quarter.pk], by=None)
    told = dict(SupplierTotal.objects.order_by("supplier_id").values_list("supplier_id", "direct_amount"))
    assert list(told.values()) == [Decimal(0), None, Decimal("300.00"), Decimal(0)]
    SupplierTotal.objects.filter(direct_amount=0).update(direct_amount=None)
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("datasets.migrations.0027_known_direct_awards").KNOWN)
    assert dict(SupplierTotal.objects.values_list("supplier_id", "direct_amount")) == told


# -- finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["ÓRDOBA", "iment cordo", "rdo", "Córdoba S.A. de C.V.", "pa"])
def test_any_fragment_finds_without_accents(query):
    wanted = company("Pavimentos Córdoba, S.A. de C.V.", name_key="pavimentos cordoba")
    company("Limpieza del Golfo", name_key="limpieza del golfo")
    assert list(selectors.suppliers_matching(query)) == [wanted]


@pytest.mark.parametrize("query", ["", "  ", "%", "___", "zzz", "pavimentos golfo"])
def test_what_matches_nothing_finds_nobody(query):
    company("Pavimentos Córdoba", name_key="pavimentos cordoba")
    assert list(selectors.suppliers_matching(query)) == []


def test_fragments_give_exactly_what_like_gives():
    names = ["abarrotes del norte", "norteña de papel", "papel y norte", "el nopal", "norma"]
    for name in names:
        company(name, name_key=name.replace("ñ", "n"))
    for fragment in ("nor", "norte", "pal", "pape", "de", "el no"):
        like = Supplier.objects.filter(name_key__contains=fragment.split()[0])
        for word in fragment.split()[1:]:
            like = like.filter(name_key__contains=word)
        assert set(selectors.suppliers_matching(fragment)) == set(like), fragment


@pytest.mark.parametrize("places", [(1, 1), (1, 3), (2, 4), (300, 2), (1, 0)])
@pytest.mark.parametrize("query", ["nor", "norte", "pal", "no es nadie", "de norte", "%", "", "viejo", "PAP010230ECV"])
def test_the_largest_with_a_fragment_are_the_first_of_all_that_have_it(monkeypatch, query, places):
    monkeypatch.setattr(selectors.suppliers, "PART", places[0])
    monkeypatch.setattr(selectors.suppliers, "PARTS", places[1])
    names = ["abarrotes del norte", "norte de papel", "papel y norte", "el nopal", "norma", "viejo norte"]
    found = [company(name, name_key=name) for name in names]
    papel = company("papelera", name_key="papelera", rfc="PAP010230ECV")
    published(suppliers=[*found, papel])
    old = company("viejo nombre", name_key="viejo nombre")
    published(suppliers=[old], year=2023)
    Supplier.objects.filter(pk=old.pk).update(merged_into=found[3])
    recount([old.pk, found[3].pk])
    for limit in (1, 2, 20):
        expected = list(selectors.supplier_totals(q=query)[:limit])
        assert selectors.largest_suppliers(query, limit=limit, version=0) == expected


@pytest.mark.parametrize("far", [2, 3, 5, 50])
def test_pages_of_a_search_are_those_of_the_whole_answer_as_far_as_they_go(far, django_assert_max_num_queries):
    found = [company(f"{name} del norte", name_key=f"{name} del norte") for name in ("a", "b", "c", "d", "e")]
    published(suppliers=found)
    company("borrador del norte", name_key="borrador del norte")  # named by no published list
    everybody = list(selectors.supplier_totals(q="norte"))
    paginator = MatchesPaginator("norte", "MXN", 2, far=far)
    with django_assert_max_num_queries(1):
        assert paginator.found == min(5, far + 1)
    pages = []
    for number in paginator.page_range:
        with django_assert_max_num_queries(4):  # the version, the largest and their spellings, the rows
            pages.append(list(paginator.page(number)))
    assert [one for page in pages for one in page] == everybody[:far]
    assert (paginator.has_more, paginator.count) == (far < 5, min(far, 5))


def test_a_search_says_when_there_are_more_than_it_counts(client):
    found = [company(f"norte {number}", name_key=f"norte {number}") for number in range(FAR + 1)]
    release = listed(suppliers=found)
    publish_releases(ids=[release.pk], by=None)
    page = client.get(DIRECTORY, {"q": "norte"}).text
    assert "más de 200 proveedores coinciden" in page
    assert "Aquí están los mayores; el CSV los tiene todos." in page
    assert "Aquí están los mayores" not in client.get(DIRECTORY, {"q": "norte 17"}).text


def test_the_directory_reads_its_index_in_order():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
        plan = selectors.supplier_totals()[:20].explain()
    assert "supplier_total_in_order" in plan
    assert "Sort" not in plan


def test_an_rfc_is_looked_up_in_its_index():
    for number in range(60):  # of an empty table any index is as good
        company(f"Firma {number}", rfc=f"FIR{number:06}AB1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE datasets_supplier")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Supplier.objects.filter(rfc="PAV010230ECV").explain()
    assert "supplier_by_rfc" in plan


def test_the_index_of_trigrams_answers():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = selectors.suppliers_matching("pavimen").order_by().explain()
    assert "supplier_trigrams" in plan


def test_a_company_is_found_by_its_rfc_and_a_person_is_not():
    firm = company("Pavimentos", rfc="PAV010230ECV")
    company("Ana López", rfc="LOAA800101XX1", is_natural_person=True)
    assert list(selectors.suppliers_matching("pav010230ecv")) == [firm]
    assert list(selectors.suppliers_matching("LOAA800101XX1")) == []


# -- pages ------------------------------------------------------------------------------------------------------------


def test_directory_lists_largest_first_and_no_draft(client):
    small, large = company("Chica"), company("Grande")
    published(suppliers=[small, large])
    listed(suppliers=[company("Secreta")], year=2023)
    page = client.get(DIRECTORY).text
    assert page.index("Grande") < page.index("Chica")
    assert "Secreta" not in page
    found = client.get(DIRECTORY, {"q": "secreta"}).text
    assert "Ningún proveedor coincide" in found


def test_who_is_paid_in_another_currency_alone_is_found(client):
    peso, both, dollar = company("Zafiro Peso"), company("Zafiro Ambas"), company("Zafiro Dólar")
    release = listed(suppliers=[peso, both, dollar])
    Contract.objects.filter(release=release, supplier=dollar).update(currency="USD")
    make.ContractFactory(release=release, line_no=9, supplier=both, currency="USD", amount=Decimal(7))
    publish_releases(ids=[release.pk], by=None)
    groups = client.get("/en/buscar/?q=zafiro").context["groups"]
    found = next(one.items for one in groups if one.items[0].url.startswith("/en/proveedores/"))
    assert [(one.name, one.about) for one in found] == [
        ("Zafiro Ambas", "$200 · 7\u00a0USD"),
        ("Zafiro Peso", "$100"),
        ("Zafiro Dólar", "300\u00a0USD"),
    ]
    pesos = client.get(DIRECTORY, {"q": "zafiro"})
    assert [one.label for one in pesos.context["currencies"]] == ["MXN (2)", "USD (2)"]
    dollars = client.get(DIRECTORY, {"q": "dolar"})
    assert "Zafiro Dólar" in dollars.text
    assert [one[2:5] for one in csv_of(client.get(DIRECTORY, {"q": "dolar", "formato": "csv"}))][1:] == [
        ["USD", "1", "300.00"]
    ]
    assert "Zafiro Dólar" not in client.get(DIRECTORY, {"q": "dolar", "moneda": "MXN"}).text


def test_where_all_are_paid_in_another_currency_they_are_found(client):
    release = listed(suppliers=[company("Zafiro")])
    Contract.objects.filter(release=release).update(currency="USD")
    publish_releases(ids=[release.pk], by=None)
    assert "Zafiro" in client.get(DIRECTORY, {"q": "zaf"}).context["page"][0].supplier.name


def test_directory_asks_as_often_for_three_as_for_one(client):
    published(suppliers=[make.SupplierFactory()])
    one = queries_of(client, DIRECTORY)
    published(year=2023, suppliers=make.SupplierFactory.create_batch(3))
    assert queries_of(client, DIRECTORY) == one


def test_page_tells_buyers_shares_and_names(client):
    supplier = company("Pavimentos Córdoba")
    published(suppliers=[supplier, make.SupplierFactory()])
    Contract.objects.filter(supplier=supplier).update(supplier_name="PAVIMENTOS CORDOBA")
    page = client.get(supplier.get_absolute_url()).text
    assert "De cada 100 pesos que contrató Torreón, Coahuila, 100 fueron para este proveedor" in page
    assert "PAVIMENTOS CORDOBA" in page
    assert "/municipios/05035/" in page


@pytest.mark.parametrize(
    ("contracts", "share", "stat"),
    [
        ([("", 100)], "", None),
        ([("direct", None), ("open", 100)], "", None),
        ([("open", 100)], "0%", "0%"),
        ([("direct", 100), ("open", 300)], "25%", "25%"),
        ([("direct", 0)], "", None),
        ([("direct", 150), ("open", -50)], "", None),
    ],
)
def test_what_came_without_competition_is_told_of_what_states_its_procedure(client, contracts, share, stat):
    release, supplier = listed(suppliers=[make.SupplierFactory()]), company("Pavimentos")
    for number, (method, amount) in enumerate(contracts, start=10):
        amount = None if amount is None else Decimal(amount)
        make.ContractFactory(release=release, line_no=number, supplier=supplier, method=method, amount=amount)
    make.contract_cell(release, "supplier", str(supplier.pk))
    publish_releases(ids=[release.pk], by=None)
    page = client.get(f"/en{supplier.get_absolute_url()}")
    stats = {one["label"]: one["value"] for one in page.context["stats"]}
    assert stats.get("Without competition") == stat
    assert page.context["figures"][0].table.rows[0][4].text == share
    rows = client.get(DIRECTORY).context["table"].rows
    assert next(row for row in rows if "Pavimentos" in str(row[0].text))[3].text == share


@pytest.mark.parametrize(
    ("amounts", "title"),
    [
        ([0], "The published figures add up to zero"),
        ([150, -200], "Torreón, Coahuila contracted −$50 with this supplier"),
    ],
)
def test_buyers_of_whom_no_share_can_be_told(client, amounts, title):
    supplier = company("Pavimentos")
    release = make.ReleaseFactory(kind="contracts", document="", breakdown="full")
    for number, amount in enumerate(amounts, start=1):
        make.ContractFactory(release=release, line_no=number, supplier=supplier, amount=Decimal(amount))
    make.contract_cell(release, "supplier", str(supplier.pk))
    make.contract_cell(release, "method", "direct", amount=str(max(sum(amounts), 0)))
    recount([supplier.pk])
    assert client.get(f"/en{supplier.get_absolute_url()}").context["figures"][0].title == title


def test_buyers_that_paid_the_same_are_both_named(client):
    supplier = company("Pavimentos")
    for code in ("05035", "05030"):
        published(make.PublicBodyFactory(municipality=make.MunicipalityFactory(code=code)), suppliers=[supplier])
    title = client.get(f"/en{supplier.get_absolute_url()}").context["figures"][0].title
    assert title == (
        "2 public bodies buy from it; level at the top: Municipio 05030, Coahuila and Torreón, Coahuila, $100 each"
    )


def test_years_in_which_a_supplier_got_the_same_are_all_named(client):
    supplier, body = company("Pavimentos"), make.PublicBodyFactory()
    for year in (2021, 2022):
        published(body, year=year, suppliers=[supplier])
    title = client.get(f"/en{supplier.get_absolute_url()}").context["figures"][1].title
    assert title == "It got most in 2021 and 2022: $100 in each of these years"


def test_who_states_no_amount_is_not_said_to_have_bought_less(client):
    supplier = company("Pavimentos")
    published(make.PublicBodyFactory(), year=2024, suppliers=[supplier])
    other = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code="05030"))
    silent = published(other, year=2023, suppliers=[supplier])
    Contract.objects.filter(release=silent).update(amount=None)
    buyers, course = client.get(f"/en{supplier.get_absolute_url()}").context["figures"]
    assert buyers.title == ("2 public bodies buy from it; of the amounts stated, Torreón, Coahuila has most: $100")
    assert course.title == "Only 2024 states amounts: $100"


def test_money_without_a_procedure_is_left_out_of_what_a_supplier_got_without_competition(client):
    release, supplier = listed(suppliers=[make.SupplierFactory()]), company("Pavimentos")
    for number, method in enumerate(("direct", "open", ""), start=10):
        make.ContractFactory(release=release, line_no=number, supplier=supplier, method=method, amount=Decimal(100))
    make.contract_cell(release, "supplier", str(supplier.pk))
    publish_releases(ids=[release.pk], by=None)
    page = client.get(f"/en{supplier.get_absolute_url()}")
    assert page.context["stats"][-1]["value"] == "50%"
    assert "Part of what states its procedure that came by direct award." in page.text


def test_page_asks_as_often_for_three_contracts_as_for_one(client):
    supplier = company("Pavimentos")
    published(suppliers=[supplier])
    one = queries_of(client, supplier.get_absolute_url())
    for year in (2021, 2022):
        published(make.PublicBodyFactory(kind="state_agency", municipality=None), year=year, suppliers=[supplier])
    assert queries_of(client, supplier.get_absolute_url()) == one


def test_a_name_that_changed_leads_to_todays_address(client):
    supplier = company("Pavimentos")
    published(suppliers=[supplier])
    answer = client.get(f"{DIRECTORY}otro-nombre-{supplier.number}/")
    assert answer.status_code == 301
    assert answer["Location"] == supplier.get_absolute_url()


@pytest.mark.parametrize("slug", ["nadie", "nadie-999999", "9" * 40, "x-٣"])
def test_unknown_suppliers_are_not_found(client, slug):
    assert client.get(f"{DIRECTORY}{slug}/").status_code == 404


def test_a_natural_persons_rfc_and_the_hash_of_it_stay_inside(client):
    person = company("Ana López", rfc="LOAA800101XX1", is_natural_person=True, id=8_123_456_789_012_345)
    published(suppliers=[person])
    for address in (DIRECTORY, person.get_absolute_url(), "/municipios/05035/contratos/"):
        page = client.get(address).text
        assert "Ana López" in page
        assert "LOAA800101XX1" not in page
        assert str(person.pk) not in page
    assert 'content="noindex"' in client.get(person.get_absolute_url()).text
    assert "Proveedor, persona física: «" in client.get(f"{person.get_absolute_url()}?formato=llevar&figura=anios").text
    rows = csv_of(client.get(f"{DIRECTORY}?formato=csv"))
    assert rows[1][:3] == ["Ana López", "", "MXN"]


@pytest.mark.parametrize(("natural", "hidden"), [(True, True), (None, True), (False, False)])
def test_search_engines_get_the_profile_of_nobody_who_may_be_a_person(client, natural, hidden):
    supplier = company("María Pérez", rfc="", is_natural_person=natural)
    published(suppliers=[supplier])
    page = client.get(supplier.get_absolute_url()).text
    assert ('<meta name="robots" content="noindex">' in page) is hidden
    assert "María Pérez" in page
    assert supplier.slug not in client.get("/sitemap.xml").text


def test_csv_holds_every_contract_to_the_cent(client):
    supplier = company("Pavimentos")
    release = published(suppliers=[supplier])
    rows = csv_of(client.get(f"{supplier.get_absolute_url()}?formato=csv&figura=contratos"))
    assert len(rows) == 2
    assert rows[1][7:11] == ["100.00", "MXN", str(release.ingest_id), "2"]
    assert rows[1][12] == Contract.objects.get().get_absolute_url()


@pytest.mark.parametrize("figure", ["compradores", "anios"])
def test_every_figure_leaves_in_every_shape(client, figure):
    supplier = company("Pavimentos", is_natural_person=False)
    published(suppliers=[supplier])
    page = client.get(supplier.get_absolute_url()).text
    assert f"formato=llevar&amp;figura={figure}" in page
    address = f"{supplier.get_absolute_url()}?figura={figure}"
    told = csv_of(client.get(f"{address}&formato=csv"))
    rows = json.loads(client.get(f"{address}&formato=json").content)["rows"]
    assert [[str(cell) for cell in row] for row in rows] == told[1:] and len(rows) == 1
    book = load_workbook(io.BytesIO(client.get(f"{address}&formato=xlsx").getvalue()))
    assert book["Datos"].max_row == 2
    assert "Pavimentos: «" in client.get(f"{address}&formato=llevar").text
    assert client.get(f"{address}&formato=insertar").status_code == 200
    assert client.get(f"{supplier.get_absolute_url()}?formato=csv&figura=otra").status_code == 404


def test_the_old_version_is_no_part_of_a_page(client):
    body, supplier = make.PublicBodyFactory(), company("Pavimentos")
    published(body, suppliers=[supplier])
    second = published(body, suppliers=[make.SupplierFactory(), supplier])
    assert Release.objects.get(pk=second.pk).version == 2
    found = client.get(supplier.get_absolute_url())
    assert [one.release_id for one in found.context["page"]] == [second.pk]
