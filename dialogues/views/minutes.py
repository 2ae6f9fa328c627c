"""Writing the minutes, commenting them through a link, and what came out of a dialogue for everybody."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from datasets import words
from datasets.views.access import gate
from dialogues.forms.room import CommentForm
from dialogues.minutes_text import to_html
from dialogues.models import Commitment, MinutesComment, MinutesPdf, MinutesRevision, Session, VoteRound
from dialogues.selectors import commitments as promises
from dialogues.selectors import votes
from dialogues.services import minutes as change
from dialogues.tasks import make_minutes, restore_minutes
from gesoc.common.commits import after_commit
from gesoc.common.views import behind_a_link, refreshing
from partners.audit import person
from partners.models import Sector
from partners.services import find_link

from .commitment_files import nested
from .commitments import shown as shown_commitments
from .room import session_of, tell

RIGHT = "dialogues.edit_minutes"
REFRESH_SECONDS = 2
WORTH_WAITING = datetime.timedelta(minutes=10)


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def edit(request: HttpRequest, slug: str) -> HttpResponseBase:
    session = session_of(request, slug, RIGHT)
    current = change.latest(session)
    conflict: MinutesRevision | None = None
    body = current.body if current else change.build_minutes(session)
    names: list[str] = []
    if request.method == "POST":
        body = request.POST.get("body", "").replace("\r\n", "\n")
        try:
            done = _act(request, session, body)
        except change.Conflict as meanwhile:
            conflict, current = meanwhile.current, meanwhile.current
        except change.NamesSomebody as named:
            names = named.names
            current = change.latest(session)
        except ValidationError as refusal:
            tell(request, refusal)
            return redirect("dialogues:minutes", slug)
        else:
            messages.success(request, done)
            return redirect("dialogues:minutes", slug)
    context = {
        "session": session,
        "current": current,
        "body": body,
        "conflict": conflict,
        "names": names,
        "published": change.published(session),
        "revisions": session.minutes.select_related("author").order_by("-number")[:20],
        "comments": _comments(session),
        "late": change.late_notes(session),
        "preview": to_html(body),
    }
    return render(request, "dialogues/room/minutes.html", context, status=409 if conflict else 200)


def _comments(session: Session) -> QuerySet[Any]:
    return MinutesComment.objects.filter(revision__session=session).select_related("person")


def _act(request: HttpRequest, session: Session, body: str) -> str:
    """Every button saves what was written first, then does what it says."""
    by, base = person(request), int(request.POST.get("base") or 0)
    if "close" in request.POST:
        change.close_session(session=session, by=by, without_commitments="without_commitments" in request.POST)
        return _("The dialogue is closed.")
    current = change.latest(session)
    if current is None or current.body != body or current.number != base:
        base = change.save_minutes(session=session, body=body, base=base, by=by).number
    if "annex" in request.POST:
        change.add_annex(session=session, base=base, by=by)
        return _("They stand at the end of the text. Read it, say what was corrected, and publish it.")
    if "review" in request.POST:
        change.send_to_review(session=session, base=base, by=by)
        return _("Those who came can comment for five days.")
    if "publish" in request.POST:
        change.publish_minutes(
            session=session,
            base=base,
            by=by,
            change_note=request.POST.get("change_note", ""),
            names_checked="names_checked" in request.POST,
        )
        after_commit(make_minutes.delay)
        return _("The minutes are public.")
    return _("Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, token: str) -> HttpResponse:
    link = find_link(token=token, purpose="minutes")
    revision = None
    if link is not None:
        found = MinutesRevision.objects.filter(session__key=link.subject).order_by("-number")
        revision = found.select_related("session").first()
    if link is None or revision is None:
        raise Http404
    form, done = CommentForm(request.POST if request.method == "POST" else None), False
    if request.method == "POST" and form.is_valid():
        try:
            change.comment_minutes(link=link, revision=revision, text=form.cleaned_data["text"])
            done = True
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {"session": revision.session, "revision": revision, "form": form, "done": done}
    context["text"] = to_html(revision.body, level=2)
    return behind_a_link(render(request, "dialogues/room/comment.html", context, status=422 if form.errors else 200))


# -- for everybody -----------------------------------------------------------------------------------------------------


@require_safe
@vary_on_headers("HX-Request")
def after(request: HttpRequest, slug: str) -> HttpResponse:
    """What came out: priorities, commitments, minutes, who came."""
    found = Session.objects.visible_to(request.user).filter(minutes__state=MinutesRevision.State.PUBLISHED).distinct()
    session = get_object_or_404(found.select_related("municipality__state", "host_organisation"), slug=slug)
    agreed = Commitment.objects.visible_to(request.user).filter(session=session)
    editions = session.minutes.filter(state=MinutesRevision.State.PUBLISHED).order_by("-number")
    minutes = editions[0]
    pdf = MinutesPdf.objects.filter(revision=minutes).first()
    working = _being_made(minutes, pdf)
    context = {
        "session": session,
        "outcomes": [votes.outcome(found) for found in _published_rounds(session)],
        "decisions": session.decisions.all(),
        "commitments": shown_commitments(promises.listed(agreed)),
        "minutes": minutes,
        "errata": [edition for edition in editions if edition.change_note],
        "text": to_html(minutes.body),
        "came": session.participation.people if hasattr(session, "participation") else None,
        "balance": _sectors(session),
        "pdf": pdf if pdf and pdf.sha256 else None,
        "pdf_size": words.file_size(pdf.size) if pdf else "",
        "working": working,
        "refresh": REFRESH_SECONDS,
    }
    return refreshing(request, "dialogues/room/after.html", context, working=working)


def _being_made(minutes: MinutesRevision, pdf: MinutesPdf | None) -> bool:
    """Whether it is worth waiting: not where it failed again and again, nor where no worker came by for long."""
    if pdf and (pdf.sha256 or pdf.has_failed):
        return False
    return minutes.created_at > timezone.now() - WORTH_WAITING


@require_safe
def as_pdf(request: HttpRequest, slug: str, edition: int) -> HttpResponseBase:
    """An edition on paper, for whoever may read the minutes; the older ones stay under their address."""
    sessions = Session.objects.visible_to(request.user).filter(slug=slug)
    pdf = get_object_or_404(MinutesPdf, revision__session__in=sessions, revision__edition=edition, sha256__gt="")
    try:
        stream = default_storage.open(pdf.storage_path)
    except FileNotFoundError:
        after_commit(restore_minutes.delay, pdf.pk)
        messages.warning(request, _("The file of this PDF was lost. It is being made again; try in a few minutes."))
        return redirect("dialogues:after", slug)
    name = f"minuta-{slug}-{edition}.pdf"
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _published_rounds(session: Session) -> QuerySet[VoteRound]:
    return session.rounds.filter(state=VoteRound.State.PUBLISHED).prefetch_related("options")


def _sectors(session: Session) -> list[tuple[str, int]]:
    """The same numbers as open data: counted at publication, so that neither tells what the other hides."""
    labels = dict(Sector.choices)
    counted = session.participation.sectors if hasattr(session, "participation") else []
    return [(str(labels.get(sector, _("Others"))), number) for sector, number in counted]


@require_safe
def after_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as open data: no name of a person, no sector too small to hide in."""
    found = Session.objects.published().filter(visibility="publica", minutes__state="publicada").distinct()
    session = get_object_or_404(found.select_related("municipality__state", "host_organisation"), slug=slug)
    minutes = change.published(session)
    agreed = promises.with_history(Commitment.objects.public().filter(session=session))
    return JsonResponse(
        {
            "title": session.title,
            "date": session.start.date().isoformat(),
            "municipality_code": session.municipality_id,
            "host": session.host_organisation.name,
            "attended": dict(session.participation.sectors) if hasattr(session, "participation") else {},
            "minutes": {"edition": minutes.edition, "text": minutes.body} if minutes else None,
            "votes": [_vote(votes.outcome(found)) for found in _published_rounds(session)],
            "decisions": [{"text": d.text, "reasons": d.reasons} for d in session.decisions.all()],
            "commitments": [nested(one) for one in agreed],
        }
    )


def _vote(found: votes.Outcome) -> dict[str, Any]:
    texts = {str(place.option.key): place.option.text for place in found.places}
    return {
        "question": found.round.question,
        "method": found.round.method,
        "voted": found.voted,
        "on_roll": found.on_roll,
        "has_quorum": found.has_quorum,
        "result": [
            {"option": p.option.text, "points": p.standing.points, "place": p.standing.place} for p in found.places
        ],
        "by_sector": [
            {"sectors": list(split.members), "ballots": split.ballots, "points": _named(split.points, texts)}
            for split in ([] if found.withheld else found.result.splits)
        ],
    }


def _named(points: Any, texts: dict[str, str]) -> dict[str, int]:
    return {texts[key]: number for key, number in points.items()}
