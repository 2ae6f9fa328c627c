"""What a careful person reads from the published files kept beside the repository. Sums over the leaves."""

from functools import cache
from pathlib import Path

import pytest

from datasets.ingest.numbers import NotAnAmount, to_cents
from datasets.ingest.reading import MOMENTS, Reading, Table, read_file

pytestmark = pytest.mark.realdata

INAEBA = "INSTITUTO DE ALFABETIZACIÓN Y EDUCACIÓN BÁSICA PARA ADULTOS"


@cache
def read(realdata_dir: Path, path: str) -> Reading:
    return read_file(realdata_dir / path, name=Path(path).name)


def pesos(table: Table) -> dict[str, str]:
    """Sum of each moment over the lines, as a decimal text."""
    sums: dict[str, int] = {}
    for block in table.blocks():
        for moment in MOMENTS[table.kind]:
            for text in block.columns[moment].to_pylist() if moment in block.columns else []:
                cents = to_cents(text or "", table.decimal.get(moment, "."))
                if cents is not None:
                    sums[moment] = sums.get(moment, 0) + cents
    return {
        moment: f"{cents // 100}.{cents % 100:02}" if cents >= 0 else f"-{-cents // 100}.{-cents % 100:02}"
        for moment, cents in sums.items()
    }


def column(table: Table, name: str) -> list[str | None]:
    return [
        value
        for block in table.blocks()
        for value in (block.columns[name].to_pylist() if name in block.columns else [None] * len(block.rows))
    ]


def when(table: Table) -> tuple[object, ...]:
    return table.context.year, table.context.period, table.context.document


def one(reading: Reading) -> Table:
    assert len(reading.tables) == 1
    return reading.tables[0]


@pytest.fixture(scope="module")
def every_file(realdata_dir: Path) -> list[str]:
    return [
        f"{room}/{path.name}"
        for room in ("budget", "procurement")
        for path in sorted((realdata_dir / room).iterdir())
        if path.is_file()
    ]


def test_every_row_of_every_file_is_accounted_for(realdata_dir, every_file):
    assert len(every_file) > 45
    for path in every_file:
        for table in read(realdata_dir, path).tables:
            assert table.rows_read == table.lines + sum(table.skipped.values()), (path, table.sheet)
            rows = [int(row) for block in table.blocks() for row in block.rows]
            assert len(rows) == len(set(zip(rows, _sheets(table), strict=True))), (path, table.sheet)


def _sheets(table: Table) -> list[str | None]:
    return [block.sheet for block in table.blocks() for _ in block.rows]


TANHUATO = {
    "approved": "67244778.00",
    "modified": "73090273.55",
    "committed": "14661006.67",
    "accrued": "14661006.67",
    "exercised": "14661006.67",
    "paid": "14534925.67",
}


