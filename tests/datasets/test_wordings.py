"""Headings by what their words mean, and columns by what the others say that they must hold."""

import pytest

from datasets.ingest.context import STATES
from datasets.ingest.dictionary import match_heading
from datasets.ingest.reading import read_file
from datasets.ingest.wordings import RULES, field_of, mistyped, rules_of, words_of
from tests.datasets.reading_files import write_xlsx


def field(kind: str, heading: str) -> str | None:
    found = match_heading(kind, heading)
    return found.field if found else None


@pytest.mark.parametrize(
    ("kind", "heading", "wanted"),
    [
        ("expenditure", "Cve. Part.", "specific_item_code"),
        ("expenditure", "PARTIDA_DESC", "object_name"),
        ("expenditure", "Nom. de la U.R.", "admin_unit_name"),
        ("expenditure", "P. Aprob.", "approved"),
        ("expenditure", "imp_modif", "modified"),
        ("expenditure", "Deveng. acum.", "accrued"),
        ("expenditure", "Ampl./Reducc.", "adjustments"),
        ("revenue", "desc_cri", "revenue_name"),
        ("revenue", "Est. LI", "estimated"),
        ("contracts", "fec_contrato", "date_signed"),
        ("contracts", "No. Contr.", "contract_number"),
        ("contracts", "Razón Soc.", "supplier_name"),
        ("contracts", "MTO_CON_IMP", "amount_with_tax"),
        ("contracts", "Monto s/IVA", "amount_without_tax"),
        ("works", "Inv. ejerc.", "spent"),
        ("works", "Av. fin. %", "financial_progress"),
        ("debt", "Sdo. insol. al 31/12/2022", "balance"),
        ("sanctions", "fec_fin_inhab", "end_date"),
        # typed in haste
        ("expenditure", "Presupesto modficado", "modified"),
        ("contracts", "Razon Socail", "supplier_name"),
        ("revenue", "Ingreso recuadado", "collected"),
        # the year so far, and a quarter of it
        ("expenditure", "Dev. Ene-Mar", "accrued"),
        ("expenditure", "Dev. Abr-Jun", None),
        ("revenue", "Por recaudar", None),  # what was not collected
        ("works", "Estructura financiera Mpal.", "municipal_share"),
    ],
)
def test_short_headings_in_any_order(kind, heading, wanted):
    assert field(kind, heading) == wanted


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("contracts", "Color favorito"),
        ("contracts", "Monto del anticipo sin comprobar"),  # a word of which no rule speaks
        ("works", "Con."),  # contract, contractor or conclusion
        ("expenditure", "Lo que queda autorizado"),
        ("revenue", "Meta"),
        ("debt", ""),
    ],
)
def test_what_no_rule_says_whole_is_nothing(kind, heading):
    assert field_of(kind, heading.lower()) is None
    assert field(kind, heading) is None


def test_a_cut_that_may_be_two_words_is_decided_by_neither():
    assert [field_of("works", text) for text in ("contrat.", "contrato", "contratista")] == [
        None,
        "contract_number",
        "supplier_name",
    ]


@pytest.mark.parametrize(
    ("one", "other", "meant"),
    [
        ("devegado", "devengado", True),  # one letter less
        ("autorrizado", "autorizado", True),  # one more
        ("recuadado", "recaudado", True),  # two swapped
        ("comprometodo", "comprometido", True),  # another
        ("maximo", "minimo", False),
        ("pagdo", "pagado", False),  # too short to be sure
        ("ejercicio", "ejercido", False),
        ("contratista", "contratado", False),
    ],
)
def test_a_slip_of_the_keys_is_one_letter_of_a_long_word(one, other, meant):
    assert (mistyped(one, other), mistyped(other, one)) == (meant, meant)


def test_words_keep_their_full_stops_and_lose_what_only_joins():
    words = [(word.text, word.cut) for word in words_of("f. de la firma del contr. (miles de pesos) c/iva (3=1+2)")]
    assert words == [
        ("f", True), ("firma", False), ("contr", True), ("miles", False), ("con", False), ("iva", False),
    ]  # fmt: skip


def test_every_rule_can_be_met_and_names_its_own_field():
    """With its first words in full and without what may be missing; a rule that another hides says nothing."""
    kinds = {line.split(",", 1)[0] for line in RULES.read_text(encoding="utf-8").splitlines()[1:]}
    hidden = []
    for kind in sorted(kinds):
        for rule in rules_of(kind).rules:
            heading = " ".join(slot.words[0] for slot in rule.slots if not slot.optional)
            if field_of(kind, heading) != rule.field:
                hidden.append((kind, heading, rule.field, field_of(kind, heading)))
    assert hidden == []


