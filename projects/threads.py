"""Comments as a page shows them: beside which thing, by whom, and what this reader may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.urls import reverse

from partners.models import Organisation
from partners.rules import sees_everything

from .models import Challenge, Comment, Evidence, LogEntry, ResearchNote
from .models.comments import places

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

# What stands in the address -> the foreign key of a comment, the model, and the field that is its public name.
KINDS: dict[str, tuple[str, Any, str]] = {
    "bitacora": ("entry", LogEntry, "key"),
    "reto": ("challenge", Challenge, "key"),
    "evidencia": ("evidence", Evidence, "key"),
    "nota": ("note", ResearchNote, "slug"),
}


@dataclass(frozen=True)
class Thread:
    """The comments beside one thing that this reader may read."""

    comments: list[Comment]
    may_write: bool
    may_moderate: bool
    url: str


def kinds() -> dict[str, tuple[str, Any, str]]:
    """Those of this app, and those that apps above added: there a path over their link stands for the foreign key."""
    return KINDS | {word: (place.path, place.model, place.name) for word, place in places().items()}


def place_of(target: Model) -> tuple[str, str, str]:
    """(word of the address, way from a comment to the thing, public name)"""
    for word, (field, model, name) in kinds().items():
        if isinstance(target, model):
            return word, field, str(getattr(target, name))
    raise TypeError(type(target))


def address_of(target: Model) -> str:
    word, _field, name = place_of(target)
    return reverse("projects:comments", args=[word, name])


def called(target: Model) -> Model:
    """What lists and mails call it: the project of a log entry, as the words of the entry stay in the project."""
    return target.project if isinstance(target, LogEntry) else target


def found_at(word: str, name: str, user: User | AnonymousUser) -> Any:
    """What an address names, if this reader may see comments there; else None."""
    if word not in kinds():
        return None
    _path, model, field = kinds()[word]
    rows = places()[word].seen(user) if word in places() else model.objects.visible_to(user)
    if model is ResearchNote:  # a review is read by whoever writes and reviews, not by the readers of what is published
        own = Organisation.objects.of(user).values("pk")
        rows = rows if sees_everything(user) else rows.filter(organisation__in=own)
    elif model is LogEntry:
        rows = rows.select_related("project__lead_organisation")
    try:
        return rows.filter(**{field: name}).first()
    except (ValueError, TypeError):
        return None


def thread(target: Any, user: User | AnonymousUser) -> Thread:
    """`target` is something this reader sees already."""
    _word, field, _name = place_of(target)
    rows = Comment.objects.filter(**{field: target}).read_by(user).select_related("by")
    return Thread(list(rows), may_comment(user, target), may_moderate(user, target), address_of(target))


def may_comment(user: User | AnonymousUser, target: Any) -> bool:
    """People of the network, on what they see; on a note while it is written and reviewed."""
    if not user.has_perm("projects.comment"):
        return False
    return not isinstance(target, ResearchNote) or target.state != ResearchNote.State.PUBLISHED


def may_moderate(user: User | AnonymousUser, target: Any) -> bool:
    """Whoever is responsible for the place may take a comment away, with a reason."""
    word, field, _name = place_of(target)
    if word in places():
        return bool(user.has_perm(places()[word].right, target))
    rights = {
        "entry": "projects.edit_project",
        "challenge": "projects.edit_challenge",
        "evidence": "projects.edit_evidence",
        "note": "projects.publish_research",
    }
    return bool(user.has_perm(rights[field], target))
