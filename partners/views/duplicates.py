"""Records that may be one: suggestions, the comparison with what would move, the merge, and the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from partners import selectors, services
from partners.audit import person
from partners.models import Merge, Organisation, Person

from .access import Demands

KINDS: dict[str, Any] = {"organizaciones": Organisation, "personas": Person}
RECENT = 20


class Duplicates(Demands, TemplateView):
    right = "partners.merge"
    template_name = "partners/duplicates/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recent = list(Merge.objects.filter(undone_at=None).exclude(moved=[]).select_related("by")[:RECENT])
        return super().get_context_data(
            kinds=[
                self._kind("organizaciones", _("Organisations"), selectors.duplicate_organisations),
                self._kind("personas", _("People"), selectors.duplicate_people),
            ],
            merges=_named(merge for merge in recent if merge.can_be_undone),
            **kwargs,
        )

    def _kind(self, kind: str, label: str, suggest: Any) -> tuple[str, str, Any, int | None]:
        """The suggestions, and from where on the records were not looked at yet."""
        before = self.request.GET.get(kind, "")
        asked = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
        window = selectors.window_of(KINDS[kind], asked)
        return kind, label, suggest(window), window.oldest if window.more else None


def _named(merges: Any) -> list[tuple[Merge, Any, Any]]:
    """Each merge with the two records, in two queries."""
    rows = list(merges)
    found: dict[str, Any] = {}
    for kind, model in ((Merge.Kind.PERSON, Person), (Merge.Kind.ORGANISATION, Organisation)):
        pks = {pk for row in rows if row.kind == kind for pk in (row.source_id, row.target_id)}
        found[kind] = model._default_manager.in_bulk(pks) if pks else {}
    return [(row, found[row.kind].get(row.source_id), found[row.kind].get(row.target_id)) for row in rows]


class CompareDuplicates(Demands, TemplateView):
    """The two side by side, and what would move from the first to the second."""

    right = "partners.merge"
    template_name = "partners/duplicates/compare.html"
    kwargs: dict[str, Any]

    def pair(self) -> tuple[Any, Any]:
        model = KINDS.get(self.kwargs["kind"])
        if model is None:
            raise Http404
        found = model._default_manager.filter(merged_into=None)
        return (get_object_or_404(found, pk=self.kwargs["source"]), get_object_or_404(found, pk=self.kwargs["target"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source, target = self.pair()
        context = super().get_context_data(**kwargs | {"source": source, "target": target})
        try:
            context["moves"] = services.preview_merge(source=source, target=target)
        except ValidationError as refusal:
            context["refusal"] = " ".join(refusal.messages)
        return context

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        source, target = self.pair()
        by = person(request)
        try:
            if "different" in request.POST:
                services.mark_different(one=source, other=target, by=by)
                messages.success(request, _("They are not suggested as one again."))
            else:
                merge: Any = services.merge_people if isinstance(source, Person) else services.merge_organisations
                merge(source=source, target=target, by=by)
                messages.success(request, _("They are one now. It can be taken back for some weeks."))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("partners:duplicates")


class UndoMerge(Demands, View):
    right = "partners.merge"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            services.undo_merge(merge=get_object_or_404(Merge, pk=pk), by=person(request))
            messages.success(request, _("The merge was taken back."))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("partners:duplicates")
