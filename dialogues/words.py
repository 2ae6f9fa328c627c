"""Hours in words. An hour is always said with the city whose clocks are meant, never with the name of a zone."""

from __future__ import annotations

import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dialogues.clock import zone
from dialogues.models import Session


def date_words(day: datetime.date) -> str:
    """jueves 26 de noviembre de 2026 · Thursday 26 November 2026"""
    spanish = (get_language() or "").startswith("es")
    return (
        date_format(day, "l j \\d\\e F \\d\\e Y" if spanish else "l j F Y").lower()
        if spanish
        else date_format(day, "l j F Y")
    )


def hours(session: Session) -> str:
    """17:00 a 19:00 h; with the day of the end where it is another."""
    start, end = session.start, session.end
    last = f"{end:%H:%M}" if end.date() == start.date() else f"{date_words(end.date())}, {end:%H:%M}"
    return _("%(start)s to %(end)s") % {"start": f"{start:%H:%M}", "end": last}


def clocks(session: Session) -> str:
    """Whose clocks: the city's."""
    if session.municipality is None:
        return session.tz.rpartition("/")[2].replace("_", " ")
    return session.municipality.name


def when(session: Session) -> str:
    """The whole promise: day, hours and whose clocks."""
    words = {"day": date_words(session.start.date()), "hours": hours(session), "city": clocks(session)}
    return _("%(day)s, %(hours)s (time of %(city)s)") % words


def elsewhere(session: Session, tz: str) -> str:
    """The beginning on the clocks of another zone, or nothing where they show the same."""
    here, there = session.start, session.starts_at.astimezone(zone(tz))
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return ""
    return f"{there:%H:%M}"
