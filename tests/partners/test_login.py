"""Signing in and out, forgotten passwords, the second step."""

import re
import time
from datetime import date

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from partners import services
from partners.adapter import home_of
from partners.models import User
from tests.factories.partners import PASSWORD, GesocFactory, MembershipFactory

pytestmark = pytest.mark.django_db

LOGIN = "/entrar/"
WRONG = "El correo o la contraseña no coinciden. Revisa ambos o pide un enlace nuevo."


@pytest.fixture(autouse=True)
def forget_attempts():
    cache.clear()


@pytest.fixture
def user():
    return services.create_user(email="Ana@Laguna.example", full_name="Ana Ruiz", password=PASSWORD, by=None)


def sign_in(client, password=PASSWORD, email="ana@laguna.example", **data):
    return client.post(LOGIN, {"login": email, "password": password, **data})


def is_signed_in(client):
    return client.get("/cuenta/").status_code == 200


def test_login_with_right_password_leads_to_the_account(client, user):
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/cuenta/")
    assert is_signed_in(client)


def test_login_leads_whoever_works_for_an_organisation_to_their_week(client, user):
    member = MembershipFactory(user=user)
    assert sign_in(client)["Location"] == "/mi-semana/"
    client.logout()
    MembershipFactory(user=user, state="invitada")  # an invitation is answered at the account
    assert sign_in(client)["Location"] == "/cuenta/"
    assert home_of(User.objects.get(pk=member.user_id)) == "account"
    assert home_of(MembershipFactory(user=GesocFactory()).user) == "account"
    assert home_of(MembershipFactory(since=date(2020, 1, 1), until=date(2020, 2, 1)).user) == "account"


def test_login_with_address_in_other_case_and_spaces_works(client, user):
    sign_in(client, email=" ANA@laguna.EXAMPLE ")
    assert is_signed_in(client)


def test_login_of_english_reader_leads_to_english_account(client, user):
    services.update_user(user=user, by=None, preferred_language="en")
    assert sign_in(client)["Location"] == "/en/cuenta/"


def test_login_with_wrong_password_says_so_and_stays_out(client, user):
    response = sign_in(client, password="otra frase larga")
    assert response.status_code == 200
    assert WRONG in response.content.decode()
    assert "<title>Error: Entrar" in response.content.decode()
    assert not is_signed_in(client)


def test_login_with_unknown_address_answers_as_with_wrong_password(client, user):
    known, unknown = sign_in(client, password="no"), sign_in(client, email="nadie@laguna.example")
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|value="\w+@laguna.example"')
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())


def test_login_of_closed_account_is_refused(client, user):
    services.update_user(user=user, by=None, is_active=False)
    assert sign_in(client)["Location"] == "/cuenta/inactiva/"
    assert not is_signed_in(client)


def test_closing_an_account_ends_its_session_at_once(client, user):
    sign_in(client)
    services.update_user(user=user, by=None, is_active=False)
    assert not is_signed_in(client)


def test_login_after_five_wrong_passwords_is_held_back_even_with_the_right_one(client, user):
    for _ in range(5):
        assert sign_in(client, password="no").status_code == 200
    response = sign_in(client)
    assert "Demasiados intentos" in response.content.decode()
    assert not is_signed_in(client)


def test_thirty_logins_a_minute_from_one_address_are_too_many(client, user):
    statuses = [sign_in(client, email=f"x{n}@laguna.example", password="no").status_code for n in range(31)]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_login_does_not_lead_to_another_site(client, user, target):
    assert sign_in(client, next=target)["Location"] == "/cuenta/"


def test_login_leads_back_to_the_page_that_asked_for_it(client, user):
    assert client.get("/cuenta/")["Location"] == "/entrar/?next=/cuenta/"
    assert sign_in(client, next="/organizaciones/?q=agua")["Location"] == "/organizaciones/?q=agua"


