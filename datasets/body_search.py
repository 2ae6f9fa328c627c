"""A typed name, code or address to one public body or municipality."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gesoc.common.text import search_text, tokens
from municipalities.models import Municipality

from .models import PublicBody

MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """Either a municipality (its government may not be known to us yet) or another public body."""

    name: str
    municipality: str = ""
    slug: str = ""
    is_new: bool = False  # nobody knows it yet

    def __str__(self) -> str:
        return self.name


def candidates(text: str, limit: int = 8) -> list[Candidate]:
    """Municipalities and other bodies whose name holds every word of the text, best first."""
    if not tokens(text[:MAX_TEXT]):
        return []
    found = Municipality.objects.select_related("state").with_population().matching(text[:MAX_TEXT])
    places = [Candidate(str(place), municipality=place.code) for place in found.ranked(text[:MAX_TEXT])[:limit]]
    return places + [Candidate(body.name, slug=body.slug) for body in _others(text)[:limit]]


def resolve(text: str) -> list[Candidate]:
    """One candidate when the text names exactly one, several when it could be any, none when nobody is so called."""
    text = text.strip()[:MAX_TEXT]
    if exact := _by_key(text):
        return [exact]
    found = candidates(text)
    same = [candidate for candidate in found if _same(candidate.name, text)]
    if len(same) == 1:
        return same
    named = [candidate for candidate in found if _same(candidate.name.partition(",")[0], text)]
    return named if len(named) == 1 else found


def _by_key(text: str) -> Candidate | None:
    """By INEGI code or by the last part of the address of the body's page."""
    if re.fullmatch(r"[0-9]{5}", text):
        place = Municipality.objects.select_related("state").filter(code=text).first()
        return Candidate(str(place), municipality=place.code) if place else None
    if not re.fullmatch(r"[-a-z0-9_]+", text):
        return None
    body = PublicBody.objects.select_related("municipality__state").filter(slug=text).first()
    if body is None:
        return None
    if body.is_municipal_government and body.municipality is not None:
        return Candidate(str(body.municipality), municipality=body.municipality.code)
    return Candidate(body.name, slug=body.slug)


def _others(text: str) -> QuerySet[PublicBody]:
    words = Q(*[("search_text__contains", word) for word in tokens(text)])
    return PublicBody.objects.filter(words, confirmed=True).exclude(kind=PublicBody.Kind.MUNICIPALITY)


def _same(one: str, other: str) -> bool:
    return search_text(one) == search_text(other)
