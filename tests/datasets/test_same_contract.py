"""One contract in several rows is counted once: beside each article, in each report, with each amendment."""

from __future__ import annotations

import pytest

from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from tests.datasets.reading_files import write_xlsx
from tests.datasets.unseen_files import sum_of

HEAD = ["Contrato", "Proveedor", "Fecha de firma", "Objeto", "Monto total con IVA"]
UNO, DOS, TRES = (
    ["AD-1/2023", "Muestra SA de CV", "05/03/2023", "Papel", "1,160.00"],
    ["AD-2/2023", "Ejemplo SA de CV", "12/04/2023", "Bombas", "2,320.00"],
    ["AD-3/2023", "Prueba SA de CV", "20/05/2023", "Vigilancia", "500.00"],
)


def read(tmp_path, head, rows, **hints):
    path = write_xlsx(tmp_path / "lista.xlsx", {"Hoja1": [["Contratos 2023"], head, *rows]})
    return read_file(path, name=path.name, hints=Hints(kind="contracts", **hints))


def told(reading):
    (table,) = reading.tables
    codes = [found.code for found in reading.findings]
    return table.lines, str(sum_of("amount_with_tax", reading.tables)), codes


def test_total_beside_each_quote_is_one_contract(tmp_path):
    head = [*HEAD, "Cotizaciones"]
    rows = [[*UNO, "Muestra"], [*UNO[:4], "$1,160.00", "Otra"], [*UNO[:4], "1160", "Tercera"], [*DOS, "Ejemplo"]]
    reading = read(tmp_path, head, rows)
    assert told(reading)[:2] == (2, "3480.00")
    (found,) = [found for found in reading.findings if found.code == "repeated_contract"]
    assert found.message.startswith("2 renglones repiten un contrato")
    assert reading.tables[0].skipped["duplicate"] == 2
    (block,) = reading.tables[0].stored
    assert [list(rows) for rows in block.extra_rows] == [[4, 5], []]


@pytest.mark.parametrize(("heading", "values"), [("Mes", ("Enero", "Febrero")), ("Plantel", ("Norte", "Sur"))])
def test_rows_that_differ_in_a_month_or_a_place_are_asked_about(tmp_path, heading, values):
    reading = read(tmp_path, [*HEAD, heading], [*([*UNO, value] for value in values), [*DOS, "Otro"]])
    assert told(reading)[:2] == (3, "4640.00")
    assert any(f"difieren en «{heading}»" in question for question in reading.questions)


@pytest.mark.parametrize(
    ("heading", "values"),
    [("Ejercicio", ("2022", "2023")), ("Moneda", ("MXN", "USD")), ("Comprador", ("Secretaría de Salud", "Servicios"))],
)
def test_numbers_begin_anew_in_each_year_and_office(tmp_path, heading, values):
    reading = read(tmp_path, [*HEAD, heading], [*([*UNO, value] for value in values), [*DOS, values[0]]])
    assert told(reading)[0] == 3
    assert not [question for question in reading.questions if "difieren en" in question]


def test_who_corrects_one_row_of_a_contract_makes_no_other_of_it(tmp_path):
    rows = [[*UNO[:2], "31/02/2023", *UNO[3:]], [*UNO[:2], "31/02/2023", *UNO[3:]], DOS]
    fixes = {"Hoja1": {3: {"Fecha de firma": "28/02/2023"}}}
    reading = read(tmp_path, HEAD, rows, fixes=fixes)
    assert told(reading)[:2] == (2, "3480.00")
    assert "2023-02-28" in str(
        reading.tables[0].stored[0].columns["date_signed"].to_pylist()[0]
    ) or "28/02/2023" in str(reading.tables[0].stored[0].columns["date_signed"].to_pylist()[0])


