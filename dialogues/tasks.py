"""Background work of the dialogues: primitive ids, gone or done is no error, one service each."""

from __future__ import annotations

import logging

from celery import shared_task

from dialogues.services import commitment_figures, commitment_mail, minutes_pdf, proofs, votes
from partners.models import User

from .models import Session

logger = logging.getLogger(__name__)


@shared_task
def write_invitations(session_id: int, by_id: int) -> int:
    """Write the invitations that wait. Two at once share the work."""
    from .services.invitations import write_queued  # services start this task, so they are above it

    session = Session.objects.select_related("host_organisation", "municipality__state").filter(pk=session_id).first()
    return write_queued(session=session, by=User.objects.filter(pk=by_id).first()) if session else 0


@shared_task
def turn_the_clock() -> None:
    """Every minute: open what begins, end offers that ran out, tell changes, send reminders, resume invitations."""
    from .services.invitations import write_queued
    from .services.moves import tell_due_changes
    from .services.registrations import lapse_offers
    from .services.reminders import send_due_reminders
    from .services.states import start_due_sessions

    start_due_sessions()
    lapse_offers()
    tell_due_changes()
    send_due_reminders()
    for session in Session.objects.filter(invitations__state="en_cola").distinct():
        write_queued(session=session, by=None)


@shared_task
def keep_promises() -> None:
    """Once a day: hours follow the rules of their zones; what is told of people for a time is erased after it."""
    from .services.minutes import count_missing
    from .services.registrations import purge_needs
    from .services.roles import purge_availability
    from .services.seating import purge_seats
    from .services.sessions import keep_promises as keep
    from .services.sheets import purge_sheets

    for session in keep():
        logger.warning("The rules of %s changed: %s now begins at %s", session.tz, session.code, session.starts_at)
    purge_needs()
    purge_availability()
    purge_seats()
    purge_sheets()
    count_missing()


@shared_task
def remind_commitments() -> int:
    return commitment_mail.remind_commitments()


@shared_task
def see_proofs() -> int:
    return proofs.see_proofs()


@shared_task
def check_commitment_figures() -> int:
    return commitment_figures.check_figures()


@shared_task
def close_due_rounds() -> int:
    return votes.close_due_rounds()


@shared_task
def make_minutes() -> int:
    return minutes_pdf.make_waiting()


@shared_task
def restore_minutes(key: int) -> bool:
    return minutes_pdf.restore_lost(key)
