"""A vote: prepared and opened by whoever runs the session, cast by link or code on a phone, read once it is counted."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datasets.views.access import gate
from dialogues.forms.room import CodeForm, DecisionForm, RoundForm
from dialogues.models import Session, VoteOption, VoteRound, VoterRoll
from dialogues.selectors import votes as read
from dialogues.services import votes as change
from gesoc.common.limits import Limit, caller, too_many
from gesoc.common.views import behind_a_link
from partners.audit import person

from .codes import qr
from .room import challenges_of, session_of, tell

RIGHT = "dialogues.run_votes"
# A whole room may share one address: right codes are not counted.
WRONG_CODES = Limit("vote-code", most=60, within=datetime.timedelta(minutes=10))


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def prepare(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = session_of(request, slug, RIGHT)
    posted = request.POST if request.method == "POST" else None
    form = RoundForm(posted, session=session, challenges=challenges_of(session, request))
    if form.is_valid():
        try:
            found = change.prepare_round(
                round=form.instance,
                by=person(request),
                texts=form.cleaned_data["options"].splitlines(),
                challenges=form.cleaned_data.get("challenges", ()),
            )
            if "open" in request.POST:
                change.open_round(round=found, by=person(request))
            return redirect("dialogues:round", slug, found.key)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {"session": session, "form": form}
    return render(request, "dialogues/room/prepare_round.html", context, status=422 if form.errors else 200)


def _round(session: Session, key: Any) -> VoteRound:
    found = get_object_or_404(session.rounds.prefetch_related("options"), key=key)
    found.session = session
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def round_page(request: HttpRequest, slug: str, key: Any) -> HttpResponseBase:
    """For whoever runs it: how many have voted while it is open; the result once it is counted."""
    session = session_of(request, slug, RIGHT)
    found = _round(session, key)
    codes: list[Any] = []
    if request.method == "POST":
        try:
            codes = _act(request, found)
        except ValidationError as refusal:
            tell(request, refusal)
        if not codes:
            return redirect("dialogues:round", slug, key)
    voted, on_roll = read.turnout(found)
    roll = found.roll.select_related("person").order_by("person__sort_key")
    address = request.build_absolute_uri(f"/votar/{found.key}/")
    context = {
        "session": session,
        "round": found,
        "options": found.options.all(),
        "voted": voted,
        "on_roll": on_roll,
        "outcome": read.shown(found, request.user),
        "codes": codes,
        "counts": found.paper_counts.select_related("by"),
        "roll": roll,
        "without_link": [
            entry.person for entry in roll if not entry.cast_as and not change.has_own_address(entry.person)
        ],
        "address": address,
        "qr": qr(address) if found.takes_votes() else "",
        "decision_form": DecisionForm(),
        "decisions": found.decisions.all(),
    }
    response = render(request, "dialogues/room/round.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _act(request: HttpRequest, found: VoteRound) -> list[Any]:
    """What the pressed button asks for; new codes are returned, for they are shown this once."""
    by, posted = person(request), request.POST
    if "open" in posted:
        change.open_round(round=found, by=by)
    elif "close" in posted:
        change.close_round(round=found, by=by)
        messages.success(request, _("The vote is closed and counted."))
    elif "publish" in posted:
        change.publish_round(round=found, by=by)
    elif "void" in posted:
        change.void_round(round=found, by=by, reason=posted.get("reason", ""))
    elif "codes" in posted:
        return change.new_codes(round=found, by=by)
    elif "paper" in posted:
        entry = get_object_or_404(found.roll.all(), pk=posted["paper"])
        change.mark_paper(entry=entry, by=by)
    elif "count" in posted:
        ballots = _number(posted.get("ballots"))
        change.count_paper(round=found, ballots=ballots, totals=_choices(request, found), by=by)
        messages.success(request, _("Your count is written down."))
    elif "decide" in posted:
        _decide(request, found)
    return []


def _decide(request: HttpRequest, found: VoteRound) -> None:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("Say what was decided, and why."))
    change.record_decision(session=found.session, round=found, by=person(request), **form.cleaned_data)
    messages.success(request, _("The decision is written down."))


def _number(text: str | None) -> int:
    if text is None or not text.strip():
        return 0
    if not text.strip().isascii() or not text.strip().isdigit() or len(text) > 5:
        raise ValidationError(_("Write whole numbers."))
    return int(text)


def _choices(request: HttpRequest, found: VoteRound) -> dict[str, int]:
    return {str(option.key): _number(request.POST.get(f"o-{option.key}")) for option in found.options.all()}


# -- on the voter's phone ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    entry = read.entry_of_link(token)
    if entry is None:
        raise Http404
    return _voting(request, entry)


@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest, key: Any) -> HttpResponse:
    """The address on the screen: the code one was given opens the ballot. Nothing is kept in a cookie."""
    found = get_object_or_404(VoteRound.objects.exclude(state=VoteRound.State.DRAFT), key=key)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if WRONG_CODES.is_reached(caller(request)):
            return too_many(request, WRONG_CODES)
        if (entry := read.entry_of_code(found, change.hashed(form.cleaned_data["code"]))) is not None:
            return _voting(request, entry, code=form.cleaned_data["code"])
        WRONG_CODES.count(caller(request))
        form.add_error("code", _("This code is not of this vote. Look again, or ask whoever facilitates."))
    context = {"round": found, "form": form, "open": found.takes_votes()}
    return behind_a_link(render(request, "dialogues/room/vote_code.html", context, status=422 if form.errors else 200))


def _voting(request: HttpRequest, entry: VoterRoll, code: str = "") -> HttpResponse:
    found = entry.round
    options = list(found.options.all())
    problem, given = "", {}
    voting = request.method == "POST" and "cast" in request.POST
    if voting:
        try:
            given = _chosen(request, options, found)
            change.cast_vote(entry=entry, choices=given)
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        entry.refresh_from_db()
    context = {
        "round": found,
        "entry": entry,
        "code": code,
        "options": [(option, given.get(str(option.key), 0)) for option in options],
        "steps": range(found.rules.ceiling + 1),
        "open": found.takes_votes(),
        "done": voting and not problem,
        "problem": problem,
    }
    return behind_a_link(render(request, "dialogues/room/vote.html", context, status=422 if problem else 200))


def _chosen(request: HttpRequest, options: list[VoteOption], found: VoteRound) -> dict[str, int]:
    return {str(option.key): _number(request.POST.get(f"o-{option.key}")) for option in options}
