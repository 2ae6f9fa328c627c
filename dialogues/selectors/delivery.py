"""How far the invitations of a session have come on their way: to be written, waiting, sent, failed."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import CharField, Count, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from dialogues.models import Invitation, Session
from partners.models import OutboxMail

LETTER, LETTER_KEY = (
    "dialogue_invitation",
    "invitation:",
)  # the kind of the letter; its key goes on with that of the invitation
# What is said of an invitation that was sent while its letter stands so in the outbox. One on paper has no letter.
OF_LETTER = {
    OutboxMail.State.QUEUED: (Invitation.State.QUEUED.label, ""),
    OutboxMail.State.SENDING: (Invitation.State.QUEUED.label, ""),
    OutboxMail.State.FAILED: (Invitation.State.BOUNCED.label, "bad"),
    OutboxMail.State.SUPPRESSED: (_("Held back"), "warn"),
}
TONES = {Invitation.State.ACCEPTED: "ok", Invitation.State.DECLINED: "bad", Invitation.State.SENT: "info"}


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


class Asked(NamedTuple):
    invitation: Invitation
    said: str
    tone: str


def asked(session: Session) -> list[Asked]:
    """Who was invited, and how it stands: a letter that did not leave is not called sent."""
    key = Concat(Value(LETTER_KEY), Cast(OuterRef("key"), CharField()))
    letter = Subquery(OutboxMail.objects.filter(key=key).values("state")[:1])
    return [
        Asked(row, *_standing(row, row.letter))
        for row in session.invitations.live().select_related("person", "organisation").annotate(letter=letter)
    ]


def _standing(invitation: Invitation, letter: str | None) -> tuple[str, str]:
    if invitation.state == Invitation.State.SENT and letter in OF_LETTER:
        said, tone = OF_LETTER[OutboxMail.State(letter)]
        return str(said), tone
    return invitation.get_state_display(), TONES.get(Invitation.State(invitation.state), "")
