"""The fields a column may hold, in words and in the groups in which a person looks for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Breakdown, Kind
from .words import MOMENTS, REGISTER_AMOUNTS

Group = tuple[Any, dict[str, Any]]

WHEN_AND_WHERE: Group = (
    _("When and where"),
    {
        "fiscal_year": _("Year"),
        "period_start": _("Beginning of the period"),
        "period_end": _("End of the period"),
        "period_label": _("Period, in words"),
        "state_code": _("State, code"),
        "state_name": _("State"),
        "municipality_code": _("Municipality, code"),
        "municipality_name": _("Municipality"),
        "entity_name": _("Institution"),
        "entity_external_id": _("Institution, code"),
        "responsible_area": _("Area that publishes"),
        "updated_on": _("Date of update"),
        "validated_on": _("Date of validation"),
        "notes": _("Notes"),
        "source_url": _("Link"),
    },
)
BUDGET_AMOUNTS = {"increases": _("Increases"), "decreases": _("Reductions")}
FUNDING = {
    "funding_source_code": _("Funding source, code"),
    "funding_source_name": _("Funding source"),
    "earmarked": _("Earmarked or free"),
}
EXPENDITURE: list[Group] = [
    (
        _("Amounts"),
        {
            name: MOMENTS[name]
            for name in (
                "approved",
                "adjustments",
                "modified",
                "committed",
                "accrued",
                "exercised",
                "paid",
                "reported",
            )
        }
        | BUDGET_AMOUNTS
        | {"moment": _("Moment of the amount, in words")},
    ),
    (
        _("What it is spent on"),
        {
            "chapter_code": _("Chapter, code"),
            "concept_code": _("Concept, code"),
            "generic_item_code": _("Generic item, code"),
            "specific_item_code": _("Specific item, code"),
            "object_name": _("Object of expenditure, name"),
            "line_level": _("Level of the row"),
            "expenditure_type": _("Type of expenditure"),
        },
    ),
    (
        _("Who spends it, and on which programme"),
        {
            "ramo_code": _("Branch (ramo), code"),
            "ramo_name": _("Branch (ramo)"),
            "admin_unit_code": _("Administrative unit, code"),
            "admin_unit_name": _("Administrative unit"),
            "admin_class_code": _("Administrative classification, code"),
            "purpose_code": _("Purpose (finalidad), code"),
            "purpose_name": _("Purpose (finalidad)"),
            "function_code": _("Function, code"),
            "function_name": _("Function"),
            "subfunction_code": _("Subfunction, code"),
            "subfunction_name": _("Subfunction"),
            "program_modality": _("Modality of the programme"),
            "program_code": _("Programme, code"),
            "program_name": _("Programme"),
            "project_code": _("Project, code"),
            "project_name": _("Project"),
            "activity_code": _("Activity, code"),
            "adjustment_reason": _("Reason of the change"),
        }
        | FUNDING,
    ),
    WHEN_AND_WHERE,
]
REVENUE: list[Group] = [
    (
        _("Amounts"),
        {
            name: MOMENTS[name]
            for name in (
                "estimated",
                "adjustments",
                "modified",
                "accrued",
                "collected",
                "reported",
            )
        }
        | BUDGET_AMOUNTS
        | {"moment": _("Moment of the amount, in words")},
    ),
    (
        _("Where the money comes from"),
        {
            "cri_code": _("Revenue (CRI), code"),
            "revenue_name": _("Revenue, name"),
            "revenue_group": _("Rubro"),
            "revenue_type": _("Type"),
            "revenue_class": _("Class"),
            "line_level": _("Level of the row"),
            "payer_name": _("Who paid it"),
            "received_on": _("Date received"),
        }
        | FUNDING,
    ),
    WHEN_AND_WHERE,
]
CONTRACTS: list[Group] = [
    (
        _("Amounts"),
        {
            "amount_with_tax": _("Amount with VAT"),
            "amount_without_tax": _("Amount without VAT"),
            "amount_unspecified_tax": _("Amount (VAT not stated)"),
            "amount_min": _("Smallest amount"),
            "amount_max": _("Largest amount"),
            "currency": _("Currency"),
            "exchange_rate": _("Exchange rate"),
            "federal_contribution": _("Federal contribution"),
            "guarantee_amount": _("Guarantee"),
        },
    ),
    (
        _("Contract and procedure"),
        {
            "contract_number": _("Contract number"),
            "procedure_number": _("Procedure number"),
            "file_number": _("File number"),
            "record_id": _("Record id"),
            "ocid": _("OCID"),
            "title": _("What is bought"),
            "file_title": _("Title of the file"),
            "description": _("Description"),
            "procedure_type_raw": _("Procedure"),
            "category_raw": _("Type of contract"),
            "character": _("National or international"),
            "participation_form": _("Form of participation"),
            "legal_basis": _("Legal basis"),
            "selection_reason": _("Reason of the award"),
            "status_raw": _("Status"),
            "work_location": _("Place of the work"),
            "work_description": _("Description of the work"),
        },
    ),
    (
        _("Dates of the contract"),
        {
            "notice_date": _("Date of the call"),
            "clarification_date": _("Date of clarifications"),
            "opening_date": _("Date of opening"),
            "award_date": _("Date of award"),
            "date_signed": _("Date of signature"),
            "start_date": _("Beginning"),
            "end_date": _("End"),
        },
    ),
    (
        _("Supplier"),
        {
            "supplier_name": _("Supplier"),
            "supplier_given_name": _("Supplier, given name"),
            "supplier_surname_1": _("Supplier, first surname"),
            "supplier_surname_2": _("Supplier, second surname"),
            "supplier_rfc": _("Supplier, RFC"),
            "supplier_size": _("Supplier, size"),
            "supplier_country": _("Supplier, country"),
            "number_of_tenderers": _("Number of tenderers"),
        },
    ),
    (
        _("Buyer"),
        {
            "buyer_name": _("Buyer"),
            "buyer_acronym": _("Buyer, acronym"),
            "government_level": _("Level of government"),
            "procuring_unit_code": _("Buying unit, code"),
            "procuring_unit_name": _("Buying unit"),
            "requesting_area": _("Area that asks for it"),
            "executing_area": _("Area that carries it out"),
            "budget_item": _("Budget item"),
            "funding_origin": _("Origin of the funds"),
            "funding_source": _("Funding source"),
        },
    ),
    (
        _("Links"),
        {
            "notice_url": _("Call (link)"),
            "award_url": _("Award (link)"),
            "contract_url": _("Contract (link)"),
        },
    ),
    WHEN_AND_WHERE,
]
WORKS: list[Group] = [
    (
        _("Amounts"),
        {name: REGISTER_AMOUNTS[name] for name in ("investment", "approved", "modified", "contracted", "spent")}
        | {
            "federal_share": _("Approved, federal money"),
            "state_share": _("Approved, state money"),
            "municipal_share": _("Approved, municipal money"),
            "own_share": _("Approved, own money"),
        },
    ),
    (
        _("The work"),
        {
            "work_code": _("Work, code"),
            "record_id": _("Record id"),
            "work_name": _("Work, name"),
            "description": _("Description"),
            "work_type": _("Type of work"),
            "executing_unit": _("Who carries it out"),
            "ramo_code": _("Branch (ramo), code"),
            "ramo_name": _("Branch (ramo)"),
            "programme": _("Programme or fund"),
            "physical_progress": _("Physical progress (%)"),
            "financial_progress": _("Financial progress (%)"),
            "start_date": _("Beginning"),
            "end_date": _("End"),
            "status_raw": _("Status"),
            "cycle": _("Budget cycle of the row"),
            "contract_number": _("Contract number"),
            "supplier_name": _("Contractor"),
            "supplier_rfc": _("Contractor, RFC"),
        },
    ),
    (
        _("Where it is"),
        {
            "work_location": _("Place of the work"),
            "work_state_code": _("State of the work, code"),
            "work_state": _("State of the work"),
            "work_municipality_code": _("Municipality of the work, code"),
            "work_municipality": _("Municipality of the work"),
            "latitude": _("Latitude"),
            "longitude": _("Longitude"),
        },
    ),
    WHEN_AND_WHERE,
]
DEBT: list[Group] = [
    (
        _("Amounts"),
        {
            name: REGISTER_AMOUNTS[name]
            for name in ("contracted", "opening", "drawn", "repaid", "revalued", "balance", "interest", "fees")
        },
    ),
    (
        _("The credit"),
        {
            "debt_name": _("Credit or instrument"),
            "debt_type": _("Type of obligation"),
            "creditor": _("Creditor"),
            "debtor": _("Debtor"),
            "purpose": _("What it was taken for"),
            "guarantee": _("Guarantee or source of payment"),
            "rate_raw": _("Interest rate"),
            "term_raw": _("Term"),
            "date_signed": _("Date of signature"),
            "maturity_date": _("Due date"),
        },
    ),
    WHEN_AND_WHERE,
]
SANCTIONS: list[Group] = [
    (
        _("The sanction"),
        {
            "supplier_name": _("Supplier"),
            "supplier_rfc": _("Supplier, RFC"),
            "authority": _("Authority"),
            "file_number": _("File number"),
            "facts": _("Facts"),
            "outcome_raw": _("What was resolved"),
            "term_raw": _("Term"),
            "fine": REGISTER_AMOUNTS["fine"],
            "notified_on": _("Date of notification"),
            "resolved_on": _("Date of resolution"),
            "start_date": _("Beginning"),
            "end_date": _("End"),
        },
    ),
    WHEN_AND_WHERE,
]
BY_KIND: dict[str, list[Group]] = {
    Kind.EXPENDITURE: EXPENDITURE,
    Kind.REVENUE: REVENUE,
    Kind.CONTRACTS: CONTRACTS,
    Kind.WORKS: WORKS,
    Kind.DEBT: DEBT,
    Kind.SANCTIONS: SANCTIONS,
}
# What the engine tells apart but nobody needs to choose.
DERIVED = {
    "object_code": _("Object of expenditure, code"),
    "unit_code": _("Administrative unit, code"),
    "unit_name": _("Administrative unit"),
    "programme_code": _("Programme, code"),
    "programme_name": _("Programme"),
    "expenditure_type_name": _("Type of expenditure"),
}
NAMES: dict[str, Any] = {
    name: label for groups in BY_KIND.values() for _title, fields in groups for name, label in fields.items()
}
NAMES |= DERIVED


# What the column of names, often headed “Concepto”, holds in a statement that tells the same money another way.
NAMED_BY = {
    Breakdown.ADMINISTRATIVE: _("Administrative unit"),
    Breakdown.FUNCTIONAL: _("Function"),
    Breakdown.PROGRAMME: _("Programme"),
    Breakdown.ECONOMIC: _("Type of expenditure"),
}


def field_name(field: str, breakdown: str | None = None) -> str:
    """The field in words; a field that is only told apart so as not to be mistaken for another has none.

    `breakdown`: by what the whole file tells its money, where that is known.
    """
    if field == "object_name" and breakdown in NAMED_BY:
        return str(NAMED_BY[Breakdown(breakdown)])
    return str(NAMES[field]) if field in NAMES else str(_("Recognised, not used"))


def field_choices(kind: str, recognised: str = "") -> list[tuple[Any, Any]]:
    """Grouped choices for a select, the first not to use the column; `recognised` is offered whatever it is."""
    groups: list[tuple[Any, Any]] = [("", _("Do not use"))]
    offered = BY_KIND.get(kind, [])
    known = {name for _title, fields in offered for name in fields}
    if recognised and recognised not in known:
        groups.append((recognised, field_name(recognised)))
    return groups + [(title, list(fields.items())) for title, fields in offered]
