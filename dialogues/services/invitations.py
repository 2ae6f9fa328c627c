"""Asking people to a session, and their answers. A link is personal and minted at sending; on paper a code stands for it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Invitation, Registration, Session
from gesoc.common.commits import after_commit
from gesoc.common.text import search_text
from partners.audit import acting
from partners.models import Membership, Organisation, Person, User
from partners.services import affiliate, person_of, revoke_links, save_person

from . import mails
from .registrations import cancel_registration, register
from .sessions import CLEAR, locked, only_from
from .states import mark_convened

State, Channel = Invitation.State, Invitation.Channel
CODE_LENGTH = 8
CHUNK = 100


def choose_invitees(
    *, session: Session, people: Iterable[Person], by: User, organisation: Organisation | None = None
) -> list[Invitation]:
    """Put people on the list; nobody is told yet. Whoever is on it already stays as they are."""
    with acting(by, "choose_invitees"):
        known = set(session.invitations.live().values_list("person_id", flat=True))
        rows = []
        for person in people:
            if person.pk in known:
                continue
            row = Invitation(session=session, person=person, created_by=by)
            row.organisation = organisation or person.organisation
            row.channel = Channel.EMAIL if person.email else Channel.PAPER
            row.short_code = None if person.email else free_code()
            row.full_clean()
            row.save()
            rows.append(row)
        return rows


def drop_invitee(*, invitation: Invitation, by: User) -> None:
    """Off the list, as long as nothing was sent."""
    with acting(by, "drop_invitee"):
        Invitation.objects.filter(pk=invitation.pk, state=State.DRAFT).delete()


def send_invitations(*, session: Session, by: User) -> int:
    """Everybody chosen is written to, in the background. How many."""
    from dialogues import tasks

    with acting(by, "send_invitations"):
        current = locked(session)
        only_from(current, Session.State.SCHEDULED, Session.State.CONVENED, Session.State.RUNNING)
        if timezone.now() >= current.starts_at:
            raise ValidationError(_("It has already begun."))
        chosen = current.invitations.filter(state=State.DRAFT)
        paper = chosen.filter(channel=Channel.PAPER).update(state=State.SENT, sent_at=timezone.now())
        count = chosen.filter(channel=Channel.EMAIL).update(state=State.QUEUED) + paper
        if count:
            mark_convened(session=current, by=by)
            after_commit(tasks.write_invitations.delay, current.pk, by.pk)
        return count


def write_queued(*, session: Session, by: User | None) -> int:
    """One mail for each invitation that waits, some at a time; stopped half-way it goes on where it was."""
    written = 0
    session = Session.objects.select_related("host_organisation", "municipality__state").get(pk=session.pk)
    if not session.is_live:
        return 0
    while True:
        with acting(by, "write_queued"):
            waiting = session.invitations.filter(state=State.QUEUED).select_for_update(of=("self",), skip_locked=True)
            rows = list(waiting.select_related("person")[:CHUNK])
            for row in rows:
                row.session = session
                mails.invite(invitation=row, by=by)
                row.state, row.sent_at = State.SENT, timezone.now()
                row.save(update_fields=["state", "sent_at"])
        if not rows:
            return written
        written += len(rows)


def answer_invitation(
    *,
    invitation: Invitation,
    accept: bool,
    by: User | None,
    mode: str = "",
    needs: str = "",
    may_be_named: bool = False,
) -> Invitation:
    """Yes (a place, or the waiting list) or no. Can be changed until it begins."""
    with acting(by, "answer_invitation"):
        session = locked(invitation.session)
        row = Invitation.objects.select_for_update(of=("self",)).select_related("person").get(pk=invitation.pk)
        if row.state == State.REVOKED:
            raise ValidationError(_("This invitation was withdrawn."))
        if session.has_begun:
            raise ValidationError(_("The dialogue has begun: answers can no longer be changed."))
        if accept:
            register(
                session=session,
                person=row.person,
                organisation=row.organisation,
                mode=mode or session.modes[0],
                needs=needs,
                may_be_named=may_be_named,
                by=by,
            )
        else:
            _give_back(session, row.person, by)
        row.state = State.ACCEPTED if accept else State.DECLINED
        row.answered_at = timezone.now()
        row.full_clean()
        row.save()
        return row


def _give_back(session: Session, person: Person, by: User | None) -> None:
    held: Registration | None = session.registrations.live().filter(person=person).first()
    if held is not None:
        cancel_registration(registration=held, by=by)


def revoke_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Withdrawn: its link and its code open nothing any more, and the place is given back."""
    with acting(by, "revoke_invitation"):
        session = locked(invitation.session)
        row = Invitation.objects.select_related("person").get(pk=invitation.pk)
        revoke_links(purpose=mails.INVITATION, subject=str(row.key), by=by)
        row.state = State.REVOKED
        row.save(update_fields=["state"])
        _give_back(session, row.person, by)
        return row


