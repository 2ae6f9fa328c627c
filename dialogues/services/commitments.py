"""What changes a commitment. Each step leaves who, when and why; the first date and every slip stay visible."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.clock import today
from dialogues.models import Commitment, CommitmentEvidence, CommitmentUpdate, CommitmentVerification
from partners.audit import acting, given
from partners.models import Organisation, SignedLink, User
from partners.services import mark_link_used
from projects.models import Evidence

State = Commitment.State
Scale = CommitmentVerification.Scale

# Where each step may start.
STEPS: dict[str, tuple[str, ...]] = {
    State.ACCEPTED: (State.PROPOSED,),
    State.IN_PROGRESS: (State.ACCEPTED, State.IN_PROGRESS, State.REPORTED),
    State.REPORTED: (State.ACCEPTED, State.IN_PROGRESS),
    State.BROKEN: (State.ACCEPTED, State.IN_PROGRESS, State.REPORTED),
    State.CANCELLED: Commitment.OPEN,
}


def record_commitment(
    *,
    commitment: Commitment,
    by: User,
    supporters: Iterable[Organisation] = (),
    accepted: bool = False,
) -> Commitment:
    """Write down a new one. `accepted`: the responsible said yes aloud in the session."""
    if commitment.pk is not None:
        raise ValueError("record_commitment is for new ones")
    with acting(by, "record_commitment"):
        commitment.created_by = by
        if commitment.municipality is None and commitment.session is not None:
            commitment.municipality = commitment.session.municipality
        commitment.full_clean()
        commitment.save()
        commitment.supporters.set(supporters)
        if accepted:
            spoken = str(_("Accepted aloud in the session."))
            _step(commitment, State.ACCEPTED, note=spoken, by=by)
        return commitment


def edit_commitment(*, commitment: Commitment, by: User, **fields: object) -> Commitment:
    """Change what is still only proposed; whatever was accepted stays word for word, only its date may move."""
    allowed = {"text", "verification", "responsible", "office", "responsible_person", "due_on", "visibility"}
    if unknown := set(fields) - allowed:
        raise TypeError(f"edit_commitment does not change {', '.join(sorted(unknown))}")
    with acting(by, "edit_commitment"):
        current = _locked(commitment)
        if current.state != State.PROPOSED and set(fields) - {"responsible_person", "visibility"}:
            raise ValidationError(_("It was accepted as it stands: propose another one, or move its date."))
        for name, value in fields.items():
            setattr(current, name, value)
        if current.state == State.PROPOSED:
            current.first_due_on = current.due_on
        current.full_clean()
        current.save()
        return current


def accept_commitment(*, commitment: Commitment, by: User | None, link: SignedLink | None = None) -> Commitment:
    return _moved(commitment, State.ACCEPTED, action="accept_commitment", by=by, link=link)


def report_progress(
    *,
    commitment: Commitment,
    by: User | None,
    kept: bool,
    note: str = "",
    evidence_url: str = "",
    link: SignedLink | None = None,
    organisation: Organisation | None = None,
) -> Commitment:
    """The responsible says how far it is. A commitment reported as kept waits for another organisation to look."""
    to = State.REPORTED if kept else State.IN_PROGRESS
    return _moved(
        commitment,
        to,
        action="report_progress",
        by=by,
        link=link,
        note=note,
        evidence_url=evidence_url,
        organisation=organisation,
    )


def postpone_commitment(
    *, commitment: Commitment, due_on: datetime.date, reason: str, by: User | None, link: SignedLink | None = None
) -> Commitment:
    """Another date, with its reason. A later one counts as a slip; the first date stays."""
    with acting(by, "postpone_commitment"):
        current = _locked(commitment)
        if not current.is_running:
            raise _not_from(current)
        if due_on == current.due_on:
            raise ValidationError({"due_on": _("That is the date it has.")})
        before, current.due_on = current.due_on, due_on
        current.slips += before is not None and due_on > before
        current.full_clean()
        current.save()
        _tell(current, current.state, by=by, link=link, note=given(reason), due_before=before, due_on=due_on)
        return current


def dispute_commitment(
    *, commitment: Commitment, text: str, by: User | None, link: SignedLink | None = None
) -> Commitment:
    """The responsible does not agree with what was written down: their words stand beside it."""
    with acting(by, "dispute_commitment"):
        current = _locked(commitment)
        if not current.is_open:
            raise _not_from(current)
        current.dispute = given(text)
        current.save(update_fields=["dispute"])
        _tell(current, current.state, by=by, link=link, note=current.dispute)
        return current


def break_commitment(*, commitment: Commitment, reason: str, by: User) -> Commitment:
    """Say that it was not kept. The date alone never does that: a person confirms it."""
    return _moved(commitment, State.BROKEN, action="break_commitment", by=by, note=given(reason))


def cancel_commitment(*, commitment: Commitment, reason: str, by: User) -> Commitment:
    return _moved(commitment, State.CANCELLED, action="cancel_commitment", by=by, note=given(reason))


def verify_commitment(
    *,
    commitment: Commitment,
    organisation: Organisation,
    scale: str,
    note: str,
    by: User,
    evidence_url: str = "",
) -> CommitmentVerification:
    """Another organisation says what it saw. Complete: verified; anything less sends a reported one back to work."""
    with acting(by, "verify_commitment"):
        current = _locked(commitment)
        if current.state not in (*Commitment.RUNNING, State.REPORTED, State.BROKEN) or current.responsible is None:
            raise _not_from(current)
        verification = CommitmentVerification(
            commitment=current,
            responsible=current.responsible,
            organisation=organisation,
            scale=scale,
            note=note.strip(),
            evidence_url=evidence_url,
            by=by,
        )
        verification.full_clean()
        verification.save()
        _follow(current, verification, by)
        return verification


def _follow(commitment: Commitment, verification: CommitmentVerification, by: User) -> None:
    """What a verification does to the state."""
    to = commitment.state
    if verification.scale == Scale.COMPLETE:
        to = State.VERIFIED
        commitment.kept_on = commitment.kept_on or timezone.localdate()
    elif commitment.state == State.REPORTED:
        to = State.IN_PROGRESS
    before, commitment.state = commitment.state, to
    commitment.save(update_fields=["state", "kept_on"])
    said = f"{verification.get_scale_display()}: {verification.note}"
    _tell(commitment, before, by=by, note=said, organisation=verification.organisation)


def attach_evidence(*, commitment: Commitment, evidence: Evidence, by: User) -> CommitmentEvidence:
    with acting(by, "attach_evidence"):
        use, _created = CommitmentEvidence.objects.get_or_create(commitment=commitment, evidence=evidence)
        return use


def _moved(
    commitment: Commitment,
    to: str,
    *,
    action: str,
    by: User | None,
    link: SignedLink | None = None,
    note: str = "",
    evidence_url: str = "",
    organisation: Organisation | None = None,
) -> Commitment:
    with acting(by, action):
        current = _locked(commitment)
        _step(current, to, by=by, link=link, note=note, evidence_url=evidence_url, organisation=organisation)
        return current


def _step(
    commitment: Commitment,
    to: str,
    *,
    by: User | None,
    link: SignedLink | None = None,
    note: str = "",
    evidence_url: str = "",
    organisation: Organisation | None = None,
) -> None:
    if commitment.state not in STEPS[to]:
        raise _not_from(commitment)
    before, commitment.state = commitment.state, to
    if to in (State.BROKEN, State.CANCELLED):
        commitment.state_reason = note
    if to == State.REPORTED:
        commitment.kept_on = today(commitment.time_zone, timezone.now())
    elif to in Commitment.RUNNING:
        commitment.kept_on = None
    commitment.full_clean()
    commitment.save()
    _tell(commitment, before, by=by, link=link, note=note, evidence_url=evidence_url, organisation=organisation)


def _tell(
    commitment: Commitment,
    before: str,
    *,
    by: User | None,
    link: SignedLink | None = None,
    note: str = "",
    evidence_url: str = "",
    organisation: Organisation | None = None,
    due_before: datetime.date | None = None,
    due_on: datetime.date | None = None,
) -> None:
    update = CommitmentUpdate(
        commitment=commitment,
        from_state=before,
        to_state=commitment.state,
        note=note.strip(),
        evidence_url=evidence_url,
        due_before=due_before,
        due_on=due_on,
        by=by,
        organisation=commitment.responsible if link else organisation,
        through_link=link is not None,
    )
    update.full_clean()
    update.save()
    if link is not None:
        mark_link_used(link=link)


def _locked(commitment: Commitment) -> Commitment:
    found = Commitment.objects.select_for_update(of=("self",)).select_related("municipality", "responsible")
    return found.get(pk=commitment.pk)


def _not_from(commitment: Commitment) -> ValidationError:
    return ValidationError(
        _("This commitment is “%(state)s”, so this cannot be done."),
        params={"state": commitment.get_state_display()},
    )
