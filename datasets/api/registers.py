"""Works, debts and sanctions as JSON: one row per row of the published list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from datasets import selectors
from datasets.models import Debt, Kind, Sanction, Work
from datasets.privacy import cover

from . import answers
from .pages import page_of
from .parameters import PagedParameters, year_field
from .views import ERRORS, DataView

Answer = Callable[[Any], dict[str, Any]]
CODES = ("url", "code", "contract_number", "file_number", "state_code", "municipality_code", "outcome")
WORK_TEXTS = (
    "code",
    "name",
    "description",
    "type_raw",
    "branch",
    "unit",
    "programme",
    "location",
    "state_code",
    "municipality_code",
    "municipality_raw",
    "status_raw",
    "contract_number",
    "supplier_name",
    "url",
)
WORK_NUMBERS = ("latitude", "longitude", "physical_progress", "financial_progress")
DEBT_TEXTS = (
    "name",
    "type_raw",
    "creditor",
    "debtor",
    "purpose",
    "guarantee",
    "rate_raw",
    "term_raw",
    "notes",
    "url",
)
SANCTION_TEXTS = (
    "supplier_name",
    "authority",
    "file_number",
    "facts",
    "outcome",
    "outcome_raw",
    "term_raw",
    "url",
)
DATES = {
    Work: ("starts_on", "ends_on"),
    Debt: ("signed_on", "matures_on"),
    Sanction: ("notified_on", "resolved_on", "starts_on", "ends_on"),
}


class RegisterParameters(PagedParameters):
    year = year_field(required=False)
    q = serializers.CharField(
        max_length=200, required=False, help_text=_("Words of the name, the place or the number.")
    )


def _head(one: Any) -> dict[str, Any]:
    return {
        "id": f"{one.release_id}-{one.line_no}",
        "publisher": one.public_body.slug,
        "municipality": one.public_body.municipality_id,
        "year": one.year,
    }


def _rest(one: Any, texts: tuple[str, ...]) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in texts}
    return {
        **{name: (text if name in CODES else cover(text)) or None for name, text in said.items()},
        **{name: answers.pesos(getattr(one, name)) for name in type(one).AMOUNTS},
        **{name: getattr(one, name) for name in DATES[type(one)]},
        "release": one.release_id,
        "source_row": one.source_row,
    }


def work_answer(work: Work) -> dict[str, Any]:
    numbers = {name: getattr(work, name) for name in WORK_NUMBERS}
    shown = {name: None if value is None else f"{value.normalize():f}" for name, value in numbers.items()}
    return _head(work) | {"cycle": work.cycle} | shown | _rest(work, WORK_TEXTS)


def debt_answer(debt: Debt) -> dict[str, Any]:
    return _head(debt) | {"states_no_debt": debt.is_none} | _rest(debt, DEBT_TEXTS)


def sanction_answer(sanction: Sanction) -> dict[str, Any]:
    supplier = sanction.supplier
    rfc = supplier.public_rfc if supplier else ""
    return _head(sanction) | {"rfc": rfc or None, "term_months": sanction.term_months} | _rest(sanction, SANCTION_TEXTS)


def _shape(name: str, model: Any, texts: tuple[str, ...], more: dict[str, Any]) -> type[serializers.Serializer[Any]]:
    return answers.shape(
        name,
        {
            "id": answers.text(),
            "publisher": answers.text(),
            "municipality": answers.maybe_text(),
            "year": serializers.IntegerField(),
            **more,
            **{field: answers.maybe_text() for field in texts},
            **{field: answers.maybe_pesos() for field in model.AMOUNTS},
            **{field: serializers.DateField(allow_null=True) for field in DATES[model]},
            "release": serializers.IntegerField(),
            "source_row": serializers.IntegerField(),
        },
    )


def _maybe_number() -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True)


WORK_MORE = {"cycle": _maybe_number(), **{name: answers.maybe_text() for name in WORK_NUMBERS}}
WorkShape = _shape("PublishedWork", Work, WORK_TEXTS, WORK_MORE)
DebtShape = _shape("PublishedDebt", Debt, DEBT_TEXTS, {"states_no_debt": serializers.BooleanField()})
SanctionShape = _shape(
    "PublishedSanction", Sanction, SANCTION_TEXTS, {"rfc": answers.maybe_text(), "term_months": _maybe_number()}
)


class RegisterView(DataView):
    parameters = RegisterParameters
    kind: str
    row_answer: Answer

    def answer(self, request: Request, asked: dict[str, Any], version: int) -> dict[str, Any]:
        found = selectors.published_rows(
            kind=self.kind, public_body=asked.get("body"), year=asked.get("year"), q=asked.get("q", "")
        )
        if asked.get("body", ...) is None:
            found = found.none()
        page = page_of(found, request=request, asked=asked, answer=type(self).row_answer)
        return page | {"data_version": version}


class WorksView(RegisterView):
    kind = Kind.WORKS
    row_answer = staticmethod(work_answer)

    @extend_schema(
        operation_id="works",
        summary=_("Published public works"),
        description=_(
            "One row per work as the list prints it, with the row of the file. Lists of several years tell of the same "
            "works again: never add them."
        ),
        parameters=[RegisterParameters],
        responses={200: answers.page_shape("WorkPage", WorkShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)


class DebtView(RegisterView):
    kind = Kind.DEBT
    row_answer = staticmethod(debt_answer)

    @extend_schema(
        operation_id="debt",
        summary=_("Published public debt"),
        description=_("One row per credit or obligation, or the statement of a public body that it has none."),
        parameters=[RegisterParameters],
        responses={200: answers.page_shape("DebtPage", DebtShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)


class SanctionsView(RegisterView):
    kind = Kind.SANCTIONS
    row_answer = staticmethod(sanction_answer)

    @extend_schema(
        operation_id="sanctions",
        summary=_("Published sanctions against suppliers"),
        description=_(
            "One row per resolution as the register prints it. It may have ended or been annulled since; an outcome "
            "“cleared” is no sanction. The RFC of natural persons is not public."
        ),
        parameters=[RegisterParameters],
        responses={200: answers.page_shape("SanctionPage", SanctionShape), **ERRORS},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)
