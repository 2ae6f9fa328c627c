"""Activities, hypotheses of change, indicators and the review of their readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.audit import acting, given
from projects.models import Activity, ChangeHypothesis, Indicator, Reading

from .moves import demand_state, locked, saved

if TYPE_CHECKING:
    from partners.models import User

Held = ChangeHypothesis.State


def save_activity(*, activity: Activity, by: User | None) -> Activity:
    takes_part = activity.project.partners.filter(organisation=activity.organisation, state="aceptada").exists()
    if not takes_part:
        raise ValidationError(_("That organisation does not take part in the project."))
    with acting(by, "save_activity"):
        if activity.pk is None:
            activity.created_by = by
        return saved(activity)


def move_activity(*, activity: Activity, to_state: str, by: User | None) -> Activity:
    """Begun, done, cancelled, or open again. The day it was done is today."""
    with acting(by, "move_activity"):
        current = locked(activity)
        current.state = to_state
        current.done_on = timezone.localdate() if to_state == Activity.State.DONE else None
        return saved(current)


def save_hypothesis(*, hypothesis: ChangeHypothesis, by: User | None) -> ChangeHypothesis:
    with acting(by, "save_hypothesis"):
        hypothesis.created_by = by
        return saved(hypothesis)


def adjust_hypothesis(
    *, hypothesis: ChangeHypothesis, new: ChangeHypothesis, reason: str, by: User | None
) -> ChangeHypothesis:
    """What we think now in place of what we thought: both stay, with the reason."""
    with acting(by, "adjust_hypothesis", reason=given(reason)):
        _put_aside(hypothesis, Held.ADJUSTED, reason)
        new.project, new.replaces, new.created_by = hypothesis.project, hypothesis, by
        return saved(new)


def drop_hypothesis(*, hypothesis: ChangeHypothesis, reason: str, by: User | None) -> ChangeHypothesis:
    with acting(by, "drop_hypothesis", reason=given(reason)):
        return _put_aside(hypothesis, Held.DROPPED, reason)


def _put_aside(hypothesis: ChangeHypothesis, state: str, reason: str) -> ChangeHypothesis:
    current = locked(hypothesis)
    demand_state(current, (Held.HELD,))
    current.state, current.state_reason, current.changed_on = state, given(reason), timezone.localdate()
    return saved(current)


# -- indicators -------------------------------------------------------------------------------------------------------


def save_indicator(*, indicator: Indicator, by: User | None) -> Indicator:
    """A figure that feeds an indicator gives its first reading at once; a figure needs no review."""
    if indicator.fed_by is not None and indicator.fed_by.value is None:
        raise ValidationError({"fed_by": _("This card holds no single number.")})
    with acting(by, "save_indicator"):
        if indicator.pk is None:
            indicator.created_by = by
        saved(indicator)
        if indicator.fed_by is not None and not indicator.readings.exists():
            read_from_figure(indicator=indicator)
        return indicator


def read_from_figure(*, indicator: Indicator) -> Reading:
    card = indicator.fed_by
    assert card is not None and card.value is not None
    newest = card.changes.first()
    value = newest.value if newest is not None and newest.value is not None else card.value
    release = newest.release if newest is not None else card.releases.order_by("-pk").first()
    day = newest.seen_on if newest is not None else card.as_of
    return saved(Reading(indicator=indicator, value=value, as_of=day, release=release, state=Reading.State.APPROVED))


def send_reading(*, reading: Reading, by: User | None) -> Reading:
    with acting(by, "send_reading"):
        reading.by, reading.state = by, Reading.State.SENT
        return saved(reading)


def approve_reading(*, reading: Reading, by: User | None) -> Reading:
    """By somebody else than who wrote it; one approved before for the same day becomes the corrected one."""
    with acting(by, "approve_reading"):
        current = locked(reading)
        demand_state(current, (Reading.State.SENT,))
        if by is not None and current.by_id == by.pk:
            raise ValidationError(_("Somebody else has to look at it: nobody reviews their own reading."))
        before = current.indicator.readings.approved().filter(as_of=current.as_of)
        before.update(state=Reading.State.CORRECTED)
        current.state, current.reviewer = Reading.State.APPROVED, by
        return saved(current)


def return_reading(*, reading: Reading, note: str, by: User | None) -> Reading:
    with acting(by, "return_reading", reason=given(note)):
        current = locked(reading)
        demand_state(current, (Reading.State.SENT,))
        current.state, current.reviewer, current.review_note = Reading.State.RETURNED, by, given(note)
        return saved(current)
