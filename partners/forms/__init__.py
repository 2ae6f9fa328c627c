"""All input of the pages about people and organisations."""

from .account import (
    AccountForm,
    ActivateTOTPForm,
    ChangePasswordForm,
    EndMembershipForm,
    InvitationForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SecondFactorAgainForm,
    SecondFactorForm,
    SetPasswordForm,
    SiteFields,
)
from .organisations import OrganisationForm, OrganisationSearch, RelationshipForm, StatusForm
from .people import AffiliationForm, ArcoForm, ExportForm, FulfilForm, ImportForm, PersonForm

__all__ = [
    "AccountForm",
    "ActivateTOTPForm",
    "AffiliationForm",
    "ArcoForm",
    "ChangePasswordForm",
    "EndMembershipForm",
    "ExportForm",
    "FulfilForm",
    "ImportForm",
    "InvitationForm",
    "LoginForm",
    "OrganisationForm",
    "OrganisationSearch",
    "PersonForm",
    "ReauthenticateForm",
    "RelationshipForm",
    "ResetPasswordForm",
    "ResetPasswordKeyForm",
    "SecondFactorAgainForm",
    "SecondFactorForm",
    "SetPasswordForm",
    "SiteFields",
    "StatusForm",
]
