"""What a new version of a slice changes against the one before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from .models import (
    Breakdown,
    Contract,
    ContractCell,
    Debt,
    ExpenditureCell,
    ExpenditureLine,
    Kind,
    Release,
    RevenueCell,
    RevenueLine,
    Sanction,
    Work,
)
from .models.rollups import Cell
from .selectors.cells import official_names_by_year
from .words import amount, moment_name, signed_amount

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

# The figure that says most about a slice, first one that it states.
TELLING = (
    "accrued",
    "collected",
    "balance",
    "spent",
    "paid",
    "modified",
    "exercised",
    "approved",
    "estimated",
    "reported",
)
MXN = "MXN"  # of the currencies of contracts told first
# Registers have no sums by classification: what changes in them is told by their totals.
AMOUNTS = {Kind.WORKS: Work.AMOUNTS, Kind.DEBT: Debt.AMOUNTS, Kind.SANCTIONS: Sanction.AMOUNTS}
BY = {
    Breakdown.FUNCTIONAL: ExpenditureCell.By.FUNCTION,
    Breakdown.ADMINISTRATIVE: ExpenditureCell.By.UNIT,
    Breakdown.ECONOMIC: ExpenditureCell.By.ECONOMIC,
    Breakdown.PROGRAMME: ExpenditureCell.By.PROGRAMME,
}
CLASSIFIERS = {"chapter": "object", "function": "function", "economic": "economic", "rubro": "revenue"}


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    before: Decimal | None
    after: Decimal | None
    field: str = ""  # of a total: the moment or currency that it is of

    @property
    def difference(self) -> Decimal | None:
        """Nothing where one side was not published: that is no zero."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Differences:
    previous: Release
    moment: str  # in words; of the parts below
    totals: list[Change]
    parts: list[Change]
    telling: str = ""  # the same moment, as a field

    @property
    def any(self) -> bool:
        return any(change.is_change for change in [*self.totals, *self.parts])


def previous_of(release: Release, user: User | AnonymousUser) -> Release | None:
    """The version before it that the person may see; before a draft stands what is public today."""
    others = Release.objects.visible_to(user).of_slice(release).exclude(pk=release.pk)
    if release.version is None:
        return others.published().first()
    return others.filter(version__lt=release.version).order_by("-version").first()


def differences(release: Release, previous: Release) -> Differences:
    return differences_of([(release, previous)])[0]


def differences_of(pairs: Sequence[tuple[Release, Release]]) -> list[Differences]:
    """Of several versions of one slice, each against another: as many queries as for one pair."""
    found = [_totals(release, previous) for release, previous in pairs]
    for one, parts in zip(found, _parts(pairs, [one.telling for one in found]), strict=True):
        one.parts.extend(parts)
    return found


def _totals(release: Release, previous: Release) -> Differences:
    moments = _moments(release, previous)
    # Parts are set against each other in a moment that both state, where there is one.
    both = [moment for moment in moments if moment in release.totals and moment in previous.totals] or moments
    telling = next((moment for moment in TELLING if moment in both), both[0] if both else "")
    totals = [
        Change(moment_name(moment), _decimal(previous.totals.get(moment)), _decimal(release.totals.get(moment)), moment)
        for moment in moments
    ]
    return Differences(previous, moment_name(telling), totals, [], telling)


def shown_differences(found: Differences) -> dict[str, Any]:
    """In words, for a page."""
    return {
        "any": found.any,
        "moment": found.moment,
        "totals": [_shown_change(change) for change in found.totals],
        "parts": [_shown_change(change) for change in found.parts],
    }


def _shown_change(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "before": amount(change.before),
        "after": amount(change.after),
        "difference": signed_amount(change.difference),
        "is_change": change.is_change,
    }


def _moments(release: Release, previous: Release) -> list[str]:
    stated = release.totals.keys() | previous.totals.keys()
    known: tuple[str, ...] = {Kind.EXPENDITURE: ExpenditureLine.MOMENTS, Kind.REVENUE: RevenueLine.MOMENTS}.get(
        Kind(release.kind), AMOUNTS.get(Kind(release.kind), ())
    )
    return [moment for moment in known if moment in stated] or sorted(stated, key=lambda one: (one != MXN, one))


def _decimal(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))


Sums = dict[str, dict[int, Decimal | None]]  # part -> version -> what it comes to


def _parts(pairs: Sequence[tuple[Release, Release]], moments: Sequence[str]) -> list[list[Change]]:
    """Of each pair the parts in the moment that tells it."""
    asked = {moment for moment in moments if moment}
    if not asked or pairs[0][0].kind in AMOUNTS:
        return [[] for _pair in pairs]
    by, cells = _cells([release for pair in pairs for release in pair], asked)
    sums: dict[str, Sums] = {moment: {} for moment in moments}
    names: dict[str, str] = {}
    for cell in cells:
        names[cell["key"]] = cell["label__name"] or names.get(cell["key"], "")
        for moment in asked & cell.keys():
            sums[moment].setdefault(cell["key"], {})[cell["release_id"]] = cell[moment]
    names |= _official_names(by, names, pairs[0][0].year)
    return [
        [
            Change(names.get(key) or key, of.get(previous.pk), of.get(release.pk))
            for key, of in sorted(sums[moment].items())
            if of.keys() & {release.pk, previous.pk}
        ]
        for (release, previous), moment in zip(pairs, moments, strict=True)
    ]


def _cells(releases: Sequence[Release], moments: Collection[str]) -> tuple[str, Iterable[dict[str, Any]]]:
    """The sums of versions of one slice under its classification: one query."""
    slice_ = releases[0]
    some = Q(public_body=slice_.public_body_id, release__in={release.pk for release in releases})
    if slice_.kind == Kind.CONTRACTS:
        contracts = ContractCell.objects.filter(some, by=ContractCell.By.METHOD, currency__in=moments)
        rows = contracts.values("key", "release_id", "currency", "amount")
        return "method", ({**row, row["currency"]: row["amount"], "label__name": ""} for row in rows)
    model: type[Cell]
    if slice_.kind == Kind.REVENUE:
        by, model = str(RevenueCell.By.RUBRO), RevenueCell
    else:
        by, model = str(BY.get(Breakdown(slice_.breakdown), ExpenditureCell.By.CHAPTER)), ExpenditureCell
    cells = model._default_manager.filter(some, by=by)
    return by, cells.values("key", "release_id", "label__name", *sorted(moments))


def _official_names(by: str, keys: Iterable[str], year: int) -> dict[str, str]:
    """Code and name of the official classifier; the procedures of contracts in our words."""
    if by == "method":
        methods = dict(Contract.Method.choices)
        return {key: str(methods.get(key, key)) for key in keys}
    if by not in CLASSIFIERS:
        return {}
    names = official_names_by_year(CLASSIFIERS[by], keys, [year])[year]
    return {code: f"{code} {name.full}" for code, name in names.items()}
