"""One contract at its permanent address: who, what, how, when, how much, and every row that prints it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from datasets import selectors
from datasets.figures.contracts import method_name
from datasets.figures.sources import document_name, row_url
from datasets.models import Contract, PublicBody
from datasets.selectors import ContractChange, Printed
from datasets.selectors.indicators import flags_of_contract
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.dates import day

from .contract_rows import contract_amount, contract_columns, contract_row, contract_title, supplier_link
from .places import Place
from .public import public_text


@require_safe
def contract(request: HttpRequest, slug: str, fingerprint: str) -> HttpResponse:
    bodies = PublicBody.objects.visible_to(request.user).select_related("municipality__state", "state")
    body = get_object_or_404(bodies, slug=slug)
    rows = selectors.printed(body, fingerprint, request.user)
    if not rows:
        raise Http404
    one, place = rows[0].line, Place.of(body)
    counted = [row for row in rows if row.is_counted]
    changes = selectors.changes(rows)
    return render(
        request,
        "datasets/contract.html",
        {
            "contract": one,
            "place": place,
            "title": contract_title(one),
            "crumbs": [*place.crumbs("contracts"), (gettext("Contracts"), place.url("contracts"))],
            "is_counted": bool(counted),
            "twice": money.number(len(counted)) if len(counted) > 1 else "",
            "stats": _stats(one),
            "parties": _parties(one, place),
            "procedure": _procedure(one, place),
            "dates": _dates(one),
            "amounts": _amounts(one),
            "row_url": row_url(one.release, one.line_no),
            "rows": _rows(rows),
            "changes": _changes(changes) if changes else None,
            "flags": flags_of_contract(one) if counted else [],
            "same": _same(selectors.same_procedure(one)),
        },
    )


def _stats(one: Contract) -> list[dict[str, str]]:
    found = [
        {
            "label": gettext("Amount"),
            "value": contract_amount(one) or gettext("Not stated"),
            "text": _basis(one),
            "url": row_url(one.release, one.line_no),
        },
        {
            "label": gettext("Procedure"),
            "value": method_name(one.method),
            "text": gettext("As printed: %(text)s") % {"text": one.method_raw} if one.method_raw else "",
            "url": "",
        },
    ]
    if when := one.signed_on or one.award_date:
        label = gettext("Signed") if one.signed_on else gettext("Awarded")
        found.append({"label": label, "value": day(when), "text": _lasts(one), "url": ""})
    return found


def _basis(one: Contract) -> str:
    words = {
        "with": gettext("With tax."),
        "without": gettext("Without tax."),
        "unstated": gettext("The file does not say whether tax is included."),
    }
    return words.get(one.tax_basis, "")


def _lasts(one: Contract) -> str:
    if one.starts_on and one.ends_on and one.ends_on >= one.starts_on:
        days = (one.ends_on - one.starts_on).days + 1
        return ngettext("It lasts %(days)s day.", "It lasts %(days)s days.", days) % {"days": money.number(days)}
    return ""


def _stated(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(label, text) for label, text in pairs if text]


def _parties(one: Contract, place: Place) -> list[tuple[str, Any]]:
    return _stated(
        [
            (gettext("Who buys"), link(place.name, place.url())),
            (gettext("Buying unit"), public_text(one.buyer_unit)),
            (gettext("Who sells"), supplier_link(one)),
            (gettext("RFC"), one.supplier.public_rfc if one.supplier else ""),
        ]
    )


def procedure_url(one: Contract, place: Place) -> str:
    """The page of the procedure: every contract it led to, who got them and how much in all."""
    if not any(char.isdigit() for char in one.procedure_number):
        return ""
    return place.url("contracts", anio="todos", procedimiento=one.procedure_number) + "#contratos"


def _procedure(one: Contract, place: Place) -> list[tuple[str, Any]]:
    return _stated(
        [
            (gettext("Contract number"), one.contract_number),
            (gettext("Procedure number"), link(one.procedure_number, procedure_url(one, place))),
            (gettext("Procedure as printed"), one.method_raw),
            (gettext("Procedure as we read it"), method_name(one.method)),
            (gettext("OCDS code"), one.method),
            (gettext("What kind of purchase"), one.category_raw),
        ]
    )


def _dates(one: Contract) -> list[tuple[str, Any]]:
    return _stated(
        [
            (gettext("Awarded"), day(one.award_date)),
            (gettext("Signed"), day(one.signed_on)),
            (gettext("Begins"), day(one.starts_on)),
            (gettext("Ends"), day(one.ends_on)),
        ]
    )


def _amounts(one: Contract) -> list[tuple[str, Any]]:
    named = [
        (gettext("Without tax"), one.amount_without_tax),
        (gettext("With tax"), one.amount_with_tax),
        (gettext("At least"), one.amount_min),
        (gettext("At most"), one.amount_max),
    ]
    return [(label, f"{money.pesos(value, cents=True)} {one.currency}") for label, value in named if value is not None]


def _rows(rows: list[Printed]) -> Table:
    columns = [
        Column(gettext("List")),
        Column(gettext("Version"), "n"),
        Column(gettext("State"), "opt"),
        Column(gettext("Published here"), "opt"),
        Column(gettext("Row"), "n"),
        Column(gettext("Amount"), "n"),
    ]
    return Table(
        "t-rows",
        gettext("Rows that print this contract"),
        columns,
        [row(columns, _printed(one)) for one in rows],
        hide_caption=True,
    )


def _printed(one: Printed) -> list[Any]:
    line, release = one.line, one.line.release
    state = gettext("Counted today") if one.is_counted else str(release.get_status_display())
    return [
        link(f"{document_name(release)}: {release.ingest.file.original_name}", release.ingest.get_absolute_url()),
        release.version or "–",
        state,
        day(release.published_at),
        link(line.source_row, row_url(release, line.line_no)),
        contract_amount(line),
    ]


def _changes(changes: list[ContractChange]) -> Table:
    columns = [
        Column(gettext("What changed")),
        Column(gettext("Before")),
        Column(gettext("After")),
        Column(gettext("In version"), "n"),
    ]
    rows = [
        row(
            columns,
            [
                _field(one.field),
                _value(one.field, one.before, one.earlier),
                _value(one.field, one.after, one.later),
                link(one.later.release.version, row_url(one.later.release, one.later.line_no)),
            ],
        )
        for one in changes
    ]
    return Table("t-changes", gettext("What changed between versions"), columns, rows, hide_caption=True, stacked=True)


def _field(name: str) -> str:
    words = {
        "amount": gettext("Amount"),
        "currency": gettext("Currency"),
        "amount_without_tax": gettext("Without tax"),
        "amount_with_tax": gettext("With tax"),
        "amount_min": gettext("At least"),
        "amount_max": gettext("At most"),
        "method": gettext("Procedure as we read it"),
        "method_raw": gettext("Procedure as printed"),
        "title": gettext("Subject"),
        "procedure_number": gettext("Procedure number"),
        "supplier_name": gettext("Supplier"),
        "buyer_unit": gettext("Buying unit"),
        "award_date": gettext("Awarded"),
        "signed_on": gettext("Signed"),
        "starts_on": gettext("Begins"),
        "ends_on": gettext("Ends"),
        "url": gettext("Link to the document"),
    }
    return words[name]


def _value(field: str, value: Any, one: Contract) -> str:
    if value is None or value == "":
        return gettext("not stated")
    if isinstance(value, Decimal):
        return f"{money.pesos(value, cents=True)} {one.currency}"
    if isinstance(value, date):
        return day(value)
    return method_name(value) if field == "method" else public_text(str(value))


def _same(found: list[Contract]) -> Table | None:
    if not found:
        return None
    columns = contract_columns(buyer=False, supplier=True)
    return Table(
        "t-same",
        gettext("Other contracts of the same procedure"),
        columns,
        [row(columns, contract_row(one, buyer=False, supplier=True)) for one in found],
        hide_caption=True,
        stacked=True,
    )