TITLES = [
    ["Municipio de Ejemplo, Jalisco"],
    ["Egresos por objeto del gasto"],
    ["Del 1 de enero al 30 de junio de 2023"],
]
ROWS = [
    ["Servicios Personales", 300, 12, 312, 150],
    ["Materiales y Suministros", 100, -4, 96, 40],
    ["Servicios Generales", 80, 0, 80, 30],
]


def budget(tmp_path, head, rows):
    path = write_xlsx(tmp_path / "tabla.xlsx", {"Hoja1": [*TITLES, head, *rows]})
    return read_file(path, name=path.name)


@pytest.mark.parametrize(
    ("head", "column", "moment"),
    [
        (["Concepto", "Aprobado", "Cifra B", "Modificado", "Devengado"], "Cifra B", "adjustments"),
        (["Concepto", "Aprobado", "Ampliaciones/Reducciones", "Cifra C", "Devengado"], "Cifra C", "modified"),
        (["Concepto", "Cifra A", "Ampliaciones/Reducciones", "Modificado", "Devengado"], "Cifra A", "approved"),
    ],
)
def test_the_missing_member_of_a_sum_is_what_the_others_say(tmp_path, head, column, moment):
    reading = budget(tmp_path, head, ROWS)
    assert (reading.columns[column], reading.questions) == (moment, [])


def test_one_row_that_does_not_add_up_leaves_the_column_to_a_person(tmp_path):
    rows = [*ROWS[:2], ["Servicios Generales", 80, 0, 81, 30]]
    reading = budget(tmp_path, ["Concepto", "Aprobado", "Ampliaciones/Reducciones", "Cifra C", "Devengado"], rows)
    assert "Cifra C" not in reading.columns
    assert len(reading.questions) == 1
    assert "«Cifra C»" in reading.questions[0]


def test_without_any_change_a_column_equal_to_the_approved_one_is_not_supposed_to_be_the_modified_one(tmp_path):
    rows = [[name, approved, 0, approved, accrued] for name, approved, _change, _modified, accrued in ROWS]
    reading = budget(tmp_path, ["Concepto", "Aprobado", "Ampliaciones/Reducciones", "Cifra C", "Devengado"], rows)
    assert "Cifra C" not in reading.columns


def test_an_unknown_column_is_asked_about_in_a_table_of_thousands_of_rows_too(tmp_path):
    rows = [[f"{1000 + number % 8000}", 100 + number, 0, number % 7 + 0.5, 50] for number in range(5_000)]
    reading = budget(tmp_path, ["Partida", "Aprobado", "Modificado", "Cifra rara", "Pagado"], rows)
    assert [question for question in reading.questions if "«Cifra rara»" in question]


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("TRES RIOS, SINALOA. INGRESOS RECAUDADOS", ("Tres Rios", "25")),
        ("El Encino, Jalisco", ("El Encino", "14")),
        ("Servicios personales, Jalisco y otros", (None, None)),
        ("Comisión del Agua, Jalisco", (None, None)),
    ],
)
def test_a_place_and_its_state_say_whose_the_file_is_where_nothing_else_does(tmp_path, title, place):
    head = ["Concepto", "Aprobado", "Ampliaciones/Reducciones", "Modificado", "Devengado"]
    path = write_xlsx(tmp_path / "tabla.xlsx", {"Hoja1": [[title], *TITLES[1:], head, *ROWS]})
    context = read_file(path, name=path.name).tables[0].context
    assert (context.municipality_name, context.state_code) == place
    # The same where it stands before what the file is, on one line.
    if place[0]:
        line = f"Municipio de {place[0]}, {STATES[place[1]]}: presupuesto de egresos 2023"
        path = write_xlsx(tmp_path / "otra.xlsx", {"Hoja1": [[line], *TITLES[1:], head, *ROWS]})
        context = read_file(path, name=path.name).tables[0].context
        assert (context.municipality_name, context.state_code) == place


def test_whose_the_money_is_in_words_is_no_amount(tmp_path):
    head = ["Nombre de la obra", "Localidad", "Avance físico", "Inversión", "Recurso federal"]
    rows = [["Barda", "Centro", 10, 1000, "Sí"], ["Domo", "Norte", 20, 500, "No"], ["Aula", "Sur", 30, 200, "No"]]
    path = write_xlsx(tmp_path / "obras.xlsx", {"Hoja1": [["Obras públicas 2023"], head, *rows]})
    assert "Recurso federal" not in read_file(path, name=path.name).columns


