"""A dialogue session: what for, when, where, for how many, and how it is spent."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues.clock import zone
from gesoc.common.models import holding
from gesoc.common.text import search_text
from partners.models import Organisation, Sector
from partners.rules import COORDINATOR, FACILITATOR, is_in_network, sees_everything
from projects.models import Project, Visibility

from .fields import WallClockField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

RUNNING = (COORDINATOR, FACILITATOR)  # who prepares what an organisation holds

# Whoever came under the rule was promised it: no later change of the session takes it back. Of a draft nobody was told.
KEEP_PROMISE = """
    NEW.promised_rule := NEW.confidentiality = 'chatham' AND NEW.state <> 'borrador';
    IF TG_OP = 'UPDATE' THEN
        NEW.promised_rule := NEW.promised_rule OR OLD.promised_rule;
    END IF;
    RETURN NEW;
"""


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User | AnonymousUser) -> SeriesQuerySet:
        """Whoever sees one of its sessions sees the series; of the others they do not even learn how many there are."""
        if sees_everything(user):
            return self
        seen = Session.objects.visible_to(user).filter(series__isnull=False).values("series_id")
        return self.filter(Q(pk__in=seen) | Q(pk__in=self.run_by(user).values("pk")))

    def run_by(self, user: User | AnonymousUser) -> SeriesQuerySet:
        """Those to which somebody adds sessions: through its organisation or its project."""
        if sees_everything(user):
            return self
        host = Q(host_organisation__in=Organisation.objects.of(user, *RUNNING).values("pk"))
        return self.filter(host | Q(project__in=Project.objects.led_by(user).values("pk")))


class Series(models.Model):
    """Sessions that follow one another, with what they are for together."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="series", verbose_name=_("project")
    )
    host_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="series", verbose_name=_("organised by")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series of dialogues")
        verbose_name_plural = _("series of dialogues")
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dialogues:series", args=[self.key])


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User | AnonymousUser, now: datetime.datetime | None = None) -> SessionQuerySet:
        """Public ones once published, those of the network for its people, one's own in every state."""
        if sees_everything(user):
            return self
        levels = [Visibility.PUBLIC, *([Visibility.NETWORK] if is_in_network(user) else [])]
        shown = Q(visibility__in=levels) | Q(pk__in=self._invited_or_partner(user))
        return self.filter((self._published(now) & shown) | Q(pk__in=self._run_by(user)))

    def published(self) -> SessionQuerySet:
        return self.filter(self._published())

    def run_by(self, user: User | AnonymousUser) -> SessionQuerySet:
        """Those a person prepares: through a role, the host organisation, a project they lead, or having begun it."""
        return self.filter(pk__in=self._run_by(user))

    def upcoming(self, now: datetime.datetime | None = None) -> SessionQuerySet:
        return self.filter(ends_at__gte=now or timezone.now()).order_by("starts_at", "id")

    def past(self, now: datetime.datetime | None = None) -> SessionQuerySet:
        return self.filter(ends_at__lt=now or timezone.now()).order_by("-starts_at", "-id")

    def matching(self, text: str) -> SessionQuerySet:
        return holding(self, text, "search_text", "municipality__search_text")

    @staticmethod
    def _published(now: datetime.datetime | None = None) -> Q:
        on_time = Q(publish_at__isnull=True) | Q(publish_at__lte=now or timezone.now())
        return ~Q(state=Session.State.DRAFT) & on_time

    @staticmethod
    def _invited_or_partner(user: User | AnonymousUser) -> models.QuerySet[Session, int]:
        if user.pk is None:
            return Session.objects.none().values_list("pk", flat=True)
        invited = Q(invitations__person__user=user.pk) & ~Q(invitations__state="revocada")
        registered = Q(registrations__person__user=user.pk) & ~Q(registrations__state="cancelada")
        partner = Q(projects__in=Project.objects.of(user).values("pk"))
        return Session.objects.filter(invited | registered | partner).values_list("pk", flat=True)

    @staticmethod
    def _run_by(user: User | AnonymousUser) -> models.QuerySet[Session, int]:
        if user.pk is None:
            return Session.objects.none().values_list("pk", flat=True)
        role = Q(roles__person__user=user.pk, roles__state__in=("propuesta", "confirmada"))
        host = Q(host_organisation__in=Organisation.objects.of(user).values("pk"))
        led = Q(projects__in=Project.objects.led_by(user).values("pk"))
        begun = Q(created_by=user.pk, state=Session.State.DRAFT)
        return Session.objects.filter(role | host | led | begun).values_list("pk", flat=True)


