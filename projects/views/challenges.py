"""Challenges as a list and one by one; the data that are missing, and the requests for them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView

from datasets.views.access import demand
from gesoc.common.facets import tally
from gesoc.common.pages import CountedPaginator
from partners.audit import person
from projects import letters, places, services, threads
from projects.forms.comments import CommentForm
from projects.forms.evidence import (
    AnswerForm,
    ChallengeForm,
    ChallengeMoveForm,
    GapForm,
    PublishForm,
    RequestForm,
)
from projects.models import Challenge, DataGap, Evidence, Project

from .pages import Crumbs, FormPage, Gated, OfProject, act

PAGE_SIZE = 30


def crumbs() -> Crumbs:
    return [(_("Challenges"), reverse("projects:challenges"))]


class ChallengeList(TemplateView):
    template_name = "projects/challenges.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "")[:100]
        rows = Challenge.objects.visible_to(self.request.user).matching(text).exclude(state="fusionado")
        rows = rows.select_related("project").prefetch_related("municipalities__state")
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        return super().get_context_data(page=page, text=text, **kwargs)


class ChallengePage(DetailView):
    template_name = "projects/challenge.html"
    context_object_name = "challenge"
    slug_field = slug_url_kwarg = "key"

    def get_queryset(self) -> Any:
        rows = Challenge.objects.visible_to(self.request.user)
        return rows.select_related("project", "organisation", "cause_of", "merged_into")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, challenge = self.request.user, self.object
        visible = Challenge.objects.visible_to(user)
        cards = Evidence.objects.visible_to(user).values("pk")
        above = challenge.cause_of
        return super().get_context_data(
            above=above if above and visible.filter(pk=above.pk).exists() else None,
            causes=visible.filter(cause_of=challenge),
            uses=challenge.evidence_uses.filter(evidence__in=cards)
            .select_related("evidence__municipality__state")
            .prefetch_related("evidence__changes"),
            gaps=challenge.gaps.select_related("public_body"),
            may_edit=user.has_perm("projects.edit_challenge", challenge),
            may_move=user.has_perm("projects.move_challenge", challenge),
            moves=[state for state in Challenge.State if challenge.state in services.CHALLENGE_STARTS.get(state, ())],
            thread=threads.thread(challenge, user),
            comment_form=CommentForm(),
            crumbs=crumbs(),
            **kwargs,
        )


class WriteChallenge(Gated, FormPage):
    right = "projects.propose_challenge"
    form_class = ChallengeForm
    title = _("State a challenge")
    lede: ClassVar[Any] = _(
        "A problem said so that it can be discussed: what happens, to whom, and of what it is a cause."
    )
    done = _("The challenge was saved.")

    def challenge(self) -> Challenge:
        return Challenge(organisation=places.own_organisation(person(self.request)))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": self.challenge()}

    def get_initial(self) -> dict[str, Any]:
        project = Project.objects.of(self.request.user).filter(slug=self.request.GET.get("proyecto", "")).first()
        return {"project": project.pk if project else None}

    def crumbs(self) -> Crumbs:
        return crumbs()

    def save(self, form: ChallengeForm) -> str:
        challenge = services.save_challenge(
            challenge=form.save(commit=False),
            municipalities=form.cleaned_data["municipalities"],
            by=person(self.request),
        )
        return challenge.get_absolute_url()


class EditChallenge(WriteChallenge):
    right = "projects.edit_challenge"
    title = _("Edit the challenge")
    lede: ClassVar[Any] = ""

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        self.found = get_object_or_404(Challenge.objects.visible_to(request.user), key=kwargs["key"])

    def subject(self) -> Challenge:
        return self.found

    def challenge(self) -> Challenge:
        return Challenge.objects.get(pk=self.found.pk)

    def get_initial(self) -> dict[str, Any]:
        return {}


class MoveChallenge(Gated):
    right = "projects.move_challenge"
    http_method_names = ["post"]

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        self.challenge = get_object_or_404(Challenge.objects.visible_to(request.user), key=kwargs["key"])

    def subject(self) -> Challenge:
        return self.challenge

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        form = ChallengeMoveForm(request.POST)
        if form.is_valid():
            act(request, lambda: self._move(form.cleaned_data), _("The challenge was saved."))
        return redirect(self.challenge.get_absolute_url())

    def _move(self, data: dict[str, Any]) -> Challenge:
        by, reason = person(self.request), data["reason"]
        if data["state"] == Challenge.State.DROPPED:
            return services.drop_challenge(challenge=self.challenge, reason=reason, by=by)
        if data["state"] == Challenge.State.MERGED:
            into = get_object_or_404(Challenge.objects.visible_to(by), key=data["into"])
            return services.merge_challenge(challenge=self.challenge, into=into, reason=reason, by=by)
        return services.move_challenge(challenge=self.challenge, to_state=data["state"], reason=reason, by=by)


# -- what is missing --------------------------------------------------------------------------------------------------


class GapList(TemplateView):
    template_name = "projects/gaps.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = DataGap.objects.visible_to(self.request.user)
        total, by_state = tally(rows.values("state"), ("state",))
        rows = rows.select_related("public_body", "project", "resulting_source")
        page = CountedPaginator(rows, PAGE_SIZE, known=total).get_page(self.request.GET.get("pagina"))
        labelled = [(state.label, by_state["state"].get(state.value, 0)) for state in DataGap.State]
        return super().get_context_data(page=page, counts=labelled, **kwargs)


class WriteGap(OfProject, FormPage):
    right = "projects.write_log"
    form_class = GapForm
    title = _("Something that is not published")
    submit = _("Note it")

    def crumbs(self) -> Crumbs:
        return OfProject.crumbs(self)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": DataGap(project=self.project)}

    def save(self, form: GapForm) -> str:
        gap = form.save(commit=False)
        gap.public_body = form.cleaned_data["public_body"]
        return services.save_gap(gap=gap, by=person(self.request)).get_absolute_url()


class GapPage(Gated, TemplateView):
    """What is missing, and the next step for whoever may take it: ask, note the answer, name the dataset."""

    template_name = "projects/gap.html"
    FORMS = {"request": RequestForm, "answer": AnswerForm, "publish": PublishForm}

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        rows = DataGap.objects.visible_to(request.user).select_related(
            "public_body", "project", "challenge", "resulting_source"
        )
        self.gap = get_object_or_404(rows, key=kwargs["key"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_edit = self.request.user.has_perm("projects.edit_gap", self.gap)
        forms = self._forms() if may_edit else {}
        return super().get_context_data(gap=self.gap, **{**forms, **kwargs})

    def _forms(self) -> dict[str, Any]:
        state = self.gap.state
        found: dict[str, Any] = {}
        if state in ("detectado", "solicitado"):
            letter = self.gap.letter or letters.draft(self.gap)
            initial = {"letter": letter, "folio": self.gap.folio}
            found["request_form"] = RequestForm(initial=initial, prefix="request")
        if state in ("solicitado", "respondido", "negado"):
            found["answer_form"] = AnswerForm(prefix="answer")
        if state != "publicado":
            found["publish_form"] = PublishForm(prefix="publish", user=self.request.user)
        return found

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        demand(request, "projects.edit_gap", self.gap)
        step = request.POST.get("do", "")
        if step not in self.FORMS:
            return redirect(self.gap.get_absolute_url())
        more = {"user": request.user} if step == "publish" else {}
        form = self.FORMS[step](request.POST, prefix=step, **more)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{step}_form": form}))
        service: Any = {
            "request": services.request_gap,
            "answer": services.answer_gap,
            "publish": services.publish_gap,
        }[step]
        act(request, lambda: service(gap=self.gap, by=person(request), **form.cleaned_data), _("Saved."))
        return redirect(self.gap.get_absolute_url())
