"""What is said in the room. Under the Chatham House rule the database itself keeps no speaker."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Sector

# Whether a note is under the rule follows from its session and its part of the agenda, whoever writes the row.
COPY_RULE = """
    SELECT s.confidentiality = 'chatham' OR s.promised_rule OR COALESCE(i.chatham, FALSE) INTO NEW.chatham
      FROM dialogues_session s LEFT JOIN dialogues_agendaitem i ON i.id = NEW.item_id
     WHERE s.id = NEW.session_id;
    RETURN NEW;
"""


class Contribution(models.Model):
    """A note of a table or of the plenary: one thought, and of what kind it is."""

    class Kind(models.TextChoices):
        PROBLEM = "problema", _("Problem")
        CAUSE = "causa", _("Cause")
        DATA = "dato", _("Fact")
        PROPOSAL = "propuesta", _("Proposal")
        DOUBT = "duda", _("Doubt")

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    session = models.ForeignKey("dialogues.Session", models.PROTECT, related_name="contributions")
    item = models.ForeignKey(
        "dialogues.AgendaItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("part of the agenda"),
    )
    table = models.ForeignKey(
        "dialogues.Table",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("table"),
    )
    text = models.TextField(_("note"), max_length=2000)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PROBLEM)
    chatham = models.BooleanField(default=False, editable=False)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices, blank=True)
    speaker = models.ForeignKey(
        "partners.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("who said it"),
    )
    challenge = models.ForeignKey(
        "projects.Challenge",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name=_("challenge"),
    )
    captured_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["session", "created_at"], name="notes_of_session")]
        triggers = [
            pgtrigger.Trigger(
                name="copy_rule",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=COPY_RULE,
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(chatham=False) | Q(speaker__isnull=True),
                name="no_speaker_under_chatham",
                violation_error_message=_("Under the Chatham House rule nobody's name is written down."),
            ),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class SessionEvidence(models.Model):
    """A card of evidence on the table of a session, for a part of its agenda or for none in particular; the one that is
    shown stands on the projector."""

    session = models.ForeignKey("dialogues.Session", models.CASCADE, related_name="evidence_uses")
    evidence = models.ForeignKey("projects.Evidence", models.PROTECT, related_name="session_uses")
    item = models.ForeignKey(
        "dialogues.AgendaItem",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="evidence_uses",
        verbose_name=_("part of the agenda"),
    )
    shown = models.BooleanField(_("on the screen"), default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "evidence"], name="evidence_once_per_session"),
            models.UniqueConstraint(fields=["session"], condition=Q(shown=True), name="one_evidence_on_the_screen"),
        ]
