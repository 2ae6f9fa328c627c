"""Standard layouts of Mexican fiscal publishing beside those of the published files: LDF, PEF, SRFT, CompraNet, calendars."""

import pytest

from datasets.ingest.context import from_titles
from datasets.ingest.reading import Hints, read_file
from tests.datasets.reading_files import write_csv, write_xlsx


def read(path, **hints):
    reading = read_file(path, name=path.name, hints=Hints(**hints))
    for table in reading.tables:
        assert table.rows_read == table.lines + sum(table.skipped.values())
    return reading


def heads(text: str) -> list[str]:
    return text.split(",")


def lines(table, *fields):
    block = next(table.blocks())
    columns = [
        block.columns[name].to_pylist() if name in block.columns else [None] * len(block.rows) for name in fields
    ]
    return list(zip(*columns, strict=True))


LDF_TITLES = [
    ["Municipio de Ejemplo, Jalisco"],
    ["Estado Analítico del Ejercicio del Presupuesto de Egresos Detallado - LDF"],
]
LDF_HEAD = [
    ["Del 1 de enero al 31 de diciembre de 2022"],
    ["Concepto (c)", "Egresos", None, None, None, None, "Subejercicio (e)"],
    [None, "Aprobado (d)", "Ampliaciones/ (Reducciones)", "Modificado", "Devengado", "Pagado", None],
]


def test_ldf_6b_parts_earmarked_units_from_free_ones(tmp_path):
    rows = [
        *LDF_TITLES,
        ["Clasificación Administrativa"],
        *LDF_HEAD,
        ["I. Gasto No Etiquetado (I=A+B+C)", 30, 0, 30, 20, 20, 10],
        ["A. Presidencia", 10, 0, 10, 5, 5, 5],
        ["B. Tesorería", 20, 0, 20, 15, 15, 5],
        ["II. Gasto Etiquetado (II=A+B+C)", 50, 0, 50, 50, 50, 0],
        ["A. Presidencia", 0, 0, 0, 0, 0, 0],
        ["B. Obras Públicas", 50, 0, 50, 50, 50, 0],
        ["III. Total de Egresos (III = I + II)", 80, 0, 80, 70, 70, 10],
    ]
    table = read(write_xlsx(tmp_path / "6b.xlsx", {"F6b": rows})).tables[0]

    assert table.breakdown == "administrative"
    assert lines(table, "unit_name", "earmarked", "approved") == [
        ("Presidencia", "free", "10"),
        ("Tesorería", "free", "20"),
        ("Presidencia", "earmarked", "0"),
        ("Obras Públicas", "earmarked", "50"),
    ]


def test_ldf_6c_letters_are_functions_not_objects(tmp_path):
    rows = [
        *LDF_TITLES,
        ["Clasificación Funcional (Finalidad y Función)"],
        *LDF_HEAD,
        ["I. Gasto No Etiquetado (I=A+B+C+D)", 30, 0, 30, 20, 20, 10],
        ["A. Gobierno (A=a1+a2)", 30, 0, 30, 20, 20, 10],
        ["a1) Legislación", 10, 0, 10, 5, 5, 5],
        ["a3) Coordinación de la Política de Gobierno", 20, 0, 20, 15, 15, 5],
        ["II. Gasto Etiquetado (II=A+B+C+D)", 5, 0, 5, 5, 5, 0],
        ["A. Gobierno (A=a1)", 5, 0, 5, 5, 5, 0],
        ["a7) Asuntos de Orden Público y de Seguridad Interior", 5, 0, 5, 5, 5, 0],
        ["III. Total de Egresos (III = I + II)", 35, 0, 35, 25, 25, 10],
    ]
    table = read(write_xlsx(tmp_path / "6c.xlsx", {"F6c": rows})).tables[0]

    assert table.breakdown == "functional"
    assert lines(table, "function_code", "approved") == [("1.1", "10"), ("1.3", "20"), ("1.7", "5")]


