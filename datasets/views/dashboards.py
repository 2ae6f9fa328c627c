"""What all dashboards share: whose it is, the releases it may show, and a CSV of each figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views import View

from datasets.models import Release
from datasets.selectors import published_releases
from gesoc.common.charts.frame import Figure
from gesoc.common.exports import csv_response

from .choices import query_with
from .places import place_of

LEDES = {
    "": gettext_lazy("What is published about its money, each figure with its file and its row."),
    "expenditure": gettext_lazy(
        "How the expenditure is divided, how it changed, and how much of what was approved was spent."
    ),
    "revenue": gettext_lazy("Where the money comes from, how it changed, and how much of what was expected came in."),
    "contracts": gettext_lazy("Who is paid, how contracts are awarded, and when."),
}


class DashboardView(View):
    """One page of a place: parse, read, draw. Subclasses give `figures` and what else their template shows."""

    section: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str | None = None, slug: str | None = None) -> HttpResponseBase:
        self.place = place_of(request, code, slug)
        if slug is not None and self.place.is_government:
            return redirect(self.place.url(self.section, **request.GET.dict()), permanent=True)
        self.params = request.GET
        self.releases = self.find_releases()
        context = self.page()
        figures = [figure for figure in context.get("figures", ()) if figure is not None]
        if request.GET.get("formato") == "csv" and figures:
            return self.csv(figures)
        shared = {
            "place": self.place,
            "section": self.section,
            "lede": LEDES.get(self.section, ""),
            "place_url": self.place.url(self.section),
            "crumbs": self.place.crumbs(self.section),
        }
        links = [(link.label, link.url) for link in self.place.tabs(self.section) if link.current]
        shared |= {"tabs": self.place.tabs(self.section), "here": links[0][0] if self.section else self.place.name}
        return render(request, self.template_name, {**shared, **context, "figures": figures})

    def find_releases(self) -> list[Release]:
        if self.place.body is None:
            return []
        return list(published_releases(public_body=self.place.body, kind=self.kind or None))

    def page(self) -> dict[str, Any]:
        raise NotImplementedError

    def csv_url(self, key: str) -> str:
        query = query_with(self.params)
        return f"{query}&formato=csv&figura={key}" if query != "." else f"?formato=csv&figura={key}"

    def csv(self, figures: Sequence[Figure]) -> HttpResponseBase:
        """The figure named by ?figura=, or the page's first."""
        wanted = self.params.get("figura", "")
        figure = next((one for one in figures if one.key == wanted), figures[0])
        name = "-".join(filter(None, [self.place.code, self.section, figure.key]))
        return csv_response(f"{name}.csv", figure.csv_headings, figure.csv_rows)


def named(figure: Figure | None, **changes: Any) -> Figure | None:
    return replace(figure, **changes) if figure else None
