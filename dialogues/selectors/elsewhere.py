"""What pages of organisations, projects and cards tell of dialogues and commitments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from dialogues.clock import wall
from dialogues.models import Commitment, CommitmentEvidence, Session, SessionEvidence
from projects.news import News
from projects.places import Use

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, User
    from projects.models import Evidence, Project

SHOWN = 8


def held_by(user: User | AnonymousUser, organisation: Organisation) -> list[Session]:
    """Those it invites to or held, the newest first."""
    rows = Session.objects.visible_to(user).filter(host_organisation=organisation).exclude(state="cancelada")
    return list(rows.select_related("municipality__state").order_by("-starts_at", "-pk")[:SHOWN])


def news_of(project: Project, user: User | AnonymousUser, limit: int) -> Iterator[News]:
    """Dialogues that were held about it, and what was agreed in them."""
    held = Session.objects.visible_to(user).filter(projects=project, state__in=("realizada", "cerrada"))
    for session in held.order_by("-starts_at")[:limit]:
        yield News(session.local_start.date(), _("Dialogue"), session.title, session.get_absolute_url())
    agreed = Commitment.objects.visible_to(user).filter(project=project).order_by("-created_at")
    for one in agreed.select_related("responsible", "municipality")[:limit]:
        text = f"{one.responsible}: {one.text}" if one.responsible else one.text
        yield News(wall(one.created_at, one.time_zone).date(), _("Commitment"), text, one.get_absolute_url())


def uses_of(card: Evidence, user: User | AnonymousUser) -> Iterator[Use]:
    """Dialogues in which a card is on the table, commitments it stands beside; each as far as the reader may see."""
    there = SessionEvidence.objects.filter(evidence=card).values("session_id")
    for session in Session.objects.visible_to(user).filter(pk__in=there).order_by("-starts_at", "-pk")[:SHOWN]:
        yield Use(_("Dialogue"), session.title, session.get_absolute_url())
    beside = CommitmentEvidence.objects.filter(evidence=card).values("commitment_id")
    for one in Commitment.objects.visible_to(user).filter(pk__in=beside).order_by("-created_at", "-pk")[:SHOWN]:
        yield Use(_("Commitment"), one.text, one.get_absolute_url())
