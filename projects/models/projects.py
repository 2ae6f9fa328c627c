"""What organisations do together: the project, its partner organisations, its people, and how it moved on."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesoc.common.models import holding
from gesoc.common.text import search_text, sort_key
from partners.models import Membership, Organisation
from partners.rules import is_in_network, sees_everything

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class Visibility(models.TextChoices):
    """Who may see something at all. What belongs to a project is never seen by more people than the project."""

    PUBLIC = "publica", _("Everybody")
    NETWORK = "red", _("The network")
    PRIVATE = "privada", _("Only the partners")


def shown_to(user: User | AnonymousUser) -> models.Q:
    """What a visibility alone opens for somebody; what one's own organisation may see comes on top."""
    network = is_in_network(user) or sees_everything(user)
    levels = [Visibility.PUBLIC, *([Visibility.NETWORK] if network else [])]
    return models.Q(visibility__in=levels)


class ProjectQuerySet(models.QuerySet["Project"]):
    def public(self) -> ProjectQuerySet:
        return self.filter(visibility=Visibility.PUBLIC)

    def visible_to(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """Public ones for everybody, those of the network for its people, private ones for whoever takes part."""
        if sees_everything(user):
            return self
        return self.filter(shown_to(user) | self._taken_part_in(user, ProjectPartner.LIVE))

    def of(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """Those in which somebody takes part today, through an organisation or by name."""
        return self.filter(self._taken_part_in(user, (ProjectPartner.State.ACCEPTED,)))

    def led_by(self, user: User | AnonymousUser) -> ProjectQuerySet:
        leading = ProjectMember.objects.in_force().held_by(user, ProjectMember.Role.LEAD)
        coordinated = Organisation.objects.of(user, Membership.Role.COORDINATOR)
        return self.filter(
            models.Q(pk__in=leading.values("project_id")) | models.Q(lead_organisation__in=coordinated.values("pk"))
        )

    def matching(self, text: str) -> ProjectQuerySet:
        return holding(self, text)

    def in_custody(self) -> ProjectQuerySet:
        """Those whose lead organisation left the network: GESOC looks after them until another one leads."""
        return self.filter(lead_organisation__status=Organisation.Status.LEFT).exclude(stage=Project.Stage.CLOSED)

    @staticmethod
    def _taken_part_in(user: User | AnonymousUser, states: tuple[str, ...]) -> models.Q:
        if user.pk is None:
            return models.Q(pk__in=[])
        own = Membership.objects.in_force().held_by(user).values("organisation_id")
        partners = ProjectPartner.objects.filter(organisation__in=own, state__in=states)
        members = ProjectMember.objects.in_force().held_by(user)
        return (
            models.Q(lead_organisation__in=own)
            | models.Q(pk__in=partners.values("project_id"))
            | models.Q(pk__in=members.values("project_id"))
        )


class Project(models.Model):
    """A problem of some municipality that organisations of the network took on together."""

    class Stage(models.TextChoices):
        IDEA = "idea", _("Idea")
        DIAGNOSIS = "diagnostico", _("Diagnosis")
        CODESIGN = "codiseno", _("Co-design")
        IMPLEMENTATION = "implementacion", _("Implementation")
        FOLLOW_UP = "seguimiento", _("Follow-up")
        CLOSED = "cerrado", _("Closed")
        PAUSED = "pausado", _("On pause")

    class Scope(models.TextChoices):
        MUNICIPAL = "municipal", _("Municipal")
        STATE = "estatal", _("State-wide")
        NATIONAL = "nacional", _("National")

    # The line a project moves along; a pause stands beside it.
    LINE = (
        Stage.IDEA,
        Stage.DIAGNOSIS,
        Stage.CODESIGN,
        Stage.IMPLEMENTATION,
        Stage.FOLLOW_UP,
        Stage.CLOSED,
    )
    RESTING = (Stage.CLOSED, Stage.PAUSED)

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    problem_statement = models.TextField(_("problem"), help_text=_("What happens, to whom, and since when."))
    public_summary = models.TextField(_("summary for the public"), blank=True)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices, default=Scope.MUNICIPAL)
    municipalities = models.ManyToManyField(
        "municipalities.Municipality", blank=True, related_name="projects", verbose_name=_("municipalities")
    )
    states = models.ManyToManyField(
        "municipalities.State", blank=True, related_name="projects", verbose_name=_("states")
    )
    lead_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="led_projects", verbose_name=_("lead organisation")
    )
    stage = models.CharField(_("stage"), max_length=15, choices=Stage.choices, default=Stage.IDEA)
    visibility = models.CharField(
        _("who sees it"), max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    starts_on = models.DateField(_("begins"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    is_example = models.BooleanField(_("example"), default=False)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    search_text = models.CharField(max_length=400, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="project_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    stage__in=[
                        "idea",
                        "diagnostico",
                        "codiseno",
                        "implementacion",
                        "seguimiento",
                        "cerrado",
                        "pausado",
                    ]
                ),
                name="project_stage_known",
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=["publica", "red", "privada"]), name="project_visibility_known"
            ),
        ]
        indexes = [models.Index(fields=["visibility", "stage"], name="project_by_visibility")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        self.sort_key = sort_key(self.title)[:200]
        self.search_text = search_text(f"{self.title} {self.problem_statement}")[:400]

    def get_absolute_url(self) -> str:
        return reverse("projects:project", args=[self.slug])

    @property
    def is_over(self) -> bool:
        return self.stage in self.RESTING

    @property
    def is_in_custody(self) -> bool:
        return self.lead_organisation.status == Organisation.Status.LEFT and self.stage != self.Stage.CLOSED


class ProjectPartner(models.Model):
    """An organisation in a project, and what for. Its rights begin when it accepts and end when it withdraws."""

    class Role(models.TextChoices):
        LEAD = "lidera", _("Leads")
        IMPLEMENTER = "coimplementa", _("Implements with others")
        ADVISER = "asesora", _("Advises")
        FUNDER = "financia", _("Funds")
        COUNTERPART = "contraparte_publica", _("Public counterpart")

    class State(models.TextChoices):
        INVITED = "invitada", _("Invited")
        ACCEPTED = "aceptada", _("Takes part")
        WITHDRAWN = "retirada", _("Withdrew")

    LIVE = (State.INVITED, State.ACCEPTED)

    project = models.ForeignKey(Project, models.CASCADE, related_name="partners", verbose_name=_("project"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="project_roles", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.IMPLEMENTER)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.INVITED)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("partner of a project")
        verbose_name_plural = _("partners of projects")
        ordering = ["project", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation"], condition=~models.Q(state="retirada"), name="project_partner_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="retirada") | models.Q(until__isnull=False),
                name="withdrawn_partner_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="project_partner_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.project}"


