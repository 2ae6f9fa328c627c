"""Reminders of commitments: 7 days and 1 day before, on the day, and every week after; each exactly once."""

from __future__ import annotations

import datetime

from django.db.models import F
from django.utils import timezone

from dialogues.clock import wall
from dialogues.models import Commitment
from partners.models import OutboxMail
from partners.services import MailLink, queue_mail, site_url

AHEAD = (1, 7)  # days before, nearest first
NOT_BEFORE_HOUR = 8  # by the clock of the municipality
LINK_LIVES = datetime.timedelta(days=30)


def remind_commitments(*, now: datetime.datetime | None = None) -> int:
    """Queue what is due by now; safe to run at any time and any number of times. How many mails are new."""
    moment = now or timezone.now()
    soon = Commitment.objects.running().with_today(moment)
    soon = soon.filter(due_on__lte=F("local_today") + datetime.timedelta(days=max(AHEAD)))
    before = OutboxMail.objects.count()
    for commitment in soon.select_related(
        "municipality", "responsible", "responsible_person", "session__host_organisation"
    ):
        remind_commitment(commitment=commitment, now=moment)
    return OutboxMail.objects.count() - before


def remind_commitment(*, commitment: Commitment, now: datetime.datetime) -> OutboxMail | None:
    clock = wall(now, commitment.time_zone)
    occasion = occasion_of(commitment, clock.date())
    person, address = commitment.responsible_person, ""
    if person is None or not person.email:
        person, address = None, commitment.responsible.public_email if commitment.responsible else ""
    if occasion is None or clock.hour < NOT_BEFORE_HOUR or not (person or address):
        return None
    host = commitment.session.host_organisation if commitment.session else None
    link = MailLink("dialogues:answer_commitment", "commitment", str(commitment.key), now + LINK_LIVES)
    return queue_mail(
        kind="commitment_reminder",
        template="commitment_reminder",
        context={
            "commitment": commitment,
            "days": _days(commitment.due_on, clock.date()),
            "late": -min(0, _days(commitment.due_on, clock.date())),
            "page": site_url(commitment.get_absolute_url()),
        },
        key=f"commitment:{commitment.key}:{commitment.due_on}:{occasion}",
        person=person,
        to=address,
        about=f"dialogues.commitment:{commitment.key}",
        links={"report": link},
        reply_to=host.public_email if host else "",
        sender_name=host.name if host else "",
        by=None,
    )


def _days(due_on: datetime.date | None, on: datetime.date) -> int:
    return (due_on - on).days if due_on else 0


def occasion_of(commitment: Commitment, on: datetime.date) -> str | None:
    """The last occasion that has come: d7, d1, d0, w1, w2 …; None before the first, or if it was already past when
    the commitment was made (who promises today for tomorrow needs no letter that it is due in a week)."""
    if commitment.due_on is None:
        return None
    days = (commitment.due_on - on).days
    if days < 0:
        weeks = -days // 7
        return f"w{weeks}" if weeks else "d0"
    for ahead in (0, *AHEAD):
        if days <= ahead:
            made = wall(commitment.created_at, commitment.time_zone).date()
            return f"d{ahead}" if commitment.due_on - datetime.timedelta(days=ahead) >= made else None
    return None
