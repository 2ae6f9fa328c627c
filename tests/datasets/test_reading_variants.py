"""What publishers vary from one file to the next: where the unit stands, years in headings, totals below, merged units."""

from pathlib import Path

import pytest

from datasets.ingest import reading as reading_module
from datasets.ingest.dates import parse_period, settle_day_order
from datasets.ingest.readers import text as text_reader
from datasets.ingest.readers.stream import Tally, stream_blocks
from datasets.ingest.reading import Hints, read_file
from tests.datasets.reading_files import write_xlsx
from tests.datasets.unseen_files import sum_of

TITLES = [
    ["Municipio de Ejemplo, Jalisco"],
    ["Estado Analítico del Ejercicio del Presupuesto de Egresos"],
    ["Clasificación por Objeto del Gasto"],
    ["Del 1 de enero al 30 de junio de 2023"],
]
HEAD = ["Concepto", "Aprobado", "Modificado", "Devengado", "Pagado"]
ROWS = [["Servicios Personales", 300.5, 310, 150, 140], ["Materiales y Suministros", 100, 90, 40, 30]]
TOTAL = ["Total del Gasto", 400.5, 400, 190, 170]
CONTRACTS = [["C-1", "Papelería Ejemplo SA de CV", "PEJ010101AB1", "Papel", "15/03/2023", 100, 16, 116]]


def read(path: Path, **hints):
    reading = read_file(path, name=path.name, hints=Hints(**hints))
    for table in reading.tables:
        assert table.rows_read == table.lines + sum(table.skipped.values())
    return reading


def sheet(tmp_path: Path, rows, name: str = "tabla.xlsx", **hints):
    return read(write_xlsx(tmp_path / name, {"Hoja1": rows}), **hints)


def text(tmp_path: Path, rows, name: str = "tabla.csv", *, whole: bool = True):
    path = tmp_path / name
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")
    return read(path) if whole else read_file(path, name=name)


def column(table, name: str) -> list[str | None]:
    block = next(table.blocks())
    return block.columns[name].to_pylist() if name in block.columns else [None] * len(block.rows)


def codes(reading) -> list[str]:
    return [finding.code for finding in reading.findings]


# --- the unit


@pytest.mark.parametrize(
    "rows",
    [
        [*TITLES, HEAD, [None, *["(miles de pesos)"] * 4], *ROWS, TOTAL],
        [*TITLES, HEAD, *ROWS, TOTAL, ["Cifras en miles de pesos"]],
        [*TITLES, HEAD, *ROWS, TOTAL, ["Nota: las cifras están expresadas en miles de pesos."]],
        [*TITLES, ["Concepto", *[f"{name} (miles de pesos)" for name in HEAD[1:]]], *ROWS, TOTAL],
        [[*TITLES[0], None, "Miles de pesos"], *TITLES[1:], HEAD, *ROWS, TOTAL],
    ],
)
def test_thousands_said_anywhere_around_the_table(tmp_path, rows):
    reading = sheet(tmp_path, rows)
    table = reading.tables[0]
    assert (table.unit, reading.questions) == (1_000, [])
    assert column(table, "approved") == ["300500.0", "100000"]
    assert [control.published_cents for control in table.controls] == [40_050_000, 40_000_000, 19_000_000, 17_000_000]
    assert table.context.municipality_name == "Ejemplo"
    assert "unit" in codes(reading)


def test_a_programme_that_speaks_of_millions_is_no_unit(tmp_path):
    rows = [*ROWS, ["Fondo de 500 millones de pesos para caminos", 1, 1, 1, 1]]
    table = sheet(tmp_path, [*TITLES, HEAD, *rows, ["Total del Gasto", 401.5, 401, 191, 171]]).tables[0]
    assert table.unit == 1


def test_the_titles_of_the_next_table_say_nothing_of_the_one_above(tmp_path):
    one, two = [*TITLES, HEAD, *ROWS, TOTAL], [*TITLES, ["(Miles de pesos)"], HEAD, *ROWS, TOTAL]
    two[3] = ["Del 1 de enero al 30 de septiembre de 2023"]
    tables = sheet(tmp_path, [*one, [], *two]).tables
    assert [table.unit for table in tables] == [1, 1_000]


def test_amounts_in_different_units_are_asked_about(tmp_path):
    head = ["Concepto", "Aprobado (pesos)", "Modificado (pesos)", "Devengado (miles de pesos)", "Pagado"]
    reading = sheet(tmp_path, [*TITLES, head, *ROWS, TOTAL])
    assert any("no está en la misma unidad" in question for question in reading.questions)
    assert not sheet(tmp_path, [*TITLES, head, *ROWS, TOTAL], unit=1).questions


