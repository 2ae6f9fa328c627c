"""A contract as a row: in the lists of a public body and of a supplier, and in their CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from datasets.figures.contracts import method_name
from datasets.figures.sources import row_url
from datasets.models import Contract
from gesoc.common import money
from gesoc.common.charts.frame import Column, link
from gesoc.common.dates import day

from .public import public_text

LONG = 140


def contract_title(one: Contract) -> str:
    return public_text(one.title) or one.contract_number or one.procedure_number or gettext("Without a title")


def contract_amount(one: Contract) -> str:
    """To the cent, with its currency unless it is the peso."""
    if one.amount is None:
        return ""
    return money.pesos(one.amount, cents=True) + ("" if one.currency == "MXN" else f" {one.currency}")


def contract_day(one: Contract) -> Any:
    """When it was signed; else awarded, else begun."""
    return one.signed_on or one.award_date or one.starts_on


def contract_columns(
    *, buyer: bool, supplier: bool, by: str = "", url: Callable[[str], str] | None = None
) -> list[Column]:
    """`url`: the address of the list by day or by amount, where it can be ordered; `by`: how it is."""

    def ordering(label: str, key: str, css: str) -> Column:
        return Column(label, css, url=url(key) if url else "", sort="descending" if by == key else "")

    columns = [Column(gettext("Contract"))]
    columns += [Column(gettext("Public body"))] if buyer else []
    columns += [Column(gettext("Supplier"))] if supplier else []
    return [
        *columns,
        Column(gettext("Procedure")),
        ordering(gettext("Date"), "fecha", "nw"),
        ordering(gettext("Amount"), "monto", "n"),
    ]


def contract_row(one: Contract, *, buyer: bool, supplier: bool) -> list[Any]:
    """The title leads to the contract, the amount to the row of the file that states it."""
    title = contract_title(one)
    cells = [link(title if len(title) <= LONG else f"{title[: LONG - 1]}…", one.get_absolute_url())]
    cells += [one.public_body.name] if buyer else []
    cells += [supplier_link(one)] if supplier else []
    amount = contract_amount(one)
    return [
        *cells,
        method_name(one.method),
        day(contract_day(one)),
        link(amount or gettext("not stated"), row_url(one.release, one.line_no)),
    ]


def supplier_link(one: Contract) -> Any:
    name = public_text(one.supplier_name)
    return link(name, one.supplier.get_absolute_url()) if one.supplier and name else name


def contract_headings() -> list[str]:
    return [
        gettext("contract"),
        gettext("procedure number"),
        gettext("subject"),
        gettext("supplier"),
        gettext("procedure"),
        gettext("procedure as published"),
        gettext("date"),
        gettext("amount"),
        gettext("currency"),
        gettext("ingest"),
        gettext("row of the file"),
        gettext("public body"),
        gettext("address"),
    ]


def export_row(one: Contract) -> list[Any]:
    return [
        one.contract_number,
        one.procedure_number,
        public_text(one.title),
        public_text(one.supplier_name),
        method_name(one.method),
        one.method_raw,
        contract_day(one),
        one.amount,
        one.currency,
        one.release.ingest_id,
        one.source_row,
        one.public_body.name,
        one.get_absolute_url(),
    ]
