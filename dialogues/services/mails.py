"""What people are written about a session. Everything goes through the outbox, in the name of the host organisation."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone, translation

from dialogues import clock, ical
from dialogues.models import Invitation, Registration, Session
from dialogues.selectors.delivery import LETTER, LETTER_KEY
from dialogues.words import date_words
from partners.models import OutboxMail, Person, User
from partners.services import MailLink, queue_mail

# Links live on after the session: it may be moved, and whoever came may look up what they said.
LIVES_ON = datetime.timedelta(days=90)
INVITATION, PLACE, ROLE = "invitation", "registration", "session_role"


def about(session: Session) -> str:
    return f"dialogues.session:{session.key}"


def invitation_link(invitation: Invitation) -> MailLink:
    expires = invitation.session.ends_at + LIVES_ON
    return MailLink("dialogues:answer", INVITATION, str(invitation.key), expires)


def place_link(registration: Registration) -> MailLink:
    expires = registration.session.ends_at + LIVES_ON
    return MailLink("dialogues:place", PLACE, str(registration.key), expires)


def invite(*, invitation: Invitation, by: User | None) -> OutboxMail | None:
    return _write(
        invitation.session,
        invitation.person,
        template=LETTER,
        key=f"{LETTER_KEY}{invitation.key}",
        by=by,
        links={"answer": invitation_link(invitation)},
        invitation=invitation,
    )


def tell_place(*, registration: Registration, by: User | None) -> OutboxMail | None:
    """Confirmed (with the calendar entry) or on the waiting list."""
    return _to_registered(registration, "dialogue_place", by=by, with_entry=registration.is_confirmed)


def tell_offer(*, registration: Registration, by: User | None) -> OutboxMail | None:
    """Until when it is kept is said on the clocks of the place, in the language of whoever reads it."""
    with translation.override(registration.person.preferred_language):
        until = clock.wall(registration.offer_expires_at, registration.session.tz)  # type: ignore[arg-type]
        words = f"{date_words(until.date())}, {until:%H:%M}"
    return _to_registered(registration, "dialogue_offer", by=by, with_entry=False, until=words)


def _to_registered(
    registration: Registration, template: str, *, by: User | None, with_entry: bool, key: str = "", **context: Any
) -> OutboxMail | None:
    stamp = f"{timezone.now():%Y%m%d%H%M%S%f}"
    return _write(
        registration.session,
        registration.person,
        template=template,
        key=key or f"{template}:{registration.key}:{stamp}",
        by=by,
        links={"place": place_link(registration)},
        entry=ical.entry(registration.session, registration=registration) if with_entry else "",
        registration=registration,
        connects=ical.may_connect(registration.session, registration),
        **context,
    )


def tell_change(
    *, session: Session, registration: Registration, key: str, by: User | None, before: dict[str, Any]
) -> OutboxMail | None:
    """What is different now, and whether they are asked again."""
    return _to_registered(
        registration, "dialogue_change", by=by, with_entry=registration.is_confirmed, key=key, before=before
    )


def tell_change_to_invited(
    *, invitation: Invitation, key: str, by: User | None, before: dict[str, Any]
) -> OutboxMail | None:
    return _write(
        invitation.session,
        invitation.person,
        template="dialogue_change",
        key=key,
        by=by,
        links={"place": invitation_link(invitation)},
        before=before,
    )


def tell_cancellation(
    *, session: Session, person: Person, key: str, by: User | None, registration: Registration | None = None
) -> OutboxMail | None:
    held_entry = registration is not None and registration.is_confirmed
    entry = ical.entry(session, registration=registration) if held_entry else ""
    return _write(session, person, template="dialogue_cancelled", key=key, by=by, entry=entry)


def remind(*, registration: Registration, key: str) -> OutboxMail | None:
    session = registration.session
    today = clock.today(session.tz, timezone.now()) == session.start.date()
    return _to_registered(registration, "dialogue_reminder", by=None, with_entry=False, key=key, today=today)


def remind_to_answer(*, invitation: Invitation, key: str) -> OutboxMail | None:
    return _write(
        invitation.session,
        invitation.person,
        template="dialogue_unanswered",
        key=key,
        by=None,
        links={"answer": invitation_link(invitation)},
        invitation=invitation,
    )


def tell_role(*, session: Session, person: Person, key: str, by: User | None, role: str) -> OutboxMail | None:
    """Whoever runs it: told with the calendar entry."""
    entry = ical.entry(session) if session.state != Session.State.DRAFT else ""
    return _write(session, person, template="dialogue_role", key=key, by=by, entry=entry, role=role)


def _write(
    session: Session,
    person: Person,
    *,
    template: str,
    key: str,
    by: User | None,
    links: dict[str, MailLink] | None = None,
    entry: str = "",
    **context: Any,
) -> OutboxMail | None:
    """Nothing is written to somebody without an address (they get paper), nor about a draft."""
    if not person.email or session.state == Session.State.DRAFT:
        return None
    host = session.host_organisation
    return queue_mail(
        kind=template,
        template=template,
        context={"session": session, "person": person, **context},
        key=key,
        by=by,
        person=person,
        about=about(session),
        links=links or {},
        reply_to=host.public_email,
        sender_name=host.name,
        ics=entry,
    )
