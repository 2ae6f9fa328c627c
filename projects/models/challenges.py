"""Challenges (retos) as a tree of causes, and the data that nobody published yet."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.models import holding
from gesoc.common.text import search_text, sort_key
from partners.models import Organisation
from partners.rules import sees_everything

from .projects import Project, Visibility, part_of, shown_to

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def public(self) -> ChallengeQuerySet:
        in_public = models.Q(project__isnull=True) | models.Q(project__visibility=Visibility.PUBLIC)
        return self.filter(in_public, visibility=Visibility.PUBLIC)

    def visible_to(self, user: User | AnonymousUser) -> ChallengeQuerySet:
        """What its own visibility opens within a project one may see; one's own organisation and projects besides."""
        if sees_everything(user):
            return self
        return self.filter((part_of(user) & shown_to(user)) | _own(user))

    def open(self) -> ChallengeQuerySet:
        """Still asked: neither solved nor merged into another nor dropped."""
        return self.exclude(state__in=Challenge.ENDED)

    def matching(self, text: str) -> ChallengeQuerySet:
        return holding(self, text)


def _own(user: User | AnonymousUser) -> models.Q:
    if user.pk is None:
        return models.Q(pk__in=[])
    own = Organisation.objects.of(user).values("pk")
    return models.Q(organisation__in=own) | models.Q(project__in=Project.objects.of(user).values("pk"))


class Challenge(models.Model):
    """A problem stated so that it can be discussed: who is affected, why it happens, which evidence there is."""

    class State(models.TextChoices):
        PROPOSED = "propuesto", _("Proposed")
        ACCEPTED = "aceptado", _("Accepted")
        PRIORITISED = "priorizado", _("Prioritised")
        IN_PROGRESS = "en_atencion", _("Being attended to")
        SOLVED = "resuelto", _("Solved")
        MERGED = "fusionado", _("Merged")
        DROPPED = "descartado", _("Dropped")

    ENDED = (State.SOLVED, State.MERGED, State.DROPPED)

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    statement = models.TextField(_("statement"))
    who_is_affected = models.TextField(_("who is affected"), blank=True)
    municipalities = models.ManyToManyField(
        "municipalities.Municipality", blank=True, related_name="challenges", verbose_name=_("municipalities")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="challenges", verbose_name=_("project")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    cause_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="causes", verbose_name=_("is a cause of")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PROPOSED)
    state_reason = models.TextField(_("reason of its state"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    # How far those who want it can act (PDIA): 0 none … 3 enough; not yet discussed is NULL.
    authority = models.PositiveSmallIntegerField(_("authority"), null=True, blank=True)
    acceptance = models.PositiveSmallIntegerField(_("acceptance"), null=True, blank=True)
    ability = models.PositiveSmallIntegerField(_("ability"), null=True, blank=True)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    search_text = models.CharField(max_length=400, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(state="fusionado") & models.Q(merged_into__isnull=False))
                | (~models.Q(state="fusionado") & models.Q(merged_into__isnull=True)),
                name="merged_challenge_names_the_other",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["fusionado", "descartado"]) | ~models.Q(state_reason=""),
                name="challenge_put_aside_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(pk=models.F("cause_of")) & ~models.Q(pk=models.F("merged_into")),
                name="challenge_is_not_its_own_cause",
            ),
            models.CheckConstraint(
                condition=(models.Q(authority__isnull=True) | models.Q(authority__lte=3))
                & (models.Q(acceptance__isnull=True) | models.Q(acceptance__lte=3))
                & (models.Q(ability__isnull=True) | models.Q(ability__lte=3)),
                name="challenge_room_to_act_0_to_3",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["publica", "red", "privada"]), name="challenge_visibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        self.sort_key = sort_key(self.title)[:200]
        self.search_text = search_text(f"{self.title} {self.statement}")[:400]
        above, seen = self.cause_of, {self.pk}
        while above is not None and above.pk is not None:
            if above.pk in seen:
                raise ValidationError({"cause_of": _("A challenge cannot be a cause of itself.")})
            seen.add(above.pk)
            above = above.cause_of

    def get_absolute_url(self) -> str:
        return reverse("projects:challenge", args=[self.key])

    @property
    def is_open(self) -> bool:
        return self.state not in self.ENDED


class DataGapQuerySet(models.QuerySet["DataGap"]):
    def public(self) -> DataGapQuerySet:
        return self.filter(
            models.Q(project__visibility=Visibility.PUBLIC)
            | models.Q(project__isnull=True, challenge__in=Challenge.objects.public().values("pk"))
        )

    def visible_to(self, user: User | AnonymousUser) -> DataGapQuerySet:
        """Whoever sees the project or the challenge sees what is missing there; without either, GESOC and its author."""
        if sees_everything(user):
            return self
        found = models.Q(project__in=Project.objects.visible_to(user).values("pk")) | models.Q(
            project__isnull=True, challenge__in=Challenge.objects.visible_to(user).values("pk")
        )
        return self.filter(found | models.Q(created_by=user.pk) if user.pk else found)

    def unanswered(self) -> DataGapQuerySet:
        return self.filter(state__in=(DataGap.State.FOUND, DataGap.State.REQUESTED))

    def overdue(self, on: object = None) -> DataGapQuerySet:
        return self.filter(state=DataGap.State.REQUESTED, due_on__lt=on or timezone.localdate())


class DataGap(models.Model):
    """Something that should be published and is not: asked for with a folio and a date, until it is a dataset."""

    class State(models.TextChoices):
        FOUND = "detectado", _("Noticed")
        REQUESTED = "solicitado", _("Requested")
        ANSWERED = "respondido", _("Answered")
        DENIED = "negado", _("Denied")
        PUBLISHED = "publicado", _("Published")

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="gaps", verbose_name=_("project")
    )
    challenge = models.ForeignKey(
        Challenge, models.PROTECT, null=True, blank=True, related_name="gaps", verbose_name=_("challenge")
    )
    what_is_missing = models.TextField(_("what is missing"))
    public_body = models.ForeignKey(
        "datasets.PublicBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="data_gaps",
        verbose_name=_("who should publish it"),
    )
    addressee = models.CharField(_("office or unit"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.FOUND)
    letter = models.TextField(_("letter"), blank=True)
    folio = models.CharField(_("folio"), max_length=60, blank=True)
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    due_on = models.DateField(_("answer due on"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    resulting_source = models.ForeignKey(
        "datasets.Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_gaps",
        verbose_name=_("resulting dataset"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DataGapQuerySet.as_manager()

    class Meta:
        verbose_name = _("data gap")
        verbose_name_plural = _("data gaps")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="detectado")
                | models.Q(asked_on__isnull=False, due_on__isnull=False)
                | models.Q(state="publicado"),
                name="requested_gap_has_dates",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["respondido", "negado"]) | models.Q(answered_on__isnull=False),
                name="answered_gap_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(asked_on__isnull=True)
                | models.Q(due_on__isnull=True)
                | models.Q(due_on__gte=models.F("asked_on")),
                name="gap_due_after_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.what_is_missing[:80]

    def get_absolute_url(self) -> str:
        return reverse("projects:gap", args=[self.key])

    @property
    def is_overdue(self) -> bool:
        return self.state == self.State.REQUESTED and self.due_on is not None and self.due_on < timezone.localdate()
