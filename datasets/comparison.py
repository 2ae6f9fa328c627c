"""A load that waits beside what is public: what publishing it would change, and what to look at before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from datasets.cautions import cautions_of
from datasets.differences import differences, previous_of, shown_differences
from datasets.row_differences import row_differences
from datasets.words import number, period_name

from .models import Ingest, Release

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

MOST_SLICES = 3  # that are compared on one page; the others are compared on their own
MOST_LINES = 100_000  # of both versions together, to be paired row by row
WAITING = (Ingest.Status.READY, Ingest.Status.RETURNED)


def comparison(ingest: Ingest, releases: list[Release], user: User | AnonymousUser) -> dict[str, Any]:
    """For the page of a load that waits; nothing of one that was published already."""
    if ingest.status not in WAITING:
        return {}
    return {"cautions": cautions_of(ingest, releases), "compared": list(_compared(releases[:MOST_SLICES], user))}


def _compared(releases: Iterable[Release], user: User | AnonymousUser) -> Iterable[dict[str, Any]]:
    for release in releases:
        previous = previous_of(release, user)
        if previous is not None:
            yield compared(release, previous)


def compared(release: Release, previous: Release) -> dict[str, Any]:
    """Sums, and row by row, of two versions of the same slice."""
    found = differences(release, previous)
    told: dict[str, Any] = {"release": release, "previous": previous, "changes": shown_differences(found)}
    told["period"] = f"{period_name(release.period)}, {release.get_breakdown_display()}".lower()
    if release.line_count + previous.line_count <= MOST_LINES:
        rows = row_differences(release, previous, found.telling)
        told |= {"rows": rows, "shown": rows.rows}
        told |= {name: number(getattr(rows, name)) for name in ("added", "gone", "changed")}
    return told