class ProjectMemberQuerySet(models.QuerySet["ProjectMember"]):
    def in_force(self, on: datetime.date | None = None) -> ProjectMemberQuerySet:
        """Those that give rights that day: still in the project, and still acting for the organisation named.

        `until` is the first day without them, so that an end takes effect at once.
        """
        day = on or timezone.localdate()
        acting = Membership.objects.in_force(day).filter(
            user=models.OuterRef("user"), organisation=models.OuterRef("organisation")
        )
        return (
            self.filter(since__lte=day)
            .filter(models.Q(until__isnull=True) | models.Q(until__gt=day))
            .filter(models.Exists(acting))
        )

    def held_by(self, user: User | AnonymousUser, *roles: str) -> ProjectMemberQuerySet:
        if user.pk is None:
            return self.none()
        held = self.filter(user=user.pk)
        return held.filter(role__in=roles) if roles else held


class ProjectMember(models.Model):
    """Somebody who works in a project for one of its organisations."""

    class Role(models.TextChoices):
        LEAD = "liderazgo", _("Leads")
        COLLABORATOR = "colaboracion", _("Collaborates")
        OBSERVER = "observacion", _("Observes")

    # Whoever may write in the project.
    WRITING = (Role.LEAD, Role.COLLABORATOR)

    project = models.ForeignKey(Project, models.CASCADE, related_name="members", verbose_name=_("project"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="project_roles", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("acts for"), help_text=_("A partner of it.")
    )
    role = models.CharField(_("role"), max_length=15, choices=Role.choices, default=Role.COLLABORATOR)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProjectMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a project")
        verbose_name_plural = _("members of projects")
        ordering = ["project", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], condition=models.Q(until__isnull=True), name="project_member_once"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="project_member_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.project}"


class StageChange(models.Model):
    """A step of a project along its line, or back, and why: part of what was learned. Never changed afterwards."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stage_changes")
    from_stage = models.CharField(_("from"), max_length=15, choices=Project.Stage.choices)
    to_stage = models.CharField(_("to"), max_length=15, choices=Project.Stage.choices)
    reason = models.TextField(_("reason"))
    on = models.DateField(_("on"), default=timezone.localdate)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="stage_change_has_a_reason"),
            models.CheckConstraint(
                condition=~models.Q(from_stage=models.F("to_stage")), name="stage_change_changes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.get_from_stage_display()} → {self.get_to_stage_display()}"


def part_of(user: User | AnonymousUser, path: str = "project") -> models.Q:
    """Whatever belongs (by `path`) to a project that somebody may see; things of no project are not touched by it."""
    visible: Any = Project.objects.visible_to(user).values("pk")
    return models.Q(**{f"{path}__isnull": True}) | models.Q(**{f"{path}__in": visible})


def inside_projects(user: User | AnonymousUser) -> models.Q:
    """For rows with a project and a visibility of their own: staff rights alone open no private row."""
    visible: Any = Project.objects.visible_to(user).values("pk")
    own = Project.objects.of(user).values("pk")
    return (models.Q(project__in=visible) & shown_to(user)) | models.Q(project__in=own)
