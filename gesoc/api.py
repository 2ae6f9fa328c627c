"""/api/: the addresses of every app's API, their description in OpenAPI, and the same as a page for people.

The page is ours and not Swagger UI or ReDoc: both write styles and scripts into the page, which our
Content-Security-Policy forbids everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from dialogues.views.commitment_files import CommitmentsView
from gesoc.common.api import NotFoundView, PublicManners
from gesoc.examples import examples
from municipalities.api import MunicipalityList
from projects.api import ProjectsView

# A query for each address, that works in the demo and shows what the address is for.
EXAMPLES = {
    "/api/v1/expenditure/aggregate/": "municipality=05035&year=2024&by=chapter",
    "/api/v1/revenue/aggregate/": "municipality=05035&year=2024&by=rubro",
    "/api/v1/contracts/": "municipality=05035&procedure=direct&page_size=20",
    "/api/v1/works/": "municipality=05035",
    "/api/v1/debt/": "municipality=05035",
    "/api/v1/sanctions/": "page_size=20",
    "/api/v1/indicators/": "municipality=05035&year=2024",
    "/api/v1/flags/": "municipality=05035",
    "/api/v1/releases/": "municipality=05035",
    "/api/v1/commitments/": "situation=atrasado",
    "/api/v1/municipalities/": "q=torreon",
    "/api/v1/cubes/expenditure/model/": "",
    "/api/v1/cubes/expenditure/members/{dimension}/": "cut=municipality:05035|year:2024",
    "/api/v1/cubes/expenditure/aggregate/": "cut=municipality:05035&drilldown=year|chapter&order=year|accrued:desc",
    "/api/v1/cubes/expenditure/facts/": "cut=municipality:05035|year:2024|chapter:1000&page_size=20",
    "/api/v1/cubes/revenue/model/": "",
    "/api/v1/cubes/revenue/members/{dimension}/": "cut=municipality:05035|year:2024",
    "/api/v1/cubes/revenue/aggregate/": "cut=municipality:05035&drilldown=year|rubro",
    "/api/v1/cubes/revenue/facts/": "cut=municipality:05035|year:2024&page_size=20",
    "/api/v1/cubes/contracts/model/": "",
    "/api/v1/cubes/contracts/members/{dimension}/": "cut=municipality:05035",
    "/api/v1/cubes/contracts/aggregate/": "cut=municipality:05035&drilldown=year|method",
    "/api/v1/cubes/contracts/facts/": "cut=municipality:05035|method:direct&page_size=20",
    "/api/v1/projects/": "state=05",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    required: bool
    values: str
    description: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    path: str
    summary: str
    description: str
    parameters: list[Parameter]
    example: str

    @property
    def anchor(self) -> str:
        return self.path.strip("/").replace("/", "-")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    context = {
        "endpoints": endpoints(translation.get_language() or "es-mx"),
        "examples": examples(request.build_absolute_uri("/").rstrip("/")),
    }
    return render(request, "api.html", context)


@lru_cache
def endpoints(language: str) -> list[Endpoint]:
    """What the OpenAPI description says, once per language and process: it changes only with the code."""
    with translation.override(language):
        paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
        return [_endpoint(address, methods["get"]) for address, methods in paths.items()]


def _endpoint(address: str, operation: dict[str, Any]) -> Endpoint:
    example = EXAMPLES.get(address, "")
    filled = address.replace("{dimension}", "year")
    parameters = [_parameter(found) for found in operation.get("parameters", []) if found["in"] == "query"]
    return Endpoint(
        path=address,
        summary=str(operation.get("summary", address)),
        description=str(operation.get("description", "")),
        parameters=sorted(parameters, key=lambda parameter: not parameter.required),
        example=f"{filled}?{example}" if example else filled,
    )


def _parameter(found: dict[str, Any]) -> Parameter:
    return Parameter(
        name=found["name"],
        required=bool(found.get("required")),
        values=_values(found["schema"]),
        description=str(found.get("description", "")).partition("\n\n* `")[0],
    )


def _values(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if "minimum" in schema and "maximum" in schema and schema.get("type") == "integer":
        return _("whole number from %(least)s to %(most)s") % {"least": schema["minimum"], "most": schema["maximum"]}
    names = {"integer": _("whole number"), "decimal": _("number"), "string": _("text")}
    return names.get(str(schema.get("format", schema.get("type"))), "")


class SchemaView(PublicManners, SpectacularAPIView):
    """The description, with the same manners as what it describes."""


urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("v1/projects/", ProjectsView.as_view(), name="api-projects"),
    path("v1/municipalities/", MunicipalityList.as_view(), name="api-municipalities"),
    path("v1/", include(("datasets.api.urls", "datasets-api"))),
    path("v1/commitments/", CommitmentsView.as_view(), name="api-commitments"),
    re_path(r"^v1/.*$", NotFoundView.as_view()),
]
