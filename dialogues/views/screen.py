"""What stands on the projector: the part that runs, a vote, or a card of evidence that somebody pulled onto it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets.views.access import gate
from dialogues.models import Session
from dialogues.selectors import room as read
from dialogues.selectors import votes
from dialogues.selectors.seating import rounds_now
from dialogues.services import room as change
from gesoc.common.charts.bars import inline_bar
from gesoc.common.models import as_key
from gesoc.common.money import number
from partners.audit import person
from projects.models import Evidence, Visibility

from .codes import qr
from .room import challenges_of, session_of, tell

CARDS = 40
BARS = 8


class Bar(NamedTuple):
    label: str
    text: str
    bar: SafeString
    is_told: bool  # the one that the card is about


@require_safe
@gate
def screen(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Large, and nobody's name; looks again by itself."""
    session = session_of(request, slug, "dialogues.write_notes")
    slots = read.agenda_clock(session, timezone.now())
    open_round = session.rounds.filter(state="abierta").first()
    on_screen = session.evidence_uses.filter(shown=True).exclude(evidence__visibility=Visibility.PRIVATE)
    shown = on_screen.select_related("evidence").first()
    address = request.build_absolute_uri(f"/votar/{open_round.key}/") if open_round else ""
    context = {
        "session": session,
        "now": next((slot for slot in slots if slot.is_now), None),
        "table_rounds": rounds_now(session, slots),
        "round": open_round,
        "turnout": votes.turnout(open_round) if open_round else None,
        "address": address,
        "qr": qr(address) if address else "",
        "evidence": shown.evidence if shown else None,
        "bars": bars(shown.evidence) if shown else [],
    }
    return render(request, "dialogues/room/screen.html", context)


def bars(card: Evidence) -> list[Bar]:
    """The numbers that were frozen, the largest first; what cannot be drawn from zero is left to the page of the card."""
    stated: Mapping[str, str] = card.values.get("numbers") or {}
    try:
        found = sorted(((Decimal(text), label) for label, text in stated.items()), reverse=True)
    except InvalidOperation:
        return []
    if not found or found[0][0] <= 0 or found[-1][0] < 0:
        return []
    largest, told = found[0][0], str(card.values.get("row") or "")
    labels = card.told.labels
    return [
        Bar(labels[label], number(value), inline_bar(value, largest), label == told) for value, label in found[:BARS]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def evidence(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Cards that bear on the dialogue; one press puts one on the screen, another clears it."""
    session = session_of(request, slug, "dialogues.run_votes")
    asked: Evidence | None = None
    if request.method == "POST":
        key = request.POST.get("show", "")
        card = get_object_or_404(visible_cards(request), key=as_key(key)) if key else None
        try:
            change.show_evidence(
                session=session, evidence=card, by=person(request), all_may_see="all_may_see" in request.POST
            )
        except change.AskFirst:
            asked = card
        except ValidationError as refusal:
            tell(request, refusal)
            return redirect("dialogues:show_evidence", slug)
        else:
            messages.success(request, _("It stands on the screen.") if card else _("The screen is free again."))
            return redirect("dialogues:show_evidence", slug)
    text = request.GET.get("q", "").strip()[:100]
    found = find_cards(request, session, text)
    shown = session.evidence_uses.filter(shown=True).select_related("evidence").first()
    context = {
        "session": session,
        "asked": asked,
        "text": text,
        "cards": found.select_related("municipality__state")[:CARDS],
        "parts": dict(session.evidence_uses.filter(item__isnull=False).values_list("evidence_id", "item__title")),
        "shown": shown.evidence if shown else None,
        "vote_open": session.rounds.filter(state="abierta").exists(),
    }
    return render(request, "dialogues/room/evidence.html", context, status=422 if asked else 200)


def find_cards(request: HttpRequest, session: Session, text: str) -> Any:
    """By words among all that one sees, else those that bear on the dialogue."""
    return visible_cards(request).matching(text) if text else near_cards(request, session)


def visible_cards(request: HttpRequest) -> Any:
    return Evidence.objects.visible_to(request.user)


def near_cards(request: HttpRequest, session: Session) -> Any:
    """Of its projects and challenges, already on its table, or of its municipality."""
    used = Q(uses__project__in=session.projects.all()) | Q(uses__challenge__in=challenges_of(session, request))
    near = used | Q(session_uses__session=session)
    if session.municipality_id:
        near |= Q(municipality=session.municipality_id)
    return visible_cards(request).filter(pk__in=Evidence.objects.filter(near).values("pk"))