def test_thousands_keep_the_decimals_beyond_the_second_and_the_decimal_comma(tmp_path):
    rows = [
        ["Servicios Personales", "6,0405"],
        ["Materiales y Suministros", "1.000,25"],
        ["Total del Gasto", "1.006,2905"],
    ]
    table = sheet(
        tmp_path, [*TITLES, ["(miles de pesos)"], ["Concepto", "Aprobado", "Pagado"], *[[*r, None] for r in rows]]
    ).tables[0]
    assert table.decimal["approved"] == ","
    assert column(table, "approved") == ["6040,5000", "1000250,00"]
    assert table.controls[0].published_cents == 100_629_050


def test_an_amount_too_large_in_pesos_is_rejected_in_words(tmp_path, ingest):
    rows = [["Municipio de Zapopan, Jalisco"], *TITLES[1:], ["(Millones de pesos)"], HEAD, *ROWS]
    done = ingest(write_xlsx(tmp_path / "enorme.xlsx", {"Hoja1": [*rows, ["Servicios Generales", "9" * 15, 1, 1, 1]]}))
    assert (done.status, done.error, done.report["rows_rejected"]) == ("ready", "", 1)


def test_contracts_in_thousands(tmp_path, ingest):
    head = [
        "No. Contrato",
        "Proveedor",
        "RFC",
        "Objeto del contrato",
        "Fecha de firma",
        "Monto con IVA (miles de pesos)",
    ]
    rows = [["H. Ayuntamiento de Zapopan, Jalisco"], ["Contratos 2023"], head, [*CONTRACTS[0][:5], 1.16]]
    done = ingest(write_xlsx(tmp_path / "contratos.xlsx", {"Hoja1": rows}))
    assert (done.status, done.report["totals"]) == ("ready", {"MXN": "1160.00"})
    assert done.report["unit"] == 1_000


def test_a_person_may_say_the_unit_of_contracts(tmp_path):
    head = ["No. Contrato", "Proveedor", "RFC", "Objeto del contrato", "Fecha de firma", "Monto con IVA"]
    rows = [["Municipio de Ejemplo, Jalisco"], ["Contratos 2023"], head, [*CONTRACTS[0][:5], 1.16]]
    reading = sheet(tmp_path, rows, unit=1_000_000)
    assert (reading.tables[0].unit, codes(reading)) == (1_000_000, ["unit"])


# --- headings


def test_a_title_over_the_first_heading_is_no_heading(tmp_path):
    head = ["Partida", "Nombre", "Autorizado Inicial", "Modificado Anual", "Ejercido acumulado", "Por ejercer"]
    rows = [["1131", "Sueldos", 100, 110, 50, 60], ["2111", "Papel", 10, 10, 5, 5], [None, "Suma", 110, 120, 55, 65]]
    reading = sheet(tmp_path, [*TITLES, head, *rows])
    table = reading.tables[0]
    assert reading.questions == []
    assert table.header_rows == (5,)
    assert (table.context.year, table.context.period) == (2023, "Q2")
    assert set(table.columns.values()) >= {"approved", "modified", "exercised"}


def test_a_group_heading_over_amounts_stays_one(tmp_path):
    group = [None, "Egresos", None, None, None]
    table = sheet(tmp_path, [*TITLES, group, HEAD, *ROWS, TOTAL]).tables[0]
    assert column(table, "approved") == ["300.5", "100"]


def test_footnote_marks_and_the_one_year_of_all_headings(tmp_path):
    head = ["CONCEPTO *", "APROBADO/1", "MODIFICADO 2023", "DEVENGADO²", "PAGADO\n(4)"]
    table = sheet(tmp_path, [*TITLES, head, *ROWS, TOTAL]).tables[0]
    assert [control.moment for control in table.controls] == ["approved", "modified", "accrued", "paid"]


@pytest.mark.parametrize(
    "head",
    [
        ["Presupuesto 2022", "Presupuesto 2023"],
        ["Presupuesto ejercido 2022", "Presupuesto aprobado 2023"],
        ["Aprobado 2022", "Aprobado 2023"],
    ],
)
def test_two_years_side_by_side_are_not_one(tmp_path, head):
    rows = [
        ["Municipio de Ejemplo, Jalisco"],
        ["Presupuesto de egresos por capítulo"],
        ["Capítulo", "Descripción", *head],
    ]
    rows += [["1000", "Servicios Personales", 90, 100], ["2000", "Materiales y Suministros", 40, 50]]
    questions = sheet(tmp_path, rows, year=2023, period="annual").questions
    assert [question for question in questions if "años distintos" in question]
    assert all(heading in " ".join(questions) for heading in head)


