"""Contacts: those one may see, and what one knows of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView, View

from gesoc.common.views import add_refusal
from partners import acting_for, exports, services
from partners.audit import person
from partners.forms import AffiliationForm, ExportForm, ImportForm, PersonForm
from partners.models import Affiliation, ImportBatch, Organisation, Person, PersonQuerySet
from partners.rules import sees_everything

from .access import Demands

PAGE_SIZE = 50


def _with_organisations(found: PersonQuerySet) -> PersonQuerySet:
    return found.prefetch_related(Prefetch("affiliations", Affiliation.objects.select_related("organisation")))


class People(Demands, TemplateView):
    right = "partners.see_network"
    template_name = "partners/people/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").replace("\x00", "")[:100]
        found = Person.objects.visible_to(self.request.user).active().matching(text)
        page = Paginator(_with_organisations(found), PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        query = self.request.GET.copy()
        query.pop("pagina", None)
        staff = sees_everything(self.request.user)
        waiting = Person.objects.active().filter(awaits_notice=True).exclude(email="").count() if staff else 0
        return super().get_context_data(
            page=page, text=text, query=query.urlencode(), staff=staff, waiting=waiting, **kwargs
        )


class NewPerson(Demands, FormView):
    """A contact; whoever adds it goes on seeing it, and so do those who act for its organisation."""

    right = "partners.see_network"
    template_name = "partners/people/form.html"
    form_class = PersonForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Person()}

    def form_valid(self, form: PersonForm) -> HttpResponse:
        saved = services.save_person(person=form.instance, by=person(self.request))
        organisation = acting_for.organisation_of(self.request)
        messages.success(self.request, _("The contact was saved."))
        if organisation is not None and self.request.POST.get("of_mine"):
            services.affiliate(person=saved, organisation=organisation, by=person(self.request))
        return redirect("partners:person", saved.key)


class OfPerson(Demands):
    right = "partners.see_network"
    kwargs: dict[str, Any]

    @cached_property
    def contact(self) -> Person:
        found = _with_organisations(Person.objects.visible_to(self.request.user).active())
        return get_object_or_404(found, key=self.kwargs["key"])

    def subject(self) -> Model | None:
        return self.contact if self.request.user.is_authenticated else None


class PersonPage(OfPerson, TemplateView):
    template_name = "partners/people/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = AffiliationForm(organisations=Organisation.objects.none())
        consents = services.consents_of(self.contact) if sees_everything(self.request.user) else {}
        user = self.request.user
        rights = {
            "may_edit": user.has_perm("partners.edit_person", self.contact),
            "sees_addresses": user.has_perm("partners.see_addresses", self.contact),
        }
        return super().get_context_data(contact=self.contact, form=form, consents=consents, **rights, **kwargs)


class EditPerson(OfPerson, FormView):
    right = "partners.edit_person"
    template_name = "partners/people/form.html"
    form_class = PersonForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Person.objects.get(pk=self.contact.pk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, **kwargs)

    def form_valid(self, form: PersonForm) -> HttpResponse:
        services.save_person(person=form.instance, by=person(self.request))
        messages.success(self.request, _("The contact was saved."))
        return redirect("partners:person", self.contact.key)


class Affiliate(OfPerson, FormView):
    """From today on the contact speaks for an organisation: any for GESOC, one's own for others."""

    right = "partners.edit_person"
    template_name = "partners/people/affiliate.html"
    form_class = AffiliationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        mine = Organisation.objects.kept() if sees_everything(user) else Organisation.objects.of(user)
        return super().get_form_kwargs() | {"organisations": mine}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=self.contact, **kwargs)

    def form_valid(self, form: AffiliationForm) -> HttpResponse:
        services.affiliate(person=self.contact, by=person(self.request), **form.cleaned_data)
        messages.success(self.request, _("The contact speaks for this organisation from today on."))
        return redirect("partners:person", self.contact.key)


class EndAffiliation(OfPerson, View):
    right = "partners.edit_person"
    http_method_names = ("post",)

    def post(self, request: HttpRequest, key: Any, pk: int) -> HttpResponseBase:
        row = get_object_or_404(self.contact.affiliations.current(), pk=pk)
        services.end_affiliation(affiliation=row, by=person(request))
        messages.success(request, _("They no longer belong to it from today on."))
        return redirect("partners:people")


# -- lists in and out -------------------------------------------------------------------------------------------------


class ImportList(Demands, FormView):
    right = "partners.import_list"
    template_name = "partners/people/import.html"
    form_class = ImportForm

    def form_valid(self, form: ImportForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            batch = services.read_list(
                kind=data["kind"],
                file_name=data["file"].name,
                content=data["file"].read(services.MAX_BYTES + 1),
                by=person(self.request),
                source=data["source"],
                informed=data["informed"],
                evidence=data["evidence"],
                notice=services.notice_in_force("es-mx") if data["informed"] else None,
            )
        except ValidationError as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        return redirect("partners:import_preview", batch.key)


class ImportPreview(Demands, TemplateView):
    """What would be added and what not, and why; then the button that adds it."""

    right = "partners.import_list"
    template_name = "partners/people/preview.html"
    kwargs: dict[str, Any]

    def batch(self) -> ImportBatch:
        return get_object_or_404(ImportBatch, key=self.kwargs["key"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = services.preview_list(batch=(batch := self.batch()))
        good = sum(not line.problems for line in lines)
        bad = [line for line in lines if line.problems]
        return super().get_context_data(batch=batch, good=good, bad=bad, first=lines[:20], **kwargs)

    def post(self, request: HttpRequest, key: Any) -> HttpResponseBase:
        try:
            batch = services.take_over(batch=self.batch(), by=person(request))
            messages.success(request, _("%(added)s were added, %(refused)s were not.") % vars(batch))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("partners:people")


class SendNotices(Demands, View):
    """Tell the notice to whoever came with a list and was not told it."""

    right = "partners.send_notice"
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        sent = services.send_due_notices(by=person(request))
        told = ngettext(
            "%(count)s mail with the notice was written.", "%(count)s mails with the notice were written.", sent
        )
        messages.success(request, told % {"count": sent})
        return redirect("partners:people")


class ExportPeople(Demands, FormView):
    """Personal data leave only with a reason, which stays beside the name of who took them."""

    right = "partners.export_people"
    template_name = "partners/people/export.html"
    form_class = ExportForm

    def form_valid(self, form: ExportForm) -> HttpResponseBase:  # type: ignore[override]
        found = _with_organisations(Person.objects.visible_to(self.request.user).active())
        kind = exports.noted(self.request, form, what="people", rows=found.count())
        return exports.response("contactos", kind, *exports.people(found.iterator(chunk_size=500)))
