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
    path("descargar/", views.download, name="download"),
    path("exportar/", views.ExportOrganisations.as_view(), name="export_organisations"),
    path("<slug:slug>/equipo/", views.TeamPage.as_view(), name="team"),
    path("<slug:slug>/equipo/<int:pk>/terminar/", views.EndMembership.as_view(), name="end_membership"),
    path("<slug:slug>/", views.OrganisationPage.as_view(), name="organisation"),
    path("<slug:slug>/editar/", views.EditOrganisation.as_view(), name="edit_organisation"),
    path("<slug:slug>/situacion/", views.ChangeStatus.as_view(), name="change_status"),
    path("<slug:slug>/vinculos/nuevo/", views.NewRelationship.as_view(), name="new_relationship"),
    path("<slug:slug>/vinculos/<int:pk>/terminar/", views.EndRelationship.as_view(), name="end_relationship"),
]

network = [
    path("", views.NetworkPage.as_view(), name="network"),
    path("crecimiento.csv", views.growth_csv, name="growth_csv"),
    path("vinculos.csv", views.ties_csv, name="ties_csv"),
    path("huecos/", views.CoverageGaps.as_view(), name="gaps"),
    path("huecos.csv", views.coverage_gaps_csv, name="gaps_csv"),
    path("organizacion/nueva/", views.NewOrganisation.as_view(), name="new_organisation"),
    path("sugerencias/organizaciones/", views.suggest_organisations, name="suggest_organisations"),
    path("sugerencias/municipios/", views.suggest_municipalities, name="suggest_municipalities"),
]

people = [
    path("", views.People.as_view(), name="people"),
    path("nueva/", views.NewPerson.as_view(), name="new_person"),
    path("importar/", views.ImportList.as_view(), name="import_list"),
    path("importar/<uuid:key>/", views.ImportPreview.as_view(), name="import_preview"),
    path("avisos/", views.SendNotices.as_view(), name="send_notices"),
    path("exportar/", views.ExportPeople.as_view(), name="export_people"),
    path("duplicados/", views.Duplicates.as_view(), name="duplicates"),
    path("duplicados/<str:kind>/<int:source>/<int:target>/", views.CompareDuplicates.as_view(), name="compare"),
    path("fusiones/<int:pk>/deshacer/", views.UndoMerge.as_view(), name="undo_merge"),
    path("<uuid:key>/", views.PersonPage.as_view(), name="person"),
    path("<uuid:key>/editar/", views.EditPerson.as_view(), name="edit_person"),
    path("<uuid:key>/organizacion/", views.Affiliate.as_view(), name="affiliate"),
    path("<uuid:key>/organizacion/<int:pk>/terminar/", views.EndAffiliation.as_view(), name="end_affiliation"),
]

privacy = [
    path("", views.notice, name="privacy_notice"),
    path("solicitud/", views.AskArco.as_view(), name="ask_arco"),
    path("decisiones/<str:token>/", views.Decisions.as_view(), name="decisions"),
    path("baja/<str:token>/", views.Unsubscribe.as_view(), name="unsubscribe"),
    path("mesa/", views.PrivacyDesk.as_view(), name="privacy_desk"),
    path("mesa/<uuid:key>/datos/", views.ArcoReport.as_view(), name="arco_report"),
    path("mesa/<uuid:key>/textos/", views.DecideText.as_view(), name="decide_text"),
    path("mesa/<uuid:key>/", views.HandleArco.as_view(), name="handle_arco"),
]

outbox = [
    path("", views.Outbox.as_view(), name="outbox"),
    path("<int:pk>/reintentar/", views.RetryMail.as_view(), name="retry_mail"),
]

ways_in = [
    path("<str:token>/", views.way_in, name="way_in"),
]

of_partners = [
    path("organizaciones/", include(organisations)),
    path("red/", include(network)),
    path("personas/", include(people)),
    path("privacidad/", include(privacy)),
    path("cuenta/entrada/", include(ways_in)),
    path("correo/", include(outbox)),
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
    path("actuar/", views.ActFor.as_view(), name="act_for"),
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
    path("", include((of_partners, "partners"))),
]
