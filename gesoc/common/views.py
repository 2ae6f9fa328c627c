"""What every page needs: navigation, and its own address in the other language."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from gesoc.common.i18n import ENGLISH, in_language, language_of

# In the order of the bar. A room that is not built yet has no route, and so no link.
SECTIONS = (
    ("municipalities:directory", _("Municipalities")),
    ("public_bodies", _("Public bodies")),
    ("datasets:catalogue", _("Data")),
    ("partners:directory", _("Organisations")),
    ("api", _("API")),
)


class Link(NamedTuple):
    label: Any
    url: str
    current: bool


def navigation(path: str = "") -> list[Link]:
    links = []
    for name, label in SECTIONS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        links.append(Link(label, url, path.startswith(url)))
    return links


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
