"""From a file to published slices: mapping profiles, ingests with their issues, releases."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datasets.rules import OPEN_RELEASES
from gesoc.common.addresses import address
from partners.rules import sees_everything

from .sources import PublicBody, Source, SourceFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


MOST_REJECTED = Decimal("0.05")
FEWEST_REJECTED = 5


def too_many_rejected(rejected: int, loaded: int) -> bool:
    """More than 5 % of the rows of data. Fewer than five rows stop nothing: of a short list they are always more."""
    return rejected >= FEWEST_REJECTED and rejected > MOST_REJECTED * (loaded + rejected)


class Kind(models.TextChoices):
    EXPENDITURE = "expenditure", _("Expenditure")
    REVENUE = "revenue", _("Revenue")
    CONTRACTS = "contracts", _("Contracts")
    WORKS = "works", _("Public works")
    DEBT = "debt", _("Debt")
    SANCTIONS = "sanctions", _("Sanctioned suppliers")


class Document(models.TextChoices):
    """Which of the documents of the budget cycle a figure was printed in."""

    APPROVED = "approved", _("Approved budget")
    QUARTERLY = "quarterly", _("Quarterly report")
    PUBLIC_ACCOUNT = "public_account", _("Public account")


class Breakdown(models.TextChoices):
    """The classification under which the same money was printed. Never add across breakdowns."""

    FULL = "full", _("Full detail")
    OBJECT = "object", _("By object of expenditure")
    FUNCTIONAL = "functional", _("By function")
    PROGRAMME = "programme", _("By programme")
    ADMINISTRATIVE = "administrative", _("By administrative unit")
    ECONOMIC = "economic", _("By economic type")


class MappingProfile(models.Model):
    """Columns a person confirmed once, remembered for files with the same headings."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=120)
    version = models.PositiveIntegerField(_("version"), default=1)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    fingerprint = models.CharField(max_length=64, editable=False, db_index=True)
    columns = models.JSONField(_("columns"), help_text=_("{heading: field}; an empty field means: do not use"))
    options = models.JSONField(_("options"), default=dict, blank=True)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True, related_name="profiles")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(_("approved"), default=timezone.now)
    # Files of this organisation with the same headings are published by themselves when nothing that matters deviates.
    trusted_for = models.ForeignKey(
        "partners.Organisation",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trusted for the files of"),
    )
    trusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trusted by"),
    )

    class Meta:
        verbose_name = _("mapping profile")
        verbose_name_plural = _("mapping profiles")
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="mapping_profile_version_unique")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class IngestQuerySet(models.QuerySet["Ingest"]):
    def published(self) -> IngestQuerySet:
        """Behind figures that are public, or were until newer ones replaced them."""
        return self.filter(models.Exists(Release.objects.open().filter(ingest=models.OuterRef("pk"))))

    def visible_to(self, user: User | AnonymousUser) -> IngestQuerySet:
        """Published ones for everybody; drafts and failures for GESOC and whoever handed in the file."""
        if sees_everything(user):
            return self
        own = models.Q(file__in=SourceFile.objects.of(user).values("pk"))
        return self.filter(own | models.Q(pk__in=self.model.objects.published().values("pk")))


OUR_FAILURES = ("no_room", "database", "internal", "interrupted")  # codes of the report; any other is about the file


