"""Commitments: who will do what by when, what would prove it, and everything that was said about it since.

A commitment belongs to an institution, not to the official who spoke for it. Its first date stays beside every later
one, and it is verified by another organisation than the one that made it.
"""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.models import holding
from gesoc.common.text import search_text
from partners.models import Organisation
from partners.rules import is_in_network, sees_everything
from projects.models import Visibility

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

# What is agreed for the whole country or a state is due by the clock of the capital.
NATIONAL_ZONE = settings.TIME_ZONE


def append_only(name: str = "append_only") -> list[pgtrigger.Trigger]:
    """What was said is not changed afterwards, neither by us nor by hand."""
    return [pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)]


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: User | AnonymousUser) -> CommitmentQuerySet:
        """Public ones for everybody; those of the network for its people; private ones for those they concern."""
        if sees_everything(user):
            return self
        levels = [Visibility.PUBLIC, *([Visibility.NETWORK] if is_in_network(user) else [])]
        shown = Q(visibility__in=levels)
        if user.pk is None:
            return self.filter(shown)
        return self.filter(shown | self._theirs(user))

    def concerning(self, user: User) -> CommitmentQuerySet:
        """Those that a user or one of their organisations made, answers for or backs."""
        return self.filter(self._theirs(user))

    def _theirs(self, user: User | AnonymousUser) -> Q:
        own = Organisation.objects.of(user).values("pk")
        backed = Commitment.supporters.through.objects.filter(organisation__in=own).values("commitment_id")
        return Q(responsible__in=own) | Q(pk__in=backed) | Q(created_by=user.pk) | Q(responsible_person__user=user)

    def public(self) -> CommitmentQuerySet:
        return self.filter(visibility=Visibility.PUBLIC)

    def open(self) -> CommitmentQuerySet:
        return self.filter(state__in=Commitment.OPEN)

    def running(self) -> CommitmentQuerySet:
        """Accepted and not yet said to be kept: what is reminded of, and what can be late."""
        return self.filter(state__in=Commitment.RUNNING)

    def with_today(self, now: datetime.datetime | None = None) -> CommitmentQuerySet:
        """Annotates `local_today`: a date falls due when its day begins where the commitment was made."""
        zone = Coalesce(F("municipality__time_zone"), Value(NATIONAL_ZONE))
        clock = Value(now or timezone.now(), output_field=models.DateTimeField())
        local = Func(zone, clock, function="timezone", output_field=models.DateTimeField())
        return self.annotate(local_today=Cast(local, models.DateField()))

    def overdue(self, now: datetime.datetime | None = None) -> CommitmentQuerySet:
        return self.running().with_today(now).filter(due_on__lt=F("local_today"))

    def matching(self, text: str) -> CommitmentQuerySet:
        """By its words, whoever is responsible, or the place: people type the name of their municipality."""
        return holding(self, text, "search_text", "municipality__search_text")


class Commitment(models.Model):
    class State(models.TextChoices):
        PROPOSED = "propuesto", _("Proposed")
        ACCEPTED = "aceptado", _("Accepted")
        IN_PROGRESS = "en_proceso", _("In progress")
        REPORTED = "reportado_cumplido", _("Reported as kept")
        VERIFIED = "verificado", _("Kept and verified")
        BROKEN = "incumplido", _("Not kept")
        CANCELLED = "cancelado", _("Cancelled")

    RUNNING = (State.ACCEPTED, State.IN_PROGRESS)
    OPEN = (State.PROPOSED, *RUNNING, State.REPORTED)
    # An accepted commitment that nobody reported is proposed as broken this long after its date.
    BROKEN_AFTER = datetime.timedelta(days=30)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.CharField(_("what will be done"), max_length=300)
    verification = models.TextField(_("we will know it was kept when…"), blank=True)
    responsible = models.ForeignKey(
        "partners.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("responsible organisation"),
    )
    office = models.CharField(_("office or unit"), max_length=200, blank=True)
    responsible_person = models.ForeignKey(
        "partners.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("responsible person"),
        help_text=_("Gets the reminders. The name is not published."),
    )
    supporters = models.ManyToManyField(
        "partners.Organisation", blank=True, related_name="supported_commitments", verbose_name=_("supported by")
    )
    session = models.ForeignKey(
        "dialogues.Session",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("dialogue"),
    )
    challenge = models.ForeignKey(
        "projects.Challenge",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("challenge"),
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("project")
    )
    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("municipality"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first date"), null=True, blank=True, editable=False)
    slips = models.PositiveSmallIntegerField(_("times postponed"), default=0, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PROPOSED, editable=False)
    state_reason = models.TextField(_("reason of its state"), blank=True, editable=False)
    kept_on = models.DateField(_("reported as kept on"), null=True, blank=True, editable=False)
    dispute = models.TextField(_("what the responsible disputes"), blank=True, editable=False)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    is_example = models.BooleanField(_("example"), default=False)
    search_text = models.CharField(max_length=600, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="commitment_by_date"),
            models.Index(fields=["municipality", "state"], name="commitment_by_place"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["propuesto", "cancelado"])
                | Q(responsible__isnull=False, due_on__isnull=False) & ~Q(verification=""),
                name="accepted_commitment_has_who_when_proof",
                violation_error_message=_(
                    "A commitment can be accepted once it says who is responsible, by when, and what would prove it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, first_due_on__isnull=True)
                | Q(due_on__isnull=False, first_due_on__isnull=False),
                name="commitment_keeps_its_first_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["incumplido", "cancelado"]) | ~Q(state_reason=""),
                name="commitment_given_up_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reportado_cumplido", "verificado"]) | Q(kept_on__isnull=False),
                name="kept_commitment_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["publica", "red", "privada"]), name="commitment_visibility_known"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        self.search_text = search_text(f"{self.text} {self.office} {self.responsible or ''}")[:600]
        if self.first_due_on is None:
            self.first_due_on = self.due_on
        if self.challenge and self.project and self.challenge.project_id not in (None, self.project_id):
            raise ValidationError({"challenge": _("This challenge belongs to another project.")})

    def get_absolute_url(self) -> str:
        return reverse("dialogues:commitment", args=[self.key])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def time_zone(self) -> str:
        return self.municipality.time_zone if self.municipality else NATIONAL_ZONE


