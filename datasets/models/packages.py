"""ZIP files that hold several published files: each is a file and a load of its own that knows where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.rules import sees_everything

from .runs import Ingest
from .sources import SourceFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class PackageQuerySet(models.QuerySet["Package"]):
    def visible_to(self, user: User | AnonymousUser) -> PackageQuerySet:
        """For GESOC and whoever handed it in: a package may hold what is not public."""
        return self if sees_everything(user) else self.filter(file__in=SourceFile.objects.of(user).values("pk"))


class Package(models.Model):
    """One unpacking of one ZIP with one set of answers, which hold for every file in it."""

    file = models.ForeignKey(SourceFile, models.CASCADE, related_name="packages", verbose_name=_("file"))
    options = models.JSONField(default=dict, editable=False)
    options_key = models.CharField(max_length=64, editable=False)
    wants_publish = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["file", "options_key"], name="package_once_per_options")]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def is_finished(self) -> bool:
        return not self.members.filter(state=PackageMember.State.WAITING).exists()

    def get_absolute_url(self) -> str:
        return reverse("datasets:package", args=[self.pk])


class PackageMember(models.Model):
    """A file in a package: taken for a load of its own, or left out with the reason why."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        TAKEN = "taken", _("Taken")
        LEFT_OUT = "left_out", _("Not taken")

    package = models.ForeignKey(Package, models.CASCADE, related_name="members", verbose_name=_("package"))
    place = models.PositiveIntegerField(_("place in the package"))
    name = models.TextField(_("name in the package"))
    size = models.BigIntegerField(_("size in bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.TextField(_("why it is left out"), blank=True)
    file = models.ForeignKey(
        SourceFile, models.CASCADE, null=True, blank=True, related_name="found_in", verbose_name=_("file")
    )
    ingest = models.ForeignKey(
        Ingest, models.CASCADE, null=True, blank=True, related_name="found_in", verbose_name=_("load")
    )

    class Meta:
        verbose_name = _("file in a package")
        verbose_name_plural = _("files in packages")
        ordering = ["package_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["package", "place"], name="package_place_once"),
            models.CheckConstraint(
                condition=models.Q(state="taken", file__isnull=False, ingest__isnull=False)
                | (~models.Q(state="taken") & models.Q(file__isnull=True, ingest__isnull=True)),
                name="package_member_taken_has_load",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="left_out") | ~models.Q(reason=""), name="package_member_left_out_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.name
