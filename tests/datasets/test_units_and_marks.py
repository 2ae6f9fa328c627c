"""Thousands, millions and decimal marks that only a sum, a sheet's name or the columns beside tell."""

from __future__ import annotations

import pytest

from datasets.ingest.context import unit_of
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from tests.datasets.reading_files import write_xlsx
from tests.datasets.unseen_files import sum_of


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Ingresos 2019 (miles $)", 1_000),
        ("Montos en millones", 1_000_000),
        ("Cifras expresadas en miles", 1_000),
        ("(en miles)", 1_000),
        ("Miles de personas atendidas", 1),
        ("12 millones de beneficiarios", 1),
        ("Enero a diciembre de 2023 millones de pesos", 1_000_000),
        ("Contratos mayores a 2 millones de pesos", 1),
        ("Presupuesto 2024: 350 millones de pesos", 1),
        ("Techo de 50 mdp", 1),
        ("Montos en millones de UDIS", 1),
        ("Importes en miles de dólares", 1),
        ("Agencias del Ministerio Público (MP)", 1),
    ],
)
def test_unit_in_words(text, unit):
    assert unit_of([text]) == unit


def test_name_of_the_sheet_says_the_unit(tmp_path):
    rows = [["Concepto", "Estimado", "Recaudado"], *([f"Servicio {n}", 10.5 * n, 9.5 * n] for n in (1, 2, 3, 4))]
    path = write_xlsx(tmp_path / "ingresos 2019.xlsx", {"Ingresos 2019 (miles $)": [["Ingresos 2019"], [], *rows]})
    reading = read_file(path, name=path.name, hints=Hints(kind="revenue"))
    assert {table.unit for table in reading.tables} == {1_000}
    assert str(sum_of("estimated", reading.tables)).startswith("105000")


def debts(total):
    lines = ["Registro de deuda de los municipios, cuarto trimestre de 2023 (millones de pesos)"]
    lines += ["Municipio;Acreedor;Crédito contratado;Saldo 2023"]
    lines += ["Acaponeta;Banobras;7,196;3,233", "Compostela;Banorte;46,041;18,203", "Jala;Santander;28,531;18,195"]
    return "\n".join([*lines, ";;3081,768;1039,631" if total == "large" else ";;81,768;39,631"])


def test_sum_of_a_list_shows_the_mark_of_its_amounts_and_is_no_credit(tmp_path):
    path = tmp_path / "deuda.csv"
    path.write_text(debts("").replace("7,196", "3007,196").replace("81,768", "3081,768"), encoding="utf-8")
    reading = read_file(path, name=path.name, hints=Hints(kind="debt"))
    (table,) = reading.tables
    assert (table.lines, table.decimal["contracted"], table.decimal["balance"]) == (3, ",", ",")
    assert not [question for question in reading.questions if "separa miles o decimales" in question]


def test_millions_whose_mark_may_be_either_are_asked_about(tmp_path):
    path = tmp_path / "deuda.csv"
    path.write_text(debts(""), encoding="utf-8")
    reading = read_file(path, name=path.name, hints=Hints(kind="debt"))
    asked = [question for question in reading.questions if "separa miles o decimales" in question]
    assert len(asked) == 2 and "7,196" in asked[0]


def test_budget_of_a_year_is_the_approved_one_and_the_sum_of_its_months_is_asked_about(tmp_path):
    months = ["ENE", "FEB", "MAR"]
    rows = [
        ["GASTO POR DEPENDENCIA 2017"],
        ["CLAVE", "DEPENDENCIA", "PPTO. ANUAL 2017", *months, "ACUM. A MAR", "% AVANCE"],
    ]
    spent = [[1_000_500.25 * n, 10_500.25 * n, 20_000.0 * n, 30_000.0 * n, 60_500.25 * n] for n in range(1, 6)]
    rows += [
        [f"00{n}", f"Dirección {n}", *(f"{amount:,.2f}" for amount in row), "6.05"] for n, row in enumerate(spent, 1)
    ]
    path = write_xlsx(tmp_path / "gasto.xlsx", {"Hoja1": rows})
    reading = read_file(path, name=path.name, hints=Hints(kind="expenditure"))
    assert reading.columns.get("PPTO. ANUAL 2017") == "approved"
    assert any("«ACUM. A MAR»" in question for question in reading.questions)


TWO = ["1,234.56", "$ 1.234,56", "(12,818.91)", "$ 749,63-", "100", "-"]
WORKS = ["Nombre de la obra", "Localidad", "Contratista", "Avance", "Importe contratado"]


def test_amounts_of_two_conventions_in_one_column_are_each_read_by_themselves(tmp_path):
    rows = [["Presupuesto 2015"], ["Partida", "Nombre", "Autorizado"]]
    rows += [[f"1{n}31", f"Concepto {n}", amount] for n, amount in enumerate(TWO, 1)]
    path = write_xlsx(tmp_path / "partidas.xlsx", {"Hoja1": rows})
    reading = read_file(path, name=path.name, hints=Hints(kind="expenditure"))
    assert str(sum_of("approved", reading.tables)) == "-10999.42"
    assert [found.code for found in reading.findings].count("two_marks") == 1
    assert not [question for question in reading.questions if "separa miles o decimales" in question]


@pytest.mark.parametrize(
    ("amounts", "total", "asked"), [(TWO[:2], "2469.12", False), ([*TWO[:2], "1,234"], None, True)]
)
def test_one_amount_that_may_be_either_leaves_the_column_to_a_person(tmp_path, amounts, total, asked):
    rows = [
        ["Obras 2015"],
        WORKS,
        *([f"Obra {n}", "Centro", "Muestra SA de CV", "9", one] for n, one in enumerate(amounts)),
    ]
    path = write_xlsx(tmp_path / "obras.xlsx", {"Obras": rows})
    reading = read_file(path, name=path.name, hints=Hints(kind="works"))
    assert ("two_marks" in {found.code for found in reading.findings}) != asked
    assert any("separa miles o decimales" in question for question in reading.questions) == asked
    assert total is None or str(sum_of("contracted", reading.tables)) == total
