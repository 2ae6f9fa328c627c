"""Partner organisations and members of a project."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from datasets.views.access import demand
from partners.audit import person
from partners.models import Organisation, OrganisationQuerySet, User
from projects import services
from projects.forms.projects import MemberForm, PartnerForm
from projects.models import ProjectPartner

from .pages import OfProject, ProjectFormPage, act


class Partners(ProjectFormPage):
    """Who takes part, seen by whoever sees the project; inviting is for who leads it."""

    template_name = "projects/partners.html"
    form_class = PartnerForm
    title = _("Organisations of the project")
    submit = _("Invite the organisation")
    done = _("The organisation was invited: its coordination sees it in “My week”.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows: list[Any] = list(self.project.partners.select_related("organisation").order_by("state", "id"))
        for row in rows:
            row.may_answer = row.state == "invitada" and self.request.user.has_perm("projects.answer_partnership", row)
            row.may_leave = (
                row.state != "retirada"
                and row.organisation_id != self.project.lead_organisation_id
                and self.request.user.has_perm("projects.withdraw_partner", row)
            )
        may_invite = self.request.user.has_perm("projects.invite_partner", self.project)
        return super().get_context_data(partners=rows, may_invite=may_invite, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        demand(request, "projects.invite_partner", self.project)
        return super().post(request, *args, **kwargs)

    def save(self, form: PartnerForm) -> str:
        services.invite_partner(project=self.project, by=person(self.request), **form.cleaned_data)
        return reverse("projects:partners", args=[self.project.slug])


class AnswerPartnership(OfProject):
    """Accept for one's organisation, decline, or leave; who leads the project may take an invitation back."""

    http_method_names = ["post"]

    def prepare(self, request: HttpRequest, **kwargs: Any) -> None:
        super().prepare(request, **kwargs)
        self.partner = get_object_or_404(ProjectPartner, project=self.project, pk=kwargs["pk"])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("answer") == "accept":
            demand(request, "projects.answer_partnership", self.partner)
            act(
                request,
                lambda: services.accept_partnership(partner=self.partner, by=person(request)),
                _("Your organisation takes part in the project."),
            )
        else:
            demand(request, "projects.withdraw_partner", self.partner)
            act(
                request,
                lambda: services.withdraw_partner(partner=self.partner, by=person(request)),
                _("The organisation no longer takes part."),
            )
        return redirect("projects:partners", self.project.slug)


class Members(ProjectFormPage):
    """Who works in it. Names of people are for the partners and GESOC, not for the public."""

    template_name = "projects/members.html"
    right = "projects.edit_project"
    form_class = MemberForm
    title = _("People of the project")
    submit = _("Add the person")
    done = _("The person works in the project from today on.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "project": self.project}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.project.members.select_related("user", "organisation").order_by("until", "id")
        return super().get_context_data(members=rows, **kwargs)

    def save(self, form: MemberForm) -> str:
        """Found by address among those who act for a partner; any other address says no more than that."""
        user = User.objects.with_email(form.cleaned_data["email"]).first()
        found = list(self._partners_of(user)) if user else []
        chosen = form.cleaned_data["organisation"]
        if chosen is not None:
            found = [one for one in found if one == chosen]
        if user is None or not found:
            raise ValidationError(_("Nobody with this e-mail acts for an organisation of the project."))
        if len(found) > 1:
            raise ValidationError(_("This person acts for more than one of its organisations: say for which."))
        services.add_member(
            project=self.project,
            user=user,
            organisation=found[0],
            role=form.cleaned_data["role"],
            by=person(self.request),
        )
        return reverse("projects:members", args=[self.project.slug])

    def _partners_of(self, user: User) -> OrganisationQuerySet:
        accepted = self.project.partners.filter(state=ProjectPartner.State.ACCEPTED)
        return Organisation.objects.of(user).filter(pk__in=accepted.values("organisation_id"))


class EndMember(OfProject):
    right = "projects.edit_project"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        member = get_object_or_404(self.project.members, pk=pk)
        act(
            request,
            lambda: services.end_member(member=member, by=person(request)),
            _("The person no longer works in the project."),
        )
        return redirect("projects:members", self.project.slug)
