"""The list of projects, the page that tells one as a story, and the forms about the project itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from gesoc.common import charts
from gesoc.common.charts.tilemap import Tile
from gesoc.common.facets import Facet
from gesoc.common.pages import CountedPaginator
from partners.audit import person
from projects import exports, selectors, services
from projects.forms.projects import ProjectForm, ProjectSearch, StageForm
from projects.models import Project

from .pages import Crumbs, FormPage, Gated, OfProject, ProjectFormPage, visible_project

PAGE_SIZE = 24


class ProjectDirectory(TemplateView):
    template_name = "projects/directory.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ProjectSearch(self.request.GET)
        form.full_clean()
        asked = form.cleaned_data
        chosen = {
            "etapa": asked.get("etapa") or [],
            "estado": [state.pk for state in asked.get("estado") or []],
            "alcance": asked.get("alcance") or [],
        }
        text = asked.get("q", "")
        found, count, facets = selectors.directory(self.request.user, text=text, **chosen)
        rows = selectors.listed(found)
        page = CountedPaginator(rows, PAGE_SIZE, known=count).get_page(self.request.GET.get("pagina"))
        query = self.request.GET.copy()
        query.pop("pagina", None)
        return super().get_context_data(
            form=form,
            text=text,
            page=page,
            facets=[(form.fields[facet.name].label, facet) for facet in facets],
            query=query.urlencode(),
            filtered=bool(query),
            map=self.map(facets),
            **kwargs,
        )

    def map(self, facets: list[Facet]) -> str:
        """A square per state; a tap filters by it."""
        states = next(facet.choices for facet in facets if facet.name == "estado")
        most = max((state.found for state in states), default=0)
        tiles = {
            state.value: Tile(
                1 + round(4 * state.found / most), f"{state.label}: {state.found}", f"?estado={state.value}"
            )
            for state in states
        }
        return charts.tilemap(tiles, str(_("Projects by state"))) if tiles else ""


class ProjectPage(OfProject, TemplateView):
    template_name = "projects/project.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        story = selectors.story(self.project, self.request.user)
        return super().get_context_data(story=story, **kwargs)

    def crumbs(self) -> Crumbs:
        return super().crumbs()[:1]


class ProjectReport(ProjectPage):
    """The same story on paper: everything in one column, nothing folded."""

    template_name = "projects/report.html"


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What one may see of it, as CSV, XLSX or JSON."""
    project = visible_project(request, slug)
    return exports.response(project, request.user, request.GET.get("formato", "csv"))


class CreateProject(Gated, FormPage):
    right = "projects.add_project"
    form_class = ProjectForm
    title = _("New project")
    lede = _("It stays among the partners until you say otherwise.")
    submit = _("Create the project")
    done = _("The project was created. Next: invite partner organisations, or write the first log entry.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": Project()}

    def get_initial(self) -> dict[str, Any]:
        own = person(self.request).memberships.in_force().first()
        return {"lead_organisation": own.organisation_id if own else None}

    def save(self, form: ProjectForm) -> str:
        project = services.create_project(
            project=form.save(commit=False),
            municipalities=form.cleaned_data["municipalities"],
            states=form.cleaned_data["states"],
            by=person(self.request),
        )
        return project.get_absolute_url()

    def crumbs(self) -> Crumbs:
        return [(_("Projects"), reverse("projects:directory"))]


class EditProject(ProjectFormPage):
    right = "projects.edit_project"
    form_class = ProjectForm
    title = _("Edit the project")
    done = _("The project was saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        copy = Project.objects.get(pk=self.project.pk)  # a refused change must not show in the path
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": copy}

    def save(self, form: ProjectForm) -> str:
        project = services.save_project(
            project=form.save(commit=False),
            municipalities=form.cleaned_data["municipalities"],
            states=form.cleaned_data["states"],
            by=person(self.request),
        )
        return project.get_absolute_url()


class ChangeStage(ProjectFormPage):
    right = "projects.edit_project"
    form_class = StageForm
    title = _("Change the stage")
    submit = _("Change the stage")
    done = _("The project is in its new stage.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project}

    def get_initial(self) -> dict[str, Any]:
        """The next one on the line."""
        line = list(Project.LINE)
        at = line.index(Project.Stage(self.project.stage)) if self.project.stage in line else -1
        return {"to_stage": line[min(at + 1, len(line) - 1)]}

    def save(self, form: StageForm) -> str:
        services.change_stage(project=self.project, by=person(self.request), **form.cleaned_data)
        return self.project.get_absolute_url()
