"""What the pages of this app share: the project of the address, who gets in, and a page with one form."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import FormView, View

from datasets.views.access import demand, gate
from gesoc.common.views import add_refusal
from projects.models import Project

Crumbs = list[tuple[Any, str]]


def visible_project(request: HttpRequest, slug: str) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("lead_organisation")
    return get_object_or_404(rows, slug=slug)


@method_decorator(gate, name="dispatch")
class Gated(View):
    """Stops whoever lacks `right` on `subject()`; what they may not even see is a 404 of `prepare`."""

    right: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.prepare(request, **kwargs)
        if self.right:
            demand(request, self.right, self.subject())
        return super().dispatch(request, *args, **kwargs)

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Find what the address names."""

    def subject(self) -> Model | None:
        return None


class OfProject(Gated):
    """A page below /proyectos/<slug>/."""

    project: Project

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        self.project = visible_project(request, kwargs["slug"])

    def subject(self) -> Model | None:
        return self.project

    def crumbs(self) -> Crumbs:
        return [
            (gettext("Projects"), reverse("projects:directory")),
            (self.project.title, self.project.get_absolute_url()),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.project, crumbs=self.crumbs(), **kwargs)  # type: ignore[misc]


class FormPage(FormView):
    """Title, one form, and `save(form)`, which returns where to go. What a service refuses stands in the form."""

    template_name = "projects/form.html"
    title: ClassVar[Any] = ""
    lede: ClassVar[Any] = ""
    submit: ClassVar[Any] = gettext_lazy("Save")
    done: ClassVar[Any] = gettext_lazy("Saved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shared = {"title": self.title, "lede": self.lede, "submit": self.submit, "crumbs": self.crumbs()}
        return super().get_context_data(**{**shared, **kwargs})

    def crumbs(self) -> Crumbs:
        return []

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            target = self.save(form)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, self.done)
        return redirect(target)

    def refused(self, form: forms.Form, refusal: ValidationError) -> HttpResponse:
        add_refusal(form, refusal)
        return self.form_invalid(form)

    def save(self, form: Any) -> str:
        raise NotImplementedError


class ProjectFormPage(OfProject, FormPage):
    def crumbs(self) -> Crumbs:
        return OfProject.crumbs(self)


def act(request: HttpRequest, action: Any, done: Any) -> None:
    """Run a service behind a button; a refusal becomes a message."""
    try:
        action()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