class CommitmentUpdate(models.Model):
    """One thing said about a commitment: a new state, a new date, or only news. Never changed afterwards."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="updates")
    from_state = models.CharField(max_length=20, choices=Commitment.State.choices)
    to_state = models.CharField(max_length=20, choices=Commitment.State.choices)
    note = models.TextField(_("what happened"), blank=True)
    evidence_url = models.URLField(_("where it can be seen"), max_length=1000, blank=True)
    due_before = models.DateField(null=True, blank=True)
    due_on = models.DateField(_("new date"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey("partners.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    through_link = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(due_on__isnull=True) | ~Q(note=""), name="postponement_has_a_reason"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(through_link=True) | Q(from_state=F("to_state")),
                name="commitment_moved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.get_to_state_display()}"

    @property
    def moved(self) -> bool:
        return self.from_state != self.to_state


class CommitmentVerification(models.Model):
    """Somebody else looked. The scale is that of the Open Government Partnership's reviewers (completion)."""

    class Scale(models.TextChoices):
        NO_EVIDENCE = "sin_evidencia", _("No evidence available")
        NOT_STARTED = "no_iniciado", _("Not started")
        LIMITED = "limitado", _("Limited")
        SUBSTANTIAL = "sustancial", _("Substantial")
        COMPLETE = "completo", _("Complete")

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="verifications")
    # A copy, so that the database itself can refuse an organisation that judges its own work.
    responsible = models.ForeignKey("partners.Organisation", models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(
        "partners.Organisation", models.PROTECT, related_name="verifications", verbose_name=_("verified by")
    )
    scale = models.CharField(_("how much was done"), max_length=15, choices=Scale.choices)
    note = models.TextField(_("what was looked at"))
    evidence_url = models.URLField(_("where it can be seen"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=~Q(organisation=F("responsible")),
                name="commitment_verified_by_another",
                violation_error_message=_(
                    "A commitment is verified by another organisation than the one that made it."
                ),
            ),
            models.CheckConstraint(condition=~Q(note=""), name="verification_says_what_was_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.get_scale_display()}"


class CommitmentEvidence(models.Model):
    """A card of evidence beside a commitment: why it was made, or that it was kept."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="evidence_uses")
    evidence = models.ForeignKey("projects.Evidence", models.PROTECT, related_name="commitment_uses")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "evidence"], name="evidence_once_per_commitment")]


class SeenProof(models.Model):
    """What stood at an address given as proof on the day it was looked at: pages die, a hash and its day do not."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="seen_proofs")
    url = models.URLField(_("where it can be seen"), max_length=1000)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Empty: it could not be opened.")
    size = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("proof that was looked at")
        verbose_name_plural = _("proofs that were looked at")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "url"], name="proof_seen_once")]
        triggers = [
            pgtrigger.Protect(  # what was seen stays; only what could not be opened is looked at again
                name="seen_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__sha256__gt=""),
            )
        ]

    def __str__(self) -> str:
        return self.url


class CommitmentComment(models.Model):
    """Beside which commitment a comment stands."""

    comment = models.OneToOneField("projects.Comment", models.CASCADE, related_name="of_commitment")
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="comment_links")

    class Meta:
        verbose_name = _("comment on a commitment")
        verbose_name_plural = _("comments on commitments")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.comment}"


class CommitmentFigure(models.Model):
    """A published figure that tells whether the commitment is being kept; looked at again after every new release."""

    class Kind(models.TextChoices):
        EXPENDITURE = "expenditure", _("Expenditure")
        REVENUE = "revenue", _("Revenue")

    class Direction(models.TextChoices):
        AT_LEAST = "al_menos", _("at least")
        AT_MOST = "a_lo_mas", _("at most")

    class State(models.TextChoices):
        UNPUBLISHED = "no_publicada", _("Not published")
        ON_TRACK = "en_camino", _("On track")
        OFF = "fuera", _("Off the target")

    commitment = models.OneToOneField(Commitment, models.CASCADE, related_name="figure")
    public_body = models.ForeignKey(
        "datasets.PublicBody", models.PROTECT, related_name="+", verbose_name=_("public body")
    )
    kind = models.CharField(_("about"), max_length=15, choices=Kind.choices, default=Kind.EXPENDITURE)
    year = models.PositiveSmallIntegerField(_("year"))
    moment = models.CharField(_("moment"), max_length=20)
    by = models.CharField(_("heading of"), max_length=20, default="chapter")
    heading = models.CharField(_("code of the heading"), max_length=30, blank=True)
    direction = models.CharField(_("is to be"), max_length=10, choices=Direction.choices, default=Direction.AT_LEAST)
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=2)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True, editable=False)
    release = models.ForeignKey("datasets.Release", models.PROTECT, null=True, editable=False, related_name="+")
    state = models.CharField(max_length=15, choices=State.choices, default=State.UNPUBLISHED, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True, state="no_publicada") | Q(value__isnull=False, release__isnull=False),
                name="commitment_figure_is_published_or_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_body} {self.year} {self.heading}"
