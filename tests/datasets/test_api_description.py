"""The OpenAPI description, and the page made of it, say what the API really does."""

import re
from datetime import date
from io import StringIO

import pytest
import yaml
from django.core.cache import cache
from django.core.management import call_command
from django.utils import translation
from jsonschema import Draft202012Validator

from datasets.models import Breakdown, ExpenditureLine, Flag, IndicatorValue, Kind, RevenueLine
from gesoc.api import EXAMPLES, endpoints
from tests.factories.commitments import CommitmentFactory
from tests.factories.datasets import (
    ContractFactory,
    DebtFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SanctionFactory,
    WorkFactory,
    contract_cell,
    expenditure_cell,
    label,
    revenue_cell,
)
from tests.factories.projects import ProjectFactory

CUBES = [
    f"/api/v1/cubes/{cube}/{what}/"
    for cube in ("contracts", "expenditure", "revenue")
    for what in ("aggregate", "facts", "members/{dimension}", "model")
]
ADDRESSES = [
    "/api/v1/commitments/",
    "/api/v1/contracts/",
    *CUBES,
    "/api/v1/debt/",
    "/api/v1/expenditure/aggregate/",
    "/api/v1/flags/",
    "/api/v1/indicators/",
    "/api/v1/municipalities/",
    "/api/v1/projects/",
    "/api/v1/releases/",
    "/api/v1/revenue/aggregate/",
    "/api/v1/sanctions/",
    "/api/v1/works/",
]


@pytest.fixture
def published(db):
    """Something to answer every example with."""
    cache.clear()
    body = PublicBodyFactory(slug="torreon-05035")
    spent = ReleaseFactory(public_body=body, totals={"approved": "2.00"})
    expenditure_cell(spent, "chapter", "1000", approved="1.00", label=label("object", "Sueldos", code="1000"))
    earned = ReleaseFactory(public_body=body, kind=Kind.REVENUE, breakdown=Breakdown.FULL)
    revenue_cell(earned, "rubro", "1", estimated="1.00", collected="2.00")
    bought = ReleaseFactory(public_body=body, kind=Kind.CONTRACTS, breakdown=Breakdown.FULL, document="")
    contract_cell(bought, "method", "direct", amount="100000.00")
    for model, release in ((ExpenditureLine, spent), (RevenueLine, earned)):
        made = label("object" if release is spent else "revenue", "Sueldos", code="1000" if release is spent else "1")
        named = {"object": made} if release is spent else {"revenue": made}
        model.objects.create(public_body=body, release=release, line_no=1, source_row=2, last_row=2, **named)
    ContractFactory(release=bought)
    ContractFactory(release=bought, supplier=None, amount=None)
    for factory in (WorkFactory, DebtFactory, SanctionFactory):
        factory(release__public_body=body)
    ProjectFactory(municipalities=[body.municipality])
    CommitmentFactory(due_on=date(2026, 1, 1))
    judged = {"public_body": body, "year": 2024, "indicator": "concentracion", "version": 1, "value": 3000}
    IndicatorValue.objects.create(**judged, family="contracts")
    unknown = judged | {"indicator": "sin-monto", "value": None}
    IndicatorValue.objects.create(**unknown, family="contracts", reason="no_pesos")
    Flag.objects.create(**judged, params={"effective": "3.3"})
    return body


@pytest.fixture(scope="module")
def description():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def json_schema(node):
    """OpenAPI 3.0 says `nullable` where JSON Schema says a type or null."""
    if isinstance(node, list):
        return [json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") else made


def test_description_is_valid_and_lists_every_address(description):
    assert sorted(description["paths"]) == ADDRESSES
    assert sorted(EXAMPLES) == ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_and_errors_have_the_described_shape(client, published, description, address):
    responses = description["paths"][address]["get"]["responses"]
    for query, status in ((EXAMPLES[address], "200"), ("publisher=x&municipality=y&nonsense=1", "400")):
        answer = client.get(f"{address.replace('{dimension}', 'year')}?{query}")
        assert answer.status_code == int(status)
        if status not in responses:
            continue  # the list of municipalities describes its answer alone
        shape = responses[status]["content"]["application/json"]["schema"]
        whole = json_schema({**shape, "components": description["components"]})
        Draft202012Validator(whole).validate(answer.json())
        assert status == "400" or any(answer.json().get(rows) for rows in ("cells", "results", "members", "measures"))


def test_described_amounts_are_text_that_may_be_null(description):
    cell = description["components"]["schemas"]["ExpenditureCellAnswer"]
    approved = cell["properties"]["approved"]
    assert (approved["type"], approved["nullable"]) == ("string", True)
    assert cell["required"] == ["code", "name", "published_code"]


@pytest.mark.parametrize(
    ("language", "summary"),
    [("", "Contratos publicados"), ("en", "Published contracts"), ("fr", "Contratos publicados")],
)
def test_schema_is_for_every_site_in_both_languages_and_sets_no_cookie(client, db, language, summary):
    cache.clear()
    response = client.get("/api/schema/", headers={"Accept-Language": language})
    paths = yaml.safe_load(response.content)["paths"]
    assert (response.status_code, response.cookies) == (200, {})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert sorted(paths) == ADDRESSES
    assert paths["/api/v1/contracts/"]["get"]["summary"] == summary
    assert client.get("/api/schema/?format=json").json()["openapi"] == "3.0.3"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/api/", "Un programa puede leer cada cifra de este sitio, sin clave de acceso."),
        ("/en/api/", "Every figure of this site can be read by a program, without a key."),
    ],
)
def test_page_for_people_in_both_languages(client, db, address, sentence):
    response = client.get(address)
    page = response.content.decode()
    assert (response.status_code, response.cookies) == (200, {})
    assert sentence in page
    for path in ADDRESSES:
        assert f"<code>GET {path}</code>" in page
    assert "<script>" not in page
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert "unsafe" not in response["Content-Security-Policy"]


def test_page_names_every_parameter_of_the_description(db, description):
    with translation.override("en"):
        shown = {endpoint.path: sorted(p.name for p in endpoint.parameters) for endpoint in endpoints("en")}
    assert shown == {
        # One in the path stands in the address that is shown.
        path: sorted(found["name"] for found in methods["get"]["parameters"] if found["in"] == "query")
        for path, methods in description["paths"].items()
    }
    (spent,) = [endpoint for endpoint in endpoints("en") if endpoint.path == "/api/v1/expenditure/aggregate/"]
    by = spent.parameters[0]
    assert (by.name, by.required, by.values) == ("by", True, "chapter, concept, item, function, unit, year")
    year = next(parameter for parameter in spent.parameters if parameter.name == "year")
    assert year.values == "whole number from 1900 to 2100"


def test_examples_of_the_page_are_answered(client, published):
    for endpoint in endpoints("es-mx"):
        assert client.get(endpoint.example).status_code == 200