def test_columns_of_the_same_name_are_told_by_their_group(tmp_path):
    rows = [*TITLES, ["Capítulo", "Concepto", "Primer trimestre", None, "Segundo trimestre", None]]
    rows += [[None, None, "Devengado", "Pagado", "Devengado", "Pagado"]]
    rows += [["1000", "Servicios Personales", 1, 2, 3, 4], ["2000", "Materiales y Suministros", 5, 6, 7, 8]]
    questions = sheet(tmp_path, rows).questions
    assert (
        "Dos columnas parecen lo mismo: «Primer trimestre · Devengado» y «Segundo trimestre · Devengado [2]». ¿Cuál se usa?"
        in questions
    )


def test_what_was_spent_this_month_is_not_asked_about_beside_what_was_spent_so_far(tmp_path):
    head = [
        "Partida",
        "Concepto",
        "Aprobado",
        "Devengado del mes",
        "Devengado acumulado",
        "Presupuesto autorizado del mes",
    ]
    rows = [["1131", "Sueldos", 100, 10, 50, 8], ["2111", "Papel", 10, 1, 5, 1]]
    reading = sheet(tmp_path, [*TITLES, head, *rows])
    assert reading.questions == []
    assert column(reading.tables[0], "accrued") == ["50", "5"]


def test_budgeted_and_real_are_moments(tmp_path):
    rows = [["Concepto", "Presupuestado", "Real"], ["Servicios Personales", 10, 8], ["Servicios Generales", 5, 4]]
    table = sheet(tmp_path, [*TITLES, *rows]).tables[0]
    assert (column(table, "approved"), column(table, "exercised")) == (["10", "5"], ["8", "4"])
    rows = [["Rubro", "Presupuestado", "Real"], ["Impuestos", 10, 8], ["Derechos", 5, 4]]
    table = sheet(tmp_path, [TITLES[0], ["Ingresos de enero a marzo de 2023"], *rows]).tables[0]
    assert (column(table, "estimated"), column(table, "collected")) == (["10", "5"], ["8", "4"])


def test_a_column_of_whole_thousands_is_written_as_its_neighbours(tmp_path):
    rows = [["Servicios Personales", "1.300.500", "40.000"], ["Materiales y Suministros", "100.250", "-15.000"]]
    reading = sheet(tmp_path, [*TITLES, ["Concepto", "Aprobado", "Ampliaciones/(Reducciones)"], *rows])
    assert (reading.questions, reading.tables[0].decimal) == ([], {"approved": ",", "adjustments": ","})
    alone = sheet(tmp_path, [*TITLES, ["Concepto", "Aprobado", "Pagado"], ["Servicios Personales", "40.000", None]])
    assert "separa miles o decimales" in alone.questions[0]


def test_amounts_left_out_are_told(tmp_path):
    head = ["Concepto", "Aprobado", "Recalendarizado", "Pagado"]
    rows = [["Servicios Personales", 300.5, 1234.55, None], ["Materiales y Suministros", 100, 2345.67, None]]
    found = {finding.code: finding.message for finding in sheet(tmp_path, [*TITLES, head, *rows]).findings}
    assert found["unused_amounts"] == "Hay columnas con montos que no se usaron: «Recalendarizado»."
    assert found["empty_amounts"] == "Estas columnas no traen ningún monto: «Pagado»."
    assert not {"unused_amounts", "empty_amounts"} & set(codes(sheet(tmp_path, [*TITLES, HEAD, *ROWS, TOTAL])))


@pytest.mark.parametrize(
    ("title", "kind", "moment"),
    [
        ("Ley de Ingresos para el ejercicio fiscal 2023", "revenue", "estimated"),
        ("Presupuesto de Egresos aprobado 2023", "expenditure", "approved"),
    ],
)
def test_two_columns_are_enough_under_the_title_of_a_budget(tmp_path, title, kind, moment):
    names = (
        ["Impuestos", "Derechos", "Productos"]
        if kind == "revenue"
        else ["Servicios Personales", "Servicios Generales", "Inversión Pública"]
    )
    rows = [
        ["Municipio de Ejemplo, Jalisco"],
        [title],
        ["Concepto", "Importe"],
        *[[name, 10] for name in names],
        ["Total", 30],
    ]
    reading = sheet(tmp_path, rows)
    assert (reading.kind, reading.questions) == (kind, [])
    assert column(reading.tables[0], moment) == ["10"] * 3


