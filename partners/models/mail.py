"""Mail that waits, was sent or failed, and the personal links in it.

A link's token is made when its mail is sent and stored only as a hash: neither a dump of the database nor the outbox
page lets anybody act in somebody's name.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Person


class SignedLinkQuerySet(models.QuerySet["SignedLink"]):
    def live(self) -> SignedLinkQuerySet:
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class SignedLink(models.Model):
    """The right to do one thing with one object, for whoever holds the token: no account needed."""

    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=64, help_text="Public id of the object.")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True, help_text="When it last changed something.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SignedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["purpose", "subject"], name="signed_link_of")]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.subject}"


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    def due(self) -> OutboxMailQuerySet:
        """Waiting, or left half-way by a worker that died: nobody sends one mail for longer than ten minutes."""
        now = timezone.now()
        lost = Q(state=OutboxMail.State.SENDING, taken_at__lt=now - OutboxMail.TAKEN_FOR)
        return self.filter(Q(state=OutboxMail.State.QUEUED, not_before__lte=now) | lost)


class OutboxMail(models.Model):
    """One message to one person. Everything that mails goes through here, so that what failed can be seen."""

    TAKEN_FOR = datetime.timedelta(minutes=10)

    class State(models.TextChoices):
        QUEUED = "en_cola", _("Waiting")
        SENDING = "enviando", _("Being sent")
        SENT = "enviado", _("Sent")
        FAILED = "fallido", _("Failed")
        SUPPRESSED = "suprimido", _("Not sent")

    key = models.CharField(_("key"), max_length=200, unique=True, help_text="The same key is never mailed twice.")
    kind = models.CharField(_("kind"), max_length=40)
    about = models.CharField(_("about"), max_length=100, blank=True, help_text="app.model:public id")
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="mail", verbose_name=_("person")
    )
    to = models.EmailField(_("to"))
    reply_to = models.EmailField(_("answers go to"), blank=True)
    sender_name = models.CharField(_("sender"), max_length=150, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"), help_text="Links stand in it as placeholders.")
    links = models.JSONField(default=dict, help_text="Placeholder: view, purpose, subject, expires_at.")
    ics = models.TextField(_("calendar entry"), blank=True)
    voluntary = models.BooleanField(_("can be unsubscribed from"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=500, blank=True)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    taken_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("outbox")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=["en_cola", "enviando"]), name="outbox_due"),
            models.Index(fields=["about"], name="outbox_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="enviado") | Q(sent_at__isnull=False), name="outbox_sent_has_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
