"""The text of a note as readers see it: Markdown, and cards of evidence where `[[cifra:<key>]]` stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from gesoc.common.markdown import markdown

from .models import Evidence

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

PINNED = re.compile(r"\[\[cifra:([0-9a-fA-F-]{36})\]\]")


def rendered(body: str, user: User | AnonymousUser) -> SafeString:
    """Two queries, however many cards. A card that this reader may not see is told as not public."""
    pieces = PINNED.split(body)
    keys = [key for piece in pieces[1::2] if (key := _uuid(piece))]
    cards = Evidence.objects.visible_to(user).filter(key__in=keys) if keys else Evidence.objects.none()
    found = {card.key: card for card in cards.select_related("municipality__state").prefetch_related("changes")}
    html = [
        render_to_string("projects/_pinned.html", {"card": found.get(_uuid(piece) or UUID(int=0))})
        if at % 2
        else markdown(piece)
        for at, piece in enumerate(pieces)
    ]
    return mark_safe("".join(html))  # noqa: S308 - every piece is cleaned or escaped by its own renderer


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def minutes(body: str) -> int:
    """To read it, at two hundred words a minute."""
    return max(1, round(len(body.split()) / 200))