def test_two_columns_under_any_other_title_are_no_budget(tmp_path):
    rows = [
        ["Municipio de Ejemplo, Jalisco"],
        ["Asistencia a talleres 2023"],
        ["Concepto", "Total"],
        ["Enero", 10],
        ["Febrero", 20],
        ["Marzo", 5],
    ]
    assert sheet(tmp_path, rows).kind is None


# --- what a column holds


def test_spending_in_a_column_of_types_is_spending(tmp_path):
    rows = [["Municipio", "Año", "Tipo", "Valor"], ["Acatic", 2019, "Egresos", 100], ["Ameca", 2019, "Egresos", 50]]
    reading = text(tmp_path, rows)
    assert (reading.kind, reading.questions) == ("expenditure", [])


def test_income_and_spending_in_one_column_are_two_tables(tmp_path):
    rows = [["Municipio", "Año", "Tipo", "Concepto", "Monto"]]
    rows += [["Acatic", 2023, "Ingresos", "Impuestos", 100], ["Acatic", 2023, "Ingresos", "Derechos", 50]]
    rows += [
        ["Acatic", 2023, "Gastos", "Servicios personales", 90],
        ["Acatic", 2023, "Gastos", "Servicios generales", 30],
    ]
    tables = {table.kind: table for table in text(tmp_path, rows).tables}
    assert column(tables["revenue"], "reported") == ["100", "50"]
    assert column(tables["expenditure"], "reported") == ["90", "30"]


def test_a_large_file_of_spending_leaves_out_the_income_that_follows(tmp_path, monkeypatch):
    monkeypatch.setattr(text_reader, "MAX_GRID_BYTES", 400)
    monkeypatch.setattr(reading_module, "MAX_GRID_BYTES", 400)
    rows = [["Municipio", "Año", "Tipo", "Concepto", "Monto"]]
    rows += [["Acatic", 2023, "Egresos", "Servicios personales", 90]] * 20
    rows += [["Acatic", 2023, "Ingresos", "Impuestos", 100]] * 3
    table = text(tmp_path, rows, whole=False).tables[0]
    assert table.stream is not None
    assert sum(len(block.rows) for block in stream_blocks(table.stream, Tally())) == 20
    assert table.stream.rules[0].reason == "other_kind"


def test_numbers_of_municipalities_are_no_object_codes(tmp_path):
    rows = [["Gobierno del Estado de Jalisco"], ["Participaciones a municipios, junio 2023"]]
    rows += [
        ["Clave", "Municipio", "Fondo General", "Total"],
        ["14001", "Acatic", 10, 10],
        ["14002", "Acatlán de Juárez", 20, 20],
    ]
    assert sheet(tmp_path, rows).kind is None


@pytest.mark.parametrize(
    ("heading", "kept"),
    [
        ("Fuente de Financiamiento", "funding_source_code"),
        ("Unidad Presupuestal", "unit_code"),
        ("Programa presupuestario", "programme_code"),
    ],
)
def test_a_key_is_that_of_what_stands_beside_it(tmp_path, heading, kept):
    rows = [["Municipio de Ejemplo, Jalisco"], ["Presupuesto de Egresos 2023"], ["Clave", heading, "Aprobado"]]
    reading = sheet(tmp_path, [*rows, ["11", "Una", 10], ["15", "Otra", 20], ["25", "Tercera", 5], [None, "Total", 35]])
    table = reading.tables[0]
    assert reading.questions == []
    assert (column(table, kept), column(table, "object_code")) == (["11", "15", "25"], [None] * 3)


def test_a_column_of_concept_codes_leaves_the_items_to_the_next(tmp_path):
    rows = [["Capítulo", "Concepto", "Pda", "Denominación", "Aprobado"]]
    rows += [
        ["1000", "1100", "1131", "Sueldos", 5],
        ["1000", "1200", "1211", "Honorarios", 6],
        ["2000", "2100", "2111", "Papel", 7],
    ]
    table = sheet(tmp_path, [*TITLES, *rows]).tables[0]
    assert column(table, "object_code") == ["1131", "1211", "2111"]


def test_a_unit_printed_once_for_merged_rows_is_every_rows(tmp_path):
    head = ["Dependencia", "Partida", "Concepto", "Aprobado"]
    rows = [
        ["Presidencia", "1131", "Sueldos", 5],
        [None, "1211", "Honorarios", 6],
        ["Tesorería", "1131", "Sueldos", 7],
        [None, "2111", "Papel", 8],
    ]
    rows += [["Total", None, None, 26]]
    table = sheet(tmp_path, [*TITLES, head, *rows]).tables[0]
    assert column(table, "unit_name") == ["Presidencia", "Presidencia", "Tesorería", "Tesorería"]


