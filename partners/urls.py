"""Signing in, the own account, organisations. The names of allauth's views are allauth's; their addresses are ours."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import include, path, re_path

from . import views

organisations = [
    path("", views.OrganisationDirectory.as_view(), name="directory"),
    path("<slug:slug>/", views.OrganisationPage.as_view(), name="organisation"),
]

second_factor = [
    path("", mfa.index, name="mfa_index"),
    path("codigo/", mfa.authenticate, name="mfa_authenticate"),
    path("confirmar/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("activar/", totp.activate_totp, name="mfa_activate_totp"),
    path("desactivar/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("respaldo/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("respaldo/nuevos/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("respaldo/descargar/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

password = [
    path("cambiar/", account.password_change, name="account_change_password"),
    path("elegir/", account.password_set, name="account_set_password"),
    path("olvido/", account.password_reset, name="account_reset_password"),
    path("olvido/enviado/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^nueva/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("lista/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

own_account = [
    path("", views.AccountPage.as_view(), name="account"),
    path("invitacion/<int:pk>/", views.AnswerInvitation.as_view(), name="answer_invitation"),
    path("nueva/", account.signup, name="account_signup"),
    path("inactiva/", account.account_inactive, name="account_inactive"),
    path("confirmar/", account.reauthenticate, name="account_reauthenticate"),
    path("contrasena/", include(password)),
    path("verificacion/", include(second_factor)),
]

urlpatterns = [
    path("entrar/", account.login, name="account_login"),
    path("salir/", account.logout, name="account_logout"),
    path("cuenta/", include(own_account)),
    path("organizaciones/", include((organisations, "partners"))),
]
