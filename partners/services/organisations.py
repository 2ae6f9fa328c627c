"""Everything that changes organisations, their way through the network, and what ties them together."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, State
from partners.audit import acting
from partners.models import Organisation, OrganisationStatus, Relationship, User


def save_organisation(
    *, organisation: Organisation, by: User | None, since: datetime.date | None = None, reason: str = ""
) -> Organisation:
    """Create or change an organisation; its keys follow its name, and a new status opens a row of its history."""
    with acting(by, "save_organisation"):
        organisation.full_clean()
        organisation.save()
        _note_status(organisation, by=by, since=since or timezone.localdate(), reason=reason)
        return organisation


def change_status(
    *, organisation: Organisation, status: str, reason: str, by: User | None, since: datetime.date | None = None
) -> Organisation:
    """From `since` on (today) the organisation is in another situation, and why. Earlier rows stay as they are."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the reason stays with the change.")})
    with acting(by, "change_status", reason=reason.strip()):
        current = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if current.status == status:
            raise ValidationError({"status": _("That is its situation already.")})
        if current.merged_into_id:
            raise ValidationError(_("This organisation was merged into another one."))
        current.status = status
        return save_organisation(organisation=current, by=by, since=since, reason=reason.strip())


def _note_status(organisation: Organisation, *, by: User | None, since: datetime.date, reason: str) -> None:
    last = organisation.status_history.order_by("since", "pk").last()
    if last is not None and last.status == organisation.status:
        return
    if since > timezone.localdate():
        raise ValidationError({"since": _("That day has not come yet.")})
    if last is not None and since < last.since:
        raise ValidationError({"since": _("Its history already goes on after that day.")})
    before = last is not None and last.status in Organisation.TAKING_PART
    after = organisation.status in Organisation.TAKING_PART
    OrganisationStatus.objects.create(
        organisation=organisation,
        status=organisation.status,
        since=since,
        reason=reason[:300],
        step=int(after) - int(before),
        by=by,
    )


def set_coverage(
    *, organisation: Organisation, municipalities: Iterable[Municipality], states: Iterable[State], by: User | None
) -> Organisation:
    """Where it works, from now on exactly these."""
    with acting(by, "set_coverage"):
        organisation.coverage.set(municipalities)
        organisation.states.set(states)
        return organisation


def declare_relationship(*, relationship: Relationship, by: User) -> Relationship:
    """Something that an organisation says of itself and another one."""
    with acting(by, "declare_relationship"):
        relationship.full_clean()
        relationship.save()
        return relationship


def end_relationship(*, relationship: Relationship, by: User) -> Relationship:
    """It holds until today; the row stays."""
    with acting(by, "end_relationship"):
        current = Relationship.objects.select_for_update().get(pk=relationship.pk)
        if current.until is not None:
            raise ValidationError(_("This relationship has ended already."))
        current.until = max(timezone.localdate(), current.since)
        current.save(update_fields=["until"])
        return current