def test_a_blank_unit_in_delimited_text_stays_blank(tmp_path):
    head = ["Dependencia", "Partida", "Concepto", "Aprobado"]
    rows = [["Presidencia", "1131", "Sueldos", 5], ["", "1211", "Honorarios", 6], ["Tesorería", "1131", "Sueldos", 7]]
    assert column(text(tmp_path, [head, *rows], "2023.csv").tables[0], "unit_name") == [
        "Presidencia",
        None,
        "Tesorería",
    ]


def test_blank_programmes_among_repeated_ones_stay_blank(tmp_path):
    head = ["Programa presupuestario", "Partida", "Concepto", "Aprobado"]
    rows = [
        ["E001", "1131", "Sueldos", 5],
        ["E001", "1211", "Honorarios", 6],
        [None, "2111", "Papel", 7],
        [None, "3111", "Luz", 8],
    ]
    assert column(sheet(tmp_path, [*TITLES, head, *rows]).tables[0], "programme_code") == ["E001", "E001", None, None]


# --- totals and hierarchies


def test_codes_of_revenue_hold_each_other(tmp_path):
    head = ["CRI", "Rubro / Tipo", "Ley de Ingresos Estimada", "Recaudado"]
    rows = [
        ["1", "Impuestos", 500, 120],
        ["12", "Sobre el patrimonio", 500, 120],
        ["1201", "Predial", 400, 100],
        ["1202", "Traslado", 100, 20],
    ]
    rows += [["4", "Derechos", 100, 30], ["43", "Por servicios", 100, 30], [None, "Total", 600, 150]]
    reading = sheet(
        tmp_path,
        [
            ["Municipio de Ejemplo, Jalisco"],
            ["Estado Analítico de Ingresos del 1 de enero al 31 de marzo de 2023"],
            head,
            *rows,
        ],
    )
    table = reading.tables[0]
    assert column(table, "cri_code") == ["1201", "1202", "43"]
    assert column(table, "estimated") == ["400", "100", "100"]
    assert [(control.moment, control.published_cents) for control in table.controls] == [
        ("estimated", 60_000),
        ("collected", 15_000),
    ]


def test_totals_of_chapters_below_their_items(tmp_path):
    rows = [
        ["Sueldos", 5],
        ["Honorarios", 6],
        ["Suma Servicios Personales", 11],
        ["Papel", 7],
        ["Suma Materiales y Suministros", 7],
    ]
    head, rows = (
        ["Concepto", "Aprobado", "Pagado"],
        [[name, value, value] for name, value in [*rows, ["Gran total", 18]]],
    )
    table = sheet(tmp_path, [*TITLES, head, *rows]).tables[0]
    assert column(table, "approved") == ["5", "6", "7"]
    assert {control.label for control in table.controls} == {"Gran total"}


def test_subtotals_are_not_compared_with_the_sum_of_everything(tmp_path):
    rows = [
        ["1131", "Sueldos", 5],
        [None, "Subtotal capítulo 1000", 5],
        ["2111", "Papel", 7],
        [None, "Subtotal capítulo 2000", 7],
        [None, "Suma de todo", 12],
    ]
    table = sheet(tmp_path, [*TITLES, ["Partida", "Concepto", "Aprobado"], *rows]).tables[0]
    assert [(control.label, control.published_cents) for control in table.controls] == [("Suma de todo", 1_200)]


# --- lists


