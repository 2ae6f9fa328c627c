"""What a municipality's first page says in a paragraph and beside its amounts, from figures that are known already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, ngettext

from datasets import narration
from datasets.disclosure.scoring import DOCUMENTS
from datasets.figures.comparison import INDICATORS
from datasets.figures.sources import document_name
from datasets.models import Breakdown, DisclosureScore, Kind, Release
from datasets.selectors import Standing
from datasets.words import moment_name
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.dates import day

from .places import Place

RECENT = 8


def paragraph(mine: Standing, year: int) -> str:
    told = {key: INDICATORS[key].of(mine) for key in ("gasto", "sueldos", "inversion", "directa")}
    said = narration.gist(year, told["gasto"], told["sueldos"], told["inversion"], told["directa"])
    if told["gasto"] is None and told["sueldos"] is None:  # nothing of the budget is told
        return said
    which = gettext("Expenditure is told as %(moment)s.") % {"moment": moment_name(mine.moment).lower()}
    return f"{said} {which}"


def contracts(count: int, direct: int, silent: int = 0) -> str:
    """`silent`: how many of them do not state their procedure."""
    told = {"count": money.number(count), "direct": money.number(direct), "silent": money.number(silent)}
    if silent and silent == count:
        said = ngettext(
            "%(count)s contract, which does not state its procedure.",
            "%(count)s contracts, which do not state their procedure.",
            count,
        )
        return said % told
    if silent:
        said = ngettext(
            "%(count)s contracts: %(direct)s without competition, %(silent)s that does not state its procedure.",
            "%(count)s contracts: %(direct)s without competition, %(silent)s that do not state their procedure.",
            silent,
        )
        return said % told
    if count == 1 and direct:
        return gettext("A single contract, without competition.")
    if count == 1:
        return gettext("A single contract.")
    if not direct:
        return gettext("%(count)s contracts, none of them without competition.") % told
    return gettext("%(count)s contracts, %(direct)s of them without competition.") % told


def on_record(score: DisclosureScore) -> int:
    """How many of the documents that are looked for were found."""
    items: dict[str, Any] = next((part["items"] for part in score.parts if part["dimension"] == "availability"), {})
    return sum(1 for name in DOCUMENTS if items.get("documents", {}).get(name))


def disclosed(place: Place, score: DisclosureScore) -> dict[str, Any]:
    """Beside the amounts: how much of the year is published at all."""
    named = {"found": money.number(on_record(score)), "all": money.number(len(DOCUMENTS))}
    return {
        "label": gettext("Disclosure, %(year)s") % {"year": score.year},
        "value": gettext("%(found)s of %(all)s") % named,
        "text": gettext("Documents that we look for and that are on record here."),
        "url": place.url("disclosure", anio=score.year),
    }


def published(releases: Sequence[Release]) -> Table:
    """What was published last, with its files."""
    columns = [
        Column(gettext("What")),
        Column(gettext("File"), "opt"),
        Column(gettext("Lines"), "n"),
        Column(gettext("Day"), "n"),
    ]
    newest = sorted(releases, key=lambda one: (one.published_at, one.pk), reverse=True)
    return Table(
        "t-recent",
        gettext("What is published here"),
        columns,
        [row(columns, _published_row(release)) for release in newest[:RECENT]],
        hide_caption=True,
    )


def _published_row(release: Release) -> list[Any]:
    what = f"{Kind(release.kind).label}: {document_name(release)}"
    if release.kind == Kind.EXPENDITURE:
        what += f" ({Breakdown(release.breakdown).label.lower()})"
    return [
        link(what, release.ingest.get_absolute_url()),
        release.ingest.file.original_name,
        money.number(release.line_count),
        day(release.published_at),
    ]
