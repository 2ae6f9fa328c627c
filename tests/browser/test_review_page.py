"""A file from upload through its review to the dashboard: looked at as a grid, a reject corrected, restated, undone."""

import pytest

from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.datasets.files import BAD_ROW, HEADINGS, ROWS, member

from .test_file_becomes_dashboard import looks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.worker]

FILE = {"name": "gasto 2024.csv", "mimeType": "text/csv", "buffer": (HEADINGS + ROWS + BAD_ROW).encode()}


@pytest.fixture
def at(site, page):
    """Somebody who coordinates an organisation, signed in; gives the page."""
    sign_in(page.context, site, member("coordinacion")[0])
    return page


def upload(page, site, file, **said):
    page.goto(f"{site}/datos/subir/")
    page.get_by_label("Archivo de presupuesto o contratos").set_input_files(file)
    page.get_by_text("Lo que quizá el archivo no dice").click()
    for label, value in said.items():
        field = page.get_by_label({"body": "¿De quién es el dinero?", "year": "Año"}[label])
        field.fill(value)
    page.get_by_label("Periodo").select_option("annual")
    page.get_by_label("¿Qué documento es?").select_option("public_account")
    page.get_by_role("button", name="Subir el archivo").click()


def ready(page):
    page.get_by_role("heading", name="Listo: nadie lo ve todavía").wait_for(timeout=60_000)


def fits_and_is_accessible(page, axe):
    for look in looks(page):
        assert fits(page), look
        axe()


def test_reject_is_corrected_restated_and_undone(site, at, axe):
    page = at
    upload(page, site, FILE, body="Torreón, Coahuila", year="2024")
    ready(page)
    page.get_by_role("link", name="Revisar y corregir").click()
    grid = page.get_by_role("table", name="El archivo")
    assert grid.locator("tr.g-rejected td.refused").inner_text() == "por definir"
    page.get_by_label("Los montos están en").select_option("1000")
    page.get_by_role("button", name="Solo mostrar qué cambia").click()
    sums = page.get_by_role("table", name="Sumas")
    assert "1,500.00" in sums.inner_text()
    assert "1,500,000.00" in sums.inner_text()
    fits_and_is_accessible(page, axe)
    page.get_by_role("link", name="Volver sin guardar").click()
    page.get_by_role("button", name="Publicar estas cifras").click()
    page.get_by_role("link", name="Corregirlas aquí").click()
    fits_and_is_accessible(page, axe)
    page.get_by_label("Aprobado").fill("250.00")
    page.get_by_role("button", name="Cargar con estas correcciones").click()
    ready(page)
    assert "Filas nuevas: 1. Filas que ya no están: 0. Filas que cambiaron: 0." in page.locator("main").inner_text()
    fits_and_is_accessible(page, axe)
    page.get_by_role("button", name="Publicar estas cifras").click()
    page.get_by_text("están al día").wait_for()
    page.goto(f"{site}/municipios/05035/presupuesto/")
    assert "Transferencias" in page.locator("main").inner_text()
    page.goto(f"{site}/datos/?status=superseded")
    page.get_by_role("link", name="Gasto", exact=True).first.click()
    page.get_by_role("link", name="Restaurar esta versión").click()
    page.get_by_label("¿Por qué?").fill("El renglón de transferencias no estaba confirmado.")
    page.get_by_role("button", name="Restaurar esta versión").click()
    page.get_by_text("Esta versión vuelve a ser pública").wait_for()
    page.goto(f"{site}/municipios/05035/presupuesto/")
    assert "Transferencias" not in page.locator("main").inner_text()
