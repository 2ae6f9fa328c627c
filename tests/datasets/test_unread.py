"""What a file carries under headings that nobody knows is asked about or shown; what contradicts its meaning is asked about."""

from __future__ import annotations

import pytest

from datasets.ingest.dictionary import match_heading
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from datasets.ingest.unread import AMOUNT, CODE, DAY, NAME, sort_of
from tests.datasets.reading_files import write_xlsx

CONTRACTS = ["No. contrato", "Proveedor", "Descripción", "Importe con IVA", "Fecha de firma"]
BOUGHT = [
    ["C-1", "Papelería Ejemplo SA de CV", "Papel", 11600, "10/01/2023"],
    ["C-2", "Llantas Ejemplo SA de CV", "Llantas", 23200, "11/02/2023"],
    ["C-3", "Obras Ejemplo SA de CV", "Bacheo", 580000, "12/03/2023"],
]
SPENT = [
    ["Servicios Personales", 300, 12, 312, 150],
    ["Materiales y Suministros", 100, -4, 96, 40],
    ["Servicios Generales", 80, 5, 85, 30],
]
BUDGET = ["Concepto", "Aprobado", "Ampliaciones/Reducciones", "Modificado", "Devengado"]


def read(tmp_path, rows, title="Contratos 2023, municipio de Ejemplo, Jalisco", **hints):
    path = write_xlsx(tmp_path / "tabla.xlsx", {"Hoja1": [[title], *rows]})
    return read_file(path, name=path.name, hints=Hints(**hints))


def contracts(tmp_path, head, more=(), **hints):
    rows = [[*row, *cells] for row, cells in zip(BOUGHT, more or [()] * len(BOUGHT), strict=True)]
    return read(tmp_path, [head, *rows], **hints)


def budget(tmp_path, head, rows):
    title = "Municipio de Ejemplo, Jalisco. Egresos por objeto del gasto del 1 de enero al 30 de junio de 2023"
    return read(tmp_path, [head, *rows], title)


def told(reading):
    return {found.code: found.message for found in reading.findings}


@pytest.mark.parametrize(
    ("cells", "sort"),
    [
        (["150000", "90000", "1200000"], AMOUNT),
        (["$ 15.20", "$ 9.00", "$ 1.00"], AMOUNT),
        (["1", "2", "3"], None),  # they count
        (["1001", "1002", "1003"], None),
        (["5512345678", "5587654321", "5511223344"], None),  # telephones
        (["1100", "2600", "3500"], CODE),  # concepts of expenditure, and no round amounts
        (["44100", "44130", "44267"], None),  # postal codes, or days as spreadsheets count them
        (["2021", "2022", "2023"], None),
        (["10/01/2023", "11/02/2023", "s/d"], DAY),
        (["AB-1/23", "AB-2/23", "AB-3/23"], CODE),
        (["Centro", "La Loma", "Centro"], NAME),
        (["https://ejemplo.mx/a.pdf", "https://ejemplo.mx/b.pdf"], None),
        (["", "-", "N/A"], None),
    ],
)
def test_cells_tell_what_sort_of_column_it_is(cells, sort):
    assert sort_of(cells) == sort


@pytest.mark.parametrize(
    "lost",
    [1, 2, 4],  # who sold, what was bought, when
)
def test_what_a_contract_lacks_and_a_column_may_say_is_asked(tmp_path, lost):
    head = ["Cosa rara" if place == lost else heading for place, heading in enumerate(CONTRACTS)]
    rows = [[cell.removesuffix(" SA de CV") if isinstance(cell, str) else cell for cell in row] for row in BOUGHT]
    reading = read(tmp_path, [["RFC", *head], *(["EJE010101AA1", *row] for row in rows)])
    assert [question for question in reading.questions if "«Cosa rara»" in question], reading.columns


def test_an_amount_that_nobody_knows_is_asked_about_in_a_list_of_contracts(tmp_path):
    cells = [[3000], [7000], [90000]]
    reading = contracts(tmp_path, [*CONTRACTS, "Cosa rara"], cells)
    assert "«Cosa rara»" in reading.questions[0]
    assert reading.complete is False
    once = contracts(
        tmp_path, [*CONTRACTS, "Cosa rara"], cells, columns={"Cosa rara": "", "Proveedor": "supplier_name"}
    )
    assert once.questions == []


