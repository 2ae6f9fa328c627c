"""What the dialogues keep of a person beside the contact itself, and what goes of it when their data are erased."""

from __future__ import annotations

from collections.abc import Iterator

import pgtrigger
from django.db.models import Q
from django.utils.translation import gettext as _

from dialogues.models import (
    AgendaItem,
    Availability,
    Commitment,
    CommitmentUpdate,
    CommitmentVerification,
    Contribution,
    Decision,
    MinutesComment,
    MinutesRevision,
    Registration,
    Seat,
    Series,
    Session,
    SessionRole,
)
from partners.models import Person
from partners.services import Kept, Writing, blot, written_by
from partners.services.privacy import label_of

WRITTEN = (
    Writing(Session, "created_by", "created_at", ("title",)),
    Writing(Series, "created_by", "created_at", ("title", "purpose")),
    Writing(Contribution, "captured_by", "created_at", ("session__title", "text")),
    Writing(Decision, "created_by", "decided_on", ("session__title", "text", "reasons")),
    Writing(MinutesRevision, "author", "created_at", ("session__title", "number", "change_note", "body")),
    Writing(Commitment, "created_by", "created_at", ("text",)),
    Writing(CommitmentUpdate, "by", "at", ("commitment__text", "note", "evidence_url")),
    Writing(CommitmentVerification, "by", "at", ("commitment__text", "note", "evidence_url")),
)


def erase_person(person: Person) -> int:
    """What they needed, who answered for them, where their name stands as a name. That somebody came is still counted.

    What stays: published minutes word for word, as a correction of theirs is an erratum that everybody sees.
    """
    theirs = Registration.objects.filter(person=person)
    theirs.filter(is_minor=True).update(guardian=label_of(person))
    theirs.filter(is_minor=False).update(guardian="")
    count = theirs.update(needs="", may_be_named=False)
    count += Availability.objects.filter(person=person).delete()[0]
    count += blot(Registration.objects.exclude(guardian=""), "guardian", person)  # they answered for a minor
    there = Q(session__roles__person=person) | Q(session__registrations__person=person)
    led = AgendaItem.objects.filter(pk__in=AgendaItem.objects.filter(there).values("pk"))
    count += blot(led, "led_by", person, label_of(person))
    with pgtrigger.ignore("dialogues.MinutesComment:append_only"):
        return count + blot(MinutesComment.objects.filter(person=person), "text", person)


def kept_of(person: Person) -> Iterator[Kept]:
    """For the answer to whoever asks to see their data. Of a vote only that one voted is known, and never what."""
    places = Registration.objects.filter(person=person).select_related("session", "attendance").order_by("pk")
    for place in places:
        said = [str(place.session), place.get_state_display(), place.needs, place.guardian]
        yield Kept(_("Place in a dialogue"), place.created_at, " · ".join(filter(None, said)))
        if (came := getattr(place, "attendance", None)) is not None:
            yield Kept(_("Attendance"), came.at, str(place.session))
    for seat in Seat.objects.filter(registration__person=person).select_related("table__session").order_by("pk"):
        yield Kept(_("Seat at a table"), None, str(seat.table))
    for role in SessionRole.objects.filter(person=person).select_related("session").order_by("pk"):
        yield Kept(_("Role in a dialogue"), None, f"{role.session} · {role.get_role_display()}")
    for comment in MinutesComment.objects.filter(person=person).select_related("revision__session").order_by("pk"):
        yield Kept(_("Comment on minutes"), comment.at, f"{comment.revision.session}: {comment.text}")
    for promise in Commitment.objects.filter(responsible_person=person).order_by("pk"):
        yield Kept(_("Commitment"), promise.created_at, str(promise))
    for note in Contribution.objects.filter(speaker=person).select_related("session").order_by("pk"):
        yield Kept(_("Said in a dialogue"), note.created_at, f"{note.session}: {note.text}")
    for away in Availability.objects.filter(person=person).order_by("pk"):
        yield Kept(_("Time without availability"), away.starts_at, away.note)
    yield from written_by(person.user_id, WRITTEN)
