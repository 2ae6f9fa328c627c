"""What hangs on the hour of a session: reminders, news of a change, and feeds for other calendars."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation

from .sessions import Session


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self, now: datetime.datetime | None = None) -> ReminderQuerySet:
        return self.filter(state=Reminder.State.WAITING, due_at__lte=now or timezone.now())


class Reminder(models.Model):
    """A reminder that waits. It is meant for one beginning: if the session moved since, its checksum no longer fits."""

    class Audience(models.TextChoices):
        REGISTERED = "registradas", _("Everybody with a place")
        UNANSWERED = "sin_respuesta", _("Whoever has not answered")
        TEAM = "equipo", _("Whoever runs it")

    class State(models.TextChoices):
        WAITING = "pendiente", _("Waiting")
        SENT = "enviado", _("Sent")
        DROPPED = "descartado", _("Dropped")

    session = models.ForeignKey(Session, models.CASCADE, related_name="reminders", verbose_name=_("dialogue"))
    audience = models.CharField(_("for"), max_length=13, choices=Audience.choices)
    offset = models.DurationField(_("before the beginning"))
    due_at = models.DateTimeField(_("due"))
    checksum = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "audience", "offset", "checksum"], name="reminder_once")
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="pendiente"), name="reminder_due")]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_audience_display()}"


class ChangeNotice(models.Model):
    """What people have to be told about a session. Edits that follow one another are one notice and one mail."""

    class Kind(models.TextChoices):
        MOVED = "cambio", _("Change")
        CANCELLED = "cancelacion", _("Cancellation")

    session = models.ForeignKey(Session, models.CASCADE, related_name="notices", verbose_name=_("dialogue"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.MOVED)
    before = models.JSONField(_("before"), default=dict)
    due_at = models.DateTimeField(_("to be told at"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    people_told = models.PositiveIntegerField(_("people told"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("notice of a change")
        verbose_name_plural = _("notices of changes")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(told_at__isnull=True), name="one_waiting_notice_a_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_kind_display()}"


class CalendarToken(models.Model):
    """The address of a private feed: whoever knows it reads it, until it is revoked. Kept as a hash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="calendar_tokens"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="calendar_tokens"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("private calendar")
        verbose_name_plural = _("private calendars")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organisation__isnull=True)
                | Q(user__isnull=True, organisation__isnull=False),
                name="calendar_of_one_owner",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="one_live_calendar_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.organisation)
