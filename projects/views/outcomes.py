"""Outcomes, and the page on which an outside person says whether it happened so."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from gesoc.common.views import add_refusal, behind_a_link
from partners.audit import acting, person
from partners.services import find_link, mark_link_used
from projects import services
from projects.forms.evidence import AskForm, OutcomeForm, SubstantiationForm
from projects.models import Evidence, Outcome, Substantiation

from .pages import Crumbs, FormPage, Gated, ProjectFormPage


class WriteOutcome(ProjectFormPage):
    """One form: what changed, and who outside could say so. Its button keeps the one and asks the other."""

    right = "projects.write_note"
    template_name = "projects/outcome_form.html"
    form_class = OutcomeForm
    title = _("State an outcome")
    lede = _("Who outside does something differently now, why it matters, and what you had to do with it.")
    submit = _("Save the outcome")
    done = _("The outcome was saved.")

    def outcome(self) -> Outcome:
        return Outcome(project=self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": self.outcome()}

    def save(self, form: OutcomeForm) -> str:
        data, by = form.cleaned_data, person(self.request)
        outcome = form.save(commit=False)
        outcome.municipality = data["municipality"]
        with acting(by, "state_outcome"):
            services.save_outcome(outcome=outcome, evidence=data["evidence"], by=by)
            if data.get("ask_email"):
                services.ask_substantiation(outcome=outcome, full_name=data["ask_name"], email=data["ask_email"], by=by)
        return str(outcome.get_absolute_url())


class OfOutcome(Gated):
    outcome: Outcome

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        rows = Outcome.objects.visible_to(request.user).select_related("project__lead_organisation", "municipality")
        self.outcome = get_object_or_404(rows, key=kwargs["key"])

    def subject(self) -> Outcome:
        return self.outcome

    def crumbs(self) -> Crumbs:
        project = self.outcome.project
        return [(project.title, project.get_absolute_url())]


class OutcomePage(OfOutcome, TemplateView):
    template_name = "projects/outcome.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        cards = Evidence.objects.visible_to(user).filter(outcomes=self.outcome)
        answers = self.outcome.substantiations.select_related("person", "organisation")
        may_write = user.has_perm("projects.write_note", self.outcome)
        return super().get_context_data(
            outcome=self.outcome,
            cards=cards.select_related("municipality__state").prefetch_related("changes"),
            answers=answers if may_write else answers.exclude(verdict=""),
            may_write=may_write,
            is_open=self.outcome.state != Outcome.State.WITHDRAWN,
            form=AskForm(),
            crumbs=self.crumbs(),
            **kwargs,
        )


class EditOutcome(OfOutcome, FormPage):
    right = "projects.write_note"
    template_name = "projects/outcome_form.html"
    form_class = OutcomeForm
    title = _("Edit the outcome")
    done = _("The outcome was saved.")

    def crumbs(self) -> Crumbs:
        return OfOutcome.crumbs(self)

    def get_form_kwargs(self) -> dict[str, Any]:
        copy = Outcome.objects.get(pk=self.outcome.pk)
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": copy}

    def save(self, form: OutcomeForm) -> str:
        outcome = form.save(commit=False)
        outcome.municipality = form.cleaned_data["municipality"]
        services.save_outcome(outcome=outcome, evidence=form.cleaned_data["evidence"], by=person(self.request))
        return str(outcome.get_absolute_url())


class AskSubstantiation(OfOutcome, FormPage):
    right = "projects.write_note"
    form_class = AskForm
    title = _("Ask somebody outside")
    lede = _("They get a mail with a personal link: two clicks, no account.")
    submit = _("Send the question")
    done = _("The question is on its way.")

    def crumbs(self) -> Crumbs:
        return [*OfOutcome.crumbs(self), (_("Outcome"), self.outcome.get_absolute_url())]

    def save(self, form: AskForm) -> str:
        services.ask_substantiation(outcome=self.outcome, by=person(self.request), **form.cleaned_data)
        return str(self.outcome.get_absolute_url())


class Substantiate(FormView):
    """Behind a personal link. Reading changes nothing; the button does."""

    template_name = "projects/substantiate.html"
    form_class = SubstantiationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = find_link(token=kwargs["token"], purpose=services.SUBSTANTIATION)
        if link is None:
            raise Http404
        self.link = link
        rows = Substantiation.objects.select_related("outcome__project__lead_organisation", "person")
        self.asked = get_object_or_404(rows, key=link.subject)
        return behind_a_link(super().dispatch(request, *args, **kwargs))

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.asked, name) for name in ("verdict", "comment", "show_name")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asked=self.asked, outcome=self.asked.outcome, **kwargs)

    def form_valid(self, form: SubstantiationForm) -> HttpResponse:
        try:
            services.answer_substantiation(substantiation=self.asked, **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        mark_link_used(link=self.link)
        messages.success(self.request, _("Thank you: your answer is kept. You can change it while this page works."))
        return redirect(self.request.path)
