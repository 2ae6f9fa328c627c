"""Forms that the council for harmonised accounting (CONAC) has every municipality publish beside its statements.

Norms of 3 April 2013 (information to citizens, law of income, budget, federal funds) and of 2013 on FAIS; files of our own.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from datasets.ingest.numbers import to_decimal
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from tests.datasets.reading_files import write_xlsx

TOWN = ["Municipio de Ejemplo"]
INCOME = [["Total", "6,700.50"], ["Impuestos", "3,200.00"], ["Derechos", "1,100.50"], ["Participaciones", "2,400.00"]]
SPENDING = [["Total", "6,700.50"], ["Servicios Personales", "3,500.00"], ["Materiales y Suministros", "3,200.50"]]


def read(tmp_path, rows):
    path = write_xlsx(tmp_path / "formato.xlsx", {"Hoja1": [TOWN, *rows]})
    return read_file(path, name=path.name)


def told(reading):
    return [
        (table.kind, table.breakdown, table.context.year, table.context.document, table.lines, sum_of(table))
        for table in reading.tables
    ]


def sum_of(table):
    moment = {"expenditure": "approved", "revenue": "estimated"}[table.kind]
    return sum(to_decimal(str(text)) for block in table.stored for text in block.columns[moment])


@pytest.mark.parametrize("last", ["2,400.00", "2000"], ids=["plainly money", "money that could be a year"])
def test_information_to_citizens_is_income_and_spending_apart(tmp_path, last):
    income = Decimal("4300.50") + Decimal(last.replace(",", ""))
    reading = read(
        tmp_path,
        [
            ["Difusión a la ciudadanía de la Ley de Ingresos y del Presupuesto de Egresos 2023"],
            [],
            ["Origen de los Ingresos", "Importe"],
            ["Total", f"{income:,}"],
            *INCOME[1:-1],
            ["Participaciones", last],
            [],
            ["¿En qué se gasta?", "Importe"],
            *SPENDING,
        ],
    )
    assert told(reading) == [
        ("revenue", "full", 2023, "approved", 3, income),
        ("expenditure", "object", 2023, "approved", 2, Decimal("6700.50")),
    ]
    assert reading.complete


@pytest.mark.parametrize("titled", [True, False], ids=["titles of their own", "one title"])
def test_budget_in_four_classifications_is_four_tables(tmp_path, titled):
    title = ["Presupuesto de Egresos para el Ejercicio Fiscal 2023"]
    above = [TOWN, title] if titled else []
    offices = [["Total", "6,700.50"], ["Presidencia", "3,500.00"], ["Tesorería", "3,200.50"]]
    purposes = [["Total", "6,700.50"], ["Gobierno", "3,500.00"], ["Desarrollo Social", "3,200.50"]]
    types = [["Total", "6,700.50"], ["Gasto Corriente", "3,500.00"], ["Gasto de Capital", "3,200.50"]]
    reading = read(
        tmp_path,
        [
            title,
            ["Clasificador por Objeto del Gasto", "Importe"],
            *SPENDING,
            [],
            *above,
            ["Clasificación Administrativa", "Importe"],
            *offices,
            [],
            *above,
            ["Clasificador Funcional del Gasto", "Importe"],
            *purposes,
            [],
            *above,
            ["Clasificación por Tipo de Gasto", "Importe"],
            *types,
        ],
    )
    whole = Decimal("6700.50")
    breakdowns = ("object", "administrative", "functional", "economic")
    assert told(reading) == [("expenditure", name, 2023, "approved", 2, whole) for name in breakdowns]
    assert (reading.complete, reading.findings) == (True, [])


def test_heading_that_is_printed_again_begins_no_other_table(tmp_path):
    head = ["Clasificador por Objeto del Gasto", "Importe"]
    rows = [["Presupuesto de Egresos 2023"], head, *SPENDING[1:], head, ["Servicios Generales", "1,000.25"]]
    reading = read(tmp_path, rows)
    assert told(reading) == [("expenditure", "object", 2023, "approved", 3, Decimal("7700.75"))]


def test_table_of_which_nobody_knows_what_it_is_is_named(tmp_path):
    reading = read(
        tmp_path,
        [
            ["Presupuesto de Egresos 2023"],
            ["Clasificador por Objeto del Gasto", "Importe"],
            *SPENDING,
            [],
            ["Entidad", "Municipio", "Unidad responsable"],
            ["Coahuila", "Ocampo", "Tesorería"],
            ["Coahuila", "Ocampo", "Presidencia"],
        ],
    )
    assert [table.lines for table in reading.tables] == [2]
    [found] = reading.findings
    assert (found.code, found.severity) == ("unknown_table", "warning")
    assert "la tabla de la fila 8 («Entidad», «Municipio», «Unidad responsable»)" in found.message


FAIS = ["Montos que reciban, obras y acciones a realizar con el FAIS"]
DONE = [
    ["Pavimentación de la calle Uno", "500,000.00", "Coahuila", "Ocampo", "Ocampo", "300 m2", "120"],
    ["Red de agua", "400,000.50", "Coahuila", "Ocampo", "Boquillas", "1 km", "80"],
    ["Aula", "145,000.00", "Coahuila", "Ocampo", "Ocampo", "1", "40"],
]


@pytest.mark.parametrize(
    "head",
    [
        [
            ["Obra o acción a realizar", "Costo", "Ubicación", None, None, "Metas", "Beneficiarios"],
            [None, None, "Entidad", "Municipio", "Localidad", None, None],
        ],
        [
            [
                "Obra o acción a realizar", "Costo", "Ubicación: Entidad", "Ubicación: Municipio", "Ubicación: Localidad",
                "Metas", "Beneficiarios",
            ]
        ],
    ],
    ids=["two rows of headings", "one row"],
)  # fmt: skip
def test_works_with_the_fund_for_social_infrastructure_are_works(tmp_path, head):
    reading = read(tmp_path, [FAIS, ["Ejercicio 2022"], ["Monto que reciban del FAIS: $1,100,000.00"], *head, *DONE])
    assert (reading.kind, reading.complete, reading.layout) == (
        "works",
        True,
        "CONAC, obras y acciones a realizar con el FAIS",
    )
    assert {"work_name", "investment", "work_state", "work_municipality", "work_location"} == set(
        reading.columns.values()
    )
    assert (reading.tables[0].lines, reading.tables[0].context.year) == (3, 2022)


FUNDS = ["Programa o Fondo", "Destino de los Recursos", "Devengado", "Pagado", "Reintegro"]
SPENT = [
    ["FISMDF", "Obra pública", "3,500.00", "3,400.00", "0"],
    ["FORTAMUN", "Seguridad", "2,100.50", "2,100.50", "0"],
]
SPENT += [["PRODDER", "Agua potable", "500.00", "450.00", "0"]]


@pytest.mark.parametrize(
    ("title", "rows", "code"),
    [
        ("Formato del ejercicio y destino de gasto federalizado y reintegros", [FUNDS, *SPENT], "annex"),
        (
            "Formato de información de aplicación de recursos del FORTAMUN",
            [["Destino de las Aportaciones", "Monto Pagado"], ["Alumbrado", "1,500.00"], ["Policía", "2,500.50"]],
            "annex",
        ),
        ("Formato de programas con recursos federales por orden de gobierno", [FUNDS, *SPENT], "annex"),
        (
            "Relación de bienes muebles que componen el patrimonio",
            [["Código", "Descripción del Bien", "Valor en libros"], ["1241", "Escritorio", "3,500.00"]],
            "assets",
        ),
    ],
    ids=["federal money", "one fund", "programmes", "goods"],
)
def test_forms_of_money_that_the_statements_hold_already_say_so(tmp_path, title, rows, code):
    reading = read(tmp_path, [[title], ["Del 1 de enero al 30 de septiembre de 2021"], *rows])
    assert (reading.kind, [found.code for found in reading.findings]) == (None, [code])


def test_federal_money_is_read_for_whoever_says_that_it_is_spending(tmp_path):
    """Shown beside the statements it would be counted twice, shown alone it would be taken for all that was spent."""
    rows = [
        ["Formato del ejercicio y destino de gasto federalizado y reintegros"],
        ["Al período (enero-diciembre de 2023)"],
        ["Programa o Fondo", "Destino de los Recursos", "Ejercicio", None, "Reintegro"],
        [None, None, "Devengado", "Pagado", None],
        *SPENT,
    ]
    path = write_xlsx(tmp_path / "formato.xlsx", {"Hoja1": [TOWN, *rows]})
    assert read_file(path, name=path.name).kind is None
    reading = read_file(path, name=path.name, hints=Hints(kind="expenditure"))
    [table] = reading.tables
    assert (reading.questions, table.lines, table.context.year, table.context.period) == ([], 3, 2023, "annual")
    assert {"funding_source_name", "accrued", "paid"} <= set(table.columns.values())


@pytest.mark.parametrize(
    "title", ["Ingresos por licencias, permisos y autorizaciones", "Ingresos por permisos otorgados"]
)
def test_income_from_permits_is_income(tmp_path, title):
    reading = read(
        tmp_path, [[f"{title} 2023"], ["Concepto", "Estimado", "Recaudado"], *[[*row, "10.00"] for row in INCOME[1:]]]
    )
    assert (reading.kind, reading.tables[0].lines) == ("revenue", 3)


def test_progress_of_works_tells_them_from_a_budget(tmp_path):
    reading = read(
        tmp_path,
        [
            ["Obras del ejercicio 2023 por fuente de financiamiento (pesos)"],
            ["Clave", "Obra", "Municipio", "Inversión autorizada", None, None, "Ejercido", "% físico"],
            [None, None, None, "Federal", "Estatal", "Suma", None, None],
            ["OP-001", "Puente vehicular", "Acatlán", "4,868.92", "102.87", "4,971.79", "4,971.79", "100"],
            ["OP-002", "Camino", "Xicotlán", "3,506.10", "692.02", "4,198.12", "1,720.72", "80"],
            ["OP-003", "Casa de salud", "Xicotlán", "470.50", "429.68", "900.18", "900.18", "100"],
        ],
    )
    assert (reading.kind, reading.complete, reading.tables[0].lines) == ("works", True, 3)


PERIOD = ["Ejercicio", "Fecha de inicio del periodo que se informa", "Fecha de término del periodo que se informa"]
END = [
    "Área(s) responsable(s) que genera(n), posee(n), publica(n) y actualizan la información",
    "Fecha de validación",
    "Nota",
]
OTHER_OBLIGATIONS = [
    (
        "Gastos por concepto de viáticos y representación",
        ["Denominación del puesto", "Nombre(s)", "Primer apellido", "Tipo de gasto (catálogo)", "Importe total erogado"],
        ["Auxiliar", "Juan", "Muestra", "Viáticos", "1500.50"],
        "travel",
    ),
    (
        "Donaciones_Donaciones en dinero realizadas",
        ["Razón social (Persona moral)", "Nombre(s) del beneficiario", "Monto otorgado", "Hipervínculo al contrato de donación"],
        ["Asociación Muestra AC", "", "5000.00", "http://ejemplo.mx/1"],
        "grants",
    ),
    (
        "Personas físicas o morales a quienes se les asigna o permite usar recursos públicos",
        ["Denominación o razón social", "Tipo de recurso público (catálogo)", "Monto total y/o recurso público"],
        ["Asociación Muestra AC", "Efectivo", "5000.00"],
        "grants",
    ),
    (
        "Las concesiones, contratos, convenios, permisos, licencias o autorizaciones otorgadas",
        ["Tipo de acto jurídico (catálogo)", "Número de control interno", "Objeto de la realización del acto jurídico",
         "Razón social del titular al cual se otorgó el acto jurídico", "Fecha de inicio de vigencia del acto jurídico",
         "Monto total o beneficio"],
        ["Licencia", "L-1", "Tienda", "Abarrotes Muestra SA de CV", "01/01/2022", "1200.50"],
        "permits",
    ),
    (
        "Gastos de publicidad oficial_Contratación de servicios de publicidad oficial",
        ["Tipo de servicio", "Tipo de medio (catálogo)", "Costo por unidad"],
        ["Difusión", "Radio", "1500.50"],
        "advertising",
    ),
    (
        "Subsidios, estímulos y apoyos_Programas sociales",
        ["Denominación del programa", "Monto del presupuesto aprobado", "Monto del presupuesto ejercido"],
        ["Becas", "10000", "9000"],
        "annex",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "head", "row", "code"), OTHER_OBLIGATIONS, ids=[one[0][:24] for one in OTHER_OBLIGATIONS]
)
def test_other_obligations_of_the_platform_are_no_budget_and_no_purchases(tmp_path, title, head, row, code):
    """General law of transparency, article 70, IX, XV, XXIII, XXVI, XXVII and XLIV, as the platform exports them."""
    heads = [*PERIOD, *head, *END]
    width = len(heads)
    sheet = [
        ["45000"],
        ["TÍTULO", "NOMBRE CORTO", "DESCRIPCIÓN"],
        [title, "LTAIP_Art_33", "La información correspondiente"],
        ["1"] * width,
        [str(450000 + number) for number in range(width)],
        ["Tabla Campos"],
        heads,
        *[[2022, "01/01/2022", "31/03/2022", *row, "Tesorería", "30/04/2022", ""]] * 4,
    ]
    path = write_xlsx(tmp_path / "formato.xlsx", {"Reporte de Formatos": sheet})
    reading = read_file(path, name=path.name)
    assert (reading.kind, [found.code for found in reading.findings]) == (None, [code])
    assert reading.layout.startswith("SIPOT")
