"""From draft to held. Each step says from where it may start, what it needs, and what follows from it."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Registration, Session
from partners.audit import acting
from partners.models import User

from .moves import announce_cancellation
from .reminders import drop_reminders, plan_reminders
from .roles import free_roles
from .seating import forget_seats
from .sessions import locked, only_from, save

State = Session.State
OPENS_BEFORE = datetime.timedelta(minutes=15)


def schedule_session(*, session: Session, by: User | None) -> Session:
    """Announce a draft: it has a place, its clocks, and somebody free to facilitate it."""
    with acting(by, "schedule_session"):
        current = locked(session)
        only_from(current, State.DRAFT)
        problems = missing_to_schedule(current)
        if problems:
            raise ValidationError(problems)
        current.state = State.SCHEDULED
        save(current)
        plan_reminders(session=current)
        return current


def missing_to_schedule(session: Session) -> list[Any]:
    """What still stands between a draft and its announcement, in words."""
    missing: list[Any] = []
    if session.municipality_id is None:
        missing.append(_("Say in which municipality it takes place."))
    if not session.roles.live().leading().exists():
        missing.append(_("Name at least one person who facilitates."))
    if session.starts_at <= timezone.now():
        missing.append(_("Its beginning has already passed: choose another day."))
    if session.modality != Session.Modality.ONLINE and not session.venue:
        missing.append(_("Say where people come together."))
    return missing


def mark_convened(*, session: Session, by: User | None) -> Session:
    """Invitations went out."""
    with acting(by, "mark_convened"):
        current = locked(session)
        only_from(current, State.SCHEDULED, State.CONVENED, State.RUNNING)
        if current.state == State.SCHEDULED:
            current.state = State.CONVENED
            save(current)
        return current


def start_session(*, session: Session, by: User | None) -> Session:
    """It takes place now: by whoever facilitates, or by the clock fifteen minutes before its hour."""
    with acting(by, "start_session"):
        current = locked(session)
        only_from(current, State.SCHEDULED, State.CONVENED)
        current.state = State.RUNNING
        return save(current)


def start_due_sessions(*, now: datetime.datetime | None = None) -> int:
    """Those whose hour has come. One that was never opened by its end stays as it is: nobody came to say it was held."""
    now = now or timezone.now()
    due = Session.objects.filter(
        state__in=(State.SCHEDULED, State.CONVENED), starts_at__lte=now + OPENS_BEFORE, ends_at__gt=now
    )
    for session in due:
        start_session(session=session, by=None)
    return len(due)


def hold_session(*, session: Session, by: User | None) -> Session:
    """It was held: what comes now are its minutes."""
    with acting(by, "hold_session"):
        current = locked(session)
        only_from(current, State.SCHEDULED, State.CONVENED, State.RUNNING)
        if timezone.now() < current.starts_at - OPENS_BEFORE:
            raise ValidationError(_("It has not begun yet."))
        current.state = State.HELD
        forget_seats(session=current)
        return save(current)


def cancel_session(*, session: Session, reason: str, by: User | None) -> Session:
    """It does not take place. Its page stays and says why; everybody concerned is told once (at once)."""
    with acting(by, "cancel_session", reason=reason):
        current = locked(session)
        only_from(current, State.DRAFT, State.SCHEDULED, State.CONVENED)
        if not reason.strip():
            raise ValidationError(_("Say why: the reason stays on its page."))
        if Registration.objects.filter(session=current, attendance__isnull=False).exists():
            raise ValidationError(_("People already came to it: close it instead of cancelling it."))
        was_announced = current.state != State.DRAFT
        current.state, current.state_reason = State.CANCELLED, reason.strip()
        current.ics_sequence += 1
        save(current)
        free_roles(session=current, by=by)
        drop_reminders(session=current)
        if was_announced:
            announce_cancellation(session=current, by=by)
        return current
