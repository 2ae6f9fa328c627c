"""The page of rows that were rejected or lost a cell: corrected here or in a spreadsheet, then loaded with the others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from datasets import rereading, words
from datasets.corrections import Fixes, file_fixes, rejected_rows, typed_fixes
from datasets.forms import CorrectedRowsForm
from datasets.models import Ingest
from datasets.rejects import Rejects
from datasets.releases import NotAllowedNow
from datasets.uploads import LimitUploadHandler
from gesoc.common import workbook
from partners.models import User

from .access import demand, gate
from .ingests import visible_ingest

PER_PAGE = 10


@csrf_exempt  # the token is checked by the inner view, once the limit stands guard over the body
@require_http_methods(["GET", "HEAD", "POST"])
@gate
def correct_rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = visible_ingest(request, pk)
    demand(request, "datasets.confirm_mapping", found)
    if request.method == "POST":
        request.upload_handlers.insert(0, LimitUploadHandler(request))
    return _correct(request, found)


@csrf_protect
def _correct(request: HttpRequest, ingest: Ingest) -> HttpResponse:
    rejects = Rejects(ingest)
    page = Paginator(rejects.issues(), PER_PAGE).get_page(request.GET.get("pagina"))
    sent = request.method == "POST"
    form = CorrectedRowsForm(request.POST, request.FILES) if sent and "file" in request.FILES else CorrectedRowsForm()
    problem = ""
    if sent and (not form.is_bound or form.is_valid()):
        try:
            fixes = _uploaded(form, rejects) if form.is_bound else typed_fixes(rejects, page, request.POST)
            again = rereading.correct_rows(ingest=ingest, fixes=fixes, by=cast(User, request.user), seen=_seen(request))
        except (ValidationError, NotAllowedNow) as refusal:
            problem = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
        else:
            messages.success(request, _said(fixes))
            return redirect(again)
    context = _context(request, ingest, rejects, page) | {"form": form, "problem": problem}
    return render(request, "datasets/files/rejects.html", context, status=422 if problem or form.errors else 200)


def _seen(request: HttpRequest) -> int | None:
    """The newest correction that the page told of when it was opened."""
    told = request.POST.get("seen", "")
    return int(told) if told.isascii() and told.isdigit() else None


def _context(request: HttpRequest, ingest: Ingest, rejects: Rejects, page: Any) -> dict[str, Any]:
    typed = request.POST if request.method == "POST" else {}
    rejected = ingest.row_issues.rejected().count()
    corrected = rereading.corrections_of(ingest).first()
    return {
        "ingest": ingest,
        "page": page,
        "corrected": corrected,
        "seen": str(corrected.pk) if corrected else "0",
        "rejected": rejected,
        "count": words.number(rejected) if rejected else "",
        "unread": page.paginator.count - rejected,
        "rows": rejected_rows(rejects, page, typed),
    }


def _uploaded(form: CorrectedRowsForm, rejects: Rejects) -> Fixes:
    upload = form.cleaned_data["file"]
    with tempfile.NamedTemporaryFile(prefix="rows-") as kept:
        for piece in upload.chunks():
            kept.write(piece)
        kept.flush()
        return file_fixes(Path(kept.name), upload.name, rejects)


def _said(fixes: Fixes) -> str:
    count = sum(len(rows) for rows in fixes.values())
    return _("Rows corrected: %(n)s. The file is being read with them; the original stays as it is.") % {
        "n": words.number(count)
    }


@require_safe
@gate
def rejects_workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows as a workbook, to be corrected and sent back."""
    found = visible_ingest(request, pk)
    demand(request, "datasets.read_original", found.file)
    table = Rejects(found)
    # All of it text, so that what comes back is what the file said: codes keep their zeros.
    printed: Iterable[Sequence[object]] = chain([table.titles()], table.rows())
    rows = (["" if cell is None else str(cell) for cell in row] for row in printed)
    try:
        return workbook.response(f"rechazadas-{found.pk}.xlsx", [workbook.Sheet(_("Rejected rows"), rows)])
    except workbook.TooManyRows:
        messages.error(request, _("They are more rows than a spreadsheet holds: download them as CSV."))
        return redirect("datasets:ingest", found.pk)
