"""schema.org: what search engines for data are told about a page. Microdata, for our pages hold no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from datasets.models import Release
from datasets.opendata.build import ALL, Index, read_index

from .places import Place

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

    The page is kept until the data change and the files are written at night: it gives their addresses, not their sums.
    """
    if not releases:
        return None
    index, where = read_index(), _where(place)
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
        files=_files(request, index, place.body.slug if place.body else "", sums=False),
    )


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
        files=_files(request, index, ALL, sums=True),
    )


def _where(place: Place) -> str:
    if place.municipality is not None and place.is_government:
        return f"{place.municipality}, {gettext('Mexico')}"
    return f"{place.name}, {gettext('Mexico')}"


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}/{years[-1]}"


def _files(request: HttpRequest, index: Index | None, slug: str, *, sums: bool) -> list[dict[str, Any]]:
    """Those of one body or of all: their names begin with it."""
    if index is None or not slug:
        return []
    return [
        {
            "url": request.build_absolute_uri(reverse("datasets:open_data_file", args=[file.name])),
            "kind": KINDS[file.kind],
            "size": f"{file.size} B",
            "sha256": file.sha256 if sums else "",
        }
        for file in index.files
        if file.name.partition(".")[0] == slug
    ]
