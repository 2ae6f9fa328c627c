"""What a project writes down as it goes: log entries with attachments, and short learning check-ins."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation

from .projects import Project, Visibility, inside_projects

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class InProjectQuerySet(models.QuerySet[Any]):
    """Things written in a project, each with a visibility of its own. Private ones are for the partners alone: GESOC
    staff that does not take part sees them no more than anybody else."""

    def public(self) -> InProjectQuerySet:
        return self.filter(visibility=Visibility.PUBLIC, project__visibility=Visibility.PUBLIC)

    def visible_to(self, user: User | AnonymousUser) -> InProjectQuerySet:
        return self.filter(inside_projects(user))


class LogEntry(models.Model):
    """What happened, was decided, was found out: one entry of the co-design log."""

    class Kind(models.TextChoices):
        MEETING = "reunion", _("Meeting")
        DECISION = "decision", _("Decision")
        FINDING = "hallazgo", _("Finding")
        CHANGE = "cambio", _("Change")
        ASSUMPTION = "supuesto", _("Assumption")
        RISK = "riesgo", _("Risk")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="log", verbose_name=_("project"))
    on = models.DateField(_("day"), default=timezone.localdate)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.MEETING)
    text = models.TextField(_("what happened"))
    what_changed = models.TextField(_("what changes because of it"), blank=True)
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="+", verbose_name=_("organisations that took part")
    )
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
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["project", "-on"], name="log_by_project")]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="log_entry_says_something")]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return reverse("projects:log", args=[self.project.slug]) + f"#{self.key}"


class Attachment(models.Model):
    """A file beside a log entry. Its kind is what its bytes say; nobody outside sees it unless that was said."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(LogEntry, models.CASCADE, related_name="attachments", verbose_name=_("log entry"))
    original_name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, editable=False)
    is_public = models.BooleanField(_("may be seen by whoever sees the entry"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.original_name

    @property
    def storage_path(self) -> str:
        return f"attachments/{self.sha256[:2]}/{self.sha256}"

    def get_absolute_url(self) -> str:
        return reverse("projects:attachment", args=[self.entry.project.slug, self.key])


class LearningNote(models.Model):
    """Every few weeks, four boxes: did, learned, next, blocked. For the partners alone unless they share it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="notes", verbose_name=_("project"))
    on = models.DateField(_("day"), default=timezone.localdate)
    did = models.TextField(_("What did we do?"))
    learned = models.TextField(_("What did we learn?"), blank=True)
    next = models.TextField(_("What comes next?"), blank=True)
    blocked_by = models.TextField(_("What is in the way?"), blank=True)
    authority = models.PositiveSmallIntegerField(_("authority"), null=True, blank=True)
    acceptance = models.PositiveSmallIntegerField(_("acceptance"), null=True, blank=True)
    ability = models.PositiveSmallIntegerField(_("ability"), null=True, blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("learning note")
        verbose_name_plural = _("learning notes")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(authority__isnull=True) | models.Q(authority__lte=3))
                & (models.Q(acceptance__isnull=True) | models.Q(acceptance__lte=3))
                & (models.Q(ability__isnull=True) | models.Q(ability__lte=3)),
                name="note_room_to_act_0_to_3",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.on:%Y-%m-%d}"
