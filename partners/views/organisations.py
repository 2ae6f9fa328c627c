"""The directory, the page of an organisation, and what its coordination and GESOC change on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, FormView, TemplateView, View

from gesoc.common import charts
from gesoc.common.charts.tilemap import Tile
from gesoc.common.facets import Facet
from gesoc.common.money import number
from gesoc.common.pages import CountedPaginator
from gesoc.common.views import add_refusal
from municipalities.selectors import search_municipalities
from partners import exports, selectors, services
from partners.audit import person
from partners.forms import OrganisationForm, OrganisationSearch, RelationshipForm, StatusForm
from partners.forms.organisations import NewOrganisationForm
from partners.forms.people import OrganisationExportForm
from partners.models import Organisation, Relationship
from partners.rules import sees_everything

from .access import Demands, OfOrganisation

PAGE_SIZE = 24
SUGGESTED = 12
SHADES = ((1, 2), (3, 3), (10, 4), (30, 5))  # from so many organisations on, this shade


class OrganisationDirectory(TemplateView):
    template_name = "partners/directory.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = OrganisationSearch(self.request.GET)
        chosen = _asked(form)
        text = chosen.pop("text")
        found, count, facets = selectors.counted_directory(self.request.user, text=text, **chosen)
        rows = found.select_related("home_municipality__state")
        page = CountedPaginator(rows, PAGE_SIZE, known=count).get_page(self.request.GET.get("pagina"))
        query = self.request.GET.copy()
        query.pop("pagina", None)
        labelled = [(form.fields[facet.name].label, facet) for facet in facets]
        return super().get_context_data(
            form=form,
            text=text,
            page=page,
            facets=labelled,
            map=_map(facets[0]),
            may_add=sees_everything(self.request.user),
            query=query.urlencode(),
            filtered=bool(query),
            **kwargs,
        )


@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """What the directory shows with these filters, as a file: nothing that its pages do not tell."""
    found = selectors.directory(request.user, **_asked(OrganisationSearch(request.GET)))
    kind = request.GET.get("formato", "")
    return exports.response("organizaciones", kind, *exports.organisations(found, with_addresses=False))


class ExportOrganisations(Demands, FormView):
    """All that GESOC knows, mere contacts and addresses too: with a reason, which stays beside the name of who took it."""

    right = "partners.export_people"
    template_name = "partners/export.html"
    form_class = OrganisationExportForm

    def form_valid(self, form: OrganisationExportForm) -> HttpResponseBase:  # type: ignore[override]
        found = Organisation.objects.visible_to(self.request.user).kept()
        kind = exports.noted(self.request, form, what="organisations", rows=found.count())
        return exports.response("organizaciones", kind, *exports.organisations(found, with_addresses=True))


def _asked(form: OrganisationSearch) -> dict[str, Any]:
    """What the filters say; whatever cannot be understood filters nothing."""
    form.full_clean()
    understood = form.cleaned_data
    return {
        "text": understood.get("q", ""),
        "estado": [state.pk for state in understood.get("estado") or []],
        **{name: understood.get(name) or [] for name in ("tipo", "tema", "situacion")},
    }


def _map(states: Facet) -> str:
    """Where the organisations found have their home."""
    directory = reverse("partners:directory")
    tiles = {
        choice.value: Tile(
            max(shade for least, shade in SHADES if choice.found >= least),
            f"{choice.label}: {_organisations(choice.found)}",
            f"{directory}?estado={choice.value}",
        )
        for choice in states.choices
    }
    return charts.tilemap(tiles, _("Organisations by state"))


def _organisations(count: int) -> str:
    return ngettext("%(count)s organisation", "%(count)s organisations", count) % {"count": number(count)}


class OrganisationPage(DetailView):
    template_name = "partners/organisation.html"
    context_object_name = "organisation"

    def get_queryset(self) -> QuerySet[Organisation]:
        visible = Organisation.objects.visible_to(self.request.user)
        return visible.select_related("home_municipality__state", "merged_into").prefetch_related(
            "coverage__state", "states"
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """A merged organisation is found under the one it turned out to be."""
        if self.object.merged_into is not None:
            return HttpResponseRedirect(self.object.merged_into.get_absolute_url())
        return super().render_to_response(context, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, organisation = self.request.user, self.object
        context = super().get_context_data(**kwargs)
        if user.has_perm("partners.see_network"):
            context["contacts"] = selectors.contacts_of(organisation)
            context["history"] = list(organisation.status_history.order_by("-since", "-pk"))
            context["may_invite"] = user.has_perm("partners.invite_member", organisation)
        context["may_edit"] = user.has_perm("partners.edit_organisation", organisation)
        context["may_change_status"] = user.has_perm("partners.change_status")
        context["sections"] = selectors.sections_of(organisation, user)
        context["ties"] = selectors.ties(user, organisation, limit=50)
        return context


class EditOrganisation(OfOrganisation, FormView):
    """What an organisation says of itself; by its coordination and by GESOC."""

    right = "partners.edit_organisation"
    template_name = "partners/edit.html"
    form_class = OrganisationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = Organisation.objects.get(pk=self.organisation.pk)  # a copy: a refused change must not show above
        return super().get_form_kwargs() | {"instance": mine}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.organisation, **kwargs)

    def form_valid(self, form: OrganisationForm) -> HttpResponse:
        data, by = form.cleaned_data, person(self.request)
        saved = services.save_organisation(organisation=form.instance, by=by)
        services.set_coverage(organisation=saved, municipalities=data["covered"], states=data["states"], by=by)
        messages.success(self.request, _("What you changed was saved."))
        return redirect(saved)


class NewOrganisation(Demands, FormView):
    """For GESOC: an organisation that one got to know."""

    right = "partners.add_organisation"
    template_name = "partners/new.html"
    form_class = NewOrganisationForm

    def form_valid(self, form: NewOrganisationForm) -> HttpResponse:
        data, by = form.cleaned_data, person(self.request)
        form.instance.slug = services.free_slug(form.instance.name)
        saved = services.save_organisation(
            organisation=form.instance, by=by, since=data["since"], reason=data["reason"]
        )
        services.set_coverage(organisation=saved, municipalities=data["covered"], states=data["states"], by=by)
        messages.success(self.request, _("%s is in the network's records now.") % saved)
        return redirect(saved)


class ChangeStatus(OfOrganisation, FormView):
    """For GESOC: the organisation joins, pauses, leaves; with the day and the reason."""

    right = "partners.change_status"
    template_name = "partners/status.html"
    form_class = StatusForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        history = self.organisation.status_history.order_by("-since", "-pk").select_related("by")
        return super().get_context_data(organisation=self.organisation, history=history, **kwargs)

    def form_valid(self, form: StatusForm) -> HttpResponse:
        try:
            services.change_status(organisation=self.organisation, by=person(self.request), **form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("The new situation is noted, with its reason."))
        return redirect(self.organisation)


class NewRelationship(OfOrganisation, FormView):
    """What an organisation declares of itself and another one."""

    right = "partners.edit_organisation"
    template_name = "partners/relationship.html"
    form_class = RelationshipForm

    def get_form_kwargs(self) -> dict[str, Any]:
        others = Organisation.objects.visible_to(self.request.user).kept()
        instance = Relationship(from_organisation=self.organisation)
        return super().get_form_kwargs() | {"others": others, "instance": instance}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.organisation, **kwargs)

    def form_valid(self, form: RelationshipForm) -> HttpResponse:
        try:
            services.declare_relationship(relationship=form.instance, by=person(self.request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("The relationship is declared."))
        return redirect(self.organisation)


class EndRelationship(OfOrganisation, View):
    """Either of the two organisations may say that it is over."""

    right = "partners.edit_organisation"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
        relationship = get_object_or_404(selectors.relationships_of(self.organisation, request.user), pk=pk)
        try:
            services.end_relationship(relationship=relationship, by=person(request))
            messages.success(request, _("The relationship ended today; its history stays."))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect(self.organisation)


@require_safe
def suggest_organisations(request: HttpRequest) -> JsonResponse:
    """Names for the suggestions of a text box: only of organisations that the person may see."""
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    found = Organisation.objects.visible_to(request.user).kept().matching(text)
    return JsonResponse({"names": [str(one) for one in found[:SUGGESTED]] if text.strip() else []})


@require_safe
def suggest_municipalities(request: HttpRequest) -> JsonResponse:
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    return JsonResponse({"names": [str(one) for one in search_municipalities(text, SUGGESTED)] if text.strip() else []})
