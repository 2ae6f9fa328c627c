"""Pages that begin after a row, not at a number: the hundredth costs no more than the first, and nothing shifts."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

BIGGEST = 2**31 - 1  # of every part of a key that pages are cut by


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row by its key, and whether the page lies before or after it."""

    key: tuple[int, ...]
    backwards: bool = False

    def encoded(self) -> str:
        text = ("p" if self.backwards else "n") + ".".join(map(str, self.key))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, text: str, parts: int) -> Cursor:
        """Read what `encoded` wrote; anything else is refused."""
        try:
            plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
            key = tuple(int(part) for part in plain[1:].split("."))
        except (binascii.Error, ValueError):
            key, plain = (), ""
        if plain[:1] not in ("n", "p") or len(key) != parts or not all(0 <= part <= BIGGEST for part in key):
            raise ValidationError({"cursor": [_("It was not given by this API.")]})
        return cls(key, plain[0] == "p")


def page_of(
    rows: QuerySet[Any],
    *,
    request: Request,
    asked: dict[str, Any],
    answer: Callable[[Any], dict[str, Any]],
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page in the order of the primary key. One query; it asks for one row more to know whether others follow."""
    size = asked["page_size"]
    parts = len(rows.model._meta.pk_fields)
    cursor = Cursor.decoded(asked["cursor"], parts) if "cursor" in asked else None
    backwards = cursor is not None and cursor.backwards
    descending = newest_first != backwards
    if cursor is not None:
        key = cursor.key if parts > 1 else cursor.key[0]
        rows = rows.filter(**{f"pk__{'lt' if descending else 'gt'}": key})
    found = list(rows.order_by("-pk" if descending else "pk")[: size + 1])
    page, more = found[:size], len(found) > size
    if backwards:
        page.reverse()
    following = _link(request, page, -1, backwards=False) if more or backwards else None
    before = _link(request, page, 0, backwards=True) if (more and backwards) or (cursor and not backwards) else None
    return {"next": following, "previous": before, "results": [answer(row) for row in page]}


def _link(request: Request, page: list[Any], place: int, *, backwards: bool) -> str | None:
    if not page:
        return None
    key = page[place].pk
    cursor = Cursor(key if isinstance(key, tuple) else (key,), backwards).encoded()
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