def test_ldf_6d_is_only_a_part_of_the_budget(tmp_path):
    rows = [
        *LDF_TITLES,
        ["Clasificación de Servicios Personales por Categoría"],
        *LDF_HEAD,
        ["I. Gasto No Etiquetado (I=A+B)", 30, 0, 30, 20, 20, 10],
        ["A. Personal Administrativo y de Servicio Público", 30, 0, 30, 20, 20, 10],
        ["III. Total del Gasto en Servicios Personales", 30, 0, 30, 20, 20, 10],
    ]
    reading = read(write_xlsx(tmp_path / "6d.xlsx", {"F6d": rows}))

    assert (reading.kind, [found.code for found in reading.findings]) == (None, ["personnel"])


def test_ldf_5_revenue_leaves_totals_and_informative_rows_out(tmp_path):
    rows = [
        ["Municipio de Ejemplo"],
        ["Estado Analítico de Ingresos Detallado - LDF"],
        ["Del 1 de enero al 31 de marzo de 2022"],
        ["Concepto (c)", "Ingreso", None, None, None, None, "Diferencia (e)"],
        [None, "Estimado (d)", "Ampliaciones/ (Reducciones)", "Modificado", "Devengado", "Recaudado", None],
        ["Ingresos de Libre Disposición"],
        ["A. Impuestos", 10, 0, 10, 5, 5, -5],
        ["H. Participaciones (H=h1+h2)", 70, 0, 70, 30, 30, -40],
        ["h1) Fondo General de Participaciones", 50, 0, 50, 20, 20, -30],
        ["h2) Fondo de Fomento Municipal", 20, 0, 20, 10, 10, -10],
        ["I. Total de Ingresos de Libre Disposición (I=A+H)", 80, 0, 80, 35, 35, -45],
        ["Ingresos Excedentes de Ingresos de Libre Disposición"],
        ["Transferencias Federales Etiquetadas"],
        ["A. Aportaciones (A=a1+a2)", 40, 0, 40, 10, 10, -30],
        ["a1) FISM", 30, 0, 30, 5, 5, -25],
        ["a2) FORTAMUN", 10, 0, 10, 5, 5, -5],
        ["II. Total de Transferencias Federales Etiquetadas (II = A)", 40, 0, 40, 10, 10, -30],
        ["III. Ingresos Derivados de Financiamientos (III = A)", 7, 0, 7, 7, 7, 0],
        ["A. Ingresos Derivados de Financiamientos", 7, 0, 7, 7, 7, 0],
        ["IV. Total de Ingresos (IV = I + II + III)", 127, 0, 127, 52, 52, -75],
        ["Datos Informativos"],
        [
            "1. Ingresos Derivados de Financiamientos con Fuente de Pago de Ingresos de Libre Disposición",
            7,
            0,
            7,
            7,
            7,
            0,
        ],
    ]
    table = read(write_xlsx(tmp_path / "5.xlsx", {"F5": rows})).tables[0]

    assert table.kind == "revenue"
    assert lines(table, "cri_code", "revenue_name", "estimated") == [
        ("1", "Impuestos", "10"),
        ("81", "Fondo General de Participaciones", "50"),
        ("81", "Fondo de Fomento Municipal", "20"),
        ("82", "FISM", "30"),
        ("82", "FORTAMUN", "10"),
        ("0", "Ingresos Derivados de Financiamientos", "7"),
    ]


def test_federal_open_budget_keeps_every_classification(tmp_path):
    head = heads(
        "ciclo,id_ramo,desc_ramo,id_ur,desc_ur,gpo_funcional,desc_gpo_funcional,id_funcion,desc_funcion,"
        "id_subfuncion,desc_subfuncion,id_modalidad,desc_modalidad,id_pp,desc_pp,id_capitulo,desc_capitulo,"
        "id_concepto,desc_concepto,id_partida_generica,desc_partida_generica,id_partida_especifica,"
        "desc_partida_especifica,id_tipogasto,desc_tipogasto,id_ff,desc_ff,id_entidad_federativa,"
        "entidad_federativa,monto_aprobado,monto_modificado,monto_devengado,monto_pagado"
    )
    common = [
        "2021",
        "1",
        "Poder Legislativo",
        "100",
        "H. Cámara de Diputados",
        "1",
        "Gobierno",
        "1",
        "Legislación",
        "1",
        "Legislación",
    ]
    rows = [
        [
            *common,
            "R",
            "Específicos",
            "1",
            "Actividades",
            *["1000", "S", "1100", "R", "111", "D", "11101"],
            "Dietas",
            "1",
            "Gasto corriente",
            "1",
            "Recursos fiscales",
            "9",
            "Ciudad de México",
            "100.50",
            "100.50",
            "90",
            "80",
        ],
        [
            *common,
            "R",
            "Específicos",
            "1",
            "Actividades",
            *["2000", "M", "2100", "P", "211", "Q", "21101"],
            "Papel",
            "1",
            "Gasto corriente",
            "1",
            "Recursos fiscales",
            "9",
            "Ciudad de México",
            "10",
            "10",
            "9",
            "8",
        ],
    ]
    table = read(write_csv(tmp_path / "pef.csv", [head, *rows])).tables[0]

    fields = (
        "object_code",
        "object_name",
        "unit_code",
        "ramo_code",
        "function_code",
        "expenditure_type",
        "programme_name",
        "approved",
    )
    assert lines(table, *fields)[0] == ("11101", "Dietas", "100", "1", "1.1.1", "1", "Actividades", "100.50")
    assert (table.breakdown, table.context.level, table.context.year) == ("full", "federal", 2021)


