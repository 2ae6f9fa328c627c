"""Pages behind a personal link, and public registration: no account. A GET changes nothing, whoever opens the link."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dialogues import services
from dialogues.forms import AnswerForm, DeputyForm, PublicRegistrationForm
from dialogues.forms.room import WrittenAt
from dialogues.models import Attendance, Invitation, Registration
from dialogues.selectors.seating import seats_of
from dialogues.selectors.sessions import places_left
from dialogues.services import mails
from dialogues.services.room import arrive, may_arrive, may_be_kept
from gesoc.common.limits import Limit, caller, too_many
from gesoc.common.views import add_refusal, behind_a_link
from partners.services import find_link, mark_link_used, notice_in_force

from .codes import qr
from .pages import visible_session
from .public import may_register, page

# A whole room may share one address: right codes are not counted, and as many registrations fit as people do.
WRONG_CODES = Limit("invitation-code", most=60, within=datetime.timedelta(minutes=10))
REGISTRATIONS = Limit("registration", most=120, within=datetime.timedelta(minutes=10))
# Whoever types the address of somebody else fills their mailbox no further than this.
SAME_MAILBOX = Limit("registration-mail", most=5, within=datetime.timedelta(hours=1))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: yes, no, how; changed until it begins."""
    link = find_link(token=token, purpose=mails.INVITATION)
    if link is None:
        return _gone(request)
    invitation = get_object_or_404(_invitations(), key=link.subject)
    response = _answer(request, invitation, token=token)
    if request.method == "POST" and response.status_code == 302:
        mark_link_used(link=link)
    return response


def _invitations() -> Any:
    return Invitation.objects.live().select_related(
        "person", "organisation", "session__municipality__state", "session__host_organisation"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """The same for a code on paper: typed, then answered on one page."""
    if WRONG_CODES.is_reached(caller(request)):
        return too_many(request, WRONG_CODES)
    code = "".join(request.POST.get("code", request.GET.get("code", "")).split()).lower()[:12]
    row = _invitations().filter(short_code=code).first() if code else None
    if row is None:
        if code:
            WRONG_CODES.count(caller(request))
        return behind_a_link(render(request, "dialogues/code.html", {"wrong": bool(code)}, status=404 if code else 200))
    return _answer(request, row, code=code)


def _answer(request: HttpRequest, invitation: Invitation, code: str = "", token: str = "") -> HttpResponse:
    session = invitation.session
    held = session.registrations.live().filter(person=invitation.person).first()
    initial = {"mode": held.mode, "needs": held.needs, "may_be_named": held.may_be_named} if held else {}
    form = AnswerForm(request.POST if "answer" in request.POST else None, session=session, initial=initial)
    deputy = DeputyForm(request.POST if "deputy" in request.POST else None)
    if request.method == "POST" and _said(request, invitation, form, deputy):
        return behind_a_link(redirect(f"{request.path}?code={code}" if code else request.path))
    context = {
        "invitation": invitation,
        "session": session,
        "held": held,
        "form": form,
        "deputy_form": deputy,
        "code": code,
        "token": token,
        "places": places_left(session),
        "closed": not session.is_live or session.has_begun,
        **(arriving(request, held) if held else {}),
    }
    return behind_a_link(render(request, "dialogues/answer.html", context))


def _said(request: HttpRequest, invitation: Invitation, form: AnswerForm, deputy: DeputyForm) -> bool:
    """Do what the pressed button says; False: something is to be looked at again."""
    said = request.POST.get("answer", "")
    try:
        if said == "here":
            return _arrived(request, invitation)
        if said == "no":
            services.answer_invitation(invitation=invitation, accept=False, by=None)
        elif said == "yes" and form.is_valid():
            services.answer_invitation(invitation=invitation, accept=True, by=None, **form.cleaned_data)
        elif "deputy" in request.POST and deputy.is_valid():
            services.name_deputy(invitation=invitation, by=None, **deputy.cleaned_data)
            messages.success(request, _("We wrote to them. Thank you for letting us know."))
        else:
            return False
    except ValidationError as refusal:
        add_refusal(deputy if "deputy" in request.POST else form, refusal) if form.is_bound or deputy.is_bound else None
        return False
    return True


def _arrived(request: HttpRequest, invitation: Invitation) -> bool:
    held = invitation.session.registrations.live().filter(person=invitation.person).select_related("session").first()
    if held is None:
        raise Http404
    arrive(registration=held, at=WrittenAt().clean(request.POST.get("at")))
    return True


def arriving(request: HttpRequest, row: Registration) -> dict[str, Any]:
    """At the door: a code that whoever receives people scans, and a button for whoever comes in by themselves."""
    here = Attendance.objects.filter(registration=row).exists()
    seats = seats_of(row) if not row.session.is_over else []
    shows = row.is_placed and not here and not row.session.is_over
    address = request.build_absolute_uri(reverse("dialogues:check_in", args=[row.session.slug, row.key]))
    return {
        "here": here,
        "my_tables": seats,
        "keeps": may_be_kept(row.session),
        "may_arrive": not here and may_arrive(row),
        "door_code": qr(address, _("Your code for the door")) if shows else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, token: str) -> HttpResponse:
    """One's own place: confirm an offer or a moved date, give it back, connect."""
    link = find_link(token=token, purpose=mails.PLACE)
    if link is None:
        return _gone(request)
    rows = Registration.objects.select_related("person", "session__municipality__state", "session__host_organisation")
    row = get_object_or_404(rows, key=link.subject)
    error = ""
    if request.method == "POST":
        error = _do(request, row)
        if not error:
            mark_link_used(link=link)
            return behind_a_link(redirect(request.path))
    session = row.session
    context = {
        "registration": row,
        "session": session,
        "error": error,
        "connects": services.may_connect(session, row),
        "closed": not session.is_live or session.has_begun,
        "token": token,
        **arriving(request, row),
    }
    return behind_a_link(render(request, "dialogues/place.html", context))


def _do(request: HttpRequest, row: Registration) -> str:
    actions: dict[str, Callable[[], object]] = {
        "confirm": lambda: services.confirm_registration(registration=row, by=None),
        "cancel": lambda: services.cancel_registration(registration=row, by=None),
        "here": lambda: arrive(registration=row, at=WrittenAt().clean(request.POST.get("at"))),
    }
    action = actions.get(request.POST.get("answer", ""))
    if action is None:
        raise Http404
    try:
        action()
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


def _gone(request: HttpRequest) -> HttpResponse:
    return behind_a_link(render(request, "dialogues/gone.html", status=404))


@require_POST
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody asks for a place on the page of the session. What they agreed to is recorded with it."""
    session = visible_session(request, slug)
    if not may_register(request, session):
        raise Http404
    form = PublicRegistrationForm(request.POST, session=session)
    notice = notice_in_force(get_language() or "es-mx")
    if form.is_valid() and notice is not None:
        if limit := _counted(request, form.cleaned_data["email"]):
            return too_many(request, limit)
        try:
            services.register_publicly(session=session, notice=notice, **_without_box(form.cleaned_data))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("Thank you. We wrote to you: the mail says whether you have a place, and lets you change it."),
            )
            return redirect(session)
    return page(request, session, form, status=200)


def _counted(request: HttpRequest, email: str) -> Limit | None:
    """One more registration from there and for that mailbox; the limit that was already reached."""
    asked = ((REGISTRATIONS, caller(request)), (SAME_MAILBOX, email.strip().lower()))
    for limit, who in asked:
        if limit.is_reached(who):
            return limit
    for limit, who in asked:
        limit.count(who)
    return None


def _without_box(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "notice"}
