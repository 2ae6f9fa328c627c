"""Outcomes in the manner of outcome harvesting: who changed what, why it matters, what we had to do with it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Person

from .evidence import Evidence
from .log import InProjectQuerySet
from .projects import Project, Visibility


class Outcome(models.Model):
    """A change in what somebody outside does, seen and told so that a third person can say whether it is true."""

    class Kind(models.TextChoices):
        BEHAVIOUR = "conducta", _("Behaviour")
        RELATION = "relacion", _("Relation")
        ACTION = "accion", _("Action")
        POLICY = "politica", _("Policy")
        PRACTICE = "practica", _("Practice")

    class State(models.TextChoices):
        STATED = "formulado", _("Stated")
        CHECKING = "en_verificacion", _("Being verified")
        VERIFIED = "verificado", _("Verified")
        PARTLY = "verificado_en_parte", _("Verified in part")
        NOT_VERIFIED = "no_verificado", _("Not verified")
        WITHDRAWN = "retirado", _("Withdrawn")

    class Level(models.IntegerChoices):
        SMALL = 1, _("A first sign")
        MIDDLE = 2, _("A clear step")
        GREAT = 3, _("A lasting change")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="outcomes", verbose_name=_("project"))
    actor = models.CharField(_("who changed"), max_length=200, help_text=_("A person's office or an organisation."))
    what_changed = models.TextField(_("what changed"))
    on = models.DateField(_("since when"), default=timezone.localdate)
    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outcomes",
        verbose_name=_("municipality"),
    )
    kind = models.CharField(_("kind of change"), max_length=10, choices=Kind.choices, default=Kind.PRACTICE)
    is_positive = models.BooleanField(_("it is for the better"), default=True)
    is_intended = models.BooleanField(_("it was intended"), default=True)
    significance = models.TextField(_("why it matters"))
    level = models.PositiveSmallIntegerField(_("how far it goes"), choices=Level.choices, default=Level.SMALL)
    contribution = models.TextField(_("what we had to do with it"))
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="outcomes", verbose_name=_("evidence"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.STATED)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = InProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__range=(1, 3)), name="outcome_level_1_to_3"),
        ]

    def __str__(self) -> str:
        return self.what_changed[:80]

    def get_absolute_url(self) -> str:
        return reverse("projects:outcome", args=[self.key])


class Substantiation(models.Model):
    """What an outside person says about an outcome. Asked by mail, answered through a personal link, once."""

    class Verdict(models.TextChoices):
        AGREES = "de_acuerdo", _("It happened as told")
        PARTLY = "en_parte", _("It happened in part")
        DISAGREES = "en_desacuerdo", _("It did not happen so")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="substantiations", verbose_name=_("outcome"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    verdict = models.CharField(_("verdict"), max_length=15, choices=Verdict.choices, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    show_name = models.BooleanField(_("may be named"), default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("substantiation")
        verbose_name_plural = _("substantiations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "person"], name="substantiation_once_per_person"),
            models.CheckConstraint(
                condition=models.Q(verdict="", answered_at__isnull=True)
                | (~models.Q(verdict="") & models.Q(answered_at__isnull=False)),
                name="substantiation_answered_with_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} · {self.get_verdict_display() or '…'}"
