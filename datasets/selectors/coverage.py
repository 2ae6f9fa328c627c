"""What is published, all places together: for the home page, the search and the site's map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from datasets.models import PublicBody, Release
from datasets.models.sources import PublicBodyQuerySet
from gesoc.common.compiled import compiled_once
from gesoc.common.moments import present
from gesoc.common.text import search_text, tokens
from municipalities.selectors import with_states

PUBLISHED = Q(releases__status=Release.Status.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Few:
    """A number that is part of the question, not a value of it."""

    number: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much is published: files, bodies, and bodies by INEGI code of the state ("" for the federation)."""

    files: int
    bodies: int
    municipalities: int
    by_state: dict[str, int]


def coverage(version: int) -> Coverage:
    """Of a version of the data. Two queries, where a process does not know it already."""
    return _coverage(version, present())


@lru_cache(maxsize=1)
def _coverage(version: int, moment: float) -> Coverage:
    rows = _bodies_by_place()
    by_state: dict[str, int] = {}
    for row in rows:
        by_state[row["place"]] = by_state.get(row["place"], 0) + row["count"]
    governments = sum(row["count"] for row in rows if row["kind"] == PublicBody.Kind.MUNICIPALITY)
    files = Release.objects.published().aggregate(count=Count("ingest__file", distinct=True))["count"]
    return Coverage(files, sum(by_state.values()), governments, by_state)


@compiled_once
def _bodies_by_place() -> QuerySet[Any, Any]:
    bodies = PublicBody.objects.with_data().annotate(place=Coalesce("state_id", "municipality__state_id", Value("")))
    return bodies.values("place", "kind").annotate(count=Count("pk")).order_by("place")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one reading of a file published: one of its releases, and how many bodies and lines there are in all."""

    release: Release
    bodies: int
    lines: int


def latest_arrivals(limit: int, version: int) -> list[Arrival]:
    """Newest first, one per reading: a file may hold the slices of hundreds of buyers. Two queries, where a process does not know
    them of this version of the data."""
    return _latest_arrivals(limit, version, present())


@lru_cache(maxsize=1)
def _latest_arrivals(limit: int, version: int, moment: float) -> list[Arrival]:
    rows = _newest_readings(Few(limit))
    releases = Release.objects.select_related("public_body__municipality__state", "ingest__file").in_bulk(
        [row["one"] for row in rows]
    )
    return [Arrival(releases[row["one"]], row["bodies"], row["lines"]) for row in rows]


@compiled_once
def _newest_readings(limit: Few) -> QuerySet[Any, Any]:
    published = Release.objects.published().values("ingest")
    newest = published.annotate(
        last=Max("published_at"),
        bodies=Count("public_body", distinct=True),
        lines=Sum("line_count"),
        one=Min("pk"),
    )
    return newest.order_by("-last", "-ingest")[: limit.number]


def bodies_with_data() -> PublicBodyQuerySet:
    """Annotated with how much each has and of which year the newest is."""
    return (
        PublicBody.objects.with_data()
        .select_related("state", "municipality__state")
        .annotate(
            release_count=Count("releases", filter=PUBLISHED),
            last_year=Max("releases__year", filter=PUBLISHED),
        )
        .order_by("sort_key", "id")
    )


def search_bodies(query: str, limit: int) -> list[PublicBody]:
    """Public bodies other than municipal governments whose name or place holds every word; with data first. One query, where the
    names that a process knows for a minute hold the words."""
    words, whole = tokens(query), search_text(query)
    named = [one for one in _all_named(present()) if all(word in one.everything for word in words)] if words else []
    if not named:
        return []
    rank = Case(
        When(pk__in=[one.pk for one in named if one.search_text == whole], then=0),
        When(pk__in=[one.pk for one in named if one.search_text.startswith(whole)], then=1),
        default=2,
        output_field=IntegerField(),
    )
    found = PublicBody.objects.known().filter(pk__in=[one.pk for one in named])
    counted = found.annotate(release_count=Count("releases", filter=PUBLISHED), rank=rank)
    in_order = counted.order_by(F("release_count").desc(), "rank", "sort_key", "id")
    bodies: list[PublicBody] = list(in_order.select_related("municipality")[:limit])
    with_states([*bodies, *[one.municipality for one in bodies if one.municipality is not None]])
    return bodies


class _Named(NamedTuple):
    """A body besides municipal governments, as it is searched for: by its name, and by that with its place."""

    pk: int
    search_text: str
    everything: str


@lru_cache(maxsize=1)
def _all_named(moment: float) -> list[_Named]:
    places = ("search_text", "municipality__search_text", "state__search_text")
    rows = PublicBody.objects.besides_municipalities().order_by().values_list("pk", *places)
    return [_Named(pk, texts[0], " ".join(filter(None, texts))) for pk, *texts in rows]
