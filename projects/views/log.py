"""Log entries with their files, and learning check-ins."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from partners.audit import person
from projects import selectors, services
from projects.forms.projects import VisibilityForm
from projects.forms.work import LearningNoteForm, LogEntryForm
from projects.models import Attachment, LearningNote, LogEntry

from .pages import OfProject, ProjectFormPage, act

PAGE_SIZE = 30


class Log(OfProject, TemplateView):
    template_name = "projects/log.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.log_of(self.project, self.request.user)
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        inside = self.request.user.has_perm("projects.see_private_notes", self.project)
        may_write = self.request.user.has_perm("projects.write_log", self.project)
        return super().get_context_data(page=page, inside=inside, may_write=may_write, **kwargs)


class WriteEntry(ProjectFormPage):
    """Two clicks from “My week”: this page, and its button. Everything but the text has a sensible answer already."""

    right = "projects.write_log"
    template_name = "projects/log_form.html"
    form_class = LogEntryForm
    title = _("Write in the log")
    submit = _("Save the entry")
    done = _("The entry is in the log.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project, "instance": self.entry()}

    def entry(self) -> LogEntry:
        return LogEntry(project=self.project)

    def save(self, form: LogEntryForm) -> str:
        data = form.cleaned_data
        services.write_entry(
            entry=form.save(commit=False),
            organisations=data["organisations"],
            files=data["uploads"],
            files_are_public=data["files_are_public"],
            by=person(self.request),
        )
        return reverse("projects:log", args=[self.project.slug])


class EditEntry(WriteEntry):
    title = _("Correct the entry")

    def entry(self) -> LogEntry:
        rows = self.project.log.visible_to(self.request.user)
        found: LogEntry = get_object_or_404(rows, key=self.kwargs["key"])
        return found


class Download(OfProject):
    """A file beside an entry one may see; unless it was said to be open, for the partners only."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, slug: str, key: str) -> FileResponse:
        entries = self.project.log.visible_to(request.user)
        attachment = get_object_or_404(Attachment, entry__in=entries, key=key)
        if not attachment.is_public and not request.user.has_perm("projects.see_private_notes", self.project):
            raise Http404
        try:
            stream = default_storage.open(attachment.storage_path)
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(
            stream,
            as_attachment=True,
            filename=attachment.original_name,
            content_type=attachment.content_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class Notes(OfProject, TemplateView):
    template_name = "projects/notes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.project.notes.visible_to(self.request.user).select_related("by")
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        inside = self.request.user.has_perm("projects.see_private_notes", self.project)
        may_write = self.request.user.has_perm("projects.write_note", self.project)
        return super().get_context_data(
            page=page, inside=inside, may_write=may_write, levels=VisibilityForm.base_fields["visibility"], **kwargs
        )


class WriteNote(ProjectFormPage):
    right = "projects.write_note"
    form_class = LearningNoteForm
    title = _("Check-in")
    lede = _("Four boxes, every two weeks. Only the partners read it unless you choose otherwise: be honest.")
    submit = _("Save the check-in")
    done = _("The check-in was saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": LearningNote(project=self.project)}

    def save(self, form: LearningNoteForm) -> str:
        services.write_note(note=form.save(commit=False), by=person(self.request))
        return reverse("projects:notes", args=[self.project.slug])


class ShareNote(OfProject):
    right = "projects.write_note"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, key: str) -> HttpResponse:
        note = get_object_or_404(self.project.notes, key=key)
        form = VisibilityForm(request.POST)
        if form.is_valid():
            level = form.cleaned_data["visibility"]
            act(
                request,
                lambda: services.share_note(note=note, visibility=level, by=person(request)),
                _("The check-in was saved."),
            )
        return redirect("projects:notes", self.project.slug)
