"""What all dashboards share: whose it is, the releases it may show, and a CSV of each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views import View

from datasets import takeaway
from datasets.models import PublicBody, Release
from datasets.selectors.releases import UNREAD, published_releases
from datasets.takeaway import Taken
from datasets.versions import data_version
from gesoc.common.charts.frame import Figure
from gesoc.common.compiled import compiled_once

from .choices import query_with
from .places import place_of

# Of a release, its file and its source: what no dashboard says, and is half of a row.
NOT_SAID = (
    *("reason", "published_by", "created_at"),
    *(
        f"ingest__file__{name}"
        for name in ("size", "storage_path", "retrieved_from", "retrieved_at", "uploaded_by", "has_personal_data")
    ),
    *(f"ingest__file__source__{name}" for name in ("slug", "name", "url", "licence")),
)
LEDES = {
    "": gettext_lazy("What is published about its money, each figure with its file and its row."),
    "expenditure": gettext_lazy(
        "How the expenditure is divided, how it changed, and how much of what was approved was spent."
    ),
    "revenue": gettext_lazy("Where the money comes from, how it changed, and how much of what was expected came in."),
    "contracts": gettext_lazy("Who is paid, how contracts are awarded, and when."),
    "works": gettext_lazy("What is built, where, for how much, and how far it is."),
    "debt": gettext_lazy("What is owed, to whom, and until when."),
    "sanctions": gettext_lazy("What authorities resolved about suppliers, as their registers print it."),
    "disclosure": gettext_lazy("What it publishes, whether it can be used again, and whether it is up to date."),
    "flags": gettext_lazy("What the published figures let one ask. A question is not an accusation."),
}


@compiled_once
def releases_of(body: int, kind: str | None) -> QuerySet[Release]:
    found = published_releases(public_body=PublicBody(pk=body), kind=kind)
    return found.defer(*UNREAD, *NOT_SAID)


class DashboardView(View):
    """One page of a place: parse, read, draw. Subclasses give `figures` and what else their template shows."""

    section: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str | None = None, slug: str | None = None) -> HttpResponseBase:
        context = self.read(request, code, slug)
        if slug is not None and self.place.is_government:
            query = request.GET.urlencode()
            address = self.place.url(self.section)
            return redirect(f"{address}?{query}" if query else address, permanent=True)
        shape = request.GET.get("formato", "")
        if shape in takeaway.FORMATS:
            return takeaway.answer(shape, self.taken(context["figures"], request.GET.get("figura", "")))
        shared = {
            "place": self.place,
            "section": self.section,
            "lede": LEDES.get(self.section, ""),
            "place_url": self.place.url(self.section),
            "crumbs": self.place.crumbs(self.section),
        }
        tabs = self.place.tabs(self.section)
        current = [link.label for link in tabs if link.current]
        shared |= {"tabs": tabs, "here": current[0] if self.section else self.place.name}
        return render(request, self.template_name, {**shared, **context})

    def read(self, request: HttpRequest, code: str | None, slug: str | None) -> dict[str, Any]:
        """Whose page it is, what may be shown there, and its figures."""
        self.place = place_of(request, code, slug, type(self).aside)
        self.params = request.GET
        self.releases = self.find_releases()
        context = self.page()
        return {**context, "figures": [figure for figure in context.get("figures", ()) if figure is not None]}

    def take(self, key: str) -> Taken:
        """One figure of the page, for who takes it away without looking at the page."""
        context = self.read(self.request, self.kwargs.get("code"), self.kwargs.get("slug"))
        return self.taken(context["figures"], key)

    def taken(self, figures: Sequence[Figure], key: str) -> Taken:
        figure = takeaway.find(figures, key)
        name = "-".join(filter(None, [self.place.code, self.section, figure.key]))
        return Taken(figure, self.request, name, self.place.told_apart)

    def find_releases(self) -> list[Release]:
        if self.place.body is None:
            return []
        found = releases_of(self.place.body.pk, self.kind or None)
        for one in found:
            one.public_body = self.place.body
        return found

    @staticmethod
    def aside() -> Mapping[str, Any]:
        """What the page reads together with a municipality's government: annotations by name."""
        return {}

    @cached_property
    def version(self) -> int:
        """Of the public data, from before what the page shows was read."""
        return (self.place.aside["version"] or 0) if "version" in self.place.aside else data_version()

    def page(self) -> dict[str, Any]:
        raise NotImplementedError

    def csv_url(self, key: str) -> str:
        return query_with(self.params, formato="csv", figura=key)


def named(figure: Figure | None, **changes: Any) -> Figure | None:
    return replace(figure, **changes) if figure else None
