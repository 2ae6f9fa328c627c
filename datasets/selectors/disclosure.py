"""Disclosure scores as they were judged; compared only where enough could be."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet

from datasets.models import DisclosureScore, PublicBody

COMPARABLE = Decimal(70)  # percent of the weights that must have been judged


def scores_of(body: PublicBody) -> list[DisclosureScore]:
    """Newest year first."""
    return list(newest_scores().filter(public_body=body))


def newest_scores() -> QuerySet[DisclosureScore]:
    return DisclosureScore.objects.order_by("-year")


def years() -> list[int]:
    found = _governments()
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def ranked(year: int) -> tuple[list[DisclosureScore], list[DisclosureScore]]:
    """Those that compare, best first, and those of which too little could be judged, by name. One query."""
    found = list(
        _governments()
        .filter(year=year)
        .select_related("public_body__municipality__state")
        .order_by("-score", "public_body__sort_key")
    )
    comparable = [one for one in found if one.coverage >= COMPARABLE]
    others = sorted((one for one in found if one.coverage < COMPARABLE), key=lambda one: one.public_body.sort_key)
    return comparable, others


def standing(score: DisclosureScore) -> tuple[int, int] | None:
    """(place, of how many) among municipal governments of that year; equal scores share a place."""
    if score.coverage < COMPARABLE:
        return None
    peers = _governments().filter(year=score.year, coverage__gte=COMPARABLE)
    return peers.filter(score__gt=score.score).count() + 1, peers.count()


def _governments() -> QuerySet[DisclosureScore]:
    return DisclosureScore.objects.filter(public_body__kind=PublicBody.Kind.MUNICIPALITY)
