"""What the administration pages of all apps share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gesoc.common.text import search_text

HTTPS = {URLField: {"assume_scheme": "https"}}  # what a link without a scheme means; Django 6's own default


class Kept:
    """History must stay: nothing is deleted here. Lists ask for what they show, and never count a whole big table."""

    show_full_result_count = False
    list_per_page = 50
    formfield_overrides: Any = HTTPS

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(Kept):
    """Shown, never written: it was read from a file, or is a record of what happened."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FoldedSearch:
    """Searches stored search texts, so that accents and case do not matter."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_text(term))  # type: ignore[misc, no-any-return]


class NumberSearch:
    """Finds the rows of one object by its number; any other text finds nothing."""

    search_fields: ClassVar[Any]  # one: the name of a number

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not term:
            return queryset, False
        number = int(term) if term.isascii() and term.isdecimal() and len(term) < 10 else None
        return queryset.filter(**{self.search_fields[0]: number}) if number else queryset.none(), False


class AtMost(Paginator):
    """Pages over the first ten thousand rows: nobody leafs further, and counting millions is slow."""

    LIMIT = 10_000

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows[: self.LIMIT].count()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays beside the change, for whoever asks later."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )


def ask_reason(
    model_admin: Any,
    request: HttpRequest,
    chosen: QuerySet[Any],
    *,
    title: str,
    act: Callable[[Any, str], object],
) -> TemplateResponse | None:
    """A page that lists what was chosen and asks why; then `act(object, reason)` for each.

    What a service refuses is told by name and does not hold up the rest.
    """
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        context = model_admin.admin_site.each_context(request) | {
            "title": title,
            "opts": model_admin.model._meta,
            "chosen": chosen,
            "form": form,
            "action": request.POST["action"],
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": model_admin.media,
        }
        return TemplateResponse(request, "admin/reason.html", context)
    act_on_each(request, chosen, lambda obj: act(obj, form.cleaned_data["reason"]))
    return None


def act_on_each(request: HttpRequest, chosen: QuerySet[Any], act: Callable[[Any], object]) -> None:
    """Each in its own transaction; a refusal (ValidationError) becomes a message."""
    done = 0
    for obj in chosen:
        try:
            act(obj)
            done += 1
        except ValidationError as refusal:
            messages.error(request, f"{obj}: {' '.join(refusal.messages)}")
    if done:
        messages.success(request, ngettext("One was changed.", "%(count)s were changed.", done) % {"count": done})
    else:
        messages.warning(request, _("Nothing was changed."))
