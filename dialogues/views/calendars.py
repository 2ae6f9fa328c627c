"""Calendar entries and feeds: one session, everything public, one's own, an organisation's."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets.views.access import demand, gate
from dialogues import ical, services
from dialogues.models import CalendarToken, Invitation, Registration, Session, SessionQuerySet
from dialogues.services import mails
from gesoc.common.views import behind_a_link
from partners.audit import person
from partners.models import Organisation
from partners.services import find_link, site_url

from .pages import visible_session

# Feeds go back this far: calendars keep what they hold, and a file of all years would only grow.
BACK = datetime.timedelta(days=180)


def _answer(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=ical.CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


def _rows(found: SessionQuerySet) -> SessionQuerySet:
    recent = found.filter(ends_at__gte=timezone.now() - BACK).exclude(state=Session.State.DRAFT)
    return recent.select_related("municipality__state", "host_organisation").order_by("starts_at", "id")


@require_safe
def session_entry(request: HttpRequest, slug: str) -> HttpResponse:
    """To be added to a calendar by hand. The link to connect is in nobody's file who has no place online."""
    return _answer(ical.entry(visible_session(request, slug)), slug)


@require_safe
def place_entry(request: HttpRequest, token: str, purpose: str = mails.PLACE) -> HttpResponse:
    """One's own entry, behind a personal link; with the link to connect if the place is online."""
    link = find_link(token=token, purpose=purpose)
    rows = Registration.objects.live().select_related(
        "person", "session__municipality__state", "session__host_organisation"
    )
    if purpose == mails.INVITATION and link is not None:
        invited = Invitation.objects.live().filter(key=link.subject)
        rows = rows.filter(session__in=invited.values("session_id"), person__in=invited.values("person_id"))
    elif link is not None:
        rows = rows.filter(key=link.subject)
    row = rows.first() if link else None
    if row is None:
        raise Http404
    return behind_a_link(_answer(ical.entry(row.session, registration=row), row.session.slug))


@require_safe
def public_feed(request: HttpRequest) -> HttpResponse:
    """What everybody may see, whoever asks: the address is shared."""
    found = Session.objects.published().filter(visibility="publica")
    return _answer(ical.feed(_rows(found), _("Dialogues of Mesa de Datos")), "dialogos")


@require_safe
def private_feed(request: HttpRequest, token: str) -> HttpResponse:
    """One's own dialogues, or those of an organisation one still belongs to."""
    owner = services.find_calendar(token=token)
    if owner is None or not _still_allowed(owner):
        raise Http404
    if owner.organisation is not None:
        hosted = Q(host_organisation=owner.organisation) | Q(invitations__organisation=owner.organisation)
        found = Session.objects.visible_to(owner.created_by).filter(hosted).distinct()
        name = owner.organisation.name
    else:
        found, name = _own(owner), _("My dialogues")
    return behind_a_link(_answer(ical.feed(_rows(found), name), "mis-dialogos"))


def _own(owner: CalendarToken) -> SessionQuerySet:
    """Those in which somebody has a role or a place; an invitation that was not answered is no appointment."""
    role = Q(roles__person__user=owner.user, roles__holds=True)
    placed = Q(registrations__person__user=owner.user, registrations__state__in=Registration.PLACED)
    ids = Session.objects.filter(role | placed).values("pk")
    return Session.objects.visible_to(owner.created_by).filter(pk__in=ids)


def _still_allowed(owner: CalendarToken) -> bool:
    by = owner.created_by
    return owner.organisation is None or Organisation.objects.of(by).filter(pk=owner.organisation.pk).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def calendars(request: HttpRequest) -> HttpResponseBase:
    """Make and revoke the addresses of private feeds. A new address is shown once."""
    demand(request, "dialogues.add_session")
    by = person(request)
    mine = Organisation.objects.of(by)
    if request.method == "POST":
        slug = request.POST.get("organisation", "")
        organisation = get_object_or_404(mine, slug=slug) if slug else None
        if request.POST.get("action") == "close":
            services.close_calendar(by=by, organisation=organisation)
            messages.success(request, _("The address no longer works."))
            return redirect("dialogues:calendars")
        token = services.open_calendar(by=by, organisation=organisation)
        address = site_url(reverse("dialogues:private_feed", args=[token]))
        return behind_a_link(
            render(request, "dialogues/calendars.html", _page(request, by, mine) | {"address": address})
        )
    return render(request, "dialogues/calendars.html", _page(request, by, mine))


def _page(request: HttpRequest, by: object, mine: object) -> dict[str, object]:
    live = CalendarToken.objects.filter(revoked_at__isnull=True)
    return {
        "own": live.filter(user=by).exists(),  # type: ignore[misc]
        "organisations": mine,
        "open_for": set(live.filter(organisation__in=mine).values_list("organisation_id", flat=True)),  # type: ignore[misc]
        "public": site_url(reverse("dialogues:public_feed")),
    }
