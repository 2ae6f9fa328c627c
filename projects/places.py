"""Where somebody may use a card: their projects and the challenges of these; and where a card is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from partners.models import Organisation
from partners.rules import sees_everything

from . import services
from .models import Challenge, Evidence, EvidenceUse, Project, ProjectMember

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

MOST = 200


def writable_projects(user: User) -> Any:
    """Projects in which somebody leads or writes."""
    if sees_everything(user):
        return Project.objects.all()
    writing = ProjectMember.objects.in_force().held_by(user, *ProjectMember.WRITING).values("project_id")
    led = Project.objects.led_by(user).values("pk")
    return Project.objects.filter(Q(pk__in=writing) | Q(pk__in=led))


def choices(user: User) -> list[tuple[str, str]]:
    projects = list(writable_projects(user)[:MOST])
    own = Organisation.objects.of(user).values("pk")
    challenges = Challenge.objects.open().filter(Q(project__in=projects) | Q(project=None, organisation__in=own))
    return [
        *((f"p:{project.slug}", _("Project: %(title)s") % {"title": project.title}) for project in projects),
        *(
            (f"r:{challenge.key}", _("Challenge: %(title)s") % {"title": challenge.title})
            for challenge in challenges[:MOST]
        ),
    ]


def attach(card: Evidence, place: str, user: User, *, claim: str = "", strength: str = "") -> EvidenceUse | None:
    """`place` is one of the choices; nothing for none."""
    kind, _colon, key = place.partition(":")
    if not key:
        return None
    if kind == "p":
        project = Project.objects.get(slug=key)
        return services.attach_evidence(evidence=card, project=project, by=user, claim=claim, strength=strength)
    challenge = Challenge.objects.get(key=key)
    return services.attach_evidence(evidence=card, challenge=challenge, by=user, claim=claim, strength=strength)


def own_organisation(user: User) -> Organisation | None:
    """For whom a card is made: the organisation one acts for, the first of several."""
    return Organisation.objects.of(user).order_by("sort_key", "pk").first()


def uses_of(card: Evidence, user: User | AnonymousUser) -> list[EvidenceUse]:
    """Where a card is used, as far as this reader may see."""
    projects = Project.objects.visible_to(user).values("pk")
    challenges = Challenge.objects.visible_to(user).values("pk")
    rows = card.uses.filter(Q(project__in=projects) | Q(challenge__in=challenges))
    return list(rows.select_related("project", "challenge__project"))
