"""Which evidence stands beside which part of the agenda."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datasets.views.access import demand, gate
from dialogues.services import room as change
from gesoc.common.models import as_key
from partners.audit import person

from .pages import act, show, visible_session
from .screen import CARDS, find_cards, visible_cards


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def item_evidence(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Boxes to tick: the cards of this part first, then those that bear on the dialogue or fit the words."""
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    item = get_object_or_404(session.agenda, pk=pk)
    if request.method == "POST":
        keys = [key for text in request.POST.getlist("card") if (key := as_key(text))]
        cards = list(visible_cards(request).filter(key__in=keys))
        act(
            request,
            lambda: change.set_item_evidence(item=item, cards=cards, among=visible_cards(request), by=person(request)),
            _("Saved."),
        )
        return redirect("dialogues:item_evidence", slug, pk)
    text = request.GET.get("q", "").strip()[:100]
    chosen = visible_cards(request).filter(session_uses__item=item).order_by("session_uses__pk")
    others = find_cards(request, session, text).exclude(pk__in=chosen.values("pk"))
    context = {
        "item": item,
        "text": text,
        "chosen": chosen.select_related("municipality__state"),
        "others": others.select_related("municipality__state")[:CARDS],
    }
    return show(request, session, "item_evidence", "prepare", **context)
