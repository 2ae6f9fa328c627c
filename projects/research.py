"""The text of a note as readers see it: Markdown, with a card of evidence as it was frozen where `[[cifra:<key>]]` stands,
its figure of today at `[[hoy:<key>]]`, and an image at `[[imagen:<key>]]`."""

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

PINNED = re.compile(r"\[\[(cifra|hoy|imagen):([0-9a-fA-F-]{36})\]\]")
TEMPLATES = {"cifra": "projects/_pinned.html", "hoy": "projects/_live.html", "imagen": "projects/_image.html"}


MARK = "\ue000{}\ue001"  # stands for a card while the text around it becomes HTML; nobody can type it
MARKED = re.compile("(?:<p>)?\ue000(\\d+)\ue001(?:</p>)?")


def rendered(body: str, user: User | AnonymousUser) -> SafeString:
    """Three queries, however many there are. What this reader may not see is told as not public."""
    body = body.replace("\ue000", "").replace("\ue001", "")
    asked = PINNED.findall(body)
    found = _cards(_keys(asked, "cifra", "hoy"), user) | _images(_keys(asked, "imagen"), user)
    numbers = iter(range(len(asked)))
    text = PINNED.sub(lambda _code: f"\n\n{MARK.format(next(numbers))}\n\n", body)

    def card(mark: re.Match[str]) -> str:
        kind, key = asked[int(mark[1])]
        return render_to_string(TEMPLATES[kind], {"card": found.get((kind, _uuid(key)))})

    html = MARKED.sub(card, markdown(text))
    return mark_safe(html)  # noqa: S308 - every piece is cleaned or escaped by its own renderer


def _keys(asked: list[tuple[str, str]], *wanted: str) -> list[UUID]:
    return [key for kind, text in asked if kind in wanted and (key := _uuid(text))]


def _cards(keys: list[UUID], user: User | AnonymousUser) -> dict[tuple[str, UUID | None], Any]:
    cards = Evidence.objects.visible_to(user).filter(key__in=keys) if keys else Evidence.objects.none()
    rows = cards.select_related("municipality__state").prefetch_related("changes")
    return {(kind, card.key): card for card in rows for kind in ("cifra", "hoy")}


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
