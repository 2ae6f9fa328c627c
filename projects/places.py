"""Where somebody may use a card: their projects and the challenges of these; and where a card is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from gesoc.common.models import as_key
from gesoc.common.text import sort_key
from partners.models import Organisation
from partners.rules import sees_everything

from . import services
from .models import Challenge, Evidence, EvidenceUse, Project, ProjectMember

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class Place(NamedTuple):
    """A project (`p:<slug>`) or a challenge (`r:<key>`) in which somebody may use a card."""

    key: str
    label: str

    def __str__(self) -> str:
        return self.label


def writable_projects(user: User) -> Any:
    """Projects in which somebody leads or writes."""
    if sees_everything(user):
        return Project.objects.all()
    writing = ProjectMember.objects.in_force().held_by(user, *ProjectMember.WRITING).values("project_id")
    led = Project.objects.led_by(user).values("pk")
    return Project.objects.filter(Q(pk__in=writing) | Q(pk__in=led))


def writable_challenges(user: User) -> Any:
    """Open ones of these projects, and those of no project that somebody's own organisation asks."""
    own = Organisation.objects.of(user).values("pk")
    inside = Q(project__in=writable_projects(user).order_by().values("pk"))
    return Challenge.objects.open().filter(inside | Q(project=None, organisation__in=own))


def of(user: User, *, most: int) -> list[Place]:
    """Where somebody may use a card, so many at most."""
    return _places(writable_projects(user)[:most], writable_challenges(user)[:most])[:most]


def called(user: User, text: str, *, most: int) -> list[Place]:
    """What somebody means by a name: what is called so or, if nothing is, what holds its words.

    Before the name may stand whether it is of a project or a challenge, as the labels say it.
    """
    projects, challenges = writable_projects(user), writable_challenges(user)
    said, colon, bare = text.partition(":")
    if colon and sort_key(said) == sort_key(_("Project")):
        text, challenges = bare, challenges.none()
    elif colon and sort_key(said) == sort_key(_("Challenge")):
        text, projects = bare, projects.none()
    exact = _places(*(rows.filter(sort_key=sort_key(text)[:200])[:most] for rows in (projects, challenges)))
    return exact or _places(*(rows.matching(text)[:most] for rows in (projects, challenges)))


def _places(projects: Any, challenges: Any) -> list[Place]:
    return [*map(_of_project, projects), *map(_of_challenge, challenges)]


def _of_project(project: Project) -> Place:
    return Place(f"p:{project.slug}", _("Project: %(title)s") % {"title": project.title})


def _of_challenge(challenge: Challenge) -> Place:
    return Place(f"r:{challenge.key}", _("Challenge: %(title)s") % {"title": challenge.title})


def held(user: User, key: str) -> Place | None:
    """The place of such a key, if it is one of theirs."""
    kind, _colon, which = key.partition(":")
    if kind == "p":
        project = writable_projects(user).filter(slug=which).first()
        return _of_project(project) if project else None
    number = as_key(which) if kind == "r" else None
    challenge = writable_challenges(user).filter(key=number).first() if number else None
    return _of_challenge(challenge) if challenge else None


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


class Use(NamedTuple):
    """Something that a card is used for, and why if somebody said so."""

    what: str
    title: str
    url: str
    claim: str = ""


# (card, who looks) -> where an app above uses it, as far as this reader may see.
UseProvider = Callable[["Evidence", "User | AnonymousUser"], Iterable[Use]]
_providers: list[UseProvider] = []


def add_uses(provider: UseProvider) -> None:
    """Register where an app above uses cards; once, from `AppConfig.ready`."""
    if provider not in _providers:
        _providers.append(provider)


def uses_of(card: Evidence, user: User | AnonymousUser) -> list[Use]:
    """Where a card is used, as far as this reader may see."""
    projects = Project.objects.visible_to(user).values("pk")
    challenges = Challenge.objects.visible_to(user).values("pk")
    rows = card.uses.filter(Q(project__in=projects) | Q(challenge__in=challenges))
    found = []
    for row in rows.select_related("project", "challenge__project"):
        what = _("Project") if row.project else _("Challenge")
        place: Any = row.project or row.challenge
        found.append(Use(what, place.title, place.get_absolute_url(), row.claim))
    return [*found, *(use for provider in _providers for use in provider(card, user))]
