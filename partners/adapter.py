"""How allauth behaves here: no open sign-up, our words, and the page in the person's own language after signing in."""

from __future__ import annotations

from typing import Any, ClassVar

import qrcode  # type: ignore[import-untyped] # comes with allauth[mfa]
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from partners.acting_for import remember
from partners.models import Membership


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, object]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail or the password do not match. Check both or ask for a new link."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again, or ask for a new link."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come by invitation."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        remember(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Without a page to go back to: where their work waits, in the language that the person chose."""
        with translation.override(request.user.preferred_language):  # type: ignore[union-attr]
            return reverse(home_of(request.user))


def home_of(user: Any) -> str:
    """The week of whoever works for an organisation; an invitation that waits, and the work of GESOC, are at the account."""
    runs_the_house = user.is_gesoc or user.is_superuser
    if runs_the_house or user.memberships.filter(state=Membership.State.INVITED).exists():
        return "account"
    return "projects:week" if user.memberships.in_force().exists() else "account"


class SecondFactorAdapter(DefaultMFAAdapter):
    def build_totp_svg(self, url: str) -> str:
        """Black on white in dark mode as well; without XML prologue, to stand in the page (no data: images allowed)."""
        drawing = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return mark_safe(drawing)  # noqa: S308 - drawn by us, the address is not in it as text