@pytest.mark.parametrize(
    ("path", "lines", "sums", "what"),
    [
        ("mich_tanhuato_2019q1_estado_ejercicio_cog.xlsx", 78, TANHUATO, ("object", 2019, "Q1", "quarterly")),
        ("mich_tanhuato_2019q1_sipot_gasto_capitulo.xlsx", 77, TANHUATO, ("object", 2019, "Q1", "quarterly")),
        (
            "gto_inaeba_2018q2_6_6_cog.xlsx",
            39,
            {
                "approved": "302123038.51",
                "adjustments": "50704017.73",
                "modified": "352827056.24",
                "committed": "130632933.08",
                "accrued": "116525652.41",
                "exercised": "116525652.41",
                "paid": "113877328.91",
            },
            ("object", 2018, "Q2", "quarterly"),
        ),
        (
            "gto_inaeba_2015q2_6_5.xlsx",
            27,
            {
                "approved": "248096041.00",
                "adjustments": "112763970.15",
                "modified": "360860011.15",
                "committed": "85444807.41",
                "accrued": "83430841.17",
                "exercised": "83430841.17",
                "paid": "83168286.74",
            },
            ("object", 2015, "Q2", "quarterly"),
        ),
        (
            "gto_inaeba_2016q4_ldf_10_6.xls",
            128,
            {
                "approved": "243878154.85",
                "adjustments": "11561152.51",
                "modified": "255439307.36",
                "accrued": "249049372.98",
                "paid": "236334227.82",
            },
            ("object", 2016, "annual", "public_account"),
        ),
        (
            "gto_inaeba_2018q1_6_5.xlsx",
            3,
            {
                "approved": "302123038.51",
                "adjustments": "28009603.86",
                "modified": "330132642.37",
                "committed": "64414715.66",
                "accrued": "53801311.97",
                "exercised": "53801311.97",
                "paid": "53784251.35",
            },
            ("economic", 2018, "Q1", "quarterly"),
        ),
        (
            "gto_inaeba_2020q4_6_4.xlsx",
            9,
            {
                "approved": "346949066.72",
                "adjustments": "-26030561.13",
                "modified": "320918505.59",
                "accrued": "298109931.70",
                "paid": "287399242.45",
            },
            ("administrative", 2020, "annual", "public_account"),
        ),
        (
            "gto_inaeba_2020q4_6_6_cog.xlsx",
            63,
            {
                "approved": "346949066.72",
                "adjustments": "-26030561.13",
                "modified": "320918505.59",
                "accrued": "298109931.70",
                "paid": "287399242.45",
            },
            ("object", 2020, "annual", "public_account"),
        ),
        ("hgo_ceaa_2do2018_a69_f21_a.xlsx", 4, {"approved": "36314249.00"}, ("object", 2018, "annual", "approved")),
        ("hgo_ceaa_4to2021_a69_f21_a.xlsx", 4, {"approved": "37522741.00"}, ("object", 2021, "annual", "approved")),
        (
            "mich_tanhuato_2019_sipot_presupuesto_asignado.xlsx",
            6,
            {"approved": "67244778.00"},
            ("object", 2019, "annual", "approved"),
        ),
        (
            "hgo_ceaa_2do2018_a69_f21_b.xlsx",
            4,
            {
                "approved": "36314249.00",
                "adjustments": "51008.00",
                "modified": "36365257.00",
                "accrued": "14805952.64",
                "paid": "14368397.80",
            },
            ("object", 2018, "Q2", "quarterly"),
        ),
        (
            "hgo_ceaa_2do2018_a69_f31_a.xlsx",
            4,
            {
                "approved": "36314249.00",
                "modified": "36365257.00",
                "committed": "34177416.19",
                "accrued": "14805952.64",
                "exercised": "14805952.64",
                "paid": "14368397.80",
            },
            ("object", 2018, "Q2", "quarterly"),
        ),
        (
            "hgo_ceaa_1er2023_a69_f31_a.xlsx",
            3,
            {
                "approved": "37557713.00",
                "modified": "37557713.00",
                "committed": "30403932.73",
                "accrued": "7638218.28",
                "exercised": "7630418.87",
                "paid": "7026763.93",
            },
            ("object", 2023, "Q1", "quarterly"),
        ),
        (
            "inegi_efipem_alcaldia_anual_tr_cifra_2020.csv",
            1576,
            {"reported": "39391602475.00"},
            ("object", 2020, "annual", "public_account"),
        ),
        (
            "inegi_efipem_alcaldia_anual_tr_cifra_1999.csv",
            1037,
            {"reported": "8246277500.00"},
            ("object", 1999, "annual", "public_account"),
        ),
        (
            "shcp_cuenta_publica_2013_categoria_programatica.xls",
            926,
            {
                "approved": "2943494740749.00",
                "modified": "3136264501361.60",
                "accrued": "3135014985878.45",
                "exercised": "3134797441123.28",
            },
            ("programme", 2013, "annual", "public_account"),
        ),
        (
            "shcp_cuenta_publica_2022_categoria_programatica.xls",
            621,
            {
                "approved": "5363796740872.00",
                "modified": "5794787286819.66",
                "accrued": "5794469350564.33",
                "exercised": "5794469304946.38",
            },
            ("programme", 2022, "annual", "public_account"),
        ),
        (
            "shcp_cuenta_publica_96_07_ramos.csv",
            492,
            {"approved": "14839847.32", "exercised": "16251199.54"},
            ("administrative", None, "annual", "public_account"),
        ),
    ],
)
def test_expenditure_file_gives_its_own_totals(realdata_dir, path, lines, sums, what):
    reading = read(realdata_dir, f"budget/{path}")
    table = one(reading)

    assert (reading.kind, reading.complete, reading.questions) == ("expenditure", True, [])
    assert (table.lines, pesos(table)) == (lines, sums)
    assert (table.breakdown, *when(table)) == what


