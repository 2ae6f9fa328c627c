"""Reminders. Each is made for one beginning; when a session moves, new ones are made and the old no longer fit."""

from __future__ import annotations

import datetime
import hashlib

from django.db import transaction
from django.utils import timezone

from dialogues.models import Invitation, Registration, Reminder, Session

from . import mails

HOUR = datetime.timedelta(hours=1)
AUDIENCE = Reminder.Audience
PLAN: tuple[tuple[str, datetime.timedelta], ...] = (
    (AUDIENCE.UNANSWERED, 7 * 24 * HOUR),
    (AUDIENCE.REGISTERED, 48 * HOUR),
    (AUDIENCE.REGISTERED, 3 * HOUR),
)


def checksum(session: Session) -> str:
    """What a reminder is true of: the beginning, and that it takes place at all."""
    live = session.state in Session.LIVE
    return hashlib.sha256(f"{session.key}|{session.starts_at.isoformat()}|{live}".encode()).hexdigest()


def plan_reminders(*, session: Session, now: datetime.datetime | None = None) -> list[Reminder]:
    """The reminders of an announced session, as its beginning is now. What lies in the past already is not planned:
    a session made two hours before it begins gets one word ("today"), and no "in two days"."""
    now = now or timezone.now()
    drop_reminders(session=session)
    if session.state not in Session.LIVE:
        return []
    ahead = [(audience, offset) for audience, offset in PLAN if session.starts_at - offset > now]
    if not any(audience == AUDIENCE.REGISTERED for audience, _offset in ahead) and session.starts_at > now:
        ahead.append((AUDIENCE.REGISTERED, max(session.starts_at - now - HOUR / 6, datetime.timedelta(0))))
    return [_plan(session, audience, offset) for audience, offset in ahead]


def _plan(session: Session, audience: str, offset: datetime.timedelta) -> Reminder:
    row, _created = Reminder.objects.update_or_create(
        session=session,
        audience=audience,
        offset=offset,
        checksum=checksum(session),
        defaults={"due_at": session.starts_at - offset, "state": Reminder.State.WAITING},
    )
    return row


def drop_reminders(*, session: Session) -> int:
    waiting = session.reminders.filter(state=Reminder.State.WAITING)
    return waiting.update(state=Reminder.State.DROPPED, done_at=timezone.now())


def send_due_reminders(*, now: datetime.datetime | None = None) -> int:
    """Send what is due and still true; the rest is dropped. How many mails."""
    return sum(_send(pk) for pk in Reminder.objects.due(now).values_list("pk", flat=True))


def _send(pk: int) -> int:
    with transaction.atomic():
        row = (
            Reminder.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk=pk, state=Reminder.State.WAITING)
            .select_related("session__host_organisation", "session__municipality__state")
            .first()
        )
        if row is None:
            return 0
        session = row.session
        fits = row.checksum == checksum(session) and session.starts_at > timezone.now()
        row.state = Reminder.State.SENT if fits else Reminder.State.DROPPED
        row.done_at = timezone.now()
        row.save(update_fields=["state", "done_at"])
        return _remind(row, session) if fits else 0


def _remind(row: Reminder, session: Session) -> int:
    key = f"reminder:{row.pk}"
    if row.audience == AUDIENCE.UNANSWERED:
        asked = session.invitations.unanswered().filter(channel=Invitation.Channel.EMAIL).select_related("person")
        return sum(_counts(mails.remind_to_answer(invitation=one, key=f"{key}:{one.key}")) for one in asked)
    placed = session.registrations.filter(state__in=Registration.PLACED).select_related("person")
    told = 0
    for one in placed:
        one.session = session
        told += _counts(mails.remind(registration=one, key=f"{key}:{one.key}"))
    return told


def _counts(mail: object) -> int:
    return int(mail is not None)
