"""Rounds of prioritising: prepared, opened with frozen rules, voted once each, closed by shuffling, decided by people."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import (
    Ballot,
    Decision,
    OpenVote,
    PaperCount,
    Registration,
    Session,
    VoteOption,
    VoteRound,
    VoterRoll,
)
from dialogues.tally import InvalidBallot
from partners.audit import acting, given
from partners.models import Organisation, Person, User
from partners.services import MailLink, queue_mail
from projects.models import Challenge

State = VoteRound.State
# Without letters and digits that are read as one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
LINK_LIVES = datetime.timedelta(days=7)
PROBLEMS = {
    "unknown": _("One of these options does not belong to this vote."),
    "range": _("One of the options has more than it may get."),
    "points": _("There are more dots than you have."),
    "empty": _("Choose at least one option."),
}


class AlreadyVoted(ValidationError):
    """The second of two: the first one counts."""

    def __init__(self) -> None:
        super().__init__(_("You have already voted. Your vote is counted; a secret one cannot be changed."))


# -- preparing ---------------------------------------------------------------------------------------------------------


def prepare_round(
    *, round: VoteRound, by: User, texts: Sequence[str] = (), challenges: Iterable[Challenge] = ()
) -> VoteRound:
    """A draft with its options: texts, challenges, or both, in this order."""
    with acting(by, "prepare_round"):
        round.created_by = by
        round.full_clean()
        round.save()
        options = [VoteOption(round=round, text=text.strip()) for text in texts if text.strip()]
        options += [VoteOption(round=round, text=found.title, challenge=found) for found in challenges]
        for position, option in enumerate(options, 1):
            option.position = position
            option.full_clean()
            option.save()
        return round


def open_round(*, round: VoteRound, by: User) -> VoteRound:
    """From here on nothing about it changes; whoever has come (or has a place) is on its roll and gets a link."""
    with acting(by, "open_round"):
        current = _locked(round)
        _only_from(current, State.DRAFT)
        if current.options.count() < 2:
            raise ValidationError(_("A vote needs at least two options."))
        voters = list(electorate(current))
        if not voters:
            raise ValidationError(_("Nobody is on the roll yet: check in who has come."))
        current.state, current.opened_at = State.OPEN, timezone.now()
        current.save()
        for registration in voters:
            _enrol(current, registration, by)
        return current


def electorate(round: VoteRound) -> Iterable[Registration]:
    live = round.session.registrations.live().select_related("person")
    if round.electorate == VoteRound.Electorate.ATTENDED:
        return live.filter(attendance__isnull=False)
    return live.confirmed()


def add_voter(*, round: VoteRound, registration: Registration, by: User) -> VoterRoll:
    """Somebody who came late: on the roll while the vote is open, never after."""
    with acting(by, "add_voter"):
        current = _locked(round)
        _only_from(current, State.OPEN)
        if registration.session_id != current.session_id:
            raise ValidationError(_("This person is not in this dialogue."))
        if current.roll.filter(person=registration.person).exists():
            raise ValidationError(_("This person is already on the roll."))
        return _enrol(current, registration, by)


def _enrol(round: VoteRound, registration: Registration, by: User) -> VoterRoll:
    sector = registration.sector_at_time if round.by_sector else ""
    entry = VoterRoll.objects.create(round=round, person=registration.person, sector=sector)
    if has_own_address(registration.person):
        _send_link(round, registration.person, by)
    return entry


def has_own_address(person: Person) -> bool:
    """A link in a mailbox that several people read would let one of them vote for all: they get a code instead."""
    return bool(person.email) and not person.shared_email


def _send_link(round: VoteRound, person: Person, by: User) -> None:
    link = MailLink("dialogues:vote_by_link", "vote", str(round.key), timezone.now() + LINK_LIVES)
    queue_mail(
        kind="vote",
        template="vote",
        context={"round": round, "session": round.session, "person": person},
        key=f"vote:{round.key}:{person.key}",
        person=person,
        about=f"dialogues.voteround:{round.key}",
        links={"vote": link},
        reply_to=round.session.host_organisation.public_email,
        sender_name=round.session.host_organisation.name,
        by=by,
    )


def new_codes(*, round: VoteRound, by: User) -> list[tuple[Person, str]]:
    """A short code for everybody who has not voted, shown this once: to print, or to say at the table. Old ones end."""
    with acting(by, "new_codes"):
        current = _locked(round)
        _only_from(current, State.OPEN)
        waiting = current.roll.filter(cast_as="").select_related("person").order_by("person__sort_key")
        return [(entry.person, _code(entry)) for entry in waiting]


def _code(entry: VoterRoll) -> str:
    code = "".join(secrets.choice(ALPHABET) for _position in range(CODE_LENGTH))
    entry.code_hash = hashed(code)
    entry.save(update_fields=["code_hash"])
    return code


def hashed(code: str) -> str:
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()


# -- voting ------------------------------------------------------------------------------------------------------------


def cast_vote(*, entry: VoterRoll, choices: Mapping[str, int]) -> None:
    """One vote. A secret one leaves a mark on the roll and a ballot that knows nobody; no time, no author, no log."""
    with transaction.atomic():
        round = _locked(entry.round)
        if not round.takes_votes():
            raise ValidationError(_("This vote is closed."))
        current = VoterRoll.objects.select_for_update().get(pk=entry.pk)
        if current.cast_as and (round.secret or current.cast_as == VoterRoll.Cast.PAPER):
            raise AlreadyVoted
        given = _checked(round, choices)
        current.cast_as = VoterRoll.Cast.ONLINE
        current.save(update_fields=["cast_as"])
        if round.secret:
            Ballot.objects.create(round=round, sector=current.sector, choices=given)
        else:
            OpenVote.objects.update_or_create(roll=current, defaults={"choices": given})


def _checked(round: VoteRound, choices: Mapping[str, int]) -> dict[str, int]:
    options = [str(key) for key in round.options.values_list("key", flat=True)]
    try:
        return round.rules.check(choices, options)
    except InvalidBallot as problem:
        raise ValidationError(PROBLEMS[problem.code]) from problem


def mark_paper(*, entry: VoterRoll, by: User) -> VoterRoll:
    """Somebody votes on paper: they are handed a ballot, and cannot vote on a phone any more."""
    with acting(by, "mark_paper"):
        round = _locked(entry.round)
        _only_from(round, State.OPEN)
        current = VoterRoll.objects.select_for_update().get(pk=entry.pk)
        if current.cast_as:
            raise AlreadyVoted
        current.cast_as = VoterRoll.Cast.PAPER
        current.save(update_fields=["cast_as"])
        return current


def count_paper(*, round: VoteRound, ballots: int, totals: Mapping[str, int], by: User) -> PaperCount:
    """What one person counted. Counting again replaces one's own count, never the other's."""
    with acting(by, "count_paper"):
        current = _locked(round)
        _only_from(current, State.OPEN)
        most = current.points if current.method == VoteRound.Method.DOTS else current.rules.ceiling
        options = {str(key) for key in current.options.values_list("key", flat=True)}
        per_option = ballots * min(current.rules.ceiling, most)
        if set(totals) - options or any(not 0 <= total <= per_option for total in totals.values()):
            raise ValidationError(_("So many points do not fit on that many ballots."))
        if current.method == VoteRound.Method.DOTS and sum(totals.values()) > ballots * current.points:
            raise ValidationError(_("So many points do not fit on that many ballots."))
        if current.paper_counts.exclude(by=by).count() >= 2:
            raise ValidationError(_("Two people have already counted."))
        given = {option: total for option, total in totals.items() if total}
        count, _created = PaperCount.objects.update_or_create(
            round=current, by=by, defaults={"ballots": ballots, "totals": given}
        )
        return count


# -- closing -----------------------------------------------------------------------------------------------------------


def close_round(*, round: VoteRound, by: User | None) -> VoteRound:
    """No more votes; secret ballots are written anew in random order, so that no row remembers when it came."""
    with acting(by, "close_round"):
        current = _locked(round)
        _only_from(current, State.OPEN)
        _demand_equal_counts(current)
        return _counted(current, State.CLOSED)


def void_round(*, round: VoteRound, reason: str, by: User) -> VoteRound:
    """It does not count (an option was wrong, the roll was wrong). Nobody ever sees what was voted."""
    with acting(by, "void_round", reason=given(reason)):
        current = _locked(round)
        current.void_reason = given(reason)
        if current.state == State.DRAFT:
            current.state = State.VOID
            current.save()
            return current
        _only_from(current, State.OPEN)
        return _counted(current, State.VOID)


def close_due_rounds(*, now: datetime.datetime | None = None) -> int:
    """Those whose hour has come. One whose paper ballots do not add up waits for the people who count them."""
    due = VoteRound.objects.filter(state=State.OPEN, closes_at__lte=now or timezone.now())
    closed = 0
    for round in due:
        try:
            close_round(round=round, by=None)
            closed += 1
        except ValidationError:
            continue
    return closed


def _counted(round: VoteRound, state: str) -> VoteRound:
    round.state = State.COUNTING
    round.save()
    _shuffle(round)
    round.state, round.closed_at = state, timezone.now()
    round.save()
    return round


def _shuffle(round: VoteRound) -> None:
    cast = list(Ballot.objects.filter(round=round).values_list("sector", "choices"))
    Ballot.objects.filter(round=round).delete()
    secrets.SystemRandom().shuffle(cast)
    Ballot.objects.bulk_create(Ballot(round=round, sector=sector, choices=choices) for sector, choices in cast)


def _demand_equal_counts(round: VoteRound) -> None:
    handed = round.roll.filter(cast_as=VoterRoll.Cast.PAPER).count()
    counts = list(round.paper_counts.all())
    if not handed and not counts:
        return
    if len(counts) != 2:
        raise ValidationError(_("Paper ballots are counted by two people; %(n)s did so far.") % {"n": len(counts)})
    first, second = counts
    if (first.ballots, first.totals) != (second.ballots, second.totals):
        raise ValidationError(_("The two counts of the paper ballots differ: count again."))
    if first.ballots != handed:
        raise ValidationError(
            _("%(handed)s paper ballots were handed out and %(counted)s counted.")
            % {"handed": handed, "counted": first.ballots}
        )


def publish_round(*, round: VoteRound, by: User) -> VoteRound:
    with acting(by, "publish_round"):
        current = _locked(round)
        _only_from(current, State.CLOSED)
        current.state = State.PUBLISHED
        current.save()
        return current


def record_decision(
    *,
    session: Session,
    text: str,
    reasons: str,
    by: User,
    round: VoteRound | None = None,
    organisations: Iterable[Organisation] = (),
) -> Decision:
    """What was decided and why, also where it is not what the vote put first."""
    with acting(by, "record_decision"):
        if round is not None and not round.is_counted:
            raise ValidationError(_("Close the vote first."))
        decision = Decision(session=session, round=round, text=text.strip(), reasons=given(reasons), created_by=by)
        decision.full_clean()
        decision.save()
        decision.organisations.set(organisations)
        return decision


def _locked(round: VoteRound) -> VoteRound:
    return VoteRound.objects.select_for_update(of=("self",), no_key=True).select_related("session").get(pk=round.pk)


def _only_from(round: VoteRound, *states: str) -> None:
    if round.state not in states:
        raise ValidationError(
            _("This vote is “%(state)s”, so this cannot be done."), params={"state": round.get_state_display()}
        )
