"""The API's contract: whole answers, errors as sentences, nothing unpublished, and no way to break it."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.models import Breakdown, Document, Kind, PublicBody, Release, Watch
from datasets.public_bodies import confirm_public_body
from datasets.versions import bump_data_version
from datasets.watches import Wanted, save_watch
from tests.factories.datasets import (
    ContractFactory,
    MunicipalityFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SupplierFactory,
    class_node,
    expenditure_cell,
    label,
    revenue_cell,
)
from tests.factories.partners import AdminFactory

pytestmark = pytest.mark.django_db

EXPENDITURE = "/api/v1/expenditure/aggregate/"
REVENUE = "/api/v1/revenue/aggregate/"
CONTRACTS = "/api/v1/contracts/"
RELEASES = "/api/v1/releases/"
MUNICIPALITIES = "/api/v1/municipalities/"
MOMENTS = ["approved", "adjustments", "modified", "committed", "accrued", "exercised", "paid", "reported"]


@pytest.fixture(autouse=True)
def nobody_was_here():
    cache.clear()  # the throttle counts across tests otherwise


@pytest.fixture
def body():
    return PublicBodyFactory(slug="torreon-05035")


@pytest.fixture
def account(body):
    """Torreón's public account of 2024: two chapters of 100.10 and 50.00, printed with two moments."""
    release = ReleaseFactory(public_body=body, totals={"approved": "150.10", "paid": "40.00"}, line_count=2)
    class_node("object", "1000", "Servicios personales", name_en="Personal services")
    class_node("object", "1130", "Sueldos base al personal permanente")
    paid_work = label("object", "Sueldos", code="1130", published_code="11301")
    for by, key, shown in (("chapter", "1000", None), ("concept", "1100", None), ("item", "1130", paid_work)):
        expenditure_cell(release, by, key, label=shown, approved="100.10", paid="40.00")
    for by, key in (("chapter", "2000"), ("concept", "2100"), ("item", "2110")):
        expenditure_cell(release, by, key, approved="50.00")
    return release


def get(client, path, language="", **query):
    headers = {"Accept-Language": language} if language else {}
    return client.get(path, query, headers=headers)


def nulls(**amounts):
    return dict.fromkeys(MOMENTS) | amounts


def released(release, **fields):
    file = release.ingest.file
    return {
        "id": release.pk,
        "kind": "expenditure",
        "publisher": "torreon-05035",
        "municipality": "05035",
        "year": 2024,
        "period": "annual",
        "document": "public_account",
        "breakdown": "object",
        "publisher_name": "Municipio de Torreón",
        "version": 1,
        "published_at": "2025-04-30T12:00:00Z",
        "lines": 2,
        "totals": {"approved": "150.10", "paid": "40.00"},
        "file": {
            "name": file.original_name,
            "sha256": file.sha256,
            "size": 1234,
            "retrieved_from": "https://example.org/archivo.csv",
            "retrieved_at": "2025-04-30T12:00:00Z",
            "published_by": "Tesorería Municipal",
            "licence": None,
        },
    } | fields


# -- aggregates ----------------------------------------------------------------------------------------------------


def test_expenditure_by_chapter_whole_answer(client, account):
    version = bump_data_version()
    response = get(client, EXPENDITURE, municipality="05035", year="2024", by="chapter")
    assert response.status_code == 200
    assert response.json() == {
        "total": nulls(approved="150.10", paid="40.00"),
        "cells": [
            {
                "code": "1000",
                "published_code": None,
                "name": "Servicios personales",
                **nulls(approved="100.10", paid="40.00"),
            },
            {"code": "2000", "published_code": None, "name": "Clave 2000", **nulls(approved="50.00")},
        ],
        "chosen": {
            "kind": "expenditure",
            "publisher": "torreon-05035",
            "municipality": "05035",
            "year": 2024,
            "period": "annual",
            "document": "public_account",
            "breakdown": "object",
            "release": account.pk,
        },
        "releases": [released(account)],
        "data_version": version,
    }


def test_expenditure_by_item_keeps_the_published_code_and_one_moment(client, account):
    answer = get(client, EXPENDITURE, publisher="torreon-05035", year="2024", by="item", moment="paid").json()
    assert answer["total"] == {"paid": "40.00"}
    assert answer["cells"] == [
        {
            "code": "1130",
            "published_code": "11301",
            "name": "Sueldos base al personal permanente",
            "paid": "40.00",
        },
        {"code": "2110", "published_code": None, "name": "Clave 2110", "paid": None},
    ]


