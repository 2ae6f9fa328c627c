"""People the network knows: contacts and participants. Only those who work in the platform have an account beside."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.models import holding
from gesoc.common.text import search_text, sort_key
from partners.rules import sees_everything

from .organisations import Membership, Organisation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .accounts import User


class Sector(models.TextChoices):
    """For whom somebody speaks at the table: the kind of their organisation, or nobody's but their own."""

    CSO = "osc", _("Civil society organisation")
    COLLECTIVE = "colectivo", _("Collective")
    ACADEMIA = "academia", _("Academia")
    MEDIA = "medios", _("Media")
    GOVERNMENT = "gobierno", _("Government")
    PRIVATE = "sector_privado", _("Private sector")
    INTERNATIONAL = "internacional", _("International organisation")
    OTHER = "otra", _("Other")
    CITIZENS = "ciudadania", _("Citizens")


# For whom somebody speaks follows from these.
SPEAKS_FOR = ("affiliations__organisation", "user__memberships__organisation")


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(state=Person.State.ACTIVE)

    def visible_to(self, user: User | AnonymousUser) -> PersonQuerySet:
        """GESOC sees everybody; others see themselves, whom they added, and the people of organisations they act for."""
        if sees_everything(user):
            return self
        if user.pk is None:
            return self.none()
        own = Membership.objects.in_force().held_by(user).values("organisation_id")
        beside = Affiliation.objects.current().filter(organisation__in=own).values("person_id")
        everyone = self.model._base_manager.order_by()
        mine = (everyone.filter(user=user.pk), everyone.filter(added_by=user.pk))
        # Three looks into indexes; as alternatives of one filter they would read everybody.
        return self.filter(pk__in=beside.order_by().union(*(rows.values("pk") for rows in mine)))

    def matching(self, text: str) -> PersonQuerySet:
        """Accent-blind: every word of `text` occurs in the name. An e-mail finds whoever has it, and only when it is whole:
        else those who may not see an address could guess it letter by letter."""
        return self.with_email(text) if "@" in text else holding(self, text)

    def with_organisation(self) -> PersonQuerySet:
        """Brings what `organisation` and `sector()` read."""
        return self.prefetch_related(*SPEAKS_FOR)

    def with_email(self, email: str) -> PersonQuerySet:
        """Active ones; several only where the address is marked as shared."""
        return self.active().filter(email=email.strip().lower())


class Person(models.Model):
    """A contact. Needs no account; is known by an address of their own, by a shared one, or by name and phone alone."""

    class State(models.TextChoices):
        ACTIVE = "activa", _("Active")
        MERGED = "fusionada", _("Merged")
        ANONYMISED = "anonimizada", _("Anonymised")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    shared_email = models.BooleanField(
        _("shared address"), default=False, help_text=_("Several people read this address, a committee for example.")
    )
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    preferred_language = models.CharField(
        _("language"), max_length=10, choices=[("es-mx", "Español"), ("en", "English")], default="es-mx"
    )
    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("municipality"),
        related_name="people",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("account"),
        related_name="person",
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("merged into"), related_name="merged"
    )
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Where we have their details from: a list, an event.")
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("added by"),
        related_name="people_added",
    )
    awaits_notice = models.BooleanField(
        default=False, editable=False, help_text="Came with a list, was not told the privacy notice: gets no mail."
    )
    phone_key = models.CharField(max_length=15, editable=False, blank=True, db_index=True)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    search_text = models.CharField(max_length=500, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_key", "id"]
        indexes = [
            # Twins among the active ones, read from the index alone.
            models.Index(
                fields=["phone_key", "id"], condition=Q(state="activa") & ~Q(phone_key=""), name="person_twin_phone"
            ),
            models.Index(fields=["sort_key", "id"], condition=Q(state="activa"), name="person_twin_name"),
            models.Index(fields=["email"], condition=Q(state="activa", shared_email=True), name="person_shared_email"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(state="activa", shared_email=False) & ~Q(email=""),
                name="person_email_once",
                violation_error_message=_("Somebody with this e-mail is already registered."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="fusionada"), name="person_merged_says_so"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        self.full_name = " ".join(self.full_name.split())
        self.sort_key = sort_key(self.full_name)[:200]
        # The last ten digits: with or without the country's code it is the same phone.
        self.phone_key = "".join(char for char in self.phone if char.isdigit() and char.isascii())[-10:]
        self.search_text = search_text(self.full_name)[:500]

    @property
    def affiliation(self) -> Affiliation | None:
        """For whom they speak today; the primary one leads. Uses what `prefetch_related("affiliations")` brought."""
        today = timezone.localdate()
        held = [row for row in self.affiliations.all() if row.until is None or row.until >= today]
        return min(held, key=lambda row: (not row.is_primary, row.pk), default=None)

    @property
    def organisation(self) -> Organisation | None:
        """That of their affiliation; without one, that of the oldest membership of their account."""
        return self.affiliation.organisation if self.affiliation else self._organisation_of_account()

    def _organisation_of_account(self) -> Organisation | None:
        if self.user is None or not self.user.is_active:
            return None
        held = [row for row in self.user.memberships.all() if row.is_in_force]
        return min(held, key=lambda row: (row.since, row.pk)).organisation if held else None

    def sector(self) -> str:
        """A value of `Sector`: the kind of the organisation they speak for, `ciudadania` without one."""
        return self.organisation.kind if self.organisation else Sector.CITIZENS.value


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def current(self) -> AffiliationQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate()))


class Affiliation(models.Model):
    """A person belongs to an organisation, since when and until when; gives no rights in the platform."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="affiliations", verbose_name=_("organisation")
    )
    title = models.CharField(_("position"), max_length=150, blank=True)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    is_primary = models.BooleanField(_("speaks for it"), default=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["person", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True, until__isnull=True),
                name="affiliation_one_primary",
                violation_error_message=_("This person already speaks for another organisation."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="affiliation_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"
