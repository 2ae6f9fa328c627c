"""The co-design log and the learning check-ins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from partners.audit import acting
from partners.models import Organisation
from projects.models import LearningNote, LogEntry

from .attachments import attach_file
from .moves import locked, saved

if TYPE_CHECKING:
    from partners.models import User


def write_entry(
    *,
    entry: LogEntry,
    by: User | None,
    organisations: Iterable[Organisation] | None = None,
    files: Iterable[Any] = (),
    files_are_public: bool = False,
) -> LogEntry:
    """Write an entry or change one; files are added to it. All of it, or nothing if a file is refused."""
    with acting(by, "write_entry"):
        if entry.pk is None:
            entry.by = by
        saved(entry)
        if organisations is not None:
            entry.organisations.set(organisations)
        for upload in files:
            attach_file(entry=entry, upload=upload, by=by, is_public=files_are_public)
        return entry


def write_note(*, note: LearningNote, by: User | None) -> LearningNote:
    with acting(by, "write_note"):
        if note.pk is None:
            note.by = by
        return saved(note)


def share_note(*, note: LearningNote, visibility: str, by: User | None) -> LearningNote:
    """Open a note to more people, or close it again."""
    with acting(by, "share_note"):
        current = locked(note)
        current.visibility = visibility
        return saved(current)