def test_expenditure_by_year_one_cell_a_year_from_its_chosen_release(client, body, account):
    ReleaseFactory(public_body=body, year=2023, document=Document.QUARTERLY, period="Q4", totals={"approved": "90.00"})
    ReleaseFactory(public_body=body, year=2023, document=Document.APPROVED, totals={"approved": "80.00"})
    ReleaseFactory(public_body=body, breakdown=Breakdown.FUNCTIONAL, totals={"approved": "150.10", "paid": "40.00"})
    answer = get(client, EXPENDITURE, municipality="05035", by="year").json()
    assert [(cell["code"], cell["approved"], cell["paid"]) for cell in answer["cells"]] == [
        ("2023", "90.00", None),
        ("2024", "150.10", "40.00"),
    ]
    assert set(answer["total"].values()) == {None}  # a quarterly report and a public account are never added
    assert answer["chosen"] == {
        "kind": "expenditure",
        "publisher": "torreon-05035",
        "municipality": "05035",
        "year": None,
        "period": None,
        "document": None,
        "breakdown": "object",
        "release": None,
    }
    assert [(r["year"], r["period"], r["document"]) for r in answer["releases"]] == [
        (2023, "Q4", "quarterly"),
        (2024, "annual", "public_account"),
    ]
    one = get(client, EXPENDITURE, municipality="05035", by="year", year="2023").json()
    assert ([cell["code"] for cell in one["cells"]], one["total"]["approved"]) == (["2023"], "90.00")
    accounts = get(client, EXPENDITURE, municipality="05035", by="year", document="public_account").json()
    assert [cell["code"] for cell in accounts["cells"]] == ["2024"]


def test_years_of_one_document_are_added(client, body, account):
    ReleaseFactory(public_body=body, year=2023, totals={"approved": "90.00"})
    ReleaseFactory(public_body=body, breakdown=Breakdown.FUNCTIONAL, totals={"approved": "150.10"})
    answer = get(client, EXPENDITURE, municipality="05035", by="year").json()
    assert (answer["total"]["approved"], answer["total"]["paid"]) == ("240.10", None)


def test_expenditure_takes_the_release_that_was_asked_for(client, body, account):
    approved = ReleaseFactory(public_body=body, document=Document.APPROVED)
    expenditure_cell(approved, "chapter", "1000", approved="99.00")
    answer = get(client, EXPENDITURE, municipality="05035", year="2024", by="chapter", document="approved").json()
    assert answer["total"]["approved"] == "99.00"
    assert answer["chosen"]["document"] == "approved"
    none = get(client, EXPENDITURE, municipality="05035", year="2024", by="chapter", period="Q2").json()
    assert (none["cells"], none["chosen"]) == ([], None)


def test_expenditure_of_the_government_leaves_its_agencies_out(client, body, account):
    water = PublicBodyFactory(kind="municipal_agency", slug="agua", name="Sistema de Aguas")
    release = ReleaseFactory(public_body=water)
    expenditure_cell(release, "chapter", "3000", approved="7.00")
    own = get(client, EXPENDITURE, municipality="05035", year="2024", by="chapter").json()
    agency = get(client, EXPENDITURE, publisher="agua", year="2024", by="chapter").json()
    assert [cell["code"] for cell in own["cells"]] == ["1000", "2000"]
    assert [cell["code"] for cell in agency["cells"]] == ["3000"]
    assert agency["chosen"]["publisher"] == "agua"


def test_revenue_by_rubro_and_year(client, body):
    release = ReleaseFactory(
        public_body=body, kind=Kind.REVENUE, breakdown=Breakdown.FULL, totals={"estimated": "12.00"}
    )
    class_node("revenue", "1", "Impuestos")
    revenue_cell(release, "rubro", "1", estimated="12.00")
    answer = get(client, REVENUE, municipality="05035", year="2024", by="rubro").json()
    absent = dict.fromkeys(["adjustments", "modified", "accrued", "collected", "reported"])
    assert answer["total"] == {"estimated": "12.00", **absent}
    assert answer["cells"] == [
        {"code": "1", "published_code": None, "name": "Impuestos", "estimated": "12.00", **absent}
    ]
    assert answer["chosen"]["breakdown"] == "full"
    by_year = get(client, REVENUE, municipality="05035", by="year").json()
    assert [(cell["code"], cell["estimated"]) for cell in by_year["cells"]] == [("2024", "12.00")]


