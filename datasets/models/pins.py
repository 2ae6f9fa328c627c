"""Figures that somebody cites: a short address that never changes, and a copy of what it showed on that day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .runs import Release


class PinnedFigure(models.Model):
    """Made from the page itself, never typed: `html` is what our own template drew.

    The same figure of the same version of the data is one row, however many people ask for it.
    """

    key = models.CharField(max_length=12, primary_key=True)
    address = models.CharField(_("address"), max_length=2000)
    figure = models.CharField(_("figure"), max_length=40)
    title = models.CharField(_("title"), max_length=500)
    place = models.CharField(_("of whom"), max_length=300, blank=True)
    html = models.TextField(editable=False)
    data_version = models.BigIntegerField(_("data version"))
    # What the figure was made of: if one of its releases is withdrawn, so is the copy. One reading may hold releases of several
    # bodies; copies from before these were kept know their readings alone.
    releases = ArrayField(models.IntegerField(), default=list, editable=False)
    ingests = ArrayField(models.IntegerField(), default=list, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("pinned figure")
        verbose_name_plural = _("pinned figures")
        ordering = ["-created_at", "key"]
        constraints = [
            models.UniqueConstraint(fields=["address", "figure", "data_version"], name="figure_pinned_once"),
            models.CheckConstraint(condition=models.Q(address__startswith="/"), name="pinned_address_is_ours"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("pinned_figure", args=[self.key])

    @property
    def is_withdrawn(self) -> bool:
        of = {"pk__in": self.releases} if self.releases else {"ingest__in": self.ingests}
        return Release.objects.filter(**of, status=Release.Status.WITHDRAWN).exists()
