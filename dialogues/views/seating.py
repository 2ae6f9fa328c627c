"""Who sits where: mixed by one press, changed by hand, printed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets.views.access import gate
from dialogues.forms.room import SeatForm
from dialogues.selectors import seating as read
from dialogues.services import seating as change
from gesoc.common.views import add_refusal
from partners.audit import person

from .pages import act
from .room import session_of

MIXES = {"everybody": False, "arrived": True}


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def seats(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everybody with their tables; a POST mixes people over them."""
    session = session_of(request, slug, "dialogues.run_votes")
    if request.method == "POST":
        only_arrived = MIXES.get(request.POST.get("mix", ""), False)
        act(
            request,
            lambda: change.mix_people(session=session, only_arrived=only_arrived, by=person(request)),
            _("Mixed. What you set by hand stayed."),
        )
        return redirect("dialogues:seats", slug)
    rounds = read.rounds(session)
    plan = read.plan(session, [one.number for one in rounds])
    have_come = any(row.has_come for row in plan)  # then the others find a seat when they come
    context = {
        "session": session,
        "rounds": rounds,
        "plan": plan,
        "is_mixed": any(any(row.tables) for row in plan),
        "lacking": sum(row.lacks_a_seat for row in plan if row.has_come or not have_come),
        "have_come": have_come,
    }
    return render(request, "dialogues/room/seats.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def seat(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    """The tables of one person, by hand."""
    session = session_of(request, slug, "dialogues.run_votes")
    row = get_object_or_404(read.to_be_seated(session).select_related("person", "organisation_at_time"), key=key)
    rounds = read.rounds(session)
    at = {table.round: table.number for table in read.seats_of(row)}
    posted = request.POST if request.method == "POST" else None
    form = SeatForm(posted, rounds=rounds, at=[at.get(one.number) for one in rounds])
    if form.is_valid():
        try:
            change.move_person(registration=row, tables=form.tables(), by=person(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("dialogues:seats", slug)
    context = {"session": session, "row": row, "form": form}
    return render(request, "dialogues/room/seat.html", context, status=422 if form.errors else 200)


@require_safe
@gate
def cards(request: HttpRequest, slug: str) -> HttpResponseBase:
    """To print: a card for each table, a list for each, and one by name for the door."""
    session = session_of(request, slug, "dialogues.run_votes")
    rounds, names = read.rounds(session), read.names_at(session)
    context = {
        "session": session,
        "rounds": rounds,
        "lists": [(one.number, [(table, names.get(table.pk, [])) for table in one.tables]) for one in rounds],
        "plan": [row for row in read.plan(session, [one.number for one in rounds]) if any(row.tables)],
    }
    return render(request, "dialogues/room/cards.html", context)
