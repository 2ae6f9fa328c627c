"""Comments beside one thing: read, written, corrected, taken away."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from datasets.views.access import demand
from gesoc.common.limits import Limit, too_many
from partners.audit import person
from projects import services, threads
from projects.forms.comments import CommentForm, CorrectionForm, RemovalForm
from projects.models import Comment, LogEntry
from projects.rules import may_still_correct

from .pages import Crumbs, FormPage, Gated, act

A_PERSON = Limit("comments", most=30, within=datetime.timedelta(hours=1))


class Comments(Gated, FormPage):
    """The page of a thread; things with a page of their own show it there too, and send their form here."""

    template_name = "projects/comments.html"
    form_class = CommentForm
    title = _("Comments")
    done = _("Your comment is there.")
    target: Any

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        self.target = threads.found_at(kwargs["word"], kwargs["name"], request.user)
        if self.target is None:
            raise Http404

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        demand(request, "projects.comment")
        if not threads.may_comment(request.user, self.target):
            raise PermissionDenied
        if A_PERSON.is_reached(str(request.user.pk)):
            return too_many(request, A_PERSON)
        A_PERSON.count(str(request.user.pk))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        thread = threads.thread(self.target, self.request.user)
        context = super().get_context_data(thread=thread, target=self.target, said=self.said(), **kwargs)
        return {**context, "comment_form": context["form"]}

    def said(self) -> str:
        """What is commented on, in whole words: of an entry its beginning, of anything else its title."""
        if isinstance(self.target, LogEntry):
            return Truncator(" ".join(self.target.text.split())).words(40)
        return str(self.target)

    def crumbs(self) -> Crumbs:
        return [(Truncator(self.said()).words(7), self.target.get_absolute_url())]

    def save(self, form: CommentForm) -> str:
        by = person(self.request)
        comment = services.write_comment(target=self.target, by=by, **form.cleaned_data)
        return f"{threads.address_of(self.target)}#c-{comment.key}"


def refuse(request: HttpRequest) -> None:
    """A visitor may sign in first."""
    if not request.user.is_authenticated:
        demand(request, "projects.comment")
    raise PermissionDenied


class OfComment(Gated):
    """One comment that this reader may read."""

    comment: Comment

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        rows = Comment.objects.visible_to(request.user).select_related("by", "entry__project", "challenge", "evidence")
        self.comment = get_object_or_404(rows.select_related("note"), key=kwargs["key"])

    def back(self) -> str:
        return f"{threads.address_of(self.comment.target)}#c-{self.comment.key}"


class EditComment(OfComment, FormPage):
    form_class = CorrectionForm
    title = _("Correct the comment")
    lede: ClassVar[Any] = _("Within fifteen minutes; later it can only be taken away.")

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        """Nobody's words are changed by somebody else, whatever their rights."""
        super().prepare(request, **kwargs)
        if not may_still_correct(request.user, self.comment):
            refuse(request)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Comment.objects.get(pk=self.comment.pk)}

    def crumbs(self) -> Crumbs:
        return [(_("Comments"), threads.address_of(self.comment.target))]

    def save(self, form: CorrectionForm) -> str:
        services.edit_comment(comment=self.comment, by=person(self.request), text=form.cleaned_data["text"])
        return self.back()


class RemoveComment(OfComment):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        by, form = request.user, RemovalForm(request.POST)
        if self.comment.by_id != by.pk and not threads.may_moderate(by, self.comment.target):
            refuse(request)
        if not form.is_valid():
            messages.error(request, _("Say why: the reason stays with the change."))
            return redirect(self.back())
        act(
            request,
            lambda: services.remove_comment(comment=self.comment, by=person(request), **form.cleaned_data),
            _("The comment was taken away."),
        )
        return redirect(self.back())