class Session(models.Model):
    """The promise is `local_start` in `tz`; `starts_at` is the moment that follows from it."""

    class Scope(models.TextChoices):
        MUNICIPAL = "municipal", _("Municipal")
        STATE = "estatal", _("State-wide")
        NATIONAL = "nacional", _("National")

    class Method(models.TextChoices):
        TABLE = "mesa", _("Dialogue table")
        WORLD_CAFE = "world_cafe", _("World Café")
        WORKSHOP = "taller", _("Workshop")
        TREASURE_HUNT = "busqueda_del_tesoro", _("Follow the money")
        FOLLOW_UP = "seguimiento", _("Follow-up")
        OTHER = "otra", _("Other")

    class Modality(models.TextChoices):
        IN_PERSON = "presencial", _("In person")
        ONLINE = "en_linea", _("Online")
        HYBRID = "hibrida", _("Both")

    class RegistrationRule(models.TextChoices):
        OPEN = "abierta", _("Open to everybody")
        INVITED = "por_invitacion", _("By invitation")

    class Confidentiality(models.TextChoices):
        OPEN = "abierta", _("Open")
        CHATHAM = "chatham", _("Chatham House rule")
        RESERVED = "reservada", _("Reserved")

    class State(models.TextChoices):
        DRAFT = "borrador", _("Draft")
        SCHEDULED = "programada", _("Scheduled")
        CONVENED = "convocada", _("Invitations sent")
        RUNNING = "en_curso", _("Taking place")
        HELD = "realizada", pgettext_lazy("dialogue", "Held")
        CLOSED = "cerrada", _("Closed")
        CANCELLED = "cancelada", _("Cancelled")

    AHEAD = (State.DRAFT, State.SCHEDULED, State.CONVENED)
    LIVE = (State.SCHEDULED, State.CONVENED, State.RUNNING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=8, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=90, unique=True)
    title = models.CharField(_("question"), max_length=200)
    purpose = models.TextField(_("purpose"), blank=True)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("series")
    )
    projects = models.ManyToManyField(Project, blank=True, related_name="sessions", verbose_name=_("projects"))
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices, default=Scope.MUNICIPAL)
    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("municipality"),
        help_text=_("Where it takes place. Its clocks are those of the dialogue."),
    )
    host_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="hosted_sessions", verbose_name=_("organised by")
    )
    method = models.CharField(_("method"), max_length=20, choices=Method.choices, default=Method.TABLE)
    modality = models.CharField(_("modality"), max_length=10, choices=Modality.choices, default=Modality.IN_PERSON)
    tz = models.CharField(_("time zone"), max_length=40)
    local_start = WallClockField(_("begins"))
    local_end = WallClockField(_("ends"))
    start_fold = models.PositiveSmallIntegerField(default=0, editable=False)
    end_fold = models.PositiveSmallIntegerField(default=0, editable=False)
    starts_at = models.DateTimeField(_("begins at (moment)"), editable=False)
    ends_at = models.DateTimeField(_("ends at (moment)"), editable=False)
    venue = models.CharField(_("place"), max_length=300, blank=True)
    accessibility = models.TextField(_("accessibility"), blank=True)
    online_url = models.URLField(
        _("link to connect"), max_length=500, blank=True, help_text=_("Only whoever has a place online sees it.")
    )
    capacity_in_person = models.PositiveSmallIntegerField(_("places in person"), null=True, blank=True)
    capacity_online = models.PositiveSmallIntegerField(_("places online"), null=True, blank=True)
    registration = models.CharField(
        _("registration"), max_length=15, choices=RegistrationRule.choices, default=RegistrationRule.INVITED
    )
    offers_by_sector = models.BooleanField(
        _("freed places go first to the sectors that are missing"),
        default=False,
        help_text=_(
            "Otherwise they go in the order of the waiting list. The page of the dialogue says which rule holds."
        ),
    )
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    confidentiality = models.CharField(
        _("confidentiality"), max_length=10, choices=Confidentiality.choices, default=Confidentiality.OPEN
    )
    promised_rule = models.BooleanField(default=False, editable=False)  # written by the database: KEEP_PROMISE
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.TextField(_("reason of its state"), blank=True)
    publish_at = models.DateTimeField(_("shown from"), null=True, blank=True)
    ics_uid = models.CharField(max_length=120, unique=True, editable=False)
    ics_sequence = models.PositiveIntegerField(default=0, editable=False)
    is_example = models.BooleanField(_("example"), default=False)
    search_text = models.CharField(max_length=500, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="session_by_start")]
        triggers = [
            pgtrigger.Trigger(
                name="keep_promise",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=KEEP_PROMISE,
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(state="borrador") | Q(municipality__isnull=False), name="session_announced_has_a_place"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelada") | ~Q(state_reason=""), name="session_cancelled_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(start_fold__in=[0, 1]) & Q(end_fold__in=[0, 1]), name="session_fold_first_or_second"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["borrador", "programada", "convocada", "en_curso", "realizada", "cerrada", "cancelada"]
                ),
                name="session_state_known",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["publica", "red", "privada"])
                & Q(confidentiality__in=["abierta", "chatham", "reservada"])
                & Q(modality__in=["presencial", "en_linea", "hibrida"]),
                name="session_choices_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        self.search_text = search_text(f"{self.title} {self.purpose} {self.host_organisation}")[:500]

    def get_absolute_url(self) -> str:
        return reverse("dialogues:session", args=[self.slug])

    @property
    def keeps_rule(self) -> bool:
        """Under the Chatham House rule, or once announced under it: nobody is told who was there or who said what."""
        return self.promised_rule or self.confidentiality == self.Confidentiality.CHATHAM

    @property
    def is_ahead(self) -> bool:
        return self.state in self.AHEAD

    @property
    def is_live(self) -> bool:
        """Announced and not over: people may still come."""
        return self.state in self.LIVE

    @property
    def has_begun(self) -> bool:
        return timezone.now() >= self.starts_at

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now() or self.state in (
            self.State.HELD,
            self.State.CLOSED,
            self.State.CANCELLED,
        )

    @property
    def start(self) -> datetime.datetime:
        """The beginning as an aware datetime in the zone of the place."""
        return self.starts_at.astimezone(zone(self.tz))

    @property
    def end(self) -> datetime.datetime:
        return self.ends_at.astimezone(zone(self.tz))

    @property
    def modes(self) -> list[str]:
        """How one can take part: values of `Registration.Mode`."""
        both = [self.Modality.IN_PERSON.value, self.Modality.ONLINE.value]
        return both if self.modality == self.Modality.HYBRID else [self.modality]

    def capacity(self, mode: str) -> int | None:
        """Places of one mode; None: no limit."""
        return self.capacity_in_person if mode == self.Modality.IN_PERSON else self.capacity_online


