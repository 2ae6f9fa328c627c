"""Tables of a dialogue, and the page of whoever hosts one: a link, no account, one press for a note."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datasets.views.access import gate
from dialogues.forms.room import HostNoteForm, PlacesForm, TablesForm
from dialogues.models import Contribution, Session, Table
from dialogues.selectors import room as read
from dialogues.selectors.seating import TableRound, possible_hosts, rounds
from dialogues.services import hosts
from dialogues.services import tables as change
from dialogues.services.room import may_be_kept, new_note_key
from gesoc.common.limits import Limit, too_many
from gesoc.common.views import add_refusal, behind_a_link
from partners.audit import person

from .codes import qr
from .room import session_of, tell

# Far more than people say at a table; less than somebody who found a link could pour into it.
NOTES = Limit("table-notes", most=400, within=datetime.timedelta(hours=1))


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def tables(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One round at a time: its questions, one a line; hosts and seats; a link for each host, which is shown this once."""
    session = session_of(request, slug, "dialogues.run_votes")
    found = rounds(session)
    number = _number(request, found)
    here = next((one.tables for one in found if one.number == number), [])
    questions = TablesForm(
        request.POST if "questions" in request.POST else None,
        initial={"questions": "\n".join(table.question for table in here)},
    )
    people = possible_hosts(session) if here else []
    places = PlacesForm(request.POST if "places" in request.POST else None, tables=here, people=people)
    shown: dict[str, Any] = {}
    if request.method == "POST" and "link" in request.POST:
        shown = _opened(request, here)
    elif request.method == "POST" and (goes_to := _changed(request, session, number, questions, places)) is not None:
        return redirect(f"{request.path}?ronda={goes_to}" if goes_to > 1 else request.path)
    context = {
        "session": session,
        "rounds": found,
        "round": number,
        "tables": here,
        "form": questions,
        "places": places,
        "has_errors": bool(questions.errors or places.errors),
        **shown,
    }
    response = render(request, "dialogues/room/tables.html", context, status=422 if context["has_errors"] else 200)
    return behind_a_link(response) if shown else response


def _number(request: HttpRequest, found: list[TableRound]) -> int:
    asked = request.GET.get("ronda", "")
    return next((one.number for one in found if str(one.number) == asked), 1)


def _changed(
    request: HttpRequest, session: Session, number: int, questions: TablesForm, places: PlacesForm
) -> int | None:
    """The round to be looked at next; None: something is to be looked at again."""
    by = person(request)
    form: TablesForm | PlacesForm = questions if questions.is_bound else places
    try:
        if "add_round" in request.POST:
            return change.add_round(session=session, by=by)
        if "drop_round" in request.POST:
            return change.drop_round(session=session, by=by)
        if questions.is_valid():
            asked = questions.cleaned_data["questions"]
            change.set_tables(session=session, questions=asked, round=number, by=by)
        elif places.is_valid():
            change.set_places(session=session, round=number, places=places.places(), by=by)
        else:
            return None
    except ValidationError as refusal:
        if not form.is_bound:
            tell(request, refusal)
            return number
        add_refusal(form, refusal)
        return None
    messages.success(request, _("Saved."))
    return number


def _opened(request: HttpRequest, here: list[Table]) -> dict[str, Any]:
    asked = request.POST["link"]
    table = next((one for one in here if str(one.number) == asked), None)
    if table is None:
        raise Http404
    try:
        token = hosts.open_table(table=table, by=person(request))
    except ValidationError as refusal:
        tell(request, refusal)
        return {}
    address = request.build_absolute_uri(reverse("dialogues:host_table", args=[token]))
    return {"opened": table, "address": address, "code": qr(address, _("QR code of the page of the table"))}


@require_http_methods(["GET", "HEAD", "POST"])
def host(request: HttpRequest, token: str) -> HttpResponse:
    found = hosts.table_of(token)
    if found is None:
        raise Http404
    link, table = found
    if NOTES.is_reached(link.subject):
        return too_many(request, NOTES)
    form = HostNoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            note = hosts.write_at_table(link=link, table=table, note=form.instance, at=form.cleaned_data["at"])
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            NOTES.count(link.subject)
            _say_saved(request, note)
            return behind_a_link(redirect(request.path))
    return behind_a_link(_host_page(request, table, form))


def _host_page(request: HttpRequest, table: Table, form: HostNoteForm) -> HttpResponse:
    part = hosts.part_of(table)
    context = {
        "session": table.session,
        "table": table,
        "rounds": change.last_round(table.session),
        "part": part,
        "chatham": table.session.keeps_rule or bool(part and part.chatham),
        "form": form if form.is_bound else HostNoteForm(initial={"key": new_note_key()}),
        "keeps": may_be_kept(table.session),
        "kinds": Contribution.Kind.choices,
        "notes": table.contributions.order_by("-created_at", "-pk")[:100],
    }
    return render(request, "dialogues/room/host.html", context, status=422 if form.errors else 200)


def _say_saved(request: HttpRequest, note: Contribution) -> None:
    if note.chatham and (names := read.named_in(note.session, note.text)):
        said = _("Saved. But the Chatham House rule holds here and the note seems to name: %(names)s.")
        messages.warning(request, said % {"names": ", ".join(names)})
    else:
        messages.success(request, _("Saved."))