def test_federal_transfers_by_municipality(tmp_path):
    head = heads(
        "TIPO_REGISTRO,CICLO,TRIMESTRE,ID_ENTIDAD_FEDERATIVA,ENTIDAD_FEDERATIVA,ID_MUNICIPIO,MUNICIPIO,"
        "ID_RAMO,RAMO,ID_PP,PROGRAMA_PRESUPUESTARIO,TIPO_GASTO,ID_PARTIDA_GENERICA,DESC_PARTIDA_GENERICA,"
        "APROBADO,MODIFICADO,MINISTRADO,DEVENGADO,PAGADO,"
    )
    place = ["2023", "4", "17", "Morelos", "31", "Zacatepec", "33", "Aportaciones", "5", "FORTAMUN"]
    rows = [
        ["1-Programa presupuestario", *place, "", "", "", "", "", "", "", "", ""],
        ["2-Partida genérica", *place, "1", "113", "Sueldos", "100", "100", "100", "90", "90", ""],
        ["2-Partida genérica", *place, "1", "211", "Papel", "50", "50", "50", "40", "40", ""],
    ]
    reading = read(write_csv(tmp_path / "srft.csv", [head, *rows]))
    table = reading.tables[0]

    assert (reading.complete, table.skipped, table.context.period) == (True, {"empty": 1}, "Q4")
    assert lines(table, "municipality_code", "object_code", "programme_name", "paid") == [
        ("17031", "113", "FORTAMUN", "90"),
        ("17031", "211", "FORTAMUN", "40"),
    ]


def test_chapter_printed_once_beside_its_first_concept(tmp_path):
    rows = [
        ["Presupuesto de Egresos 2023"],
        ["Capítulo", "Concepto", "Importe"],
        ["1000 SERVICIOS PERSONALES", "1100 Remuneraciones", 100],
        [None, "1200 Eventuales", 20],
        ["2000 MATERIALES", "2100 Papel", 30],
        ["TOTAL", None, 150],
    ]
    table = read(write_xlsx(tmp_path / "p.xlsx", {"H": rows})).tables[0]

    assert lines(table, "object_code", "object_name", "approved") == [
        ("1100", "Remuneraciones", "100"),
        ("1200", "Eventuales", "20"),
        ("2100", "Papel", "30"),
    ]
    assert (table.context.year, table.context.document) == (2023, "approved")


def test_monthly_sheets_are_their_own_periods(tmp_path):
    def sheet(amount):
        return [
            ["Ingresos recaudados 2021"],
            ["Clave", "Concepto", "Recaudado"],
            ["1.1", "Impuestos", amount],
            ["4.1", "Derechos", amount],
        ]

    reading = read(write_xlsx(tmp_path / "i.xlsx", {"Enero": sheet(10), "Febrero": sheet(20)}))

    assert [(table.kind, table.context.period, table.lines) for table in reading.tables] == [
        ("revenue", "2021-01", 2),
        ("revenue", "2021-02", 2),
    ]


