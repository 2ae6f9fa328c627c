"""/api/v1/cubes/: many public bodies and years at once, told apart as the reader asks. Modelled on babbage's cubes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from datasets.models import Contract, ExpenditureLine, Kind, RevenueLine
from datasets.privacy import cover
from datasets.selectors import cubes
from datasets.selectors.cubes import CUBES, Cube, Question
from datasets.selectors.releases import in_releases
from datasets.selectors.under import contracts_of_months, lines_under
from gesoc.common.api import CsvRenderer, Parameters

from . import answers
from .pages import page_of
from .views import ERRORS, JSON, DataView

MOST_CELLS = 10_000
CUT = re.compile(r"([a-z_]+):(.*)", re.DOTALL)
MOST_VALUES = 500
EARLIEST = date(2000, 1, 1)  # nothing was published here before: the first days of the calendar have no time zone
LINES: dict[str, Any] = {Kind.EXPENDITURE: ExpenditureLine, Kind.REVENUE: RevenueLine, Kind.CONTRACTS: Contract}


class CutParameters(Parameters):
    cut = serializers.CharField(
        max_length=4000,
        required=False,
        help_text=gettext_lazy("What to keep, as in year:2024|municipality:05035; several values with ;"),
    )
    as_of = serializers.DateField(
        required=False,
        help_text=gettext_lazy(
            "A day, as in 2026-03-31: the figures as they were public at its end, before later files."
        ),
    )


class AggregateParameters(CutParameters):
    drilldown = serializers.CharField(
        max_length=300, required=False, help_text=gettext_lazy("What to tell apart, as in year|chapter.")
    )
    order = serializers.CharField(
        max_length=300, required=False, help_text=gettext_lazy("As in accrued:desc or year|chapter.")
    )
    page = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)
    pagesize = serializers.IntegerField(min_value=1, max_value=MOST_CELLS, default=1000)


class FactParameters(CutParameters):
    page_size = serializers.IntegerField(min_value=1, max_value=MOST_CELLS, default=100)
    cursor = serializers.CharField(
        max_length=200, required=False, help_text=gettext_lazy("Where a page begins: take it from next or previous.")
    )


def cuts_of(cube: Cube, text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, text.split("|")):
        match = CUT.fullmatch(part.strip())
        if match is None:
            raise ValidationError({"cut": [_("“%(part)s” is not of the form name:value.") % {"part": part[:60]}]})
        values = tuple(value.strip().strip('"') for value in match[2].split(";"))
        found[known(cube, match[1], "cut", extra=("breakdown",))] = values
    return {name: _checked(name, values) for name, values in found.items()}


def _checked(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """What the database would choke on is an error here."""
    if len(values) > MOST_VALUES or any("\x00" in value or len(value) > 120 for value in values):
        raise ValidationError({"cut": [_("“%(name)s” has too many values, or one that cannot be.") % {"name": name}]})
    if name in ("year", "release"):
        if not all(value.isascii() and value.isdigit() and 0 < int(value) < 2**31 for value in values):
            raise ValidationError({"cut": [_("“%(name)s” takes whole numbers.") % {"name": name}]})
        if name == "year" and not all(int(value) < 2**15 for value in values):
            raise ValidationError({"cut": [_("“%(name)s” takes whole numbers.") % {"name": name}]})
    return values


def end_of_day(day: date | None) -> datetime | None:
    """On the clocks of the site. Of a day to come nothing is known."""
    if day is None:
        return None
    if day > timezone.localdate():
        raise ValidationError({"as_of": [_("That day has not come yet.")]})
    if day < EARLIEST:
        return timezone.make_aware(datetime.combine(EARLIEST, time.min))
    return timezone.make_aware(datetime.combine(day, time.max))


def known(cube: Cube, name: str, parameter: str, extra: Sequence[str] = ()) -> str:
    allowed = (*cube.dimensions, *extra)
    if name not in allowed:
        said = _("“%(name)s” is not one of %(allowed)s.") % {"name": name[:60], "allowed": ", ".join(allowed)}
        raise ValidationError({parameter: [said]})
    return name


class CubeView(DataView):
    cube: Cube = cubes.EXPENDITURE
    headings: Sequence[str] = ()  # of the table, where no cell tells them
    renderer_classes = (JSONRenderer, CsvRenderer)

    def question(self, asked: Mapping[str, Any]) -> Question:
        names = [name.strip() for name in asked.get("drilldown", "").split("|") if name.strip()]
        drilldown = tuple(dict.fromkeys(known(self.cube, name, "drilldown") for name in names))
        question = Question(
            self.cube, cuts_of(self.cube, asked.get("cut", "")), drilldown, end_of_day(asked.get("as_of"))
        )
        if len(question.headings) > 1:
            said = _("Only one of %(names)s at a time: the same money is printed under each.")
            raise ValidationError({"drilldown": [said % {"names": ", ".join(self.cube.headings)}]})
        return question


def described(text: Any, parameters: Any, shape: Any, more: Any = None) -> Any:
    return extend_schema(
        summary=text,
        description=more,
        parameters=[parameters] if parameters else [],
        responses={(200, JSON): shape, **ERRORS},
    )


AggregateShape = answers.shape(
    "CubeAggregate",
    {
        "cells": serializers.ListField(child=serializers.DictField()),
        "summary": serializers.DictField(),
        "total_cell_count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "page": serializers.IntegerField(),
        "pagesize": serializers.IntegerField(),
        "releases": serializers.ListField(child=serializers.IntegerField()),
        "data_version": serializers.IntegerField(),
    },
)


class CubeAggregateView(CubeView):
    parameters = AggregateParameters

    @described(
        gettext_lazy("Sums of a cube, told apart as asked"),
        AggregateParameters,
        AggregateShape,
        gettext_lazy(
            "Each public body and year is answered by one release, or by one of each period or document where these are "
            "told apart. Amounts of budgets are added only where all releases are of one document and one stretch of the "
            "year, and all state them; elsewhere the cell or the summary is null. A cut such as "
            "document:public_account|period:annual makes them alike."
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        question = self.question(asked)
        found = cubes.answer(question)
        cells = ordered(found.cells, orders(self.cube, asked.get("order", ""), question))
        page, size = asked["page"], asked["pagesize"]
        start, here = (page - 1) * size, request.build_absolute_uri()
        self.headings = [*question.drilldown, *found.total]
        return {
            "cells": [plain(cell) for cell in cells[start : start + size]],
            "summary": plain(found.total),
            "total_cell_count": len(cells),
            "next": replace_query_param(here, "page", page + 1) if start + size < len(cells) else None,
            "previous": replace_query_param(here, "page", page - 1) if page > 1 else None,
            "page": page,
            "pagesize": size,
            "releases": [release.pk for release in found.releases],
            "data_version": version,
        }


def plain(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Amounts as text with two decimals."""
    return {name: answers.pesos(value) if isinstance(value, Decimal) else value for name, value in cell.items()}


