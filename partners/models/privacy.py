"""What people were told about their data, and what they agreed to. Law: LFPDPPP (DOF, 20 March 2025)."""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Person


class PrivacyNotice(models.Model):
    """One version of the notice in one language. `purposes`: [{"code", "text", "necessary"}]; voluntary ones are asked."""

    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10, choices=[("es-mx", "Español"), ("en", "English")])
    short_text = models.TextField(_("short text"))
    full_text = models.TextField(_("full text"))
    purposes = models.JSONField(_("purposes"), default=list)
    effective_from = models.DateField(_("in force from"), default=timezone.localdate)

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ["-effective_from", "language", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="privacy_notice_once")]

    def __str__(self) -> str:
        return f"{self.version} · {self.language}"


class ConsentRecord(models.Model):
    """One decision about one purpose; the latest counts. Rows are never changed (a trigger refuses it)."""

    class Decision(models.TextChoices):
        GIVEN = "otorgado", _("Given")
        REFUSED = "negado", _("Refused")
        WITHDRAWN = "retirado", _("Withdrawn")

    class Channel(models.TextChoices):
        WEB = "web", _("On the site")
        PAPER = "papel", _("On paper")
        SPOKEN = "verbal", _("Spoken")
        IMPORT = "importacion", _("Imported list")

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents", verbose_name=_("person"))
    purpose = models.CharField(_("purpose"), max_length=40)
    notice = models.ForeignKey(PrivacyNotice, models.PROTECT, related_name="consents", verbose_name=_("privacy notice"))
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.WEB)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "purpose", "-at"], name="consent_latest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.person} · {self.purpose} · {self.get_decision_display()}"


class ArcoRequestQuerySet(models.QuerySet["ArcoRequest"]):
    def open(self) -> ArcoRequestQuerySet:
        return self.exclude(state__in=ArcoRequest.CLOSED)


class ArcoRequest(models.Model):
    """Somebody asks to see, correct or erase their data, objects, or takes a consent back. Due dates come from settings."""

    class Kind(models.TextChoices):
        ACCESS = "acceso", _("See my data")
        RECTIFICATION = "rectificacion", _("Correct my data")
        CANCELLATION = "cancelacion", _("Erase my data")
        OPPOSITION = "oposicion", _("Object to a use of my data")
        REVOCATION = "revocacion", _("Take back my consent")

    class State(models.TextChoices):
        RECEIVED = "recibida", _("Received")
        IDENTIFIED = "identidad_verificada", _("Identity verified")
        GRANTED = "procedente", _("Granted")
        FULFILLED = "cumplida", _("Fulfilled")
        REFUSED = "improcedente", _("Refused")

    CLOSED = (State.FULFILLED, State.REFUSED)
    ABOUT_TEXTS = (Kind.CANCELLATION, Kind.OPPOSITION)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("request"), max_length=15, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=22, choices=State.choices, default=State.RECEIVED)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="arco_requests", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    text = models.TextField(_("what they ask for"), blank=True, max_length=5000)
    identity_note = models.CharField(_("how the identity was verified"), max_length=300, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=5000)
    received_on = models.DateField(_("received"), default=timezone.localdate)
    answer_due_on = models.DateField(_("answer due"))
    fulfil_due_on = models.DateField(_("to be fulfilled by"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArcoRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["answer_due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["cumplida", "improcedente"]) | Q(closed_on__isnull=False),
                name="arco_closed_has_a_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.received_on}"

    @property
    def is_open(self) -> bool:
        return self.state not in self.CLOSED

    @property
    def is_about_texts(self) -> bool:
        """What others wrote about them is looked through before it is done."""
        return self.kind in self.ABOUT_TEXTS

    @property
    def due_on(self) -> datetime.date:
        return self.fulfil_due_on or self.answer_due_on

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()


class TextDecision(models.Model):
    """Where a running text named somebody who asked to be erased, and whether the name was taken out or means another.

    Says where, never whom: the texts are looked through again until the request is closed.
    """

    request = models.ForeignKey(ArcoRequest, models.CASCADE, related_name="text_decisions")
    table = models.CharField(max_length=80)
    row = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    redacted = models.BooleanField(_("the name was taken out"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("decision about a text")
        verbose_name_plural = _("decisions about texts")
        ordering = ["request", "id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "table", "row", "field"], name="text_decided_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.row}.{self.field}"


class Erasure(models.Model):
    """Somebody's data were erased. Says whose only to who has them again: a hash of the key of the restored person."""

    key_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.key_hash[:12]