@pytest.mark.parametrize(
    "other",
    [
        ["AD-1/2023", "Muestra SA de CV", "05/03/2023", "Tinta", "1,160.00"],
        ["AD-1/2023", "Muestra SA de CV", "05/04/2023", "Papel", "1,160.00"],
        ["AD-1/2023", "Otra SA de CV", "05/03/2023", "Papel", "1,160.00"],
        ["AD-9/2023", "Muestra SA de CV", "05/03/2023", "Papel", "1,160.00"],
        ["AD-1/2023", "Muestra SA de CV", "05/03/2023", "Papel", "1,160.01"],
    ],
    ids=["object", "day", "supplier", "number", "a cent"],
)
def test_contracts_that_differ_in_anything_are_two(tmp_path, other):
    assert told(read(tmp_path, HEAD, [UNO, other]))[0] == 2


def test_rows_without_a_number_are_not_the_same(tmp_path):
    rows = [["S/N", *UNO[1:]], ["S/N", *UNO[1:]], DOS]
    assert told(read(tmp_path, HEAD, rows))[0] == 3


def test_person_may_count_each_row(tmp_path):
    lines, total, codes = told(read(tmp_path, HEAD, [UNO, UNO, DOS], counted={"Hoja1": (4,)}))
    assert (lines, total, "repeated_contract" in codes) == (3, "4640.00", False)


def test_articles_that_add_up_to_the_total_beside_them_are_one_contract(tmp_path):
    head = ["Contrato", "Proveedor", "Monto total con IVA", "Descripción", "Importe del renglón"]
    rows = [
        ["AD-1/2023", "Muestra SA de CV", "1,160.00", "Papel", "1,000.00"],
        ["AD-1/2023", "Muestra SA de CV", "1,160.00", "Tinta", "160.00"],
        ["AD-2/2023", "Ejemplo SA de CV", "2,320.00", "Bomba", "2,000.00"],
        ["AD-2/2023", "Ejemplo SA de CV", "2,320.00", "Tubo", "300.00"],
        ["AD-2/2023", "Ejemplo SA de CV", "2,320.00", "Llave", "20.00"],
    ]
    assert told(read(tmp_path, head, rows))[:2] == (2, "3480.00")
    rows[4][4] = "21.00"
    assert told(read(tmp_path, head, rows))[0] == 5


AMENDED = ["Contrato", "Instrumento", "Proveedor", "Fecha de firma", "Monto total con IVA"]


def amended(*amounts):
    first = ["AD-2/2023", "Contrato", "Ejemplo SA de CV", "12/04/2023", "1,000.00"]
    later = [
        ["AD-2/2023", f"Convenio modificatorio {n}", "Ejemplo SA de CV", f"12/0{4 + n}/2023", amount]
        for n, amount in enumerate(amounts, 1)
    ]
    return [["AD-1/2023", "Contrato", "Muestra SA de CV", "05/03/2023", "70.00"], first, *later]


def test_amendment_that_states_the_new_total_replaces_the_amount_and_not_the_day(tmp_path):
    reading = read(tmp_path, AMENDED, amended("1,120.00", "1,250.00"))
    assert told(reading)[:2] == (2, "1320.00")
    assert "amended_contract" in told(reading)[2]
    (block,) = reading.tables[0].stored
    assert [str(day) for day in block.columns["date_signed"].to_pylist()][1].startswith(("2023-04-12", "12/04/2023"))


def test_row_of_an_amended_contract_is_the_one_that_states_its_amount_and_what_it_leaves_blank_is_of_the_contract(
    tmp_path,
):
    head = [*AMENDED, "Monto sin IVA"]
    first, *others = amended("1,120.00")
    rows = [[*others[0], "862.07"], [*first, "60.34"], [*others[1], ""]]
    (table,) = read(tmp_path, head, rows).tables
    (block,) = table.stored
    assert list(block.rows) == [4, 5]
    assert block.columns["amount_without_tax"].to_pylist() == ["60.34", "862.07"]


def test_amendments_before_their_contract_or_of_two_are_asked_about(tmp_path):
    first, contract, amendment = amended("1,120.00")
    undated = [[*row[:3], "", row[4]] for row in (first, amendment, contract)]
    for rows in (undated, [first, contract, [*contract[:3], "13/04/2023", "990.00"], amendment]):
        reading = read(tmp_path, AMENDED, rows)
        assert told(reading)[0] == len(rows)
        assert any("no se sabe si su monto es el nuevo total" in question for question in reading.questions)


