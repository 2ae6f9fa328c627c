"""Who runs a session, who was asked to it, who has a place, who came."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Person, Sector

from .sessions import Session


class SessionRoleQuerySet(models.QuerySet["SessionRole"]):
    def live(self) -> SessionRoleQuerySet:
        return self.filter(state__in=SessionRole.LIVE)

    def leading(self) -> SessionRoleQuerySet:
        return self.filter(role__in=SessionRole.LEADING)

    def busy(self, starts_at: datetime.datetime, ends_at: datetime.datetime) -> SessionRoleQuerySet:
        """Those that keep somebody busy at some moment of a stretch of time."""
        return self.filter(holds=True, starts_at__lt=ends_at, ends_at__gt=starts_at)


class SessionRole(models.Model):
    """What somebody does in a session, and from when to when that keeps them busy (travel before it included).

    `holds`: the time is taken. It is given back when the role is declined or withdrawn, or the session cancelled.
    """

    class Role(models.TextChoices):
        FACILITATOR = "facilita", _("Facilitates")
        COFACILITATOR = "cofacilita", _("Co-facilitates")
        NOTES = "relatoria", _("Takes notes")
        LOGISTICS = "logistica", _("Logistics")
        SPEAKER = "expone", _("Presents")

    class State(models.TextChoices):
        PROPOSED = "propuesta", _("Proposed")
        CONFIRMED = "confirmada", _("Confirmed")
        DECLINED = "declinada", _("Declined")
        WITHDRAWN = "retirada", _("Withdrawn")

    LEADING = (Role.FACILITATOR, Role.COFACILITATOR)
    LIVE = (State.PROPOSED, State.CONFIRMED)

    session = models.ForeignKey(Session, models.CASCADE, related_name="roles", verbose_name=_("dialogue"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="session_roles", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.FACILITATOR)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    holds = models.BooleanField(default=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SessionRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role in a dialogue")
        verbose_name_plural = _("roles in dialogues")
        ordering = ["session", "id"]
        constraints = [
            ExclusionConstraint(
                name="no_double_booking",
                expressions=[
                    (
                        Func(
                            F("person_id"),
                            F("person_id"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            Value("[)"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                condition=Q(holds=True),
                violation_error_message=_("This person already has another dialogue at that time."),
            ),
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(holds=True), name="one_role_per_person_and_session"
            ),
            models.CheckConstraint(
                condition=Q(holds=False) | Q(state__in=["propuesta", "confirmada"]), name="only_live_roles_hold_time"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="role_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class Availability(models.Model):
    """A stretch of time in which somebody said that they cannot."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="unavailable", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("time without availability")
        verbose_name_plural = _("times without availability")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="unavailable_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts_at:%d/%m/%Y}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def live(self) -> InvitationQuerySet:
        return self.exclude(state=Invitation.State.REVOKED)

    def unanswered(self) -> InvitationQuerySet:
        return self.filter(state__in=(Invitation.State.QUEUED, Invitation.State.SENT, Invitation.State.SILENT))


