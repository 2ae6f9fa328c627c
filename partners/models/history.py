"""History: written by triggers of the database, so nothing that changes a row can forget it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partners.audit import history_of

from .accounts import User
from .network import Relationship
from .organisations import Membership, Organisation
from .people import Person


class UserEvent(history_of(User, exclude=["password", "last_login"])):  # type: ignore[misc]
    """Never the password; a sign-in is no change of the account."""

    class Meta:
        verbose_name = _("change of a user")
        verbose_name_plural = _("changes of users")


class OrganisationEvent(history_of(Organisation)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of an organisation")
        verbose_name_plural = _("changes of organisations")


class MembershipEvent(history_of(Membership)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a membership")
        verbose_name_plural = _("changes of memberships")


class PersonEvent(history_of(Person)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a person")
        verbose_name_plural = _("changes of people")


class RelationshipEvent(history_of(Relationship)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a relationship")
        verbose_name_plural = _("changes of relationships")
