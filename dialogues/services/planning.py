"""What one page of a form does: a session with its team at once, or what it is about changed at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dialogues.models import Session, SessionRole
from partners.audit import acting
from partners.models import Person, User
from partners.services import person_of
from projects.models import Project

from . import mails
from .registrations import set_capacity
from .roles import assign_role
from .room import put_under_chatham
from .series import create_series
from .sessions import Item, create_session, locked, save, set_targets
from .states import schedule_session

CAPACITY = ("capacity_in_person", "capacity_online")


def propose_session(
    *,
    session: Session,
    by: User,
    team: Sequence[Person | User] = (),
    projects: Iterable[Project] = (),
    agenda: Sequence[Item] = (),
    targets: Mapping[str, tuple[int, int]] | None = None,
    roles: Mapping[int, str] | None = None,
    new_series: str = "",
) -> Session:
    """A draft with its team: the first leads, the others facilitate too, unless `roles` (person → role) says what else
    they do. Nobody is told before it is announced. `new_series`: the name of one that begins with it."""
    with acting(by, "propose_session"):
        if new_series:
            session.series = create_series(title=new_series, host_organisation=session.host_organisation, by=by)
        created = create_session(session=session, by=by, projects=projects, agenda=agenda, targets=targets)
        for place, one in enumerate(team):
            leading = SessionRole.Role.COFACILITATOR if place else SessionRole.Role.FACILITATOR
            known = (roles or {}).get(one.pk) if isinstance(one, Person) else None
            add_to_team(session=created, one=one, role=known or leading, by=by)
        return created


def add_to_team(*, session: Session, one: Person | User, role: str, by: User) -> SessionRole:
    """Whoever names themselves has said yes; others are asked, once the session is announced."""
    with acting(by, "add_to_team"):
        person = person_of(user=one) if isinstance(one, User) else one
        state = SessionRole.State.CONFIRMED if person.user_id == by.pk else SessionRole.State.PROPOSED
        row = assign_role(session=session, person=person, role=role, state=state, by=by)
        tell_team_member(row=row, by=by)
        return row


def tell_team_member(*, row: SessionRole, by: User | None) -> None:
    """With the calendar entry; once for a role at an hour. Of a draft nobody hears."""
    session = row.session
    if by is not None and row.person.user_id == by.pk:
        return
    key = f"role:{session.key}:{row.person.key}:{row.role}:{session.ics_sequence}"
    mails.tell_role(session=session, person=row.person, key=key, by=by, role=row.get_role_display())


def announce_session(*, session: Session, by: User) -> Session:
    """Schedule a draft, and tell its team."""
    with acting(by, "announce_session"):
        current = schedule_session(session=session, by=by)
        for row in current.roles.live().select_related("person"):
            row.session = current
            tell_team_member(row=row, by=by)
        return current


def update_session(
    *,
    session: Session,
    by: User,
    fields: Mapping[str, Any],
    projects: Iterable[Project] | None = None,
    targets: Mapping[str, tuple[int, int]] | None = None,
    new_series: str = "",
) -> Session:
    """What it is about and for whom; nobody is written to. When and where change in `change_session`."""
    with acting(by, "update_session"):
        current = locked(session)
        chatham = Session.Confidentiality.CHATHAM
        if fields.get("confidentiality") == chatham != current.confidentiality:
            current = put_under_chatham(session=current, by=by)  # not only from now on: for what was said, too
        for name, value in fields.items():
            if name not in CAPACITY:
                setattr(current, name, value)
        if new_series:
            current.series = create_series(title=new_series, host_organisation=current.host_organisation, by=by)
        save(current)
        if set(CAPACITY) & set(fields):
            in_person, online = (fields.get(name, getattr(current, name)) for name in CAPACITY)
            current = set_capacity(session=current, in_person=in_person, online=online, by=by)
        if projects is not None:
            current.projects.set(projects)
        if targets is not None:
            set_targets(session=current, targets=targets, by=by)
        return current
