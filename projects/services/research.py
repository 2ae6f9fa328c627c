"""Research notes: written, reviewed by somebody else, published in versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from municipalities.models import Municipality
from partners.audit import acting, given
from projects.models import NoteVersion, Project, ResearchNote

from .moves import demand_state, locked, saved

if TYPE_CHECKING:
    from partners.models import User

State = ResearchNote.State


def save_research_note(
    *,
    note: ResearchNote,
    by: User | None,
    projects: Iterable[Project] | None = None,
    municipalities: Iterable[Municipality] | None = None,
) -> ResearchNote:
    """Write the working text. What was published stays as it is until a newer version is published."""
    with acting(by, "save_research_note"):
        if note.pk is None:
            note.slug, note.created_by = note.slug or _free_slug(note.title), by
        else:
            note.state = locked(note).state
        saved(note)
        if projects is not None:
            note.projects.set(projects)
        if municipalities is not None:
            note.municipalities.set(municipalities)
        return note


def _free_slug(title: str) -> str:
    base = slugify(title)[:70].strip("-") or "nota"
    taken = set(ResearchNote.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


def send_for_review(*, note: ResearchNote, by: User | None) -> ResearchNote:
    return _move(note, (State.DRAFT,), State.REVIEW, by, "send_for_review")


def return_note(*, note: ResearchNote, reason: str, by: User | None) -> ResearchNote:
    return _move(note, (State.REVIEW,), State.DRAFT, by, "return_note", given(reason))


def withdraw_note(*, note: ResearchNote, reason: str, by: User | None) -> ResearchNote:
    return _move(note, (State.PUBLISHED,), State.WITHDRAWN, by, "withdraw_note", given(reason))


def _move(
    note: ResearchNote, start: tuple[str, ...], state: str, by: User | None, action: str, reason: str = ""
) -> ResearchNote:
    with acting(by, action, reason=reason):
        current = locked(note)
        demand_state(current, start)
        current.state, current.review_note = state, reason
        return saved(current)


def publish_note(*, note: ResearchNote, by: User | None, change_note: str = "") -> NoteVersion:
    """The text as it stands becomes the next version. Who wrote the note does not publish it alone."""
    with acting(by, "publish_note"):
        current = locked(note)
        demand_state(current, (State.REVIEW, State.PUBLISHED, State.WITHDRAWN))
        if by is not None and current.created_by_id == by.pk:
            raise ValidationError(_("Somebody else has to review it: nobody publishes their own note."))
        newest = current.versions.first()
        current.state, current.review_note = State.PUBLISHED, ""
        saved(current)
        return saved(
            NoteVersion(
                note=current,
                number=newest.number + 1 if newest else 1,
                title=current.title,
                lede=current.lede,
                body=current.body,
                change_note=change_note.strip(),
                by=by,
                published_at=timezone.now(),
            )
        )
