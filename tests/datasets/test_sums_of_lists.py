"""Totals of lists are told by arithmetic where their words do not say so; rows that happen to be alike are kept."""

from __future__ import annotations

import pytest

from datasets.ingest.numbers import to_decimal
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from tests.datasets.reading_files import write_xlsx

WORKS = ["Nombre de la obra", "Localidad", "Contratista", "Fecha de inicio", "Inversión", "Ejercido"]
BUILT = [
    ["Pavimentación de la calle Uno", "Centro", "Muestra SA de CV", "05/03/2023", "$1'250,300.00", "$100,000.50"],
    ["Rehabilitación de drenaje", "Norte", "Ejemplo SA de CV", "12/04/2023", "$845,100.50", "$845,100.50"],
    ["Construcción de aula", "Sur", "Prueba SA de CV", "20/05/2023", "$2,400,000.00 M.N.", "$0.00"],
]
MORE = [
    ["Muro de contención", "Este", "Muestra SA de CV", "05/06/2023", "$100.00", "$10.00"],
    ["Techado", "Oeste", "Ejemplo SA de CV", "12/07/2023", "$200.00", "$20.00"],
    ["Banquetas", "Centro", "Prueba SA de CV", "20/08/2023", "$300.00", "$30.00"],
]
FIRST, SECOND = ["$4,495,400.50", "$945,101.00"], ["$600.00", "$60.00"]
BOTH = ["$4,496,000.50", "$945,161.00"]


def in_all(label, sums):
    return [label, None, None, None, *sums]


def lines(tmp_path, head, rows, kind):
    path = write_xlsx(tmp_path / "lista.xlsx", {"Hoja1": [["Obras 2023"], head, *rows]})
    reading = read_file(path, name=path.name, hints=Hints(kind=kind))
    return reading.tables[0].lines, reading.tables[0].skipped.get("subtotal", 0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*BUILT, in_all("Son 3 obras", FIRST)], (3, 1)),
        ([*BUILT, in_all(None, FIRST)], (3, 1)),
        ([*BUILT, in_all("Del fondo uno", FIRST), *MORE, in_all("Del fondo dos", SECOND)], (6, 2)),
        (
            [*BUILT, in_all("Fondo uno", FIRST), *MORE, in_all("Fondo dos", SECOND), in_all("Así se fue", BOTH)],
            (6, 3),
        ),
        ([*BUILT, in_all("Obra por asignar", ["$4,495,400.51", "$945,101.00"])], (4, 0)),
        ([*BUILT, ["Obra que suma", "Centro", "Muestra SA de CV", "05/03/2023", *FIRST]], (4, 0)),
        ([*BUILT[:2], in_all("Obra", ["$2,095,400.50", "$945,101.00"])], (3, 0)),
    ],
    ids=["words", "no words", "groups", "groups and all", "a cent more", "a whole row", "two rows are few"],
)
def test_row_that_sums_those_above_is_no_work(tmp_path, rows, expected):
    assert lines(tmp_path, WORKS, rows, "works") == expected


def test_row_that_sums_those_above_is_no_contract(tmp_path):
    head = ["No. contrato", "Proveedor", "Descripción", "Fecha de firma", "Procedimiento", "Importe con IVA"]
    rows = [[f"A-{n}", "Muestra SA de CV", "Bomba", "12/02/2023", "Licitación", f"{n}00.10"] for n in (1, 2, 3)]
    total = [None, None, "Esto es todo lo comprado", None, None, "600.30"]
    assert lines(tmp_path, head, [*rows, total], "contracts")[0] == 3


def test_row_that_a_person_counts_stays(tmp_path):
    path = write_xlsx(tmp_path / "lista.xlsx", {"Hoja1": [["Obras 2023"], WORKS, *BUILT, in_all("Son 3 obras", FIRST)]})
    hints = Hints(kind="works", counted={"Hoja1": [6]})
    assert read_file(path, name=path.name, hints=hints).tables[0].lines == 4


CLOSING = [
    "No. de obra",
    "Descripción",
    "Localidad",
    "Unidad de medida",
    "Aprobada",
    "Modificada",
    "Ejercida",
    "Inicio",
    "Término",
]
GROUPED = [
    [None, "03 AGUA POTABLE", None, None, "300.10", "310.20", "305.30", None, None],
    ["2015-1", "Línea de agua", "Centro", "ML", "100.05", "110.10", "105.15", "2015-04-26", "2015-07-05"],
    ["2015-2", "Tanque elevado", "Norte", "PIEZA", "200.05", "200.10", "200.15", "2015-04-26", "2015-07-05"],
    [None, "04 DRENAJE", None, None, "50.00", "55.00", "54.00", None, None],
    ["2015-3", "Drenaje sanitario", "Sur", "ML", "50.00", "55.00", "54.00", "2015-04-26", "2015-07-05"],
    [None, "TOTAL DEL FONDO", None, None, "350.10", "365.20", "359.30", None, None],
]


