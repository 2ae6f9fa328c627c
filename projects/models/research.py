"""Research notes: an article with pinned figures, reviewed, published, and kept in every version."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Coalesce, Concat
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

    def as_told(self) -> ResearchNoteQuerySet:
        """With `told_title`, `told_lede` and `told_on`: the words of its newest version, which is what readers know it by.

        Of a note that was never published, which only those see who write and review it, its working words and no day.
        """
        newest = NoteVersion.objects.filter(note=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            told_title=Coalesce(models.Subquery(newest.values("title")[:1]), "title"),
            told_lede=Coalesce(models.Subquery(newest.values("lede")[:1]), "lede"),
            told_on=models.Subquery(newest.values("published_at")[:1]),
        )

    def in_other_languages(self, note: ResearchNote) -> ResearchNoteQuerySet:
        """The same note: what it translates, and what else translates that."""
        origin = note.translation_of_id or note.pk
        return self.filter(models.Q(pk=origin) | models.Q(translation_of=origin)).exclude(pk=note.pk)


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


class NoteImageQuerySet(models.QuerySet["NoteImage"]):
    def visible_to(self, user: User | AnonymousUser) -> NoteImageQuerySet:
        """All of a note for whoever writes and reviews it; for readers those that a published version shows."""
        if sees_everything(user):
            return self
        mark = Concat(models.Value("[[imagen:"), Cast(models.OuterRef("key"), models.TextField()))
        shown = NoteVersion.objects.filter(note=models.OuterRef("note"), body__icontains=mark)
        own = Organisation.objects.of(user).values("pk")
        return self.filter(
            models.Q(note__organisation__in=own)
            | models.Q(models.Exists(shown), note__state=ResearchNote.State.PUBLISHED)
        )


class NoteImage(models.Model):
    """A picture of a note, with words for whoever does not see it. It holds nothing but the picture."""

    MOST = 30  # of one note

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    note = models.ForeignKey(ResearchNote, models.CASCADE, related_name="images", verbose_name=_("research note"))
    alt = models.CharField(
        _("what it shows"),
        max_length=300,
        help_text=_("For whoever does not see it: what matters in it, in a sentence."),
    )
    caption = models.CharField(
        _("caption"), max_length=300, blank=True, help_text=_("Below it: whose it is, and of when.")
    )
    content_type = models.CharField(max_length=20, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NoteImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image of a note")
        verbose_name_plural = _("images of notes")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~models.Q(alt=""), name="image_says_what_it_shows")]

    def __str__(self) -> str:
        return self.alt

    def get_absolute_url(self) -> str:
        return reverse("projects:research_image", args=[self.note.slug, self.key])

    @property
    def mark(self) -> str:
        """What stands in the text where the image is shown."""
        return f"[[imagen:{self.key}]]"

    @property
    def storage_path(self) -> str:
        return f"images/{self.sha256[:2]}/{self.sha256}"
