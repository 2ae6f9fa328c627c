"""Following the money: a team takes a public programme and answers the guiding questions, or says what is not there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .challenges import Challenge, DataGap
from .evidence import Evidence
from .projects import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class GuidingQuestion(models.Model):
    """The template of the exercise; staff edits it, and every new exercise copies what it says that day."""

    order = models.PositiveSmallIntegerField(_("order"))
    text = models.CharField(_("question"), max_length=300)
    where_to_look = models.TextField(_("where to look"), blank=True)
    is_active = models.BooleanField(_("asked in new exercises"), default=True)

    class Meta:
        verbose_name = _("guiding question")
        verbose_name_plural = _("guiding questions")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text


class MoneyTrailQuerySet(models.QuerySet["MoneyTrail"]):
    def visible_to(self, user: User | AnonymousUser) -> MoneyTrailQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))


class MoneyTrail(models.Model):
    """One exercise of a project: which programme, which challenge it is about."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="trails", verbose_name=_("project"))
    challenge = models.ForeignKey(
        Challenge, models.PROTECT, null=True, blank=True, related_name="trails", verbose_name=_("challenge")
    )
    title = models.CharField(_("title"), max_length=200)
    programme = models.CharField(_("public programme or work"), max_length=300)
    public_body = models.ForeignKey(
        "datasets.PublicBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public body"),
    )
    started_on = models.DateField(_("begun on"), default=timezone.localdate)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MoneyTrailQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-the-money exercise")
        verbose_name_plural = _("follow-the-money exercises")
        ordering = ["-started_on", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:trail", args=[self.key])


class TrailAnswer(models.Model):
    """One question of an exercise: found, in part, or not, with the evidence or the search that failed."""

    class State(models.TextChoices):
        OPEN = "pendiente", _("Not looked for yet")
        FOUND = "encontrado", _("Found")
        PARTLY = "en_parte", _("Found in part")
        NOT_FOUND = "no_encontrado", _("Not found")

    trail = models.ForeignKey(MoneyTrail, models.CASCADE, related_name="answers")
    order = models.PositiveSmallIntegerField()
    question = models.CharField(_("question"), max_length=300)
    where_to_look = models.TextField(_("where to look"), blank=True)
    state = models.CharField(_("result"), max_length=15, choices=State.choices, default=State.OPEN)
    text = models.TextField(_("answer"), blank=True)
    failed_search = models.TextField(_("what was searched, and where"), blank=True)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    gap = models.OneToOneField(DataGap, models.PROTECT, null=True, blank=True, related_name="asked_in")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["trail", "order"], name="trail_answer_once_per_place"),
            models.CheckConstraint(
                condition=~models.Q(state="no_encontrado") | ~models.Q(failed_search=""),
                name="not_found_tells_the_search",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["encontrado", "en_parte"]) | ~models.Q(text=""),
                name="found_tells_the_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class RouteStep(models.Model):
    """A source that was opened along the way, in order: so that others can walk it again."""

    trail = models.ForeignKey(MoneyTrail, models.CASCADE, related_name="route")
    order = models.PositiveSmallIntegerField()
    source = models.CharField(_("source"), max_length=300)
    url = models.URLField(_("web address"), max_length=1000, blank=True)
    found = models.CharField(_("what was there"), max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("step of the route")
        verbose_name_plural = _("steps of the route")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["trail", "order"], name="route_step_once_per_place")]

    def __str__(self) -> str:
        return self.source
