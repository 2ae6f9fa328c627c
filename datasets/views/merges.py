"""`/proveedores/uniones/`: which suppliers may be one; two are put together and taken apart again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets import selectors
from datasets.caching import remembered
from datasets.forms import MergeForm
from datasets.likeness import Likeness, public_suppliers, rfc_is_sound, suggestions
from datasets.merges import merge_suppliers, undo_merge
from datasets.models import Supplier, SupplierMerge, SupplierTotal
from gesoc.common import money
from gesoc.common.views import add_refusal
from partners.audit import person

from .access import demand, gate

PER_PAGE = 25


@require_safe
@gate
def merges(request: HttpRequest) -> HttpResponse:
    demand(request, "datasets.merge_suppliers")
    found: list[Likeness] = remembered(f"supplier-likeness:{get_language()}", lambda: suggestions(public_suppliers()))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    log = SupplierMerge.objects.select_related("supplier", "into", "by", "undone_by")
    context = {
        "page": page,
        "rows": [(like, money.amount(like.one.amount), money.amount(like.into.amount)) for like in page],
        "log": Paginator(log, PER_PAGE).get_page(request.GET.get("hechas")),
    }
    return render(request, "datasets/merges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def merge(request: HttpRequest) -> HttpResponseBase:
    """The two side by side and what they are together; then, with a reason, one."""
    demand(request, "datasets.merge_suppliers")
    one, into = _asked(request, "de"), _asked(request, "con")
    form = MergeForm(request.POST) if request.method == "POST" else MergeForm()
    if request.method == "POST" and form.is_valid():
        try:
            merge_suppliers(supplier=one, into=into, by=person(request), reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("From now on the two are counted as one. It can be undone here."))
            return redirect(into)
    sides = [_side(one), _side(into)]
    context = {"form": form, "one": one, "into": into, "sides": sides, "together": _together(one, into)}
    return render(request, "datasets/merge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    demand(request, "datasets.merge_suppliers")
    done = get_object_or_404(SupplierMerge.objects.select_related("supplier", "into", "by"), pk=pk)
    form = MergeForm(request.POST) if request.method == "POST" else MergeForm()
    if request.method == "POST" and form.is_valid():
        try:
            undo_merge(merge=done, by=person(request), reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The two are counted apart again, as before."))
            return redirect("datasets:merges")
    return render(
        request, "datasets/undo_merge.html", {"form": form, "merge": done}, status=422 if form.errors else 200
    )


def _asked(request: HttpRequest, name: str) -> Supplier:
    """A supplier by the number at the end of its address; one that only drafts name is nobody's business yet."""
    number = request.GET.get(name, "").strip().partition("?")[0].rstrip("/").rpartition("/")[2].rpartition("-")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    found = get_object_or_404(Supplier.objects.select_related("merged_into"), number=int(number))
    if not SupplierTotal.objects.filter(supplier=found.identity.pk).exists():
        raise Http404
    return found


def _side(supplier: Supplier) -> dict[str, Any]:
    buyers = selectors.supplier_buyers(supplier)
    return {
        "supplier": supplier,
        "rfc": supplier.public_rfc,
        "is_sound": rfc_is_sound(supplier.rfc),
        "spellings": selectors.supplier_spellings(supplier)[:8],
        "bodies": sorted({one.body.name for one in buyers})[:8],
        **_counts(buyers),
    }


def _counts(buyers: list[selectors.Buyer]) -> dict[str, Any]:
    sums: dict[str, Decimal] = {}
    for one in buyers:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + (one.amount or Decimal(0))
    years = [year for one in buyers for year in (one.first_year, one.last_year)]
    return {
        "contracts": money.number(sum(one.contracts for one in buyers)),
        "sums": [money.currency_amount(total, currency) for currency, total in sorted(sums.items())],
        "years": "–".join(map(str, sorted({min(years), max(years)}))) if years else "",
    }


def _together(one: Supplier, into: Supplier) -> dict[str, Any]:
    return _counts([*selectors.supplier_buyers(one), *selectors.supplier_buyers(into)])
