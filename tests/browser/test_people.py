"""Signing in and looking after people and files in a real browser, under the strict content policy."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from partners import services
from tests.browser.clicks import fits
from tests.factories.datasets import MunicipalityFactory, PublicBodyFactory, ReleaseFactory
from tests.factories.partners import PASSWORD, MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/entrar/", "/cuenta/contrasena/olvido/", "/cuenta/nueva/", "/organizaciones/", "/organizaciones/laguna/"]


@pytest.fixture(autouse=True)
def forget_attempts():
    cache.clear()


@pytest.fixture
def site(live_server):
    return live_server.url


@pytest.fixture
def ana():
    """An administrator who also acts for an organisation, and is invited by another."""
    services.ensure_groups()
    user = services.create_user(
        email="ana@laguna.example", full_name="Ana Ruiz", password=PASSWORD, is_admin=True, by=None
    )
    laguna = OrganisationFactory(
        name="Laguna Abierta",
        slug="laguna",
        website="https://laguna.example/",
        home_municipality=MunicipalityFactory(code="05035"),
    )
    MembershipFactory(user=user, organisation=laguna, role="coordinacion")
    MembershipFactory(user=user, state="invitada")
    return user


def sign_in(page, site, password=PASSWORD, path="/entrar/"):
    page.goto(site + path)
    page.get_by_label("Correo").fill("ana@laguna.example")
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("main").get_by_role("button", name="Entrar").click()
    page.wait_for_load_state()


def test_sign_in_and_out(page, site, ana, axe):
    sign_in(page, site, password="otra frase")
    expect(page.get_by_text("El correo o la contraseña no coinciden.")).to_be_visible()
    axe()
    sign_in(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mi cuenta")
    axe()
    page.get_by_role("button", name="Aceptar la invitación").click()
    expect(page.get_by_text("Ahora actúas por")).to_be_visible()
    page.get_by_role("banner").locator("summary").click()
    page.get_by_role("link", name="Salir").click()
    page.get_by_role("main").get_by_role("button", name="Salir").click()
    expect(page.get_by_role("link", name="Entrar")).to_be_visible()
    page.goto(f"{site}/cuenta/")
    assert "/entrar/" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_public_pages_of_people_are_accessible_and_fit(page, site, ana, axe, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in PUBLIC:
        page.goto(site + path)
        axe()
        assert fits(page), path


def test_own_pages_are_accessible(page, site, ana, axe):
    sign_in(page, site)
    for path in ("/cuenta/", "/cuenta/contrasena/cambiar/", "/cuenta/verificacion/", "/salir/"):
        page.goto(site + path)
        axe()
    page.goto(f"{site}/cuenta/verificacion/activar/")
    axe()
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Confirmar").click()
    expect(page.locator("main svg path")).to_be_visible()
    axe()


def test_filters_of_the_directory_work_by_hand(page, site, ana):
    OrganisationFactory(name="Radio Costa", kind="medios", home_municipality=MunicipalityFactory(code="23005"))
    page.goto(f"{site}/organizaciones/")
    page.get_by_label("Medios").check()
    page.get_by_role("button", name="Aplicar").click()
    expect(page.get_by_role("main").get_by_role("heading", level=3)).to_have_text(["Radio Costa"])


@pytest.mark.parametrize("path", ["/organizaciones/", "/proyectos/"])
def test_filters_stay_beside_what_they_filter(page, site, path):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(site + path)
    filters, column = page.locator("#filtros").bounding_box(), page.locator(".rail.left > div").first.bounding_box()
    assert filters["width"] <= column["width"]


def test_administration_works_under_the_content_policy(page, site, ana):
    """Scripts of the administration run; whatever the policy refused would fail in the page fixture."""
    release = ReleaseFactory(public_body=PublicBodyFactory(municipality=MunicipalityFactory(code="05035")))
    sign_in(page, site, path="/admin/")
    expect(page.get_by_role("heading", name="¿De qué te quieres ocupar?")).to_be_visible()
    page.goto(f"{site}/admin/partners/organisation/add/")
    page.get_by_label("Nombre:").press_sequentially("Agua y Derecho")
    expect(page.get_by_label("Dirección en el sitio:")).to_have_value("agua-y-derecho")
    for path in ("partners/user/", f"partners/user/{ana.pk}/change/", "datasets/ingest/", "datasets/rowissue/"):
        page.goto(f"{site}/admin/{path}")
    page.goto(f"{site}/admin/datasets/release/")
    page.locator("input.action-select").check()
    page.locator("select[name=action]").select_option("withdraw")
    page.locator("button[name=index]").click()
    page.get_by_label("Motivo").fill("El municipio la corrigió")
    page.get_by_role("button", name="Retirar").click()
    expect(page.get_by_text("Se cambió una.")).to_be_visible()
    release.refresh_from_db()
    assert release.status == "withdrawn"