class SectorTarget(models.Model):
    """How many of a sector the table should have."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="targets", verbose_name=_("dialogue"))
    sector = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    minimum = models.PositiveSmallIntegerField(_("at least"), default=0)
    desired = models.PositiveSmallIntegerField(_("desired"))

    class Meta:
        verbose_name = _("places of a sector")
        verbose_name_plural = _("places by sector")
        ordering = ["session", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "sector"], name="sector_target_once"),
            models.CheckConstraint(condition=Q(minimum__lte=F("desired")), name="sector_minimum_within_desired"),
        ]

    def __str__(self) -> str:
        return f"{self.get_sector_display()}: {self.desired}"


class AgendaItem(models.Model):
    """One part of the session. When it begins follows from the minutes of those before it."""

    class Kind(models.TextChoices):
        WELCOME = "bienvenida", _("Welcome")
        DATA = "datos", _("What the data say")
        TABLES = "mesas", _("Tables")
        PLENARY = "plenaria", _("Plenary")
        VOTE = "votacion", _("Prioritising")
        COMMITMENTS = "compromisos", _("Commitments")
        BREAK = "receso", _("Break")
        OTHER = "otra", _("Other")

    session = models.ForeignKey(Session, models.CASCADE, related_name="agenda", verbose_name=_("dialogue"))
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("what we will do"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    led_by = models.CharField(_("led by"), max_length=150, blank=True)
    facilitators = models.ManyToManyField(
        "partners.Person", blank=True, related_name="agenda_items", verbose_name=_("facilitators")
    )
    challenges = models.ManyToManyField(
        "projects.Challenge", blank=True, related_name="agenda_items", verbose_name=_("challenges")
    )
    question = models.TextField(_("question"), blank=True)
    chatham = models.BooleanField(_("under the Chatham House rule"), default=False)

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("agenda")
        ordering = ["session", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "order"], name="agenda_order_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="agenda_minutes_sane"),
        ]

    def __str__(self) -> str:
        return self.title
