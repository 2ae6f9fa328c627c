"""Who may do what with projects, challenges and evidence. What somebody may not even see is kept by `.visible_to`.

A project has three circles: who leads it (by name, or by coordinating the lead organisation), who works in it, and the
partner organisations that accepted. GESOC sees and edits all projects, but reads no private note: honest reflection
needs that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules

from partners.rules import COORDINATOR, is_coordinator, is_in_network, is_member, staff

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

    from .models import Challenge, Comment, Evidence, Project, ProjectPartner

LEAD = "liderazgo"
WRITING = ("liderazgo", "colaboracion")


def project_of(obj: Any) -> Project | None:
    """The project itself, or that of a challenge, a log entry, a gap."""
    return obj if obj is None or hasattr(obj, "lead_organisation_id") else obj.project


@rules.predicate
def leads_project(user: User | AnonymousUser, obj: Any) -> bool:
    project = project_of(obj)
    if project is None or not user.is_authenticated:
        return False
    by_name = project.members.in_force().held_by(user, LEAD).exists()
    return by_name or is_coordinator(user, project.lead_organisation)


@rules.predicate
def writes_in_project(user: User | AnonymousUser, obj: Any) -> bool:
    project = project_of(obj)
    if project is None or not user.is_authenticated:
        return False
    return project.members.in_force().held_by(user, *WRITING).exists()


@rules.predicate
def is_of_project(user: User | AnonymousUser, obj: Any) -> bool:
    """Takes part today: in the project by name, or through an organisation that leads it or accepted."""
    project = project_of(obj)
    if project is None or not user.is_authenticated:
        return False
    return type(project).objects.of(user).filter(pk=project.pk).exists()


@rules.predicate
def proposed_challenge(user: User | AnonymousUser, challenge: Challenge | None) -> bool:
    """Belongs to the organisation that proposed it, while it is only proposed."""
    return challenge is not None and challenge.state == "propuesto" and is_member(user, challenge.organisation)


@rules.predicate
def made_evidence(user: User | AnonymousUser, evidence: Evidence | None) -> bool:
    if evidence is None or not user.is_authenticated:
        return False
    return evidence.created_by_id == user.pk and (
        evidence.organisation is None or is_member(user, evidence.organisation)
    )


@rules.predicate
def may_still_correct(user: User | AnonymousUser, comment: Comment | None) -> bool:
    return comment is not None and comment.by_id == user.pk and comment.is_fresh


@rules.predicate
def writes_note(user: User | AnonymousUser, note: Any) -> bool:
    return note is not None and is_member(user, note.organisation)


@rules.predicate
def reviews_note(user: User | AnonymousUser, note: Any) -> bool:
    """Whoever coordinates the organisation; the service sees to it that nobody publishes their own."""
    return note is not None and note.created_by_id != user.pk and is_coordinator(user, note.organisation)


@rules.predicate
def coordinates_partner(user: User | AnonymousUser, partner: ProjectPartner | None) -> bool:
    if partner is None or not user.is_authenticated:
        return False
    held = user.memberships.in_force().filter(organisation=partner.organisation, role=COORDINATOR)
    return bool(held.exists())


@rules.predicate
def leads_project_of_partner(user: User | AnonymousUser, partner: ProjectPartner | None) -> bool:
    return partner is not None and leads_project(user, partner.project)


rules.add_perm("projects.add_project", is_in_network | staff)
rules.add_perm("projects.add_project_for", is_member | staff)  # for that organisation
rules.add_perm("projects.edit_project", leads_project | staff)
rules.add_perm("projects.write_log", leads_project | writes_in_project | staff)
# Learning notes that were not shared, log entries of the partners: never by staff rights alone.
rules.add_perm("projects.see_private_notes", is_of_project)
rules.add_perm("projects.write_note", leads_project | writes_in_project)
rules.add_perm("projects.invite_partner", leads_project | staff)
rules.add_perm("projects.answer_partnership", coordinates_partner)
rules.add_perm("projects.withdraw_partner", coordinates_partner | leads_project_of_partner | staff)
rules.add_perm("projects.propose_challenge", is_in_network | staff)
rules.add_perm("projects.edit_challenge", proposed_challenge | leads_project | staff)
rules.add_perm("projects.move_challenge", leads_project | staff)
rules.add_perm("projects.freeze_evidence", is_in_network | staff)
rules.add_perm("projects.edit_evidence", made_evidence | staff)
rules.add_perm("projects.write_research", writes_note | staff)
rules.add_perm("projects.publish_research", reviews_note | staff)
rules.add_perm("projects.comment", is_in_network | staff)
rules.add_perm("projects.edit_gap", leads_project | writes_in_project | staff)
