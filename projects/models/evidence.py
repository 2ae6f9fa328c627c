"""Evidence: a figure as it stood on a day, with what it says, what it does not say, and the rows it came from."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gesoc.common.i18n import in_language, tag_of
from gesoc.common.models import holding
from gesoc.common.text import search_text
from partners.models import Organisation
from partners.rules import sees_everything
from projects.wording import Told

from .challenges import Challenge
from .projects import Project, Visibility, shown_to

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def public(self) -> EvidenceQuerySet:
        return self.filter(visibility=Visibility.PUBLIC)

    def visible_to(self, user: User | AnonymousUser) -> EvidenceQuerySet:
        """What its visibility opens; all of one's own organisations; what is used where one takes part."""
        if sees_everything(user):
            return self
        if user.pk is None:
            return self.public()
        own = models.Q(organisation__in=Organisation.objects.of(user).values("pk"))
        joined = Project.objects.of(user).values("pk")
        used = EvidenceUse.objects.filter(models.Q(project__in=joined) | models.Q(challenge__project__in=joined))
        return self.filter(shown_to(user) | own | models.Q(pk__in=used.values("evidence_id")))

    def matching(self, text: str) -> EvidenceQuerySet:
        return holding(self, text)

    def of_page(self, path: str, figure: str = "") -> EvidenceQuerySet:
        """Frozen on the page or below it, in either language. What the first page of a place shows is frozen below it."""
        spanish, english = (in_language(path, language) for language, _name in settings.LANGUAGES)
        found = self.filter(models.Q(source_path__startswith=spanish) | models.Q(source_path__startswith=english))
        return found.filter(figure_key=figure) if figure else found


class Evidence(models.Model):
    """A card. What was frozen (query, values, releases, rows, date) never changes; only who sees it may."""

    class Kind(models.TextChoices):
        FIGURE = "figure", _("Chart or table")
        ROW = "row", _("Row of a file")
        FLAG = "flag", _("Alert")
        CONTRACT = "contract", _("Contract")
        DOCUMENT = "document", _("Public document")

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=300)
    # What it says: one sentence for people, and the honest limit beside it.
    reading = models.TextField(_("reading in one sentence"))
    does_not_say = models.TextField(_("what it does not say"))
    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("municipality"),
    )
    public_body = models.ForeignKey(
        "datasets.PublicBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("public body"),
    )
    # How the figure was asked: the page's address with its query, the figure's key there, and both again as data.
    source_path = models.CharField(_("page it was taken from"), max_length=1000, blank=True)
    figure_key = models.CharField(max_length=60, blank=True)
    query = models.JSONField(_("query"), default=dict, blank=True)
    # {"columns": [...], "rows": [[...]]}: texts as they were shown; "also": the same in the other language.
    values = models.JSONField(_("values"), default=dict, blank=True)
    # The one number the reading is about, if there is one; `unit` says of what (MXN, percent, count).
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    releases = models.ManyToManyField("datasets.Release", blank=True, related_name="evidence")
    # [{"publisher", "file", "url", "detail"}]: as the source line said that day.
    sources = models.JSONField(_("sources"), default=list, blank=True)
    # [{"release": id, "line": n, "row": n}]: rows of the file, where the figure is made of few.
    rows = models.JSONField(_("rows of the file"), default=list, blank=True)
    as_of = models.DateField(_("data of"), default=timezone.localdate)
    document_title = models.CharField(_("document"), max_length=300, blank=True)
    document_page = models.CharField(_("page or section"), max_length=60, blank=True)
    document_url = models.URLField(_("web address"), max_length=1000, blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.NETWORK
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    is_example = models.BooleanField(_("example"), default=False)
    search_text = models.CharField(max_length=400, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reading="") & ~models.Q(does_not_say=""), name="evidence_says_and_does_not_say"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="document") | (~models.Q(document_title="") & ~models.Q(document_page="")),
                name="document_evidence_names_its_page",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["publica", "red", "privada"]), name="evidence_visibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        also = (self.values.get("also") or {}).get("title", "")
        self.search_text = search_text(f"{self.title} {self.reading} {also}")[:400]

    def get_absolute_url(self) -> str:
        return reverse("projects:evidence", args=[self.key])

    @property
    def told(self) -> Told:
        """Its words in the language of the page."""
        return Told(self, tag_of(get_language()))


class EvidenceUse(models.Model):
    """Where a card is used, and what for. Other apps have link tables of their own to `Evidence`."""

    class Strength(models.TextChoices):
        WEAK = "debil", _("Weak")
        MEDIUM = "media", _("Medium")
        STRONG = "fuerte", _("Strong")

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="uses")
    challenge = models.ForeignKey(
        Challenge, models.CASCADE, null=True, blank=True, related_name="evidence_uses", verbose_name=_("challenge")
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="evidence_uses", verbose_name=_("project")
    )
    claim = models.TextField(_("what it is to show"), blank=True)
    strength = models.CharField(_("strength"), max_length=6, choices=Strength.choices, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("use of evidence")
        verbose_name_plural = _("uses of evidence")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(challenge__isnull=False, project__isnull=True)
                | models.Q(challenge__isnull=True, project__isnull=False),
                name="evidence_used_in_one_place",
            ),
            models.UniqueConstraint(fields=["evidence", "challenge"], name="evidence_once_per_challenge"),
            models.UniqueConstraint(fields=["evidence", "project"], name="evidence_once_per_project"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} → {self.challenge or self.project}"


class EvidenceChange(models.Model):
    """The figure is no longer what the card says: a newer release moved it. One row per value that was seen."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="changes")
    release = models.ForeignKey("datasets.Release", models.PROTECT, null=True, blank=True, related_name="+")
    from_text = models.CharField(_("from"), max_length=300)
    to_text = models.CharField(_("to"), max_length=300)
    values = models.JSONField(_("values now"), default=dict, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True, blank=True)
    seen_on = models.DateField(_("since"), default=timezone.localdate)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("change of a figure")
        verbose_name_plural = _("changes of figures")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.evidence}: {self.from_text} → {self.to_text}"

    @property
    def told_from(self) -> str:
        return self.evidence.told.change(self.from_text)

    @property
    def told_to(self) -> str:
        return self.evidence.told.change(self.to_text)
