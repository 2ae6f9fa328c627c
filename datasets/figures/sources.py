"""What is said of a release: its document, its file, its version and date."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from datasets.models import Document, Release
from datasets.selectors.releases import covers as covers
from datasets.words import MOMENTS, moment_name, period_name
from gesoc.common.charts.frame import Provenance
from gesoc.common.dates import day
from gesoc.common.money import number

# Figures of these moments stand for the whole year whenever they were printed.
PLANS = frozenset({"approved", "estimated"})
# What a page shows first, by document; `reported` is what is left where no moment is stated.
FIRST = {
    "approved": ("approved", "estimated", "modified"),
    "": ("accrued", "collected", "exercised", "paid", "modified", "approved", "estimated"),
}


def document_name(release: Release) -> str:
    """Public account 2024; Quarterly report 2024, January to June."""
    kind = Document(release.document).label if release.document else gettext("Published figures")
    named = {"document": kind, "year": release.year}
    if release.period == "annual":
        return gettext("%(document)s %(year)s") % named
    return gettext("%(document)s %(year)s, %(period)s") % {
        **named,
        "period": inside_sentence(period_name(release.period)),
    }


def moment_in_document(moment: str, release: Release) -> str:
    """Accrued, Public account 2024; what an approved budget approves is said by its own name."""
    if moment == release.document == "approved":
        return document_name(release)
    return gettext("%(moment)s, %(document)s") % {"moment": moment_name(moment), "document": document_name(release)}


def inside_sentence(name: str) -> str:
    """Spanish writes months and moments small, English does not."""
    return name[:1].lower() + name[1:] if (get_language() or "").startswith("es") else name


def provenance(release: Release) -> Provenance:
    """Publisher, file and version; needs `ingest__file__source`."""
    file = release.ingest.file
    publisher = file.source.publisher_name if file.source else ""
    if file.source and file.source.is_example:
        publisher += f" ({gettext('example data')})"
    url = release.ingest.get_absolute_url()
    return Provenance(publisher, file.original_name, url, _version(release), release.ingest_id, (release.pk,))


def _version(release: Release) -> str:
    """A published release always has its day."""
    named = {
        "version": release.version,
        "lines": number(release.line_count),
        "day": day(release.published_at),
    }
    return (
        ngettext(
            "version %(version)s of %(day)s, %(lines)s line",
            "version %(version)s of %(day)s, %(lines)s lines",
            release.line_count,
        )
        % named
    )


def row_url(release: Release, line_no: int) -> str:
    """The row of the file that a line was made of."""
    return reverse("datasets:row", args=[release.pk, line_no])


def provenances(releases: Iterable[Release]) -> list[Provenance]:
    """One per file, in the order given. A publisher is named once; of several files only the version is said."""
    found: dict[str, Provenance] = {}
    for release in releases:
        one = provenance(release)
        kept = found.setdefault(one.url, one)
        found[one.url] = kept._replace(releases=tuple(dict.fromkeys(kept.releases + one.releases)))
    if len(found) < 2:
        return list(found.values())
    several, before = [], ""
    for one in found.values():
        several.append(one._replace(detail="", publisher="" if one.publisher == before else one.publisher))
        before = one.publisher
    return several


def stated_moments(release: Release) -> list[str]:
    """Moments that the release states, in the order of the budget cycle."""
    return [moment for moment in MOMENTS if release.totals.get(moment) is not None]


def first_moment(release: Release) -> str | None:
    """What a page shows when nothing is asked for."""
    stated = stated_moments(release)
    wanted = FIRST.get(release.document, FIRST[""])
    for moment in (*wanted, *FIRST[""], "reported"):
        if moment in stated:
            return moment
    return stated[0] if stated else None


def total(release: Release, moment: str) -> Decimal | None:
    text = release.totals.get(moment)
    return None if text is None else Decimal(text)


def comparable(releases: Iterable[Release], chosen: Release, moment: str) -> list[Release]:
    """Releases whose figure of the moment may stand in one series with the chosen one's, oldest first."""
    same = [
        release
        for release in releases
        if moment in release.totals and (moment in PLANS or covers(release) == covers(chosen))
    ]
    return sorted(same, key=lambda release: release.year)
