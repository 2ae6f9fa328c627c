"""Calendar entries and feeds (RFC 5545) of sessions.

One session is one entry for ever: its UID never changes, its SEQUENCE grows with every change of time, place or state,
so that calendars move or strike out what they already hold. Hours carry the IANA name of their zone and its VTIMEZONE.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

from partners.services import site_url

from .models import Session

if TYPE_CHECKING:
    from .models import Registration

PRODID = "-//GESOC//Mesa de Datos//ES"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
CONTENT_TYPE = "text/calendar; charset=utf-8"
# Zones are described for a year around what is in the file: long enough for any entry, short enough to read.
AROUND = datetime.timedelta(days=366)

STATUS = {Session.State.DRAFT: "TENTATIVE", Session.State.CANCELLED: "CANCELLED"}


def entry(session: Session, *, registration: Registration | None = None) -> str:
    """The one entry of a session: for somebody's mail if a registration is given, else to be downloaded."""
    method = CANCEL if session.state == Session.State.CANCELLED else REQUEST if registration else PUBLISH
    event = _event(session, registration)
    if method == REQUEST:
        event.add_component(_alarm(session))
    return _calendar([session], [event], method)


def feed(sessions: Iterable[Session], name: str) -> str:
    """What others' calendars read again and again. Cancelled sessions stay in it, struck out."""
    rows = list(sessions)
    return _calendar(rows, [_event(session, None) for session in rows], PUBLISH, name)


def _calendar(sessions: list[Session], events: list[Event], method: str, name: str = "") -> str:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", datetime.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    if sessions:
        first = min(session.starts_at for session in sessions) - AROUND
        last = max(session.ends_at for session in sessions) + AROUND
        for name_of_zone in sorted(calendar.get_missing_tzids(), reverse=True):
            calendar.subcomponents.insert(0, _zone(name_of_zone, first.date(), last.date()))
    return calendar.to_ical().decode()


@lru_cache(maxsize=64)
def _zone(name: str, first: datetime.date, last: datetime.date) -> Timezone:
    """Half of what an entry costs to write, and the same for everybody who has a place in a session."""
    return Timezone.from_tzid(name, first_date=first, last_date=last)


def _event(session: Session, registration: Registration | None) -> Event:
    event = Event()
    event.add("uid", session.ics_uid)
    event.add("sequence", session.ics_sequence)
    event.add("dtstamp", session.updated_at.astimezone(datetime.UTC).replace(microsecond=0))
    event.add("dtstart", session.start)
    event.add("dtend", session.end)
    event.add("summary", session.title)
    event.add("status", STATUS.get(Session.State(session.state), "CONFIRMED"))
    event.add("description", _description(session, registration))
    if session.venue or session.municipality:
        event.add("location", ", ".join(filter(None, [session.venue, str(session.municipality or "")])))
    event.add("url", site_url(session.get_absolute_url()))
    event.add("organizer", _address(session.host_organisation.name, _organiser_email(session)))
    if registration is not None and registration.person.email:
        event.add("attendee", _attendee(registration))
    return event


def _description(session: Session, registration: Registration | None) -> str:
    lines = [session.purpose, session.state_reason if session.state == Session.State.CANCELLED else ""]
    if registration is not None and may_connect(session, registration):
        lines.append(_("Connect here: %(url)s") % {"url": session.online_url})
    return "\n\n".join(filter(None, lines))


def may_connect(session: Session, registration: Registration) -> bool:
    """The link to connect is for whoever has a place online, as long as the session takes place."""
    online = registration.mode == Session.Modality.ONLINE and registration.is_confirmed
    return bool(session.online_url) and online and session.state != Session.State.CANCELLED


def _alarm(session: Session) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", session.title)
    alarm.add("trigger", datetime.timedelta(hours=-2))
    return alarm


def _organiser_email(session: Session) -> str:
    return session.host_organisation.public_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address


def _attendee(registration: Registration) -> vCalAddress:
    address = _address(registration.person.full_name, registration.person.email)
    address.params["partstat"] = vText("ACCEPTED" if registration.state == "confirmada" else "NEEDS-ACTION")
    address.params["role"] = vText("REQ-PARTICIPANT")
    return address
