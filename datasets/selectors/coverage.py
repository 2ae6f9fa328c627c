"""What is published, all places together: for the home page, the search and the site's map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Concat

from datasets.models import PublicBody, Release
from datasets.models.sources import PublicBodyQuerySet
from gesoc.common.compiled import compiled_once
from gesoc.common.text import search_text, tokens

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


def coverage() -> Coverage:
    """Two queries."""
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


def latest_arrivals(limit: int) -> list[Arrival]:
    """Newest first, one per reading: a file may hold the slices of hundreds of buyers. Two queries."""
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
    """Public bodies other than municipal governments whose name or place holds every word; with data first."""
    words = tokens(query)
    if not words:
        return []
    found = (
        PublicBody.objects.known()
        .exclude(kind=PublicBody.Kind.MUNICIPALITY)
        .alias(
            everything=Concat(
                "search_text",
                Value(" "),
                Coalesce("municipality__search_text", Value("")),
                Value(" "),
                Coalesce("state__search_text", Value("")),
            )
        )
    )
    found = found.filter(Q(*[("everything__contains", word) for word in words]))
    rank = Case(
        When(search_text=search_text(query), then=0),
        When(search_text__startswith=search_text(query), then=1),
        default=2,
        output_field=IntegerField(),
    )
    counted = found.annotate(release_count=Count("releases", filter=PUBLISHED), rank=rank)
    return list(
        counted.select_related("state", "municipality__state").order_by(
            F("release_count").desc(), "rank", "sort_key", "id"
        )[:limit]
    )
