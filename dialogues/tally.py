"""The arithmetic of a vote: standings, ties, quorum, and results by sector that give nobody away.

Knows no model and no page. A ballot is its sector (blank where none was asked) and the points it gives each option.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

DOTS, SCORE, APPROVAL = "puntos", "puntaje", "aprobacion"
METHODS = (DOTS, SCORE, APPROVAL)
# A number about fewer people than this is not published: who knows the others would know the last one.
LEAST = 5
OTHERS = "otros"


class InvalidBallot(ValueError):
    """Why a ballot cannot be cast; `code` is one of the reasons below."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rules:
    """How one may vote. Dots: `points` to hand out, at most `most` on one option. Score: 0 to `most` for each."""

    method: str
    points: int
    most: int

    def check(self, choices: Mapping[str, int], options: Iterable[str]) -> dict[str, int]:
        """The choices without their zeros, or InvalidBallot: unknown, range, points, empty."""
        known = set(options)
        given = {option: points for option, points in choices.items() if points}
        if not set(choices) <= known:
            raise InvalidBallot("unknown")
        if any(isinstance(points, bool) or not 0 <= points <= self.ceiling for points in choices.values()):
            raise InvalidBallot("range")
        if self.method == DOTS and sum(given.values()) > self.points:
            raise InvalidBallot("points")
        if not given:
            raise InvalidBallot("empty")
        return given

    @property
    def ceiling(self) -> int:
        return 1 if self.method == APPROVAL else self.most


@dataclass(frozen=True, slots=True)
class Ballot:
    sector: str
    choices: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """One option: its points, its share of all points, its place; equal points share a place."""

    option: str
    points: int
    share: Fraction
    place: int
    tied: bool


@dataclass(frozen=True, slots=True)
class Split:
    """How one group voted. `members` says which sectors are in it: several where each alone would be too small."""

    sector: str
    members: tuple[str, ...]
    ballots: int
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    ballots: int
    standings: tuple[Standing, ...]
    splits: tuple[Split, ...]  # empty: nothing can be told by sector
    weighted: tuple[Standing, ...]  # every group counts the same; empty without splits

    @property
    def would_change(self) -> bool:
        """Would another option come first if every sector counted the same?"""
        return bool(self.weighted) and _first(self.standings) != _first(self.weighted)


def _first(standings: Sequence[Standing]) -> set[str]:
    return {standing.option for standing in standings if standing.place == 1}


def count(ballots: Iterable[Ballot], options: Sequence[str], *, extra: Mapping[str, int] | None = None) -> Result:
    """`extra`: points from paper ballots, counted apart, that belong to no sector."""
    cast = list(ballots)
    points = _points(cast, options)
    for option, more in (extra or {}).items():
        points[option] += more
    splits = by_sector(cast, options)
    return Result(len(cast), _standings(points), splits, _weighted(splits, options))


def meets(quorum: int | None, voted: int) -> bool:
    """Below its quorum a vote only orients."""
    return voted >= (quorum or 0)


def by_sector(ballots: Sequence[Ballot], options: Sequence[str]) -> tuple[Split, ...]:
    """Groups of at least LEAST ballots in which nobody's answer can be read off.

    Small sectors are put together, and the next smallest with them for as long as what is left over could be found by
    subtraction from the total. A group that agreed on some option says what each of its people chose: it is put
    together with others too. Fewer than two groups tell nothing beside the total, so none is returned.
    """
    sectors: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        sectors.setdefault(ballot.sector or OTHERS, []).append(ballot)
    rest_of: list[str] = [name for name, group in sectors.items() if name == OTHERS or _gives_away(group)]
    apart = sorted((name for name in sectors if name not in rest_of), key=lambda name: (len(sectors[name]), name))
    rest = [ballot for name in rest_of for ballot in sectors[name]]
    while rest and apart and _gives_away(rest):
        rest_of.append(apart.pop(0))
        rest += sectors[rest_of[-1]]
    if rest and _gives_away(rest):
        return ()
    groups: list[tuple[str, tuple[str, ...], list[Ballot]]] = [(name, (name,), sectors[name]) for name in sorted(apart)]
    if rest:
        groups.append((OTHERS, tuple(sorted(rest_of)), rest))
    if len(groups) < 2:
        return ()
    return tuple(Split(name, members, len(group), _points(group, options)) for name, members, group in groups)


def _gives_away(group: Sequence[Ballot]) -> bool:
    return len(group) < LEAST or agreed(group)


def agreed(group: Sequence[Ballot]) -> bool:
    """Everybody gave some option the same points (not none): their sum tells what each of them did."""
    chosen = {option for ballot in group for option, points in ballot.choices.items() if points}
    return any(len({ballot.choices.get(option, 0) for ballot in group}) == 1 for option in chosen)


def _points(ballots: Iterable[Ballot], options: Sequence[str]) -> dict[str, int]:
    sums = dict.fromkeys(options, 0)
    for ballot in ballots:
        for option, points in ballot.choices.items():
            sums[option] += points
    return sums


def _weighted(splits: Sequence[Split], options: Sequence[str]) -> tuple[Standing, ...]:
    """The mean of every group's shares, as if each had had the same number of points to give."""
    if not splits:
        return ()
    shares = dict.fromkeys(options, Fraction(0))
    for split in splits:
        given = sum(split.points.values())
        for option, points in split.points.items():
            shares[option] += Fraction(points, given * len(splits)) if given else 0
    return _placed([(option, 0, share) for option, share in shares.items()])


def _standings(points: Mapping[str, int]) -> tuple[Standing, ...]:
    given = sum(points.values())
    return _placed([(option, sum_, Fraction(sum_, given or 1)) for option, sum_ in points.items()])


def _placed(rows: Sequence[tuple[str, int, Fraction]]) -> tuple[Standing, ...]:
    """Largest share first, the given order among equals; 1, 2, 2, 4."""
    ranked = sorted(rows, key=lambda row: -row[2])
    shares = [share for _option, _points_, share in ranked]
    return tuple(
        Standing(option, points, share, shares.index(share) + 1, shares.count(share) > 1)
        for option, points, share in ranked
    )
