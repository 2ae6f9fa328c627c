"""Headings and totals as offices word them for people: sentences, sums with a name of their own, what is left of a debt."""

from decimal import Decimal
from pathlib import Path

import pytest

from datasets.ingest.dictionary import fold, match_heading
from datasets.ingest.reading import Hints, read_file
from datasets.ingest.spoken import change_said, in_participles
from tests.datasets.reading_files import write_csv, write_xlsx
from tests.datasets.unseen_files import sum_of


def read(path: Path, **hints):
    return read_file(path, name=path.name, hints=Hints(**hints))


def table(tmp_path: Path, rows: list[list[object]], name: str = "tabla.csv", **hints):
    return read(write_csv(tmp_path / name, rows), **hints)


# -- sentences


@pytest.mark.parametrize(
    ("kind", "heading", "field"),
    [
        ("expenditure", "Lo que se gastó", "exercised"),
        ("expenditure", "Se pagó en el año", "paid"),
        ("expenditure", "Cuánto se ha pagado", "paid"),
        ("expenditure", "Lo que aprobó el Cabildo", "approved"),
        ("expenditure", "Con cuánto inició", "approved"),
        ("expenditure", "Con cuánto cerró", "modified"),
        ("expenditure", "Les quedó para gastar", "modified"),
        ("expenditure", "Se le sumó", "increases"),
        ("expenditure", "Lo que se les quitó", "decreases"),
        ("expenditure", "Cuánto se aumentó o disminuyó", "adjustments"),
        ("revenue", "Lo que se esperaba recaudar", "estimated"),
        ("revenue", "Total que entró", "collected"),
        ("revenue", "Se cobró a la fecha", "collected"),
        ("debt", "Lo que prestaron", "contracted"),
        ("debt", "Resta por pagar", "balance"),
        ("debt", "A quién se le debe", "creditor"),
        ("debt", "Se le debe a", "creditor"),
        ("debt", "Ya se abonó", "repaid"),
        ("works", "Lo que se ha gastado", "spent"),
        ("works", "Precio acordado", "contracted"),
        ("works", "Dinero autorizado", "approved"),
        ("contracts", "Importe de todo el contrato", "amount_unspecified_tax"),
    ],
)
def test_a_sentence_says_what_a_heading_says(kind, heading, field):
    found = match_heading(kind, heading)
    assert found is not None
    assert (found.field, found.confidence) == (field, "similar")


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("expenditure", "Se entregó a"),
        ("expenditure", "Cuánto falta"),
        ("revenue", "Lo que se condonó"),
        ("works", "Se le agregó"),  # of changes to a budget only budgets speak
        ("debt", "Lo que se firmó"),
    ],
)
def test_other_sentences_are_no_amounts(kind, heading):
    found = match_heading(kind, heading)
    assert found is None or found.field not in {"exercised", "paid", "collected", "increases", "contracted", "balance"}


def test_a_verb_needs_a_word_that_announces_it():
    assert in_participles("expenditure", "pago") is None
    assert in_participles("expenditure", "se pago") == "pagado"
    assert in_participles("debt", fold("Lo que nos prestó el banco")) == "prestado el banco"
    assert change_said("expenditure", "ampliado") is None


# -- budgets


BUDGET = [
    ["Municipio de Ejemplo, Puebla"],
    ["Cuánto gastó cada dependencia de enero a diciembre de 2022"],
    ["Dependencia", "Con cuánto empezó", "Se le agregó", "Se le quitó", "Con cuánto quedó", "Se gastó"],
    ["Presidencia", "1000.50", "200", "100", "1100.50", "1000"],
    ["Obras", "5000", "0", "500", "4500", "4400.25"],
    ["Tesorería", "800", "50", "0", "850", "850"],
    ["Oficialía", "600", "0", "0", "600", "580"],
]


def test_a_budget_in_sentences_is_read_and_the_row_of_all_is_its_total(tmp_path):
    whole = ["Todas las oficinas", "7400.50", "250", "600", "7050.50", "6830.25"]
    reading = table(tmp_path, [*BUDGET, whole])
    (found,) = reading.tables
    assert (reading.kind, found.lines, reading.questions) == ("expenditure", 4, [])
    assert sum_of("approved", [found]) == Decimal("7400.50")
    assert sum_of("modified", [found]) == Decimal("7050.50")
    assert sum_of("exercised", [found]) == Decimal("6830.25")
    assert found.skipped["subtotal"] == 1


def test_a_last_line_that_is_not_the_sum_of_all_is_a_line(tmp_path):
    (found,) = table(tmp_path, [*BUDGET, ["Apoyos a oficinas", "7400.50", "250", "600", "7050.50", "6830.26"]]).tables
    assert found.lines == 5


def test_a_line_that_sums_two_others_may_be_chance(tmp_path):
    rows = [*BUDGET[:5], ["Biblioteca", "6000.50", "200", "600", "5600.50", "5400.25"]]
    assert sum(part.lines for part in table(tmp_path, rows).tables) == 3


