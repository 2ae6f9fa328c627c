"""The language of a page is in its address: `/…` is Mexican Spanish, `/en/…` English.

So a link always opens in the language in which it was sent, caches need no `Vary: Accept-Language`, and nobody gets a
cookie for having chosen one.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

ENGLISH = "en"
_PREFIX = f"/{ENGLISH}/"


def language_of(path: str) -> str:
    return ENGLISH if path.startswith(_PREFIX) else settings.LANGUAGE_CODE


def tag_of(language: str | None) -> str:
    """As HTML names it: `<html lang="es-MX">`."""
    return ENGLISH if language == ENGLISH else "es-MX"


def in_language(path: str, language: str) -> str:
    """The address of the same page in `language`; `path` may carry a query."""
    spanish = path[len(_PREFIX) - 1 :] if path.startswith(_PREFIX) else path
    return spanish if language == settings.LANGUAGE_CODE else _PREFIX + spanish.lstrip("/")


def language_from_address(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware in place of Django's LocaleMiddleware, which asks headers and cookies as well."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = language_of(request.path_info)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.to_locale(language).replace("_", "-"))
        return response

    return middleware
