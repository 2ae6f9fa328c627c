"""Registers through the pipeline: public works, debt, sanctioned suppliers. Files of our own, in shapes that are published."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from datasets.ingest.reading import read_file
from datasets.ingest.registers import sanctions, works
from datasets.ingest.registers.base import percent, prints_shares
from datasets.models import Debt, Release, Sanction, Supplier, Work
from tests.datasets.reading_files import write_xlsx

D = Decimal
WORKS = [
    ["Clave de obra", "Nombre de la obra", "Tipo de obra", "Localidad", "Municipio de la obra", "Latitud", "Longitud",
     "Monto aprobado", "Monto contratado", "Monto ejercido", "Avance físico", "Fecha de inicio", "Fecha de término",
     "Contratista", "Ejercicio"],
    ["OP-1", "Pavimentación de la calle Hidalgo", "Pavimento", "Centro", "Matamoros", "25.53", "-103.23", "$1,000,000.00",
     "990000.50", "500000", "52.5 %", "03/02/2024", "30/06/2024", "Caminos del Norte, S.A. de C.V.", "2024"],
    ["OP-2", "Techado de la escuela Benito Juárez", "Edificio", "El Olivo", "Viesca", "0", "0", " $-   ", "EN LICITACION",
     "", "0", "Marzo/2024", "31/02/2024", "", "2024"],
    ["", "TOTAL", "", "", "", "", "", "1000000", "990000.50", "500000", "", "", "", "", ""],
]  # fmt: skip


def text_of(rows, mark=","):
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue()


def shifted(rows, extra=2):
    """The same table with empty columns in front and its columns in the opposite order."""
    return [["", ""][:extra] + list(reversed(row)) for row in rows]


def renamed(rows, **names):
    return [[names.get(cell, cell) for cell in rows[0]], *rows[1:]]


def test_what_is_printed_as_approved_stays_where_the_money_of_some_sources_is_printed_too(ingest, write):
    head = [
        "Nombre de la obra",
        "Localidad",
        "Avance físico",
        "Monto aprobado",
        "Recursos estatales",
        "Recursos municipales",
    ]
    rows = [
        head,
        ["Barda", "Centro", "10", "1000.00", "300.00", "200.00"],
        ["Domo", "Centro", "20", "", "300.00", "200.50"],
    ]
    done = ingest(write("obras_2024.csv", text_of(rows)), municipality="05035", year=2024)
    assert (done.status, done.kind) == ("ready", "works")
    assert list(Work.objects.order_by("line_no").values_list("approved", flat=True)) == [D("1000.00"), None]


UNITS = [
    [
        "Nombre de la obra",
        "Contratista",
        "Avance",
        "Inversión autorizada (miles de pesos)",
        "Importe contratado",
        "Importe pagado",
    ],
    ["Barda perimetral", "Muestra SA de CV", "90", "1,200.5", "1,100,000.00", "900,000.10"],
    ["Domo de la plaza", "Ejemplo SA de CV", "0", "800", "790,000.00", "0"],
    ["Drenaje", "Prueba SA de CV", "100", "60", "59,900.00", "59,900.00"],
]


def test_amounts_of_a_list_are_in_the_unit_of_their_own_heading_where_the_figures_confirm_it(ingest, write):
    done = ingest(write("obras_2020.csv", text_of(UNITS)), municipality="05035", year=2020)
    assert done.status == "ready"
    assert done.report["totals"] == {"approved": "2060500.00", "contracted": "1949900.00", "spent": "959900.10"}
    assert done.row_issues.filter(code="units").exists()


def test_amounts_of_one_size_under_headings_of_two_units_are_asked_about(write):
    rows = [UNITS[0], *([*row[:3], row[3], row[3], row[3]] for row in UNITS[1:])]
    path = write("obras_2020.csv", text_of(rows))
    assert any("no está en la misma unidad" in question for question in read_file(path, name=path.name).questions)


def test_works_are_loaded_with_progress_place_dates_and_contractor(ingest, write):
    done = ingest(write("obras.csv", text_of(WORKS)), municipality="05035", publish=True)

    assert (done.status, done.kind, done.rows_loaded, done.rows_rejected) == ("published", "works", 2, 0)
    assert done.report["skipped"] == {"subtotal": 1}
    assert done.report["totals"] == {"approved": "1000000.00", "contracted": "990000.50", "spent": "500000.00"}
    first, second = Work.objects.order_by("line_no")
    assert (first.code, first.year, first.name) == ("OP-1", 2024, "Pavimentación de la calle Hidalgo")
    assert (first.approved, first.contracted, first.spent) == (D("1000000.00"), D("990000.50"), D("500000.00"))
    assert (first.physical_progress, first.municipality_code, first.state_code) == (D("52.50"), "05017", "05")
    assert (first.latitude, first.longitude) == (D("25.530000"), D("-103.230000"))
    assert (first.starts_on, first.ends_on) == (date(2024, 2, 3), date(2024, 6, 30))
    assert Supplier.objects.get(pk=first.supplier_id).name == "Caminos del Norte, S.A. de C.V."
    # What stands where an amount, a date or a place should be is left out, never guessed, and said.
    assert (second.approved, second.contracted, second.spent, second.latitude) == (None, None, None, None)
    assert (second.physical_progress, second.starts_on, second.ends_on) == (D("0.00"), date(2024, 3, 1), None)
    assert set(done.row_issues.filter(line_no=3).values_list("code", flat=True)) == {"amount_in_words", "date_left_out"}


@pytest.mark.parametrize(
    "rows",
    [
        shifted(WORKS),
        renamed(WORKS, **{"Clave de obra": "No. de obra", "Monto ejercido": "IMPORTE EJERCIDO", "Avance físico": "% Avance"}),
        renamed(WORKS, **{"Nombre de la obra": "Denominación de la obra", "Monto aprobado": "Presupuesto autorizado"}),
        [["Municipio de Torreón, Coahuila"], ["Programa de obra pública"], [], *WORKS],
    ],
    ids=["shifted", "other words", "more words", "titles"],
)  # fmt: skip
def test_works_are_found_by_meaning_not_by_place(ingest, write, rows):
    done = ingest(write("lista.csv", text_of(rows)), municipality="05035")

    assert (done.status, done.kind, done.rows_loaded) == ("ready", "works", 2)
    assert done.report["totals"] == {"approved": "1000000.00", "contracted": "990000.50", "spent": "500000.00"}
    assert {work.physical_progress for work in Work.objects.all()} == {D("52.50"), D("0.00")}


def test_works_in_a_workbook_and_of_another_year(ingest, tmp_path):
    rows = [[cell.replace("2024", "2019") for cell in row] for row in WORKS]
    path = write_xlsx(tmp_path / "obras.xlsx", {"Instrucciones": [["Lea esto"]], "Obras": rows})

    done = ingest(path, municipality="05035", publish=True)

    assert (done.status, done.report["sheet"], done.report["year"]) == ("published", "Obras", 2019)
    assert Release.objects.get().line_count == 2


def test_amounts_by_source_of_money_are_added_to_what_was_approved(ingest, write):
    rows = [
        ["Número de obra", "Nombre de la obra", "Tipo", "Fuente federal", "Importe (aprobado)", "Fuente estatal", "Importe",
         "Recursos propios", "Importe", "Localidad de la obra", "Año"],
        ["1", "Drenaje", "OBRA", "FAIS", "100.10", "ISN", "200.20", "", "", "Centro", "2022"],
        ["2", "Barda", "OBRA", "", "", "", "", "", "", "Norte", "2022"],
    ]  # fmt: skip
    ingest(write("obras.csv", text_of(rows)), municipality="05035")

    assert [work.approved for work in Work.objects.order_by("line_no")] == [D("300.30"), None]


def test_a_schedule_column_is_not_the_year_of_the_list(ingest, write):
    """The newest list of the ministry prints the years of a schedule, TOTAL among them, in a column called ANIO."""
    rows = [
        ["CVE_CARTERA", "NOMBRE_PPI", "DESCRIPCION_RAMO", "AVANCE_FISICO", "MONTO_TOTAL_INVERSION", "ANIO", "CICLO"],
        ["'07A", "Puente", "Comunicaciones y Transportes", "10", "5", "TOTAL", "2022"],
        ["'07B", "Muelle", "Marina", "99.99", "6", "2020", "2022"],
        ["'07C", "Faro", "Marina", "", "7", "", "2021"],
    ]
    done = ingest(write("inversion.csv", text_of(rows)), publish=True)

    assert (done.status, done.report["year"], done.report["publisher"]) == ("published", 2022, "federacion")
    assert [(work.code, work.cycle) for work in Work.objects.order_by("line_no")] == [
        ("07A", 2022), ("07B", 2022), ("07C", 2021),
    ]  # fmt: skip
    assert "register_year" in {issue["code"] for issue in done.report["issues"]}


SANCTIONS = [
    ["Proveedor", "RFC", "Dependencia", "Número de expediente   ", "Hechos", "Sentido de Resolución", "Fecha de notificación",
     "FechadeResolucion", "Plazo años - meses", "Monto"],
    ["TOTAL SUPPLYING, S.A. DE C.V.", "TSU010203AB1", "Oficialía Mayor", "0012/2023", "Entregó documentos falsos.",
     "SANCIONATORIA CON MULTA E INHABILITACIÓN", "2023-05-20", "2023-05-02", "2 AÑOS 6 MESES", "72540"],
    ["Obras y Más SA de CV", "", "Oficialía Mayor", "0013/2023", "", "SANCIONATORIA CON MULTA", "2023-06-20", "2023-06-02", "",
     "$1,500.50"],
    ["Limpieza Clara, S.A.", "", "Oficialía Mayor", "0014/2023", "", "ABSOLUTORIA", "2023-07-20", "2023-07-02", "", ""],
]  # fmt: skip


def test_sanctions_are_loaded_and_an_acquittal_is_none(ingest, write):
    done = ingest(write("padron.csv", text_of(SANCTIONS)), public_body="contraloria", publish=True)

    assert (done.status, done.kind, done.rows_loaded, done.report["year"]) == ("published", "sanctions", 3, 2023)
    first, second, third = Sanction.objects.order_by("line_no")
    assert (first.supplier_name, first.outcome, first.term_months, first.fine) == (
        "TOTAL SUPPLYING, S.A. DE C.V.", "both", 30, D("72540.00"),
    )  # fmt: skip
    assert (first.notified_on, first.resolved_on) == (date(2023, 5, 20), date(2023, 5, 2))
    assert Supplier.objects.get(pk=first.supplier_id).rfc == "TSU010203AB1"
    assert (second.outcome, second.term_months, second.fine) == ("fined", None, D("1500.50"))
    assert (third.outcome, third.fine) == ("cleared", None)


SPENT_ON = [
    "CICLO", "TRIMESTRE", "FOLIO", "ID_ENTIDAD_RESPONSABLE", "ENTIDAD_RESPONSABLE", "ID_MUNICIPIO_RESPONSABLE",
    "MUNICIPIO_RESPONSABLE", "DESC_RAMO", "PROGRAMA", "NOMBRE", "INSTITUCION_EJECUTORA", "NUMERO_PROYECTO", "FECHA_INICIO",
    "FECHA_TERMINO", "POBLACION_BENEFICIADA", "MONTO_GLOBAL_APROBADO", "RECAUDADO", "EJERCIDO", "CONTRATOS", "AVANCES_FISICOS",
    "GEOREFERENCIAS", "ESTATUS",
]  # fmt: skip
PROJECT = [
    "2020", "4", "TLA1", "29", "Tlaxcala", "010", "Chiautempan", "33-Aportaciones", "FORTAMUN", "Cancha de usos múltiples",
    "Presidencia municipal", "1-2020", "21/02/2020", "21/04/2020", "4313", "3049542.18", "2439633.74", "1905622.31",
    "{ctto1: {numero_contrato:PMA-1-2020, monto:3049542.18}}", "{meta1: {unidad_medida:Metros, avance:2457.0}}",
    "{geo1: {localidad:1, lon:-98.10, lat:19.30}}", "En Ejecución",
]  # fmt: skip


def test_projects_of_the_system_of_federal_transfers_are_works(tmp_path):
    """SRFT, what transfers were spent on: lists within cells are no numbers of contracts and no progress."""
    rows = [SPENT_ON, *[[*PROJECT[:2], f"TLA{number}", *PROJECT[3:]] for number in range(4)]]
    path = tmp_path / "destino.csv"
    path.write_text(text_of(rows, "|"), encoding="utf-8")
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.complete, reading.tables[0].lines) == ("works", True, 4)
    assert reading.layout == "SHCP, SRFT: destino del gasto federalizado (proyectos)"
    fields = reading.columns
    assert (fields["NOMBRE"], fields["MONTO_GLOBAL_APROBADO"], fields["EJERCIDO"]) == ("work_name", "approved", "spent")
    assert fields["MUNICIPIO_RESPONSABLE"] == "work_municipality"
    assert not {"CONTRATOS", "AVANCES_FISICOS", "GEOREFERENCIAS"} & fields.keys()


@pytest.mark.parametrize("unit", ["UMA", "Unidades de Medida y Actualización", "días de salario mínimo"])
def test_fine_in_units_is_no_fine_in_pesos(tmp_path, unit):
    head = [f"Multa ({unit})" if one == "Monto" else one for one in SANCTIONS[0]]
    rows = [[*row[:-1], str(500 * number)] for number, row in enumerate(SANCTIONS[1:], 1)]
    path = write_xlsx(tmp_path / "sanciones.xlsx", {"Hoja1": [["Proveedores sancionados 2023"], head, *rows]})
    reading = read_file(path, name=path.name)
    assert (reading.kind, "fine" in reading.columns.values()) == ("sanctions", False)


@pytest.mark.parametrize("rows", [shifted(SANCTIONS), [*SANCTIONS[:1], *SANCTIONS[:0:-1]]], ids=["shifted", "turned"])
def test_sanctions_are_found_by_meaning(ingest, write, rows):
    done = ingest(write("lista.csv", text_of(rows, ";"), encoding="cp1252"), public_body="contraloria")

    assert (done.status, done.kind, done.rows_loaded) == ("ready", "sanctions", 3)
    assert done.report["totals"] == {"fine": "74040.50"}


DEBTS = [
    ["Ejercicio", "Fecha de inicio del periodo que se informa", "Fecha de término del periodo que se informa", "Acreditado",
     "Tipo de obligación (catálogo)", "Acreedor", "Fecha de firma del contrato", "Monto original contratado",
     "Tasa de interés mensual pactada", "Plazo pactado en meses para pagar la deuda", "Fecha de vencimiento de la deuda",
     "Saldo al periodo que se informa", "Nota"],
    ["2024", "2024-01-01", "2024-03-31", "Municipio de Torreón", "Crédito simple", "Banco del Ejemplo", "2020-05-01",
     "1000000.00", "TIIE + 1", "120", "2030-05-01", "650000.25", ""],
]  # fmt: skip


def test_debt_of_the_platforms_form(ingest, tmp_path):
    done = ingest(write_xlsx(tmp_path / "deuda.xlsx", {"Reporte": DEBTS}), municipality="05035", publish=True)

    assert (done.status, done.kind, done.report["period"], done.report["year"]) == ("published", "debt", "Q1", 2024)
    debt = Debt.objects.get()
    assert (debt.creditor, debt.contracted, debt.balance, debt.is_none) == (
        "Banco del Ejemplo", D("1000000.00"), D("650000.25"), False,
    )  # fmt: skip
    assert (debt.signed_on, debt.matures_on) == (date(2020, 5, 1), date(2030, 5, 1))


def test_that_there_is_no_debt_is_a_statement_without_a_zero(ingest, tmp_path):
    note = "A la fecha el municipio no ha realizado contratación alguna de deuda pública"
    rows = [DEBTS[0], ["2024", "2024-01-01", "2024-03-31", *[""] * 9, note]]
    rows[1] = [*rows[1][:12], note]
    done = ingest(write_xlsx(tmp_path / "deuda.xlsx", {"Reporte": rows}), municipality="05035", publish=True)

    assert (done.status, done.rows_loaded, done.report["totals"]) == ("published", 1, {})
    debt = Debt.objects.get()
    assert (debt.is_none, debt.balance, debt.contracted, debt.notes) == (True, None, None, note)


@pytest.mark.parametrize(
    ("text", "share", "value"),
    [("69.09", False, "69.09"), ("70 %", False, "70"), ("0.7", True, "70"), ("70%", True, "70"), ("105", False, "105"),
     ("12,5", False, "12.5"), ("concluida", False, None), ("-3", False, None), ("99999", False, None)],
)  # fmt: skip
def test_percentages_as_printed(text, share, value):
    assert percent(text, share=share) == (None if value is None else D(value))


def test_a_column_of_shares_is_told_from_one_of_percentages():
    assert prints_shares(["0", "0.5", "1"])
    assert not prints_shares(["0", "1", "1"])
    assert not prints_shares(["0.5", "70"])


def test_terms_and_outcomes_in_words():
    assert [sanctions.months(text) for text in ("3 MESES", "1 AÑO", "2 años 6 meses", "quince días", "")] == [
        3, 12, 30, None, None,
    ]  # fmt: skip
    assert [sanctions.outcome(text) for text in ("Inhabilitación", "Amonestación", "SANCIONATORIA", "")] == [
        "disqualified", "", "sanctioned", "",
    ]  # fmt: skip


def test_one_mistyped_year_dates_no_list():
    assert works.newest(["2016", "2016", "2061", None, ""]) == 2016
    assert works.newest(["2016"]) == 2016
    assert works.newest([None, "sin fecha"]) is None


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("path", "said", "kind", "rows"),
    [
        ("budget/shcp_opa_2015_anual_antigua_vivo.csv", {}, "works", 3140),
        ("budget/shcp_opa_2021_anual_reciente_vivo.csv", {}, "works", 1786),
        ("procurement/qro_contraloria_obras_2019.csv", {"public_body": "contraloria-queretaro"}, "works", 585),
        ("procurement/sfp_proveedores_sancionados.csv", {}, "sanctions", 1504),
        ("budget/mich_tanhuato_2019q1_sipot_deuda.xlsx", {"municipality": "16086"}, "debt", 1),
    ],
)
def test_published_registers(ingest, realdata_dir: Path, path, said, kind, rows):
    done = ingest(realdata_dir / path, publish=True, **said)

    assert (done.status, done.kind, done.rows_loaded, done.rows_rejected) == ("published", kind, rows, 0)


def test_thousands_of_pesos_in_a_title_count(ingest, write):
    rows = [["Obra pública (miles de pesos)"], [], *WORKS]
    done = ingest(write("obras.csv", text_of(rows)), municipality="05035")

    assert done.report["totals"] == {"approved": "1000000000.00", "contracted": "990000500.00", "spent": "500000000.00"}