def test_headings_of_groups_that_print_the_sum_of_their_works_are_no_works(tmp_path):
    head = [*CLOSING[:4], *(f"Inversión {word.lower()}" for word in CLOSING[4:7]), *CLOSING[7:]]
    path = write_xlsx(tmp_path / "cierre.xlsx", {"Hoja1": [["Cierre del ejercicio 2015, FISMDF"], head, *GROUPED]})
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.tables[0].lines, reading.tables[0].skipped["subtotal"]) == ("works", 3, 3)


OWED = ["Denominación de la Deuda Pública y Otros Pasivos (c)",
        "Saldo al 31 de diciembre de 2018 (d)", "Disposiciones del Periodo (e)",
        "Amortizaciones del Periodo (f)", "Saldo Final del Periodo (h)", "Pago de Intereses del Periodo (i)"]  # fmt: skip
CREDITS = [
    ["1. Deuda Pública (1=A+B)", "1000", "90", "110", "980", "33"],
    ["A. Corto Plazo (A=a1+a2)", "300", "90", "50", "340", "13"],
    ["a1) Instituciones de Crédito", "300", "90", "50", "340", "13"],
    ["      Banco Ejemplo", "100", "40", "20", "120", "5"],
    ["      Banco Muestra", "200", "50", "30", "220", "8"],
    ["a2) Títulos y Valores", "0", "0", "0", "0", "0"],
    ["B. Largo Plazo (B=b1+b2)", "700", "0", "60", "640", "20"],
    ["b1) Instituciones de Crédito", "700", "0", "60", "640", "20"],
    ["      Banco Ejemplo 2030", "400", "0", "50", "350", "15"],
    ["      Banco Muestra 2035", "300", "0", "10", "290", "5"],
    ["b2) Títulos y Valores", "0", "0", "0", "0", "0"],
    ["2. Otros Pasivos", "70", None, None, "75", None],
    ["3. Total de la Deuda Pública y Otros Pasivos (3=1+2)", "1070", "90", "110", "1055", "33"],
]
SHORT = [
    [
        "Obligaciones a Corto Plazo (k)",
        "Monto Contratado (l)",
        "Plazo Pactado (m)",
        "Tasa de Interés (n)",
        "Comisiones (o)",
    ],
    ["6. Obligaciones a Corto Plazo (Informativo)", "300", None, None, None],
    ["A. Crédito 1", "100", "12 meses", "TIIE + 0.80", "0"],
    ["B. Crédito 2", "200", "11 meses", "TIIE + 0.74", "0"],
]


@pytest.mark.parametrize("kind", [None, "debt"], ids=["by itself", "as a person says"])
def test_credits_listed_under_their_sort_are_owed_once(tmp_path, kind):
    """LDF format 2: sorts without a formula sum the credits below them; the table of short-term credits repeats some."""
    title = [
        ["Municipio de Torreón (a)"],
        ["Informe Analítico de la Deuda Pública y Otros Pasivos - LDF"],
        ["Al 31 de diciembre de 2019"],
    ]
    path = write_xlsx(tmp_path / "f2.xlsx", {"Hoja1": [*title, OWED, *CREDITS, [], *SHORT]})
    reading = read_file(path, name=path.name, hints=Hints(kind=kind))
    [table] = reading.tables
    balances = [to_decimal(str(text)) for block in table.stored for text in block.columns["balance"]]
    assert (reading.kind, reading.questions, sum(balances), len(balances)) == ("debt", [], 1055, 7)
    [found] = reading.findings
    assert (found.code, "no se carga" in found.message) == ("informative", False)
    assert (table.context.municipality_name, table.context.body_name) == ("Torreón", "Municipio de Torreón")


@pytest.mark.parametrize(
    ("rows", "missed"),
    [
        ([*BUILT, in_all("TOTAL", FIRST)], False),
        ([*BUILT, in_all("TOTAL", ["$4,495,400.51", "$945,101.00"])], True),
        ([*BUILT, in_all("Subtotal", FIRST), *MORE, in_all("Subtotal", SECOND)], False),
        ([*BUILT, in_all("Subtotal", FIRST), *MORE, in_all("Total", BOTH)], False),
        ([*BUILT, in_all("Subtotal", FIRST), *MORE[:2], in_all("Total", BOTH)], True),
        (BUILT, False),
    ],
    ids=["met", "a cent more", "of the group", "of all", "a row is missing", "none printed"],
)
def test_printed_total_that_the_rows_miss_is_said(tmp_path, rows, missed):
    path = write_xlsx(tmp_path / "lista.xlsx", {"Hoja1": [["Obras 2023"], WORKS, *rows]})
    reading = read_file(path, name=path.name, hints=Hints(kind="works"))
    found = [one.message for one in reading.findings if one.code == "missed_total"]
    assert bool(found) == missed
    assert not found or "el total impreso en la fila" in found[0]


def test_list_with_contractors_and_what_was_contracted_is_one_of_works(tmp_path):
    head = ["Obra", "Contratista", "Autorizado", "Contratado", "Estimaciones pagadas", "Avance"]
    rows = [["Barda", "Muestra SA de CV", "1,200.50", "1,100.00", "900.10", "90"]] * 4
    path = write_xlsx(tmp_path / "programa 2016.xlsx", {"Hoja1": [["Programa 2016"], head, *rows]})
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.columns.get("Estimaciones pagadas")) == ("works", "spent")
