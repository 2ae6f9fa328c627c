"""How the network grows, and who declared to work with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.rules import is_in_network, sees_everything

from .organisations import Organisation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .accounts import User


class OrganisationStatus(models.Model):
    """One step of an organisation's way through the network. Rows are never changed (a trigger refuses it)."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="status_history", verbose_name=_("organisation")
    )
    status = models.CharField(_("status"), max_length=10, choices=Organisation.Status.choices)
    since = models.DateField(_("since"), default=timezone.localdate)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    step = models.SmallIntegerField(
        editable=False, help_text="+1: it joins the network with this row; -1: it leaves; 0: neither."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("status of an organisation")
        verbose_name_plural = _("statuses of organisations")
        ordering = ["organisation", "since", "id"]
        indexes = [models.Index(fields=["since", "step"], condition=~Q(step=0), name="network_growth")]
        constraints = [models.CheckConstraint(condition=Q(step__in=[-1, 0, 1]), name="organisation_status_step")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_status_display()} · {self.since}"


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def current(self) -> RelationshipQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate()))

    def visible_to(self, user: User | AnonymousUser) -> RelationshipQuerySet:
        """Both ends have to be visible, and the relationship itself to everybody, to the network or to the two."""
        if sees_everything(user):
            return self
        seen = Organisation.objects.visible_to(user).values("pk")
        shown = [Relationship.Visibility.PUBLIC]
        if is_in_network(user):
            shown.append(Relationship.Visibility.NETWORK)
        own = Organisation.objects.of(user).values("pk")
        open_to = Q(visibility__in=shown) | Q(from_organisation__in=own) | Q(to_organisation__in=own)
        return self.filter(open_to, from_organisation__in=seen, to_organisation__in=seen)


class Relationship(models.Model):
    """What two organisations say of themselves. What they did together is computed from projects and dialogues."""

    class Type(models.TextChoices):
        ALLIANCE = "alianza", _("Alliance")
        IMPLEMENTS = "coimplementa", _("Implements with")
        ADVISES = "asesora", _("Advises")
        FUNDS = "financia", _("Funds")
        COUNTERPART = "contraparte", _("Public counterpart")
        INHERITS = "hereda", _("Takes over from")

    class Visibility(models.TextChoices):
        PUBLIC = "publica", _("Everybody")
        NETWORK = "red", _("The network")
        PRIVATE = "privada", _("The two organisations and GESOC")

    from_organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="relationships", verbose_name=_("organisation")
    )
    to_organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="relationships_from_others", verbose_name=_("with")
    )
    type = models.CharField(_("what ties them"), max_length=15, choices=Type.choices)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    evidence = models.CharField(
        _("evidence"), max_length=300, blank=True, help_text=_("An agreement, a publication, an address.")
    )
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        ordering = ["-since", "-id"]
        indexes = [models.Index(fields=["-since", "-id"], name="relationship_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_organisation=F("to_organisation")),
                name="relationship_with_another",
                violation_error_message=_("An organisation has no relationship with itself."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="relationship_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.UniqueConstraint(
                fields=["from_organisation", "to_organisation", "type"],
                condition=Q(until__isnull=True),
                name="relationship_once",
                violation_error_message=_("This relationship is already there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_organisation} · {self.get_type_display()} · {self.to_organisation}"
