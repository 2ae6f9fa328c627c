"""Organisations of the network, and what somebody may do for one of them."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.models import holding
from gesoc.common.text import search_text, sort_key
from partners.likeness import bare_name, host_of
from partners.rules import sees_everything

from .accounts import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Theme(models.TextChoices):
    """What an organisation works on; the same list classifies projects and notes."""

    BUDGET = "presupuesto", _("Budget")
    WORKS = "obra_publica", _("Public works")
    PROCUREMENT = "contrataciones", _("Procurement")
    ANTICORRUPTION = "anticorrupcion", _("Anti-corruption")
    TRANSPARENCY = "transparencia", _("Transparency")
    WATER = "agua", _("Water")
    COASTS = "costas", _("Coasts")
    ENVIRONMENT = "medio_ambiente", _("Environment")
    SOCIAL = "programas_sociales", _("Social programmes")
    HEALTH = "salud", _("Health")
    EDUCATION = "educacion", _("Education")
    SECURITY = "seguridad", _("Security and justice")
    MOBILITY = "movilidad", _("Mobility")
    HOUSING = "vivienda", _("Housing and land")
    GENDER = "genero", _("Gender")
    INDIGENOUS = "pueblos_indigenas", _("Indigenous peoples")
    YOUTH = "juventud", _("Childhood and youth")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def active(self) -> OrganisationQuerySet:
        return self.filter(status=Organisation.Status.ACTIVE)

    def listed(self) -> OrganisationQuerySet:
        """Those that take part today: what the directory shows."""
        return self.filter(status__in=Organisation.TAKING_PART)

    def kept(self) -> OrganisationQuerySet:
        """Without those that turned out to be another one twice."""
        return self.filter(merged_into__isnull=True)

    def visible_to(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """Whoever is or was in the network is public; a mere contact or a pending invitation is not."""
        if sees_everything(user):
            return self
        taken_part = (*Organisation.TAKING_PART, Organisation.Status.LEFT)
        return self.filter(models.Q(status__in=taken_part) | models.Q(pk__in=self.model.objects.of(user).values("pk")))

    def of(self, user: User | AnonymousUser, *roles: str) -> OrganisationQuerySet:
        """Those for which the user may act today, at least in one of the roles (any role if none is named)."""
        return self.filter(pk__in=Membership.objects.in_force().held_by(user, *roles).values("organisation_id"))

    def matching(self, text: str) -> OrganisationQuerySet:
        """Accent-blind: every word of `text` occurs in the name, the acronym or the home municipality."""
        return holding(self, text, "search_text", "home_municipality__search_text")


class Organisation(models.Model):
    """A member or counterpart of the network; its kind is the sector it speaks for in a dialogue."""

    class Kind(models.TextChoices):
        CSO = "osc", _("Civil society organisation")
        COLLECTIVE = "colectivo", _("Collective")
        ACADEMIA = "academia", _("Academia")
        MEDIA = "medios", _("Media")
        GOVERNMENT = "gobierno", _("Government")
        PRIVATE = "sector_privado", _("Private sector")
        INTERNATIONAL = "internacional", _("International organisation")
        OTHER = "otra", _("Other")

    class Status(models.TextChoices):
        CONTACT = "contacto", _("Contact")
        INVITED = "invitada", _("Invited")
        ACTIVE = "activa", _("Active")
        PAUSED = "en_pausa", _("On pause")
        LEFT = "salida", _("Left")

    # What counts as being in the network.
    TAKING_PART = (Status.ACTIVE, Status.PAUSED)

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    is_network_partner = models.BooleanField(_("partner of the network"), default=False)
    home_municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("home municipality"),
        related_name="home_organisations",
    )
    coverage = models.ManyToManyField(
        "municipalities.Municipality",
        blank=True,
        verbose_name=_("municipalities covered"),
        related_name="organisations",
    )
    states = models.ManyToManyField(
        "municipalities.State", blank=True, verbose_name=_("whole states covered"), related_name="organisations"
    )
    themes = ArrayField(
        models.CharField(max_length=20, choices=Theme.choices), verbose_name=_("themes"), default=list, blank=True
    )
    description = models.TextField(_("description"), blank=True)
    website = models.URLField(_("website"), blank=True)
    public_email = models.EmailField(_("public e-mail"), blank=True)
    registry_id = models.CharField(
        _("CLUNI or RFC"), max_length=30, blank=True, help_text=_("Only GESOC and the organisation itself see it.")
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("merged into"),
        related_name="merged",
    )
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    search_text = models.CharField(max_length=240, editable=False)
    # By which twins are found; see `partners.likeness`.
    bare_key = models.CharField(max_length=200, editable=False, blank=True)
    host_key = models.CharField(max_length=200, editable=False, blank=True)
    acronym_key = models.CharField(max_length=60, editable=False, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["status", "kind"], name="organisation_by_status"),
            GinIndex(fields=["themes"], name="organisation_by_theme"),
            *(
                models.Index(
                    fields=[key, "id"],
                    condition=models.Q(merged_into__isnull=True) & ~models.Q(**{key: ""}),
                    name=f"organisation_twin_{key.removesuffix('_key')}",
                )
                for key in ("bare_key", "host_key", "acronym_key")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(status="salida"),
                name="organisation_merged_has_left",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="organisation_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.sort_key = sort_key(self.name)[:200]
        self.search_text = search_text(f"{self.name} {self.acronym}")[:240]
        self.bare_key, self.host_key = bare_name(self.name)[:200], host_of(self.website)[:200]
        self.acronym_key = search_text(self.acronym)[:60]

    def get_absolute_url(self) -> str:
        return reverse("partners:organisation", args=[self.slug])

    @property
    def theme_labels(self) -> list[str]:
        return [str(Theme(theme).label) for theme in self.themes if theme in Theme.values]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: datetime.date | None = None) -> MembershipQuerySet:
        """Those that give rights on that day (today). Asked anew every time, so that an end takes effect at once."""
        day = on or timezone.localdate()
        return (
            self.filter(state=Membership.State.ACTIVE, since__lte=day, user__is_active=True)
            .filter(models.Q(until__isnull=True) | models.Q(until__gte=day))
            .exclude(organisation__status=Organisation.Status.LEFT)
        )

    def held_by(self, user: User | AnonymousUser, *roles: str) -> MembershipQuerySet:
        if user.pk is None:
            return self.none()
        held = self.filter(user=user.pk)
        return held.filter(role__in=roles) if roles else held

    def not_ended(self) -> MembershipQuerySet:
        return self.exclude(state=Membership.State.ENDED)


class Membership(models.Model):
    """What somebody may do for an organisation, since when and until when. History is kept, never deleted."""

    class Role(models.TextChoices):
        MEMBER = "miembro", _("Member")
        COORDINATOR = "coordinacion", _("Coordinator")
        FACILITATOR = "facilitacion", _("Facilitator")

    class State(models.TextChoices):
        INVITED = "invitada", _("Invited")
        ACTIVE = "activa", _("Active")
        SUSPENDED = "suspendida", _("Suspended")
        ENDED = "terminada", _("Ended")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=15, choices=Role.choices, default=Role.MEMBER)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "user", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=~models.Q(state="terminada"),
                name="membership_once_per_role",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="terminada") | models.Q(until__isnull=False),
                name="membership_ended_has_a_date",
            ),
        ]

    @property
    def subject(self) -> str:
        """Its number in the shape that the subjects of links have."""
        return str(uuid.UUID(int=self.pk))

    @property
    def mailed_about(self) -> str:
        """As the outbox knows it."""
        return f"membership:{self.subject}"

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"

    @property
    def is_in_force(self) -> bool:
        """As `in_force()` asks it today, for an account that is open."""
        today = timezone.localdate()
        runs = self.since <= today and (self.until is None or self.until >= today)
        left = self.organisation.status == Organisation.Status.LEFT
        return runs and self.state == Membership.State.ACTIVE and not left
