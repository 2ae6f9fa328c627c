"""schema.org: what search engines for data are told about a page. Microdata, for our pages hold no script."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from datasets.models import Kind, Release
from datasets.opendata.build import ALL, Index

from .places import Place

CUBES = {Kind.EXPENDITURE: "chapter", Kind.REVENUE: "rubro", Kind.CONTRACTS: "method"}
KINDS = {"datapackage": "application/zip", "ocds": "application/json", "ocds-records": "application/json"}


@dataclass(frozen=True)
class About:
    """One `https://schema.org/Dataset`."""

    name: str
    description: str
    url: str
    place: str
    years: str
    modified: str
    files: list[dict[str, Any]]


def of_place(request: HttpRequest, place: Place, releases: Sequence[Release]) -> About | None:
    """What is published of a place; nothing where nothing is.

    It names what the API gives and not the files of the night: the page is kept until the data change.
    """
    if not releases:
        return None
    where = _where(place)
    return About(
        name=gettext("Public money of %(name)s") % {"name": place.name},
        description=gettext(
            "Budget, revenue, contracts and other figures of %(place)s, each with the file and the row that it comes from."
        )
        % {"place": where},
        url=request.build_absolute_uri(place.url("")),
        place=where,
        years=_span(sorted({one.year for one in releases})),
        modified=max(one.published_at.isoformat(timespec="seconds") for one in releases if one.published_at),
        files=_tables(request, place, {one.kind for one in releases}),
    )


def _tables(request: HttpRequest, place: Place, kinds: Collection[str]) -> list[dict[str, Any]]:
    if place.body is None:
        return []
    found = []
    for kind, heading in CUBES.items():
        if kind in kinds:
            address = reverse(f"datasets-api:cube-{kind}-aggregate")
            asked = {"cut": f"publisher:{place.body.slug}", "drilldown": f"year|{heading}", "format": "csv"}
            found.append({"url": request.build_absolute_uri(f"{address}?{urlencode(asked)}"), "kind": "text/csv"})
    return found


def of_everything(request: HttpRequest, index: Index | None) -> About | None:
    if index is None:
        return None
    return About(
        name=gettext("Public money of municipalities and public bodies of Mexico"),
        description=gettext(
            "Every line of the budgets, revenues and contracts that are published here, with the file and the row of each."
        ),
        url=request.build_absolute_uri(reverse("datasets:open_data")),
        place=gettext("Mexico"),
        years="",
        modified=index.created,
        files=_files(request, index),
    )


def _where(place: Place) -> str:
    if place.municipality is not None and place.is_government:
        return f"{place.municipality}, {gettext('Mexico')}"
    return f"{place.name}, {gettext('Mexico')}"


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}/{years[-1]}"


def _files(request: HttpRequest, index: Index) -> list[dict[str, Any]]:
    """Those of all bodies together."""
    return [
        {
            "url": request.build_absolute_uri(reverse("datasets:open_data_file", args=[file.name])),
            "kind": KINDS[file.kind],
            "size": f"{file.size} B",
            "sha256": file.sha256,
        }
        for file in index.files
        if file.name.partition(".")[0] == ALL
    ]
