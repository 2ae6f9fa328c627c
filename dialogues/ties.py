"""Ties between organisations that a dialogue makes: who held it, and who committed to something at it.

Who merely came is no tie: that may be under the Chatham House rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from dialogues.models import Commitment, Session
from partners.selectors import Tie

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, User

NOT_AGREED = (Commitment.State.PROPOSED, Commitment.State.CANCELLED)


def dialogue_ties(user: User | AnonymousUser, organisation: Organisation | None, limit: int) -> Iterator[Tie]:
    """One for each dialogue and organisation, newest first, of the commitments and dialogues that the user sees."""
    rows = (
        Commitment.objects.visible_to(user)
        .filter(session__in=Session.objects.visible_to(user).values("pk"), responsible__isnull=False)
        .exclude(state__in=NOT_AGREED)
        .exclude(responsible=F("session__host_organisation"))
    )
    if organisation is not None:
        rows = rows.filter(Q(responsible=organisation) | Q(session__host_organisation=organisation))
    first = rows.order_by("session_id", "responsible_id", "pk").distinct("session_id", "responsible_id").values("pk")
    found = Commitment.objects.filter(pk__in=first).select_related("session__host_organisation", "responsible")
    for row in found.order_by("-session__starts_at", "-pk")[:limit]:
        session, responsible = row.session, row.responsible
        assert session is not None and responsible is not None  # as asked for
        yield Tie(
            session.host_organisation,
            responsible,
            "dialogo",
            _("Dialogue: %(title)s") % {"title": Truncator(session.title).chars(60)},
            session.local_start.date(),
            url=session.get_absolute_url(),
        )
