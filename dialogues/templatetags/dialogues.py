"""Hours of a session, and names of its choices, for pages and mails."""

from __future__ import annotations

import datetime

from django import template

from dialogues import clock, words
from dialogues.models import Registration, Session
from partners.models import Person, Sector

register = template.Library()
register.filter("when", words.when)
register.filter("hours", words.hours)
register.filter("date_words", words.date_words)
register.filter("clocks", words.clocks)


@register.filter
def sector_name(value: str) -> str:
    return str(Sector(value).label)


@register.filter
def mode_name(value: str) -> str:
    return str(Registration.Mode(value).label)


@register.filter
def initials(person: Person) -> str:
    """Whose link it is, told to its owner and to nobody who finds it: M. G."""
    return " ".join(f"{word[0]}." for word in person.full_name.split()[:3] if word[0].isalpha())


@register.filter
def on_clocks(at: datetime.datetime | None, session: Session) -> str:
    """A moment in words, on the clocks of the place."""
    if at is None:
        return ""
    there = clock.wall(at, session.tz)
    return f"{words.date_words(there.date())}, {there:%H:%M}"
