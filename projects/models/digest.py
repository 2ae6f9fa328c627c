"""When somebody wants their week by mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DigestChoice(models.Model):
    """The day and hour that somebody chose, on the clocks of their place. Without one: Monday at eight."""

    class Day(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_choice", verbose_name=_("user")
    )
    wanted = models.BooleanField(_("wanted"), default=True)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Day.choices, default=Day.MONDAY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=8)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("choice of the digest")
        verbose_name_plural = _("choices of the digest")
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6, hour__lte=23), name="digest_day_and_hour_exist")
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.hour}:00"