@pytest.mark.parametrize(
    ("path", "lines", "sums", "when_"),
    [
        (
            "gto_inaeba_2018q2_6_1_ingresos.xlsx",
            5,
            {
                "estimated": "302123038.51",
                "adjustments": "59331820.93",
                "modified": "361454859.44",
                "accrued": "148960872.83",
                "collected": "148960872.83",
            },
            (2018, "Q2", "quarterly"),
        ),
        ("mich_tanhuato_2018_sipot_ingresos.xlsx", 13, {"collected": "65983760.10"}, (2018, "Q4", "quarterly")),
        ("hgo_ceaa_2do2018_a69_f43_a.xlsx", 104, {"collected": "7927139.00"}, (2018, "Q2", "quarterly")),
    ],
)
def test_revenue_file_gives_its_own_totals(realdata_dir, path, lines, sums, when_):
    reading = read(realdata_dir, f"budget/{path}")
    table = one(reading)

    assert (reading.kind, reading.complete, table.breakdown) == ("revenue", True, "full")
    assert (table.lines, pesos(table), when(table)) == (lines, sums, when_)


def test_revenue_names_become_rubros_and_tipos(realdata_dir):
    statement = one(read(realdata_dir, "budget/gto_inaeba_2018q2_6_1_ingresos.xlsx"))
    assert list(zip(column(statement, "cri_code"), column(statement, "revenue_name"), strict=True)) == [
        ("5", "Productos: Corriente"),
        ("6", "Aprovechamientos: Corriente"),
        ("7", "Ingresos por Ventas de Bienes y Servicios"),
        ("8", "Participaciones y Aportaciones"),
        ("9", "Transferencias, Asignaciones, Subsidios y Otras Ayudas"),
    ]
    report = one(read(realdata_dir, "budget/mich_tanhuato_2018_sipot_ingresos.xlsx"))
    assert column(report, "cri_code") == ["12", "13", "17", "31", "41", "43", "44", "45", "51", "61", "81", "82", "83"]


def test_workbook_of_reports_gives_one_table_per_classification_with_equal_totals(realdata_dir):
    reading = read(realdata_dir, "budget/gto_inaeba_2016q4_diciembre_definitivo.xlsx")

    spending = {table.breakdown: (table.sheet, pesos(table)) for table in reading.tables if table.kind == "expenditure"}
    totals = {
        "approved": "243878154.85",
        "adjustments": "11561152.51",
        "modified": "255439307.36",
        "committed": "0.00",
        "accrued": "249049372.98",
        "exercised": "236334227.82",
        "paid": "236334227.82",
    }
    assert {name: spending[name] for name in ("administrative", "economic", "object", "functional")} == {
        "administrative": ("CAdmon", totals),
        "economic": ("CTG", totals),
        "object": ("COG", totals),
        "functional": ("CFG", totals),
    }
    # The programme sheet was published with its columns shifted: it loads with a warning, never added to the others.
    assert spending["programme"][1]["accrued"] == "12715145.16"
    assert [found.sheet for found in reading.findings if found.code == "totals_differ"] == ["CProg"]
    income = next(table for table in reading.tables if table.kind == "revenue")
    assert (income.sheet, income.lines, pesos(income)["collected"], income.skipped["repeated"]) == (
        "EAI",
        8,
        "254922547.99",
        5,
    )
    assert {found.sheet for found in reading.findings if found.code in ("other_statement", "annex")} >= {
        "IPF",
        "PyPI",
        "IR",
    }


