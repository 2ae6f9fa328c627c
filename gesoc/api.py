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

from gesoc.common.api import NotFoundView, PublicManners
from municipalities.api import MunicipalityList

# A query for each address, that works in the demo and shows what the address is for.
EXAMPLES = {
    "/api/v1/expenditure/aggregate/": "municipality=05035&year=2024&by=chapter",
    "/api/v1/revenue/aggregate/": "municipality=05035&year=2024&by=rubro",
    "/api/v1/contracts/": "municipality=05035&procedure=direct&page_size=20",
    "/api/v1/releases/": "municipality=05035",
    "/api/v1/municipalities/": "q=torreon",
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
    return render(request, "api.html", {"endpoints": endpoints(translation.get_language() or "es-mx")})


@lru_cache
def endpoints(language: str) -> list[Endpoint]:
    """What the OpenAPI description says, once per language and process: it changes only with the code."""
    with translation.override(language):
        paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
        return [_endpoint(address, methods["get"]) for address, methods in paths.items()]


def _endpoint(address: str, operation: dict[str, Any]) -> Endpoint:
    example = EXAMPLES.get(address, "")
    parameters = [_parameter(found) for found in operation.get("parameters", []) if found["in"] == "query"]
    return Endpoint(
        path=address,
        summary=str(operation.get("summary", address)),
        description=str(operation.get("description", "")),
        parameters=sorted(parameters, key=lambda parameter: not parameter.required),
        example=f"{address}?{example}" if example else address,
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
    path("v1/municipalities/", MunicipalityList.as_view(), name="api-municipalities"),
    path("v1/", include(("datasets.api.urls", "datasets-api"))),
    re_path(r"^v1/.*$", NotFoundView.as_view()),
]