def test_the_tax_between_two_amounts_is_not_asked_about(tmp_path):
    head = [*CONTRACTS, "Importe sin IVA", "Cosa rara"]
    reading = contracts(tmp_path, head, [[10000, 1600], [20000, 3200], [500000, 80000]])
    assert reading.questions == []


def test_what_a_contract_has_no_need_of_is_shown(tmp_path):
    days = ["Fecha de inicio", "Fecha de término"]
    more = [
        ["10/01/2023", "10/02/2023", "Azul"],
        ["11/01/2023", "10/02/2023", "Verde"],
        ["12/01/2023", "10/04/2023", "Rojo"],
    ]
    reading = contracts(tmp_path, [*CONTRACTS, *days, "Cosa rara"], more)
    assert (reading.questions, reading.complete) == ([], True)
    assert told(reading)["unused_columns"] == "Hay columnas con datos que no se usaron: «Cosa rara»."


def test_running_numbers_links_and_notes_are_nothing_to_tell_of(tmp_path):
    head = [*CONTRACTS, "Consecutivo", "Hipervínculo al contrato", "Observaciones"]
    reading = contracts(tmp_path, head, [[n, f"https://ejemplo.mx/{n}", f"Nota {n} larga"] for n in (1, 2, 3)])
    assert (reading.questions, "unused_columns" in told(reading)) == ([], False)


def test_no_more_than_three_columns_are_asked_about(tmp_path):
    head = ["Crédito", "Monto contratado", "Fin alfa", "Fin beta", "Cosa gama", "Cosa delta", "Saldo"]
    rows = [
        ["Uno", 5000, 3100, "Obra", "Grupo A", "10/01/2020", 4000],
        ["Dos", 9000, 47000, "Agua", "Grupo B", "10/01/2021", 8000],
        ["Tres", 7000, 5200, "Luz", "Grupo C", "10/01/2022", 6000],
    ]
    reading = read(tmp_path, [head, *rows], "Deuda pública 2023, municipio de Ejemplo, Jalisco", kind="debt")
    (question,) = reading.questions
    assert [name for name in head if f"«{name}»" in question] == ["Fin alfa", "Fin beta", "Cosa gama"]
    assert "«Cosa delta»" in told(reading)["unused_columns"]


def test_amounts_in_thousands_at_the_left_of_the_moments_are_asked_about(tmp_path):
    rows = [
        ["Presidencia", 1500, 700],
        ["Tesorería", 2500, 1200],
        ["Obras Públicas", 9000, 5500],
        ["Síndico", 800, 395],
    ]
    reading = budget(tmp_path, ["Dependencia", "Cosa rara", "Pagado"], rows)
    assert "«Cosa rara»" in reading.questions[0]


def test_money_away_from_the_moments_is_asked_about(tmp_path):
    rows = [[name, f"{n}150.25", f"Fuente {n}", *cells] for n, (name, *cells) in enumerate(SPENT, 1)]
    reading = budget(tmp_path, ["Concepto", "Cosa rara", "Otra cosa", *BUDGET[1:]], rows)
    assert "«Cosa rara»" in reading.questions[0]


def test_a_text_that_alone_parts_rows_of_a_budget_is_asked_about(tmp_path):
    rows = [[place, *row] for row in SPENT for place in ("Norte", "Sur")]
    reading = budget(tmp_path, ["Cosa rara", *BUDGET], rows)
    assert [question for question in reading.questions if "«Cosa rara»" in question]
    rows = [[f"Norte {n}", *row] for n, row in enumerate(SPENT)]
    reading = budget(tmp_path, ["Cosa rara", *BUDGET], rows)
    assert (reading.questions, "«Cosa rara»" in told(reading)["unused_columns"]) == ([], True)


def test_years_are_no_amounts(tmp_path):
    reading = budget(tmp_path, ["Ejerc.", *BUDGET[:4], "Imp. ejerc."], [[2023, *row] for row in SPENT])
    assert (reading.columns["Ejerc."], reading.columns["Imp. ejerc."]) == ("fiscal_year", "exercised")


