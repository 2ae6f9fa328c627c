"""The addresses under /api/v1/ that answer with published figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from datasets import selectors
from datasets.models import Contract, ExpenditureLine, Kind, PublicBody, Release, RevenueLine
from datasets.selectors import Cell, ContractFilters
from datasets.versions import data_state
from gesoc.common.api import CsvRenderer, PublicView
from municipalities.models import Municipality

from . import answers
from .pages import page_of
from .parameters import (
    PROCEDURES,
    ContractParameters,
    ExpenditureParameters,
    ReleaseParameters,
    RevenueParameters,
)

JSON = "application/json"  # what is described; format=csv gives the same rows as a table
ERRORS = {(status, JSON): answers.ErrorShape for status in (400, 404)}


class DataView(PublicView):
    """Changes only when something is published, restored or withdrawn."""

    changed: datetime | None = None

    def version(self) -> int:
        value, self.changed = data_state()
        return value

    def changed_at(self) -> datetime | None:
        return self.changed  # read with the version

    def resolve(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Put the public body in the place of its name. A known municipality without a body simply has no data."""
        if "municipality" in asked:
            asked["body"] = _government(asked["municipality"])
        elif "publisher" in asked:
            asked["body"] = PublicBody.objects.known().filter(slug=asked["publisher"]).first()
            if asked["body"] is None:
                raise NotFound(_("There is no publisher “%(name)s”.") % {"name": asked["publisher"]})
        return asked


def _government(code: str) -> PublicBody | None:
    body = PublicBody.objects.government_of(code).first()
    if body is None and not Municipality.objects.filter(pk=code).exists():
        raise NotFound(_("There is no municipality with the code “%(code)s”.") % {"code": code})
    return body


def total_of_years(
    releases: Sequence[Release], cells: Sequence[Cell], moments: Sequence[str]
) -> dict[str, Decimal | None]:
    """Years add up only where all were printed in the same document for the same stretch of the year, and all state it."""
    total = selectors.totals(cells, moments)
    if len({(release.document, release.period) for release in releases}) > 1:
        return dict.fromkeys(moments)
    return {name: total[name] if all(cell.amount(name) is not None for cell in cells) else None for name in moments}


class AggregateView(DataView):
    renderer_classes = (JSONRenderer, CsvRenderer)
    kind: str
    moments: Sequence[str]

    def cells(self, releases: Iterable[Release], by: str, moment: str | None) -> list[Cell]:
        raise NotImplementedError

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        releases = self.chosen(asked)
        moment = asked.get("moment")
        moments = [moment] if moment else self.moments
        by_year = asked["by"] == "year"
        cells = selectors.year_cells(releases) if by_year else self.cells(releases, asked["by"], moment)
        total = selectors.totals(cells, moments) if not by_year else total_of_years(releases, cells, moments)
        return {
            "total": {name: answers.pesos(value) for name, value in total.items()},
            "cells": [answers.cell_answer(cell, moments) for cell in cells],
            "chosen": answers.chosen_answer(releases),
            "releases": [answers.release_answer(release) for release in releases],
            "data_version": version,
        }

    def chosen(self, asked: dict[str, Any]) -> list[Release]:
        """The one release of the year asked for; for by=year, one of each year."""
        if asked["body"] is None:
            return []
        found = selectors.choose_releases(
            public_body=asked["body"],
            kind=self.kind,
            years=[asked["year"]] if "year" in asked else None,
            by=None if asked["by"] == "year" else asked["by"],
            **{name: asked.get(name) for name in ("period", "document", "breakdown")},
        )
        return list(found.values())


class ExpenditureAggregateView(AggregateView):
    kind = Kind.EXPENDITURE
    moments = ExpenditureLine.MOMENTS
    parameters = ExpenditureParameters

    def cells(self, releases: Iterable[Release], by: str, moment: str | None) -> list[Cell]:
        return selectors.expenditure_cells(releases=releases, by=by, moment=moment)

    @extend_schema(
        operation_id="expenditure_aggregate",
        summary=gettext_lazy("Expenditure of a public body in a year"),
        description=gettext_lazy(
            "Sums by chapter, concept, item, function or unit, or the totals of every year. The answer comes from one "
            "published release and names it under “chosen”: the public account, else the latest cumulative report, "
            "else the approved budget. Amounts are pesos as text; a moment that was not published is null."
        ),
        parameters=[ExpenditureParameters],
        responses={(200, JSON): answers.aggregate_shape("Expenditure", ExpenditureLine.MOMENTS), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)


class RevenueAggregateView(AggregateView):
    kind = Kind.REVENUE
    moments = RevenueLine.MOMENTS
    parameters = RevenueParameters

    def cells(self, releases: Iterable[Release], by: str, moment: str | None) -> list[Cell]:
        return selectors.revenue_cells(releases=releases, by=by, moment=moment)

    @extend_schema(
        operation_id="revenue_aggregate",
        summary=gettext_lazy("Revenue of a public body in a year"),
        description=gettext_lazy(
            "Sums by rubro, type, item or funding source, or the totals of every year, from one published release a "
            "year, named under “chosen”."
        ),
        parameters=[RevenueParameters],
        responses={(200, JSON): answers.aggregate_shape("Revenue", RevenueLine.MOMENTS), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)


class ContractsView(DataView):
    parameters = ContractParameters
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        operation_id="contracts",
        summary=gettext_lazy("Published contracts"),
        description=gettext_lazy(
            "One row per contract as printed, with the row of the file it came from. Amounts keep their currency and "
            "are never converted. The RFC of natural persons is not public."
        ),
        parameters=[ContractParameters],
        responses={(200, JSON): answers.page_shape("ContractPage", answers.ContractShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        found = selectors.contracts(_filters(asked))
        if asked.get("body", ...) is None:
            found = found.none()
        page = page_of(found, request=request, asked=asked, answer=answers.contract_answer)
        return page | {"data_version": version}


def _filters(asked: dict[str, Any]) -> ContractFilters:
    procedure = asked.get("procedure")
    return ContractFilters(
        public_body=asked.get("body"),
        year=asked.get("year"),
        method=None if procedure is None else str(PROCEDURES.get(procedure, Contract.Method.UNKNOWN)),
        supplier=asked.get("supplier", ""),
        min_amount=asked.get("min", asked.get("min_amount")),
        max_amount=asked.get("max", asked.get("max_amount")),
        currency=asked.get("currency", ""),
        q=asked.get("q", ""),
    )


class ReleasesView(DataView):
    parameters = ReleaseParameters
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        operation_id="releases",
        summary=gettext_lazy("What is published, and from which files"),
        description=gettext_lazy(
            "One row per published release, newest first: whose money, which year, period, document and breakdown, and "
            "the file with its SHA-256 and its link."
        ),
        parameters=[ReleaseParameters],
        responses={(200, JSON): answers.page_shape("ReleasePage", answers.ReleaseShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        wanted = {name: asked[name] for name in ("year", "period", "document", "breakdown") if name in asked}
        found = selectors.published_releases(public_body=asked.get("body"), kind=asked.get("kind")).filter(**wanted)
        if asked.get("body", ...) is None:
            found = found.none()
        page = page_of(found, request=request, asked=asked, answer=answers.release_answer, newest_first=True)
        return page | {"data_version": version}