def orders(cube: Cube, text: str, question: Question) -> list[tuple[str, bool]]:
    """(name, descending); by what is told apart where nothing is asked."""
    allowed = (*question.drilldown, *cube.measures, "count")
    found = []
    for part in filter(None, (one.strip() for one in text.split("|"))):
        name, _colon, way = part.partition(":")
        if name not in allowed or way not in ("", "asc", "desc"):
            said = _("“%(name)s” is not one of %(allowed)s.") % {"name": part[:60], "allowed": ", ".join(allowed)}
            raise ValidationError({"order": [said]})
        found.append((name, way == "desc"))
    return found or [(name, False) for name in question.drilldown]


def ordered(cells: list[dict[str, Any]], by: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    """What is not known comes last, either way."""
    for name, descending in reversed(by):
        known_ones = [cell for cell in cells if cell.get(name) is not None]
        rest = [cell for cell in cells if cell.get(name) is None]
        cells = sorted(known_ones, key=lambda cell: cell[name], reverse=descending) + rest
    return cells


MembersShape = answers.shape(
    "CubeMembers",
    {"members": serializers.ListField(child=serializers.DictField()), "data_version": serializers.IntegerField()},
)


class CubeMembersView(CubeView):
    parameters = CutParameters
    dimension = ""

    @described(gettext_lazy("What a dimension of a cube holds"), CutParameters, MembersShape)
    def get(self, request: Request, dimension: str) -> HttpResponseBase:
        self.dimension = dimension
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        name = known(self.cube, self.dimension, "dimension")
        question = self.question({**asked, "drilldown": name})
        cells = ordered(cubes.answer(question).cells, [(name, False)])
        kept = (name, f"{name}_name", "count")
        members = [{key: cell[key] for key in kept if key in cell} for cell in cells]
        return {"members": members, "data_version": version}


ModelShape = answers.shape(
    "CubeModel",
    {
        "name": answers.text(),
        "dimensions": serializers.ListField(child=serializers.CharField()),
        "headings": serializers.ListField(child=serializers.CharField()),
        "measures": serializers.ListField(child=serializers.CharField()),
        "note": answers.text(),
        "data_version": serializers.IntegerField(),
    },
)


class CubeModelView(CubeView):
    @described(gettext_lazy("What a cube can be asked"), None, ModelShape)
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        return {
            "name": self.cube.name,
            "dimensions": list(self.cube.dimensions),
            "headings": list(self.cube.headings),
            "measures": [*self.cube.measures, "count"],
            "note": _("Each public body and year is answered by one release, so that no money is counted twice."),
            "data_version": version,
        }


FactsShape = answers.page_shape("CubeFacts", answers.shape("CubeFact", {"release": serializers.IntegerField()}))


class CubeFactsView(CubeView):
    parameters = FactParameters

    @described(
        gettext_lazy("The lines behind a cube's sums, each with the row of its file"), FactParameters, FactsShape
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        question = self.question(asked)
        if not {"municipality", "publisher", "release"} & set(question.cuts):
            raise ValidationError({"cut": [_("Say whose lines: cut to a municipality, a publisher or a release.")]})
        page = page_of(self.lines(question), request=request, asked=asked, answer=self.fact)
        return page | {"data_version": version}

    def lines(self, question: Question) -> QuerySet[Any]:
        releases = cubes.releases_of(question)
        model = LINES[self.cube.kind]
        labels = ("supplier",) if model is Contract else model.LABELS
        found = model._default_manager.filter(**in_releases(releases)).filter(self.under(question))
        return found.select_related("public_body", "release", *labels)

    def under(self, question: Question) -> Q:
        heading = question.heading
        values = question.cuts.get(heading or "", ())
        currency = Q(currency__in=question.cuts["currency"]) if "currency" in question.cuts else Q()
        if not values or heading is None:
            return currency
        if self.cube.kind == Kind.CONTRACTS:
            return currency & (Q(method__in=values) if heading == "method" else contracts_of_months(values))
        by = "revenue" if self.cube.kind == Kind.REVENUE and heading == "item" else heading
        return Q(*[lines_under(by, value) for value in values], _connector=Q.OR)

    def fact(self, line: Any) -> dict[str, Any]:
        if isinstance(line, Contract):
            return answers.contract_answer(line)
        return fact_of(line)


def fact_of(line: Any) -> dict[str, Any]:
    """A line of a budget as printed: codes and names, the moments, and where it stands in the file."""
    body = line.public_body
    told: dict[str, Any] = {
        "id": f"{line.release_id}-{line.line_no}",
        "publisher": body.slug,
        "municipality": body.municipality_id,
        "year": line.release.year,
        "period": line.release.period,
        "document": line.release.document or None,
        "breakdown": line.release.breakdown,
    }
    for name in line.LABELS:
        label = getattr(line, name)
        told[f"{name}_code"] = (label.code or label.published_code or None) if label else None
        told[f"{name}_name"] = (cover(label.name) or None) if label else None
    told |= {moment: answers.pesos(getattr(line, moment)) for moment in line.MOMENTS}
    sheets = line.release.sheets
    sheet = sheets[line.sheet_no] if line.sheet_no < len(sheets) else None
    return told | {"release": line.release_id, "sheet": sheet or None, "source_row": line.source_row}


def cube_urls() -> list[Any]:
    from django.urls import path

    made = []
    for name, cube in CUBES.items():
        made += [
            path(f"cubes/{name}/model/", CubeModelView.as_view(cube=cube), name=f"cube-{name}-model"),
            path(
                f"cubes/{name}/members/<slug:dimension>/",
                CubeMembersView.as_view(cube=cube),
                name=f"cube-{name}-members",
            ),
            path(f"cubes/{name}/aggregate/", CubeAggregateView.as_view(cube=cube), name=f"cube-{name}-aggregate"),
            path(f"cubes/{name}/facts/", CubeFactsView.as_view(cube=cube), name=f"cube-{name}-facts"),
        ]
    return made
