"""What happens in the room: who has come, what is said, what stands on the screen."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from dialogues.models import (
    AgendaItem,
    Attendance,
    Contribution,
    MinutesRevision,
    Registration,
    Session,
    SessionEvidence,
)
from dialogues.selectors.room import names_of
from gesoc.common.names import redact
from partners.audit import acting
from partners.models import ConsentRecord, Organisation, Person, User
from partners.services import DIALOGUES, notice_in_force, record_consent, save_person
from projects.models import Challenge, Evidence, Visibility
from projects.services import attach_evidence, save_challenge

from .seating import seat_late

DOOR_OPENS = datetime.timedelta(hours=1)
OVER = (Session.State.DRAFT, Session.State.CANCELLED)


def check_in(
    *,
    registration: Registration,
    method: str,
    by: User | None,
    at: datetime.datetime | None = None,
    device: str = "",
) -> Attendance:
    """Somebody is here. Scanned twice, on two devices or after a lost connection, it stays one attendance."""
    with acting(by, "check_in"):
        row = (
            Registration.objects.select_for_update(of=("self",), no_key=True)
            .select_related("session")
            .get(pk=registration.pk)
        )  # seats point to it while people are mixed: they need not wait for each other
        if row.session.state in OVER:
            raise ValidationError(_("This dialogue does not take place."))
        known = Attendance.objects.filter(registration=row).first()
        if known is not None:
            return known
        if row.state != Registration.State.CONFIRMED:
            row.state, row.offer_expires_at = Registration.State.CONFIRMED, None
            row.save(update_fields=["state", "offer_expires_at"])
        came = Attendance.objects.create(
            registration=row, mode=row.mode, at=at or timezone.now(), method=method, by=by, device=device[:64]
        )
        seat_late(registration=row)
        return came


def on_paper(session: Session) -> dict[str, Any]:
    """How somebody arrived whose signature is on the sheet: it tells no hour, so they came when it began."""
    return {"method": Attendance.Method.PAPER, "at": min(session.starts_at, timezone.now())}


def may_arrive(registration: Registration, now: datetime.datetime | None = None) -> bool:
    """Whoever has a place says that they are here: from an hour before it begins until it ends."""
    session, now = registration.session, now or timezone.now()
    open_door = session.starts_at - DOOR_OPENS <= now <= session.ends_at
    return open_door and (session.is_live or session.state == Session.State.RUNNING) and registration.is_placed


def may_be_kept(session: Session) -> bool:
    """May a browser keep what it could not send? Never of a reserved dialogue."""
    return session.confidentiality != Session.Confidentiality.RESERVED


def key_of_queue(session: Session, user: User) -> str:
    """With which a browser encrypts what it could not send; theirs alone, for this dialogue. Empty: nothing may be kept.

    Made anew from what only the server has, so that it is written down nowhere and is the same when they sign in again; with
    another password it is another.
    """
    if not may_be_kept(session):
        return ""
    made_of = f"{user.pk}/{session.key}/{user.get_session_auth_hash()}"
    return salted_hmac("dialogues.queue", made_of, algorithm="sha256").hexdigest()


def arrive(*, registration: Registration, at: datetime.datetime | None = None) -> Attendance:
    """Through one's own link, without an account. `at`: when they said so, where it could only be sent later."""
    if not may_arrive(registration, at):
        raise ValidationError(_("You can say that you are here from an hour before it begins until it ends."))
    return check_in(registration=registration, method=Attendance.Method.SELF, by=None, at=at)


def welcome_walk_in(
    *,
    session: Session,
    full_name: str,
    sector: str,
    by: User,
    email: str = "",
    organisation: Organisation | None = None,
    notice_accepted: bool = False,
    key: uuid.UUID | None = None,
    method: str = Attendance.Method.LIST,
    at: datetime.datetime | None = None,
) -> Attendance:
    """Somebody stands at the door who had no place: their name, for whom they speak, and the notice they accepted.

    Sent again after a lost connection (the same key), they stay one person. `at`: when they came, where it is sent later.
    """
    if not notice_accepted:
        raise ValidationError(_("Read them the privacy notice first: without it nothing about them is written down."))
    key = key or uuid.uuid4()
    with acting(by, "welcome_walk_in"):
        known = Attendance.objects.filter(registration__key=key, registration__session=session).first()
        if known is not None:
            return known
        person = Person.objects.with_email(email).first() if email else None
        if person is None:
            source = str(session)[:200]
            person = save_person(person=Person(full_name=full_name, email=email, source=source, added_by=by), by=by)
        notice = notice_in_force(person.preferred_language)
        if notice is not None:
            record_consent(
                person=person,
                purpose=DIALOGUES,
                notice=notice,
                decision=ConsentRecord.Decision.GIVEN,
                channel=ConsentRecord.Channel.SPOKEN,
                by=by,
            )
        row = session.registrations.live().filter(person=person).first()
        if row is None:
            row = Registration(
                session=session, person=person, sector_at_time=sector, created_by=by, walk_in=True, key=key
            )
            row.organisation_at_time = organisation
            row.mode = session.modes[0]
            row.state = Registration.State.CONFIRMED
            row.full_clean()
            row.save()
        return check_in(registration=row, method=method, by=by, at=at)


