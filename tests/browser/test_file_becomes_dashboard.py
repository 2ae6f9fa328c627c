"""The way of a file from a person's disk to the dashboard, and from a figure back to its row."""

import pytest
from django.conf import settings
from django.test import Client

from tests.browser.clicks import fits
from tests.datasets.files import BAD_ROW, HEADINGS, ROWS, member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.worker]

FILE = {"name": "cuenta pública 2024.csv", "mimeType": "text/csv", "buffer": (HEADINGS + ROWS + BAD_ROW).encode()}


@pytest.fixture
def cookie(site):
    """Somebody who coordinates an organisation, signed in."""
    client = Client()
    client.force_login(member("coordinacion")[0])
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": site,
    }


def send_the_file(page, site):
    page.goto(f"{site}/datos/")
    page.get_by_role("link", name="Subir un archivo").click()
    page.get_by_label("Archivo de presupuesto o contratos").set_input_files(FILE)
    page.get_by_text("Lo que quizá el archivo no dice").click()
    page.get_by_label("¿De quién es el dinero?").fill("Torreón, Coahuila")
    page.get_by_label("Año").fill("2024")
    page.get_by_label("Periodo").select_option("annual")
    page.get_by_label("¿Qué documento es?").select_option("public_account")
    page.get_by_role("button", name="Subir el archivo").click()


def test_file_becomes_a_dashboard_and_a_figure_leads_back_to_its_row(site, page, axe, cookie):
    page.context.add_cookies([cookie])
    send_the_file(page, site)
    page.get_by_role("heading", name="Listo: nadie lo ve todavía").wait_for(timeout=30_000)
    assert "4 leídas = 3 cargadas + 1 rechazadas + 0 omitidas." in page.locator("main").inner_text()
    assert "por definir" in page.get_by_role("table", name="Filas que no se cargaron").inner_text()
    for look in looks(page):
        assert fits(page), look
        axe()
    page.get_by_role("button", name="Publicar estas cifras").click()
    page.get_by_text("Publicado. Las cifras de Municipio de Torreón están al día.").wait_for()
    page.get_by_role("link", name="Gasto 2024").click()
    axe()
    page.get_by_role("link", name="2", exact=True).click()
    cells = page.get_by_role("table", name="Fila 3").locator("tbody tr").all_inner_texts()
    assert cells[:3] == ["Capítulo\t2000", "Concepto\tMateriales y suministros", "Aprobado\t300.00"]
    axe()
    page.context.clear_cookies()
    page.goto(f"{site}/municipios/05035/presupuesto/")
    assert "Servicios personales" in page.locator("main").inner_text()
    assert page.context.cookies() == []


def test_file_is_sent_and_watched_without_javascript(site, browser, cookie):
    context = browser.new_context(java_script_enabled=False, locale="es-MX")
    context.add_cookies([cookie])
    page = context.new_page()
    send_the_file(page, site)
    # The page asks for itself again until the load has ended.
    page.get_by_role("heading", name="Listo: nadie lo ve todavía").wait_for(timeout=30_000)
    page.get_by_role("link", name="Revisar y corregir").click()
    page.get_by_label("Fila de los encabezados").fill("1")
    page.get_by_role("button", name="Leerlo otra vez").click()
    assert "Así se lee ahora el archivo" in page.locator("main").inner_text()
    assert page.get_by_label("Devengado", exact=True).input_value() == "accrued"
    context.close()


def looks(page):
    """On a phone and on a desk, by day and by night."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            yield width, scheme


def test_pages_of_files_are_accessible_and_fit(site, page, axe, cookie):
    page.context.add_cookies([cookie])
    page.goto(f"{site}/datos/subir/")
    page.get_by_label("Archivo de presupuesto o contratos").set_input_files(FILE)
    page.get_by_role("button", name="Subir el archivo").click()
    page.get_by_role("heading", name="Una persona debe responder").wait_for(timeout=30_000)
    load = page.url
    for address in (f"{site}/datos/", f"{site}/datos/?q=nadie", f"{site}/datos/subir/", load, f"{load}columnas/"):
        page.goto(address)
        for look in looks(page):
            assert fits(page), (address, look)
            axe()
    page.get_by_label("¿De quién es el dinero?").fill("Nadie la conoce")
    page.get_by_role("button", name="Confirmar y cargar").click()
    page.get_by_label("Aún no está aquí").wait_for()
    axe()