def test_stacked_tables_of_the_same_money_count_once(realdata_dir):
    reading = read(realdata_dir, "budget/gto_inaeba_2020q4_6_4.xlsx")
    table = one(reading)

    assert column(table, "unit_code")[:3] == ["0101", "0201", "0401"]
    assert column(table, "unit_name")[0] == "Dirección General"
    assert table.skipped["repeated"] == 1
    assert [(found.code, found.line_no) for found in reading.findings] == [("repeated", 38)]


def test_boroughs_are_told_by_five_digits_and_names_become_codes(realdata_dir):
    table = one(read(realdata_dir, "budget/inegi_efipem_alcaldia_anual_tr_cifra_2020.csv"))

    assert sorted(set(column(table, "municipality_code"))) == [f"09{number:03}" for number in range(2, 18)]
    assert {code[0] for code in column(table, "object_code")} == {"1", "2", "3", "4", "5", "6"}
    assert [(control.moment, control.published_cents) for control in table.controls] == [("reported", 3939160247500)]


def test_ldf_rows_carry_earmark_and_code(realdata_dir):
    table = one(read(realdata_dir, "budget/gto_inaeba_2016q4_ldf_10_6.xls"))

    assert set(column(table, "earmarked")) == {"free", "earmarked"}
    lines = list(zip(column(table, "object_code"), column(table, "earmarked"), column(table, "approved"), strict=True))
    assert ("1100", "free", "25838568") in lines
    assert ("4400", "earmarked", "10374504.79") in lines


def test_names_of_the_economic_and_functional_sheets_become_codes(realdata_dir):
    reading = read(realdata_dir, "budget/gto_inaeba_2016q4_diciembre_definitivo.xlsx")
    tables = {table.breakdown: table for table in reading.tables if table.kind == "expenditure"}

    assert column(tables["economic"], "expenditure_type") == ["1", "2", "3"]
    education = column(tables["functional"], "function_name").index("Educación")
    assert column(tables["functional"], "function_code")[education] == "2.5"
    assert column(tables["object"], "object_code")[:3] == ["1100", "1200", "1300"]


def test_moments_in_rows_trace_to_every_source_row(realdata_dir):
    table = one(read(realdata_dir, "budget/shcp_cuenta_publica_2013_categoria_programatica.xls"))
    block = next(table.blocks())

    assert (int(block.rows[0]), block.extra_rows[0]) == (22, [23, 24, 25, 26])
    assert column(table, "programme_code")[0] == "K027"
    assert column(table, "unit_name")[0] == "H. Cámara de Diputados"
    assert table.skipped["merged"] == sum(map(len, block.extra_rows))


CEAA = "procurement/hgo_ceaa_"


