"""Projects, their stages, their partner organisations and their people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality, State
from partners.audit import acting, given
from partners.models import Organisation
from projects.models import Project, ProjectMember, ProjectPartner, StageChange

from .moves import demand_state, locked, saved

if TYPE_CHECKING:
    from partners.models import User

PartnerState = ProjectPartner.State


def create_project(
    *,
    project: Project,
    by: User | None,
    municipalities: Iterable[Municipality] = (),
    states: Iterable[State] = (),
    leader: User | None = None,
) -> Project:
    """A new project with its lead organisation as first partner, and whoever leads it by name as first member."""
    with acting(by, "create_project"):
        project.slug = project.slug or free_slug(project.title)
        project.created_by = by
        saved(project)
        project.municipalities.set(municipalities)
        project.states.set(states)
        _lead(project, by)
        person = leader or by
        if person is not None and person.memberships.in_force().filter(organisation=project.lead_organisation).exists():
            add_member(
                project=project,
                user=person,
                organisation=project.lead_organisation,
                role=ProjectMember.Role.LEAD,
                by=by,
            )
        return project


def save_project(
    *,
    project: Project,
    by: User | None,
    municipalities: Iterable[Municipality] | None = None,
    states: Iterable[State] | None = None,
) -> Project:
    """Change what is told about a project. Its stage has a service of its own, as it needs a reason."""
    with acting(by, "save_project"):
        project.stage = locked(project).stage
        saved(project)
        if municipalities is not None:
            project.municipalities.set(municipalities)
        if states is not None:
            project.states.set(states)
        _lead(project, by)
        return project


def _lead(project: Project, by: User | None) -> None:
    """The lead organisation always takes part as the one that leads; who led before goes on as implementer."""
    live = project.partners.exclude(state=PartnerState.WITHDRAWN)
    live.filter(role=ProjectPartner.Role.LEAD).exclude(organisation=project.lead_organisation).update(
        role=ProjectPartner.Role.IMPLEMENTER
    )
    partner = live.filter(organisation=project.lead_organisation).first()
    partner = partner or ProjectPartner(project=project, organisation=project.lead_organisation, created_by=by)
    partner.role, partner.state = ProjectPartner.Role.LEAD, PartnerState.ACCEPTED
    saved(partner)


# Words of the addresses themselves.
RESERVED = {"nuevo", "descargar"}


def free_slug(title: str) -> str:
    base = slugify(title)[:70].strip("-") or "proyecto"
    taken = RESERVED | set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


def change_stage(*, project: Project, to_stage: str, reason: str, by: User | None) -> StageChange:
    """Forwards or back, always with a reason: it is part of what was learned."""
    with acting(by, "change_stage", reason=given(reason)):
        current = locked(project)
        if current.stage == to_stage:
            raise ValidationError(_("The project already is in this stage."))
        change = StageChange(project=current, from_stage=current.stage, to_stage=to_stage, reason=given(reason), by=by)
        current.stage = to_stage
        saved(current)
        project.stage = to_stage
        return saved(change)


# -- partner organisations --------------------------------------------------------------------------------------------


def invite_partner(
    *, project: Project, organisation: Organisation, by: User | None, role: str = ProjectPartner.Role.IMPLEMENTER
) -> ProjectPartner:
    """Ask an organisation to take part; it sees the project from now on, and works in it once it accepts."""
    if role == ProjectPartner.Role.LEAD:
        raise ValidationError(_("A project has one lead organisation: change it on the page of the project."))
    with acting(by, "invite_partner"):
        return saved(ProjectPartner(project=project, organisation=organisation, role=role, created_by=by))


def accept_partnership(*, partner: ProjectPartner, by: User | None) -> ProjectPartner:
    with acting(by, "accept_partnership"):
        current = locked(partner)
        demand_state(current, (PartnerState.INVITED,))
        current.state, current.since = PartnerState.ACCEPTED, timezone.localdate()
        return saved(current)


def withdraw_partner(*, partner: ProjectPartner, by: User | None, reason: str = "") -> ProjectPartner:
    """An organisation declines or leaves; its people are no longer members. What they wrote stays."""
    with acting(by, "withdraw_partner", reason=reason):
        current = locked(partner)
        demand_state(current, (PartnerState.INVITED, PartnerState.ACCEPTED))
        if current.organisation_id == current.project.lead_organisation_id:
            raise ValidationError(_("The lead organisation cannot leave: let another one lead first."))
        current.state, current.until = PartnerState.WITHDRAWN, max(timezone.localdate(), current.since)
        for member in current.project.members.filter(organisation=current.organisation, until__isnull=True):
            _end(member)
        return saved(current)


# -- members ----------------------------------------------------------------------------------------------------------


def add_member(
    *,
    project: Project,
    user: User,
    organisation: Organisation,
    by: User | None,
    role: str = ProjectMember.Role.COLLABORATOR,
) -> ProjectMember:
    """Somebody who acts for a partner works in the project from today on."""
    if not user.memberships.in_force().filter(organisation=organisation).exists():
        raise ValidationError(_("This person does not act for that organisation."))
    if not project.partners.filter(organisation=organisation, state=PartnerState.ACCEPTED).exists():
        raise ValidationError(_("That organisation does not take part in the project."))
    with acting(by, "add_project_member"):
        return saved(ProjectMember(project=project, user=user, organisation=organisation, role=role))


def end_member(*, member: ProjectMember, by: User | None) -> ProjectMember:
    with acting(by, "end_project_member"):
        current = locked(member)
        if current.until is not None:
            raise ValidationError(_("This person has left the project already."))
        return _end(current)


def _end(member: ProjectMember) -> ProjectMember:
    member.until = max(timezone.localdate(), member.since)
    return saved(member)
