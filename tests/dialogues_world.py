"""Sessions of the permission matrix, made when an address asks for one.

`own`: a draft of one's own organisation, facilitated by the facilitator of the matrix. `other`: a draft of another.
`public` and `closed`: announced by another organisation, for everybody. `hidden`: a draft of a mere contact.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dialogues.models import Invitation, Registration, Series, Session, SessionRole
from partners.services import mint_link, person_of
from tests.factories.dialogues import (
    AgendaItemFactory,
    InvitationFactory,
    RegistrationFactory,
    SeriesFactory,
    SessionFactory,
    SessionRoleFactory,
)


def session_of(side: Any, user: Any) -> Session:
    published = side.release.status == "published"
    session = SessionFactory(
        host_organisation=side.organisation,
        state=Session.State.SCHEDULED if published else Session.State.DRAFT,
        visibility="publica",
    )
    is_facilitator = user.is_authenticated and user.memberships.filter(role="facilitacion").exists()
    if side.organisation.slug == "propia" and is_facilitator:
        SessionRoleFactory(session=session, person=person_of(user=user), state="confirmada")
    else:
        SessionRoleFactory(session=session, state="confirmada")
    return session


def role_of(side: Any, user: Any) -> SessionRole:
    """A role of somebody else in it."""
    return SessionRoleFactory(session=session_of(side, user))


def invitation_of(side: Any, user: Any) -> Invitation:
    return InvitationFactory(session=session_of(side, user))


def registration_of(side: Any, user: Any) -> Registration:
    return RegistrationFactory(session=session_of(side, user))


def link_to(purpose: str, subject: Any) -> str:
    return mint_link(purpose=purpose, subject=str(subject.key), expires_at=timezone.now() + timedelta(days=1))


def series_of(side: Any, user: Any) -> Series:
    """Of the side's organisation, with one session of it."""
    session = session_of(side, user)
    session.series = SeriesFactory(host_organisation=side.organisation)
    session.save()
    return session.series


# Pages below /dialogos/<slug>/ that take nothing but the session.
PAGES = (
    *("session", "prepare", "announce", "add_role", "agenda", "move", "tell", "cancel", "session_entry", "register"),
    *("convene", "send", "add_contact", "paper", "people", "offer"),
)


def _below(one: Any, key: Any) -> list[Any]:
    return [one.session.slug, key]


def _role(side: Any, user: Any) -> list[Any]:
    row = role_of(side, user)
    return _below(row, row.pk)


def _item(side: Any, user: Any) -> list[Any]:
    session = session_of(side, user)
    return [session.slug, AgendaItemFactory(session=session).pk]


def _withdraw(side: Any, user: Any) -> list[Any]:
    row = invitation_of(side, user)
    return _below(row, row.key)


def _place(side: Any, user: Any) -> list[Any]:
    row = registration_of(side, user)
    return _below(row, row.key)


ARGUMENTS: dict[str, Any] = {
    **{f"dialogues:{name}": lambda side, user: [session_of(side, user).slug] for name in PAGES},
    "dialogues:series": lambda side, user: [series_of(side, user).key],
    "dialogues:edit_series": lambda side, user: [series_of(side, user).key],
    "dialogues:item_evidence": _item,
    "dialogues:role": _role,
    "dialogues:withdraw": _withdraw,
    "dialogues:change_place": _place,
    "dialogues:answer": lambda side, user: [link_to("invitation", invitation_of(side, user))],
    "dialogues:answer_entry": lambda side, user: [link_to("invitation", invitation_of(side, user))],
    "dialogues:place": lambda side, user: [link_to("registration", registration_of(side, user))],
    "dialogues:place_entry": lambda side, user: [link_to("registration", registration_of(side, user))],
    "dialogues:private_feed": lambda side, user: ["no-such-address"],
}
