"""Indicators and the questions that follow, as lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from datasets.indicators import CATALOGUE, REASONS
from datasets.models import Flag, IndicatorValue
from datasets.selectors import indicators as selectors

from . import answers
from .pages import page_of
from .parameters import OneOf, PagedParameters, year_field
from .views import ERRORS, DataView


class IndicatorParameters(PagedParameters):
    year = year_field(required=False)
    indicator = OneOf(list(CATALOGUE), required=False, help_text=_("Code of an indicator, as in its address."))


class FlagParameters(IndicatorParameters):
    state = OneOf(Flag.State.values, required=False, help_text=_("What was found out about it."))


ValueShape = answers.shape(
    "IndicatorAnswer",
    {
        "publisher": answers.text(),
        "municipality": answers.maybe_text(),
        "year": serializers.IntegerField(),
        "indicator": answers.text(),
        "version": serializers.IntegerField(),
        "name": answers.text(),
        "unit": answers.text(),
        "value": answers.maybe_text(),
        "numerator": answers.maybe_text(),
        "denominator": answers.maybe_text(),
        "count": serializers.IntegerField(allow_null=True),
        "unknown_because": answers.maybe_text(),
        "releases": serializers.ListField(child=serializers.IntegerField()),
    },
)
FlagShape = answers.shape(
    "FlagAnswer",
    {
        "id": serializers.UUIDField(),
        "publisher": answers.text(),
        "municipality": answers.maybe_text(),
        "year": serializers.IntegerField(),
        "indicator": answers.text(),
        "version": serializers.IntegerField(),
        "question": answers.text(),
        "value": answers.text(),
        "state": answers.text(),
        "caveat": answers.text(),
        "page": answers.text(),
    },
)


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def value_answer(one: IndicatorValue) -> dict[str, Any]:
    return {
        "publisher": one.public_body.slug,
        "municipality": one.public_body.municipality_id,
        "year": one.year,
        "indicator": one.indicator,
        "version": one.version,
        "name": str(one.entry.name),
        "unit": one.entry.unit,
        "value": _exact(one.value),
        "numerator": _exact(one.numerator),
        "denominator": _exact(one.denominator),
        "count": one.count,
        "unknown_because": str(REASONS.get(one.reason, one.reason)) or None,
        "releases": one.releases,
    }


def flag_answer(flag: Flag) -> dict[str, Any]:
    return {
        "id": flag.key,
        "publisher": flag.public_body.slug,
        "municipality": flag.public_body.municipality_id,
        "year": flag.year,
        "indicator": flag.indicator,
        "version": flag.version,
        "question": flag.question,
        "value": _exact(flag.value),
        "state": flag.state,
        "caveat": str(flag.entry.caveat),
        "page": flag.get_absolute_url(),
    }


class IndicatorsView(DataView):
    parameters = IndicatorParameters

    @extend_schema(
        operation_id="indicators",
        summary=_("Indicators of public bodies, by year"),
        description=_(
            "One row per indicator, public body and year: its value with numerator and denominator, or the reason why it "
            "cannot be known from what is published."
        ),
        parameters=[IndicatorParameters],
        responses={200: answers.page_shape("IndicatorPage", ValueShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        found = IndicatorValue.objects.filter(indicator__in=list(CATALOGUE), **_asked(asked)).select_related(
            "public_body"
        )
        page = page_of(found, request=request, asked=asked, answer=value_answer)
        return page | {"data_version": version}


class FlagsView(DataView):
    parameters = FlagParameters

    @extend_schema(
        operation_id="flags",
        summary=_("Questions that published figures raise"),
        description=_(
            "One row per question that today's figures raise. It is a reason to ask, not proof of anything. Its page shows "
            "the rows that it rests on, what was found out, and what the public body answers."
        ),
        parameters=[FlagParameters],
        responses={200: answers.page_shape("FlagPage", FlagShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        wanted = _asked(asked) | ({"state": asked["state"]} if "state" in asked else {})
        page = page_of(selectors.flags().filter(**wanted), request=request, asked=asked, answer=flag_answer)
        return page | {"data_version": version}


def _asked(asked: dict[str, Any]) -> dict[str, Any]:
    """Conditions for what was asked; a known municipality without a body has none of anything."""
    wanted: dict[str, Any] = {name: asked[name] for name in ("year", "indicator") if name in asked}
    if "body" in asked:
        wanted["public_body"] = asked["body"]
    return wanted