@pytest.mark.parametrize(
    ("path", "lines", "skipped", "when_"),
    [
        (f"{CEAA}4to2021_a69_f28_b.xlsx", 57, {}, (2021, "Q4")),
        (f"{CEAA}4to2021_a69_f28_a.xlsx", 50, {}, (2021, "Q4")),
        (f"{CEAA}4to2019_a69_f28_b.xlsx", 38, {}, (2019, "Q4")),
        (f"{CEAA}2do2018_a69_f28_a.xlsx", 32, {}, (2018, "Q2")),
        (f"{CEAA}2do2018_a69_f28_b.xlsx", 1, {}, (2018, "Q2")),
        (f"{CEAA}1er2023_a69_f28_a.xlsx", 6, {}, (2023, "Q1")),
        ("procurement/compranet_sample_Contratos2010_2012_150514080257.csv", 398, {"duplicate": 1}, (None, "annual")),
        ("procurement/compranet_sample_Contratos2013_150514080004.csv", 399, {}, (2013, "annual")),
        ("procurement/compranet_sample_Contratos2015_150514075424.csv", 397, {}, (2015, "annual")),
        (
            "procurement/cdmx_sobse_2016_art121_adj_directa.xlsx",
            975,
            {"section": 4, "merged": 37, "duplicate": 51},
            (None, "annual"),
        ),
        ("procurement/cdmx_om_2014_adj_prestacion_servicios.xls", 322, {"section": 2, "merged": 95}, (2014, "annual")),
        ("procurement/cdmx_pgjdf_2014_adj_directa.xlsx", 186, {"merged": 276}, (2014, "annual")),
        ("procurement/cdmx_sc_2014q1_adj_directa.xls", 83, {"merged": 123}, (2014, "annual")),
        ("procurement/cdmx_sefin_2015q1_adj_directa.xlsx", 27, {"merged": 32}, (None, "annual")),
    ],
)
def test_contract_file_keeps_every_contract(realdata_dir, path, lines, skipped, when_):
    reading = read(realdata_dir, path)
    table = one(reading)

    assert (reading.kind, reading.complete, table.lines) == ("contracts", True, lines)
    assert {reason: table.skipped.get(reason) for reason in skipped} == skipped
    assert (table.context.year, table.context.period) == when_


def test_direct_awards_have_supplier_amount_and_procedure(realdata_dir):
    table = one(read(realdata_dir, f"{CEAA}4to2021_a69_f28_b.xlsx"))

    assert set(column(table, "procedure_type_raw")) == {"Adjudicación directa"}
    assert all(column(table, "supplier_name"))
    assert sum(to_cents(text or "") or 0 for text in column(table, "amount_with_tax")) == 242991135


def test_compranet_has_several_buyers_and_two_currencies(realdata_dir):
    table = one(read(realdata_dir, "procurement/compranet_sample_Contratos2013_150514080004.csv"))

    assert len(set(column(table, "buyer_name"))) == 7
    assert {code: column(table, "currency").count(code) for code in set(column(table, "currency"))} == {
        "MXN": 396,
        "USD": 3,
    }


def test_lost_first_heading_is_known_by_its_values(realdata_dir):
    reading = read(realdata_dir, "procurement/compranet_sample_Contratos2015_150514075424.csv")

    assert reading.columns["(columna A)"] == "government_level"
    assert set(column(one(reading), "government_level")) <= {"APF", "GE", "GM"}


def test_suppliers_called_total_are_suppliers(realdata_dir):
    table = one(read(realdata_dir, "procurement/cdmx_pgjdf_2014_adj_directa.xlsx"))

    assert sum((name or "").startswith("TOTAL SUPPLYING") for name in column(table, "supplier_name")) == 2
    assert "subtotal" not in table.skipped


def test_amount_spelt_as_minimum_and_maximum_becomes_two(realdata_dir):
    table = one(read(realdata_dir, "procurement/cdmx_pgjdf_2014_adj_directa.xlsx"))
    line = [int(row) for row in next(table.blocks()).rows].index(18)

    assert (
        column(table, "amount_with_tax")[line],
        column(table, "amount_min")[line],
        column(table, "amount_max")[line],
    ) == (
        None,
        "22,000.00",
        "220,000.00",
    )


def test_quotes_under_a_contract_belong_to_it(realdata_dir):
    table = one(read(realdata_dir, "procurement/cdmx_sc_2014q1_adj_directa.xls"))
    block = next(table.blocks())

    assert (int(block.rows[0]), block.extra_rows[0]) == (7, [8, 9])
    assert column(table, "supplier_name")[0] == "MEGA ABASTECEDORA, S.A. DE C.V."


