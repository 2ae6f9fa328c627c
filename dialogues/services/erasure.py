"""What the dialogues keep of a person beside the contact itself, and what goes of it when their data are erased."""

from __future__ import annotations

from dialogues.models import Registration
from partners.models import Person
from partners.services.privacy import label_of


def erase_person(person: Person) -> int:
    """What they needed, who answered for them, and that they may be named. That somebody came is still counted."""
    theirs = Registration.objects.filter(person=person)
    theirs.filter(is_minor=True).update(guardian=label_of(person))
    theirs.filter(is_minor=False).update(guardian="")
    return theirs.update(needs="", may_be_named=False)
