"""Which release answers a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from datasets.models import Breakdown, Document, ExpenditureCell, Ingest, Kind, PublicBody, Release, RevenueCell

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
# Of the reading of a file nothing but whose it was is shown beside figures; its report is longer than all the rest.
UNREAD = tuple(f"ingest__{field.name}" for field in Ingest._meta.fields if field.name not in ("id", "file"))
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
    """Published releases with what is said of where they come from, newest year first; at a moment, if one is named.

    Not with what their reading told (`UNREAD`): who needs it asks for it by `defer(None)`.
    """
    if public_body is not None:  # who is here already, and is not read again with each of them
        found = public_body.releases.public_at(as_of).select_related("ingest__file__source")
    else:
        found = Release.objects.public_at(as_of).select_related("public_body", "ingest__file__source")
    if kind:
        found = found.filter(kind=kind)
    return found.defer(*UNREAD).order_by("-year", "-id")


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
    if by is None:
        return best_by_year(found)
    return _best_teller(found, by)


def choose_among(releases: Iterable[Release], *, by: str, **wanted: Any) -> dict[int, Release]:
    """What `choose_releases` would choose of releases of a body and kind that were read already. No query."""
    return _best_teller(
        [one for one in releases if all(getattr(one, name) == value for name, value in wanted.items())], by
    )


def headings_of(releases: Iterable[Release], by: str) -> dict[int, int]:
    """How many headings of their own `by` has in releases; those that are not told so are left out. They were counted when the
    cells were written. No query."""
    return {one.pk: one.headings[by][0] for one in releases if by in one.headings}


def best_by_year(releases: Iterable[Release], named: Mapping[int, int] | None = None) -> dict[int, Release]:
    """For each year, oldest first, the release of a body and kind that answers best; `named`: how many headings each has."""
    best: dict[int, Release] = {}
    for release in releases:
        if release.year not in best or _rank(release, named) > _rank(best[release.year], named):
            best[release.year] = release
    return dict(sorted(best.items()))


def covers(release: Release) -> str:
    """The part of the year that its figures add up over: two releases compare only where it is the same."""
    return "annual" if release.period in ("annual", "Q4") else release.period


def in_releases(releases: Iterable[Release]) -> dict[str, Any]:
    """Conditions on facts or cells. The body leads their key: naming it lets the primary key, or a shard, answer."""
    chosen = list(releases)
    return {
        "public_body__in": {release.public_body_id for release in chosen},
        "release__in": [release.pk for release in chosen],
    }


def able_to_tell(releases: Iterable[Release], by: str) -> tuple[list[Release], dict[int, int]]:
    """Those that `by` tells apart, and how many headings of their own each has."""
    found = list(releases)
    named = headings_of(found, by)
    return [one for one in found if _tells(one, by, named)], named


def _best_teller(releases: Iterable[Release], by: str) -> dict[int, Release]:
    return best_by_year(*able_to_tell(releases, by))


def _tells(release: Release, by: str, named: Mapping[int, int]) -> bool:
    """A statement of expenditure is printed by one classification; in full detail it tells what its lines name."""
    if release.pk not in named or release.kind != Kind.EXPENDITURE:
        return release.pk in named
    return named[release.pk] > 0 if release.breakdown == Breakdown.FULL else release.breakdown in ANSWERING[by]


def _rank(release: Release, named: Mapping[int, int] | None) -> tuple[Any, ...]:
    """Document, then period, then the finest answer: several breakdowns of one document print the same money."""
    return (
        DOCUMENTS.get(Document(release.document), 1) if release.document else 1,
        _period_rank(release.period),
        (named or {}).get(release.pk, 0),
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
