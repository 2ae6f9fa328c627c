"""How far the invitations of a session have come on their way: to be written, waiting, sent, failed."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count

from dialogues.models import Invitation, Session
from partners.models import OutboxMail

LETTER = "dialogue_invitation"


class Delivery(NamedTuple):
    waiting: int  # not written yet, in the outbox, or just being sent
    sent: int
    failed: int
    kept_back: int  # withdrawn, erased, or not yet told the privacy notice

    @property
    def total(self) -> int:
        return sum(self)

    @property
    def percent(self) -> int:
        return 100 * (self.total - self.waiting) // self.total if self.total else 0


def delivery(session: Session) -> Delivery:
    """Two questions, however many were invited."""
    letters = OutboxMail.objects.filter(about=f"dialogues.session:{session.key}", kind=LETTER).order_by()
    count = dict(letters.values_list("state").annotate(n=Count("pk")))
    unwritten = session.invitations.filter(state=Invitation.State.QUEUED).count()
    state = OutboxMail.State
    return Delivery(
        waiting=unwritten + count.get(state.QUEUED, 0) + count.get(state.SENDING, 0),
        sent=count.get(state.SENT, 0),
        failed=count.get(state.FAILED, 0),
        kept_back=count.get(state.SUPPRESSED, 0),
    )
