"""The middle of each peer group of a year: small, so that a summary costs the same however many municipalities publish.

Made from the standings of the year, kept until the data change, and made by the worker before a reader asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from datasets.caching import remember_each, remembered, remembered_one
from datasets.figures.comparison import INDICATORS
from datasets.peers import ENOUGH, GROUPS, bucket, closest, reason_of
from datasets.selectors import Standing, standings, standings_of, years_of_standings
from datasets.versions import data_version

READY_YEARS = 2  # the newest ones, on which pages open
BESIDE = 3  # that are offered for a comparison


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure in a group: how many state it, and the values around the middle of them."""

    count: int
    middle: tuple[Decimal, ...]

    @classmethod
    def of(cls, values: Sequence[Decimal]) -> Spread:
        ordered, half = sorted(values), len(values) // 2
        return cls(len(ordered), tuple(ordered[max(half - 1, 0) : half + 1 + len(ordered) % 2]))

    def others(self, mine: Decimal | None) -> int:
        return self.count - (mine is not None)

    def median_without(self, mine: Decimal | None) -> Decimal | None:
        """The median of all but one, whose own value is given; None where fewer than enough others state it."""
        if self.others(mine) < ENOUGH:
            return None
        rest = list(self.middle)
        if mine is not None:  # a value beyond those kept moves the middle as the outermost of them does
            rest.remove(min(rest, key=lambda value: abs(value - mine)))
        return Decimal(median(rest))


@dataclass(frozen=True, slots=True)
class Group:
    codes: tuple[str, ...]  # of the first ones by name
    size: int
    spreads: Mapping[str, Mapping[str, Spread]]  # by moment of the budget and indicator


@dataclass(frozen=True, slots=True)
class Beside:
    """A municipality's peers, counted without itself; their spending in the moment that its own is told in."""

    key: str
    reason: str
    size: int
    codes: Sequence[str]
    told: Mapping[str, int]
    medians: Mapping[str, Decimal | None]


def beside(code: str, year: int, wanted: str = "", *, version: int | None = None) -> tuple[Standing, Beside] | None:
    """A municipality and its peers; nothing where the year tells nothing of it. One query while the data stay the same, none
    where their version was asked before."""
    version = data_version() if version is None else version
    found = remembered(f"peers:{year}:{code}", lambda: _of_one(code, year, version), version=version)
    if not found:
        return None
    mine, groups = found
    key = closest({name: max(group.size - 1, 0) for name, group in groups.items()}, wanted)
    group = groups[key]
    values = {name: indicator.of(mine) for name, indicator in INDICATORS.items()}
    told = group.spreads.get(mine.moment, {})
    spreads = {name: told.get(name, Spread(0, ())) for name in INDICATORS}
    return mine, Beside(
        key=key,
        reason=reason_of(key, mine),
        size=max(group.size - 1, 0),
        codes=[one for one in group.codes if one != mine.code][:BESIDE],
        told={name: max(spread.others(values[name]), 0) for name, spread in spreads.items()},
        medians={name: spread.median_without(values[name]) for name, spread in spreads.items()},
    )


def _of_one(code: str, year: int, version: int) -> tuple[Standing, dict[str, Group]] | tuple[()]:
    mine = remembered_one(version, f"standing:{year}", code) or next(iter(standings_of([code], year)), None)
    if mine is None:
        return ()
    groups, nobody = _groups(year, version), Group((), 0, {})
    return mine, {key: groups.get(f"{key}:{bucket(key, mine)}", nobody) for key in GROUPS}


def prepare() -> int:
    """Make what the first reader after a publication would wait for, seconds where thousands publish. How many lists."""
    version = data_version()  # before anything is read: nothing older ever stands under it
    wanted = [
        (year, planned)
        for planned in (False, True)
        for year in years_of_standings(planned, version=version)[:READY_YEARS]
    ]
    for year, planned in wanted:
        everybody = standings(year, planned=planned, version=version)
        if not planned:
            _groups(year, version)
            remember_each(version, f"standing:{year}", {one.code: one for one in everybody})
    return len(wanted)


def _groups(year: int, version: int) -> dict[str, Group]:
    return remembered(f"peers:{year}", lambda: _make(standings(year, version=version)), version=version)


def _make(everybody: Sequence[Standing]) -> dict[str, Group]:
    members: dict[str, list[Standing]] = {}
    for one in everybody:
        for key in GROUPS:
            if (mark := bucket(key, one)) is not None:
                members.setdefault(f"{key}:{mark}", []).append(one)
    return {key: _group(group) for key, group in members.items()}


def _group(members: Sequence[Standing]) -> Group:
    moments = {one.moment for one in members}  # in no other is one of them held against the rest
    spreads = {moment: _spreads([one.at(moment) for one in members]) for moment in moments}
    return Group(tuple(one.code for one in members[: BESIDE + 1]), len(members), spreads)


def _spreads(members: Sequence[Standing]) -> dict[str, Spread]:
    spreads = {}
    for name, indicator in INDICATORS.items():
        values = [value for one in members if (value := indicator.of(one)) is not None]
        spreads[name] = Spread.of(values)
    return spreads
