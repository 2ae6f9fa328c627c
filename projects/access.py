"""What projects keep of a person: for the answer to whoever asks to see their data, and to what erases them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from partners.services import Kept, Writing, blot, written_by
from partners.services.privacy import ERASED_AUTHOR
from projects.models import (
    Activity,
    Attachment,
    Challenge,
    Comment,
    DataGap,
    Evidence,
    LearningNote,
    LogEntry,
    NoteImage,
    Outcome,
    Project,
    ProjectMember,
    Reading,
    ResearchNote,
    ResearchNoteEvent,
    StageChange,
    Substantiation,
    TrailAnswer,
)
from projects.services.comments import erase_comments_of

if TYPE_CHECKING:
    from partners.models import Person


WRITTEN = (
    Writing(Project, "created_by", "created_at", ("title",)),
    Writing(StageChange, "by", "on", ("project__title", "reason")),
    Writing(LogEntry, "by", "on", ("project__title", "text", "what_changed")),
    Writing(Attachment, "by", "created_at", ("entry__project__title", "original_name")),
    Writing(LearningNote, "by", "on", ("project__title", "did", "learned", "next", "blocked_by")),
    Writing(Activity, "user", "created_at", ("project__title", "title")),
    Writing(Outcome, "by", "on", ("project__title", "actor", "what_changed")),
    Writing(Reading, "by", "as_of", ("indicator__name", "note")),
    Writing(Challenge, "created_by", "created_at", ("title", "statement")),
    Writing(DataGap, "created_by", "created_at", ("what_is_missing",)),
    Writing(TrailAnswer, "answered_by", "updated_at", ("question", "text", "failed_search")),
    Writing(Evidence, "created_by", "created_at", ("reading",)),
    Writing(ResearchNote, "created_by", "created_at", ("title", "lede", "body")),
    Writing(NoteImage, "by", "created_at", ("note__title", "alt")),
)


def kept_of(person: Person) -> Iterator[Kept]:
    for answer in Substantiation.objects.filter(person=person).select_related("outcome").order_by("pk"):
        said = f"{answer.outcome}: {answer.get_verdict_display()} {answer.comment}".strip()
        yield Kept(_("Answer about an outcome"), answer.answered_at, said)
    if person.user_id is None:
        return
    for role in ProjectMember.objects.filter(user=person.user_id).select_related("project").order_by("since", "pk"):
        yield Kept(_("Project"), role.since, f"{role.project} · {role.get_role_display()}")
    for comment in Comment.objects.filter(by=person.user_id).order_by("created_at", "pk"):
        yield Kept(_("Comment"), comment.created_at, f"{comment.target}: {comment.text or _('taken away')}")
    yield from written_by(person.user_id, WRITTEN)


def erase(person: Person) -> int:
    """Their comments; their name among the authors of notes; where they sign what they answered.

    What stays: notes and log entries they wrote, without their name, and what others wrote in running text.
    """
    count = erase_comments_of(person) + _erase_authorship(person)
    return count + blot(Substantiation.objects.filter(person=person), "comment", person)


def _erase_authorship(person: Person) -> int:
    """Only of notes they made or of their organisations: elsewhere it may be a namesake."""
    own = ResearchNote.objects.filter(
        Q(created_by=person.user_id, created_by__isnull=False)
        | Q(organisation__in=person.affiliations.values("organisation"))
        | Q(organisation__memberships__user=person.user_id, organisation__memberships__user__isnull=False)
    )
    numbers = list(own.values_list("pk", flat=True).distinct())
    count = blot(ResearchNote.objects.filter(pk__in=numbers), "authors", person, ERASED_AUTHOR)
    blot(ResearchNoteEvent.objects.filter(pgh_obj_id__in=numbers), "authors", person, ERASED_AUTHOR)
    return count