def write_note(*, note: Contribution, by: User | None) -> Contribution:
    """One thought. Sent again after a lost connection (the same key), it stays one note."""
    with acting(by, "write_note"):
        known = Contribution.objects.filter(key=note.key, session=note.session).first()
        if known is not None:
            return known
        _demand_inside(note)
        note.captured_by = by
        note.chatham = is_chatham(note)
        note.full_clean()
        note.save()
        return note


def is_chatham(note: Contribution) -> bool:
    """The same that the trigger of the table writes; here so that a form can say it before the database does."""
    return note.session.keeps_rule or bool(note.item and note.item.chatham)


def _demand_inside(note: Contribution) -> None:
    for part in (note.item, note.table):
        if part is not None and part.session_id != note.session_id:
            raise ValidationError(_("This belongs to another dialogue."))


def delete_note(*, note: Contribution, by: User) -> None:
    with acting(by, "delete_note"):
        if note.challenge_id is not None:
            raise ValidationError(_("A challenge came from this note: it stays."))
        note.delete()


def note_to_challenge(*, note: Contribution, title: str, by: User, evidence: Evidence | None = None) -> Challenge:
    """What somebody said becomes a challenge of the session's project, with the figure that bears on it."""
    with acting(by, "note_to_challenge"):
        current = Contribution.objects.select_for_update(of=("self",)).select_related("session").get(pk=note.pk)
        if current.challenge is not None:
            raise ValidationError(_("This note is already a challenge."))
        session = current.session
        challenge = save_challenge(
            challenge=Challenge(
                title=title.strip(),
                statement=current.text,
                organisation=session.host_organisation,
                project=session.projects.first(),
                visibility=_visibility(session),
            ),
            municipalities=[session.municipality] if session.municipality else [],
            by=by,
        )
        current.challenge = challenge
        current.save(update_fields=["challenge"])
        if evidence is not None:
            attach_evidence(evidence=evidence, challenge=challenge, by=by)
        return challenge


def _visibility(session: Session) -> str:
    reserved = session.confidentiality == Session.Confidentiality.RESERVED
    return Visibility.PRIVATE if reserved else session.visibility


class AskFirst(ValidationError):
    """It may be done, once whoever asks has said that everybody there may see it."""


def show_evidence(*, session: Session, evidence: Evidence | None, by: User, all_may_see: bool = False) -> None:
    """Put a card on the screen, or clear the screen. The room sees it whole, so the card must be for all who sit there."""
    with acting(by, "show_evidence"):
        if evidence is not None:
            _demand_for_the_room(evidence, all_may_see)
        SessionEvidence.objects.filter(session=session, shown=True).update(shown=False)
        if evidence is not None:
            SessionEvidence.objects.update_or_create(session=session, evidence=evidence, defaults={"shown": True})


def _demand_for_the_room(evidence: Evidence, all_may_see: bool) -> None:
    if evidence.visibility == Visibility.PRIVATE:
        raise ValidationError(
            _("This card is only for its partners, and the screen shows it to the whole room. Publish the card first.")
        )
    if evidence.visibility == Visibility.NETWORK and not all_may_see:
        raise AskFirst(_("This card is for the network. Is everybody in the room of the network?"))


def set_item_evidence(*, item: AgendaItem, cards: Sequence[Evidence], among: QuerySet[Evidence], by: User) -> None:
    """The cards of one part of the agenda. Only of those `among` which somebody chose is any taken off."""
    with acting(by, "set_item_evidence"):
        uses = SessionEvidence.objects.filter(session=item.session_id)
        gone = uses.filter(item=item, evidence__in=among.values("pk"))
        gone.exclude(evidence__in=[card.pk for card in cards]).update(item=None)
        for card in cards:
            uses.update_or_create(session_id=item.session_id, evidence=card, defaults={"item": item})


def put_under_chatham(*, session: Session, by: User) -> Session:
    """The rule now holds for all that was said: names go from notes and from every revision that is not published."""
    with acting(by, "put_under_chatham"):
        current = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
        _demand_unpublished(current)
        current.confidentiality = Session.Confidentiality.CHATHAM
        current.save(update_fields=["confidentiality"])
        _hide_names(current, current.contributions.all())
        return current


def put_item_under_chatham(*, item: AgendaItem, by: User | None) -> AgendaItem:
    """The same for one part of the agenda: its notes, and the minutes that were built from them."""
    with acting(by, "put_item_under_chatham"):
        session = Session.objects.select_for_update(of=("self",)).get(pk=item.session_id)
        _demand_unpublished(session)
        item.chatham = True
        item.save(update_fields=["chatham"])
        _hide_names(session, session.contributions.filter(item=item))
        return item


def _demand_unpublished(session: Session) -> None:
    if session.minutes.filter(state=MinutesRevision.State.PUBLISHED).exists():
        raise ValidationError(_("Its minutes are published: what was made public cannot be taken back this way."))


def _hide_names(session: Session, notes: Iterable[Contribution]) -> None:
    people, organisations = names_of(session)
    for note in notes:
        note.speaker, note.chatham = None, True
        note.text = redact(note.text, people, organisations)
        note.save(update_fields=["speaker", "chatham", "text"])
    for revision in session.minutes.all():
        revision.body = redact(revision.body, people, organisations)
        revision.save(update_fields=["body"])


def new_note_key() -> uuid.UUID:
    return uuid.uuid4()
