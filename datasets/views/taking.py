"""Figures that leave the site: permanent links, frames for other pages, and what a publishing tool asks (oEmbed)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from datasets.models import PinnedFigure
from datasets.pins import pin_figure
from datasets.takeaway import FRAME_HEIGHT, Taken, frame_code, may_be_framed
from datasets.versions import data_version
from gesoc.common.dates import day
from gesoc.common.i18n import language_of

LONGEST = 2000
FRAME_WIDTH = 800


def taken_at(request: HttpRequest, address: str, key: str) -> Taken:
    """The figure that a page of ours shows at the address; not found for any other address."""
    parts = urlsplit(address)
    if not parts.path.startswith("/") or len(address) > LONGEST or "\x00" in address:
        raise Http404
    with translation.override(language_of(parts.path)):
        try:
            match = resolve(parts.path)
        except Resolver404:
            raise Http404 from None
        view_class = getattr(match.func, "view_class", None)
        if view_class is None or not hasattr(view_class, "take"):
            raise Http404
        inner = HttpRequest()
        inner.method, inner.path, inner.path_info = "GET", parts.path, parts.path
        inner.META, inner.user, inner.session = request.META, request.user, request.session
        inner.GET = QueryDict(parts.query)
        view = view_class()
        view.setup(inner, *match.args, **match.kwargs)
        return view.take(key)


@require_POST
def pin(request: HttpRequest) -> HttpResponse:
    """The server draws the figure itself: nothing of what is kept comes from the form."""
    taken = taken_at(request, request.POST.get("address", ""), request.POST.get("figure", "")[:40])
    language = language_of(taken.request.path)
    with translation.override(language):
        html = render_to_string("datasets/_pinned.html", {"taken": taken, "figure": taken.figure})
        try:
            made = pin_figure(
                address=taken.page_path,
                figure=taken.figure.key,
                title=taken.title,
                place=taken.place,
                html=html,
                version=data_version(),
                sources=taken.figure.sources,
                by=request.user,
            )
        except ValidationError:
            raise Http404 from None
    return redirect(taken.path("llevar") + f"&fija={made.key}")


@require_safe
def pinned_figure(request: HttpRequest, key: str) -> HttpResponse:
    """The short link: to the living page."""
    found = get_object_or_404(PinnedFigure, pk=key)
    return redirect(f"{found.address}#{found.figure}")


@require_safe
def fixed_figure(request: HttpRequest, key: str) -> HttpResponse:
    """As it was on its day, saying so; gone where a file that it was made of has been withdrawn."""
    found = get_object_or_404(PinnedFigure, pk=key)
    with translation.override(language_of(found.address)):
        context: dict[str, Any] = {
            "title": found.title,
            "page_url": request.build_absolute_uri(found.get_absolute_url()),
            "stale": _stale(found),
        }
        if found.is_withdrawn:
            context["html"] = gettext("A file that this figure was made of has been withdrawn: it is no longer shown.")
            context["title"] = gettext("Withdrawn")
            return may_be_framed(render(request, "datasets/embed.html", context, status=410))
        context["html"] = mark_safe(found.html)  # noqa: S308 - drawn by our own template
        return may_be_framed(render(request, "datasets/embed.html", context))


def _stale(found: PinnedFigure) -> str:
    said = gettext("Figure as it was on %(day)s, data version %(version)s.") % {
        "day": day(found.created_at),
        "version": found.data_version,
    }
    if found.data_version == data_version():
        return said
    since = gettext("Data have been published since: the living page may say something else.")
    return f"{said} {since}"


@require_safe
def oembed(request: HttpRequest) -> JsonResponse:
    """https://oembed.com: the frame for an address with ?figura=, or for a permanent link."""
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": "only json"}, status=501)
    parts = urlsplit(request.GET.get("url", "")[:LONGEST])
    if parts.netloc and parts.netloc != request.get_host():
        raise Http404
    title, url = _framed_at(request, parts.path, parts.query, parts.fragment)
    height = _at_most(request, "maxheight", FRAME_HEIGHT)
    return JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": "Mesa de Datos",
            "provider_url": request.build_absolute_uri("/"),
            "width": _at_most(request, "maxwidth", FRAME_WIDTH),
            "height": height,
            "html": frame_code(url, title, height),
        },
        headers={"Access-Control-Allow-Origin": "*"},
    )


def _at_most(request: HttpRequest, name: str, usual: int) -> int:
    """As the standard has it: never more than the page that asks has room for."""
    given = request.GET.get(name, "")
    return min(usual, int(given)) if given.isascii() and given.isdigit() and int(given) > 0 else usual


def _framed_at(request: HttpRequest, path: str, query: str, fragment: str) -> tuple[str, str]:
    try:
        match = resolve(path)
    except Resolver404:
        raise Http404 from None
    if match.url_name in ("pinned_figure", "fixed_figure"):
        found = get_object_or_404(PinnedFigure, pk=match.kwargs["key"])
        if found.is_withdrawn:
            raise Http404
        return found.title, request.build_absolute_uri(f"{found.get_absolute_url()}fija/")
    key = QueryDict(query).get("figura", "") or fragment
    taken = taken_at(request, f"{path}?{query}" if query else path, key[:40])
    return taken.title, taken.url("insertar")