@pytest.mark.parametrize("before", ["Importe", "Subtotal"])
def test_beside_the_tax_the_total_includes_it(tmp_path, before):
    head = ["Orden de compra", "Proveedor", "RFC", "Descripción", "Fecha", before, "IVA", "Total"]
    table = sheet(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Compras 2023"], head, *CONTRACTS]).tables[0]
    assert (column(table, "amount_without_tax"), column(table, "amount_with_tax")) == (["100"], ["116"])


def test_amounts_that_say_their_tax_in_words(tmp_path):
    head = ["Contrato", "Proveedor", "Concepto", "Fecha", "Monto adjudicado"]
    amounts = ["$1,000.00 + IVA", "2,000.00 más I.V.A.", "$3,000.00 (IVA incluido)", "$4,000.00"]
    rows = [[f"C-{n}", "A SA", "Papel", "01/02/2023", amount] for n, amount in enumerate(amounts)]
    table = sheet(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Contratos 2023"], head, *rows]).tables[0]
    assert column(table, "amount_without_tax") == ["$1,000.00", "2,000.00", None, None]
    assert column(table, "amount_with_tax") == [None, None, "$3,000.00", None]
    assert column(table, "amount_unspecified_tax") == [None, None, None, "$4,000.00"]


def test_purchases_with_a_plain_total_are_contracts(tmp_path):
    head = ["Fecha", "Orden de compra", "Proveedor", "Descripción", "Cantidad", "Costo unitario", "Total"]
    rows = [["05/01/2023", "OC-1", "A SA", "Papel", 10, 5, 50], ["06/01/2023", "OC-2", "B SA", "Tinta", 2, 50, 100]]
    reading = sheet(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Compras 2023"], head, *rows])
    assert (reading.kind, column(reading.tables[0], "amount_unspecified_tax")) == ("contracts", ["50", "100"])


def test_articles_of_one_contract_belong_to_it(tmp_path):
    head = ["No. Contrato", "Proveedor", "RFC", "Fecha de contrato", "Descripción", "Importe"]
    rows = [["C-1", "A SA", "AAA010101AB1", "01/02/2023", "Silla", 1000], [None, None, None, None, "Mesa", 2000]]
    table = sheet(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Contratos 2023"], head, *rows]).tables[0]
    assert column(table, "contract_number") == ["C-1", "C-1"]
    assert column(table, "supplier_name") == ["A SA", "A SA"]


def test_dates_with_the_month_first_are_read_so_and_told(tmp_path):
    head = ["Contrato", "Proveedor", "Objeto", "Fecha del contrato", "Monto"]
    rows = [["C-1", "A SA", "Silla", "03/15/2023", 1], ["C-2", "B SA", "Mesa", "06/01/2023", 2]]
    reading = sheet(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Contratos 2023"], head, *rows])
    assert column(reading.tables[0], "date_signed") == ["15/03/2023", "01/06/2023"]
    assert "month_first" in codes(reading)


def test_day_first_unless_the_column_leaves_no_doubt():
    columns = {"one": ["03/04/2023", "06/01/2023"], "two": ["03/15/2023", "15/03/2023"], "three": ["12-31-2023", None]}
    assert settle_day_order(columns, ["one", "two", "three", "missing"]) == ["three"]
    assert columns["one"][0] == "03/04/2023"
    assert columns["three"] == ["31-12-2023", None]


def test_the_last_dated_balance_is_the_balance(tmp_path):
    title = [["Municipio de Ejemplo, Jalisco"], ["Deuda pública al 30 de junio de 2023"]]
    head = [
        "Acreedor",
        "Monto contratado",
        "Tasa de interés",
        "Saldo al 31 de diciembre de 2022",
        "Saldo al 30 de junio de 2023",
    ]
    table = sheet(tmp_path, [*title, head, ["Banobras", 100, "TIIE", 70, 60]]).tables[0]
    assert (column(table, "opening"), column(table, "balance")) == (["70"], ["60"])
    alone = sheet(tmp_path, [*title, [*head[:3], head[4]], ["Banobras", 100, "TIIE", 60]]).tables[0]
    assert (column(alone, "opening"), column(alone, "balance")) == ([None], ["60"])


def test_works_by_their_plainest_headings(tmp_path):
    head = ["Obra", "Ubicación", "Federal", "Estatal", "Inversión total", "Avance físico"]
    rows = [["Pavimentación", "Centro", 100, 100, 200, "50%"], ["Drenaje", "Norte", 300, 100, 400, "100 %"]]
    reading = sheet(tmp_path, [["Municipio de Ejemplo, Jalisco"], ["Programa anual de obra 2023"], head, *rows])
    assert (reading.kind, column(reading.tables[0], "investment")) == ("works", ["200", "400"])


# --- what is for something else


def test_payments_and_tables_of_open_contracting_say_what_they_are(tmp_path):
    head = ["Fecha de pago", "Factura", "Proveedor", "Concepto", "Importe", "Cuenta bancaria"]
    payments = sheet(
        tmp_path,
        [
            ["Municipio de Ejemplo, Jalisco"],
            ["Pagos de junio 2023"],
            head,
            ["15/06/2023", "F1", "A SA", "Papel", 100, "01"],
        ],
    )
    assert (payments.kind, payments.findings[0].code) == (None, "payments")
    flat = text(tmp_path, [["ocid", "buyer/name", "awards/0/value/amount"], ["ocds-1", "Municipio de Ejemplo", 100]])
    assert (flat.kind, flat.findings[0].code) == (None, "ocds")
    assert "JSON original" in flat.questions[0]


def test_a_statement_of_results_is_told_by_its_title(tmp_path):
    rows = [
        ["Municipio de Ejemplo, Jalisco"],
        ["Resultados de Egresos - LDF"],
        ["Concepto", 2021, 2022, 2023],
        ["Servicios Personales", 1, 2, 3],
    ]
    reading = sheet(tmp_path, rows)
    assert (reading.kind, reading.findings[0].code) == (None, "other_statement")


# --- when


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("JUN 2023", (2023, "2023-06")),
        ("EAEPE_sep_2024", (2024, "2024-09")),
        ("Al 2023-06-30", (2023, "Q2")),
        ("Al 31/12/2023", (2023, "annual")),
        ("Fecha de corte: 30 de jun 2023", (2023, None)),
        ("Mar de Cortés 2023", (2023, None)),
        ("2° Trimestre 2023", (2023, "Q2")),
        ("Primer semestre de 2023", (2023, "Q2")),
        ("Segundo semestre 2023", (2023, "annual")),
        ("Tercer bimestre 2023", (2023, "Q2")),
        ("1er bimestre 2023", (2023, "2023-02")),
        ("Segundo semestre", (None, "annual")),
    ],
)
def test_short_months_and_numeric_dates_of_titles(words, found):
    assert parse_period(words) == found


@pytest.mark.parametrize(
    "line", ["Descargado el 12/05/2024", "Plan Municipal de Desarrollo 2021", "Fecha de impresión: 12/05/2024"]
)
def test_the_year_of_the_period_wins_over_other_years_above_it(tmp_path, line):
    table = sheet(tmp_path, [["Portal de transparencia"], [line], *TITLES, HEAD, *ROWS, TOTAL]).tables[0]
    assert (table.context.year, table.context.period) == (2023, "Q2")


# --- the same money again


def test_dashes_between_two_tables_are_figures_and_name_nobody(tmp_path):
    zeros = ["Instituto sin presupuesto", "-", "-", "-", "-"]
    again = [*TITLES, HEAD, ["Gasto Corriente", 400.5, 400, 190, 170], zeros, TOTAL]
    first = sheet(tmp_path, [*TITLES, HEAD, *ROWS, TOTAL, zeros, [], *again[1:]]).tables
    assert [table.context.body_name for table in first] == ["Municipio de Ejemplo, Jalisco"] * len(first)


def test_a_list_copied_to_another_sheet_is_counted_once(tmp_path):
    head = ["Contrato", "Proveedor", "Objeto", "Fecha del contrato", "Monto"]
    rows = [
        ["Municipio de Ejemplo, Jalisco"],
        ["Contratos 2023"],
        head,
        ["C-1", "A SA", "Silla", "01/02/2023", 1],
        ["C-2", "B SA", "Mesa", "02/02/2023", 2],
    ]
    other = [*rows[:4], ["C-3", "C SA", "Mesa", "02/02/2023", 2]]
    copied = read(write_xlsx(tmp_path / "copia.xlsx", {"Contratos": rows, "Copia": rows}))
    assert (sum(table.lines for table in copied.tables), codes(copied)) == (2, ["repeated"])
    two = read(write_xlsx(tmp_path / "dos.xlsx", {"Enero": rows, "Febrero": other}))
    assert (sum(table.lines for table in two.tables), codes(two)) == (4, [])


def test_a_merged_unit_is_every_rows_that_it_covers_and_no_other_rows(tmp_path):
    """Most rows have a unit of their own: the sheet says which do not."""
    head = ["Dependencia", "Partida", "Concepto", "Aprobado"]
    rows = [[f"Unidad {number}", "1131", "Sueldos", number] for number in range(1, 9)]
    rows += [["Tesorería", "1131", "Sueldos", 5], [None, "2111", "Papel", 6], [None, "2111", "Tinta", 7]]
    merged = len(TITLES) + 1 + 9
    path = write_xlsx(
        tmp_path / "unidades.xlsx", {"Hoja1": [*TITLES, head, *rows]}, merged=[f"A{merged}:A{merged + 1}"]
    )
    units = column(read(path).tables[0], "unit_name")
    assert units == [*[f"Unidad {number}" for number in range(1, 9)], "Tesorería", "Tesorería", None]


CONTRACT_HEAD = [
    "No. Contrato",
    "Proveedor",
    "RFC",
    "Objeto del contrato",
    "Fecha de firma",
    "Subtotal",
    "IVA",
    "Total",
]


def test_a_sheet_with_one_contract_copied_counts_it_once(tmp_path):
    rows = [["Municipio de Ejemplo, Jalisco"], ["Contratos 2023"], CONTRACT_HEAD, *CONTRACTS]
    reading = read(write_xlsx(tmp_path / "copia.xlsx", {"Contratos": rows, "Contratos (2)": rows}))
    assert [table.lines for table in reading.tables] == [1]
    assert reading.tables[0].skipped["repeated"] == 1
    assert "repeated" in codes(reading)


def test_two_contracts_that_only_look_alike_are_two(tmp_path):
    """Without a number nothing says that it is the same purchase."""
    plain = [row[1:] for row in CONTRACTS]
    rows = [["Municipio de Ejemplo, Jalisco"], ["Contratos 2023"], CONTRACT_HEAD[1:], *plain]
    reading = read(write_xlsx(tmp_path / "dos.xlsx", {"Enero": rows, "Febrero": rows}))
    assert sum(table.lines for table in reading.tables) == 2


# --- amounts that nobody knows


def test_an_unknown_column_among_the_moments_is_asked_about(tmp_path):
    head = ["Concepto", "Aprobado", "Techo ajustado", "Devengado", "Pagado"]
    reading = sheet(tmp_path, [*TITLES, head, *ROWS, TOTAL])
    assert len(reading.questions) == 1
    assert "«Techo ajustado»" in reading.questions[0]
    said = {
        "Concepto": "object_name",
        "Aprobado": "approved",
        "Techo ajustado": "",
        "Devengado": "accrued",
        "Pagado": "paid",
    }
    assert sheet(tmp_path, [*TITLES, head, *ROWS, TOTAL], columns=said).questions == []


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Remanente", [160, 50, 210]),  # what was modified and not accrued
        ("Proporción", [0.48, 0.44, 0.48]),
        ("% Avance", [48.39, 44.44, 47.5]),
        ("Saldo", [1, 2, 3]),
    ],
)
def test_what_follows_from_the_moments_asks_nothing(tmp_path, heading, values):
    rows = [[*row, value] for row, value in zip([*ROWS, TOTAL], values, strict=True)]
    assert sheet(tmp_path, [*TITLES, [*HEAD, heading], *rows]).questions == []


def test_a_column_of_the_year_that_holds_amounts_is_none(tmp_path):
    head = ["Concepto", "Aprobado", "Ejercicio", "Pagado"]
    rows = [["Servicios Personales", 300.5, 150, 140], ["Materiales y Suministros", 100, 40, 30]]
    reading = sheet(tmp_path, [*TITLES, head, *rows])
    assert "fiscal_year" not in reading.columns.values()
    assert any("«Ejercicio»" in question for question in reading.questions)


@pytest.mark.parametrize("levels", [("Tema", "Rubro", "Tipo"), ("0", "1", "2"), ("Nivel 0", "Nivel 1", "Nivel 2")])
def test_level_of_an_income_may_be_a_word_or_a_number(tmp_path, levels):
    whole, rubro, kind = levels
    rows = [
        ["Municipio de Ejemplo, Jalisco"],
        ["Estado analítico de ingresos 2023"],
        ["Nivel", "Descripción", "Ingreso estimado", "Ingreso recaudado"],
        [whole, "Todo lo que entró", 900, 800],
        [rubro, "Lo propio", 500, 450],
        [kind, "Del agua", 300, 250],
        [kind, "Del rastro", 200, 200],
        [rubro, "Lo que otros dan", 400, 350],
    ]
    (table,) = read(write_xlsx(tmp_path / "niveles.xlsx", {"Hoja1": rows}), kind="revenue").tables
    assert table.lines == 3
    assert sum_of("estimated", [table]) == 900
    assert sum_of("collected", [table]) == 800


@pytest.mark.parametrize("between", [[[]], [[], ["Saldos de los fondos"]]], ids=["a blank row", "a title"])
def test_a_narrower_table_below_is_no_part_of_the_wider_one(tmp_path, between):
    below = [["Fondo", "Saldo en bancos"], ["FORTAMUN", 900], ["FAIS", 800], ["Propios", 700]]
    rows = [*TITLES, HEAD, *ROWS, TOTAL, *between, *below]
    reading = sheet(tmp_path, rows)
    assert [table.lines for table in reading.tables] == [2]
    assert any(found.code == "unknown_table" and "«Fondo»" in found.message for found in reading.findings)


def test_a_section_whose_rows_state_less_is_no_table_of_its_own(tmp_path):
    section = [["Inversión Pública", None, None, None, 5], ["Deuda Pública", 700, 700, None, None]]
    (table,) = sheet(tmp_path, [*TITLES, HEAD, *ROWS, [], ["Otros capítulos", "(sin devengar)"], *section]).tables
    assert table.lines == 5  # words where an amount belongs are a line too, which is rejected for them
