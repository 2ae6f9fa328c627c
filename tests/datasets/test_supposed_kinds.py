"""A list whose headings nobody knows is proposed as what its title and cells make of it, and never published by itself."""

from __future__ import annotations

import pytest

from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from tests.datasets.reading_files import write_xlsx

BOUGHT = [
    ["Folio", "A quien", "Que se pidió", "Cuando", "Cuanto fue"],
    ["A-01", "Ferretería Muestra SA de CV", "Tubería de 4 pulgadas", "12/02/2023", "45,320.50"],
    ["A-02", "Bombas Muestra SA de CV", "Bomba sumergible", "03/03/2023", "128,900.00"],
    ["A-03", "Químicos Muestra S. de R.L. de C.V.", "Hipoclorito", "21/04/2023", "18,760.10"],
    ["A-04", "Medidores Muestra SA de CV", "Medidores", "09/06/2023", "96,400.00"],
]
OWED = [
    ["Quien prestó", "Lo que prestó", "Lo que falta", "Cuando se acaba"],
    ["Banobras, S.N.C.", "45,000,000.00", "30,250,000.00", "31/12/2030"],
    ["BBVA México", "12,000,000.00", "4,100,000.00", "30/06/2026"],
    ["Banco del Bajío", "8,500,000.00", "8,100,000.00", "15/01/2029"],
]
BUILT = [
    ["Tarea", "Por donde", "Lo que costó", "Arrancó"],
    ["Pavimentación de la calle Uno", "Col. Centro", "1,250,300.00", "05/03/2023"],
    ["Rehabilitación de drenaje", "Col. Norte", "845,100.50", "12/04/2023"],
    ["Construcción de aula", "Col. Sur", "2,400,000.00", "20/05/2023"],
]
BARRED = [
    ["Quien", "Hasta cuando", "Motivo"],
    ["Ferretería Muestra SA de CV", "12/02/2026", "No entregó"],
    ["Bombas Muestra SA de CV", "03/03/2027", "Documento falso"],
    ["Químicos Muestra SA de CV", "21/04/2026", "No entregó"],
]
SPENT = [
    ["Oficina", "Bolsa del año", "Salió"],
    ["Tesorería", "12,500,300.00", "9,250,300.00"],
    ["Obras", "845,100.50", "845,100.50"],
    ["Cultura", "2,400,000.00", "1,400,000.00"],
]
CODED = [["C.", None, "$"], ["1131", "Sueldos", "3,518,108.00"], ["1221", "Eventuales", "207,533.00"]]
CODED += [["2111", "Papelería", "12,359,890.00"], ["2461", "Material eléctrico", "2,663,013.00"]]
COLLECTED = [
    ["Concepto", None, "2023", "2022", None, "Cambio"],
    [],
    ["De aquí"],
    ["  Piso de plaza", None, "173,661.98", "798,159.04", None, "-624,497.06"],
    ["  Sanitarios", None, "69,676.62", "901,496.98", None, "-831,820.36"],
    ["  Panteón", None, "350,767.58", "527,707.07", None, "-176,939.49"],
    ["De fuera"],
    ["  Lo del Estado", None, "507,570.63", "429,441.89", None, "78,128.74"],
]
PEOPLE = [
    ["Quien", "Que hace", "Desde", "Se le da"],
    ["Juana Pérez López", "Auxiliar", "12/02/2020", "8,320.50"],
    ["Luis Gómez Ruiz", "Jefe de área", "03/03/2019", "18,900.00"],
    ["Ana Ríos Díaz", "Secretaria", "21/04/2021", "9,760.10"],
]
FIRMS = [
    ["Quien", "Desde", "Giro"],
    ["Ferretería Muestra SA de CV", "12/02/2020", "Ferretería"],
    ["Bombas Muestra SA de CV", "03/03/2019", "Bombas"],
    ["Químicos Muestra SA de CV", "21/04/2021", "Químicos"],
]


def read(tmp_path, title, rows, **hints):
    path = write_xlsx(tmp_path / "tabla.xlsx", {"Hoja1": [[title], [], *rows]})
    return read_file(path, name=path.name, hints=Hints(**hints))


@pytest.mark.parametrize(
    ("title", "rows", "kind", "word"),
    [
        ("Relación de lo que se compró en 2023", BOUGHT, "contracts", "compras o contratos"),
        ("Relación 2023", BOUGHT, "contracts", "compras o contratos"),
        ("Relación 2023", OWED, "debt", "deudas"),
        ("Relación 2023", BUILT, "works", "obras"),
        ("Empresas sancionadas", BARRED, "sanctions", "sancionados"),
        ("Empresas suspendidas", BARRED, "sanctions", "sancionados"),
        ("Proveedores sancionados", BARRED, "sanctions", "sancionados"),
        ("Obras del municipio 2023", BOUGHT, "works", "obras"),
    ],
)
def test_kind_is_proposed_with_the_row_of_the_headings_and_asked_about(tmp_path, title, rows, kind, word):
    reading = read(tmp_path, title, rows)
    assert (reading.kind, reading.header_row, reading.complete, reading.is_supposed) == (kind, 3, False, True)
    assert word in reading.questions[0] and "fila 3" in reading.questions[0]
    assert reading.tables[0].lines == len(rows) - 1


