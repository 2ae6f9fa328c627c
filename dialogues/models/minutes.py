"""Minutes: every saving is a revision of its own; what was published is never changed, only corrected by a new one."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .commitments import append_only


class MinutesRevision(models.Model):
    class State(models.TextChoices):
        DRAFT = "borrador", _("Draft")
        REVIEW = "en_revision", _("Being reviewed by those who attended")
        PUBLISHED = "publicada", _("Published")

    session = models.ForeignKey("dialogues.Session", models.PROTECT, related_name="minutes")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    body = models.TextField(_("text"))
    change_note = models.TextField(_("what was corrected"), blank=True)
    edition = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Number among the published ones.")
    review_until = models.DateTimeField(_("comments until"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("revision of minutes")
        verbose_name_plural = _("revisions of minutes")
        ordering = ["session", "-number"]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="publicada"),
            )
        ]
        constraints = [
            # Two who save from the same revision would both be its successor: the second is told.
            models.UniqueConstraint(fields=["session", "number"], name="minutes_revision_once"),
            models.UniqueConstraint(fields=["session", "edition"], name="minutes_edition_once"),
            models.CheckConstraint(
                condition=Q(state="publicada", edition__isnull=False) | ~Q(state="publicada") & Q(edition__isnull=True),
                name="published_minutes_are_numbered",
            ),
            models.CheckConstraint(
                condition=Q(edition__isnull=True) | Q(edition=1) | ~Q(change_note=""), name="erratum_says_what_changed"
            ),
            models.CheckConstraint(
                condition=~Q(state="en_revision") | Q(review_until__isnull=False), name="review_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.number}"


class MinutesPdf(models.Model):
    """A published edition as a PDF: made once by a worker, kept by its hash, never made anew."""

    FAILED_AFTER = 3

    revision = models.OneToOneField(MinutesRevision, models.PROTECT, related_name="pdf")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Empty: not made yet.")
    size = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often it could not be made.")
    tried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("PDF of minutes")
        verbose_name_plural = _("PDFs of minutes")
        triggers = [
            pgtrigger.Protect(
                name="made_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sha256__gt=""),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256="", size=0, made_at__isnull=True)
                | ~Q(sha256="") & Q(size__gt=0, made_at__isnull=False),
                name="minutes_pdf_made_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} · PDF"

    @property
    def has_failed(self) -> bool:
        """It is still tried, but not soon."""
        return self.tries >= self.FAILED_AFTER

    @property
    def storage_path(self) -> str:
        return f"minutes/{self.sha256[:2]}/{self.sha256}"


class MinutesComment(models.Model):
    """What somebody who attended says about minutes before they are published; only those who write them read it."""

    revision = models.ForeignKey(MinutesRevision, models.PROTECT, related_name="comments")
    person = models.ForeignKey("partners.Person", models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]