COMPRANET = {
    "2018": "Orden de gobierno,Institución,Nombre de la UC,Número del procedimiento,Tipo de procedimiento,Código del contrato,"
    "Título del contrato,Fecha de inicio del contrato,Importe del contrato,Moneda del contrato,Proveedor o contratista,RFC",
    "2023": "Orden de gobierno,Institución,Nombre de la UC,Número de procedimiento,Tipo Procedimiento,Código del contrato,"
    "Título del contrato,Fecha de inicio del contrato,Importe DRC,Moneda,Proveedor o contratista,rfc",
}


@pytest.mark.parametrize("edition", COMPRANET)
def test_later_editions_of_compranet(tmp_path, edition):
    head = COMPRANET[edition].split(",")
    rows = [
        [
            "GM",
            f"Municipio {n}",
            "UC",
            f"LO-{n}",
            "Licitación pública",
            f"C{n}",
            "Obra",
            f"{edition}-03-0{n}",
            f"{n}00",
            "MXN",
            "ACME",
            "R",
        ]
        for n in (1, 2, 3)
    ]
    reading = read(write_csv(tmp_path / f"Contratos_{edition}.csv", [head, *rows]))
    table = reading.tables[0]

    assert (reading.kind, table.context.year) == ("contracts", int(edition))
    assert lines(table, "buyer_name", "contract_number", "amount_unspecified_tax", "currency", "supplier_name")[0] == (
        "Municipio 1",
        "C1",
        "100",
        "MXN",
        "ACME",
    )


def test_codes_printed_with_unit_names_are_parted(tmp_path):
    text = [
        ["Ejercicio", "Unidad responsable", "Partida", "Aprobado"],
        ["2022", "A01 Presidencia", "1131", "5"],
        ["2022", "A02 Tesorería", "2111", "6"],
    ]
    table = read(write_csv(tmp_path / "e.csv", text)).tables[0]

    assert lines(table, "unit_code", "unit_name") == [("A01", "Presidencia"), ("A02", "Tesorería")]


def test_large_file_becomes_a_plan_with_row_local_rules(tmp_path, monkeypatch):
    from datasets.ingest import reading as module
    from datasets.ingest.readers import text

    monkeypatch.setattr(text, "MAX_GRID_BYTES", 100)
    monkeypatch.setattr(module, "MAX_GRID_BYTES", 100)
    head = ["Ejercicio", "UR", "Capítulo", "Concepto clave", "Partida específica", "Descripción", "Aprobado", "Pagado"]
    head[3] = "Clave concepto"
    rows = [["2021", "001", "1000", "", "", "Servicios personales", "30", "3"]]
    rows += [
        ["2021", "001", "1000", "1100", "1131", "Sueldos", "10", "1"],
        ["2021", "001", "1000", "1300", "1321", "Primas", "20", "2"],
    ]
    path = tmp_path / "grande.csv"
    path.write_bytes("\n".join(";".join(row) for row in [head, *rows]).encode("cp1252"))

    table = read_file(path, name=path.name).tables[0]
    plan = table.stream

    assert (plan.encoding, plan.delimiter, plan.header_record, plan.object_codes) == ("cp1252", ";", 1, (4, 3, 2))
    assert {name: plan.fields[name] for name in ("fiscal_year", "unit_code", "object_name", "approved", "paid")} == {
        "fiscal_year": 0,
        "unit_code": 1,
        "object_name": 5,
        "approved": 6,
        "paid": 7,
    }
    assert (plan.rules[0].reason, plan.rules[0].empty, plan.rules[0].filled) == ("subtotal", (3, 4), (2,))
    assert table.stored == []


def test_indented_units_are_the_leaves_of_their_sector(tmp_path):
    rows = [
        ["Municipio de León, Guanajuato"],
        ["Estado Analítico del Ejercicio del Presupuesto de Egresos"],
        ["Clasificación Administrativa"],
        ["Del 1 de enero al 30 de septiembre de 2023"],
        ["Concepto", "Aprobado", "Modificado", "Devengado", "Pagado"],
        ["Sector Central", 30, 30, 20, 20],
        ["     Presidencia", 10, 10, 5, 5],
        ["     Tesorería", 20, 20, 15, 15],
        ["Sector Descentralizado", 50, 50, 50, 50],
        ["     DIF", 50, 50, 50, 50],
        ["Total del Gasto", 80, 80, 70, 70],
    ]
    table = read(write_xlsx(tmp_path / "a.xlsx", {"H": rows})).tables[0]

    assert (table.breakdown, table.context.period) == ("administrative", "Q3")
    assert lines(table, "unit_name", "approved") == [("Presidencia", "10"), ("Tesorería", "20"), ("DIF", "50")]