@pytest.mark.parametrize("head", [["", "", "Aprobado", "Pagado"], ["Lo que se paga", "Qué es", "Aprobado", "Pagado"]])
def test_codes_and_names_that_a_classifier_knows_need_no_heading(tmp_path, head):
    rows = [["1131", "Sueldos base", 400, 390], ["2111", "Papelería", 50, 49], ["3111", "Energía eléctrica", 90, 95]]
    reading = budget(tmp_path, head, rows)
    block = next(reading.tables[0].blocks())
    assert block.columns["object_code"].to_pylist() == ["1131", "2111", "3111"]
    assert (block.columns["approved"].to_pylist(), reading.questions) == (["400", "50", "90"], [])


def test_amounts_that_look_like_chapters_are_no_codes(tmp_path):
    head = ["Origen del recurso", "Cifra rara", "Modificado", "Ejercido"]
    rows = [["Propios", "1000.00", "1100.00", "900.00"], ["FAISMUN", "3000.00", "3000.00", "10.00"]]
    rows += [["Participaciones", "5000.00", "5000.00", "4900.00"], ["Total", "9000.00", "9100.00", "5810.00"]]
    reading = budget(tmp_path, head, rows)
    assert (reading.tables[0].lines, set(reading.columns.values())) == (
        3,
        {"funding_source_name", "modified", "exercised"},
    )
    assert "«Cifra rara»" in reading.questions[0]


def test_names_of_revenue_under_a_heading_of_money_are_no_amounts_and_no_spending(tmp_path):
    rows = [["11", "Impuestos sobre los ingresos", 100, 90], ["12", "Impuestos sobre el patrimonio", 900, 800]]
    rows += [["43", "Derechos por prestación de servicios", 300, 310], ["81", "Participaciones", 5000, 5100]]
    titles = [["Municipio de Ejemplo, Jalisco"], ["Presupuesto ejercido al 31 de diciembre de 2023"]]
    for head in (["CRI", "Ingreso", "Ley de Ing.", "Cobrado"], ["Cuenta", "Descripción", "Presupuestado", "Real"]):
        path = write_xlsx(tmp_path / "ingresos.xlsx", {"Hoja1": [*titles, head, *rows]})
        reading = read_file(path, name=path.name)
        assert (reading.kind, list(reading.columns.values()), reading.questions) == (
            "revenue",
            ["cri_code", "revenue_name", "estimated", "collected"],
            [],
        )


def test_a_heading_under_a_group_says_more_than_the_group(tmp_path):
    group = ["Proveedor o contratista", None, "Vigencia de la sanción", None, "Autoridad", "Sanción impuesta", "Multa"]
    head = ["Razón soc.", "RFC", "Inicio", "Fin", None, None, None]
    row = ["Aceros SA de CV", "AEJ010101AA1", "01/02/2024", "01/08/2024", "Contraloría", "Inhabilitación", 500]
    titles = ["Padrón de proveedores sancionados 2024"]
    path = write_xlsx(tmp_path / "sanciones.xlsx", {"Hoja1": [titles, group, head, row, row]})
    reading = read_file(path, name=path.name)
    assert (reading.kind, list(reading.columns.values())) == (
        "sanctions",
        ["supplier_name", "supplier_rfc", "start_date", "end_date", "authority", "outcome_raw", "fine"],
    )


CONTRACTS = ["No. Contrato", "Proveedor", "RFC", "Fecha de firma", "Importe", "Monto con IVA"]


@pytest.mark.parametrize(
    ("taxed", "wanted"),
    [
        ((116, 1160, 11.6), "amount_without_tax"),
        ((116, 1160, 10), "amount_without_tax"),  # one of them exempt
        ((116, 1160, 12), "amount_unspecified_tax"),
    ],
)
def test_an_amount_beside_itself_with_the_tax_is_the_one_without(tmp_path, taxed, wanted):
    rows = [
        [f"C-{place}", "Papel SA de CV", "PEJ010101AB1", f"1{place}/03/2023", bare, total]
        for place, (bare, total) in enumerate(zip((100, 1000, 10), taxed, strict=True))
    ]
    path = write_xlsx(tmp_path / "contratos.xlsx", {"Hoja1": [["Contratos 2023"], CONTRACTS, *rows]})
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.columns["Importe"], reading.columns["Monto con IVA"]) == (
        "contracts",
        wanted,
        "amount_with_tax",
    )
