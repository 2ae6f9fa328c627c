"""One version of a slice: its figures, where they come from, what changed, and going back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets import releases as steps
from datasets import words
from datasets.catalogue import versions_of_slice
from datasets.comparison import compared
from datasets.differences import differences, previous_of, shown_differences
from datasets.forms import ReasonForm
from datasets.lines import lines_of
from datasets.models import Release
from datasets.restatements import told_versions

from .access import demand, gate

SHOWN_VERSIONS = 50
Status = Release.Status


def visible_release(request: HttpRequest, pk: int) -> Release:
    releases = Release.objects.visible_to(request.user)
    return get_object_or_404(
        releases.select_related(
            "public_body__municipality__state", "public_body__state", "ingest__file__source", "published_by"
        ),
        pk=pk,
    )


@require_safe
def release(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_release(request, pk)
    previous = previous_of(found, request.user)
    versions = list(versions_of_slice(found, request.user)[:SHOWN_VERSIONS])
    return render(
        request,
        "datasets/files/release.html",
        {
            "release": found,
            "file": found.ingest.file,
            "period": words.period_name(found.period),
            "line_count": words.number(found.line_count),
            "totals": words.ordered_totals(found.totals),
            "changes": shown_differences(differences(found, previous)) if previous else None,
            "previous": previous,
            "versions": versions,
            "log": told_versions(versions),
            "lines": lines_of(found, after=request.GET.get("desde", "")),
            **_rights(request, found),
        },
    )


@require_safe
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Any version of a slice against any other of the same slice."""
    found, previous = visible_release(request, pk), visible_release(request, other)
    if found.slice_key != previous.slice_key or found == previous:
        raise Http404
    context = {
        "one": compared(found, previous),
        "title": _("What is different"),
        "period": f"{found.year}, {words.period_name(found.period).lower()}",
    }
    return render(request, "datasets/files/difference.html", context)


def _rights(request: HttpRequest, release: Release) -> dict[str, bool]:
    may_restore = release.status in (Status.SUPERSEDED, Status.WITHDRAWN)
    return {
        "may_restore": may_restore and request.user.has_perm("datasets.restore_release", release),
        "may_withdraw": release.status == Status.PUBLISHED
        and request.user.has_perm("datasets.withdraw_release", release),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for the reason, then make this version the public one again."""
    demand(request, "datasets.restore_release", found := visible_release(request, pk))
    done = _("This version is public again.")
    return _with_reason(request, found, steps.restore_release, "datasets/files/restore.html", done)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for the reason, then take this version off the dashboards."""
    demand(request, "datasets.withdraw_release", found := visible_release(request, pk))
    done = _("The version was withdrawn. Its file and its history are kept.")
    return _with_reason(request, found, steps.withdraw_release, "datasets/files/withdraw.html", done)


def _with_reason(
    request: HttpRequest, release: Release, step: Callable[..., Release], template: str, done: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None) if request.method == "POST" else ReasonForm()
    if request.method == "POST" and form.is_valid():
        try:
            step(release=release, by=request.user, reason=form.cleaned_data["reason"])
        except steps.NotAllowedNow as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
        return redirect("datasets:release", release.pk)
    context = {"release": release, "form": form, "period": words.period_name(release.period)}
    return render(request, template, context, status=422 if form.errors else 200)
