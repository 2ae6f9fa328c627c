"""Indicators and flags through the API: values as exact text, reasons instead of zeros, nothing that is not public."""

from decimal import Decimal

import pytest
from django.core.cache import cache

from datasets.models import Flag, IndicatorValue
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
INDICATORS, FLAGS = "/api/v1/indicators/", "/api/v1/flags/"


@pytest.fixture
def body():
    cache.clear()
    body = make.PublicBodyFactory(slug="torreon-05035")
    values = {"public_body": body, "year": 2024, "version": 1, "family": "contracts"}
    IndicatorValue.objects.create(
        **values, indicator="concentracion", value=Decimal("3551.25"), denominator=Decimal(100), count=7, releases=[3]
    )
    IndicatorValue.objects.create(**values, indicator="sin-documento", reason="no_links")
    return body


def flag(body, **fields):
    return Flag.objects.create(
        public_body=body,
        year=2024,
        indicator="concentracion",
        version=1,
        value=Decimal("3551.25"),
        params={"effective": "2.8"},
        **fields,
    )


def test_values_are_exact_and_reasons_are_said(client, body):
    rows = client.get(INDICATORS, {"municipality": "05035", "year": 2024}).json()["results"]
    assert [(row["indicator"], row["value"], row["unknown_because"]) for row in rows] == [
        ("concentracion", "3551.2500", None),
        ("sin-documento", None, "la lista no trae enlaces a los contratos"),
    ]
    assert rows[0]["releases"] == [3]
    assert client.get(INDICATORS, {"indicator": "concentracion"}).json()["results"] == rows[:1]


def test_flags_are_those_of_today(client, body):
    shown = flag(body)
    flag(body, subject="otro", gone_at=make.PUBLISHED_AT)
    rows = client.get(FLAGS).json()["results"]
    assert [(row["id"], row["state"], row["page"]) for row in rows] == [
        (str(shown.key), "open", shown.get_absolute_url())
    ]
    assert "2.8" in rows[0]["question"]
    assert client.get(FLAGS, {"state": "confirmed"}).json()["results"] == []


def test_questions_follow_the_language(client, body):
    flag(body)
    answer = client.get(FLAGS, headers={"accept-language": "en"})
    assert answer.json()["results"][0]["question"].startswith("Why are the purchases of 2024")


def test_nonsense_is_refused(client, body):
    assert client.get(INDICATORS, {"indicator": "nada"}).status_code == 400
    assert client.get(FLAGS, {"state": "culpable"}).status_code == 400
    assert client.get(FLAGS, {"municipality": "99999"}).status_code == 404
