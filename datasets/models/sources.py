"""Whose money it is (public body), who published it (source), and the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.addresses import address
from partners.rules import sees_everything

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class PublicBodyQuerySet(models.QuerySet["PublicBody"]):
    def with_data(self) -> PublicBodyQuerySet:
        """Bodies with at least one published release."""
        from .runs import Release

        published = Release.objects.published().filter(public_body=models.OuterRef("pk"))
        return self.filter(models.Exists(published))

    def known(self) -> PublicBodyQuerySet:
        """What everybody may see: not a body that only a draft names, and that nobody has confirmed."""
        from .runs import Release

        shown = Release.objects.open().filter(public_body=models.OuterRef("pk"))
        return self.filter(models.Q(confirmed=True) | models.Exists(shown))

    def visible_to(self, user: User | AnonymousUser) -> PublicBodyQuerySet:
        return self if sees_everything(user) else self.known()

    def besides_municipalities(self) -> PublicBodyQuerySet:
        """Agencies, states, the federation: bodies whose page is not that of a municipality."""
        return self.exclude(kind=PublicBody.Kind.MUNICIPALITY)

    def government_of(self, municipality_code: str) -> PublicBodyQuerySet:
        return self.filter(kind=PublicBody.Kind.MUNICIPALITY, municipality=municipality_code)


class PublicBody(models.Model):
    """Whose money it is. Leads every key of facts and rollups, so that data can be distributed by it."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipal government")
        MUNICIPAL_AGENCY = "municipal_agency", _("Municipal agency")
        STATE = "state", _("State government")
        STATE_AGENCY = "state_agency", _("State agency")
        FEDERATION = "federation", _("Federation")
        FEDERAL_AGENCY = "federal_agency", _("Federal agency")
        UNKNOWN = "unknown", _("Not yet known")

    id = models.AutoField(primary_key=True)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=300)
    name_key = models.CharField(max_length=300, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="public_bodies",
        verbose_name=_("municipality"),
    )
    state = models.ForeignKey(
        "municipalities.State",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="public_bodies",
        verbose_name=_("state"),
    )
    confirmed = models.BooleanField(_("confirmed by a person"), default=True)
    sort_key = models.CharField(max_length=300, editable=False, db_index=True)
    search_text = models.CharField(max_length=400, editable=False)

    objects = PublicBodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("public body")
        verbose_name_plural = _("public bodies")
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"], condition=models.Q(kind="municipality"), name="one_government_per_municipality"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(kind="state"), name="one_government_per_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="municipality") | models.Q(municipality__isnull=False),
                name="municipal_government_has_municipality",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    FEDERAL = (Kind.FEDERATION, Kind.FEDERAL_AGENCY)

    @property
    def is_federal(self) -> bool:
        return self.kind in self.FEDERAL

    @property
    def is_municipal_government(self) -> bool:
        return self.kind == self.Kind.MUNICIPALITY

    def get_absolute_url(self) -> str:
        if self.is_municipal_government:
            return address("municipality", str(self.municipality_id))
        return address("public_body", self.slug)


class Source(models.Model):
    """Where files come from: who published them, at which address, under which licence."""

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    name = models.CharField(_("name"), max_length=300)
    publisher_name = models.CharField(_("published by"), max_length=300)
    url = models.URLField(_("web address"), max_length=1000, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    is_example = models.BooleanField(_("example data"), default=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SourceFileQuerySet(models.QuerySet["SourceFile"]):
    def of(self, user: User | AnonymousUser, *roles: str) -> SourceFileQuerySet:
        """Handed in by an organisation for which the user acts today (in one of the roles, if any are named)."""
        from partners.models import Organisation

        mine = Organisation.objects.of(user, *roles).filter(files__isnull=False)
        return self.filter(pk__in=mine.values("files"))

    def visible_to(self, user: User | AnonymousUser) -> SourceFileQuerySet:
        """Name, hash, publisher and link. For the bytes see the right `datasets.read_original`."""
        from .runs import Ingest

        if sees_everything(user):
            return self
        behind_figures = Ingest.objects.published().filter(file=models.OuterRef("pk"))
        return self.filter(models.Exists(behind_figures) | models.Q(pk__in=self.model.objects.of(user).values("pk")))


class SourceFile(models.Model):
    """One file, byte for byte as it was published. Known by its SHA-256."""

    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("source")
    )
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    size = models.BigIntegerField(_("size in bytes"), editable=False)
    original_name = models.CharField(_("file name"), max_length=255)
    storage_path = models.CharField(max_length=255, editable=False)
    retrieved_from = models.URLField(_("downloaded from"), max_length=1000, blank=True)
    retrieved_at = models.DateTimeField(_("received"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    # Whoever hands in the same bytes has them already: all of them may work with what was read from the file.
    organisations = models.ManyToManyField(
        "partners.Organisation", blank=True, related_name="files", verbose_name=_("handed in by")
    )
    # None: not looked at yet. Until a reading has found none, the original is not public.
    has_personal_data = models.BooleanField(_("holds personal data"), null=True, editable=False)

    objects = SourceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-retrieved_at", "-id"]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_public(self) -> bool:
        return self.has_personal_data is False
