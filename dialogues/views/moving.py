"""Moving and cancelling: who is affected is seen before anything is sent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from datasets.views.access import demand, gate
from dialogues import services
from dialogues.forms import CancelForm, WhenForm
from dialogues.models import Session
from dialogues.services.moves import Affected
from gesoc.common.views import add_refusal
from partners.audit import person

from .pages import act, show, visible_session, warn_of_absent


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def move(request: HttpRequest, slug: str) -> HttpResponseBase:
    """First button: who would be told and who asked again. Second: it is done, and they are told."""
    session = visible_session(request, slug)
    demand(request, "dialogues.edit_session", session)
    form = WhenForm(request.POST or None, initial=WhenForm.initial_of(session))
    found: Affected | None = None
    if request.method == "POST" and form.is_valid():
        found = services.affected(session, form.changes())
        if request.POST.get("action") in ("now", "later") and _moved(request, session, form):
            return redirect(session)
    return show(request, session, "move", "prepare", form=form, affected=found)


def _moved(request: HttpRequest, session: Session, form: WhenForm) -> bool:
    by = person(request)

    def go() -> None:
        changed = services.change_session(session=session, changes=form.changes(), by=by)
        if request.POST.get("action") == "now":
            services.tell_changes(session=changed, by=by)

    try:
        go()
    except ValidationError as refusal:
        add_refusal(form, refusal)
        return False
    act(request, lambda: None, _done(request, session))
    warn_of_absent(request, Session.objects.get(pk=session.pk))
    return True


def _done(request: HttpRequest, session: Session) -> str:
    if session.state == Session.State.DRAFT:
        return _("Changed. Nobody had been told of it.")
    if request.POST.get("action") == "later":
        return _("Changed. People are told in ten minutes; further changes until then go into the same mail.")
    return _("Changed, and everybody concerned was written to.")


@require_POST
@gate
def tell(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send what waits to be told, without waiting."""
    session = visible_session(request, slug)
    demand(request, "dialogues.announce_session", session)
    told = services.tell_changes(session=session, by=person(request))
    words = ngettext("%(n)s person was written to.", "%(n)s people were written to.", told) % {"n": told}
    act(request, lambda: None, words)
    return redirect(session)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def cancel(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.announce_session", session)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_session(session=session, reason=form.cleaned_data["reason"], by=person(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            act(request, lambda: None, _("Cancelled. Everybody concerned was written to."))
            return redirect(session)
    context: dict[str, Any] = {"form": form, "affected": services.affected(session, {})}
    return show(request, session, "cancel", "prepare", **context)
