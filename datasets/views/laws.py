"""`/leyes/`: the articles that ask for publication, and the caps under which purchases are made; who confirmed each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from datasets.models import LegalReference, ProcurementCap
from datasets.models.laws import Legal
from datasets.selectors import laws as selectors
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.dates import day

PER_PAGE = 50


@require_safe
def laws(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.procurement_caps(), PER_PAGE).get_page(request.GET.get("pagina"))
    return render(
        request,
        "datasets/laws.html",
        {
            "page": page,
            "caps": _caps_table(page.object_list) if page.paginator.count else None,
            "references": _references_table(selectors.legal_references()),
        },
    )


def in_force(legal: Legal) -> str:
    words = {"since": day(legal.valid_from), "until": day(legal.valid_to)}
    if legal.valid_from and legal.valid_to:
        return gettext("%(since)s to %(until)s") % words
    if legal.valid_to:
        return gettext("until %(until)s") % words
    return gettext("since %(since)s") % words if legal.valid_from else ""


def standing(legal: Legal) -> str:
    if legal.confirmed_at is None:
        return gettext("Not confirmed: it does not count yet")
    return gettext("Confirmed on %(day)s") % {"day": day(legal.confirmed_at)}


def _references_table(references: Iterable[LegalReference]) -> Table:
    columns = [
        Column(gettext("Law")),
        Column(gettext("What it asks for")),
        Column(gettext("In force"), "nw"),
        Column(gettext("Published in")),
        Column(gettext("Held against its source")),
    ]
    rows = [
        row(columns, [link(str(one), one.url), one.says, in_force(one), one.source, standing(one)])
        for one in references
    ]
    return Table("t-referencias", gettext("Legal references"), columns, rows, hide_caption=True, stacked=True)


def _caps_table(caps: Iterable[ProcurementCap]) -> Table:
    columns = [
        Column(gettext("Where")),
        Column(gettext("Procedure")),
        Column(gettext("What is bought")),
        Column(gettext("Up to"), "n"),
        Column(gettext("In force"), "nw"),
        Column(gettext("Law or decree")),
        Column(gettext("Held against its source")),
    ]
    rows = [row(columns, _cap_cells(one)) for one in caps]
    return Table("t-topes", gettext("Procurement caps"), columns, rows, hide_caption=True, stacked=True)


def _cap_cells(cap: ProcurementCap) -> list[Any]:
    tax = gettext("%(amount)s with tax") if cap.with_tax else gettext("%(amount)s without tax")
    return [
        cap.where,
        cap.get_method_display(),
        cap.get_purchase_display(),
        tax % {"amount": money.pesos(cap.most, cents=True)},
        in_force(cap),
        link(cap.citation, cap.url),
        standing(cap),
    ]
