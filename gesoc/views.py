"""Pages that belong to no app: home, search, the component gallery, the error that is ours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.views.decorators.http import require_safe

from gesoc import gallery
from gesoc.common.views import navigation


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    return render(request, "search.html", {"query": request.GET.get("q", "").strip()})


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "components.html", gallery.examples())


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: they ask the database, which may be what failed."""
    page = loader.get_template("500.html").render({"navigation": navigation()})
    return HttpResponseServerError(page)
