"""Organisations and people as files: what the directory tells is open; addresses leave with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from gesoc.common import workbook
from gesoc.common.exports import csv_response

from . import acting_for, services
from .audit import person
from .forms import ExportForm
from .models import Organisation, OrganisationQuerySet, Person

FORMATS = ("csv", "xlsx", "json")
OPEN = [
    "clave",
    "nombre",
    "siglas",
    "tipo",
    "situacion",
    "socia",
    "sede",
    "clave_sede",
    "cobertura",
    "estados",
    "temas",
]
OPEN += ["sitio", "pagina"]
PEOPLE = ["nombre", "correo", "telefono", "organizacion", "cargo", "sector", "fuente"]


def organisations(found: OrganisationQuerySet, *, with_addresses: bool) -> tuple[list[str], Iterator[list[Any]]]:
    """Headings, and one row an organisation; read in parts, however many there are."""
    rows = (
        found.select_related("home_municipality__state")
        .prefetch_related("coverage", "states")
        .order_by("sort_key", "pk")
    )
    headings = [*OPEN, "correo"] if with_addresses else OPEN
    return headings, (_organisation(one, with_addresses) for one in rows.iterator(chunk_size=500))


def _organisation(one: Organisation, with_addresses: bool) -> list[Any]:
    home = one.home_municipality
    told = [
        one.slug,
        one.name,
        one.acronym,
        one.kind,
        one.status,
        "si" if one.is_network_partner else "no",
        str(home or ""),
        home.code if home else "",
        " ".join(sorted(place.code for place in one.coverage.all())),
        " ".join(sorted(state.code for state in one.states.all())),
        " ".join(one.themes),
        one.website,
        one.get_absolute_url(),
    ]
    return [*told, one.public_email] if with_addresses else told


def people(found: Iterable[Person]) -> tuple[list[str], Iterator[list[Any]]]:
    return PEOPLE, (_person(one) for one in found)


def _person(one: Person) -> list[Any]:
    held = one.affiliation
    title = held.title if held else ""
    return [one.full_name, one.email, one.phone, str(one.organisation or ""), title, one.sector(), one.source]


def noted(request: HttpRequest, form: ExportForm, *, what: str, rows: int) -> str:
    """Who takes so many of them, for whom and why, is written down before they leave; gives the format asked for."""
    organisation = acting_for.organisation_of(request)
    services.note_export(
        what=what,
        rows=rows,
        reason=form.cleaned_data["reason"],
        by=person(request),
        acting_for=organisation.slug if organisation else "",
    )
    return str(form.cleaned_data["formato"])


def response(name: str, kind: str, headings: list[str], rows: Iterable[list[Any]]) -> HttpResponseBase:
    """`kind` is one of FORMATS; anything else is a CSV."""
    if kind == "xlsx":
        return workbook.response(f"{name}.xlsx", [workbook.Sheet(name, [headings, *rows])])
    if kind != "json":
        return csv_response(f"{name}.csv", headings, rows)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    answer = JsonResponse(told, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.json")
    return answer
