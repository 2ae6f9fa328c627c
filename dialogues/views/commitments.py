"""The public board of commitments, the page of one, and what those concerned do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datasets.views.access import demand, gate
from dialogues import rules, standing
from dialogues.forms.commitments import DisputeForm, PostponeForm, ReportForm, StateReasonForm, VerifyForm
from dialogues.forms.figures import FigureForm, about
from dialogues.models import Commitment, CommitmentQuerySet, SeenProof
from dialogues.selectors import commitments as read
from dialogues.services import commitment_figures as measure
from dialogues.services import commitments as change
from gesoc.common.views import add_refusal, behind_a_link
from municipalities.models import Municipality
from municipalities.selectors import with_successors
from partners.audit import person
from partners.models import SignedLink
from partners.services import find_link
from projects import threads
from projects.forms.comments import CommentForm
from projects.models import Evidence

PAGE_SIZE = 30
FILTERS = {
    "q": "text",
    "municipio": "municipality",
    "estado": "state",
    "organizacion": "organisation",
    "situacion": "situation",
}


def shown(commitments: Any) -> list[tuple[Commitment, standing.Said]]:
    return [(found, standing.said(found, read.today_of(found))) for found in commitments]


def filters_of(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(given, "").strip()[:100] for given, name in FILTERS.items()}


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    asked = filters_of(request)
    found = read.board(request.user, **asked)
    everything = read.board(request.user, **{**asked, "situation": ""})
    page = Paginator(read.listed(found), PAGE_SIZE).get_page(request.GET.get("pagina"))
    query = request.GET.copy()
    query.pop("pagina", None)
    return render(
        request,
        "dialogues/commitments/board.html",
        {
            "page": page,
            "rows": shown(page),
            "counts": (counts := read.counts(everything)),
            "situations": [(name, label(), counts.of[name]) for name, label in standing.SITUATIONS.items()],
            "records": read.records(everything),
            "places": read.places(request.user),
            "responsibles": read.responsibles(request.user),
            "asked": asked,
            "place": (place := Municipality.objects.select_related("state").filter(pk=asked["municipality"]).first()),
            "successors": place.offspring.select_related("state") if place else [],
            "query": query.urlencode(),
        },
    )


def visible(request: HttpRequest, key: Any) -> Commitment:
    found: CommitmentQuerySet = Commitment.objects.visible_to(request.user).with_today()
    related = ("responsible", "municipality__state", "session", "responsible_person", "challenge", "project")
    return get_object_or_404(found.select_related(*related), key=key)


@require_safe
def commitment(request: HttpRequest, key: Any) -> HttpResponse:
    found = visible(request, key)
    return render(request, "dialogues/commitments/commitment.html", _page(request, found))


def _page(request: HttpRequest, found: Commitment) -> dict[str, Any]:
    proofs = {one.url: one for one in found.seen_proofs.all()}
    manages = request.user.has_perm("dialogues.manage_commitment", found)
    reports = request.user.has_perm("dialogues.report_commitment", found)
    verifies = request.user.has_perm("dialogues.verify_commitment", found)
    return {
        "commitment": found,
        "said": standing.said(found, read.today_of(found)),
        "slips": standing.slips(found),
        "chain": read.chain(found, request.user),
        "thread": threads.thread(found, request.user),
        "comment_form": CommentForm(auto_id="comment_%s"),
        "updates": with_proofs(read.history(found), proofs),
        "verifications": with_proofs(found.verifications.select_related("organisation"), proofs),
        "supporters": found.supporters.all(),
        "figure": (figure := getattr(found, "figure", None)),
        "figure_sentence": standing.figure_sentence(figure) if figure is not None else "",
        "manages": manages,
        "reports": reports and found.is_open,
        "sees_person": manages or reports,
        "report_form": ReportForm(auto_id="report_%s"),
        "postpone_form": PostponeForm(auto_id="postpone_%s"),
        "dispute_form": DisputeForm(auto_id="dispute_%s"),
        "reason_form": StateReasonForm(auto_id="reason_%s"),
        "verify_form": _verify_form(request, found) if verifies else None,
        "call_broken": manages and found.is_running and _long_late(found),
    }


def with_proofs(rows: Iterable[Any], proofs: dict[str, SeenProof]) -> list[Any]:
    """Each with what was seen at the address that it gives."""
    found = list(rows)
    for row in found:
        row.proof = proofs.get(row.evidence_url)
    return found


def _long_late(found: Commitment) -> bool:
    return found.due_on is not None and read.today_of(found) - found.due_on > Commitment.BROKEN_AFTER


def _verify_form(request: HttpRequest, found: Commitment, data: Any = None) -> VerifyForm:
    return VerifyForm(data, auto_id="verify_%s", organisations=rules.may_verify_for(request.user, found))


Step = Callable[[HttpRequest, Commitment], str]


def step(right: str) -> Callable[[Step], Callable[..., HttpResponseBase]]:
    """A POST that needs `right` on the commitment and says what it did; what is refused is said on the page."""

    def decorate(act: Step) -> Callable[..., HttpResponseBase]:
        @require_POST
        @gate
        def view(request: HttpRequest, key: Any) -> HttpResponseBase:
            found = visible(request, key)
            demand(request, right, found)
            try:
                messages.success(request, act(request, found))
            except ValidationError as refusal:
                messages.error(request, " ".join(refusal.messages))
            return redirect(found)

        return view

    return decorate


def _cleaned(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise ValidationError([f"{form[name].label}: {text}" for name, texts in form.errors.items() for text in texts])
    return dict(form.cleaned_data)


@step("dialogues.report_commitment")
def report(request: HttpRequest, found: Commitment) -> str:
    data = _cleaned(ReportForm(request.POST))
    change.report_progress(commitment=found, by=person(request), kept="kept" in request.POST, **data)
    return _("Thank you: it is written down.")


@step("dialogues.report_commitment")
def postpone(request: HttpRequest, found: Commitment) -> str:
    data = _cleaned(PostponeForm(request.POST))
    change.postpone_commitment(commitment=found, by=person(request), **data)
    return _("It has a new date. The first one stays visible.")


@step("dialogues.report_commitment")
def dispute(request: HttpRequest, found: Commitment) -> str:
    change.dispute_commitment(commitment=found, by=person(request), **_cleaned(DisputeForm(request.POST)))
    return _("Your words stand beside the commitment.")


@step("dialogues.report_commitment")
def accept(request: HttpRequest, found: Commitment) -> str:
    change.accept_commitment(commitment=found, by=person(request))
    return _("The commitment is accepted.")


@step("dialogues.manage_commitment")
def give_up(request: HttpRequest, found: Commitment) -> str:
    reason = _cleaned(StateReasonForm(request.POST))["reason"]
    if "broken" in request.POST:
        change.break_commitment(commitment=found, reason=reason, by=person(request))
        return _("It is written down that it was not kept.")
    change.cancel_commitment(commitment=found, reason=reason, by=person(request))
    return _("The commitment was cancelled.")


@step("dialogues.verify_commitment")
def verify(request: HttpRequest, found: Commitment) -> str:
    data = _cleaned(_verify_form(request, found, request.POST))
    change.verify_commitment(commitment=found, by=person(request), **data)
    return _("Thank you: what you saw is written down.")


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def figure(request: HttpRequest, key: Any) -> HttpResponseBase:
    """Which published figure tells: taken from a card of evidence, or said by hand."""
    found = visible(request, key)
    demand(request, "dialogues.manage_commitment", found)
    cards = read.measurable_cards(found, request.user)
    card = next((one for one in cards if str(one.key) == request.GET.get("tarjeta")), None)
    posted = request.POST if request.method == "POST" else None
    form = FigureForm(posted, commitment=found, initial=_initial(card) if card else {})
    if form.is_valid():
        try:
            measure.set_figure(commitment=found, figure=form.instance, evidence=card, by=person(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Every new file is compared with it from now on."))
            return redirect(found)
    context = {"commitment": found, "cards": cards, "card": card, "form": form}
    return render(request, "dialogues/commitments/figure.html", context, status=422 if form.errors else 200)


def _initial(card: Evidence) -> dict[str, Any]:
    told = read.figure_of(card)
    return told | ({"about": about(told["kind"], told["by"], told["heading"])} if told else {})


# -- through the link of a reminder: no account, and a GET changes nothing -----------------------------------------------


def _by_link(token: str) -> tuple[SignedLink, Commitment]:
    link = find_link(token=token, purpose="commitment")
    related = ("responsible", "municipality__state", "session")
    found = Commitment.objects.with_today().select_related(*related)
    commitment = found.filter(key=link.subject).first() if link else None
    if link is None or commitment is None:
        raise Http404
    return link, commitment


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    link, found = _by_link(token)
    problem, done = "", ""
    if request.method == "POST":
        try:
            done = _answered(request, found, link)
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        _link, found = _by_link(token)
    context = {
        "commitment": found,
        "said": standing.said(found, read.today_of(found)),
        "slips": standing.slips(found),
        "report_form": ReportForm(auto_id="report_%s"),
        "postpone_form": PostponeForm(auto_id="postpone_%s"),
        "dispute_form": DisputeForm(auto_id="dispute_%s"),
        "problem": problem,
        "done": done,
    }
    return behind_a_link(render(request, "dialogues/commitments/answer.html", context, status=422 if problem else 200))


def _answered(request: HttpRequest, found: Commitment, link: SignedLink) -> str:
    if "postpone" in request.POST:
        data = _cleaned(PostponeForm(request.POST))
        change.postpone_commitment(commitment=found, by=None, link=link, **data)
        return _("It has a new date. The first one stays visible.")
    if "dispute" in request.POST:
        change.dispute_commitment(commitment=found, by=None, link=link, **_cleaned(DisputeForm(request.POST)))
        return _("Your words stand beside the commitment.")
    if "accept" in request.POST:
        change.accept_commitment(commitment=found, by=None, link=link)
        return _("The commitment is accepted.")
    data = _cleaned(ReportForm(request.POST))
    change.report_progress(commitment=found, by=None, link=link, kept="kept" in request.POST, **data)
    return _("Thank you: it is written down.")


# -- when an administration ends ---------------------------------------------------------------------------------------


@require_safe
def handover(request: HttpRequest, code: str) -> HttpResponse:
    """What one municipal administration leaves to the next: every commitment that is still open there."""
    place = get_object_or_404(Municipality.objects.select_related("state"), pk=code)
    found = Commitment.objects.visible_to(request.user).filter(municipality__in=with_successors(place.pk).values("pk"))
    left = read.listed(found.open())
    return render(
        request,
        "dialogues/commitments/handover.html",
        {
            "place": place,
            "successors": place.offspring.select_related("state"),
            "rows": shown(left),
            "broken": shown(read.listed(found.filter(state="incumplido"))),
        },
    )
