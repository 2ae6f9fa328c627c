"""Tables in the shapes public bodies publish them, from files written here."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.ingest.numbers import to_cents
from datasets.ingest.readers.child import float_text
from datasets.ingest.reading import Hints, UnreadableFile, read_file
from tests.datasets.reading_files import STATEMENT, write_ods, write_text, write_xls, write_xlsx


def read(path, **hints):
    return read_file(path, name=path.name, hints=Hints(**hints))


def only(reading):
    assert len(reading.tables) == 1
    table = reading.tables[0]
    assert table.rows_read == table.lines + sum(table.skipped.values())
    return table


def lines(table, *fields):
    found = []
    for block in table.blocks():
        columns = [
            block.columns[name].to_pylist() if name in block.columns else [None] * len(block.rows) for name in fields
        ]
        found += list(zip(*columns, strict=True))
    return found


def rows(table):
    return [int(row) for block in table.blocks() for row in block.rows]


def cents(table, moment):
    return sum(to_cents(text or "", table.decimal.get(moment, ".")) or 0 for (text,) in lines(table, moment))


STATEMENT_LINES = [
    ("1100", "Remuneraciones al Personal de Carácter Permanente", "200.5", "70"),
    ("1400", "Seguridad Social", "100", "20"),
    ("2000", "Materiales y Suministros", "50", "0"),
    ("6100", "Obra Pública en Bienes de Dominio Público", "1000", "500"),
]


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_ods])
def test_statement_reads_alike_from_every_kind_of_workbook(tmp_path, write):
    path = write(tmp_path / f"estado.{write.__name__[6:]}", {"Hoja1": STATEMENT})

    reading = read(path)
    table = only(reading)

    assert (reading.kind, reading.complete, reading.header_row) == ("expenditure", True, 7)
    assert lines(table, "object_code", "object_name", "approved", "paid") == STATEMENT_LINES
    assert rows(table) == [10, 11, 12, 14]
    assert table.skipped == {"header": 1, "subtotal": 3, "template": 1, "note": 1}
    assert {control.moment: control.published_cents for control in table.controls}["approved"] == 135050
    context = table.context
    assert (context.municipality_name, context.state_code, context.year, context.period) == (
        "Ejemplo",
        "11",
        2023,
        "Q2",
    )


def test_branch_without_detail_is_a_leaf_among_deeper_ones(tmp_path):
    table = only(read(write_xlsx(tmp_path / "e.xlsx", {"H": STATEMENT})))

    assert cents(table, "approved") == 135050
    assert ("2000", "50") in lines(table, "object_code", "approved")


def test_hidden_sheet_full_of_errors_before_the_data_is_passed_over(tmp_path):
    broken = [["Ente Público:", "#REF!"], ["Concepto", "Aprobado", "Pagado"], ["1131 Sueldos", 999, 999]]
    path = write_xlsx(tmp_path / "e.xlsx", {"PT": broken, "COG": STATEMENT}, hidden=["PT"])

    assert [table.sheet for table in read(path).tables] == ["COG"]


def test_only_table_in_a_hidden_sheet_is_still_read(tmp_path):
    path = write_xlsx(tmp_path / "e.xlsx", {"Portada": [["Hola"]], "COG": STATEMENT}, hidden=["COG"])

    assert [table.sheet for table in read(path).tables] == ["COG"]


def test_merged_group_headings_cover_their_columns(tmp_path):
    path = write_xlsx(tmp_path / "e.xlsx", {"H": STATEMENT}, merged=["A6:B7", "C6:G6", "H6:H7"])

    reading = read(path)

    assert reading.columns == {
        "Concepto": "object_name",
        "Aprobado": "approved",
        "Ampliaciones/ (Reducciones)": "adjustments",
        "Modificado": "modified",
        "Devengado": "accrued",
        "Pagado": "paid",
        "Subejercicio": "underspend",
    }


CSV_HEAD = "Ejercicio;Clave UR;Unidad responsable;Partida específica;Descripción;Aprobado;Pagado"


def test_semicolons_decimal_commas_and_code_page_850(tmp_path):
    text = (
        f"{CSV_HEAD}\n"
        "2021;0101;Tesorería;11301;Sueldos;1.234,50;(10,25)\n"
        "2021;0102;Dirección de Obras Públicas;61401;Pavimentación;2.000,00;0,00\n"
    )
    path = write_text(tmp_path / "e.csv", text, "cp850")

    reading = read(path)
    table = only(reading)

    assert (reading.encoding, reading.delimiter, reading.header_row) == ("cp850", ";", 1)
    assert table.decimal == {"approved": ",", "paid": ","}
    assert lines(table, "unit_code", "unit_name", "object_code", "object_name", "approved", "paid") == [
        ("0101", "Tesorería", "11301", "Sueldos", "1.234,50", "(10,25)"),
        ("0102", "Dirección de Obras Públicas", "61401", "Pavimentación", "2.000,00", "0,00"),
    ]
    assert (cents(table, "approved"), cents(table, "paid")) == (323450, -1025)
    assert (table.breakdown, table.context.year) == ("full", 2021)


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("utf-16", "utf-16"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_encodings_keep_spanish_letters(tmp_path, encoding, found):
    text = f"{CSV_HEAD}\n2021;1;Dirección de Niñez;1131;Compensación única;10;5\n2021;2;Educación y Ñandú;2111;Papelería;20;10\n"
    reading = read(write_text(tmp_path / "e.csv", text, encoding))

    assert reading.encoding == found
    assert [name for (name,) in lines(only(reading), "unit_name")] == ["Dirección de Niñez", "Educación y Ñandú"]


def test_file_that_claims_utf8_and_is_not_is_read_with_a_warning(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{CSV_HEAD}\n2021;1;Dirección;1131;Compensación;10;5\n".encode("cp1252"))

    reading = read(path)

    assert lines(only(reading), "unit_name") == [("Dirección",)]
    assert [(found.code, found.severity) for found in reading.findings] == [("encoding", "warning")]


def test_double_encoded_accents_are_repaired_and_announced(tmp_path):
    text = f"{CSV_HEAD}\n2021;1;Administración;1131;Compensación;10;5\n2021;1;Educación;1131;Niñez;10;5\n"
    path = tmp_path / "e.csv"
    path.write_bytes(text.encode().decode("cp1252").encode())

    reading = read(path)

    assert lines(only(reading), "unit_name") == [("Administración",), ("Educación",)]
    assert [found.code for found in reading.findings] == ["double_encoding"]


def test_a_flood_of_line_breaks_is_counted_and_read_past(tmp_path):
    text = "Partida,Descripción,Aprobado\n1131,Sueldo,10\n" + "\n" * 50_000 + "2111,Papelería,20\n\n"
    table = only(read(write_text(tmp_path / "presupuesto 2022.csv", text)))
    assert (rows(table), table.rows_read) == ([2, 50_003], 50_003)
    assert table.skipped == {"blank": 50_001}
    assert table.reasons[50_002] == "blank"


def test_quoted_line_breaks_keep_record_numbers_and_ragged_rows_stay(tmp_path):
    text = (
        'Partida,Descripción,Aprobado,Pagado\n1131,"Sueldo\nbase",10,5\n\n2111,Papelería,20\n3111,Energía,30,3,de más\n'
    )
    table = only(read(write_text(tmp_path / "presupuesto 2022.csv", text)))

    assert rows(table) == [2, 4, 5]
    assert lines(table, "object_code", "approved", "paid") == [
        ("1131", "10", "5"),
        ("2111", "20", None),
        ("3111", "30", "3"),
    ]
    assert table.skipped == {"blank": 1}
    assert table.context.year == 2022


def test_repeated_headings_are_numbered_and_contradicting_money_is_asked(tmp_path):
    text = "Partida,Descripción,Aprobado,Pagado,Pagado\n1131,Sueldos,10,5,6\n2111,Papel,20,7,8\n"
    reading = read(write_text(tmp_path / "e 2022.csv", text))

    assert only(reading).headings == ["Partida", "Descripción", "Aprobado", "Pagado", "Pagado [2]"]
    assert reading.complete is False
    assert any("«Pagado [2]»" in question for question in reading.questions)


def test_confirmed_mapping_settles_repeated_headings(tmp_path):
    text = "Partida,Descripción,Aprobado,Pagado,Pagado\n1131,Sueldos,10,5,6\n2111,Papel,20,7,8\n"
    path = write_text(tmp_path / "e 2022.csv", text)

    reading = read(path, columns={"Pagado": "", "Pagado [2]": "paid"}, year=2022)

    assert (reading.complete, cents(only(reading), "paid")) == (True, 1400)


def test_codes_keep_letters_and_leading_zeros(tmp_path):
    text = (
        "Año,Programa presupuestario clave,Clave UR,Unidad responsable,Partida,Aprobado\n"
        "2020,E001,0007,Mayor,1131,1\n"
        "2020,E002,0164A,Menor,2111,2\n"
    )
    table = only(read(write_text(tmp_path / "e.csv", text)))

    assert [code for (code,) in lines(table, "unit_code")] == ["0007", "0164A"]


def test_totals_after_their_parts_are_found_by_code(tmp_path):
    text = (
        "Clave,Concepto,Aprobado,Pagado\n"
        "1131,Sueldos,100,50\n"
        "1311,Prima,20,10\n"
        "1000,SERVICIOS PERSONALES,120,60\n"
        "2111,Papel,30,5\n"
        "2000,MATERIALES,30,5\n"
        ",TOTAL,150,65\n"
    )
    table = only(read(write_text(tmp_path / "egresos 2021.csv", text)))

    assert lines(table, "object_code", "approved") == [("1131", "100"), ("1311", "20"), ("2111", "30")]
    assert table.skipped == {"subtotal": 3}
    assert [(control.moment, control.published_cents, control.row) for control in table.controls] == [
        ("approved", 15000, 7),
        ("paid", 6500, 7),
    ]


def test_same_code_in_several_units_is_no_hierarchy(tmp_path):
    text = (
        "Ejercicio,Unidad responsable,Partida,Descripción,Aprobado\n"
        "2021,A,1000,Servicios personales,10\n2021,A,1131,Sueldos,20\n2021,B,1131,Sueldos,30\n2021,B,2000,Materiales,40\n"
    )
    table = only(read(write_text(tmp_path / "e.csv", text)))

    assert (table.lines, cents(table, "approved")) == (4, 10000)


def test_bad_amount_stays_in_its_line_for_the_cleaner(tmp_path):
    text = "Partida,Descripción,Aprobado,Pagado\n1131,Sueldos,10,diez pesos\n2111,Papel,veinte,5\n3111,Luz,30,1\n"
    table = only(read(write_text(tmp_path / "e 2022.csv", text)))

    assert lines(table, "approved", "paid") == [("10", "diez pesos"), ("veinte", "5"), ("30", "1")]


def test_thousands_of_pesos_become_pesos_and_are_announced(tmp_path):
    statement = [*STATEMENT[:4], ["(Miles de pesos)"], *STATEMENT[5:]]
    reading = read(write_xlsx(tmp_path / "e.xlsx", {"H": statement}))

    assert lines(only(reading), "approved")[0] == ("200500.0",)
    assert cents(only(reading), "approved") == 135050000
    assert [found.code for found in reading.findings] == ["unit"]


def test_unlabelled_total_above_the_data_is_a_control(tmp_path):
    statement = [list(row) for row in STATEMENT]
    statement.insert(8, [None, None, 1350.5, 9.5, 1360, 600, 590, 760])
    table = only(read(write_xlsx(tmp_path / "e.xlsx", {"H": statement})))

    assert (cents(table, "approved"), table.skipped["subtotal"]) == (135050, 4)


def test_same_money_stacked_under_another_heading_counts_once(tmp_path):
    second = [
        ["Concepto", None, "Egresos"],
        [None, None, "Aprobado", "Modificado", "Pagado"],
        [None, "Ente", 1350.5, 1360, 590],
    ]
    statement = [*STATEMENT[:16], [], ["Clasificación por Objeto del Gasto"], *second]
    reading = read(write_xlsx(tmp_path / "e.xlsx", {"H": statement}))

    assert cents(only(reading), "approved") == 135050
    assert only(reading).skipped["repeated"] == 1


def test_printed_totals_tell_the_repetition_where_an_amount_cannot_be_read(tmp_path):
    spoiled = [list(row) for row in STATEMENT[:16]]
    spoiled[11][2] = "por definir"
    second = [
        ["Concepto", None, "Egresos"],
        [None, None, "Aprobado", "Modificado", "Pagado"],
        [None, "Ente", 1350.5, 1360, 590],
        [None, "Total del Gasto", 1350.5, 1360, 590],
    ]
    first = [[*row[:3], *row[4:5], *row[6:7]] for row in spoiled]  # the moments that the second prints
    stacked = read(
        write_xlsx(tmp_path / "e.xlsx", {"H": [*first, [], ["Clasificación por Objeto del Gasto"], *second]})
    )

    assert (stacked.questions, only(stacked).skipped["repeated"]) == ([], 1)
    # A total under each page of one table is reached by the lines of neither: both pages count, and a person is asked.
    second[2][2:] = [1200.5, 1210, 440]
    pages = read(write_xlsx(tmp_path / "f.xlsx", {"H": [*first, [], ["Clasificación por Objeto del Gasto"], *second]}))
    assert "repeated" not in only(pages).skipped
    assert (
        "la que empieza en la fila 6 de la hoja «H»; la que empieza en la fila 19 de la hoja «H»" in pages.questions[0]
    )


def test_two_sheets_with_other_money_of_one_classification_are_asked(tmp_path):
    other = [list(row) for row in STATEMENT]
    for row in other[8:16]:
        row[2] = (row[2] or 0) * 2
    reading = read(write_xlsx(tmp_path / "e.xlsx", {"Centro": STATEMENT, "Norte": other}))

    assert reading.complete is False
    assert "«Centro»" in reading.questions[0]


def test_year_only_in_the_file_name_is_taken_with_a_warning(tmp_path):
    text = "Partida,Descripción,Aprobado\n1131,Sueldos,10\n2111,Papel,20\n"
    reading = read(write_text(tmp_path / "presupuesto_2024.csv", text))

    assert (only(reading).context.year, only(reading).context.document) == (2024, "approved")
    assert [found.code for found in reading.findings] == ["year_from_name"]


def test_year_nowhere_is_asked_and_a_hint_answers(tmp_path):
    path = write_text(tmp_path / "presupuesto.csv", "Partida,Descripción,Aprobado\n1131,Sueldos,10\n2111,Papel,20\n")

    assert read(path).questions == ["¿De qué año son estos datos? El archivo no lo dice."]
    assert (read(path, year=2024).complete, only(read(path, year=2024)).context.year) == (True, 2024)


def test_period_nowhere_is_asked_unless_a_person_named_the_year(tmp_path):
    path = write_text(
        tmp_path / "egresos.csv", "Partida,Descripción,Aprobado,Pagado\n1131,Sueldos,10,5\n2111,Papel,20,7\n"
    )

    assert read(path).questions == [
        "¿De qué año son estos datos? El archivo no lo dice.",
        "¿De qué periodo son estos datos: un trimestre, un mes o el año completo?",
    ]
    reading = read(path, year=2024)
    assert (reading.complete, only(reading).context.period) == (True, "annual")
    assert [found.code for found in reading.findings] == ["period_supposed"]


def test_hint_against_the_file_is_a_contradiction(tmp_path):
    reading = read(write_xlsx(tmp_path / "e.xlsx", {"H": STATEMENT}), year=2020)

    assert (reading.complete, [found.code for found in reading.findings]) == (False, ["contradiction"])


def test_person_names_sheet_and_heading_row(tmp_path):
    path = write_xlsx(tmp_path / "e.xlsx", {"Uno": STATEMENT, "Dos": STATEMENT[5:]})

    reading = read(path, sheet="Dos", header_row=2, year=2023, period="Q2")

    assert (reading.sheet, reading.header_row, only(reading).lines) == ("Dos", 2, 4)


REVENUE = [
    ["Estado Analítico de Ingresos"],
    ["Municipio de Ejemplo"],
    ["Del 1 de enero al 31 de marzo de 2022"],
    ["Rubro de Ingresos", None, "Ingreso", None, None, "Diferencia"],
    [None, None, "Estimado", "Devengado", "Recaudado", None],
    ["Impuestos", None, 100, 50, 40, -60],
    [None, "Impuestos sobre el Patrimonio", 60, 30, 30, -30],
    [None, "Accesorios de Impuestos", 40, 20, 10, -30],
    ["Derechos", None, 30, 10, 10, -20],
    ["Participaciones y Aportaciones", None, 500, 250, 250, -250],
    ["Total", None, 630, 310, 300, -330],
]


def test_revenue_statement_reads_rubros_and_tipos(tmp_path):
    reading = read(write_xlsx(tmp_path / "i.xlsx", {"EAI": REVENUE}))
    table = only(reading)

    assert (reading.kind, table.breakdown, table.context.period) == ("revenue", "full", "Q1")
    assert lines(table, "cri_code", "estimated", "collected") == [
        ("12", "60", "30"),
        ("17", "40", "10"),
        ("4", "30", "10"),
        ("8", "500", "250"),
    ]


CONTRACTS = (
    "Ejercicio,Número de contrato,Tipo de procedimiento,Proveedor,RFC,Objeto del contrato,Fecha del contrato,"
    "Monto total del contrato con impuestos,Moneda\n"
    '2022,C-1,Adjudicación directa,"TOTAL SUPPLYING, S.A. DE C.V.",TSU010101AB1,Papel,03/02/2022,"1,160.00",MXN\n'
    "2022,C-2,Licitación pública,Obras del Norte SA,ONO010101AB2,Puente,2022-05-10,5000,USD\n"
    ",,,TOTAL,,,,6160,\n"
)


def test_supplier_called_total_is_a_contract_and_the_total_row_is_not(tmp_path):
    reading = read(write_text(tmp_path / "contratos.csv", CONTRACTS))
    table = only(reading)

    assert (reading.kind, table.breakdown, table.context.year) == ("contracts", "full", 2022)
    assert lines(table, "contract_number", "supplier_name", "amount_with_tax", "currency") == [
        ("C-1", "TOTAL SUPPLYING, S.A. DE C.V.", "1,160.00", "MXN"),
        ("C-2", "Obras del Norte SA", "5000", "USD"),
    ]
    assert table.skipped == {"subtotal": 1}


def test_contract_groups_with_quotes_and_sections(tmp_path):
    sheet = [
        ["Adjudicaciones directas"],
        [
            "Ejercicio",
            "Número de expediente",
            "Cotizaciones consideradas",
            None,
            "Nombre o razón social de la persona adjudicada",
            None,
            "Número del contrato",
            "Fecha del contrato",
            "Monto del contrato con impuestos",
        ],
        [None, None, "Nombre(s)", "Monto", "Nombre(s)", "Apellido paterno", None, None, None],
        ["DIRECCIÓN GENERAL DE OBRAS"],
        [2016, "E-1", "Uno SA", 10, "Uno SA", "No aplica", "C-1", "2016-01-05", 10],
        [None, None, "Dos SA", 12],
        [None, None, "Tres SA", "se respetan los precios"],
        [None, "E-2", "Cuatro SA", 20, "Ana", "López", "C-2", "2016-02-05", 20],
        ["Nota: cifras con impuestos"],
    ]
    reading = read(write_xlsx(tmp_path / "c.xlsx", {"AD": sheet}))
    table = only(reading)

    assert lines(table, "fiscal_year", "contract_number", "supplier_name", "amount_with_tax") == [
        ("2016", "C-1", "Uno SA", "10"),
        ("2016", "C-2", "Ana López", "20"),
    ]
    assert next(table.blocks()).extra_rows == [[6, 7], []]
    assert table.skipped == {"section": 1, "merged": 2, "note": 1}
    assert lines(table, "procedure_type_raw")[0] == ("Adjudicación directa",)


SIPOT = [
    ["46581"],
    ["TÍTULO", None, None, "NOMBRE CORTO", None, None, "DESCRIPCIÓN"],
    ["Presupuesto asignado anual", None, None, "a70_f21_a"],
    [1, 4, 4, 6, 10],
    [1, 2, 3, 4, 5],
    ["Tabla Campos"],
    [
        "Ejercicio",
        "Fecha de inicio del periodo que se informa",
        "Fecha de término del periodo que se informa",
        "Presupuesto anual asignado al sujeto obligado",
        "Desglose del presupuesto por capítulo de gasto \nTabla_111",
    ],
    ["2020", "2020-01-01", "2020-12-31", 300, 1],
    ["2021", "2021-01-01", "2021-12-31", 500, 2],
]
CHILD = [
    [None, 2, 2, 6],
    [None, 10, 11, 12],
    ["ID", "Clave del capítulo de gasto", "Denominación del capítulo de gasto", "Presupuesto por capítulo de gasto"],
    [1, 1000, "Servicios personales", 200],
    [1, 2000, "Materiales", 100],
    [2, 1000, "Servicios personales", 500],
]


def test_child_sheet_holds_the_money_and_the_master_the_year(tmp_path):
    reading = read(
        write_xlsx(tmp_path / "s.xlsx", {"Reporte de Formatos": SIPOT, "Hidden_1": [["a"]], "Tabla_111": CHILD})
    )
    table = only(reading)

    assert (table.sheet, table.context.document, reading.complete) == ("Tabla_111", "approved", True)
    assert lines(table, "fiscal_year", "object_code", "approved") == [
        ("2020", "1000", "200"),
        ("2020", "2000", "100"),
        ("2021", "1000", "500"),
    ]
    assert rows(table) == [4, 5, 6]


def test_page_headings_repeated_among_the_rows_are_headings(tmp_path):
    text = (
        "Partida,Descripción,Aprobado,Pagado\n1131,Sueldos,10,5\nPartida,Descripción,Aprobado,Pagado\n2111,Papel,20,7\n"
    )
    table = only(read(write_text(tmp_path / "e 2022.csv", text)))

    assert (rows(table), table.skipped) == ([2, 4], {"header": 1})


def test_income_and_spending_in_the_same_columns_become_two_tables(tmp_path):
    text = (
        "ANIO,ID_ENTIDAD,ID_MUNICIPIO,TEMA,CATEGORIA,DESCRIPCION_CATEGORIA,VALOR,ESTATUS\n"
        "2019,1,1,Ingresos,Tema,Total de ingresos,70,x\n2019,1,1,Ingresos,Capítulo,Impuestos,30,x\n"
        "2019,1,1,Ingresos,Capítulo,Derechos,40,x\n"
        "2019,1,1,Egresos,Tema,Total de egresos,60,x\n2019,1,1,Egresos,Capítulo,Servicios personales,60,x\n"
        "2019,1,1,Egresos,Concepto,Remuneraciones adicionales y especiales,60,x\n"
    )
    reading = read(write_text(tmp_path / "efipem.csv", text))

    found = {
        table.kind: (table.lines, table.rows_read, cents(table, "reported"), lines(table, "municipality_code")[0])
        for table in reading.tables
    }
    assert found == {"expenditure": (1, 3, 6000, ("01001",)), "revenue": (2, 3, 7000, ("01001",))}


def test_nothing_to_read_asks_in_plain_spanish(tmp_path):
    reading = read(write_text(tmp_path / "x.csv", "nombre,edad\nAna,3\nLuis,4\n"))

    assert (reading.kind, reading.complete, reading.tables) == (None, False, [])
    assert reading.questions[0].startswith("No se encontró una tabla de presupuesto")


def test_sheets_of_one_workbook_share_what_only_one_of_them_says(tmp_path):
    bare = [
        ["Clasificación por Tipo de Gasto"],
        ["Concepto", "Aprobado", "Pagado"],
        ["Gasto Corriente", 350.5, 90],
        ["Gasto de Capital", 1000, 500],
    ]
    reading = read(
        write_xlsx(tmp_path / "e.xlsx", {"COG": STATEMENT, "CTG": [*bare, ["Total del Gasto", 1350.5, 590]]})
    )

    found = {
        table.breakdown: (table.context.municipality_name, table.context.year, table.context.period)
        for table in reading.tables
    }
    assert found == {"object": ("Ejemplo", 2023, "Q2"), "economic": ("Ejemplo", 2023, "Q2")}
    assert reading.complete


def test_sum_far_from_the_printed_total_is_asked(tmp_path):
    text = "Concepto,Aprobado,Pagado\nAlfa,10,5\nBeta,20,7\nGama,30,9\nTOTAL,30,9\n"
    reading = read(write_text(tmp_path / "presupuesto por dependencia 2022.csv", text), year=2022, period="annual")

    assert reading.complete is False
    assert any("muy distinto del total" in question for question in reading.questions)


def test_supplier_that_is_only_a_number_is_named_by_the_child_sheet(tmp_path):
    master = [
        ["43335"],
        ["TÍTULO"],
        ["Adjudicaciones directas"],
        [1, 2],
        [1, 2],
        ["Tabla Campos"],
        [
            "Ejercicio",
            "Tipo de procedimiento",
            "Número que identifique al contrato",
            "Fecha del contrato",
            "Monto total del contrato con impuestos incluidos",
            "Razón social del adjudicado \nTabla_222",
        ],
        ["2021", "Adjudicación directa", "C-1", "2021-02-03", 10, 1],
        ["2021", "Adjudicación directa", "C-2", "2021-02-04", 20, 2],
    ]
    child = [
        [None, 1, 1, 1],
        [None, 1, 2, 3],
        ["ID", "Nombre(s)", "Primer apellido", "Denominación o razón social"],
        [1, None, None, "Uno SA"],
        [2, "Ana", "López", None],
    ]
    reading = read(write_xlsx(tmp_path / "c.xlsx", {"Reporte de Formatos": master, "Tabla_222": child}))

    assert lines(only(reading), "contract_number", "supplier_name") == [("C-1", "Uno SA"), ("C-2", "Ana López")]


def test_unknown_encoding_of_a_person_gets_a_sentence(tmp_path):
    path = write_text(tmp_path / "e.csv", "Partida,Aprobado\n1131,5\n")

    with pytest.raises(UnreadableFile) as caught:
        read(path, encoding="utf-99")

    assert caught.value.message == "No se conoce la codificación «utf-99». Prueba con utf-8 o cp1252."


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (30000001.010000002, "30000001.01"),
        (0.1 + 0.2, "0.3"),
        (5.0, "5"),
        (1e15, "1000000000000000"),
        (-2.50, "-2.5"),
        (1e-7, "0.0000001"),
        (float("nan"), ""),
    ],
)
def test_numbers_of_a_sheet_become_text_without_binary_noise(number, text):
    assert float_text(number) == text


@given(st.integers(-(10**12), 10**12))
def test_every_amount_in_cents_survives_the_sheet(cents):
    assert to_cents(float_text(cents / 100)) == cents


AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(chapters=st.lists(AMOUNTS, min_size=2, max_size=5), total=st.booleans())
def test_any_two_level_budget_sums_to_its_leaves(tmp_path_factory, chapters, total):
    """Chapters with their concepts, some without detail, with or without a printed total."""
    rows = ["Clave,Concepto,Aprobado,Pagado"]
    for number, parts in enumerate(chapters, start=1):
        rows.append(f"{number}000,Capítulo {number},{sum(parts)}.00,0.00")
        if len(parts) > 1:
            rows += [f"{number}{place}00,Parte {place},{amount}.00,0.00" for place, amount in enumerate(parts, start=1)]
    expected = sum(map(sum, chapters))
    if total:
        rows.append(f",Total,{expected}.00,0.00")
    path = write_text(tmp_path_factory.mktemp("e") / "egresos.csv", "\n".join(rows) + "\n")

    table = only(read(path, year=2022, period="annual"))

    assert cents(table, "approved") == expected * 100
    assert table.lines == sum(map(len, chapters))


def test_progress_is_told(tmp_path):
    told = []
    read_file(
        write_xlsx(tmp_path / "e.xlsx", {"H": STATEMENT}),
        name="e.xlsx",
        progress=lambda stage, share: told.append((stage, share)),
    )

    assert told[0] == ("sniff", 0.0)
    assert told[-1] == ("read", 1.0)