def test_login_without_csrf_token_is_refused(user):
    from django.test import Client

    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_login_changes_the_session_key(client, user):
    client.get("/entrar/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    assert client.cookies["sessionid"].value != session.session_key


def test_session_ends_with_the_browser_unless_asked_to_stay(client, user):
    sign_in(client)
    assert client.cookies["sessionid"]["expires"] == ""


def test_session_stays_when_asked_to(client, user):
    sign_in(client, remember="on")
    assert client.cookies["sessionid"]["max-age"] > 24 * 3600


def test_logout_needs_a_post(client, user):
    sign_in(client)
    assert client.get("/salir/").status_code == 200
    assert is_signed_in(client)
    client.post("/salir/")
    assert not is_signed_in(client)


def test_sign_up_is_closed(client):
    before = list(type(services.create_user(email="a@b.example", full_name="A", by=None)).objects.all())
    data = {"email": "nueva@laguna.example", "password1": PASSWORD, "password2": PASSWORD}
    assert "Las cuentas llegan por invitación" in client.get("/cuenta/nueva/").content.decode()
    client.post("/cuenta/nueva/", data)
    assert list(before[0].__class__.objects.all()) == before


def ask_for_link(client, email):
    return client.post("/cuenta/contrasena/olvido/", {"email": email})


def test_forgotten_password_is_chosen_anew_by_the_link_in_the_mail(client, user):
    assert ask_for_link(client, "ana@laguna.example")["Location"] == "/cuenta/contrasena/olvido/enviado/"
    [message] = mail.outbox
    assert (message.to, message.subject) == (["ana@laguna.example"], "Tu enlace para elegir otra contraseña")
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    assert form.status_code == 200
    chosen = {"password1": "otra frase bien larga", "password2": "otra frase bien larga"}
    client.post(form.redirect_chain[-1][0], chosen)
    sign_in(client, password="otra frase bien larga")
    assert is_signed_in(client)
    assert "ya no sirve" in client.get(link, follow=True).content.decode()


def test_link_of_a_closed_account_is_not_sent(client, user):
    services.update_user(user=user, by=None, is_active=False)
    ask_for_link(client, "ana@laguna.example")
    assert mail.outbox == []


def test_forgotten_password_of_unknown_address_answers_alike_and_sends_nothing(client, user):
    response = ask_for_link(client, "nadie@laguna.example")
    assert response["Location"] == "/cuenta/contrasena/olvido/enviado/"
    assert mail.outbox == []


def test_changed_address_no_longer_opens_the_account(client, user):
    services.update_user(user=user, by=None, email="ana.ruiz@laguna.example")
    sign_in(client)
    assert not is_signed_in(client)
    sign_in(client, email="ana.ruiz@laguna.example")
    assert is_signed_in(client)


def test_changing_the_password_ends_other_sessions(client, user):
    from django.test import Client

    other = Client()
    sign_in(other)
    sign_in(client)
    new = "otra frase bien larga"
    client.post("/cuenta/contrasena/cambiar/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_signed_in(client)
    assert not is_signed_in(other)


def second_step(client) -> str:
    """Whoever is signed in chooses a second step; answers with its secret, which no code has confirmed yet."""
    assert client.get("/cuenta/verificacion/activar/")["Location"].startswith("/cuenta/confirmar/?next=")
    client.post("/cuenta/confirmar/", {"password": PASSWORD})
    page = client.get("/cuenta/verificacion/activar/")
    assert "<svg" in page.content.decode()
    assert "data:" not in page.content.decode()
    return page.context["form"].secret


def code_of(secret: str, *, steps_ago: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 - steps_ago))


def test_second_step_is_asked_for_once_it_is_on(client, user):
    sign_in(client)
    client.post("/cuenta/verificacion/activar/", {"code": code_of(second_step(client))})
    assert client.get("/cuenta/verificacion/respaldo/").status_code == 200
    client.post("/salir/")
    assert sign_in(client)["Location"] == "/cuenta/verificacion/codigo/"
    assert not is_signed_in(client)
    client.post("/cuenta/verificacion/codigo/", {"code": "000000"})
    assert not is_signed_in(client)


@pytest.mark.parametrize(("steps_ago", "goes"), [(0, True), (1, True), (2, False)])
def test_a_code_goes_for_half_a_minute_after_the_phone_shows_the_next(client, user, time_machine, steps_ago, goes):
    time_machine.move_to(timezone.now(), tick=False)
    sign_in(client)
    client.post("/cuenta/verificacion/activar/", {"code": code_of(second_step(client), steps_ago=steps_ago)})
    assert (client.get("/cuenta/verificacion/respaldo/").status_code == 200) is goes


@pytest.mark.parametrize("path", ["/", "/organizaciones/"])
def test_anonymous_pages_set_no_cookie(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.cookies == {}


def test_admin_sends_to_the_same_login(client):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(reverse("account_login") + "?next=")
