"""Who acts for an organisation: inviting, and ending."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.generic import View

from gesoc.common.views import behind_a_link
from partners import selectors, services
from partners.audit import person
from partners.forms import EndMembershipForm, InvitationForm
from partners.models import Membership, Organisation


class TeamView(LoginRequiredMixin, View):
    """Of an organisation that the person may see; for those who coordinate it, and GESOC."""

    right = "partners.invite_member"

    def organisation(self) -> Organisation:
        found = get_object_or_404(Organisation.objects.visible_to(self.request.user), slug=self.kwargs["slug"])
        if not self.request.user.has_perm(self.right, found):
            raise PermissionDenied
        return found


class TeamPage(TeamView):
    """Who acts for an organisation and who was invited; inviting somebody."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.page(self.organisation(), InvitationForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        organisation, form = self.organisation(), InvitationForm(request.POST)
        if form.is_valid():
            try:
                services.invite_member(organisation=organisation, by=person(request), **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, _("The invitation to %s is on its way.") % form.cleaned_data["email"])
                return redirect("partners:team", organisation.slug)
        return self.page(organisation, form)

    def page(self, organisation: Organisation, form: InvitationForm) -> HttpResponse:
        team = selectors.team_of(organisation)
        mails = selectors.mails_of(team)
        for membership in team:
            membership.mail_state = mails.get(membership.mailed_about, "")  # type: ignore[attr-defined]
        context = {"organisation": organisation, "form": form, "memberships": team}
        return render(self.request, "partners/team.html", context, status=422 if form.errors else 200)


class EndMembership(TeamView):
    """Withdraw an invitation, or end a membership with the reason."""

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        return self.page(self.membership(), EndMembershipForm())

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        membership, form = self.membership(), EndMembershipForm(request.POST)
        if not form.is_valid():
            return self.page(membership, form)
        was_invited = membership.state == Membership.State.INVITED
        try:
            services.end_membership(membership=membership, by=person(request), reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            done = _("The invitation was withdrawn.") if was_invited else _("The membership ended today.")
            messages.success(request, done)
        return redirect("partners:team", membership.organisation.slug)

    def membership(self) -> Membership:
        rows = self.organisation().memberships.exclude(state=Membership.State.ENDED)
        return get_object_or_404(rows.select_related("user", "organisation"), pk=self.kwargs["pk"])

    def page(self, membership: Membership, form: EndMembershipForm) -> HttpResponse:
        context = {"membership": membership, "organisation": membership.organisation, "form": form}
        return render(self.request, "partners/end_membership.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def way_in(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail of an invitation. Programs that open every link see who invites; the button leads in.

    To the account, or for one without a password to the page where it is chosen.
    """
    link = services.find_link(token=token, purpose=services.WAY_IN)
    membership = services.invited_by(link) if link else None
    if membership is None:
        raise Http404
    if request.method != "POST":
        return behind_a_link(render(request, "partners/way_in.html", {"membership": membership}))
    if membership.user.has_usable_password():
        return behind_a_link(redirect("account"))
    key = default_token_generator.make_token(membership.user)
    uid = user_pk_to_url_str(membership.user)
    return behind_a_link(redirect("account_reset_password_from_key", uidb36=uid, key=key))