def test_a_participle_is_a_word_of_its_own(tmp_path):
    head = ["No. contrato", "Proveedor", "Servicio prestado", *CONTRACTS[3:]]
    columns = contracts(tmp_path, head).columns
    assert (columns["Proveedor"], columns.get("Servicio prestado")) != ("quotes", "supplier_name")
    assert columns["Proveedor"] == "supplier_name"


def test_chapters_of_expenditure_are_no_revenue(tmp_path):
    rows = [["Descripción", "Presupuestado", "Importe"], *([name, a, b] for name, a, b, *_rest in SPENT)]
    assert read(tmp_path, rows, "Ejercicio 2023").kind != "revenue"


@pytest.mark.parametrize(
    ("head", "asked"),
    [
        (["Concepto", "P. Aprob.", "Ampl./Reducc.", "Devengado", "P. Modif."], True),  # two headings exchanged
        (["Concepto", "P. Aprob.", "Ampl./Reducc.", "P. Modif.", "Devengado"], False),
    ],
)
def test_moments_that_do_not_add_up_are_asked_about(tmp_path, head, asked):
    reading = budget(tmp_path, head, SPENT)
    doubted = [question for question in reading.questions if "no concuerda" in question]
    assert bool(doubted) is asked


def test_an_end_before_its_beginning_is_asked_about(tmp_path):
    head = [*CONTRACTS, "F. Fin", "F. Inicio"]
    days = [["10/01/2023", "10/02/2023"], ["11/01/2023", "10/03/2023"], ["12/01/2023", "10/04/2023"]]
    reading = contracts(tmp_path, head, days)
    assert [question for question in reading.questions if "«F. Fin»" in question and "«F. Inicio»" in question]
    assert contracts(tmp_path, [*CONTRACTS, "F. Inicio", "F. Fin"], days).questions == []


def test_changes_of_one_direction_are_all_changes_where_some_are_negative_and_are_shown_where_none_is(tmp_path):
    head = ["Concepto", "Aprobado", "Ampliaciones", "Devengado"]
    reading = budget(tmp_path, head, [[name, a, change, d] for name, a, change, _m, d in SPENT])
    assert reading.columns["Ampliaciones"] == "adjustments"
    reading = budget(tmp_path, head, [[name, a * 1000, abs(change) * 1000, d] for name, a, change, _m, d in SPENT])
    assert "«Ampliaciones»" in told(reading)["unused_amounts"]


@pytest.mark.parametrize(
    ("kind", "heading", "field"),
    [
        ("expenditure", "approved_amt", "approved"),
        ("expenditure", "object_desc", "object_name"),
        ("contracts", "award_dt", "award_date"),
        ("contracts", "tax_id", "supplier_rfc"),
        ("works", "contractor", "supplier_name"),
        ("works", "favourite colour", None),
    ],
)
def test_english_headings_say_what_their_words_say(kind, heading, field):
    found = match_heading(kind, heading)
    assert (found.field if found else None) == field


def test_what_a_person_says_the_file_is_needs_no_known_headings(tmp_path):
    head = ["Cosa A", "Cosa B", "Cosa C", "Importe", "Cosa D"]
    rows = [head, *([row[0], row[1].removesuffix(" SA de CV"), *row[2:]] for row in BOUGHT)]
    assert read(tmp_path, rows, "Ejercicio 2023").kind is None
    head[1] = "Proveedor"
    reading = read(tmp_path, [head, *rows[1:]], "Ejercicio 2023", kind="contracts")
    assert (reading.kind, reading.columns["Proveedor"], reading.complete) == ("contracts", "supplier_name", False)
    assert "«Cosa C»" in reading.questions[0]


def test_a_second_column_for_one_field_is_asked_about_where_it_says_something_else(tmp_path):
    reading = contracts(tmp_path, [*CONTRACTS, "Monto con IVA"], [[3000], [7000], [90000]])
    assert [question for question in reading.questions if "«Monto con IVA»" in question]
    assert contracts(tmp_path, [*CONTRACTS, "Monto con IVA"], [[11600], [23200], [580000]]).questions == []