class Ingest(models.Model):
    """One reading of one file with one set of options: stages, counts, progress, result."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        NEEDS_MAPPING = "needs_mapping", _("Needs a person")
        READY = "ready", _("Ready to publish")
        RETURNED = "returned", _("Sent back")
        PUBLISHED = "published", _("Published")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    UNFINISHED = (Status.QUEUED, Status.RUNNING)
    FOR_A_PERSON = (Status.NEEDS_MAPPING, Status.READY, Status.RETURNED)

    class Stage(models.TextChoices):
        RECEIVED = "received", _("File received")
        READING = "reading", _("Reading the file")
        LOADING = "loading", _("Loading rows")
        CHECKING = "checking", _("Checking sums")
        DONE = "done", _("Done")

    file = models.ForeignKey(SourceFile, models.CASCADE, related_name="ingests", verbose_name=_("file"))
    options = models.JSONField(default=dict, editable=False)
    options_key = models.CharField(max_length=64, editable=False)
    wants_publish = models.BooleanField(default=False, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)
    status = models.CharField(_("status"), max_length=15, choices=Status.choices, default=Status.QUEUED)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_loaded = models.PositiveIntegerField(_("rows loaded"), default=0)
    rows_rejected = models.PositiveIntegerField(_("rows rejected"), default=0)
    rows_skipped = models.PositiveIntegerField(_("rows skipped"), default=0)
    error = models.TextField(_("error"), blank=True)
    # What was understood (encoding, sheet, columns, skipped, totals, controls…): the object `manage.py ingest --json` prints.
    report = models.JSONField(default=dict, editable=False)
    profile = models.ForeignKey(MappingProfile, models.SET_NULL, null=True, blank=True, related_name="ingests")
    # The load that this one reads again, with other columns, other answers or corrected rows.
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by", verbose_name=_("reads again")
    )
    # Why it may be published although more than one row in twenty was rejected.
    excuse = models.TextField(_("why its rejected rows may be left out"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = IngestQuerySet.as_manager()

    class Meta:
        verbose_name = _("ingest")
        verbose_name_plural = _("ingests")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["status"], name="ingest_unfinished", condition=models.Q(status__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} ({self.get_status_display()})"

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED

    @property
    def failed_on_our_side(self) -> bool:
        """A full disk, a database that gave up, a mistake of ours: the same file may well be read another time."""
        return self.status == self.Status.FAILED and self.report.get("error_code") in OUR_FAILURES

    @property
    def may_be_tried_again(self) -> bool:
        """As it is: nothing in the file stopped it."""
        return self.failed_on_our_side or self.status == self.Status.CANCELLED

    @property
    def changes_figures(self) -> bool:
        """Whether publishing it would make anything public: corrected rows that are rejected again change nothing."""
        return not self.report.get("correction") or Release.objects.of_load(self).exclude(status="published").exists()

    @property
    def rejects_too_many(self) -> bool:
        """More than 5 % of its rows of data: a person must say why it may go on."""
        return too_many_rejected(self.rows_rejected, self.rows_loaded)

    def get_absolute_url(self) -> str:
        return address("datasets:ingest", self.pk)


class ReviewStep(models.Model):
    """What somebody decided about a load: an append-only log with who, when and why."""

    class Step(models.TextChoices):
        RETURNED = "returned", _("Sent back")
        HANDED_IN = "handed_in", _("Handed in again")
        PUBLISHED = "published", _("Published")
        EXCUSED = "excused", _("Rejected rows left out")
        HELD = "held", _("Waits for a person")
        CANCELLED = "cancelled", _("Cancelled")

    ingest = models.ForeignKey(Ingest, models.CASCADE, related_name="review_steps", verbose_name=_("ingest"))
    step = models.CharField(_("step"), max_length=10, choices=Step.choices)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("step of a review")
        verbose_name_plural = _("steps of reviews")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(step__in=["returned", "excused"]) | ~models.Q(note=""),
                name="review_step_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} ({self.ingest_id})"


class RowIssueQuerySet(models.QuerySet["RowIssue"]):
    def visible_to(self, user: User | AnonymousUser) -> RowIssueQuerySet:
        """Rejects quote the row: of a file that may hold personal data only its own organisations see them."""
        if sees_everything(user):
            return self
        own = models.Q(ingest__file__in=SourceFile.objects.of(user).values("pk"))
        harmless = models.Q(ingest__file__has_personal_data=False)
        return self.filter(own | (harmless & models.Q(ingest__in=Ingest.objects.published().values("pk"))))

    def rejected(self) -> RowIssueQuerySet:
        return self.filter(severity=RowIssue.Severity.ERROR)

    def unread(self) -> RowIssueQuerySet:
        """Cells of rows that were loaded without them."""
        return self.filter(severity=RowIssue.Severity.WARNING, code__in=RowIssue.UNREAD)

    def correctable(self) -> RowIssueQuerySet:
        """What a person can put right cell by cell, rejected rows first ("error" comes before "warning")."""
        return (self.rejected() | self.unread()).order_by("severity", "id")


class RowIssue(models.Model):
    """A row that was not loaded, or was loaded with a remark: where, what it said, why, what to do."""

    class Severity(models.TextChoices):
        ERROR = "error", _("Rejected")
        WARNING = "warning", _("Warning")
        INFO = "info", _("Note")

    #: The row was loaded, and the cell of it that could not be read was not.
    UNREAD = ("amount_in_words", "date_left_out")

    ingest = models.ForeignKey(Ingest, models.CASCADE, related_name="row_issues")
    severity = models.CharField(max_length=8, choices=Severity.choices)
    code = models.CharField(max_length=40)
    sheet = models.CharField(max_length=120, blank=True)
    line_no = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=300, blank=True)
    value = models.TextField(blank=True)
    message = models.TextField()
    hint = models.TextField(blank=True)
    # The whole row as it was read, {heading: text}: what the downloadable file of rejects is made of.
    raw = models.JSONField(null=True, blank=True)

    objects = RowIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["ingest_id", "id"]
        indexes = [models.Index(fields=["ingest", "severity", "id"], name="rowissue_by_ingest")]

    def __str__(self) -> str:
        return self.message


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self) -> ReleaseQuerySet:
        return self.filter(status=Release.Status.PUBLISHED)

    def public_at(self, moment: datetime | None) -> ReleaseQuerySet:
        """What was public at a moment, by the journal; now where none is named. What was withdrawn since is shown for no day."""
        if moment is None:
            return self.published()
        journal = apps.get_model("datasets.ReleaseEvent")._default_manager
        then = journal.filter(pgh_obj=models.OuterRef("pk"), pgh_created_at__lte=moment)
        last = then.order_by("-pgh_created_at", "-pgh_id").values("status")[:1]
        return self.alias(then=models.Subquery(last)).filter(then=Release.Status.PUBLISHED, status__in=OPEN_RELEASES)

    def open(self) -> ReleaseQuerySet:
        return self.filter(status__in=OPEN_RELEASES)

    def visible_to(self, user: User | AnonymousUser) -> ReleaseQuerySet:
        """Published and superseded ones for everybody; drafts and withdrawn ones for GESOC and their own."""
        if sees_everything(user):
            return self
        own = models.Q(ingest__file__in=SourceFile.objects.of(user).values("pk"))
        return self.filter(own | models.Q(status__in=OPEN_RELEASES))

    def of_load(self, ingest: Ingest) -> ReleaseQuerySet:
        """What a load made, and the drafts of the load it corrects where nothing of them was corrected: they go with it."""
        kept = (ingest.report.get("correction") or {}).get("kept", [])
        return self.filter(models.Q(ingest=ingest) | models.Q(pk__in=kept, status=Release.Status.DRAFT))

    def of_slice(self, release: Release) -> ReleaseQuerySet:
        return self.filter(**release.slice_key)


class Release(models.Model):
    """One version of one slice. Its lines never change: publishing and restoring only move the status."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    SLICE = ("kind", "public_body_id", "year", "period", "document", "breakdown")

    id = models.AutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    public_body = models.ForeignKey(PublicBody, models.PROTECT, related_name="releases", verbose_name=_("public body"))
    year = models.PositiveSmallIntegerField(_("year"))
    # annual | Q1..Q4 (cumulative since January, as CONAC prints them) | 2024-03
    period = models.CharField(_("period"), max_length=7)
    document = models.CharField(_("document"), max_length=15, choices=Document.choices, blank=True)
    breakdown = models.CharField(_("breakdown"), max_length=15, choices=Breakdown.choices)
    # Given when first published; a draft has none, so that two drafts of one slice can wait side by side.
    version = models.PositiveIntegerField(_("version"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    ingest = models.ForeignKey(Ingest, models.PROTECT, related_name="releases", verbose_name=_("ingest"))
    sheets = models.JSONField(default=list, editable=False)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    # {moment: "decimal"} or {currency: "decimal"}; a moment that was not published is absent.
    totals = models.JSONField(default=dict, editable=False)
    # {by: [cells with a key, those of them whose key is not one of the coarser level]}: how its cells tell it, which never
    # change either. Counted once when they are written, so that no page counts cells before it knows which ones it shows.
    headings = models.JSONField(default=dict, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-year", "kind", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["public_body", "kind", "year", "period", "document", "breakdown"],
                condition=models.Q(status="published"),
                name="one_published_release_per_slice",
            ),
            models.UniqueConstraint(
                fields=["public_body", "kind", "year", "period", "document", "breakdown", "version"],
                name="release_version_unique",
            ),
            models.CheckConstraint(condition=models.Q(year__range=(1900, 2100)), name="release_year_plausible"),
            models.CheckConstraint(
                condition=models.Q(period__regex=r"^(annual|Q[1-4]|[0-9]{4}-(0[1-9]|1[0-2]))$"),
                name="release_period_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(published_at__isnull=False, version__isnull=False),
                name="published_release_has_date_and_version",
            ),
        ]
        indexes = [
            models.Index(fields=["ingest"], name="release_by_ingest"),
            # The newest lists of a kind are met without reading all; who publishes what of which year is told by it alone.
            models.Index(
                fields=["kind", "-year", "public_body", "id"],
                name="release_newest",
                condition=models.Q(status="published"),
            ),
        ]

    def __str__(self) -> str:
        version = f"v{self.version}" if self.version else self.get_status_display()
        return f"{self.public_body} · {self.get_kind_display()} {self.year} {self.period} · {version}"

    @property
    def slice_key(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.SLICE}
