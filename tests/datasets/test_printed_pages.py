"""Statements printed over several pages: what a page repeats or hands on is no line."""

from __future__ import annotations

import pytest

from datasets.ingest.labels import is_carried
from datasets.ingest.reading import read_file
from tests.datasets.reading_files import write_xlsx
from tests.datasets.unseen_files import sum_of

HEAD = ["Partida", "Nombre", "Ppto. inicial", "Ejercido", "Pagado"]


def page(number):
    return [
        ["MUNICIPIO DE EJEMPLO", None, None, None, f"Hoja: {number} de 2"],
        ["Avance presupuestal acumulado a diciembre de 2016", None, None, None, "18/01/2017 12:41"],
        HEAD,
    ]


FIRST = [
    ["1131", "Sueldos base al personal permanente", 100.0, 90.5, 80.0],
    ["2111", "Materiales, útiles y equipos menores", 50.0, 45.0, 40.0],
    [None, "de oficina", None, None, None],
]
SECOND = [["3111", "Energía eléctrica", 30.0, 20.0, 10.0], ["5111", "Muebles de oficina y estantería", 7.0, 6.0, 5.0]]
CARRIED = [150.0, 135.5, 120.0]


def test_sums_carried_from_page_to_page_and_heads_of_pages_are_no_lines(tmp_path):
    rows = [
        *page(1), *FIRST, [None, "Pasa a la hoja siguiente", *CARRIED], [],
        *page(2), [None, "Viene de la hoja anterior", *CARRIED], *SECOND, [None, None, 187.0, 161.5, 135.0],
    ]  # fmt: skip
    path = write_xlsx(tmp_path / "avance.xlsx", {"Hoja1": rows})
    reading = read_file(path, name=path.name)
    (table,) = reading.tables
    assert (reading.kind, table.lines) == ("expenditure", 4)
    assert [str(sum_of(name, [table])) for name in ("approved", "exercised", "paid")] == ["187", "161.5", "135"]
    assert table.skipped["subtotal"] == 3
    assert not [
        question for question in reading.questions if "años distintos" in question or "varias tablas" in question
    ]


def test_heading_again_below_the_number_of_the_page_goes_on_with_the_same_list(tmp_path):
    head = ["Nombre de la obra", "Localidad", "Contratista", "Avance", "Importe contratado", "Importe pagado"]
    rows = [
        ["Barda", "Centro", "Muestra SA de CV", "90", "1,100.00", "900.10"],
        ["Domo", "Norte", "Ejemplo SA de CV", "80", "500.00", "400.00"],
    ]
    more = [
        ["Drenaje", "Sur", "Prueba SA de CV", "100", "60.00", "60.00"],
        ["TOTAL", *[None] * 3, "1,660.00", "1,360.10"],
    ]
    path = write_xlsx(tmp_path / "obras.xlsx", {"Obras": [["Obras 2020"], head, *rows, ["Página 2 de 2"], head, *more]})
    reading = read_file(path, name=path.name)
    (table,) = reading.tables
    assert (reading.kind, table.lines) == ("works", 3)
    assert "missed_total" not in {found.code for found in reading.findings}


@pytest.mark.parametrize("closed", [True, False])
def test_table_printed_again_on_another_sheet_of_paper_is_no_page_of_the_first(tmp_path, closed):
    total = [[None, "Total", 187.0, 161.5, 135.0]] if closed else []
    rows = [*FIRST[:2], *SECOND, *total, []]
    path = write_xlsx(tmp_path / "dos.xlsx", {"Hoja1": [*page(1), *rows, *page(2), *rows]})
    reading = read_file(path, name=path.name)
    assert sum(table.lines for table in reading.tables) == 4
    assert {str(sum_of("approved", [table])) for table in reading.tables} == {"187"}


def test_tables_of_two_years_are_no_pages_of_one(tmp_path):
    def of(year):
        title = ["Presupuesto de egresos", None, None, None, f"Ejercicio {year}"]
        rows = [[*row[:2], *(amount + year for amount in row[2:])] for row in (*FIRST[:2], *SECOND)]
        return [["MUNICIPIO DE EJEMPLO"], title, HEAD, *rows, []]

    path = write_xlsx(tmp_path / "dos.xlsx", {"Hoja1": [*of(2016), *of(2017)]})
    assert any("varias tablas" in question for question in read_file(path, name=path.name).questions)


@pytest.mark.parametrize(
    "text",
    ["Viene de la página anterior", "PASA A LA HOJA SIGUIENTE", "Suma y sigue", "A la vuelta", "Sumas de esta hoja:"],
)
def test_carried_sums(text):
    assert is_carried(["", text, "100.00"])


@pytest.mark.parametrize(
    "text",
    ["Hoja de lata", "Página web del municipio", "Impresión de hojas membretadas", "Seguimiento", "Vuelta ciclista"],
)
def test_names_that_speak_of_pages_are_kept(text):
    assert not is_carried(["3611", text, "100.00"])


def test_words_where_only_amounts_stand_are_no_line(tmp_path):
    """The CONAC's statement of income prints ``Ingresos excedentes`` over the columns of its amounts."""
    rows = [
        ["Estado Analítico de Ingresos del 1 de enero al 31 de diciembre de 2018"],
        ["Rubro de Ingresos", "Estimado", "Modificado", "Devengado", "Recaudado"],
        ["Impuestos", "100.00", "110.00", "120.00", "120.00"],
        ["Derechos", "50.00", "60.00", "70.00", "70.00"],
        ["Aprovechamientos", "5.00", "6.00", "7.00", "7.00"],
        ["Total", "155.00", "176.00", "197.00", "197.00"],
        [None, None, None, "Ingresos excedentes¹", "42.00"],
    ]
    path = write_xlsx(tmp_path / "eai.xlsx", {"EAI": rows})
    (table,) = read_file(path, name=path.name).tables
    assert (table.lines, str(sum_of("collected", [table]))) == (3, "197.00")
