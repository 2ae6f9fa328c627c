"""Research notes: list, feed, page with its versions, and how they are written, reviewed and published."""

from __future__ import annotations

from typing import Any

from django.contrib.syndication.views import Feed
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from datasets.views.access import demand
from partners.audit import person
from projects import places, research, services, threads
from projects.forms.comments import CommentForm
from projects.forms.research import ImageForm, ResearchNoteForm
from projects.models import NoteImage, ResearchNote

from .pages import Crumbs, FormPage, Gated, act

PAGE_SIZE = 20
FEED_SIZE = 30


def crumbs() -> Crumbs:
    return [(_("Research"), reverse("projects:research"))]


class ResearchList(TemplateView):
    template_name = "projects/research_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ResearchNote.objects.visible_to(self.request.user).as_told().select_related("organisation")
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        return super().get_context_data(page=page, **kwargs)


class ResearchFeed(Feed):
    title = _("Research notes of Mesa de Datos")
    description = _("What organisations of the network found out in public data.")

    def link(self) -> str:
        return reverse("projects:research")

    def items(self) -> Any:
        rows = ResearchNote.objects.published().as_told().annotate(first_on=Min("versions__published_at"))
        return rows.exclude(first_on=None).order_by("-first_on", "-pk")[:FEED_SIZE]

    def item_title(self, item: Any) -> str:
        return item.told_title

    def item_description(self, item: Any) -> str:
        return item.told_lede

    def item_link(self, item: ResearchNote) -> str:
        return item.get_absolute_url()

    def item_pubdate(self, item: Any) -> Any:
        return item.first_on


class OfNote(Gated):
    note: ResearchNote

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        rows = ResearchNote.objects.visible_to(request.user).select_related("organisation", "translation_of")
        self.note = get_object_or_404(rows, slug=kwargs["slug"])

    def subject(self) -> ResearchNote:
        return self.note


class ResearchPage(OfNote, TemplateView):
    """Readers see the newest version, or an older one by its number; who writes it sees the working text besides."""

    template_name = "projects/research_note.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, note = self.request.user, self.note
        versions = list(note.versions.all())
        may_write = user.has_perm("projects.write_research", note)
        number = self.request.GET.get("version", "")
        chosen = next((one for one in versions if str(one.number) == number), versions[0] if versions else None)
        shows_draft = may_write and (chosen is None or "borrador" in self.request.GET)
        told: Any = note if shows_draft or chosen is None else chosen
        return super().get_context_data(
            note=note,
            told=told,
            version=None if shows_draft else chosen,
            versions=versions,
            others=ResearchNote.objects.visible_to(user).in_other_languages(note).as_told(),
            body=research.rendered(told.body, user),
            minutes=research.minutes(told.body),
            projects=note.projects.visible_to(user),
            may_write=may_write,
            thread=threads.thread(note, user) if threads.found_at("nota", note.slug, user) else None,
            comment_form=CommentForm(),
            may_publish=user.has_perm("projects.publish_research", note),
            crumbs=crumbs(),
            **kwargs,
        )


class WriteResearch(Gated, FormPage):
    right = "projects.propose_challenge"
    template_name = "projects/research_form.html"
    form_class = ResearchNoteForm
    title = _("New research note")
    submit = _("Save the draft")
    done = _("The draft was saved.")

    def note_to_write(self) -> ResearchNote:
        user = person(self.request)
        return ResearchNote(organisation=places.own_organisation(user), authors=user.full_name)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "instance": self.note_to_write()}

    def crumbs(self) -> Crumbs:
        return crumbs()

    def form_valid(self, form: ResearchNoteForm) -> HttpResponse:
        if "preview" in self.request.POST:
            preview = research.rendered(form.cleaned_data["body"], self.request.user)
            return self.render_to_response(self.get_context_data(form=form, preview=preview))
        return super().form_valid(form)

    def save(self, form: ResearchNoteForm) -> str:
        data = form.cleaned_data
        note = services.save_research_note(
            note=form.save(commit=False),
            projects=data["projects"],
            municipalities=data["municipalities"],
            by=person(self.request),
        )
        return f"{note.get_absolute_url()}?borrador="


class EditResearch(WriteResearch):
    right = "projects.write_research"
    title = _("Edit the note")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        self.found = get_object_or_404(ResearchNote.objects.visible_to(request.user), slug=kwargs["slug"])

    def subject(self) -> ResearchNote:
        return self.found

    def note_to_write(self) -> ResearchNote:
        return ResearchNote.objects.get(pk=self.found.pk)


class ResearchImages(OfNote, FormPage):
    """Those of a note with what to write where each is to stand, and one more."""

    right = "projects.write_research"
    template_name = "projects/research_images.html"
    form_class = ImageForm
    title = _("Images of the note")
    lede = _("Write the mark of an image on a line of its own where it is to stand.")
    submit = _("Add the image")
    done = _("The image was added. Write its mark where it is to stand.")

    def crumbs(self) -> Crumbs:
        return [*crumbs(), (self.note.title, f"{self.note.get_absolute_url()}?borrador=")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(note=self.note, images=self.note.images.select_related("note"), **kwargs)

    def save(self, form: ImageForm) -> str:
        services.add_image(note=self.note, by=person(self.request), **form.cleaned_data)
        return reverse("projects:research_images", args=[self.note.slug])


class ResearchImage(OfNote):
    """The picture itself, for whoever may see it in the note."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, slug: str, key: Any) -> HttpResponse:
        image = get_object_or_404(NoteImage.objects.visible_to(request.user), note=self.note, key=key)
        try:
            with default_storage.open(image.storage_path) as file:
                response = HttpResponse(file.read(), content_type=image.content_type)
        except FileNotFoundError:
            raise Http404 from None
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, max-age=300"
        return response


class RemoveImage(OfNote):
    right = "projects.write_research"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, key: Any) -> HttpResponse:
        image = get_object_or_404(self.note.images, key=key)
        act(
            request,
            lambda: services.remove_image(image=image, by=person(request)),
            _("The image was taken away."),
        )
        return redirect("projects:research_images", self.note.slug)


class MoveResearch(OfNote):
    """Send to review, send back, publish, withdraw."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        step, by, reason = request.POST.get("do", ""), person_or_none(request), request.POST.get("reason", "")
        note = self.note
        if step == "review":
            demand(request, "projects.write_research", note)
            act(request, lambda: services.send_for_review(note=note, by=by), _("The note waits for its review."))
            return redirect(note.get_absolute_url())
        demand(request, "projects.publish_research", note)
        steps: dict[str, Any] = {
            "return": lambda: services.return_note(note=note, reason=reason, by=by),
            "publish": lambda: services.publish_note(note=note, change_note=reason, by=by),
            "withdraw": lambda: services.withdraw_note(note=note, reason=reason, by=by),
        }
        if step in steps:
            act(request, steps[step], _("Saved."))
        return redirect(note.get_absolute_url())


def person_or_none(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None
