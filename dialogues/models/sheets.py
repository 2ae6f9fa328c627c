"""A photograph of the sheet that people signed at the door."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SheetPhoto(models.Model):
    """Names and signatures, for the team alone: the picture is erased once it is written down, and after a month anyway.

    Its row stays, so that it can be said what was kept, by whom and until when.
    """

    MOST = 20  # of one dialogue

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        "dialogues.Session", models.PROTECT, related_name="sheet_photos", verbose_name=_("dialogue")
    )
    content_type = models.CharField(max_length=20, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        verbose_name = _("photo of a signed sheet")
        verbose_name_plural = _("photos of signed sheets")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.session}, {self.added_at:%Y-%m-%d %H:%M}"

    @property
    def storage_path(self) -> str:
        """Never by what it holds: two equal pictures are erased apart."""
        return f"sheets/{self.key}"

    def get_absolute_url(self) -> str:
        return reverse("dialogues:sheet_photo", args=[self.session.slug, self.key])
