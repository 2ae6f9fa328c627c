"""Who runs a session. Nobody is in two places: the database refuses it, whoever saves second is told."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogues.models import Availability, Session, SessionRole
from partners.audit import acting
from partners.models import Person, User

# Before a session in person there is the way there. Counted once, before it: two of them are an hour apart.
TRAVEL = datetime.timedelta(minutes=60)


def assign_role(
    *,
    session: Session,
    person: Person,
    by: User | None,
    role: str = SessionRole.Role.FACILITATOR,
    state: str = SessionRole.State.PROPOSED,
) -> SessionRole:
    """Give somebody a role (or another one) in a session, if they are free then."""
    with acting(by, "assign_role"):
        row = session.roles.filter(person=person, holds=True).first() or SessionRole(session=session, person=person)
        row.role, row.state, row.holds = role, state, True
        row.created_by = row.created_by or by
        _fit(row, session)
        return _save(row, by)


def answer_role(*, role: SessionRole, accept: bool, by: User | None) -> SessionRole:
    """Whoever was proposed says yes, or no and has the time back."""
    with acting(by, "answer_role"):
        row = SessionRole.objects.select_for_update().get(pk=role.pk)
        if row.state not in SessionRole.LIVE:
            raise ValidationError(_("This role was already given back."))
        row.state = SessionRole.State.CONFIRMED if accept else SessionRole.State.DECLINED
        row.holds = accept
        return _save(row, by)


def withdraw_role(*, role: SessionRole, by: User | None) -> SessionRole:
    """The person no longer has the role; the row stays."""
    with acting(by, "withdraw_role"):
        row = SessionRole.objects.select_for_update().get(pk=role.pk)
        row.state, row.holds = SessionRole.State.WITHDRAWN, False
        return _save(row, by)


def refit_roles(*, session: Session, by: User | None) -> list[SessionRole]:
    """The roles follow the hours of their session; if somebody is busy then, nothing moves."""
    rows = list(session.roles.filter(holds=True).select_related("person"))
    for row in rows:
        _fit(row, session)
        _save(row, by)
    return rows


def free_roles(*, session: Session, by: User | None) -> int:
    """Everybody has their time back: the session does not take place."""
    return session.roles.filter(holds=True).update(holds=False)


def mark_unavailable(
    *, person: Person, starts_at: datetime.datetime, ends_at: datetime.datetime, by: User | None, note: str = ""
) -> Availability:
    """They cannot then. Roles they already have stay: their sessions show an alert."""
    with acting(by, "mark_unavailable"):
        row = Availability(person=person, starts_at=starts_at, ends_at=ends_at, note=note)
        row.full_clean()
        row.save()
        return row


def free_again(*, availability: Availability, by: User | None) -> None:
    """They can after all."""
    with acting(by, "free_again"):
        availability.delete()


def purge_availability(*, now: datetime.datetime | None = None) -> int:
    """When somebody could not is nobody's business once it is over."""
    return Availability.objects.filter(ends_at__lt=now or timezone.now()).delete()[0]


def stretch(session: Session) -> tuple[datetime.datetime, datetime.datetime]:
    """From when to when a session keeps those busy who run it."""
    travel = TRAVEL if session.modality != Session.Modality.ONLINE else datetime.timedelta(0)
    return session.starts_at - travel, session.ends_at


def _fit(row: SessionRole, session: Session) -> None:
    row.session = session
    row.starts_at, row.ends_at = stretch(session)


def _save(row: SessionRole, by: User | None) -> SessionRole:
    """The database has the last word: of two who save at the same second one is told about the other."""
    row.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "no_double_booking" not in str(error) and "one_role_per_person" not in str(error):
            raise
        raise ValidationError(clash_message(row, by), code="clash") from None
    return row


def clash_message(row: SessionRole, by: User | None) -> str:
    """Names the other session only to whoever may see it."""
    others = SessionRole.objects.filter(person_id=row.person_id).exclude(pk=row.pk)
    other = others.busy(row.starts_at, row.ends_at).select_related("session").first()
    params = {"person": row.person, "session": _("another dialogue")}
    if other is not None:
        seen = by is None or Session.objects.visible_to(by).filter(pk=other.session_id).exists()
        start = other.session.start
        params["session"] = f"“{other.session}” ({start:%d/%m/%Y %H:%M})" if seen else _("another dialogue")
    return _("%(person)s has %(session)s at that time.") % params
