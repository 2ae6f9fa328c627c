"""Forms of the account pages: allauth's, dressed as the site's fields, and our own."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Membership, User


class SiteFields:
    """Labels above the fields instead of placeholders inside them; the site's class on every input."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = "inp"


class LoginForm(SiteFields, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""  # the way to a new password stands beside the button
        self.fields["remember"].label = _("Stay signed in on this device")


class ResetPasswordForm(SiteFields, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(SiteFields, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(SiteFields, account.ChangePasswordForm):
    pass


class SetPasswordForm(SiteFields, account.SetPasswordForm):
    pass


class ReauthenticateForm(SiteFields, account.ReauthenticateForm):
    pass


class SecondFactorForm(SiteFields, mfa.AuthenticateForm):
    pass


class SecondFactorAgainForm(SiteFields, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(SiteFields, totp.ActivateTOTPForm):
    pass


class AccountForm(SiteFields, forms.ModelForm):
    """What people may change about themselves; the e-mail is changed by an administrator."""

    class Meta:
        model = User
        fields = ["full_name", "preferred_language"]


class InvitationForm(SiteFields, forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    full_name = forms.CharField(label=_("Full name"), max_length=200)
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER)


class EndMembershipForm(SiteFields, forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays with the change, for your organisation and GESOC."),
        error_messages={"required": _("Write the reason in a sentence.")},
    )
