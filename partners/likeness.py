"""What two records of the same organisation have in common, however they are written: stored, so that twins are a query."""

from __future__ import annotations

from urllib.parse import urlsplit

from gesoc.common.text import search_text

LEGAL_FORMS = {"a", "c", "s", "ac", "sc", "iap", "i", "p", "abp", "de", "asociacion", "civil", "la", "el", "y"}


def bare_name(name: str) -> str:
    """Without its legal form, accents and case."""
    words = search_text(name).split()
    return " ".join(word for word in words if word not in LEGAL_FORMS) or " ".join(words)


def host_of(site: str) -> str:
    """The site without what stands before and behind its name."""
    try:
        return (urlsplit(site).hostname or "").removeprefix("www.")
    except ValueError:  # an address that is none
        return ""
