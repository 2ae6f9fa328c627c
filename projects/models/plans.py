"""What a project sets out to do and how it knows: activities, hypotheses of change, indicators and their readings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation

from .evidence import Evidence
from .projects import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class OfProjectQuerySet(models.QuerySet[Any]):
    """Parts of a project that are seen by whoever sees it."""

    def visible_to(self, user: User | AnonymousUser) -> OfProjectQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))


class Activity(models.Model):
    """Something to do, or a milestone to reach, with who answers for it and by when."""

    class Kind(models.TextChoices):
        ACTIVITY = "actividad", _("Activity")
        MILESTONE = "hito", _("Milestone")

    class State(models.TextChoices):
        PENDING = "pendiente", _("Pending")
        IN_PROGRESS = "en_curso", _("In progress")
        DONE = "hecha", _("Done")
        CANCELLED = "cancelada", _("Cancelled")

    OPEN = (State.PENDING, State.IN_PROGRESS)

    project = models.ForeignKey(Project, models.PROTECT, related_name="activities", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ACTIVITY)
    title = models.CharField(_("title"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation that answers for it")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="project_activities",
        verbose_name=_("person"),
    )
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(state="hecha") & models.Q(done_on__isnull=False))
                | (~models.Q(state="hecha") & models.Q(done_on__isnull=True)),
                name="done_activity_has_a_date",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        return self.state in self.OPEN and self.due_on < timezone.localdate()


class ChangeHypothesis(models.Model):
    """The theory of change in one sentence: if … then … because …. A change makes a new row and keeps its reason."""

    class State(models.TextChoices):
        HELD = "vigente", _("Held")
        ADJUSTED = "ajustada", _("Adjusted")
        DROPPED = "descartada", _("Dropped hypothesis")

    project = models.ForeignKey(Project, models.PROTECT, related_name="hypotheses", verbose_name=_("project"))
    if_text = models.TextField(_("If …"))
    then_text = models.TextField(_("then …"))
    because_text = models.TextField(_("because …"))
    assumptions = models.TextField(_("what we take for granted"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    state_reason = models.TextField(_("reason"), blank=True)
    changed_on = models.DateField(_("changed on"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("hypothesis of change")
        verbose_name_plural = _("hypotheses of change")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="vigente") | (~models.Q(state_reason="") & models.Q(changed_on__isnull=False)),
                name="changed_hypothesis_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.if_text[:80]


class Indicator(models.Model):
    """A number that shows whether things move: read by hand and reviewed, or taken from a published figure."""

    class Direction(models.TextChoices):
        UP = "sube", _("Should rise")
        DOWN = "baja", _("Should fall")

    project = models.ForeignKey(Project, models.PROTECT, related_name="indicators", verbose_name=_("project"))
    name = models.CharField(_("name"), max_length=200)
    definition = models.TextField(_("how it is counted"))
    unit = models.CharField(_("unit"), max_length=40)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction.choices, default=Direction.UP)
    baseline = models.DecimalField(_("baseline"), max_digits=20, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(_("day of the baseline"), null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("day of the target"), null=True, blank=True)
    # A card of evidence whose figure feeds it: a newer release brings a new reading.
    fed_by = models.ForeignKey(
        Evidence,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("fed by the figure of a card"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:indicator", args=[self.project.slug, self.pk])


class ReadingQuerySet(models.QuerySet["Reading"]):
    def approved(self) -> ReadingQuerySet:
        return self.filter(state=Reading.State.APPROVED)


class Reading(models.Model):
    """A value of an indicator. Only an approved one is shown; a correction is a new row."""

    class State(models.TextChoices):
        SENT = "enviada", _("Sent for review")
        RETURNED = "devuelta", _("Sent back")
        APPROVED = "aprobada", _("Approved")
        CORRECTED = "corregida", _("Corrected")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="readings", verbose_name=_("indicator"))
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4)
    as_of = models.DateField(_("day of the value"), default=timezone.localdate)
    note = models.TextField(_("how we know"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENT)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    review_note = models.TextField(_("note of the review"), blank=True)
    release = models.ForeignKey("datasets.Release", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-as_of", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="devuelta") | ~models.Q(review_note=""), name="returned_reading_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value.normalize() if isinstance(self.value, Decimal) else self.value:f}"
