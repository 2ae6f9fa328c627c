"""People without an account who come by themselves: what they agreed to is recorded with their place."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dialogues.models import Registration, Session
from partners.audit import acting
from partners.models import ConsentRecord, Organisation, Person, PrivacyNotice, User
from partners.services import DIALOGUES, record_consent

from .invitations import known_person
from .registrations import add_walk_in, register


def register_publicly(
    *,
    session: Session,
    notice: PrivacyNotice,
    full_name: str,
    email: str,
    sector: str,
    mode: str,
    needs: str = "",
    may_be_named: bool = False,
) -> Registration:
    """A place for whoever asks for one on the page. The answer goes to the address: the page tells nobody's business."""
    with acting(None, "register_publicly"):
        if session.registration != Session.RegistrationRule.OPEN:
            raise ValidationError(_("This dialogue is by invitation."))
        person = known_person(full_name=full_name, email=email, by=None, source=session.code)
        _agree(person, notice, ConsentRecord.Channel.WEB, session, None)
        return register(
            session=session,
            person=person,
            mode=mode,
            sector=sector,
            needs=needs,
            may_be_named=may_be_named,
            by=None,
        )


def admit(
    *,
    session: Session,
    notice: PrivacyNotice,
    by: User,
    full_name: str,
    sector: str,
    mode: str,
    email: str = "",
    is_minor: bool = False,
    guardian: str = "",
    organisation: Organisation | None = None,
) -> Registration:
    """A walk-in: known by name, with the notice given on the spot."""
    with acting(by, "admit"):
        person = known_person(full_name=full_name, email=email, by=by, source=session.code)
        _agree(person, notice, ConsentRecord.Channel.SPOKEN, session, by)
        return add_walk_in(
            session=session,
            person=person,
            mode=mode,
            sector=sector,
            organisation=organisation or person.organisation,
            is_minor=is_minor,
            guardian=guardian,
            by=by,
        )


def _agree(person: Person, notice: PrivacyNotice, channel: str, session: Session, by: User | None) -> None:
    record_consent(
        person=person,
        purpose=DIALOGUES,
        notice=notice,
        decision=ConsentRecord.Decision.GIVEN,
        channel=channel,
        evidence=f"dialogues.session:{session.key}",
        by=by,
    )