@pytest.mark.parametrize("path", [EXPENDITURE, REVENUE])
def test_no_data_is_an_empty_answer(client, path):
    MunicipalityFactory(code="05030")  # known, but not even a public body of it
    answer = get(client, path, municipality="05030", year="2024", by="year").json()
    assert (answer["cells"], answer["chosen"], answer["releases"]) == ([], None, [])
    assert set(answer["total"].values()) == {None}


@pytest.mark.parametrize("status", ["draft", "superseded", "withdrawn"])
@pytest.mark.parametrize("by", ["chapter", "concept", "item", "year"])
def test_what_is_not_published_is_never_answered(client, body, account, status, by):
    Release.objects.update(status=status)
    answer = get(client, EXPENDITURE, municipality="05035", year="2024", by=by).json()
    assert (answer["cells"], answer["releases"], answer["chosen"]) == ([], [], None)
    assert get(client, RELEASES).json()["results"] == []


def test_query_count_is_the_same_for_one_and_three_years(client, body, account, django_assert_num_queries):
    with django_assert_num_queries(3):  # the body, the version, the releases
        get(client, EXPENDITURE, municipality="05035", by="year")
    for year in (2021, 2022, 2023):
        ReleaseFactory(public_body=body, year=year)
    with django_assert_num_queries(3):
        get(client, EXPENDITURE, municipality="05035", by="year")
    with django_assert_num_queries(5):  # … the cells and their names
        get(client, EXPENDITURE, municipality="05035", year="2024", by="item")


# -- errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"year": "2024", "by": "chapter"}, "Di de quién son las cifras: indica un municipio o una institución."),
        (
            {"municipality": "05035", "publisher": "x", "year": "2024", "by": "chapter"},
            "Indica un municipio o una institución, no ambos.",
        ),
        ({"municipality": "05035", "by": "chapter"}, "Parámetro «year»: Indica el año, o pide by=year."),
        (
            {"municipality": "05035", "year": "2024", "by": "color"},
            "Parámetro «by»: «color» no es uno de chapter, concept, item, function, unit, year.",
        ),
        (
            {"municipality": "05035", "year": "2024", "by": "chapter", "period": "Q5"},
            "Parámetro «period»: Un periodo es annual, Q1, Q2, Q3, Q4 o un mes, como 2024-03.",
        ),
        (
            {"municipality": "05035", "year": "2024", "by": "chapter", "colour": "red"},
            "Parámetro «colour»: Aquí no hay ningún parámetro con ese nombre.",
        ),
        (
            {"municipality": "05035", "year": ["2024", "2023"], "by": "chapter"},
            "Parámetro «year»: Se dio más de una vez.",
        ),
    ],
)
def test_bad_or_missing_parameter_is_400_with_a_sentence_in_spanish(client, account, query, sentence):
    response = client.get(EXPENDITURE, query)
    assert response.status_code == 400
    assert response.json()["detail"] == sentence
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    [
        {"by": ""},
        {"year": ""},
        {"municipality": ""},
        {"year": "dos mil"},
        {"year": "1899"},
        {"year": "99999999999999999999999999"},
        {"year": "2024.5"},
        {"moment": "collected"},
        {"document": "gossip"},
        {"breakdown": "zodiac"},
        {"municipality": "05\x00035"},
        {"municipality": "0" * 5000},
        {"period": "2024-13"},
    ],
)
def test_bad_values_are_400(client, account, query):
    response = client.get(EXPENDITURE, {"municipality": "05035", "year": "2024", "by": "chapter"} | query)
    assert response.status_code == 400
    assert isinstance(response.json()["detail"], str)


def test_errors_in_english_by_accept_language(client):
    response = get(client, EXPENDITURE, language="fr, en-GB;q=0.8, es;q=0.5", year="2024", by="chapter")
    assert response.json()["detail"] == "Say whose figures: give a municipality or a publisher."
    assert response["Content-Language"] == "en"
    assert "Accept-Language" in response["Vary"]


def test_names_in_english_by_accept_language(client, account):
    answer = get(client, EXPENDITURE, language="en", municipality="05035", year="2024", by="chapter").json()
    assert [cell["name"] for cell in answer["cells"]] == ["Personal services", "Code 2000"]


