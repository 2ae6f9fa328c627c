"""Who came, as open data tell it: counted once, when the minutes are published, and never again."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from .commitments import append_only


class ParticipationCount(models.Model):
    """No sector of fewer than five. It does not follow later changes: two copies of the open data, taken on different
    days, cannot be subtracted to find out who was added or taken off in between."""

    session = models.OneToOneField("dialogues.Session", models.PROTECT, related_name="participation")
    # [[sector, number], …] with the smaller ones together as "otros"; empty where fewer than five came.
    sectors = models.JSONField(default=list)
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = append_only("counted_once")

    def __str__(self) -> str:
        return f"{self.session}: {self.people}"

    @property
    def people(self) -> int | None:
        """None: too few to be told."""
        return sum(number for _sector, number in self.sectors) or None