def test_increases_and_decreases_become_one_adjustment(tmp_path):
    rows = [
        ["H. AYUNTAMIENTO DE COMALA, COLIMA"],
        ["ESTADO DEL EJERCICIO DEL PRESUPUESTO DE EGRESOS"],
        ["DEL 01/01/2022 AL 31/03/2022"],
        [
            "CODIGO",
            "DESCRIPCION",
            "PRESUPUESTO ORIGINAL",
            "AMPLIACIONES",
            "REDUCCIONES",
            "PRESUPUESTO MODIFICADO",
            "PAGADO",
            "% AVANCE",
        ],
        ["1000", "SERVICIOS PERSONALES", 100, 10, 5, 105, 40, "47.6%"],
        ["1100", "REMUNERACIONES PERMANENTES", 100, 10, 5, 105, 40, "47.6%"],
        ["1131", "SUELDOS", 60, 10, 5, 65, 20, "46%"],
        ["1132", "SUELDOS EVENTUAL", 40, 0, 0, 40, 20, "50%"],
        ["", "TOTAL GENERAL", 100, 10, 5, 105, 40, "47.6%"],
        ["", "C.P. JUAN PÉREZ"],
        ["", "TESORERO MUNICIPAL"],
    ]
    table = read(write_xlsx(tmp_path / "c.xlsx", {"H": rows})).tables[0]

    assert lines(table, "object_code", "approved", "adjustments", "modified") == [
        ("1131", "60", "5", "65"),
        ("1132", "40", "0", "40"),
    ]
    assert (table.context.municipality_name, table.context.state_code, table.context.period) == ("Comala", "06", "Q1")
    assert table.skipped == {"subtotal": 3, "note": 2}


def test_headings_between_lists_of_objects_name_the_unit(tmp_path):
    rows = [
        ["Presupuesto de Egresos 2024 del Municipio de Tecate, Baja California"],
        ["Partida", "Descripción", "Presupuesto autorizado"],
        ["PRESIDENCIA MUNICIPAL"],
        ["11301", "Sueldo", 100],
        ["21101", "Papelería", 10],
        ["SUBTOTAL", "", 110],
        ["TESORERÍA MUNICIPAL"],
        ["11301", "Sueldo", 200],
        ["21101", "Papelería", 20],
        ["SUBTOTAL", "", 220],
        ["TOTAL", "", 330],
    ]
    reading = read(write_xlsx(tmp_path / "u.xlsx", {"H": rows}))
    table = reading.tables[0]

    assert (table.breakdown, reading.complete, table.context.municipality_name) == ("full", True, "Tecate")
    assert lines(table, "unit_name", "object_code", "approved") == [
        ("PRESIDENCIA MUNICIPAL", "11301", "100"),
        ("PRESIDENCIA MUNICIPAL", "21101", "10"),
        ("TESORERÍA MUNICIPAL", "11301", "200"),
        ("TESORERÍA MUNICIPAL", "21101", "20"),
    ]


def test_revenue_law_is_an_estimate_by_code(tmp_path):
    rows = [
        ["LEY DE INGRESOS DEL MUNICIPIO DE ARANDAS, JALISCO PARA EL EJERCICIO FISCAL 2025"],
        ["CRI", "DESCRIPCIÓN", "TOTAL"],
        ["1", "IMPUESTOS", 100],
        ["1.1", "Espectáculos", 40],
        ["1.2", "Predial", 60],
        ["8", "PARTICIPACIONES", 500],
        ["", "TOTAL DE INGRESOS", 600],
    ]
    table = read(write_xlsx(tmp_path / "ley.xlsx", {"H": rows})).tables[0]

    assert lines(table, "cri_code", "estimated") == [("11", "40"), ("12", "60"), ("8", "500")]
    assert (table.context.year, table.context.document, table.context.municipality_name) == (
        2025,
        "approved",
        "Arandas",
    )


