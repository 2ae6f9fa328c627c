"""Whom to ask: with the table in view while one chooses, and the letter before it goes out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datasets.views.access import demand, gate
from dialogues import services
from dialogues.forms import ContactForm
from dialogues.models import Session
from dialogues.selectors.balance import Balance, balance
from dialogues.selectors.delivery import asked, delivery
from dialogues.selectors.people import candidate_of, candidates, resolve
from partners.audit import person
from partners.models import OutboxMail
from partners.services import site_url

from .pages import act, show, visible_session


@require_http_methods(["GET", "HEAD"])
@gate
def convene(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Choose (the table follows), then look at the letter. What is chosen stands in the address until it is sent."""
    session = visible_session(request, slug)
    demand(request, "dialogues.invite", session)
    chosen = resolve(person(request), session, request.GET.getlist("quien"))
    picked = [candidate_of(one) for one in chosen]
    table = balance(session, chosen=[one.sector for one in picked], with_asked=True)
    if request.htmx and request.htmx.target == "delivery":  # type: ignore[attr-defined]
        return render(request, "dialogues/_delivery.html", {"delivery": delivery(session)})
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "dialogues/_balance.html", {"balance": table, "picked": picked, "session": session})
    if request.GET.get("paso") == "revisar" and picked:
        return show(
            request, session, "letter", "convene", balance=table, picked=picked, letter=_letter(request, session)
        )
    return show(request, session, "convene", "convene", **_choosing(request, session, table, picked))


def _choosing(request: HttpRequest, session: Session, table: Balance, picked: list[Any]) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:100]
    missing = [row.sector for row in table.missing]
    found = candidates(session, person(request), text=text, sectors=missing)
    refs = {one.ref for one in picked}
    return {
        "balance": table,
        "picked": picked,
        "found": [one for one in found if one.ref not in refs],
        "text": text,
        "contact_form": ContactForm(),
        "invitations": asked(session),
        "delivery": delivery(session),
        "failed": _failed(session),
        "may_send": session.is_live and not session.has_begun,
    }


def _failed(session: Session) -> list[OutboxMail]:
    """Letters that could not be delivered, so that somebody calls."""
    about = f"dialogues.session:{session.key}"
    return list(OutboxMail.objects.filter(about=about, state=OutboxMail.State.FAILED).select_related("person"))


def _letter(request: HttpRequest, session: Session) -> str:
    context = {"session": session, "person": {"full_name": _("(name)")}, "link": {"answer": _("(their personal link)")}}
    return render_to_string("emails/dialogue_invitation.txt", context)


@require_POST
@gate
def send(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.invite", session)
    by = person(request)
    chosen = resolve(by, session, request.POST.getlist("quien"))

    def go() -> int:
        return services.invite(session=session, chosen=chosen, by=by)

    try:
        count = go()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("dialogues:convene", slug)
    words = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", count)
    messages.success(request, words % {"n": count})
    return redirect("dialogues:convene", slug)


@require_POST
@gate
def add_contact(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Somebody not known yet: added to the contacts and to the list at once."""
    session = visible_session(request, slug)
    demand(request, "dialogues.invite", session)
    form = ContactForm(request.POST)
    if not form.is_valid():
        found = {"balance": balance(session, with_asked=True)}
        context = _choosing(request, session, found["balance"], []) | {"contact_form": form}
        return show(request, session, "convene", "convene", **context)
    by = person(request)
    act(
        request,
        lambda: services.invite_contact(session=session, by=by, **form.cleaned_data),
        _("On the list: it is sent with the next invitations."),
    )
    return redirect("dialogues:convene", slug)


@require_POST
@gate
def withdraw(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    session = visible_session(request, slug)
    demand(request, "dialogues.invite", session)
    row = get_object_or_404(session.invitations.live(), key=key)
    act(
        request,
        lambda: services.revoke_invitation(invitation=row, by=person(request)),
        _("The invitation was withdrawn."),
    )
    return redirect("dialogues:convene", slug)


@require_safe
@gate
def paper(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Invitations to print, each with its code, for whoever has no e-mail."""
    session = visible_session(request, slug)
    demand(request, "dialogues.invite", session)
    rows = session.invitations.live().filter(short_code__isnull=False).select_related("person", "organisation")
    response: HttpResponse = show(request, session, "paper", "convene", invitations=rows, site=site_url(""))
    return response
