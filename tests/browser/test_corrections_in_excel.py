"""Rejected rows are downloaded, corrected in a spreadsheet, sent back, published, and the correction is undone."""

import pytest
from openpyxl import load_workbook

from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.browser.test_review_page import ready, upload
from tests.datasets.files import BAD_ROW, HEADINGS, ROWS, member
from tests.datasets.test_corrections import SECOND_BAD, as_excel_leaves_it

from .test_file_becomes_dashboard import looks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.worker]

TEXT = HEADINGS + ROWS + BAD_ROW + SECOND_BAD
FILE = {"name": "gasto 2024.csv", "mimeType": "text/csv", "buffer": TEXT.encode()}


@pytest.fixture
def at(site, page):
    sign_in(page.context, site, member("coordinacion")[0])
    return page


def fits_and_is_accessible(page, axe):
    for look in looks(page):
        assert fits(page), look
        axe()


def downloaded(page, path):
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel", exact=True).click()
    taken.value.save_as(path)
    return load_workbook(path)


def send(page, book, path):
    book.save(path)
    page.get_by_label("Archivo con las filas corregidas").set_input_files(path)
    page.get_by_role("button", name="Cargar las filas corregidas").click()


def test_rejects_are_corrected_in_a_spreadsheet_published_and_undone(site, at, axe, tmp_path):
    page, path = at, tmp_path / "rechazadas.xlsx"
    upload(page, site, FILE, body="Torreón, Coahuila", year="2024")
    ready(page)
    page.get_by_role("button", name="Publicar estas cifras").click()
    page.get_by_role("link", name="Corregirlas aquí").click()
    book = downloaded(page, path)
    send(page, book, path)  # as it came: nothing is corrected
    page.get_by_text("Ninguna celda es distinta de la del archivo").wait_for()
    fits_and_is_accessible(page, axe)

    as_excel_leaves_it(book.active)
    send(page, book, path)
    page.get_by_text("Filas corregidas: 2.").wait_for()
    ready(page)
    main = page.locator("main").inner_text()
    assert "Se leyó otra vez todo el archivo con las 2 filas corregidas" in main
    assert "Filas nuevas: 2. Filas que ya no están: 0. Filas que cambiaron: 0." in main
    fits_and_is_accessible(page, axe)
    page.get_by_role("button", name="Publicar estas cifras").click()
    page.get_by_text("están al día").wait_for()
    page.goto(f"{site}/municipios/05035/presupuesto/")
    assert "Bienes muebles" in page.locator("main").inner_text()

    page.goto(f"{site}/datos/?status=superseded")
    page.get_by_role("link", name="Gasto", exact=True).first.click()
    page.get_by_role("link", name="Restaurar esta versión").click()
    page.get_by_label("¿Por qué?").fill("Las correcciones no estaban confirmadas.")
    page.get_by_role("button", name="Restaurar esta versión").click()
    page.get_by_text("Esta versión vuelve a ser pública").wait_for()
    page.goto(f"{site}/municipios/05035/presupuesto/")
    assert "Bienes muebles" not in page.locator("main").inner_text()


def test_correction_of_somebody_else_is_told_before_it_is_left_out(site, at, axe):
    page = at
    upload(page, site, FILE, body="Torreón, Coahuila", year="2024")
    ready(page)
    page.get_by_role("link", name="Corregirlas aquí").click()
    address = page.url
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("Aprobado").first.fill("1.00")
    other.get_by_role("button", name="Cargar con estas correcciones").click()
    other.get_by_text("Filas corregidas: 1.").wait_for()
    page.get_by_label("Aprobado").first.fill("2.00")
    page.get_by_role("button", name="Cargar con estas correcciones").click()
    page.get_by_text("corrigió filas de esta carga mientras la tenías abierta").wait_for()
    assert page.get_by_label("Aprobado").first.input_value() == "2.00"  # nothing that was typed is lost
    fits_and_is_accessible(page, axe)
    page.get_by_role("button", name="Cargar con estas correcciones").click()
    page.get_by_text("Filas corregidas: 1.").wait_for()
