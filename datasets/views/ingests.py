"""One load: how far it is, what was understood, what was rejected, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from datasets import preview, readout, rereading, services, words
from datasets.comparison import comparison
from datasets.forms import NoteForm, PublishForm
from datasets.ingest.pipeline import is_asked_to_stop
from datasets.models import Ingest, Release, RowIssue
from datasets.rejects import Rejects
from gesoc.common.exports import csv_response
from partners.models import User

from .access import demand, gate, refusals_told

SHOWN_REJECTS = 20
SHOWN_SLICES = 100
REFRESH_SECONDS = 2


def visible_ingest(request: HttpRequest, pk: int) -> Ingest:
    ingests = Ingest.objects.visible_to(request.user).select_related("file__source", "profile")
    return get_object_or_404(ingests, pk=pk)


@require_safe
@vary_on_headers("HX-Request")
def ingest(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_ingest(request, pk)
    if not found.is_finished:
        template = "datasets/files/ingest.html#progress" if request.htmx else "datasets/files/ingest.html"  # type: ignore[attr-defined]
        response = render(request, template, {"ingest": found, **_progress(request, found)})
        response["Cache-Control"] = "no-store"
        return response
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "datasets/files/ingest.html#finished", {"ingest": found})
    return render(request, "datasets/files/ingest.html", {"ingest": found, **_result(request, found)})


def _progress(request: HttpRequest, ingest: Ingest) -> dict[str, Any]:
    progress = services.live_progress(ingest)
    elapsed = (timezone.now() - ingest.started_at).total_seconds() if ingest.started_at else 0
    ahead = 0
    if ingest.status == Ingest.Status.QUEUED:
        unfinished = Ingest.objects.filter(status__in=Ingest.UNFINISHED)
        ahead = unfinished.filter(pk__lt=ingest.pk).count()
    return {
        "steps": readout.steps(ingest),
        "progress": progress,
        "read": words.number(progress.rows_read),
        "rejected": words.number(progress.rows_rejected),
        "speed": words.number(round(progress.rows_per_second or 0)),
        "left": readout.time_left(progress.percent if progress.is_known else None, elapsed),
        "ahead": ahead,
        "refresh": REFRESH_SECONDS,
        "is_stopping": is_asked_to_stop(ingest),
        "may_cancel": request.user.has_perm("datasets.cancel_ingest", ingest),
    }


def _result(request: HttpRequest, ingest: Ingest) -> dict[str, Any]:
    private = request.user.has_perm("datasets.read_original", ingest.file)
    releases = list(_releases(request, ingest)[:SHOWN_SLICES])
    seen = preview.of_ingest(ingest) if private else None
    rights = _rights(request, ingest)
    rejects = _rejects(request, ingest)
    remarks = readout.issues(ingest.report, private)
    if rejects["unread_rows"]:  # they are told in a part of their own
        remarks = [remark for remark in remarks if remark.get("code") not in RowIssue.UNREAD]
    return {
        "steps": readout.steps(ingest),
        "facts": readout.facts(ingest.report, _body_name(releases)),
        "columns": readout.columns(
            ingest.report,
            seen.confidence if seen else preview.confidence_by_heading(ingest),
            seen.examples if seen else {},
            confirmed=ingest.profile is not None,
        ),
        "counts": _counts(ingest),
        "skipped": readout.skipped(ingest.report),
        "checks": readout.checks(ingest.report),
        "issues": remarks,
        "slices": readout.slices(releases),
        "correction": readout.correction(ingest.report),
        "private": private,
        "interrupted": max(ingest.attempts - 1, 0),
        **rejects,
        **(_history(ingest) | comparison(ingest, releases, request.user) if rights["may_map"] else {}),
        **rights,
    }


def _history(ingest: Ingest) -> dict[str, Any]:
    """What people decided and what was read before: for those who work on the load."""
    return {"review_log": list(ingest.review_steps.select_related("by")), "follows": ingest.follows}


COUNTED = ("read", "loaded", "rejected", "skipped")


def _counts(ingest: Ingest) -> dict[str, str]:
    """Of a file that waits for an answer, the rows that would be loaded are waiting too: the counts always add up."""
    counts = {name: getattr(ingest, f"rows_{name}") for name in COUNTED}
    waiting = counts["read"] - counts["loaded"] - counts["rejected"] - counts["skipped"]
    shown = {name: words.number(value) for name, value in counts.items()}
    return shown | ({"waiting": words.number(waiting)} if waiting > 0 else {})


def _releases(request: HttpRequest, ingest: Ingest) -> QuerySet[Release]:
    """Of a correction first those that it made, then the drafts that it leaves as they were."""
    releases = Release.objects.visible_to(request.user).of_load(ingest).select_related("public_body")
    kept = ExpressionWrapper(~Q(ingest=ingest), output_field=BooleanField())
    return releases.order_by(kept, "public_body__sort_key", "year", "breakdown", "id")


def _body_name(releases: list[Release]) -> str:
    bodies = {release.public_body.name for release in releases}
    if len(bodies) == 1:
        return bodies.pop()
    return _("%(n)s institutions") % {"n": len(bodies)} if bodies else ""


def _rejects(request: HttpRequest, ingest: Ingest) -> dict[str, Any]:
    """Rows that were rejected, and cells that their rows were loaded without: what somebody can correct."""
    found = RowIssue.objects.filter(ingest=ingest)
    # No order: the one that lists a load's issues would count each of them by itself.
    counts = found.correctable().order_by().values("severity", "code").annotate(n=Count("pk")).order_by("-n", "code")
    reasons = [one for one in counts if one["severity"] == RowIssue.Severity.ERROR]
    unread = sum(one["n"] for one in counts if one["severity"] != RowIssue.Severity.ERROR)
    return {
        "reject_reasons": [(words.reject_name(reason["code"]), words.number(reason["n"])) for reason in reasons],
        "rejected_rows": found.rejected().visible_to(request.user).order_by("id")[:SHOWN_REJECTS],
        "unread_count": words.number(unread) if unread else "",
        "unread_rows": list(found.unread().visible_to(request.user).order_by("id")[:SHOWN_REJECTS]) if unread else [],
    }


def _rights(request: HttpRequest, ingest: Ingest) -> dict[str, Any]:
    user, status = request.user, ingest.status
    may_map = user.has_perm("datasets.confirm_mapping", ingest)
    may_publish = (
        status == Ingest.Status.READY and user.has_perm("datasets.publish_ingest", ingest) and ingest.changes_figures
    )
    return {
        "may_map": may_map,
        "may_publish": may_publish,
        "publish_form": PublishForm() if may_publish else None,
        "offers_trust": may_publish and ingest.file.organisations.exists(),
        "needs_excuse": may_publish and ingest.rejects_too_many,
        "may_hand_in": status == Ingest.Status.RETURNED and may_map,
        "awaits_others": status == Ingest.Status.READY and may_map and not may_publish,
        "may_upload": user.has_perm("datasets.upload_file"),
    }


@require_POST
@gate
def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = visible_ingest(request, pk)
    demand(request, "datasets.publish_ingest", found)
    form = PublishForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    by = cast(User, request.user)
    with refusals_told(request):
        releases = services.publish_ingest(ingest=found, by=by, reason=reason)
        if form.cleaned_data.get("trust"):
            services.trust_profile(ingest=found, by=by)
        messages.success(request, _("Published. The figures of %(n)s are up to date.") % {"n": _named(releases)})
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def send_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask what is wrong with it, then give the load back to whoever handed it in."""
    found = visible_ingest(request, pk)
    demand(request, "datasets.publish_ingest", found)
    words = (
        _("Send back with a note"),
        _("What must be corrected?"),
        _("Sent back. Whoever handed it in sees your note."),
    )
    return _with_note(request, found, services.send_back, words)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def hand_in_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer the note; the load waits to be published again."""
    found = visible_ingest(request, pk)
    demand(request, "datasets.confirm_mapping", found)
    words = (_("Hand in again"), _("What do you answer?"), _("Handed in again. It waits to be published."))
    return _with_note(request, found, services.hand_in_again, words)


@require_POST
@gate
def try_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Read it once more as it is: what stopped it was not the file."""
    found = visible_ingest(request, pk)
    demand(request, "datasets.confirm_mapping", found)
    with refusals_told(request):
        found = rereading.try_again(ingest=found, by=cast(User, request.user))
    return redirect(found)


