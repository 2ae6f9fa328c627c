"""Outcomes, and what outside people say about them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.audit import acting, given
from partners.models import Membership, Organisation, Person
from partners.services import MailLink, queue_mail, revoke_links, save_person
from projects.models import Evidence, Outcome, ProjectPartner, Substantiation

from .moves import demand_state, locked, saved

if TYPE_CHECKING:
    from partners.models import User

State = Outcome.State
PURPOSE = "substantiation"
VALID_DAYS = 30


def save_outcome(*, outcome: Outcome, by: User | None, evidence: Iterable[Evidence] | None = None) -> Outcome:
    """State an outcome or change what it says; what others confirmed cannot be changed behind their backs."""
    with acting(by, "save_outcome"):
        if outcome.pk is None:
            outcome.by = by
        elif outcome.substantiations.filter(answered_at__isnull=False).exists():
            raise ValidationError(_("Somebody has answered about this text already: state a new outcome instead."))
        saved(outcome)
        if evidence is not None:
            outcome.evidence.set(evidence)
        return outcome


def ask_substantiation(*, outcome: Outcome, full_name: str, email: str, by: User) -> Substantiation:
    """Ask an outside person, by a mail with a personal link, whether it happened as told."""
    with acting(by, "ask_substantiation"):
        current = locked(outcome)
        demand_state(current, (State.STATED, State.CHECKING, State.VERIFIED, State.PARTLY, State.NOT_VERIFIED))
        person = Person.objects.with_email(email).first()
        person = person or save_person(
            person=Person(full_name=full_name, email=email, source=str(_("Asked to verify an outcome"))), by=by
        )
        demand_outsider(current, person)
        asked = saved(Substantiation(outcome=current, person=person, organisation=person.organisation, asked_by=by))
        if current.state == State.STATED:
            current.state = State.CHECKING
            saved(current)
        _mail(asked, by)
        return asked


def demand_outsider(outcome: Outcome, person: Person) -> None:
    """Nobody of the project's own organisations confirms what the project says of itself."""
    inside = ProjectPartner.objects.filter(project=outcome.project).exclude(state="retirada").values("organisation_id")
    own = Organisation.objects.filter(pk__in=inside) | Organisation.objects.filter(
        pk=outcome.project.lead_organisation_id
    )
    by_contact = person.affiliations.current().filter(organisation__in=own)
    by_account = Membership.objects.in_force().filter(user__email__iexact=person.email, organisation__in=own)
    if by_contact.exists() or by_account.exists():
        raise ValidationError(_("This person belongs to an organisation of the project: ask somebody from outside."))


def _mail(asked: Substantiation, by: User) -> None:
    outcome = asked.outcome
    queue_mail(
        kind="substantiation",
        template="substantiation",
        context={"asked": asked, "outcome": outcome, "project": outcome.project, "by": by},
        key=f"substantiation:{asked.key}",
        by=by,
        person=asked.person,
        about=f"projects.substantiation:{asked.key}",
        links={
            "answer": MailLink(
                view="projects:substantiate",
                purpose=PURPOSE,
                subject=str(asked.key),
                expires_at=timezone.now() + datetime.timedelta(days=VALID_DAYS),
            )
        },
        sender_name=str(outcome.project.lead_organisation)[:150],
    )


def answer_substantiation(
    *, substantiation: Substantiation, verdict: str, comment: str, show_name: bool
) -> Substantiation:
    """What the person of the link says. It can be changed while the link lives; the outcome follows the answers."""
    with acting(None, "answer_substantiation"):
        outcome = locked(substantiation.outcome)
        demand_state(outcome, (State.CHECKING, State.VERIFIED, State.PARTLY, State.NOT_VERIFIED))
        current = locked(substantiation)
        current.verdict, current.comment, current.show_name = verdict, comment.strip(), show_name
        current.answered_at = timezone.now()
        if not verdict:
            raise ValidationError({"verdict": _("Choose one of the answers.")})
        saved(current)
        outcome.state = _state_after(outcome)
        saved(outcome)
        return current


def _state_after(outcome: Outcome) -> str:
    """One who disagrees outweighs those who agree: then it is verified in part at most."""
    verdicts = set(outcome.substantiations.exclude(verdict="").values_list("verdict", flat=True))
    if verdicts == {Substantiation.Verdict.AGREES}:
        return State.VERIFIED
    if verdicts == {Substantiation.Verdict.DISAGREES}:
        return State.NOT_VERIFIED
    return State.PARTLY


def withdraw_outcome(*, outcome: Outcome, reason: str, by: User | None) -> Outcome:
    with acting(by, "withdraw_outcome", reason=given(reason)):
        current = locked(outcome)
        demand_state(current, [state for state in State.values if state != State.WITHDRAWN])
        for asked in current.substantiations.all():
            revoke_links(purpose=PURPOSE, subject=str(asked.key), by=by)
        current.state = State.WITHDRAWN
        return saved(current)
