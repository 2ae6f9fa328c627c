"""Places: taken, waited for, offered, given back. Everything here counts under a lock on the session, so that the last
place is taken once."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Registration, RegistrationQuerySet, Session
from partners.audit import acting
from partners.models import Organisation, Person, User

from . import mails
from .sessions import locked, save

State = Registration.State
OFFER, SHORT_OFFER = datetime.timedelta(hours=48), datetime.timedelta(hours=12)
SHORT_WHEN = datetime.timedelta(days=3)
# From here on nobody is offered a place unless somebody of the team does it: they could no longer come.
TOO_LATE = datetime.timedelta(hours=2)


def register(
    *,
    session: Session,
    person: Person,
    mode: str,
    by: User | None,
    sector: str = "",
    organisation: Organisation | None = None,
    needs: str = "",
    may_be_named: bool = False,
    tell: bool = True,
) -> Registration:
    """A place in one mode, or the end of its waiting list. Asked again, the place stays; the mode may change."""
    with acting(by, "register"):
        current = _open(session)
        if mode not in current.modes:
            raise ValidationError(_("One cannot take part in this dialogue that way."))
        known = current.registrations.live().filter(person=person).first()
        if known is not None:
            return _change(known, current, mode, needs=needs, may_be_named=may_be_named, tell=tell, by=by)
        row = Registration(session=current, person=person, mode=mode, needs=needs, may_be_named=may_be_named)
        row.sector_at_time = sector or (organisation.kind if organisation else person.sector())
        row.organisation_at_time = organisation or person.organisation
        row.created_by = by
        _place(row, current)
        _save(row)
        if tell:
            mails.tell_place(registration=row, by=by)
        return row


def add_walk_in(
    *,
    session: Session,
    person: Person,
    mode: str,
    by: User,
    sector: str,
    organisation: Organisation | None = None,
    is_minor: bool = False,
    guardian: str = "",
) -> Registration:
    """Somebody stands at the door: they take part also beyond the capacity. Minors need somebody who answers for them."""
    with acting(by, "add_walk_in"):
        current = _open(session)
        row = current.registrations.live().filter(person=person).first() or Registration(
            session=current, person=person, sector_at_time=sector, organisation_at_time=organisation, created_by=by
        )
        row.mode, row.state, row.offer_expires_at = mode, State.CONFIRMED, None
        row.is_minor, row.guardian = is_minor, guardian.strip()
        row.walk_in = row.walk_in or row.pk is None
        return _save(row)


def cancel_registration(*, registration: Registration, by: User | None) -> Registration:
    """The place is given back, and offered to whoever waits."""
    with acting(by, "cancel_registration"):
        current = locked(registration.session)
        row = _again(registration)
        if row.state in Registration.GONE:
            return row
        row.state, row.offer_expires_at = State.CANCELLED, None
        _save(row)
        _offer(current, by=None)
        return row


def confirm_registration(*, registration: Registration, by: User | None) -> Registration:
    """Yes to an offered place, or to a session that was moved."""
    with acting(by, "confirm_registration"):
        current = _open(registration.session)
        row = _again(registration)
        if row.state == State.LAPSED:
            raise ValidationError(_("This offer ran out. You can put yourself on the waiting list again."))
        if row.state not in (State.OFFERED, State.TO_CONFIRM, State.CONFIRMED):
            raise ValidationError(_("There is no place to confirm yet: you are on the waiting list."))
        if row.state != State.CONFIRMED:
            row.state, row.offer_expires_at = State.CONFIRMED, None
            row.session = current
            _save(row)
            mails.tell_place(registration=row, by=by)
        return row


def offer_places(*, session: Session, by: User | None = None) -> list[Registration]:
    """Offer what is free to whoever waits. Within two hours of the beginning only somebody of the team can."""
    with acting(by, "offer_places"):
        return _offer(locked(session), by=by)


def lapse_offers(*, now: datetime.datetime | None = None) -> int:
    """Offers that nobody took in time go to the next in line."""
    now = now or timezone.now()
    expired = Registration.objects.filter(state=State.OFFERED, offer_expires_at__lte=now)
    sessions = Session.objects.filter(pk__in=expired.values("session_id"))
    for session in sessions:
        with acting(None, "lapse_offers"):
            _offer(locked(session), by=None)
    return len(sessions)


def set_capacity(*, session: Session, in_person: int | None, online: int | None, by: User) -> Session:
    """More places are offered to whoever waits; fewer than are taken is refused, with the names of who would lose one."""
    with acting(by, "set_capacity"):
        current = locked(session)
        for mode, wanted in ((Registration.Mode.IN_PERSON, in_person), (Registration.Mode.ONLINE, online)):
            taken = list(_taken(current, mode).select_related("person").order_by("created_at", "id"))
            if wanted is not None and len(taken) > wanted:
                raise ValidationError(
                    _(
                        "%(taken)s places are taken, so there cannot be %(wanted)s. Without a place would be: %(names)s."
                    ),
                    params={
                        "taken": len(taken),
                        "wanted": wanted,
                        "names": ", ".join(str(row.person) for row in taken[wanted:]),
                    },
                    code="taken",
                )
        current.capacity_in_person, current.capacity_online = in_person, online
        save(current)
        _offer(current, by=by)
        return current


def merge_registrations(*, kept: Registration, other: Registration, by: User) -> Registration:
    """One person registered twice: the earliest place stays, the other is given back. Nobody is told."""
    with acting(by, "merge_registrations"):
        current = locked(kept.session)
        if kept.session_id != other.session_id or kept.pk == other.pk:
            raise ValidationError(_("These are not two registrations to one dialogue."))
        rows = sorted((_again(kept), _again(other)), key=lambda row: (not row.is_placed, row.created_at, row.pk))
        first, second = rows
        second.state, second.offer_expires_at = State.CANCELLED, None
        _save(second)
        _offer(current, by=None)
        return first


def purge_needs(*, now: datetime.datetime | None = None) -> int:
    """What people needed in order to take part is erased thirty days after."""
    before = (now or timezone.now()) - datetime.timedelta(days=30)
    old = Registration.objects.filter(session__ends_at__lt=before).exclude(needs="")
    return old.update(needs="")


# -- within the lock --------------------------------------------------------------------------------------------------


def _open(session: Session) -> Session:
    """The session, locked, if one can still come to it."""
    current = locked(session)
    if not current.is_live or timezone.now() >= current.ends_at:
        raise ValidationError(_("Registration for this dialogue is closed."), code="closed")
    _lapse(current)
    return current


def _again(registration: Registration) -> Registration:
    return Registration.objects.select_related("person", "session").get(pk=registration.pk)


def _save(row: Registration) -> Registration:
    row.full_clean()
    row.save()
    return row


def _taken(session: Session, mode: str) -> RegistrationQuerySet:
    return session.registrations.placed().filter(mode=mode)


def free_places(session: Session, mode: str) -> int | None:
    """None: no limit. An offer that ran out is free."""
    capacity = session.capacity(mode)
    if capacity is None:
        return None
    ran_out = _taken(session, mode).filter(state=State.OFFERED, offer_expires_at__lte=timezone.now()).count()
    return max(0, capacity - _taken(session, mode).count() + ran_out)


def _place(row: Registration, session: Session) -> None:
    """A place if there is one and nobody waits for it already; else the end of the line."""
    free = free_places(session, row.mode)
    waited_for = session.registrations.waiting().filter(mode=row.mode).exists()
    if free is None or (free and not waited_for):
        row.state, row.waiting_since = State.CONFIRMED, None
    else:
        row.state, row.waiting_since = State.WAITING, timezone.now()


def _change(
    row: Registration, session: Session, mode: str, *, needs: str, may_be_named: bool, tell: bool, by: User | None
) -> Registration:
    """Somebody known answers again: what they said last holds. A place is left only for one that is free."""
    before = row.state
    row.session, row.needs, row.may_be_named = session, needs or row.needs, may_be_named and not row.is_minor
    if row.mode != mode:
        free = free_places(session, mode)
        if free == 0 and row.is_placed:
            raise ValidationError(_("There is no place left that way. Yours stays as it is."), code="full")
        row.mode = mode
        _place(row, session)
        row.offer_expires_at = None
    elif row.state in (State.OFFERED, State.TO_CONFIRM, State.PENDING):
        row.state, row.offer_expires_at = State.CONFIRMED, None
    _save(row)
    _offer(session, by=None)
    if tell and row.state != before:
        mails.tell_place(registration=row, by=by)
    return row


def _lapse(session: Session) -> None:
    ran_out = session.registrations.filter(state=State.OFFERED, offer_expires_at__lte=timezone.now())
    ran_out.update(state=State.LAPSED, offer_expires_at=None)


def _offer(session: Session, *, by: User | None) -> list[Registration]:
    """Free places to whoever waits, while there is time. `by`: somebody of the team, who may do it up to the end."""
    now = timezone.now()
    _lapse(session)
    if not session.is_live or now >= session.ends_at or (by is None and now > session.starts_at - TOO_LATE):
        return []
    offered = []
    for mode in session.modes:
        while free_places(session, mode) != 0 and (row := _next_in_line(session, mode)) is not None:
            row.state, row.offer_expires_at = State.OFFERED, _runs_out(session, now)
            _save(row)
            mails.tell_offer(registration=row, by=by)
            offered.append(row)
    return offered


def _runs_out(session: Session, now: datetime.datetime) -> datetime.datetime:
    length = SHORT_OFFER if session.starts_at - now < SHORT_WHEN else OFFER
    return min(now + length, max(session.starts_at, now + datetime.timedelta(minutes=15)))


def _next_in_line(session: Session, mode: str) -> Registration | None:
    """First come first, or first whose sector the table lacks most, if the page of the session says so."""
    line = list(session.registrations.waiting().filter(mode=mode).select_related("person"))
    if not line or not session.offers_by_sector:
        return line[0] if line else None
    wanted = dict(session.targets.values_list("sector", "desired"))
    there: dict[str, int] = {}
    for sector in session.registrations.placed().values_list("sector_at_time", flat=True):
        there[sector] = there.get(sector, 0) + 1
    gap = {sector: desired - there.get(sector, 0) for sector, desired in wanted.items()}
    return max(line, key=lambda row: (gap.get(row.sector_at_time, 0), -line.index(row)))
