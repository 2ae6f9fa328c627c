"""Challenges: proposed, accepted, put first, attended to, solved; merged or dropped with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality
from partners.audit import acting, given
from projects.models import Challenge, EvidenceUse

from .moves import demand_state, locked, saved

if TYPE_CHECKING:
    from partners.models import User

State = Challenge.State
# From where a challenge may come; steps back are allowed among the open ones.
OPEN = (State.PROPOSED, State.ACCEPTED, State.PRIORITISED, State.IN_PROGRESS)
STARTS: dict[str, tuple[str, ...]] = {
    State.PROPOSED: (State.ACCEPTED,),
    State.ACCEPTED: (State.PROPOSED, State.PRIORITISED, State.IN_PROGRESS),
    State.PRIORITISED: (State.ACCEPTED, State.IN_PROGRESS),
    State.IN_PROGRESS: (State.ACCEPTED, State.PRIORITISED, State.SOLVED),
    State.SOLVED: (State.IN_PROGRESS,),
}


def save_challenge(
    *, challenge: Challenge, by: User | None, municipalities: Iterable[Municipality] | None = None
) -> Challenge:
    """Propose a challenge, or change what it says. Its state has services of its own."""
    with acting(by, "save_challenge"):
        if challenge.pk is None:
            challenge.created_by = by
        else:
            challenge.state = locked(challenge).state
        saved(challenge)
        if municipalities is not None:
            challenge.municipalities.set(municipalities)
        return challenge


def move_challenge(*, challenge: Challenge, to_state: str, by: User | None, reason: str = "") -> Challenge:
    with acting(by, "move_challenge", reason=reason):
        current = locked(challenge)
        demand_state(current, STARTS.get(to_state, ()))
        current.state, current.state_reason = to_state, reason.strip()
        return saved(current)


def drop_challenge(*, challenge: Challenge, reason: str, by: User | None) -> Challenge:
    with acting(by, "drop_challenge", reason=given(reason)):
        current = locked(challenge)
        demand_state(current, (State.PROPOSED, State.ACCEPTED))
        current.state, current.state_reason = State.DROPPED, given(reason)
        return saved(current)


def merge_challenge(*, challenge: Challenge, into: Challenge, reason: str, by: User | None) -> Challenge:
    """Both texts stay; evidence, gaps and causes move to the one that goes on."""
    with acting(by, "merge_challenge", reason=given(reason)):
        current, other = locked(challenge), locked(into)
        demand_state(current, (State.PROPOSED, State.ACCEPTED))
        if other == current or not other.is_open:
            raise ValidationError(_("Choose another challenge that is still open."))
        for use in current.evidence_uses.all():
            _move_use(use, other)
        current.gaps.update(challenge=other)
        current.causes.exclude(pk=other.pk).update(cause_of=other)
        if other.cause_of_id == current.pk:
            other.cause_of = current.cause_of
            saved(other)
        current.state, current.state_reason, current.merged_into = State.MERGED, given(reason), other
        return saved(current)


def _move_use(use: EvidenceUse, other: Challenge) -> None:
    if other.evidence_uses.filter(evidence=use.evidence).exists():
        use.delete()
        return
    use.challenge = other
    saved(use)
