"""Changing a session that people know of: who is asked again, who is told, once, and only of what matters to them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils import timezone

from dialogues.models import ChangeNotice, Invitation, Registration, Session, SessionRole
from partners.audit import acting
from partners.models import Person, User

from . import mails
from .registrations import offer_places
from .reminders import plan_reminders
from .roles import refit_roles, stretch
from .sessions import locked, only_from, save, set_moments

# What people have to know of. A typo in the title is no news; the link to connect is (others forget it).
TELLING = ("local_start", "local_end", "tz", "municipality", "modality", "venue", "online_url")
# Within this much on the same day a yes stays a yes.
NEAR = datetime.timedelta(hours=2)
# Edits that follow one another become one mail.
TOGETHER = datetime.timedelta(minutes=10)
State = Session.State


class Affected(NamedTuple):
    """Who a change concerns, before anything is sent."""

    told: list[Registration]
    asked_again: list[Registration]
    invited: list[Invitation]
    clashes: list[str]


def change_session(*, session: Session, changes: Mapping[str, Any], by: User | None) -> Session:
    """Change a session before it takes place. If it was announced and something that matters changed, its calendar
    entry moves, reminders follow, and everybody concerned is told in ten minutes (or at once: `tell_changes`)."""
    with acting(by, "change_session"):
        current = locked(session)
        only_from(current, State.DRAFT, State.SCHEDULED, State.CONVENED)
        before = {name: getattr(current, name) for name in TELLING}
        for name, value in changes.items():
            setattr(current, name, value)
        set_moments(current)
        telling = [name for name in TELLING if getattr(current, name) != before[name]]
        if current.state != State.DRAFT and telling:
            current.ics_sequence += 1
        save(current)
        refit_roles(session=current, by=by)
        if current.state != State.DRAFT and telling:
            _follow(current, before, by)
        return current


def affected(session: Session, changes: Mapping[str, Any]) -> Affected:
    """Who would be told of these changes and who asked again; nothing is changed."""
    planned = Session.objects.get(pk=session.pk)
    before = {name: getattr(planned, name) for name in TELLING}
    for name, value in changes.items():
        setattr(planned, name, value)
    set_moments(planned)
    live = list(session.registrations.live().select_related("person", "organisation_at_time"))
    again = _asks_again(planned, before)
    return Affected(
        told=live,
        asked_again=[row for row in live if again and row.state == Registration.State.CONFIRMED],
        invited=_still_invited(session),
        clashes=_clashes(planned),
    )


def _clashes(planned: Session) -> list[str]:
    """Who of the team is busy at the new hour."""
    starts, ends = stretch(planned)
    held = planned.roles.filter(holds=True).values("person_id")
    found = SessionRole.objects.busy(starts, ends).exclude(session=planned.pk).filter(person__in=held)
    return sorted({str(row.person) for row in found.select_related("person")})


def _still_invited(session: Session) -> list[Invitation]:
    """Whoever was written to and has neither a place nor said no."""
    placed = session.registrations.live().values("person_id")
    asked = session.invitations.unanswered().exclude(state=Invitation.State.QUEUED)
    return list(asked.exclude(person__in=placed).select_related("person"))


def _asks_again(session: Session, before: Mapping[str, Any]) -> bool:
    """Another day, another way of taking part, or an hour far from the old one: a yes may no longer be one."""
    moved: datetime.timedelta = abs(session.local_start - before["local_start"])
    other_day: bool = session.local_start.date() != before["local_start"].date()
    return bool(other_day or moved >= NEAR or session.modality != before["modality"] or session.tz != before["tz"])


def _follow(session: Session, before: Mapping[str, Any], by: User | None) -> None:
    if _asks_again(session, before):
        confirmed = session.registrations.filter(state=Registration.State.CONFIRMED)
        confirmed.update(state=Registration.State.TO_CONFIRM)
    plan_reminders(session=session)
    offer_places(session=session)
    if session.registrations.live().exists() or _still_invited(session):
        _note(session, before, by)


def _note(session: Session, before: Mapping[str, Any], by: User | None) -> ChangeNotice:
    """One waiting notice a session: it remembers how things were before the first of several edits."""
    row = session.notices.filter(told_at__isnull=True).first()
    if row is None:
        row = ChangeNotice(session=session, before=_plain(before), created_by=by)
    row.due_at = timezone.now() + TOGETHER
    row.full_clean(exclude=["before"])
    row.save()
    return row


def _plain(before: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else str(value or "") for name, value in before.items()
    }


def tell_changes(*, session: Session, by: User | None) -> int:
    """Send what waits to be told now. If in the end everything is as it was, nobody is told. How many people."""
    with acting(by, "tell_changes"):
        current = locked(session)
        notice = current.notices.filter(told_at__isnull=True).first()
        if notice is None:
            return 0
        told = 0
        if current.state in Session.LIVE and notice.before != _plain(
            {name: getattr(current, name) for name in TELLING}
        ):
            told = _tell(current, notice, by)
        notice.told_at, notice.people_told = timezone.now(), told
        notice.save(update_fields=["told_at", "people_told"])
        return told


def _tell(session: Session, notice: ChangeNotice, by: User | None) -> int:
    key = f"change:{notice.pk}"
    told = 0
    for row in session.registrations.live().select_related("person"):
        row.session = session
        mail = mails.tell_change(session=session, registration=row, key=f"{key}:{row.key}", by=by, before=notice.before)
        told += mail is not None
    for invitation in _still_invited(session):
        invitation.session = session
        mail = mails.tell_change_to_invited(
            invitation=invitation, key=f"{key}:{invitation.key}", by=by, before=notice.before
        )
        told += mail is not None
    return told


def tell_due_changes(*, now: datetime.datetime | None = None) -> int:
    """Notices whose ten minutes are over."""
    due = ChangeNotice.objects.filter(told_at__isnull=True, due_at__lte=now or timezone.now())
    return sum(tell_changes(session=notice.session, by=None) for notice in due.select_related("session"))


def announce_cancellation(*, session: Session, by: User | None) -> int:
    """Everybody who has or wants a place, was asked, or runs it; a change that still waited is not told any more."""
    session.notices.filter(told_at__isnull=True).update(told_at=timezone.now())
    notice = ChangeNotice(session=session, kind=ChangeNotice.Kind.CANCELLED, due_at=timezone.now(), created_by=by)
    people: dict[int, tuple[Person, Registration | None]] = {}
    for row in session.registrations.live().select_related("person"):
        row.session = session
        people[row.person_id] = (row.person, row)
    for invitation in _still_invited(session):
        people.setdefault(invitation.person_id, (invitation.person, None))
    for role in session.roles.live().select_related("person"):
        people.setdefault(role.person_id, (role.person, None))
    told = 0
    for person, registration in people.values():
        key = f"cancelled:{session.key}:{session.ics_sequence}:{person.key}"
        mail = mails.tell_cancellation(session=session, person=person, key=key, by=by, registration=registration)
        told += mail is not None
    notice.told_at, notice.people_told = timezone.now(), told
    notice.save()
    return told