@require_POST
@gate
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop it: it ends within a second or two, and nothing of it stays."""
    found = visible_ingest(request, pk)
    demand(request, "datasets.cancel_ingest", found)
    with refusals_told(request):
        services.cancel_ingest(ingest=found, by=cast(User, request.user))
    return redirect(found)


def _with_note(
    request: HttpRequest, ingest: Ingest, step: Callable[..., Any], words: tuple[str, str, str]
) -> HttpResponse:
    title, question, done = words
    form = NoteForm(request.POST if request.method == "POST" else None)
    form.fields["note"].label = question
    if request.method == "POST" and form.is_valid():
        with refusals_told(request):
            step(ingest=ingest, by=request.user, note=form.cleaned_data["note"])
            messages.success(request, done)
        return redirect(ingest)
    context = {"ingest": ingest, "form": form, "title": title}
    return render(request, "datasets/files/note.html", context, status=422 if form.errors else 200)


def _named(releases: list[Release]) -> str:
    names = list(dict.fromkeys(release.public_body.name for release in releases))
    return names[0] if len(names) == 1 else _("%(n)s institutions") % {"n": len(names)}


@require_safe
@gate
def rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows as they stand in the file, where and why beside them: to be corrected and sent in again."""
    found = visible_ingest(request, pk)
    demand(request, "datasets.read_original", found.file)
    table = Rejects(found)
    return csv_response(f"rechazadas-{found.pk}.csv", table.titles(), table.rows())
