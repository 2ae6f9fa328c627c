"""Addresses by the name of their page, looked up once: a page has dozens of links, and each costs as much as three rows."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language


def address(name: str, *args: str | int) -> str:
    """What `reverse` gives: it depends on the language, whose prefix is in the address, and on where the site hangs."""
    return _found(name, args, get_language() or "", get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=16_384)
def _found(name: str, args: tuple[str | int, ...], language: str, urlconf: str, prefix: str) -> str:
    return reverse(name, urlconf=urlconf, args=args)
