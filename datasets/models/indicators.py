"""What is computed of a public body's year, and the questions that follow: each with its rows, its review, its reply.

Values and flags follow from published releases and from the catalogue in `datasets.indicators`; reviews and replies are
people's, and only ever added to.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.rules import sees_everything

from .sources import PublicBody

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from datasets.indicators.base import Indicator
    from partners.models import User


class IndicatorValue(models.Model):
    """One indicator of one body and year; without a value it says why there is none."""

    public_body = models.ForeignKey(PublicBody, models.CASCADE, related_name="indicator_values")
    year = models.SmallIntegerField(_("year"))
    indicator = models.CharField(_("indicator"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    family = models.CharField(max_length=12)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=4, null=True)
    numerator = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    count = models.IntegerField(null=True)
    # Why it cannot be known, a key of `datasets.indicators.base.REASONS`; empty where there is a value.
    reason = models.CharField(max_length=20, blank=True)
    releases = models.JSONField(default=list)
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        ordering = ["public_body_id", "year", "indicator"]
        constraints = [
            models.UniqueConstraint(fields=["public_body", "year", "indicator"], name="one_value_per_indicator"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True, reason__gt="") | models.Q(value__isnull=False, reason=""),
                name="indicator_value_or_reason",
            ),
        ]
        indexes = [models.Index(fields=["indicator", "-value"], name="indicator_by_value")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"

    @property
    def entry(self) -> Indicator:
        from datasets.indicators import CATALOGUE

        return CATALOGUE[self.indicator]


class FlagQuerySet(models.QuerySet["Flag"]):
    def standing(self) -> FlagQuerySet:
        """Those that today's public figures give."""
        return self.filter(gone_at=None)

    def visible_to(self, user: User | AnonymousUser) -> FlagQuerySet:
        """Those of today for everybody; GESOC also sees the ones whose figures were replaced or taken away."""
        return self if sees_everything(user) else self.standing()


class Flag(models.Model):
    """A question that the published figures raise. It proves nothing."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        EXPLAINED = "explained", _("Explained")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    public_body = models.ForeignKey(PublicBody, models.CASCADE, related_name="flags", verbose_name=_("public body"))
    year = models.SmallIntegerField(_("year"))
    indicator = models.CharField(_("indicator"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    # Of whom or what within body and year: "proveedor-12", "6000"; empty for the whole.
    subject = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=4)
    params = models.JSONField(default=dict)  # for the words of the question
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)
    # When newer figures stopped raising it; kept because somebody had reviewed it.
    gone_at = models.DateTimeField(_("no longer raised since"), null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-year", "indicator", "-value", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["public_body", "year", "indicator", "subject"], name="one_flag_per_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("datasets:flag", args=[self.key])

    @property
    def entry(self) -> Indicator:
        from datasets.indicators import CATALOGUE

        return CATALOGUE[self.indicator]

    @property
    def question(self) -> str:
        return self.entry.ask(self.year, self.params)


class FlagRow(models.Model):
    """A row of a published file on which the question rests."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="rows")
    public_body = models.ForeignKey(
        PublicBody, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    fingerprint = models.CharField(max_length=16)
    release = models.ForeignKey(
        "datasets.Release", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    line_no = models.IntegerField()

    class Meta:
        verbose_name = _("row of a flag")
        verbose_name_plural = _("rows of a flag")
        ordering = ["flag_id", "release_id", "line_no"]
        indexes = [models.Index(fields=["public_body", "fingerprint"], name="flag_row_by_contract")]


class FlagReview(models.Model):
    """Somebody's judgement of a flag, with the reason; the newest is the flag's state."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="reviews")
    state = models.CharField(_("state"), max_length=10, choices=Flag.State.choices)
    reason = models.TextField(_("reason"), max_length=2000)
    value = models.DecimalField(max_digits=24, decimal_places=4)  # of the flag when it was judged
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("review of a flag")
        verbose_name_plural = _("reviews of flags")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(reason__gt=""), name="flag_review_has_reason")]


class FlagReply(models.Model):
    """What the public body answered, in its own words, and who received it."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="replies")
    text = models.TextField(_("what it answered"), max_length=4000)
    signed_by = models.CharField(_("who answers, and in which office"), max_length=300)
    answered_on = models.DateField(_("day of the answer"))
    url = models.URLField(_("link to the answer"), max_length=1000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reply to a flag")
        verbose_name_plural = _("replies to flags")
        ordering = ["answered_on", "id"]


class DisclosureScore(models.Model):
    """How much of a body's year is published and in which form, by `datasets.disclosure`, with what it was made of."""

    public_body = models.ForeignKey(PublicBody, models.CASCADE, related_name="disclosure_scores")
    year = models.SmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    coverage = models.DecimalField(_("part of the weights that could be judged"), max_digits=5, decimal_places=2)
    parts = models.JSONField(default=list)
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("disclosure score")
        verbose_name_plural = _("disclosure scores")
        ordering = ["public_body_id", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["public_body", "year"], name="one_disclosure_score_per_year"),
            models.CheckConstraint(
                condition=models.Q(score__range=(0, 100), coverage__range=(0, 100)), name="disclosure_score_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_body_id} {self.year}: {self.score}"
