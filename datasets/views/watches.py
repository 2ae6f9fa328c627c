"""Sources that are fetched by themselves: the list, setting one up, its history, and looking at it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from datasets import services, words
from datasets.body_search import resolve
from datasets.forms import WatchForm
from datasets.models import Fetch, Ingest, Watch
from datasets.public_bodies import with_body
from datasets.watches import Wanted
from gesoc.common.views import refreshing
from partners.models import User

from .access import demand, gate, refusals_told

PER_PAGE = 50
REFRESH_SECONDS = 1


def _visible(request: HttpRequest, pk: int) -> Watch:
    found = Watch.objects.visible_to(request.user).select_related("source", "organisation", "steward")
    return get_object_or_404(found, pk=pk)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a watched source is doing, as a tag."""

    kind: str
    label: str


ENDED = (Ingest.Status.CANCELLED, Ingest.Status.FAILED)


def condition(watch: Watch, load_status: str | None = "") -> Condition:
    """`load_status` is what became of the newest file that came."""
    if watch.state != Watch.State.ACTIVE:
        return Condition("bad" if watch.state == Watch.State.STOPPED else "", str(watch.get_state_display()))
    if watch.failures:
        return Condition("warn", _("Failing"))
    if watch.is_late:
        return Condition("warn", _("Late"))
    if load_status in ENDED:
        return Condition("warn", _("Not loaded"))
    return Condition("info", _("Changed")) if load_status in Ingest.FOR_A_PERSON else Condition("ok", _("Up to date"))


def _row(watch: Any) -> dict[str, Any]:
    """`ended`: how the load of its newest file ended, where nothing came of it."""
    status = watch.load_status
    return {"watch": watch, "condition": condition(watch, status), "ended": status if status in ENDED else ""}


@require_safe
@gate
def watches(request: HttpRequest) -> HttpResponse:
    demand(request, "datasets.watch_sources")
    last = Fetch.objects.filter(watch=OuterRef("pk")).order_by("-began_at").values("began_at")[:1]
    news = Fetch.objects.filter(watch=OuterRef("pk"), outcome=Fetch.Outcome.NEW).order_by("-began_at")
    newest = news.filter(ingest__status__in=Ingest.FOR_A_PERSON).values("ingest")[:1]
    found = Watch.objects.visible_to(request.user).select_related("source", "organisation")
    told = found.annotate(
        looked_at=Subquery(last),
        to_review=Subquery(newest),
        load=Subquery(news.values("ingest")[:1]),
        load_status=Subquery(news.values("ingest__status")[:1]),
    )
    page = Paginator(told, PER_PAGE).get_page(request.GET.get("pagina"))
    rows = [_row(watch) for watch in page]
    return render(request, "datasets/files/watches.html", {"page": page, "rows": rows})


@require_safe
@gate
@vary_on_headers("HX-Request")
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    demand(request, "datasets.manage_watch", found)
    fetches = found.fetches.select_related("file", "ingest", "package", "by")
    page = Paginator(fetches, PER_PAGE).get_page(request.GET.get("pagina"))
    running = any(fetch.outcome == Fetch.Outcome.RUNNING for fetch in page)
    working = running or services.check_awaited(found)
    done, size = services.download_progress(found) if running else (0, 0)
    newest = found.fetches.filter(outcome=Fetch.Outcome.NEW).select_related("ingest").first()
    load = newest.ingest if newest else None
    context = {
        "watch": found,
        "condition": condition(found, load.status if load else ""),
        "ended": load if load and load.status in ENDED else None,
        "page": page,
        "fetches": [(fetch, words.file_size(fetch.size) if fetch.size else "") for fetch in page],
        "running": running,
        "working": working,
        "percent": int(100 * done / size) if size else None,
        "arrived": words.file_size(done),
        "refresh": REFRESH_SECONDS,
    }
    return refreshing(request, "datasets/files/watch.html", context, working=working)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def new_watch(request: HttpRequest) -> HttpResponseBase:
    demand(request, "datasets.watch_sources")
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def change_watch(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _visible(request, pk)
    demand(request, "datasets.manage_watch", found)
    return _form(request, found)


def _form(request: HttpRequest, found: Watch | None) -> HttpResponseBase:
    by = cast(User, request.user)
    data = request.POST if request.method == "POST" else None
    form = WatchForm(data, user=by, watch=found, initial=_initial(found) if found else {})
    if data is not None and form.is_valid():
        try:
            saved = services.save_watch(
                wanted=_wanted(form, by),
                by=by,
                organisation=form.organisation_chosen(),
                watch=found,
                steward=form.cleaned_data.get("steward"),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. You can have it looked at now, or wait."))
            return redirect(saved)
    context = {"form": form, "watch": found, "title": _("Change it") if found else _("Watch a source")}
    return render(request, "datasets/files/watch_form.html", context, status=422 if form.errors else 200)


def _wanted(form: WatchForm, by: User) -> Wanted:
    said = form.cleaned_data
    return Wanted(
        url=said["url"],
        name=said["name"],
        publisher=said["publisher"],
        licence=said["licence"],
        cadence=said["cadence"],
        late_after=said["late_after"],
        expected_on=said["expected_on"],
        comes_every=said["comes_every"],
        options=with_body(form.answers(), by),
    )


def _initial(found: Watch) -> dict[str, Any]:
    source, said = found.source, found.options
    period = said.get("period", "")
    return {
        "url": source.url,
        "name": source.name,
        "publisher": source.publisher_name,
        "licence": source.licence,
        "cadence": found.cadence,
        "late_after": found.late_after,
        "expected_on": found.expected_on,
        "comes_every": found.comes_every,
        "steward": found.steward_id,
        "body": next(map(str, resolve(said.get("municipality") or said.get("public_body") or "")), ""),
        "period": f"month-{period[5:]}" if period[4:5] == "-" else period,
        **{name: said.get(name) for name in ("kind", "year", "document")},
    }


@require_POST
@gate
def check_now(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _visible(request, pk)
    demand(request, "datasets.manage_watch", found)
    with refusals_told(request):
        services.start_check(watch=found, by=cast(User, request.user))
        messages.success(request, _("It is being looked at. The result appears in the history below."))
    return redirect(found)


@require_POST
@gate
def pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Pause it, or go on."""
    found = _visible(request, pk)
    demand(request, "datasets.manage_watch", found)
    step = services.pause_watch if "pause" in request.POST else services.resume_watch
    with refusals_told(request):
        step(watch=found, by=cast(User, request.user))
    return redirect(found)