@pytest.mark.parametrize("rows", [SPENT, CODED], ids=["words of its own", "columns without a heading"])
def test_budget_is_proposed_by_its_title_and_its_columns_laid_out(tmp_path, rows):
    reading = read(tmp_path, "Presupuesto de egresos 2023", rows)
    assert (reading.kind, reading.header_row, reading.complete, reading.is_supposed) == ("expenditure", 3, False, True)
    assert "una tabla de gasto" in reading.questions[0]
    assert reading.tables[0].headings[0] == rows[0][0]


@pytest.mark.parametrize(
    ("title", "rows", "header_row", "amounts"),
    [
        ("Presupuesto de egresos 2023", SPENT, 3, "«Bolsa del año», «Salió»"),
        ("Presupuesto de egresos 2023", CODED, 3, "«$»"),
        ("Ingresos de 2023 y 2022", COLLECTED, 3, "«2023», «2022», «Cambio»"),
    ],
    ids=["words", "a sign", "years"],
)
def test_of_a_budget_it_is_asked_what_its_amounts_are(tmp_path, title, rows, header_row, amounts):
    reading = read(tmp_path, title, rows)
    assert reading.header_row == header_row
    assert f"No se sabe qué es cada columna con montos: {amounts}." in reading.questions[1]
    assert all(table.lines == 0 for table in reading.tables)


def test_years_that_a_person_names_are_loaded_without_sections(tmp_path):
    columns = {"Concepto": "revenue_name", "2023": "collected"}
    reading = read(tmp_path, "Ingresos de 2023 y 2022", COLLECTED, kind="revenue", columns=columns)
    assert [table.lines for table in reading.tables] == [4]


def test_numbers_that_head_columns_are_their_headings(tmp_path):
    rows = [[str(number) for number in range(1, 5)], *BUILT[1:]]
    reading = read(tmp_path, "Obras del municipio 2023", rows)
    assert (reading.kind, reading.header_row, reading.tables[0].lines) == ("works", 3, 3)
    assert reading.tables[0].headings == ["1", "2", "3", "4"]


def test_letters_head_amounts_whose_commas_are_no_marks_between_columns(tmp_path):
    path = tmp_path / "tabla.csv"
    lines = ["\t\tA\tB"]
    lines += [f"{code}\tRenglón {code}\t16,2{code},407.58\t11,3{code},285.31" for code in range(11, 20)]
    path.write_text("Ingresos de 2021, por renglón\n" + "\n".join(lines) + "\n", encoding="utf-8")
    reading = read_file(path, name=path.name, hints=Hints())
    assert (reading.delimiter, reading.kind, reading.header_row) == ("\t", "revenue", 2)
    assert "«A», «B»" in reading.questions[1]


def test_debts_of_which_no_column_says_whose_they_are_still_stand_in_rows(tmp_path):
    rows = [["Quién nos dio", "Lo que dio", "Destino"]]
    rows += [[f"Caja {number}", f"{number}2,500,300.00", "Obra pública"] for number in (1, 2, 3)]
    reading = read(tmp_path, "Préstamos 2023", rows)
    assert (reading.kind, reading.tables[0].lines) == ("debt", 3)
    assert "«Lo que dio»" in reading.questions[1]


@pytest.mark.parametrize("title", ["Relación de cheques y transferencias, marzo de 2023", "Relación de pagos 2023"])
def test_what_was_paid_to_whom_is_for_something_else(tmp_path, title):
    reading = read(tmp_path, title, BOUGHT)
    assert (reading.kind, [found.code for found in reading.findings]) == (None, ["payments"])


@pytest.mark.parametrize("rows", [PEOPLE, FIRMS], ids=["people who are paid", "companies without amounts"])
def test_cells_that_could_be_anything_are_supposed_to_be_nothing(tmp_path, rows):
    reading = read(tmp_path, "Relación 2023", rows)
    assert (reading.kind, reading.is_supposed) == (None, False)
    assert [found.code for found in reading.findings] == ["no_table"]
    assert reading.header_row == 3 and f"«{rows[0][1]}»" in reading.questions[0]


def test_what_a_person_says_is_asked_about_no_more(tmp_path):
    columns = {"A quien": "supplier_name", "Que se pidió": "description", "Cuando": "date_signed"}
    columns |= {"Cuanto fue": "amount_unspecified_tax", "Folio": "contract_number"}
    reading = read(tmp_path, "Relación 2023", BOUGHT, kind="contracts", columns=columns)
    assert (reading.kind, reading.is_supposed, reading.questions) == ("contracts", False, [])


def test_known_headings_are_supposed_nothing(tmp_path):
    head = ["No. contrato", "Proveedor", "Descripción", "Fecha de firma", "Importe con IVA"]
    reading = read(tmp_path, "Relación 2023", [head, *BOUGHT[1:]])
    assert (reading.kind, reading.is_supposed) == ("contracts", False)


def test_of_the_sheet_that_a_person_chose_alone_it_is_supposed(tmp_path):
    sheets = {"Uno": [["Relación 2023"], [], *BOUGHT], "Dos": [["Relación 2023"], [], *OWED]}
    path = write_xlsx(tmp_path / "tabla.xlsx", sheets)
    reading = read_file(path, name=path.name, hints=Hints(sheet="Dos"))
    assert (reading.kind, reading.sheet) == ("debt", "Dos")