def test_amendment_that_stands_first_is_known_by_its_day(tmp_path):
    first, contract, amendment = amended("1,120.00")
    assert told(read(tmp_path, AMENDED, [first, amendment, contract]))[:2] == (2, "1190.00")


def test_amendment_that_states_what_is_added_is_added(tmp_path):
    assert told(read(tmp_path, AMENDED, amended("120.00", "200.00")))[:2] == (4, "1390.00")


def test_amendments_that_may_be_either_are_asked_about(tmp_path):
    reading = read(tmp_path, AMENDED, amended("120.00", "1,250.00"))
    assert told(reading)[0] == 4
    assert any("no se sabe si su monto es el nuevo total" in question for question in reading.questions)


STATED = ["Expediente", "Proveedor", "Contrato", "Objeto", "Monto con IVA", "Estatus del procedimiento"]


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        (["LP-2", "No aplica", "", "Bombas", "900.00", "Desierto"], 2),
        (["LP-2", "", "", "Bombas", "900.00", "Procedimiento cancelado"], 2),
        (["LP-2", "Se declaró desierta", "", "Bombas", "900.00", ""], 2),
        (["LP-2", "Ejemplo SA de CV", "C-2", "Bombas", "900.00", "Cancelado"], 3),
        (["LP-2", "Ejemplo SA de CV", "C-2", "Bombas", "900.00", "Parcialmente desierta"], 3),
        (["LP-2", "Desierto de los Leones SC", "C-2", "Bombas", "900.00", "Concluido"], 3),
        (["LP-2", "Cancelados y Anexos SA", "", "Bombas", "900.00", "Concluido"], 3),
        (["LP-2", "", "Desierto", "Bombas", "900.00", ""], 2),
        (["LP-2", "", "", "Bombas", "900.00", "Se declaró desierta la partida 3"], 3),
    ],
    ids=[
        "void",
        "cancelled",
        "by the supplier",
        "of a supplier",
        "in part",
        "a name",
        "another",
        "by the number",
        "a part",
    ],
)
def test_procedure_that_bought_nothing_is_no_contract(tmp_path, row, lines):
    rows = [
        ["LP-1", "Muestra SA de CV", "C-1", "Papel", "100.00", "Concluido"],
        row,
        ["LP-3", "Prueba SA de CV", "C-3", "Llantas", "300.00", "Concluido"],
    ]
    reading = read(tmp_path, STATED, rows)
    assert reading.tables[0].lines == lines
    assert reading.tables[0].skipped.get("void", 0) == 3 - lines


def test_what_is_paid_in_each_year_is_no_amount_of_a_contract(tmp_path):
    head = ["Contrato", "Empresa", "Monto 2022", "Monto 2023", "Monto total plurianual (IVA incluido)"]
    rows = [["C-1", "Muestra SA de CV", "100.00", "60.00", "160.00"], ["C-2", "Ejemplo SA de CV", "5.00", "", "5.00"]]
    reading = read(tmp_path, head, rows)
    assert told(reading)[:2] == (2, "165.00")
    assert reading.columns.keys() & {"Monto 2022", "Monto 2023"} == set()


def test_person_whose_contract_was_cancelled_is_kept_like_a_company(tmp_path):
    head = [
        "Expediente",
        "Nombre(s) del adjudicado",
        "Primer apellido del adjudicado",
        "Objeto",
        "Monto con IVA",
        "Estatus",
    ]
    rows = [["LP-1", "Ana", "Núñez", "Papel", "100.00", "Cancelado"], ["LP-2", "", "", "Bombas", "900.00", "Cancelado"]]
    reading = read(tmp_path, head, [*rows, ["LP-3", "Luis", "Díaz", "Llantas", "300.00", "Concluido"]])
    assert (reading.tables[0].lines, reading.tables[0].skipped.get("void")) == (2, 1)