def test_only_few_amounts_of_contracts_are_no_amounts(realdata_dir, every_file):
    """What stays for the cleaner to reject, with its row: misprints such as $25,315,108,26."""
    bad = []
    for path in every_file:
        for table in read(realdata_dir, path).tables:
            for name in (
                ("amount_with_tax", "amount_without_tax", "amount_unspecified_tax") if table.kind == "contracts" else ()
            ):
                bad += [(path, text) for text in column(table, name) if text and not _is_amount(text)]
    assert len(bad) <= 20, bad


def _is_amount(text: str) -> bool:
    try:
        to_cents(text)
    except NotAnAmount:
        return False
    return True


def test_empty_template_is_zero_rows_and_no_error(realdata_dir):
    reading = read(realdata_dir, "procurement/mich_tanhuato_2018_sipot_licitaciones_vacio.xlsx")
    table = one(reading)

    assert (reading.kind, reading.complete, reading.questions) == ("contracts", True, [])
    assert (table.lines, table.rows_read, table.skipped) == (0, 1, {"template": 1})


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("budget/hgo_ceaa_2do2018_a69_f31_b.xlsx", "documents"),
        ("procurement/cdmx_sc_2014q1_padron_proveedores.xls", "suppliers"),
        ("procurement/cdmx_cejur_ocds_plantilla.ods", "ocds"),
        ("procurement/cdmx_proveedores_20150729.json", "suppliers"),
    ],
)
def test_what_is_none_of_the_kinds_asks_and_gives_no_figure(realdata_dir, path, code):
    reading = read(realdata_dir, path)

    assert (reading.kind, reading.complete, reading.tables) == (None, False, [])
    assert [found.code for found in reading.findings if found.severity == "error"] == [code]
    assert len(reading.questions) == 1


def test_public_body_and_place_come_from_the_titles(realdata_dir):
    tanhuato = one(read(realdata_dir, "budget/mich_tanhuato_2019q1_estado_ejercicio_cog.xlsx")).context
    assert (tanhuato.municipality_name, tanhuato.state_code, tanhuato.level) == ("Tanhuato", "16", "municipal")

    agency = one(read(realdata_dir, "budget/gto_inaeba_2018q1_6_5.xlsx")).context
    assert (agency.body_name, agency.municipality_name) == (INAEBA, None)

    federal = one(read(realdata_dir, "budget/shcp_cuenta_publica_2022_categoria_programatica.xls")).context
    assert (federal.body_name, federal.level) == ("Gobierno Federal", "federal")


@pytest.mark.parametrize(
    ("path", "layout"),
    [
        ("budget/gto_inaeba_2020q4_6_4.xlsx", "CONAC, estado analítico del ejercicio del presupuesto de egresos"),
        (
            "budget/gto_inaeba_2016q4_diciembre_definitivo.xlsx",
            "CONAC, estado analítico del ejercicio del presupuesto de egresos; CONAC, gasto por categoría programática; "
            "CONAC, estado analítico de ingresos",
        ),
        (
            "budget/gto_inaeba_2016q4_ldf_10_6.xls",
            "LDF, formato 6: estado analítico del ejercicio del presupuesto detallado",
        ),
        ("procurement/compranet_sample_Contratos2015_150514075424.csv", "CompraNet, estructura B (2010-2017)"),
        (
            "procurement/cdmx_sc_2014q1_adj_directa.xls",
            "Ciudad de México, obligaciones de transparencia: adjudicaciones y licitaciones (art. 14 o 121)",
        ),
        ("budget/mich_tanhuato_2019q1_sipot_deuda.xlsx", "SIPOT, formato 53484: Deuda Pública"),
        ("procurement/ocds_cdmx_sefin_017-2015.json", "OCDS 1.0, paquete de publicaciones"),
        ("procurement/cdmx_cejur_ocds_plantilla.ods", "Plantilla de OCDS en hojas de cálculo"),
        ("procurement/qro_contraloria_obras_2019.csv", "Tabla propia de quien publica"),
    ],
)
def test_published_format_is_named(realdata_dir, path, layout):
    assert read(realdata_dir, path).layout == layout
