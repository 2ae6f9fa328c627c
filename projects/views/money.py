"""Following the money: an exercise with its questions, and the route that was walked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from partners.audit import person
from projects import services
from projects.forms.evidence import StepForm, TrailAnswerForm, TrailForm
from projects.models import Evidence, MoneyTrail, RouteStep

from .pages import Crumbs, FormPage, Gated, ProjectFormPage, act


class StartTrail(ProjectFormPage):
    right = "projects.write_log"
    form_class = TrailForm
    title = _("Follow the money")
    lede = _("Take one programme or one work, and look for the answers in what is published.")
    submit = _("Begin")
    done = _("The exercise has begun.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project, "instance": MoneyTrail(project=self.project)}

    def save(self, form: TrailForm) -> str:
        trail = form.save(commit=False)
        trail.public_body = form.cleaned_data["public_body"]
        return services.start_trail(trail=trail, by=person(self.request)).get_absolute_url()


class OfTrail(Gated):
    trail: MoneyTrail

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        rows = MoneyTrail.objects.visible_to(request.user).select_related("project", "challenge", "public_body")
        self.trail = get_object_or_404(rows, key=kwargs["key"])

    def subject(self) -> MoneyTrail:
        return self.trail

    def crumbs(self) -> Crumbs:
        project = self.trail.project
        return [(project.title, project.get_absolute_url()), (self.trail.title, self.trail.get_absolute_url())]


class TrailPage(OfTrail, TemplateView):
    template_name = "projects/trail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        answers = list(self.trail.answers.select_related("evidence", "gap"))
        seen = set(
            Evidence.objects.visible_to(user)
            .filter(pk__in=[one.evidence_id for one in answers if one.evidence_id])
            .values_list("pk", flat=True)
        )
        for one in answers:
            one.evidence = one.evidence if one.evidence_id in seen else None
        return super().get_context_data(
            trail=self.trail,
            answers=answers,
            found=sum(one.state == "encontrado" for one in answers),
            route=self.trail.route.all(),
            may_write=user.has_perm("projects.write_log", self.trail),
            step_form=StepForm(),
            crumbs=self.crumbs()[:1],
            **kwargs,
        )


class AnswerQuestion(OfTrail, FormPage):
    right = "projects.write_log"
    template_name = "projects/trail_answer.html"
    form_class = TrailAnswerForm
    submit = _("Save the answer")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        super().prepare(request, **kwargs)
        self.answer = get_object_or_404(self.trail.answers.select_related("trail__project"), pk=kwargs["pk"])

    def crumbs(self) -> Crumbs:
        return OfTrail.crumbs(self)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": self.answer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(answer=self.answer, title=self.answer.question, **kwargs)

    def save(self, form: TrailAnswerForm) -> str:
        services.answer_question(answer=form.save(commit=False), by=person(self.request))
        return self.trail.get_absolute_url()


class AddStep(OfTrail):
    right = "projects.write_log"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        form = StepForm(request.POST, instance=RouteStep(trail=self.trail, order=0))
        if form.is_valid():
            act(request, lambda: services.add_step(step=form.save(commit=False), by=person(request)), _("Saved."))
        return redirect(f"{self.trail.get_absolute_url()}#ruta")
