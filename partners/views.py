"""Directory and pages of organisations, and everybody's own account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.generic import DetailView, TemplateView, UpdateView, View

from . import selectors, services
from .forms import AccountForm, OrganisationSearch
from .models import Membership, Organisation, User

PAGE_SIZE = 24


class OrganisationDirectory(TemplateView):
    template_name = "partners/directory.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = OrganisationSearch(self.request.GET)
        form.full_clean()
        understood = form.cleaned_data
        chosen = {
            "estado": [state.pk for state in understood.get("estado") or []],
            "tipo": understood.get("tipo") or [],
            "situacion": understood.get("situacion") or [],
        }
        text = understood.get("q", "")
        found = selectors.directory(self.request.user, text=text, **chosen)
        page = Paginator(found.select_related("home_municipality__state"), PAGE_SIZE).get_page(
            self.request.GET.get("pagina")
        )
        facets = selectors.directory_facets(self.request.user, text=text, **chosen)
        query = self.request.GET.copy()
        query.pop("pagina", None)
        labelled = [(form.fields[facet.name].label, facet) for facet in facets]
        return super().get_context_data(
            form=form, text=text, page=page, facets=labelled, query=query.urlencode(), filtered=bool(query), **kwargs
        )


class OrganisationPage(DetailView):
    template_name = "partners/organisation.html"
    context_object_name = "organisation"

    def get_queryset(self) -> QuerySet[Organisation]:
        visible = Organisation.objects.visible_to(self.request.user)
        return visible.select_related("home_municipality__state").prefetch_related("coverage__state")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.user.has_perm("partners.see_network"):
            context["contacts"] = selectors.contacts_of(self.object)
        return context


class AccountPage(LoginRequiredMixin, UpdateView):
    """My account: name, language, and for whom I act."""

    template_name = "partners/account.html"
    form_class = AccountForm

    def get_object(self, queryset: QuerySet[User] | None = None) -> User:
        return get_object_or_404(User, pk=self.request.user.pk)  # a copy: a refused change must not show in the header

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.memberships_of(self.object)
        return super().get_context_data(memberships=rows, **kwargs)

    def form_valid(self, form: BaseModelForm) -> HttpResponse:
        user = services.update_user(user=self.object, by=self.object, **form.cleaned_data)
        with translation.override(user.preferred_language):
            messages.success(self.request, _("Your account was saved."))
            return redirect("account")


class AnswerInvitation(LoginRequiredMixin, View):
    """Accept an invitation, or end a membership of one's own."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        membership = get_object_or_404(Membership.objects.filter(user=request.user.pk), pk=pk)
        try:
            if request.POST.get("answer") == "accept":
                services.accept_invitation(membership=membership, by=membership.user)
                messages.success(request, _("You now act for %s.") % membership.organisation)
            else:
                services.end_membership(membership=membership, by=membership.user)
                messages.success(request, _("You no longer act for %s.") % membership.organisation)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect(reverse("account"))
