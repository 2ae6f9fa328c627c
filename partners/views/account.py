"""Everybody's own account: name, language, for whom they act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import UpdateView, View

from partners import acting_for, selectors, services
from partners.audit import person
from partners.forms import AccountForm
from partners.models import Membership, User


class AccountPage(LoginRequiredMixin, UpdateView):
    """My account: name, language, and for whom I act."""

    template_name = "partners/account.html"
    form_class = AccountForm

    def get_object(self, queryset: QuerySet[User] | None = None) -> User:
        return get_object_or_404(User, pk=self.request.user.pk)  # a copy: a refused change must not show in the header

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.memberships_of(self.object)
        acting_for.remember(self.request, self.object)  # a membership may have begun or ended meanwhile
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


class ActFor(LoginRequiredMixin, View):
    """Act for another of one's organisations from now on."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = acting_for.choose(request, person(request), request.POST.get("organisation", ""))
        if chosen is None:
            raise Http404
        messages.success(request, _("From now on you act for %s.") % chosen)
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
        return redirect(back if safe else reverse("account"))
