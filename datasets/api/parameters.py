"""What may be asked, and how."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from datasets.models import Breakdown, Contract, Document, ExpenditureLine, Kind, RevenueLine
from gesoc.common.api import Parameters

PERIOD = r"^(annual|Q[1-4]|[0-9]{4}-(0[1-9]|1[0-2]))$"
EXPENDITURE_BY = ("chapter", "concept", "item", "function", "unit", "year")
REVENUE_BY = ("rubro", "type", "item", "funding", "year")
PROCEDURES = {"open": Contract.Method.OPEN, "limited": Contract.Method.LIMITED, "direct": Contract.Method.DIRECT}
UNKNOWN_PROCEDURE = "unknown"
MAX_PAGE = 500


class OneOf(serializers.ChoiceField):
    """A choice whose refusal lists what may be chosen."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=choices, **kwargs)
        self.error_messages["invalid_choice"] = _("“{input}” is not one of {allowed}.")

    def fail(self, key: str, **kwargs: Any) -> Any:
        given = str(kwargs.get("input", ""))[:60]
        return super().fail(key, input=given, allowed=", ".join(map(str, self.choices)))


def year_field(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1900, max_value=2100, help_text=_("Budget year, as in 2024."), **kwargs)


def amount_field(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2, required=False, **kwargs)


class PlaceParameters(Parameters):
    municipality = serializers.CharField(
        max_length=20,
        required=False,
        help_text=_("INEGI code of a municipality, five digits: its government alone, without its agencies."),
    )
    publisher = serializers.CharField(
        max_length=120,
        required=False,
        help_text=_("A public body by its short name on this site, instead of municipality."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "municipality" in attrs and "publisher" in attrs:
            raise serializers.ValidationError(_("Give either a municipality or a publisher, not both."))
        return attrs


class SliceParameters(PlaceParameters):
    period = serializers.RegexField(
        PERIOD,
        max_length=7,
        required=False,
        help_text=_("annual, Q1 to Q4 (cumulative since January) or a month, as in 2024-03."),
        error_messages={"invalid": _("A period is annual, Q1, Q2, Q3, Q4 or a month, as in 2024-03.")},
    )
    document = OneOf(Document.values, required=False, help_text=_("The document that the figures were printed in."))
    breakdown = OneOf(Breakdown.values, required=False, help_text=_("The classification that they were printed under."))


class AggregateParameters(SliceParameters):
    year = year_field(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "municipality" not in attrs and "publisher" not in attrs:
            raise serializers.ValidationError(_("Say whose figures: give a municipality or a publisher."))
        if "year" not in attrs and attrs["by"] != "year":
            raise serializers.ValidationError({"year": [_("Say which year, or ask by=year.")]})
        return attrs


class ExpenditureParameters(AggregateParameters):
    by = OneOf(EXPENDITURE_BY, help_text=_("What the figures are told apart by."))
    moment = OneOf(ExpenditureLine.MOMENTS, required=False, help_text=_("Answer with this moment of the budget alone."))


class RevenueParameters(AggregateParameters):
    by = OneOf(REVENUE_BY, help_text=_("What the figures are told apart by."))
    moment = OneOf(RevenueLine.MOMENTS, required=False, help_text=_("Answer with this moment of the budget alone."))


class PagedParameters(PlaceParameters):
    page_size = serializers.IntegerField(
        min_value=1, max_value=MAX_PAGE, default=100, help_text=_("Rows of a page, up to 500.")
    )
    cursor = serializers.CharField(
        max_length=200, required=False, help_text=_("Where a page begins: take it from next or previous.")
    )


class ContractParameters(PagedParameters):
    year = year_field(required=False)
    procedure = OneOf([*PROCEDURES, UNKNOWN_PROCEDURE], required=False, help_text=_("How the contract was awarded."))
    supplier = serializers.CharField(
        max_length=200, required=False, help_text=_("Words of the supplier's name, or a company's RFC.")
    )
    min = amount_field(help_text=_("Least amount, in the contract's own currency."))
    max = amount_field(help_text=_("Greatest amount, in the contract's own currency."))
    min_amount = amount_field(help_text=_("Another name of min."))
    max_amount = amount_field(help_text=_("Another name of max."))
    currency = serializers.RegexField(r"^[A-Z]{3}$", max_length=3, required=False, help_text=_("As in MXN or USD."))
    q = serializers.CharField(
        max_length=200, required=False, help_text=_("Words of the title, the supplier or the numbers.")
    )


class ReleaseParameters(PagedParameters, SliceParameters):
    kind = OneOf(Kind.values, required=False, help_text=_("What the files are about."))
    year = year_field(required=False)
