"""Tables of a dialogue, and the page of whoever hosts one: a link, no account, one press for a note."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datasets.views.access import gate
from dialogues.forms.room import HostNoteForm, TablesForm
from dialogues.models import Contribution, Session, Table
from dialogues.selectors import room as read
from dialogues.services import hosts, set_tables
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
    """Their questions, one a line; a link for each host, which is shown this once."""
    session = session_of(request, slug, "dialogues.run_votes")
    form = TablesForm(request.POST if "questions" in request.POST else None, initial={"questions": _questions(session)})
    shown: dict[str, Any] = {}
    if request.method == "POST" and "link" in request.POST:
        shown = _opened(request, session)
    elif form.is_valid():
        try:
            set_tables(session=session, questions=form.cleaned_data["questions"], by=person(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("dialogues:tables", slug)
    context = {"session": session, "tables": session.tables.filter(round=1), "form": form, **shown}
    response = render(request, "dialogues/room/tables.html", context, status=422 if form.errors else 200)
    return behind_a_link(response) if shown else response


def _questions(session: Session) -> str:
    return "\n".join(table.question for table in session.tables.filter(round=1))


def _opened(request: HttpRequest, session: Session) -> dict[str, Any]:
    number = request.POST["link"]
    table = get_object_or_404(session.tables, round=1, number=number if number.isdecimal() else 0)
    try:
        token = hosts.open_table(table=table, by=person(request))
    except ValidationError as refusal:
        tell(request, refusal)
        return {}
    address = request.build_absolute_uri(reverse("dialogues:host_table", args=[token]))
    return {"opened": table, "address": address, "code": qr(address, _("QR code of the page of the table"))}


# -- on the phone of the host --------------------------------------------------------------------------------------------


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
    part = hosts.part_of(table.session)
    context = {
        "session": table.session,
        "table": table,
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
