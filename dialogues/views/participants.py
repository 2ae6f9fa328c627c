"""Who has a place, who waits, who stands at the door: for whoever runs the session."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from datasets.views.access import demand, gate
from dialogues import services
from dialogues.forms import WalkInForm
from dialogues.selectors import sessions as selectors
from dialogues.selectors.balance import balance
from partners.audit import person
from partners.services import notice_in_force

from .pages import act, show, visible_session


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def people(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The list, and the form for a walk-in (whoever checks in may use it)."""
    session = visible_session(request, slug)
    demand(request, "dialogues.see_participants", session)
    form = WalkInForm(request.POST if request.method == "POST" else None, session=session)
    notice = notice_in_force(get_language() or "es-mx")
    if request.method == "POST":
        demand(request, "dialogues.check_in", session)
        if form.is_valid() and notice is not None:
            data = {name: value for name, value in form.cleaned_data.items() if name != "notice"}
            by = person(request)
            if act(
                request,
                lambda: services.admit(session=session, notice=notice, by=by, **data),
                _("%(name)s has a place.") % {"name": data["full_name"]},
            ):
                return redirect("dialogues:people", slug)
    context: dict[str, Any] = {
        "rows": selectors.participants(session),
        "balance": balance(session),
        "places": selectors.places_left(session),
        "form": form,
        "notice": notice,
        "may_admit": request.user.has_perm("dialogues.check_in", session) and session.is_live,
        "sees_contacts": request.user.has_perm("dialogues.see_contacts", session),
        "may_edit": request.user.has_perm("dialogues.edit_session", session),
    }
    return show(request, session, "people", "people", **context)


@require_POST
@gate
def change_place(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    """Give somebody's place back for them, or offer what is free to whoever waits."""
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    row = get_object_or_404(session.registrations.live(), key=key)
    act(
        request,
        lambda: services.cancel_registration(registration=row, by=person(request)),
        _("The place was given back."),
    )
    return redirect("dialogues:people", slug)


@require_POST
@gate
def offer(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    act(request, lambda: services.offer_places(session=session, by=person(request)), _("Free places were offered."))
    return redirect("dialogues:people", slug)
