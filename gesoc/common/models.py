"""What models of several apps share."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from gesoc.common.text import search_text

Found = TypeVar("Found", bound=QuerySet[Any, Any])


def as_key(text: str) -> uuid.UUID | None:
    """A public key as a form or an address names it; None if it is none, which no row has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def holding(found: Found, text: str, *fields: str) -> Found:
    """Accent-blind: every word of `text` occurs in the stored search text, or in one of the `fields` named instead."""
    for word in search_text(text).split():
        here = Q()
        for field in fields or ("search_text",):
            here |= Q((f"{field}__contains", word))
        found = found.filter(here)
    return found
