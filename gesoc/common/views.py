"""What pages share: navigation, the address in the other language, refusals in forms, headers behind personal links."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gesoc.common.i18n import ENGLISH, in_language, language_of

# In the order of the bar. A room that is not built yet has no route, and so no link.
SECTIONS = (
    ("municipalities:directory", _("Municipalities")),
    ("public_bodies", _("Public bodies")),
    ("compare", _("Compare")),
    ("datasets:catalogue", _("Data")),
    ("projects:directory", _("Projects")),
    ("dialogues:list", _("Dialogues")),
    ("partners:directory", _("Organisations")),
    ("api", _("API")),
)


class Link(NamedTuple):
    label: Any
    url: str
    current: bool


def navigation(path: str = "") -> list[Link]:
    rooms = _rooms(get_language() or settings.LANGUAGE_CODE, get_urlconf() or settings.ROOT_URLCONF)
    return [Link(label, url, path.startswith(url)) for label, url in rooms]


@cache
def _rooms(language: str, urlconf: str) -> list[tuple[Any, str]]:
    """Those that are built, with their addresses, which are looked up once for each language."""
    rooms = []
    for name, label in SECTIONS:
        try:
            rooms.append((label, reverse(name)))
        except NoReverseMatch:
            continue
    return rooms


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor of base.html."""
    other = settings.LANGUAGE_CODE if language_of(request.path_info) == ENGLISH else ENGLISH
    return {
        "navigation": navigation(request.path_info),
        "other_language_url": in_language(request.get_full_path(), other),
        "alternate_url": request.build_absolute_uri(in_language(request.path, other)),
        "is_english": other != ENGLISH,
        "is_demo": settings.LOCAL,
    }


def refreshing(request: HttpRequest, template: str, context: dict[str, Any], *, working: bool) -> HttpResponse:
    """A page that asks for itself again while something works: to a script the part `progress`, or at last `finished`."""
    if request.htmx:  # type: ignore[attr-defined]
        template += "#progress" if working else "#finished"
    response = render(request, template, context)
    if working:
        response["Cache-Control"] = "no-store"
    return response


Answer = TypeVar("Answer", bound=HttpResponseBase)


def behind_a_link(response: Answer) -> Answer:
    """A page whose address is the key to it: told to nobody, found by no search engine, kept by no cache.

    "strict-origin" gives away the site and never the address. With "no-referrer" browsers send a form with
    `Origin: null`, which the check against forged requests refuses.
    """
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    add_never_cache_headers(response)
    return response


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Each message beside its field; what belongs to no field of the form above it."""
    errors = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    for name, found in errors.items():
        form.add_error(name if name in form.fields else None, found)
