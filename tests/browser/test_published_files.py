"""Two files as their institutions published them, from upload through the review to the dashboard, restated and undone.

The first edition is the very file. Neither was published again with a row that is rejected, so the second edition is made
here, by the libraries that other tests write awkward sheets with: one amount is words, another is a million more. Of a
budget such a row is rejected; a contract is loaded without its amount, and its cell is corrected on the same page.
"""

import datetime
import warnings

import openpyxl
import pytest
import python_calamine
import xlwt

from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.datasets.files import member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.realdata,
]
CULTURE = "Secretaría de Cultura de la Ciudad de México"
SPOILED = "por definir"


@pytest.fixture
def phone(site, page):
    """Somebody who coordinates an organisation, signed in, on a phone; gives the page."""
    sign_in(page.context, site, member("coordinacion")[0])
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def second_edition_xls(original, path, changes):
    """The sheet with its merged cells and dates, and the cells (row, column as Excel counts them) that changed."""
    sheet = python_calamine.CalamineWorkbook.from_path(str(original)).get_sheet_by_index(0)
    book = xlwt.Workbook()
    copy = book.add_sheet(sheet.name, cell_overwrite_ok=True)
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for (top, left), (bottom, right) in sheet.merged_cell_ranges:
        copy.merge(top, bottom, left, right)
    for row, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        for column, value in enumerate(cells, 1):
            value = changes.get((row, column), value)
            if value != "":
                style = day if isinstance(value, datetime.date) else xlwt.Style.default_style
                copy.write(row - 1, column - 1, value, style)
    book.save(str(path))
    return path


def second_edition_xlsx(original, path, changes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the publisher's logo is lost: it holds no figure
        book = openpyxl.load_workbook(original, data_only=True)
    for cell, value in changes.items():
        book.active[cell] = value
    book.save(path)
    return path


def upload(page, site, path, body=""):
    page.goto(f"{site}/datos/subir/")
    page.get_by_label("Archivo de presupuesto o contratos").set_input_files(path)
    if body:
        page.get_by_text("Lo que quizá el archivo no dice").click()
        page.get_by_label("¿De quién es el dinero?").fill(body)
    page.get_by_role("button", name="Subir el archivo").click()


def ready(page):
    page.get_by_role("heading", name="Listo: nadie lo ve todavía").wait_for(timeout=60_000)


def is_well(page, axe):
    assert fits(page)
    axe()


def publish(page):
    page.get_by_role("button", name="Publicar estas cifras").click()
    page.get_by_text("están al día").wait_for()


def words_of(page):
    return " ".join(page.locator("main").inner_text().split())


def shown(page, address):
    page.goto(address)
    return words_of(page)


def undo(page, site, link, period):
    page.goto(f"{site}/datos/?status=superseded")
    page.get_by_role("row").filter(has_text=period).get_by_role("link", name=link, exact=True).first.click()
    page.get_by_role("link", name="Restaurar esta versión").click()
    page.get_by_label("¿Por qué?").fill("La segunda edición no está firmada.")
    page.get_by_role("button", name="Restaurar esta versión").click()
    page.get_by_text("Esta versión vuelve a ser pública").wait_for()


def spending_is_published_corrected_restated_and_undone(page, site, axe, original, tmp_path):
    upload(page, site, original)
    ready(page)
    totals = page.get_by_role("table", name="Lo que dice el archivo y lo que suman sus filas")
    assert (totals.get_by_text("Coincide", exact=True).count(), totals.get_by_text("Difiere", exact=True).count()) == (
        5,
        0,
    )
    publish(page)
    body = page.get_by_role("link", name="Instituto de Alfabetización").first.get_attribute("href")
    assert "298 mdp" in shown(page, site + body)
    assert "Dir. Planeación, Eval y Estrategias" in shown(page, f"{site}{body}presupuesto/")  # told by unit alone

    # A million more was accrued, in the rows and in both printed totals; one approved amount is words.
    accrued = {"F9": 21_061_989.59, "F19": 299_109_931.70, "F42": 299_109_931.70, "F51": 299_109_931.70}
    second = second_edition_xlsx(original, tmp_path / "6.4 segunda.xlsx", accrued | {"C11": SPOILED})
    upload(page, site, second)
    ready(page)
    assert "Hay filas rechazadas y a las sumas les faltan sus montos" in words_of(page)
    is_well(page, axe)
    page.get_by_role("link", name="Corregirlas aquí").click()
    assert "0401 Dirección de Administración" in words_of(page)
    is_well(page, axe)
    page.get_by_label("Aprobado").fill("38,721,042.98")
    page.get_by_role("button", name="Cargar con estas correcciones").click()
    ready(page)
    assert (totals.get_by_text("Coincide", exact=True).count(), totals.get_by_text("Difiere", exact=True).count()) == (
        5,
        0,
    )
    assert "Filas nuevas: 0. Filas que ya no están: 0. Filas que cambiaron: 1." in words_of(page)
    publish(page)
    assert "299 mdp" in shown(page, site + body)

    undo(page, site, "Gasto", "Año completo")
    assert "298 mdp" in shown(page, site + body)


def answer_whose(page):
    page.get_by_role("link", name="Responder y confirmar las columnas").click()
    page.get_by_label("¿De quién es el dinero?").fill(CULTURE)
    page.get_by_role("button", name="Confirmar y cargar").click()
    page.get_by_label("Aún no está aquí").check()
    page.get_by_role("button", name="Confirmar y cargar").click()
    ready(page)


def contracts_are_published_corrected_restated_and_undone(page, site, axe, original, tmp_path):
    upload(page, site, original)
    answer_whose(page)
    assert "Celdas que no se entendieron: 3" in words_of(page)
    publish(page)
    body = page.get_by_role("link", name=CULTURE).first.get_attribute("href")
    assert "31.6 mdp" in shown(page, site + body)

    # The first contract's amount is words, the second costs a million more; the contracts' grid of merged cells stays.
    second = second_edition_xls(original, tmp_path / "segunda.xls", {(7, 20): SPOILED, (10, 20): 1_030_492.62})
    upload(page, site, second, body=body.rstrip("/").rpartition("/")[2])
    ready(page)
    assert SPOILED in page.get_by_role("table", name="Celdas que faltan").inner_text()
    is_well(page, axe)
    page.get_by_role("link", name="Corregirlas aquí").click()
    page.get_by_label("Monto del contrato con impuestos incluidos").first.fill("94,505.78")
    page.get_by_role("button", name="Cargar con estas correcciones").click()
    ready(page)
    quarter = "2014, enero a marzo, detalle completo"
    assert f"{quarter} Filas nuevas: 0. Filas que ya no están: 0. Filas que cambiaron: 1." in words_of(page)
    publish(page)
    assert "32.6 mdp" in shown(page, site + body)

    undo(page, site, "Contratos", "Enero a marzo")
    assert "31.6 mdp" in shown(page, site + body)


def test_published_files_become_dashboards_and_are_corrected_restated_and_undone(
    site, phone, axe, realdata_dir, tmp_path
):
    spending = realdata_dir / "budget" / "gto_inaeba_2020q4_6_4.xlsx"
    spending_is_published_corrected_restated_and_undone(phone, site, axe, spending, tmp_path)
    contracts = realdata_dir / "procurement" / "cdmx_sc_2014q1_adj_directa.xls"
    contracts_are_published_corrected_restated_and_undone(phone, site, axe, contracts, tmp_path)
