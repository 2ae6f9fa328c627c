"""What was merged, imported and exported, by whom and why: records that let it be undone or answered for."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .privacy import PrivacyNotice


class Merge(models.Model):
    """Two records turned out to be one. Keeps what was moved, so that it can be taken back for some weeks."""

    class Kind(models.TextChoices):
        PERSON = "person", _("people")
        ORGANISATION = "organisation", _("organisations")

    kind = models.CharField(_("of"), max_length=12, choices=Kind.choices)
    source_id = models.BigIntegerField(_("number of the merged one"))
    target_id = models.BigIntegerField(_("number of the one that stays"))
    moved = models.JSONField(default=list, encoder=DjangoJSONEncoder, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("taken back by"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(source_id=models.F("target_id")), name="merge_of_two_different_ones"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.source_id} → {self.target_id}"

    @property
    def undo_until(self) -> datetime.datetime:
        return self.at + datetime.timedelta(days=settings.MERGE_UNDO_DAYS)

    @property
    def can_be_undone(self) -> bool:
        return self.undone_at is None and bool(self.moved) and timezone.now() < self.undo_until


class NotDuplicate(models.Model):
    """Somebody looked: these two are different, and are not suggested again."""

    kind = models.CharField(max_length=12, choices=Merge.Kind.choices)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "one_id", "other_id"], name="not_duplicate_once"),
            models.CheckConstraint(condition=models.Q(one_id__lt=models.F("other_id")), name="not_duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.one_id} ≠ {self.other_id}"


class ImportBatch(models.Model):
    """A list that somebody sent in, between its preview and its taking over; its rows are forgotten afterwards."""

    class Kind(models.TextChoices):
        PEOPLE = "people", _("people")
        ORGANISATIONS = "organisations", _("organisations")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("of"), max_length=15, choices=Kind.choices)
    file_name = models.CharField(_("file"), max_length=255)
    source = models.CharField(_("source"), max_length=200)
    notice = models.ForeignKey(
        PrivacyNotice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("privacy notice")
    )
    informed = models.BooleanField(_("they know the notice"), default=False)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    rows = models.JSONField(default=list, editable=False)
    added = models.PositiveIntegerField(_("added"), default=0)
    refused = models.PositiveIntegerField(_("not added"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by"), related_name="+"
    )
    created_at = models.DateTimeField(_("sent in"), default=timezone.now)
    finished_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("imported list")
        verbose_name_plural = _("imported lists")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name


class SensitiveExport(models.Model):
    """Personal data left the platform: who took them, what, how many, for whom and why."""

    what = models.CharField(_("what"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    rows = models.PositiveIntegerField(_("rows"))
    acting_for = models.CharField(_("acting for"), max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("export of personal data")
        verbose_name_plural = _("exports of personal data")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="sensitive_export_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.what} ({self.rows})"
