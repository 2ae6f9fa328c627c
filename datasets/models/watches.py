"""Published files that are fetched from their address on a schedule, with the evidence of every fetch."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.rules import sees_everything

from .packages import Package
from .runs import Ingest
from .sources import Source, SourceFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, user: User | AnonymousUser) -> WatchQuerySet:
        """For GESOC and for whoever acts for the organisation that set it up."""
        from partners.models import Organisation

        if sees_everything(user):
            return self
        return self.filter(organisation__in=Organisation.objects.of(user).values("pk"))

    def due(self) -> WatchQuerySet:
        return self.filter(state=Watch.State.ACTIVE, next_at__lte=timezone.now())

    def late(self) -> WatchQuerySet:
        """Nothing new for longer than whoever set it up expects, or not on the day that was promised."""
        days = models.ExpressionWrapper(models.F("late_after") * timedelta(days=1), output_field=models.DurationField())
        watched = self.filter(state=Watch.State.ACTIVE).annotate(awaited=models.F("news_at") + days)
        return watched.filter(models.Q(awaited__lt=timezone.now()) | models.Q(expected_on__lt=timezone.localdate()))


class Watch(models.Model):
    """A source whose address is fetched every so often for whoever set it up."""

    class Cadence(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    class State(models.TextChoices):
        ACTIVE = "active", _("Watched")
        PAUSED = "paused", _("Paused")
        STOPPED = "stopped", _("Stopped after failures")

    class Months(models.IntegerChoices):
        """After how many of them the publisher promises the next file."""

        ONE = 1, _("Every month")
        TWO = 2, _("Every two months")
        QUARTER = 3, _("Every quarter")
        HALF = 6, _("Every half year")
        YEAR = 12, _("Every year")

    DAYS = {"daily": 1, "weekly": 7, "monthly": 30}

    source = models.OneToOneField(Source, models.PROTECT, related_name="watch", verbose_name=_("source"))
    organisation = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="watches",
        verbose_name=_("organisation"),
    )
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who is told"),
    )
    cadence = models.CharField(_("how often"), max_length=10, choices=Cadence.choices, default=Cadence.WEEKLY)
    late_after = models.PositiveSmallIntegerField(_("late after so many days without news"), null=True, blank=True)
    expected_on = models.DateField(_("day on which the next file is expected"), null=True, blank=True)
    comes_every = models.PositiveSmallIntegerField(
        _("and those after it"), choices=Months.choices, null=True, blank=True
    )
    # The answers about its files, as `ingest_options` takes them.
    options = models.JSONField(default=dict, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    next_at = models.DateTimeField(_("next check"), default=timezone.now)
    news_at = models.DateTimeField(_("last news"), default=timezone.now, editable=False)
    # What is sent along so that an unchanged file is not sent again, and what the last one was.
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("watched source")
        verbose_name_plural = _("watched sources")
        ordering = ["source__name", "id"]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="active"), name="watch_due")]

    def __str__(self) -> str:
        return str(self.source)

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.DAYS[self.cadence])

    @property
    def expected_by(self) -> date | None:
        """The last day on which the next file is in time, by what whoever set it up said."""
        days = [] if self.expected_on is None else [self.expected_on]
        if self.late_after is not None:
            days.append(timezone.localdate(self.news_at + timedelta(days=self.late_after)))
        return min(days, default=None)

    @property
    def is_overdue(self) -> bool:
        return self.expected_on is not None and self.expected_on < timezone.localdate()

    @property
    def is_late(self) -> bool:
        """As `late` finds it."""
        is_silent = self.late_after is not None and self.news_at + timedelta(days=self.late_after) < timezone.now()
        return self.state == self.State.ACTIVE and (is_silent or self.is_overdue)

    def get_absolute_url(self) -> str:
        return reverse("datasets:watch", args=[self.pk])


class Fetch(models.Model):
    """One look at the address: what was asked, what came, what was made of it. Kept as evidence."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("In progress")
        UNCHANGED = "unchanged", _("Nothing new")
        NEW = "new", _("New file")
        FAILED = "failed", _("Failed")

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="fetches", verbose_name=_("watched source"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    url = models.URLField(_("address in the end"), max_length=2000, blank=True)
    address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer of the server"), null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    size = models.BigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)
    file = models.ForeignKey(SourceFile, models.SET_NULL, null=True, blank=True, related_name="fetches")
    ingest = models.ForeignKey(Ingest, models.SET_NULL, null=True, blank=True, related_name="fetches")
    package = models.ForeignKey(Package, models.SET_NULL, null=True, blank=True, related_name="fetches")

    class Meta:
        verbose_name = _("fetch")
        verbose_name_plural = _("fetches")
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch"], condition=models.Q(outcome="running"), name="one_fetch_at_a_time_per_watch"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="running") | models.Q(ended_at__isnull=False), name="ended_fetch_has_its_end"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="failed") | ~models.Q(error=""), name="failed_fetch_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.watch_id} · {self.get_outcome_display()}"
