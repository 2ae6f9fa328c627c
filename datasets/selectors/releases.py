"""Which release answers a question."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from datasets.models import Breakdown, Document, ExpenditureCell, Kind, PublicBody, Release, RevenueCell

# The printed classifications that can answer `by`; full detail answers whatever its lines hold.
ANSWERING: dict[str, tuple[str, ...]] = {
    "chapter": (Breakdown.OBJECT, Breakdown.FULL),
    "concept": (Breakdown.OBJECT, Breakdown.FULL),
    "item": (Breakdown.OBJECT, Breakdown.FULL),
    "function": (Breakdown.FUNCTIONAL, Breakdown.FULL),
    "unit": (Breakdown.ADMINISTRATIVE, Breakdown.FULL),
    "programme": (Breakdown.PROGRAMME, Breakdown.FULL),
    "economic": (Breakdown.ECONOMIC, Breakdown.FULL),
    "funding": tuple(Breakdown.values),
}
CELLS: dict[str, type[ExpenditureCell] | type[RevenueCell]] = {
    Kind.EXPENDITURE: ExpenditureCell,
    Kind.REVENUE: RevenueCell,
}
# Higher is better. A document that is not named is a report like any other.
DOCUMENTS = {Document.APPROVED: 0, Document.PUBLIC_ACCOUNT: 2}
BREAKDOWNS = {
    breakdown: rank
    for rank, breakdown in enumerate(
        (
            Breakdown.PROGRAMME,
            Breakdown.ECONOMIC,
            Breakdown.FUNCTIONAL,
            Breakdown.ADMINISTRATIVE,
            Breakdown.OBJECT,
            Breakdown.FULL,
        )
    )
}


def published_releases(
    *, public_body: PublicBody | None = None, kind: str | None = None, as_of: datetime | None = None
) -> QuerySet[Release]:
    """Published releases with all that is said of where they come from, newest year first; at a moment, if one is named."""
    found = Release.objects.public_at(as_of)
    if public_body is not None:
        found = found.filter(public_body=public_body)
    if kind:
        found = found.filter(kind=kind)
    return found.select_related("public_body", "ingest__file__source").order_by("-year", "-id")


def years_with_data(*, public_body: PublicBody, kind: str | None = None) -> list[int]:
    """Years of which something is published, newest first."""
    found = Release.objects.published().filter(public_body=public_body)
    if kind:
        found = found.filter(kind=kind)
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def choose_release(
    *,
    public_body: PublicBody,
    kind: str,
    year: int | None = None,
    period: str | None = None,
    document: str | None = None,
    breakdown: str | None = None,
    by: str | None = None,
) -> Release | None:
    """The release that answers best: the public account, else the latest cumulative report, else the approved budget.

    `by` leaves only releases whose lines can be told apart that way. Without `year`: the latest that has an answer.
    """
    chosen = choose_releases(
        public_body=public_body,
        kind=kind,
        years=None if year is None else [year],
        period=period,
        document=document,
        breakdown=breakdown,
        by=by,
    )
    return chosen[max(chosen)] if chosen else None


def choose_releases(
    *,
    public_body: PublicBody,
    kind: str,
    years: Iterable[int] | None = None,
    period: str | None = None,
    document: str | None = None,
    breakdown: str | None = None,
    by: str | None = None,
) -> dict[int, Release]:
    """For each year, oldest first, the release that `choose_release` would choose. One query."""
    found = published_releases(public_body=public_body, kind=kind)
    wanted = {"period": period, "document": document, "breakdown": breakdown}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    if years is not None:
        found = found.filter(year__in=list(years))
    return best_by_year(_able_to_answer(found, kind, by) if by else found)


def best_by_year(releases: Iterable[Release]) -> dict[int, Release]:
    """For each year, oldest first, the release of a body and kind that answers best."""
    best: dict[int, Release] = {}
    for release in releases:
        if release.year not in best or _rank(release) > _rank(best[release.year]):
            best[release.year] = release
    return dict(sorted(best.items()))


def in_releases(releases: Iterable[Release]) -> dict[str, Any]:
    """Conditions on facts or cells. The body leads their key: naming it lets the primary key, or a shard, answer."""
    chosen = list(releases)
    return {
        "public_body__in": {release.public_body_id for release in chosen},
        "release__in": [release.pk for release in chosen],
    }


def _able_to_answer(releases: QuerySet[Release], kind: str, by: str) -> QuerySet[Release]:
    """Releases with cells of `by`, annotated with how many of them have a key of their own."""
    cells = CELLS[kind]._default_manager.filter(public_body=OuterRef("public_body"), release=OuterRef("pk"), by=by)
    named = cells.exclude(key="").values("release").annotate(count=Count("key")).values("count")
    able = releases.annotate(named_cells=Coalesce(Subquery(named, output_field=IntegerField()), 0))
    if kind != Kind.EXPENDITURE:
        return able.filter(Exists(cells))
    printed_so = Q(breakdown__in=[name for name in ANSWERING[by] if name != Breakdown.FULL])
    return able.filter(Exists(cells), printed_so | Q(breakdown=Breakdown.FULL, named_cells__gt=0))


def _rank(release: Release) -> tuple[Any, ...]:
    """Document, then period, then the finest answer: several breakdowns of one document print the same money."""
    return (
        DOCUMENTS.get(Document(release.document), 1) if release.document else 1,
        _period_rank(release.period),
        getattr(release, "named_cells", 0),
        BREAKDOWNS[Breakdown(release.breakdown)],
        release.pk,
    )


def _period_rank(period: str) -> int:
    """The whole year, then quarters (each holds those before it), then months, which hold only themselves."""
    if period == "annual":
        return 20
    if period.startswith("Q"):
        return 12 + int(period[1])
    return int(period[-2:])
