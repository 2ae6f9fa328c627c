"""What is on record of a body: its published releases with their files, and how deep and how full their rows are."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from datasets.models import Contract, ExpenditureCell, Kind, PublicBody, Release
from datasets.selectors.contracts import contract_releases
from datasets.selectors.releases import published_releases


@dataclass(frozen=True)
class Evidence:
    """All that is public of a body, and of one of its years in detail."""

    year: int
    everything: Sequence[Release]
    # release -> headings of each dimension of its expenditure
    keys: dict[int, dict[str, set[str]]] = field(default_factory=dict)
    # required field -> share of the year's contracts that fill it
    filled: dict[str, Decimal] = field(default_factory=dict)
    contracts: int = 0

    @property
    def releases(self) -> list[Release]:
        return [one for one in self.everything if one.year == self.year]

    def of(self, kind: str) -> list[Release]:
        return [one for one in self.releases if one.kind == kind]

    def told_by(self, by: str) -> set[str]:
        """Headings under which any release of the year tells its expenditure."""
        return {key for release in self.releases for key in self.keys.get(release.pk, {}).get(by, ())}


REQUIRED = ("supplier", "amount", "date", "procedure", "title", "link")
DIMENSIONS = ("item", "concept", "chapter", "unit", "function", "programme", "economic")


def evidence_of(body: PublicBody) -> list[Evidence]:
    """One for each year with public figures, newest first. Four queries whatever the number of years."""
    releases = list(published_releases(public_body=body).defer(None))
    keys = _keys(body, [one.pk for one in releases if one.kind == Kind.EXPENDITURE])
    filled, counts = _filled(body)
    years = sorted({one.year for one in releases}, reverse=True)
    return [Evidence(year, releases, keys, filled.get(year, {}), counts.get(year, 0)) for year in years]


def _keys(body: PublicBody, releases: Sequence[int]) -> dict[int, dict[str, set[str]]]:
    cells = ExpenditureCell.objects.filter(public_body=body, release__in=releases, by__in=DIMENSIONS).exclude(key="")
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for release, by, key in cells.values_list("release_id", "by", "key"):
        found[release][by].add(key)
    return found


def _filled(body: PublicBody) -> tuple[dict[int, dict[str, Decimal]], dict[int, int]]:
    lines = Contract.objects.filter(public_body=body, release__in=contract_releases(public_body=body).values("pk"))
    dated = Q(signed_on__isnull=False) | Q(award_date__isnull=False) | Q(starts_on__isnull=False)
    rows: Iterable[Any] = (
        lines.order_by()
        .values("year")
        .annotate(
            n=Count("line_no"),
            supplier=Count("line_no", filter=Q(supplier__isnull=False)),
            has_amount=Count("line_no", filter=Q(amount__isnull=False)),
            date=Count("line_no", filter=dated),
            procedure=Count("line_no", filter=~Q(method="")),
            has_title=Count("line_no", filter=~Q(title="")),
            link=Count("line_no", filter=~Q(url="")),
        )
    )
    names = {"amount": "has_amount", "title": "has_title"}
    shares, counts = {}, {}
    for row in rows:
        shares[row["year"]] = {name: Decimal(row[names.get(name, name)]) / row["n"] for name in REQUIRED}
        counts[row["year"]] = row["n"]
    return shares, counts


def period_end(release: Release) -> date:
    """The last day that a release tells of; a budget is due before its year begins."""
    if release.document == "approved":
        return date(release.year - 1, 12, 31)
    ends = {"annual": (12, 31), "Q1": (3, 31), "Q2": (6, 30), "Q3": (9, 30), "Q4": (12, 31)}
    if release.period in ends:
        return date(release.year, *ends[release.period])
    year, month = int(release.period[:4]), int(release.period[5:])
    return date(year, month, monthrange(year, month)[1])