@pytest.mark.parametrize(
    ("path", "query", "sentence"),
    [
        (
            EXPENDITURE,
            {"municipality": "99999", "year": "2024", "by": "year"},
            "No hay municipio con la clave «99999».",
        ),
        (CONTRACTS, {"municipality": "abc"}, "No hay municipio con la clave «abc»."),
        (REVENUE, {"publisher": "nadie", "year": "2024", "by": "year"}, "No hay ninguna institución «nadie»."),
        (RELEASES, {"publisher": "nadie"}, "No hay ninguna institución «nadie»."),
    ],
)
def test_unknown_municipality_or_publisher_is_404(client, path, query, sentence):
    response = client.get(path, query)
    assert (response.status_code, response.json()) == (404, {"detail": sentence})


def test_other_addresses_and_methods_answer_in_json(client, account):
    missing = client.get("/api/v1/nothing/here/")
    posted = client.post(EXPENDITURE, {"by": "year"})
    assert (missing.status_code, list(missing.json())) == (404, ["detail"])
    assert (posted.status_code, list(posted.json())) == (405, ["detail"])


def test_too_many_parameters_are_refused_in_json(client):
    response = client.get(f"{CONTRACTS}?{'&'.join(f'p{n}=1' for n in range(1500))}")
    assert (response.status_code, list(response.json())) == (400, ["detail"])


# -- manners -------------------------------------------------------------------------------------------------------


def test_etag_changes_with_the_data_and_the_language(client, account):
    query = {"municipality": "05035", "year": "2024", "by": "chapter"}
    first = client.get(EXPENDITURE, query)
    again = client.get(EXPENDITURE, query, headers={"If-None-Match": first["ETag"]})
    english = client.get(EXPENDITURE, query, headers={"If-None-Match": first["ETag"], "Accept-Language": "en"})
    bump_data_version()
    later = client.get(EXPENDITURE, query, headers={"If-None-Match": first["ETag"]})
    assert [r.status_code for r in (first, again, english, later)] == [200, 304, 200, 200]
    assert again.content == b""
    assert later["ETag"] != first["ETag"] != english["ETag"]


def renamed(client, release):
    body = release.public_body
    data = {"name": "Ayuntamiento de Torreón", "slug": body.slug, "kind": body.kind, "confirmed": "on"}
    data |= {"municipality": body.municipality_id, "state": body.state_id}
    assert client.post(f"/admin/datasets/publicbody/{body.pk}/change/", data).status_code == 302


def licensed(client, release):
    source = release.ingest.file.source
    data = {"name": source.name, "slug": source.slug, "publisher_name": "Tesorería", "licence": "CC BY 4.0"}
    assert client.post(f"/admin/datasets/source/{source.pk}/change/", data).status_code == 302


def confirmed(client, release):
    PublicBody.objects.filter(pk=release.public_body_id).update(confirmed=False)
    release.public_body.refresh_from_db()
    confirm_public_body(body=release.public_body, by=AdminFactory())


def watched(client, release):
    watch = Watch.objects.create(source=release.ingest.file.source, cadence="weekly")
    said = {"name": "Otro", "url": "https://example.com/a.csv", "publisher": "Tesorería", "licence": "CC0"}
    said |= {"cadence": "weekly", "late_after": None, "options": {}}
    save_watch(wanted=Wanted(**said), by=AdminFactory(), watch=watch)


@pytest.mark.parametrize("change", [renamed, licensed, confirmed, watched])
def test_answer_is_sent_anew_once_names_or_licences_are_others(client, account, change):
    bump_data_version()
    first = client.get(RELEASES)
    staff = Client()
    staff.force_login(AdminFactory())
    change(staff, account)
    later = client.get(RELEASES, headers={"If-None-Match": first["ETag"]})
    assert (later.status_code, later["ETag"] == first["ETag"]) == (200, False)


def test_unchanged_answer_reads_no_figures(client, account, django_assert_num_queries):
    query = {"municipality": "05035", "year": "2024", "by": "chapter"}
    etag = client.get(EXPENDITURE, query)["ETag"]
    with django_assert_num_queries(2):  # the body and the version
        client.get(EXPENDITURE, query, headers={"If-None-Match": etag})


@pytest.mark.parametrize("status", [200, 304, 404])
def test_answers_are_for_every_site_and_set_no_cookie(client, account, status):
    query = {"municipality": "99999" if status == 404 else "05035", "year": "2024", "by": "chapter"}
    etag = client.get(EXPENDITURE, query | {"municipality": "05035"})["ETag"] if status == 304 else ""
    response = client.get(EXPENDITURE, query, headers={"If-None-Match": etag})
    assert response.status_code == status
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.cookies == {}
    assert "Cookie" not in response["Vary"]
    assert response["Cache-Control"] == ("no-store" if status == 404 else "public, max-age=60")