def test_a_row_that_a_person_counts_stays_though_it_sums_all_others(tmp_path):
    whole = ["Todas las oficinas", "7400.50", "250", "600", "7050.50", "6830.25"]
    (found,) = table(tmp_path, [*BUDGET, whole], counted={"": [8]}).tables
    assert found.lines == 5


GROUPS = [
    ["Municipio de Ejemplo, Puebla"],
    ["Cuánto gastó cada dependencia de enero a diciembre de 2022"],
    ["Dependencia", "Se gastó"],
    ["Cabildo", "1000"],
    ["Sindicatura", "500"],
    ["Junto lo del Ayuntamiento", "1500"],
    ["Obras", "4000"],
    ["Junto lo de afuera", "4000"],
    ["Tesorería", "800"],
    ["Oficialía", "600"],
    ["Archivo", "100"],
    ["Junto lo de adentro", "1500"],
]


def test_sums_of_groups_in_own_words_are_told_by_the_sum_of_all(tmp_path):
    reading = table(tmp_path, [*GROUPS, ["Junto todo", "7000"]], period="annual")
    (found,) = reading.tables
    assert (found.lines, found.skipped["subtotal"]) == (6, 4)
    assert sum_of("exercised", [found]) == 7000


def test_sums_of_groups_printed_above_them_are_told_too(tmp_path):
    rows = [*GROUPS[:3], ["Junto todo", "3000"], *GROUPS[5:2:-1], *GROUPS[11:7:-1]]
    assert table(tmp_path, rows, period="annual").tables[0].lines == 5


def test_groups_that_do_not_come_to_a_sum_of_all_stay(tmp_path):
    """What is left of a table without its sum would be guessed: amounts that repeat others are not rare."""
    assert table(tmp_path, GROUPS, period="annual").tables[0].lines == 9
    assert table(tmp_path, [*GROUPS, ["Junto todo", "7001"]], period="annual").tables[0].lines == 10


def test_changes_printed_apart_are_told_in_the_unit_and_the_mark_of_the_rest(tmp_path):
    rows = [
        ["Municipio de Ejemplo, Puebla"],
        ["Presupuesto de enero a diciembre de 2022 (miles de pesos)"],
        ["Dependencia", "Aprobado", "Ampliaciones", "Reducciones", "Modificado"],
        ["Presidencia", "1.000,50", "2.200,255", "100,00", "3.100,755"],
        ["Obras", "5.000,00", "0,00", "500,00", "4.500,00"],
        ["Tesorería", "800,00", "50,25", "0,00", "850,25"],
    ]
    (found,) = table(tmp_path, rows).tables
    assert sum_of("adjustments", [found]) == Decimal("1650505")
    assert sum_of("approved", [found]) + sum_of("adjustments", [found]) == sum_of("modified", [found])


def test_halves_of_the_year_beside_their_sum_are_parts_of_it(tmp_path):
    rows = [
        ["Municipio de Ejemplo, Zacatecas"],
        ["Ingresos del año 2016"],
        ["Concepto", "Estimado", "Lo que se cobró", "", ""],
        ["", "", "Enero a junio", "Julio a diciembre", "Total que se cobró"],
        ["Predial", "900", "450.50", "300", "750.50"],
        ["Derechos", "500", "200", "150.25", "350.25"],
        ["Productos", "80", "40", "45", "85"],
        ["Aprovechamientos", "60", "0", "10", "10"],
    ]
    reading = table(tmp_path, rows, period="annual", year=2016)
    (found,) = reading.tables
    assert (reading.kind, found.lines, reading.questions) == ("revenue", 4, [])
    assert sum_of("collected", [found]) == Decimal("1195.75")
    rows[4][4] = "9"  # not their sum: then they may be other figures, and a person says which
    assert any("«Enero a junio»" in question for question in table(tmp_path, rows).questions)


def test_headings_over_two_rows_that_nobody_knows_are_laid_out_together(tmp_path):
    rows = [
        ["Lo que juntó la feria de Ejemplo en 2019"],
        ["Puesto", "Lo que dejó", "", "Nota del día"],
        ["", "Primera semana", "Segunda semana", ""],
        *[[f"Puesto {letter}", str(100 + at), str(200 + at), "bien"] for at, letter in enumerate("ABCDEFG")],
    ]
    reading = table(tmp_path, rows, kind="revenue")
    assert {"Primera semana", "Segunda semana"} <= set(reading.tables[0].headings)
    assert not any(heading.startswith("(columna") for heading in reading.tables[0].headings)


# -- lists