class Invitation(models.Model):
    """One person asked to one session. Its link is personal; on paper a short code stands in for it."""

    class State(models.TextChoices):
        DRAFT = "borrador", _("Chosen")
        QUEUED = "en_cola", _("Being sent")
        SENT = "enviada", _("Sent")
        ACCEPTED = "aceptada", _("Accepted")
        DECLINED = "declinada", _("Declined")
        SILENT = "sin_respuesta", _("No answer")
        BOUNCED = "rebotada", _("Could not be delivered")
        REVOKED = "revocada", _("Withdrawn")

    class Channel(models.TextChoices):
        EMAIL = "correo", _("E-mail")
        PAPER = "papel", _("On paper")
        PHONE = "telefono", _("By phone")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="invitations", verbose_name=_("dialogue"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("as part of")
    )
    state = models.CharField(_("state"), max_length=13, choices=State.choices, default=State.DRAFT)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    short_code = models.CharField(_("code on paper"), max_length=10, unique=True, null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["session", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=~Q(state="revocada"),
                name="invited_once",
                violation_error_message=_("This person is already invited."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["aceptada", "declinada"]) | Q(answered_at__isnull=False),
                name="answer_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(channel="papel") | Q(short_code__isnull=False), name="paper_has_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} → {self.person}"

    @property
    def is_answered(self) -> bool:
        return self.state in (self.State.ACCEPTED, self.State.DECLINED)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> RegistrationQuerySet:
        """Everybody who has, or still wants, a place."""
        return self.exclude(state__in=Registration.GONE)

    def placed(self) -> RegistrationQuerySet:
        """Those that take a place: confirmed, asked to confirm again, or holding an offer that has not run out."""
        return self.filter(state__in=Registration.PLACED)

    def confirmed(self) -> RegistrationQuerySet:
        return self.filter(state__in=(Registration.State.CONFIRMED, Registration.State.TO_CONFIRM))

    def waiting(self) -> RegistrationQuerySet:
        """The waiting list, first come first."""
        return self.filter(state=Registration.State.WAITING).order_by("waiting_since", "id")


class Registration(models.Model):
    """A place, or the wish for one. Sector and organisation are frozen: the balance is that of the day."""

    class Mode(models.TextChoices):
        IN_PERSON = "presencial", _("In person")
        ONLINE = "en_linea", _("Online")

    class State(models.TextChoices):
        PENDING = "pendiente", _("To be accepted")
        CONFIRMED = "confirmada", _("Confirmed")
        TO_CONFIRM = "por_confirmar", _("To be confirmed again")
        WAITING = "lista_de_espera", _("On the waiting list")
        OFFERED = "ofrecida", _("Place offered")
        LAPSED = "vencida", _("Offer ran out")
        CANCELLED = "cancelada", _("Cancelled")

    PLACED = (State.CONFIRMED, State.TO_CONFIRM, State.OFFERED)
    GONE = (State.LAPSED, State.CANCELLED)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="registrations", verbose_name=_("dialogue"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations", verbose_name=_("person"))
    mode = models.CharField(_("how"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PENDING)
    sector_at_time = models.CharField(_("sector"), max_length=20, choices=Sector.choices)
    organisation_at_time = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    offer_expires_at = models.DateTimeField(_("offer runs out"), null=True, blank=True)
    needs = models.TextField(
        _("what they need to take part"), blank=True, help_text=_("Erased thirty days after the dialogue.")
    )
    may_be_named = models.BooleanField(_("agrees to be named among those who attend"), default=False)
    guardian = models.CharField(_("who answers for a minor"), max_length=200, blank=True)
    is_minor = models.BooleanField(_("is a minor"), default=False)
    walk_in = models.BooleanField(_("came without a place"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["session", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=~Q(state__in=["cancelada", "vencida"]),
                name="registered_once",
                violation_error_message=_("This person is already registered."),
            ),
            models.CheckConstraint(
                condition=(Q(state="ofrecida") & Q(offer_expires_at__isnull=False))
                | (~Q(state="ofrecida") & Q(offer_expires_at__isnull=True)),
                name="offer_runs_out",
            ),
            models.CheckConstraint(
                condition=~Q(state="lista_de_espera") | Q(waiting_since__isnull=False),
                name="waiting_has_a_place_in_line",
            ),
            models.CheckConstraint(
                condition=Q(is_minor=False) | (Q(may_be_named=False) & ~Q(guardian="")), name="minor_is_looked_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.person}"

    @property
    def is_placed(self) -> bool:
        return self.state in self.PLACED

    @property
    def is_confirmed(self) -> bool:
        return self.state in (self.State.CONFIRMED, self.State.TO_CONFIRM)


class Attendance(models.Model):
    """Somebody came. `at` is the moment of the scan, also when it arrived later."""

    class Method(models.TextChoices):
        QR = "qr", _("QR code")
        LIST = "lista", _("List")
        SELF = "propio", _("By themselves")
        PAPER = "papel", _("On paper")

    registration = models.OneToOneField(
        Registration, models.CASCADE, related_name="attendance", verbose_name=_("registration")
    )
    mode = models.CharField(_("how"), max_length=10, choices=Registration.Mode.choices)
    at = models.DateTimeField(_("when"))
    method = models.CharField(_("checked in by"), max_length=6, choices=Method.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    device = models.CharField(_("device"), max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.registration)
