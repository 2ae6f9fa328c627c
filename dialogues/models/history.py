"""History: written by triggers of the database. What people need in order to take part is not kept in it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partners.audit import history_of

from .commitments import Commitment
from .people import Registration, SessionRole
from .sessions import Session


class SessionEvent(history_of(Session)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a dialogue")
        verbose_name_plural = _("changes of dialogues")


class SessionRoleEvent(history_of(SessionRole)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a role")
        verbose_name_plural = _("changes of roles")


class RegistrationEvent(history_of(Registration, exclude=["needs", "guardian"])):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a registration")
        verbose_name_plural = _("changes of registrations")


class CommitmentEvent(history_of(Commitment)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a commitment")
        verbose_name_plural = _("changes of commitments")
