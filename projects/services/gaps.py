"""Data gaps: noticed, asked for with a folio and a date, answered or denied, published."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from datasets.models import Source
from partners.audit import acting
from projects.models import DataGap

from .moves import demand_state, locked, saved

if TYPE_CHECKING:
    from partners.models import User

State = DataGap.State


def save_gap(*, gap: DataGap, by: User | None) -> DataGap:
    with acting(by, "save_gap"):
        if gap.pk is None:
            gap.created_by = by
        return saved(gap)


def request_gap(
    *,
    gap: DataGap,
    by: User | None,
    folio: str,
    asked_on: datetime.date,
    letter: str = "",
    due_on: datetime.date | None = None,
) -> DataGap:
    """Say that it was asked for. Without another date the answer is due after the working days of the settings."""
    with acting(by, "request_gap"):
        current = locked(gap)
        demand_state(current, (State.FOUND, State.REQUESTED))
        current.state, current.folio, current.asked_on = State.REQUESTED, folio.strip(), asked_on
        current.letter = letter or current.letter
        current.due_on = due_on or working_days_after(asked_on, settings.INFORMATION_REQUEST_DAYS)
        return saved(current)


def working_days_after(start: datetime.date, days: int) -> datetime.date:
    """Saturdays and Sundays do not count; holidays are not known here, so the true date may be later."""
    day = start
    while days > 0:
        day += datetime.timedelta(days=1)
        days -= day.weekday() < 5
    return day


def answer_gap(
    *, gap: DataGap, by: User | None, answer: str, answered_on: datetime.date, denied: bool = False
) -> DataGap:
    with acting(by, "answer_gap"):
        current = locked(gap)
        demand_state(current, (State.REQUESTED, State.ANSWERED, State.DENIED))
        current.state = State.DENIED if denied else State.ANSWERED
        current.answer, current.answered_on = answer.strip(), answered_on
        return saved(current)


def publish_gap(*, gap: DataGap, by: User | None, source: Source) -> DataGap:
    """What was missing is a dataset of this platform now."""
    with acting(by, "publish_gap"):
        current = locked(gap)
        demand_state(current, (State.FOUND, State.REQUESTED, State.ANSWERED, State.DENIED))
        current.state, current.resulting_source = State.PUBLISHED, source
        return saved(current)
