"""The text of a note as readers see it: Markdown, and cards of evidence and images where `[[cifra:<key>]]` or
`[[imagen:<key>]]` stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from gesoc.common.markdown import markdown

from .models import Evidence, NoteImage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

PINNED = re.compile(r"\[\[(cifra|imagen):([0-9a-fA-F-]{36})\]\]")
TEMPLATES = {"cifra": "projects/_pinned.html", "imagen": "projects/_image.html"}


def rendered(body: str, user: User | AnonymousUser) -> SafeString:
    """Three queries, however many there are. What this reader may not see is told as not public."""
    pieces = PINNED.split(body)  # text, kind, key, text, kind, key, text …
    asked = list(zip(pieces[1::3], pieces[2::3], strict=True))
    found = _cards(_keys(asked, "cifra"), user) | _images(_keys(asked, "imagen"), user)
    html = [markdown(pieces[0])]
    for (kind, key), text in zip(asked, pieces[3::3], strict=True):
        html += [render_to_string(TEMPLATES[kind], {"card": found.get((kind, _uuid(key)))}), markdown(text)]
    return mark_safe("".join(html))  # noqa: S308 - every piece is cleaned or escaped by its own renderer


def _keys(asked: list[tuple[str, str]], wanted: str) -> list[UUID]:
    return [key for kind, text in asked if kind == wanted and (key := _uuid(text))]


def _cards(keys: list[UUID], user: User | AnonymousUser) -> dict[tuple[str, UUID | None], Any]:
    cards = Evidence.objects.visible_to(user).filter(key__in=keys) if keys else Evidence.objects.none()
    rows = cards.select_related("municipality__state").prefetch_related("changes")
    return {("cifra", card.key): card for card in rows}


def _images(keys: list[UUID], user: User | AnonymousUser) -> dict[tuple[str, UUID | None], Any]:
    images = NoteImage.objects.visible_to(user).filter(key__in=keys) if keys else NoteImage.objects.none()
    return {("imagen", image.key): image for image in images.select_related("note")}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def minutes(body: str) -> int:
    """To read it, at two hundred words a minute."""
    return max(1, round(len(body.split()) / 200))
