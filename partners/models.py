"""People and organisations of the network: who signs in, for whom, and with which role."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.text import search_text, sort_key

from .audit import history_of
from .rules import sees_everything

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class UserManager(BaseUserManager["User"]):
    """Accounts are known by e-mail, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def with_email(self, email: str) -> models.QuerySet[User]:
        """At most one: the database keeps addresses unique whatever their case."""
        return self.filter(email__iexact=email.strip())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works in the platform. Contacts without a login are not users."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=200)
    preferred_language = models.CharField(
        _("language"), max_length=10, choices=[("es-mx", "Español"), ("en", "English")], default="es-mx"
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_gesoc = models.BooleanField(_("GESOC staff"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def active(self) -> OrganisationQuerySet:
        return self.filter(status=Organisation.Status.ACTIVE)

    def listed(self) -> OrganisationQuerySet:
        """Those that take part today: what the directory shows."""
        return self.filter(status__in=(Organisation.Status.ACTIVE, Organisation.Status.PAUSED))

    def visible_to(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """Whoever is or was in the network is public; a mere contact or a pending invitation is not."""
        if sees_everything(user):
            return self
        taken_part = (Organisation.Status.ACTIVE, Organisation.Status.PAUSED, Organisation.Status.LEFT)
        return self.filter(models.Q(status__in=taken_part) | models.Q(pk__in=self.model.objects.of(user).values("pk")))

    def of(self, user: User | AnonymousUser, *roles: str) -> OrganisationQuerySet:
        """Those for which the user may act today, at least in one of the roles (any role if none is named)."""
        return self.filter(pk__in=Membership.objects.in_force().held_by(user, *roles).values("organisation_id"))

    def matching(self, text: str) -> OrganisationQuerySet:
        """Accent-blind: every word of `text` occurs in the name, the acronym or the home municipality."""
        found = self
        for word in search_text(text).split():
            here = models.Q(search_text__contains=word) | models.Q(home_municipality__search_text__contains=word)
            found = found.filter(here)
        return found


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
    description = models.TextField(_("description"), blank=True)
    website = models.URLField(_("website"), blank=True)
    public_email = models.EmailField(_("public e-mail"), blank=True)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    search_text = models.CharField(max_length=240, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.sort_key = sort_key(self.name)[:200]
        self.search_text = search_text(f"{self.name} {self.acronym}")[:240]

    def get_absolute_url(self) -> str:
        return reverse("partners:organisation", args=[self.slug])


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

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"


# -- history: written by triggers of the database, so nothing that changes a row can forget it -----------------------


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
