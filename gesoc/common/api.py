"""What every public answer of the API has in common: open to all, no cookie, errors as JSON, cheap to repeat.

Views say which parameters they take (a serializer) and what they answer; everything else is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from redis.exceptions import RedisError
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView, exception_handler

from gesoc.common.exports import csv_chunks

# Part of every ETag: raise it when the same data would be answered in another shape.
SHAPE = 2
MAX_AGE = 60
# May stand in any query: the one representation there is, by name.
ALWAYS_ALLOWED = frozenset({"format"})


class PublicThrottle(AnonRateThrottle):
    """Enough for a notebook in a loop, not for a flood. Without Redis everybody is let in."""

    rate = "1200/min"

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError:
            return True


class Parameters(serializers.Serializer[Any]):
    """The query of a view. An empty parameter is an absent one; an unknown one is an error, as it would be ignored."""


class CsvRenderer(BaseRenderer):
    """The rows of an answer as a table (`format=csv`); where a page follows, the Link header says where it begins."""

    media_type, format, charset = "text/csv", "csv", "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        rows = next((data[name] for name in ROWS if isinstance(data.get(name), list)), [data])
        flat = [_flat(row) for row in rows]
        headings = list(dict.fromkeys(name for row in flat for name in row))
        if not rows:  # a table of nothing still says what its columns are
            headings = list(getattr((renderer_context or {}).get("view"), "headings", ()))
        lines = ([row.get(name) for name in headings] for row in flat)
        return "".join(csv_chunks(headings, lines)).encode()


ROWS = ("cells", "results", "members")


def _flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """{"supplier": {"name": …}} as supplier_name."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}_")
        else:
            found[f"{before}{name}"] = ";".join(map(str, value)) if isinstance(value, list | tuple) else value
    return found


class PublicManners(APIView):
    """How every public view behaves, whatever it answers."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (PublicThrottle,)
    http_method_names = ["get", "head", "options"]
    parameters: type[Parameters] = Parameters

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(_language(request)):
            return super().dispatch(request, *args, **kwargs)

    def validated(self, request: Request) -> dict[str, Any]:
        given = {name: values for name, values in request.query_params.lists() if name not in ALWAYS_ALLOWED}
        asked = self.parameters(data={name: values[0] for name, values in given.items() if values[0].strip()})
        errors = {name: [_("There is no such parameter here.")] for name in given if name not in asked.fields}
        errors |= {name: [_("It is given more than once.")] for name, values in given.items() if len(values) > 1}
        if errors:
            raise exceptions.ValidationError(errors)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def get_exception_handler(self) -> Any:
        return errors_as_json

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Access-Control-Allow-Origin"] = "*"
        final["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        final["Access-Control-Allow-Headers"] = "Accept-Language, If-None-Match, If-Modified-Since"
        final["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        final["Content-Language"] = get_language()
        patch_vary_headers(final, ["Accept-Language"])
        final["Cache-Control"] = f"public, max-age={MAX_AGE}" if final.status_code < 400 else "no-store"
        return final


class PublicView(PublicManners):
    """A view whose answer depends on its parameters and on the version of the data, and on nothing else."""

    def get(self, request: Request) -> HttpResponseBase:
        asked = self.resolve(self.validated(request))
        version = self.version()
        shape = getattr(request.accepted_renderer, "format", "json")
        etag = f'W/"{SHAPE}-{version}-{get_language()}{"" if shape == "json" else f"-{shape}"}"'
        changed = self.changed_at()
        seconds = int(changed.timestamp()) if changed else None
        unchanged = get_conditional_response(request._request, etag=etag, last_modified=seconds)
        response = unchanged or self.answered(self.answer(request, asked, version))
        response["ETag"] = etag
        if seconds:
            response["Last-Modified"] = http_date(seconds)
        return response

    def answered(self, answer: Mapping[str, Any]) -> Response:
        response = Response(answer)
        links = [f'<{answer[name]}>; rel="{name}"' for name in ("next", "previous") if answer.get(name)]
        if links:
            response["Link"] = ", ".join(links)
        return response

    def changed_at(self) -> datetime | None:
        """When the data last changed, where that is known."""
        return None

    def resolve(self, asked: dict[str, Any]) -> Any:
        """Find what the parameters name; 404 where it does not exist."""
        return asked

    def version(self) -> int:
        """What the answer depends on: the same version means the same answer."""
        raise NotImplementedError

    def answer(self, request: Request, asked: Any, version: int) -> Mapping[str, Any]:
        raise NotImplementedError


class NotFoundView(PublicManners):
    """Any address under /api/v1/ that is not one of ours."""

    schema = None

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        raise exceptions.NotFound(_("There is nothing at this address. The list of addresses is at /api/."))


def errors_as_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """One sentence under `detail`; `errors` names each parameter at fault."""
    if isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError(_("The request cannot be read."))
    if not isinstance(error, exceptions.ValidationError):
        return exception_handler(error, context)
    details = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
    errors = {name: [str(text) for text in texts] for name, texts in details.items()}
    return Response({"detail": " ".join(_sentences(errors)), "errors": errors}, status=400)


def _sentences(errors: Mapping[str, list[str]]) -> list[str]:
    whole = errors.get("non_field_errors", [])
    named = [
        _("Parameter “%(name)s”: %(problem)s") % {"name": name[:60], "problem": " ".join(texts)}
        for name, texts in errors.items()
        if name != "non_field_errors"
    ]
    return [*whole, *named]


def _language(request: HttpRequest) -> str:
    """By Accept-Language alone: an answer that followed a cookie could not be shared by caches."""
    for wanted, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return "es-mx"