def test_head_is_get_without_a_body(client, account):
    query = {"municipality": "05035", "year": "2024", "by": "chapter"}
    head, whole = client.head(EXPENDITURE, query), client.get(EXPENDITURE, query)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])


def test_preflight_is_answered(client):
    response = client.options(EXPENDITURE, headers={"Origin": "https://example.org"})
    assert response.status_code == 200
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_flood_is_held_back(client, account, monkeypatch):
    monkeypatch.setattr("gesoc.common.api.PublicThrottle.rate", "2/min")
    codes = [get(client, RELEASES).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


# -- contracts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def contracts(body):
    release = ReleaseFactory(public_body=body, kind=Kind.CONTRACTS, document="", breakdown=Breakdown.FULL)
    company = SupplierFactory(name="Obras del Norte, S.A. de C.V.", rfc="ONO010203AB1", is_natural_person=False)
    person = SupplierFactory(name="Juan Pérez López", rfc="PELJ800101XX1", is_natural_person=True)
    unsure = SupplierFactory(name="Quién Sabe", rfc="QUIS800101XX1", is_natural_person=None)
    ContractFactory(release=release, line_no=1, supplier=company, amount="900.00", signed_on=date(2024, 3, 1))
    ContractFactory(release=release, line_no=2, supplier=person, amount="20.50", method="open", title="Asesoría")
    ContractFactory(release=release, line_no=3, supplier=unsure, amount=None, currency="USD", method="")
    return release


def test_contracts_whole_row(client, contracts):
    version = bump_data_version()
    answer = get(client, CONTRACTS, q="pavimentacion norte").json()
    assert answer == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": f"{contracts.pk}-1",
                "publisher": "torreon-05035",
                "municipality": "05035",
                "year": 2024,
                "procedure": "direct",
                "procedure_number": None,
                "contract_number": "C-1",
                "method_raw": "Adjudicación directa",
                "category_raw": None,
                "title": "Pavimentación de calles",
                "buyer_unit": None,
                "url": None,
                "supplier": {"name": "Obras del Norte, S.A. de C.V.", "rfc": "ONO010203AB1"},
                "amount": "900.00",
                "amount_without_tax": None,
                "amount_with_tax": None,
                "amount_min": None,
                "amount_max": None,
                "tax_basis": "unstated",
                "currency": "MXN",
                "award_date": None,
                "signed_on": "2024-03-01",
                "starts_on": None,
                "ends_on": None,
                "release": contracts.pk,
                "source_row": 2,
            }
        ],
        "data_version": version,
    }


def test_contracts_never_tell_the_rfc_of_a_person(client, contracts):
    response = get(client, CONTRACTS)
    assert [row["supplier"] for row in response.json()["results"]] == [
        {"name": "Obras del Norte, S.A. de C.V.", "rfc": "ONO010203AB1"},
        {"name": "Juan Pérez López", "rfc": None},
        {"name": "Quién Sabe", "rfc": None},
    ]
    assert "800101XX1" not in response.content.decode()
    assert get(client, CONTRACTS, supplier="PELJ800101XX1").json()["results"] == []


def test_contracts_cover_personal_data_that_was_typed_into_texts(client, contracts):
    ContractFactory(
        release=contracts,
        line_no=4,
        supplier=None,
        supplier_name="María Ruiz, RFC RUMA800101XX1",
        title="Renta, informes con maria@example.org, tel. 871 123 45 67, folio 123456",
        contract_number="ADJD240115AB1",
    )
    row = get(client, CONTRACTS).json()["results"][3]
    assert row["supplier"] == {"name": "María Ruiz, RFC •••", "rfc": None}
    assert row["title"] == "Renta, informes con •••, •••, folio 123456"
    assert row["contract_number"] == "ADJD240115AB1"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"municipality": "05035"}, [1, 2, 3]),
        ({"publisher": "torreon-05035", "year": "2024"}, [1, 2, 3]),
        ({"year": "2023"}, []),
        ({"procedure": "direct"}, [1]),
        ({"procedure": "unknown"}, [3]),
        ({"supplier": "juan lopez"}, [2]),
        ({"supplier": "ONO010203AB1"}, [1]),
        ({"min": "20.50"}, [1, 2]),
        ({"min_amount": "20.51"}, [1]),
        ({"max": "20.50"}, [2]),
        ({"currency": "USD"}, [3]),
        ({"q": "asesor"}, [2]),
        ({"q": "!!!"}, []),
    ],
)
def test_contracts_filters(client, contracts, query, rows):
    answer = get(client, CONTRACTS, **query).json()
    assert [row["id"] for row in answer["results"]] == [f"{contracts.pk}-{row}" for row in rows]


