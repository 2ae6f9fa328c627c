"""Activities, theory of change, indicators: lists with a form below, for whoever works in the project."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datasets.views.access import demand
from partners.audit import person
from projects import services
from projects.forms.work import ActivityForm, AdjustForm, HypothesisForm, IndicatorForm, ReadingForm, ReasonForm
from projects.models import Activity, ChangeHypothesis, Indicator, Reading

from .pages import OfProject, ProjectFormPage, act


class ListAndForm(ProjectFormPage):
    """Anybody who sees the project reads the list; the form below is for who may write."""

    adds = "projects.write_log"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_write = self.request.user.has_perm(self.adds, self.project)
        return super().get_context_data(may_write=may_write, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        demand(request, self.adds, self.project)
        return super().post(request, *args, **kwargs)


class Activities(ListAndForm):
    template_name = "projects/activities.html"
    form_class = ActivityForm
    title = _("Activities and milestones")
    submit = _("Add")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project, "instance": Activity(project=self.project)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.project.activities.select_related("organisation", "user")
        return super().get_context_data(activities=rows, states=Activity.State.choices, **kwargs)

    def save(self, form: ActivityForm) -> str:
        services.save_activity(activity=form.save(commit=False), by=person(self.request))
        return reverse("projects:activities", args=[self.project.slug])


class MoveActivity(OfProject):
    right = "projects.write_log"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        activity = get_object_or_404(self.project.activities, pk=pk)
        to_state = request.POST.get("state", "")
        act(
            request,
            lambda: services.move_activity(activity=activity, to_state=to_state, by=person(request)),
            _("Saved."),
        )
        return redirect("projects:activities", self.project.slug)


class Hypotheses(ListAndForm):
    template_name = "projects/hypotheses.html"
    form_class = HypothesisForm
    title = _("Theory of change")
    lede = _("What we do, what should follow from it, and why we think so. What changes keeps its reason.")
    submit = _("Add")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": ChangeHypothesis(project=self.project)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(self.project.hypotheses.all())
        held = [row for row in rows if row.state == ChangeHypothesis.State.HELD]
        put_aside = [row for row in rows if row.state != ChangeHypothesis.State.HELD]
        return super().get_context_data(held=held, put_aside=put_aside, **kwargs)

    def save(self, form: HypothesisForm) -> str:
        services.save_hypothesis(hypothesis=form.save(commit=False), by=person(self.request))
        return reverse("projects:hypotheses", args=[self.project.slug])


class AdjustHypothesis(ProjectFormPage):
    right = "projects.write_log"
    template_name = "projects/hypothesis.html"
    form_class = AdjustForm
    title = _("Adjust the hypothesis")
    submit = _("Keep the new one")
    done = _("The new hypothesis holds; the old one stays with its reason.")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        super().prepare(request, **kwargs)
        self.hypothesis = get_object_or_404(self.project.hypotheses, pk=kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": ChangeHypothesis(project=self.project)}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.hypothesis, name) for name in HypothesisForm.base_fields}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "drop" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        act(
            request,
            lambda: services.drop_hypothesis(hypothesis=self.hypothesis, reason=reason, by=person(request)),
            _("The hypothesis was dropped; it stays with its reason."),
        )
        return redirect("projects:hypotheses", self.project.slug)

    def save(self, form: AdjustForm) -> str:
        services.adjust_hypothesis(
            hypothesis=self.hypothesis,
            new=form.save(commit=False),
            reason=form.cleaned_data["reason"],
            by=person(self.request),
        )
        return reverse("projects:hypotheses", args=[self.project.slug])


class Indicators(ListAndForm):
    template_name = "projects/indicators.html"
    form_class = IndicatorForm
    title = _("Indicators")
    submit = _("Add")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project, "instance": Indicator(project=self.project)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.project.indicators.prefetch_related("readings")
        return super().get_context_data(indicators=rows, **kwargs)

    def save(self, form: IndicatorForm) -> str:
        return services.save_indicator(indicator=form.save(commit=False), by=person(self.request)).get_absolute_url()


class IndicatorPage(ListAndForm):
    """Approved readings for everybody; those on their way, and the review, for who works in the project."""

    template_name = "projects/indicator.html"
    form_class = ReadingForm
    submit = _("Send for review")
    done = _("The reading was sent: somebody else of the project looks at it.")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        super().prepare(request, **kwargs)
        self.indicator = get_object_or_404(self.project.indicators.select_related("fed_by"), pk=kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Reading(indicator=self.indicator)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inside = self.request.user.has_perm("projects.write_log", self.project)
        rows = self.indicator.readings.select_related("by", "reviewer", "release")
        rows = rows if inside else rows.approved()
        return super().get_context_data(indicator=self.indicator, readings=rows, title=self.indicator.name, **kwargs)

    def save(self, form: ReadingForm) -> str:
        services.send_reading(reading=form.save(commit=False), by=person(self.request))
        return self.indicator.get_absolute_url()


class ReviewReading(OfProject):
    right = "projects.write_log"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        reading = get_object_or_404(Reading.objects.filter(indicator__project=self.project), pk=pk)
        note = request.POST.get("note", "")

        def review() -> Reading:
            if "approve" in request.POST:
                return services.approve_reading(reading=reading, by=person(request))
            return services.return_reading(reading=reading, note=note, by=person(request))

        act(request, review, _("The reading was reviewed."))
        return redirect(reading.indicator.get_absolute_url())
