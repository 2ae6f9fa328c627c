"""A series: its sessions in order, what was agreed in them, who came."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets.views.access import demand, gate
from dialogues import services
from dialogues.forms import SeriesForm
from dialogues.models import Series
from dialogues.selectors import commitments as promises
from dialogues.selectors import series as read
from gesoc.common.views import add_refusal
from partners.audit import person
from projects.models import Project

from .commitments import shown


@require_safe
def series(request: HttpRequest, key: Any) -> HttpResponse:
    found = _visible(request, key)
    sessions = list(read.sessions_of(found, request.user))
    agreed = read.agreed_in(found, request.user)
    context = {
        "series": found,
        "project": Project.objects.visible_to(request.user).filter(series=found).first(),
        "sessions": sessions,
        "commitments": shown(promises.listed(agreed)),
        "counts": promises.counts(agreed),
        "balance": read.balance_of(sessions, request.user),
        "may_edit": request.user.has_perm("dialogues.edit_series", found),
        "crumbs": _crumbs(),
    }
    return render(request, "dialogues/series.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def edit(request: HttpRequest, key: Any) -> HttpResponseBase:
    found = _visible(request, key)
    demand(request, "dialogues.edit_series", found)
    form = SeriesForm(request.POST if request.method == "POST" else None, instance=found, user=person(request))
    if form.is_valid():
        try:
            services.update_series(series=found, fields=form.cleaned_data, by=person(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("dialogues:series", key)
    name = Series.objects.get(pk=found.pk).title if form.is_bound else found.title
    context = {"form": form, "crumbs": [*_crumbs(), (name, reverse("dialogues:series", args=[key]))]}
    return render(request, "dialogues/edit_series.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, key: Any) -> Series:
    rows = Series.objects.visible_to(request.user).select_related("host_organisation")
    return get_object_or_404(rows, key=key)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Dialogues"), reverse("dialogues:list"))]