def test_contracts_pages_go_forth_and_back(client, contracts):
    def ids(answer):
        return [int(row["id"].partition("-")[2]) for row in answer["results"]]

    first = get(client, CONTRACTS, page_size="1", year="2024").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    back = client.get(third["previous"]).json()
    start = client.get(back["previous"]).json()
    assert [ids(page) for page in (first, second, third, back, start)] == [[1], [2], [3], [2], [1]]
    assert (first["previous"], third["next"], start["previous"]) == (None, None, None)
    assert client.get(start["next"]).json() == second


@pytest.mark.parametrize("cursor", ["x", "bjE", "____", "bjEuMi4zLjQ", "bjEuMi45OTk5OTk5OTk5OTk5OTk5OTk", "é", "\x00"])
def test_contracts_refuse_a_cursor_that_is_not_theirs(client, contracts, cursor):
    response = get(client, CONTRACTS, cursor=cursor)
    assert (response.status_code, "cursor" in response.json()["errors"]) == (400, True)


def test_contracts_query_count_is_the_same_for_one_and_three(client, contracts, django_assert_num_queries):
    for size in ("1", "3"):
        with django_assert_num_queries(2):
            get(client, CONTRACTS, page_size=size)


# -- releases ------------------------------------------------------------------------------------------------------


def test_releases_newest_first_with_their_files(client, account, contracts, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = get(client, RELEASES).json()
    assert [row["id"] for row in answer["results"]] == [contracts.pk, account.pk]
    assert answer["results"][1] == released(account)
    only = get(client, RELEASES, kind="expenditure", municipality="05035", year="2024").json()
    assert [row["id"] for row in only["results"]] == [account.pk]
    page = get(client, RELEASES, page_size="1").json()
    assert [row["id"] for row in client.get(page["next"]).json()["results"]] == [account.pk]


# -- hostile -------------------------------------------------------------------------------------------------------

NAMES = [
    "municipality", "publisher", "year", "by", "period", "document", "breakdown", "moment",
    "procedure", "supplier", "min", "max", "currency", "q", "cursor", "page_size", "kind", "format", "x", "state", "page",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["05035", "2024", "chapter", "year", "unit", "Q1", "annual", "open", "-1", "1e400", "NaN", "Infinity", "-0.001"]
    ),
    st.integers().map(str),
    st.decimals(allow_nan=True).map(str),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([EXPENDITURE, REVENUE, CONTRACTS, RELEASES, MUNICIPALITIES]),
    query=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6),
)
def test_any_query_is_answered_in_json_and_never_fails(client, account, contracts, path, query):
    response = client.get(path, query)
    assert response.status_code in (200, 400, 404), response.content
    assert response["Content-Type"] == "application/json"
    assert ("detail" in json.loads(response.content)) == (response.status_code != 200)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=60), path=st.sampled_from([EXPENDITURE, CONTRACTS, MUNICIPALITIES]))
def test_any_bytes_as_a_query_are_answered_in_json(client, account, contracts, path, raw):
    quoted = "".join(f"%{byte:02X}" for byte in raw)
    for query in (f"by={quoted}&municipality={quoted}", f"q={quoted}&supplier={quoted}", quoted):
        response = client.get(f"{path}?{query}")
        assert response.status_code in (200, 400, 404)
        assert response["Content-Type"] == "application/json"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accept=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_any_accept_language_is_answered(client, accept):
    response = client.get(RELEASES, headers={"Accept-Language": accept})
    assert response.status_code == 200


def test_amounts_are_exact(client, body):
    release = ReleaseFactory(public_body=body)
    expenditure_cell(release, "chapter", "1000", approved="9999999999999999.99")
    expenditure_cell(release, "chapter", "2000", approved="-0.02")
    answer = get(client, EXPENDITURE, municipality="05035", year="2024", by="chapter").json()
    assert answer["total"]["approved"] == str(Decimal("9999999999999999.99") - Decimal("0.02"))
    assert [cell["approved"] for cell in answer["cells"]] == ["9999999999999999.99", "-0.02"]
