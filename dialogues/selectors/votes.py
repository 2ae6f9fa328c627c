"""What may be read of a vote. Before it is counted: how many have voted, and nothing else, for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogues import tally
from dialogues.models import Ballot, OpenVote, VoteOption, VoteRound, VoterRoll
from partners.services import find_link

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class NotCounted(Exception):
    """Asked for a result that nobody may know yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """One option of a result, with the bar's width in percent."""

    option: VoteOption
    standing: tally.Standing
    width: float
    paper: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`withheld`: so few ballots that the sums would tell what each one said."""

    round: VoteRound
    voted: int
    on_roll: int
    paper: int
    places: list[Place]
    weighted: list[Place]
    result: tally.Result
    withheld: bool

    @property
    def has_quorum(self) -> bool:
        return tally.meets(self.round.quorum, self.voted)

    @property
    def tied_first(self) -> bool:
        return any(place.standing.place == 1 and place.standing.tied for place in self.places)

    @property
    def points(self) -> int:
        return sum(place.standing.points for place in self.places)


def turnout(round: VoteRound) -> tuple[int, int]:
    """How many have voted, of how many."""
    roll = VoterRoll.objects.filter(round=round)
    return roll.exclude(cast_as="").count(), roll.count()


def outcome(round: VoteRound) -> Outcome:
    if not round.is_counted:
        raise NotCounted
    options = list(round.options.all())
    count = round.paper_counts.first()
    paper = count.totals if count else {}
    result = tally.count(_ballots(round), [str(option.key) for option in options], extra=paper)
    voted, on_roll = turnout(round)
    of_key = {str(option.key): option for option in options}
    withheld = round.secret and voted < tally.LEAST
    return Outcome(
        round,
        voted,
        on_roll,
        count.ballots if count else 0,
        [] if withheld else _places(result.standings, of_key, paper),
        [] if withheld else _places(result.weighted, of_key, {}),
        result,
        withheld,
    )


def shown(round: VoteRound, user: User | AnonymousUser) -> Outcome | None:
    """The outcome for whoever may read it now: everybody once published, who runs the session once counted."""
    if round.state == VoteRound.State.PUBLISHED:
        return outcome(round)
    if round.is_counted and user.has_perm("dialogues.run_votes", round.session):
        return outcome(round)
    return None


def _ballots(round: VoteRound) -> list[tally.Ballot]:
    if round.secret:
        secret = Ballot.objects.filter(round=round).values_list("sector", "choices")
        return [tally.Ballot(sector, choices) for sector, choices in secret]
    named = OpenVote.objects.filter(roll__round=round).values_list("roll__sector", "choices")
    return [tally.Ballot(sector, choices) for sector, choices in named]


def _places(
    standings: tuple[tally.Standing, ...], options: dict[str, VoteOption], paper: dict[str, int]
) -> list[Place]:
    top = max((standing.share for standing in standings), default=0) or 1
    return [
        Place(options[row.option], row, round(float(row.share / top) * 100, 1), paper.get(row.option, 0))
        for row in standings
    ]


def entry_of_link(token: str) -> VoterRoll | None:
    """The place on a roll behind a personal link."""
    link = find_link(token=token, purpose="vote")
    if link is None or link.person is None:
        return None
    found = VoterRoll.objects.filter(round__key=link.subject, person=link.person)
    return found.select_related("round__session").first()


def entry_of_code(round: VoteRound, code_hash: str) -> VoterRoll | None:
    return VoterRoll.objects.filter(round=round, code_hash=code_hash).select_related("round__session").first()
