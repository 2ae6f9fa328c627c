"""All dialogues: the list, and the month."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from dialogues.selectors import series
from dialogues.selectors import sessions as selectors

PAGE_SIZE = 20


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    found = selectors.listed(request.user, **asked)
    past = request.GET.get("cuando") == "antes"
    rows = found.past() if past else found.upcoming().exclude(state="borrador")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("pagina"))
    query = request.GET.copy()
    query.pop("pagina", None)
    context = {
        **_common(request, asked),
        "page": page,
        "past": past,
        "query": query.urlencode(),
        "drafts": selectors.open_drafts(request.user) if request.user.is_authenticated and not past else [],
    }
    return render(request, "dialogues/list.html", context)


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    first = _month(request.GET.get("mes", ""))
    weeks = selectors.month(request.user, first)
    before, after = first - datetime.timedelta(days=1), first + datetime.timedelta(days=31)
    context = {
        **_common(request, {"text": "", "state": ""}),
        "weeks": weeks,
        "first": first,
        "name": _capital(date_format(first, "F Y")),
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}",
        "days": [date_format(day.date, "D").lower() for day in weeks[0]],
        "busy": [day for week in weeks for day in week if day.sessions and day.in_month],
    }
    return render(request, "dialogues/month.html", context)


@require_safe
def all_series(request: HttpRequest) -> HttpResponse:
    page = Paginator(series.all_series(request.user), PAGE_SIZE).get_page(request.GET.get("pagina"))
    context = {**_common(request, {"text": "", "state": ""}), "page": page}
    return render(request, "dialogues/all_series.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {"text": request.GET.get("q", "").strip()[:100], "state": request.GET.get("estado", "")[:2]}


def _common(request: HttpRequest, asked: dict[str, str]) -> dict[str, Any]:
    others = {"dialogues:month": _("Month"), "dialogues:all_series": pgettext("several", "Series")}
    here = next((name for name in others if request.path == reverse(name)), None)
    past = request.GET.get("cuando") == "antes"
    links = [
        {"label": _("Upcoming"), "url": reverse("dialogues:list"), "current": not here and not past},
        {"label": _("Past"), "url": reverse("dialogues:list") + "?cuando=antes", "current": past},
        *({"label": label, "url": reverse(name), "current": name == here} for name, label in others.items()),
    ]
    return {
        **asked,
        "views": links,
        "states": selectors.states_with_sessions(request.user),
        "may_add": request.user.has_perm("dialogues.add_session"),
    }


def _month(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(f"{text}-01") if text else timezone.localdate().replace(day=1)
    except ValueError:
        return timezone.localdate().replace(day=1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