def name_deputy(*, invitation: Invitation, full_name: str, email: str, by: User | None) -> Invitation:
    """Somebody else comes for the same organisation: the person changes, the organisation stays. They are written to."""
    with acting(by, "name_deputy"):
        session = locked(invitation.session)
        if session.has_begun:
            raise ValidationError(_("The dialogue has begun: answers can no longer be changed."))
        if invitation.organisation is None:
            raise ValidationError(_("Only whoever was invited for an organisation can name a deputy."))
        person = known_person(full_name=full_name, email=email, source=f"{session.code}", by=by)
        if session.invitations.live().filter(person=person).exists():
            raise ValidationError(_("This person is already invited."))
        row = Invitation(session=session, person=person, organisation=invitation.organisation, created_by=by)
        row.state, row.sent_at = State.SENT, timezone.now()
        row.full_clean()
        row.save()
        mails.invite(invitation=row, by=by)
        answer_invitation(invitation=invitation, accept=False, by=by)
        return row


def known_person(*, full_name: str, email: str, by: User | None, source: str = "", phone: str = "") -> Person:
    """The active contact with this address and a like name, or a new one. An address that several share says so."""
    email = email.strip().lower()
    if email:
        found = list(Person.objects.with_email(email))
        alike = [one for one in found if search_text(one.full_name) == search_text(full_name)]
        if alike or (len(found) == 1 and not found[0].shared_email):
            return (alike or found)[0]
        shared = bool(found)
    else:
        shared = False
    person = Person(full_name=full_name, email=email, phone=phone, shared_email=shared, source=source)
    return save_person(person=person, by=by)


def free_code() -> str:
    while True:
        code = "".join(secrets.choice(CLEAR) for _place in range(CODE_LENGTH))
        if not Invitation.objects.filter(short_code=code).exists():
            return code


def invite(*, session: Session, chosen: Iterable[Person | Organisation], by: User) -> int:
    """Ask these people, and of each organisation whoever speaks for it; and send all that waits on the list."""
    with acting(by, "invite"):
        for one in chosen:
            person = contact_of(one) if isinstance(one, Organisation) else one
            organisation = one if isinstance(one, Organisation) else one.organisation
            choose_invitees(session=session, people=[person], organisation=organisation, by=by)
        return send_invitations(session=session, by=by)


def contact_of(organisation: Organisation) -> Person:
    """Who is written to: whoever speaks for it, else who coordinates it here."""
    spoken = organisation.affiliations.current().filter(person__state=Person.State.ACTIVE).select_related("person")
    row = spoken.order_by("-is_primary", "pk").first()
    if row is not None:
        return row.person
    roles = (Membership.Role.COORDINATOR, Membership.Role.FACILITATOR)
    held = (
        organisation.memberships.in_force().filter(role__in=roles).select_related("user").order_by("role", "pk").first()
    )
    if held is None:
        raise ValidationError(
            _("Nobody is known who speaks for %(organisation)s: add a person."), params={"organisation": organisation}
        )
    return person_of(user=held.user)


def invite_contact(
    *,
    session: Session,
    full_name: str,
    by: User,
    email: str = "",
    phone: str = "",
    organisation: Organisation | None = None,
) -> Invitation:
    """Somebody new onto the list; if they speak for an organisation, that is kept as well."""
    with acting(by, "invite_contact"):
        person = known_person(full_name=full_name, email=email, phone=phone, by=by, source=session.code)
        if organisation is not None and person.organisation != organisation:
            affiliate(person=person, organisation=organisation, by=by)
            person = Person.objects.get(pk=person.pk)
        rows = choose_invitees(session=session, people=[person], organisation=organisation, by=by)
        if not rows:
            raise ValidationError(_("This person is already invited."))
        return rows[0]
