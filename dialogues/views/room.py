"""The room on a phone: who has come, what is said, a challenge, a commitment, and what stands on the screen.

Pages that hand over the key of what waits in the browser are kept by no cache: signed out, nobody finds it by going back.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datasets.views.access import demand, gate
from dialogues.forms.room import ArrivedForm, ChallengeForm, NoteForm, RoomCommitmentForm, WalkInForm
from dialogues.models import Attendance, Contribution, Registration, Session, SheetPhoto
from dialogues.selectors import room as read
from dialogues.selectors.seating import seats_of
from dialogues.services import commitments
from dialogues.services import room as change
from partners.audit import person
from partners.services import notice_in_force
from projects.models import Challenge, Evidence

SHOWN = 50
AT_THE_DOOR = 200  # without a connection the list at hand is all there is to find somebody in
EMPTY_LINES = 12  # for those who come without a place


def session_of(request: HttpRequest, slug: str, right: str) -> Session:
    """A session one may see, and on which one has the right."""
    visible = Session.objects.visible_to(request.user).select_related("municipality__state", "host_organisation")
    found = get_object_or_404(visible, slug=slug)
    demand(request, right, found)
    return found


def challenges_of(session: Session, request: HttpRequest) -> Any:
    """Those that came from its notes, stand on its agenda, or belong to its projects."""
    found = Challenge.objects.visible_to(request.user).open()
    own = found.filter(contributions__session=session) | found.filter(agenda_items__session=session)
    return (own | found.filter(project__sessions=session)).distinct()


def tell(request: HttpRequest, refusal: ValidationError) -> None:
    messages.error(request, " ".join(refusal.messages))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate
def room(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Agenda clock and notes; a POST writes one down."""
    session = session_of(request, slug, "dialogues.write_notes")
    form = NoteForm(request.POST, session=session) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            note = change.write_note(note=form.instance, by=person(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _warn_of_names(request, note)
            _tell_lost(request, form.lost)
            return written(request, "dialogues:room", slug)
    slots = read.agenda_clock(session, timezone.now())
    now = next((slot for slot in slots if slot.is_now), None)
    fresh = NoteForm(session=session, initial={"key": change.new_note_key(), "item": now.item if now else None})
    context = {
        "session": session,
        "slots": slots,
        "now": now,
        "form": form or fresh,
        "kinds": Contribution.Kind.choices,
        "notes": read.notes(session)[:SHOWN],
        "came": read.attended(session).count(),
        "on_list": read.arrivals(session).count(),
        "rounds": session.rounds.order_by("pk"),
        "commitments": session.commitments.select_related("responsible").order_by("pk"),
        "queue": change.key_of_queue(session, person(request)),
        "exercises": read.exercises(session, person(request)),
        **rights(request, session),
    }
    return render(request, "dialogues/room/room.html", context, status=422 if form is not None else 200)


def written(request: HttpRequest, page: str, slug: str, *, refused: bool = False) -> HttpResponse:
    """The page that follows; to a browser that sends what it kept (static/js/queue.js) only whether it was written down."""
    if request.headers.get("X-Requested-With") == "queue":
        return HttpResponse(status=422 if refused else 204)
    return redirect(page, slug)


def rights(request: HttpRequest, session: Session) -> dict[str, bool]:
    user = request.user
    return {
        "may_check_in": user.has_perm("dialogues.check_in", session),
        "may_run": user.has_perm("dialogues.run_votes", session),
        "may_commit": user.has_perm("dialogues.add_commitment", session),
        "may_minute": user.has_perm("dialogues.edit_minutes", session),
    }


def _warn_of_names(request: HttpRequest, note: Contribution) -> None:
    """Saved all the same: a name may be an everyday word, and whoever wrote it knows."""
    found = read.named_in(note.session, note.text) if note.chatham else []
    if found:
        said = _("Saved. But the Chatham House rule holds here and the note seems to name: %(names)s.")
        messages.warning(request, said % {"names": ", ".join(found)})
    else:
        messages.success(request, _("Saved."))


def _tell_lost(request: HttpRequest, lost: list[str]) -> None:
    if lost:
        said = _("It was written for something that is no longer there (%(what)s); the note stands without it.")
        messages.info(request, said % {"what": ", ".join(lost).lower()})


@require_POST
@gate
def delete_note(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    session = session_of(request, slug, "dialogues.write_notes")
    note = get_object_or_404(session.contributions, key=key)
    try:
        change.delete_note(note=note, by=person(request))
        messages.success(request, _("The note was deleted."))
    except ValidationError as refusal:
        tell(request, refusal)
    return redirect("dialogues:room", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def challenge(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    """A note becomes a challenge, with a figure beside it."""
    session = session_of(request, slug, "dialogues.run_votes")
    note = get_object_or_404(session.contributions, key=key)
    cards = Evidence.objects.visible_to(request.user).filter(municipality=session.municipality)
    posted = request.POST if request.method == "POST" else None
    form = ChallengeForm(posted, evidence=cards, initial={"title": note.text[:200]})
    if form.is_valid():
        try:
            change.note_to_challenge(note=note, by=person(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It is a challenge now, and can be voted on."))
            return redirect("dialogues:room", slug)
    context = {"session": session, "note": note, "form": form}
    return render(request, "dialogues/room/challenge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def commitment(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Task 11: what, who, by when; one button."""
    session = session_of(request, slug, "dialogues.add_commitment")
    posted = request.POST if request.method == "POST" else None
    form = RoomCommitmentForm(posted, session=session, challenges=challenges_of(session, request))
    if form.is_valid():
        form.instance.project = form.instance.challenge.project if form.instance.challenge else session.projects.first()
        try:
            commitments.record_commitment(
                commitment=form.instance, by=person(request), accepted=form.cleaned_data["accepted"]
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The commitment is written down."))
            return redirect("dialogues:room", slug)
    context = {"session": session, "form": form}
    return render(request, "dialogues/room/commitment.html", context, status=422 if form.errors else 200)


# -- at the door -------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
@gate
def door(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Three letters find somebody, one tap checks them in."""
    session = session_of(request, slug, "dialogues.check_in")
    text = request.GET.get("q", "").strip()[:100]
    rows = read.arrivals(session, text)
    # A whole name that is on no list is most likely theirs who stands there.
    unknown = text if text and not rows.exists() else ""
    form = WalkInForm(initial={"full_name": unknown, "key": change.new_note_key()})
    return render(request, "dialogues/room/door.html", _at_the_door(request, session, rows, form, text))


def _at_the_door(request: HttpRequest, session: Session, rows: Any, form: WalkInForm, text: str = "") -> dict[str, Any]:
    return {
        "session": session,
        "text": text,
        "rows": rows[:AT_THE_DOOR],
        "came": read.attended(session).count(),
        "on_list": read.arrivals(session).count(),
        "form": form,
        "notice": notice_in_force(get_language() or "es-mx"),
        "queue": change.key_of_queue(session, person(request)),
    }


@require_safe
@gate
def sheet(request: HttpRequest, slug: str) -> HttpResponseBase:
    """To print in large type, for a door without a phone: those with a place, then empty lines. No address on it."""
    session = session_of(request, slug, "dialogues.check_in")
    rows = read.arrivals(session).filter(state__in=Registration.PLACED)
    context = {
        "session": session,
        "rows": rows,
        "empty": range(EMPTY_LINES),
        "notice": notice_in_force(get_language() or "es-mx"),
    }
    return render(request, "dialogues/room/sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate
def check_in(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    """From the list, one tap. The code on somebody's phone leads here: a GET only says who they are."""
    session = session_of(request, slug, "dialogues.check_in")
    row = get_object_or_404(session.registrations.live().select_related("person", "organisation_at_time"), key=key)
    if request.method != "POST":
        here = Attendance.objects.filter(registration=row).exists()
        queue = change.key_of_queue(session, person(request))
        context = {"session": session, "row": row, "here": here, "queue": queue}
        return render(request, "dialogues/room/check_in.html", context)
    sheet = _sheet(request, session)
    method = Attendance.Method.QR if "qr" in request.POST else Attendance.Method.LIST
    sent = ArrivedForm(request.POST)
    sent.is_valid()  # a moment that cannot be is none
    arrived = {"method": method, "at": sent.cleaned_data["at"]} if sheet is None else change.on_paper(session)
    try:
        change.check_in(registration=row, by=person(request), **arrived)
        messages.success(request, _here(row, _("%(name)s is here.") % {"name": row.person}))
    except ValidationError as refusal:
        tell(request, refusal)
        return written(request, "dialogues:door", slug, refused=True)
    return redirect(sheet.get_absolute_url()) if sheet else written(request, "dialogues:door", slug)


def _sheet(request: HttpRequest, session: Session) -> SheetPhoto | None:
    """The photo that somebody writes down from, and comes back to."""
    try:
        return session.sheet_photos.filter(key=request.POST.get("sheet", "")).first()
    except ValidationError:  # none was sent, or what is no key
        return None


def _here(row: Registration, said: str) -> str:
    """With the tables to which they are shown, once people were mixed."""
    tables = seats_of(row)
    if not tables:
        return said
    if len(tables) == 1:
        return said + " " + _("Table %(number)s.") % {"number": tables[0].number}
    numbers = ", ".join(str(table.number) for table in tables)
    return said + " " + _("Tables, round by round: %(numbers)s.") % {"numbers": numbers}


@require_POST
@never_cache
@gate
def walk_in(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = session_of(request, slug, "dialogues.check_in")
    form, sheet = WalkInForm(request.POST), _sheet(request, session)
    if form.is_valid():
        arrived = form.cleaned_data | (change.on_paper(session) if sheet else {})
        try:
            came = change.welcome_walk_in(session=session, by=person(request), **arrived)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request,
                _here(came.registration, _("Welcome: %(name)s is here.") % {"name": form.cleaned_data["full_name"]}),
            )
            return redirect(sheet.get_absolute_url()) if sheet else written(request, "dialogues:door", slug)
    return render(
        request, "dialogues/room/door.html", _at_the_door(request, session, read.arrivals(session), form), status=422
    )