def test_what_is_left_of_a_debt_is_its_balance(tmp_path):
    rows = [
        ["Municipio de Ejemplo, Oaxaca"],
        ["Lo que se debe a los bancos, 2010"],
        ["Acreedor", "Adeudo", "Abonos", "Falta por liquidar", "Destino"],
        *[
            [f"Banco {at} SA", str(9000 + at * 7), str(at * 100), str(9000 + at * 7 - at * 100), "Obra"]
            for at in range(1, 7)
        ],
    ]
    reading = table(tmp_path, rows)
    assert (reading.kind, reading.questions) == ("debt", [])
    assert reading.columns["Adeudo"] == "contracted"
    assert reading.columns["Falta por liquidar"] == "balance"
    rows[4][3] = "1"  # it does not follow: then it is another figure, and a person says which is which
    assert table(tmp_path, rows).columns["Adeudo"] == "balance"


def test_interest_in_words_is_a_rate(tmp_path):
    rows = [
        ["Gobierno del Estado de Ejemplo"],
        ["Deuda con bancos 2023"],
        ["Banco", "Destino", "Monto contratado", "Saldo", "Interés"],
        *[[f"Banco {at} SA", "Obra", str(900 + at), str(500 + at), f"TIIE + {at}.20"] for at in range(1, 6)],
    ]
    reading = table(tmp_path, rows, kind="debt")
    assert reading.columns["Interés"] == "rate_raw"
    assert reading.tables[0].lines == 5


WORKS = [
    ["Obra", "Comunidad", "Inversión autorizada", "Municipio", "Estado", "Avance físico", "Empresa"],
    *[
        [f"Pavimentación de la calle {at}", "Sur", f"{3000 + at}.00", f"{1000 + at}.00", "2000.00", "50%", f"Vías {at} SA"]
        for at in range(1, 7)
    ],
]  # fmt: skip


def test_a_place_over_amounts_is_what_it_gives(tmp_path):
    reading = table(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Obras del año 2021"], *WORKS], kind="works")
    assert reading.columns["Municipio"] == "municipal_share"
    assert reading.columns["Estado"] == "state_share"


def test_works_with_contracts_are_works_where_far_more_of_them_is_understood(tmp_path):
    rows = [["Municipio de Ejemplo, Jalisco"], ["Caminos en marcha 2021"]]
    rows += [[*row, contract, price] for row, contract, price in zip(
        WORKS,
        ["Contrato", *[f"OP-{at}-2021" for at in range(1, 7)]],
        ["Costo según contrato", *[f"{2900 + at}.00" for at in range(1, 7)]],
        strict=True,
    )]  # fmt: skip
    reading = table(tmp_path, rows)
    assert (reading.kind, reading.tables[0].lines) == ("works", 6)


def test_a_table_that_names_no_work_beside_one_that_does_is_a_summary(tmp_path):
    zones = [["Zona", "Inversión autorizada", "Gastado"], ["Norte", 9000, 10], ["Sur", 9021, 20], ["Oriente", 5, 6]]
    sheets = {"Obras": [["Obras del año 2021"], *WORKS], "Por zona": [["Obras por zona 2021"], *zones]}
    reading = read(write_xlsx(tmp_path / "obras.xlsx", sheets), kind="works")
    assert sum(part.lines for part in reading.tables) == 6
    (told,) = [found for found in reading.findings if found.code == "summary"]
    assert "«Por zona»" in told.message
    assert "no se carga" in told.message


def test_a_total_with_a_name_of_its_own_that_leaves_two_cells_empty_is_no_work(tmp_path):
    head, *works = WORKS
    rows = [["Obras del año 2021"], head, *works, ["", "Todo junto", "18021.00", "6021.00", "12000.00", "", ""]]
    assert table(tmp_path, rows, kind="works").tables[0].lines == 6


def test_payments_to_suppliers_are_no_contracts(tmp_path):
    rows = [
        ["Municipio de Ejemplo, Tlaxcala"],
        ["Pagos efectuados a proveedores, enero de 2018"],
        ["Fecha", "Proveedor", "Concepto", "Factura", "Importe"],
        *[[f"0{at}/01/2018", f"Abarrotes {at} SA de CV", "Despensas", f"F-{at}", f"{at}00.50"] for at in range(1, 8)],
    ]
    reading = table(tmp_path, rows)
    assert (reading.kind, reading.tables) == (None, [])
    assert "relación de pagos" in reading.questions[0]
    assert table(tmp_path, rows, kind="contracts").tables[0].lines == 7  # whoever says so gets it read


def test_a_sanction_without_a_fine_states_none(tmp_path):
    rows = [
        ["Empresas sancionadas"],
        ["Empresa", "RFC", "Multa", "Inhabilitada desde", "Inhabilitada hasta", "Motivo"],
        *[
            [f"Empresa {at} SA de CV", f"EMP01010{at}AB1", "Sin multa" if at % 2 else "1500", "01/02/2020", "01/02/2021", "-"]
            for at in range(1, 8)
        ],
    ]  # fmt: skip
    reading = table(tmp_path, rows, kind="sanctions")
    assert sum_of("fine", reading.tables) == 4500
