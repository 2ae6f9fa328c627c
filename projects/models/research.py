"""Research notes: an article with pinned figures, reviewed, published, and kept in every version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from partners.rules import sees_everything

from .projects import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class ResearchNoteQuerySet(models.QuerySet["ResearchNote"]):
    def published(self) -> ResearchNoteQuerySet:
        return self.filter(state=ResearchNote.State.PUBLISHED)

    def visible_to(self, user: User | AnonymousUser) -> ResearchNoteQuerySet:
        """Published ones for everybody; drafts for the organisation that writes them and for GESOC, who reviews."""
        if sees_everything(user):
            return self
        own = Organisation.objects.of(user).values("pk")
        return self.filter(models.Q(state=ResearchNote.State.PUBLISHED) | models.Q(organisation__in=own))


class ResearchNote(models.Model):
    """The working text; what readers see is its newest version."""

    class State(models.TextChoices):
        DRAFT = "borrador", _("Draft")
        REVIEW = "en_revision", _("In review")
        PUBLISHED = "publicada", _("Published")
        WITHDRAWN = "retirada", _("Withdrawn")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    lede = models.TextField(_("opening"), help_text=_("The finding in two sentences."))
    body = models.TextField(_("text"))
    language = models.CharField(
        _("language"), max_length=10, choices=[("es-mx", "Español"), ("en", "English")], default="es-mx"
    )
    translation_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    authors = models.CharField(_("authors"), max_length=300)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="research_notes", verbose_name=_("organisation")
    )
    projects = models.ManyToManyField(Project, blank=True, related_name="research_notes", verbose_name=_("projects"))
    municipalities = models.ManyToManyField(
        "municipalities.Municipality", blank=True, related_name="research_notes", verbose_name=_("municipalities")
    )
    licence = models.CharField(_("licence"), max_length=40, default="CC BY 4.0")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    review_note = models.TextField(_("note of the review"), blank=True)
    is_example = models.BooleanField(_("example"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ResearchNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("research note")
        verbose_name_plural = _("research notes")
        ordering = ["-updated_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:research_note", args=[self.slug])


class NoteVersion(models.Model):
    """What was published, word for word. Never changed; a newer one says what it corrects."""

    note = models.ForeignKey(ResearchNote, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    lede = models.TextField(_("opening"))
    body = models.TextField(_("text"))
    change_note = models.CharField(_("what changed"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        verbose_name = _("version of a note")
        verbose_name_plural = _("versions of notes")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="note_version_once"),
            models.CheckConstraint(
                condition=models.Q(number=1) | ~models.Q(change_note=""), name="later_version_says_what_changed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.note} v{self.number}"