def test_contract_list_ends_in_its_total(tmp_path):
    rows = [
        ["MUNICIPIO DE SALTILLO, COAHUILA"],
        ["No. Contrato", "Tipo de contratación", "Proveedor", "Objeto", "Fecha de firma", "Monto con IVA"],
        ["MS-001", "Adjudicación directa", "ACME SA DE CV", "Papel", "15/01/2023", "$1,160.00"],
        ["MS-002", "Licitación pública", "Obras SA", "Calle", "20/02/2023", "$2,000,000.00"],
        ["", "", "", "", "TOTAL", "$2,001,160.00"],
    ]
    table = read(write_xlsx(tmp_path / "c.xlsx", {"H": rows})).tables[0]

    assert lines(table, "contract_number", "procedure_type_raw", "amount_with_tax") == [
        ("MS-001", "Adjudicación directa", "$1,160.00"),
        ("MS-002", "Licitación pública", "$2,000,000.00"),
    ]
    assert (table.skipped, table.context.municipality_name) == ({"subtotal": 1}, "Saltillo")


@pytest.mark.parametrize(
    ("title", "municipality", "state"),
    [
        ("MUNICIPIO DE ECATEPEC DE MORELOS", "Ecatepec de Morelos", None),
        ("MUNICIPIO DE ECATEPEC DE MORELOS, ESTADO DE MÉXICO", "Ecatepec de Morelos", "15"),
        ("Municipio de Dolores Hidalgo, Guanajuato", "Dolores Hidalgo", "11"),
        ("H. AYUNTAMIENTO CONSTITUCIONAL DE SAN JUAN DEL RÍO, QUERÉTARO", "San Juan del Río", "22"),
        ("MUNICIPIO DE TANHUATO MICHOACAN", "Tanhuato", "16"),
        ("Municipio de Puebla", "Puebla", None),
        ("Ente Público: Municipio de Acámbaro, Guanajuato", "Acámbaro", "11"),
    ],
)
def test_municipality_and_state_in_titles(title, municipality, state):
    context = from_titles([title])

    assert (context.municipality_name, context.state_code, context.level) == (municipality, state, "municipal")


def test_two_quarters_in_one_file_ask_nothing(tmp_path):
    head = heads(
        "Ejercicio,Fecha de inicio del periodo que se informa,Fecha de término del periodo que se informa,Clave del capítulo,"
    )
    head = [
        *head[:-1],
        "Clave del concepto",
        "Denominación",
        "Gasto aprobado por capítulo",
        "Gasto pagado por capítulo",
    ]
    rows = [
        ["2021", "01/01/2021", "31/03/2021", "1000", "", "Servicios personales", "100", "50"],
        ["2021", "01/01/2021", "31/03/2021", "1000", "1100", "Remuneraciones", "100", "50"],
        ["2021", "01/04/2021", "30/06/2021", "1000", "", "Servicios personales", "100", "70"],
        ["2021", "01/04/2021", "30/06/2021", "1000", "1100", "Remuneraciones", "100", "70"],
    ]
    reading = read(write_csv(tmp_path / "s.csv", [head, *rows]))

    assert (reading.complete, reading.tables[0].context.period) == (True, None)
    assert lines(reading.tables[0], "period_end", "object_code", "paid") == [
        ("31/03/2021", "1100", "50"),
        ("30/06/2021", "1100", "70"),
    ]


def test_unknown_items_under_known_chapters_are_objects(tmp_path):
    rows = [
        ["Municipio de Ejemplo"],
        ["Estado del Ejercicio del 1 de enero al 31 de diciembre de 2022"],
        ["Concepto", "Aprobado", "Devengado"],
        ["SERVICIOS PERSONALES", 30, 20],
        ["Quincenas", 10, 5],
        ["Bonos", 20, 15],
        ["MATERIALES Y SUMINISTROS", 50, 50],
        ["Resmas", 50, 50],
    ]
    table = read(write_xlsx(tmp_path / "o.xlsx", {"H": rows})).tables[0]

    assert (table.breakdown, lines(table, "object_code", "object_name")) == (
        "object",
        [("1000", "Quincenas"), ("1000", "Bonos"), ("2000", "Resmas")],
    )
