"""The version of everything that is published: what pages and answers of the API are cached under."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DataVersion(models.Model):
    """One row. Raised inside the transaction that changes what is public, so it never shows before the change does.

    A derived figure such as the newest `published_at` would miss a withdrawal, and two publications whose commits
    come in the other order than their time stamps.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data versions")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="data_version_one_row")]

    def __str__(self) -> str:
        return str(self.value)
