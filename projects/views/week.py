"""“My week”: what waits for me, what changed, the two clicks to write it down; and the same by mail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from partners.audit import person
from projects import services, week
from projects.forms.work import DigestForm

from .pages import Crumbs, FormPage


class MyWeek(LoginRequiredMixin, TemplateView):
    template_name = "projects/week.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person(self.request)
        return super().get_context_data(week=week.week_of(user), digest=services.standing_of(user), **kwargs)


class ChooseDigest(LoginRequiredMixin, FormPage):
    template_name = "projects/digest.html"
    form_class = DigestForm
    title = _("My week by mail")
    lede = _("Once a week, and only when something waits for you or changed.")
    done = _("Saved.")

    def crumbs(self) -> Crumbs:
        return [(_("My week"), reverse("projects:week"))]

    def get_initial(self) -> dict[str, Any]:
        choice = services.standing_of(person(self.request))
        return {"wanted": choice.comes, "weekday": choice.choice.weekday, "hour": choice.choice.hour}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(digest=services.standing_of(person(self.request)), **kwargs)

    def save(self, form: DigestForm) -> str:
        services.choose_digest(user=person(self.request), **form.cleaned_data)
        return reverse("projects:week")
