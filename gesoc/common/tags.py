"""What a template may ask for that depends on no page."""

from __future__ import annotations

from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gesoc.common.views import navigation

register = template.Library()


@register.simple_tag
def foot() -> SafeString:
    """The same under every page of a language; each process draws it once, since twenty addresses are looked up for it."""
    return drawn_foot(get_language() or settings.LANGUAGE_CODE, get_urlconf() or settings.ROOT_URLCONF)


@cache
def drawn_foot(language: str, urlconf: str) -> SafeString:
    return render_to_string("_foot.html", {"navigation": navigation()})
