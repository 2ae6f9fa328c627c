import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datasets.ingest import reading
from datasets.ingest.bodies import BodyRef, Territory
from datasets.ingest.clean import Cleaner
from datasets.ingest.labelbook import LabelBook
from datasets.ingest.readers import stream, text
from datasets.ingest.readers.stream import Tally, stream_blocks
from datasets.ingest.shapes import Hints, SkipRule, StreamPlan, UnreadableFile
from datasets.ingest.slices import Said, SliceFinder
from datasets.ingest.totals import Totals

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


def plan(path: Path, **changes) -> StreamPlan:
    settings_ = {
        "encoding": "utf-8",
        "delimiter": ",",
        "header_record": 1,
        "width": 3,
        "fields": {"unit_name": 0, "approved": 2},
    }
    return StreamPlan(path, **(settings_ | changes))


def read(made: StreamPlan) -> tuple[list[tuple[int, str, str]], Tally]:
    tally = Tally()
    lines = []
    for block in stream_blocks(made, tally):
        columns = [block.columns[name].to_pylist() for name in ("unit_name", "approved")]
        lines += list(zip(block.rows.tolist(), *columns, strict=True))
    return lines, tally


def test_lines_keep_their_record_numbers_over_blocks(write, monkeypatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 64)
    body = "".join(f"unidad {number},x,{number}.00\n" for number in range(2, 200))
    lines, tally = read(plan(write("a.csv", "Unidad,X,Aprobado\n" + body)))
    assert lines == [(number, f"unidad {number}", f"{number}.00") for number in range(2, 200)]
    assert (tally.rows_read, tally.skipped.total()) == (198, 0)


def test_newline_in_quotes_does_not_cut_a_record(write, monkeypatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 16)
    path = write("a.csv", 'Unidad,X,"Apro\nbado"\n"obra\npública, sur",x,1\n"dijo ""sí""\n",y,2\nsola,z,3')
    assert read(plan(path))[0] == [(2, "obra\npública, sur", "1"), (3, 'dijo "sí"\n', "2"), (4, "sola", "3")]


def test_ragged_and_blank_records_are_kept_in_their_places(write) -> None:
    path = write("a.csv", "Unidad,X,Aprobado\na,x,1\n\nb,x\nc,x,3,sobra,más\n,,\nd,x,4\n")
    lines, tally = read(plan(path))
    assert lines == [(2, "a", "1"), (4, "b", ""), (5, "c", "3"), (7, "d", "4")]
    assert (tally.rows_read, dict(tally.skipped)) == (6, {"blank": 2})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman", "cp850"])
def test_every_encoding_gives_the_same_lines(write, encoding: str) -> None:
    path = write("a.csv", "Unidad;X;Aprobado\r\nDirección de Niñez;x;1,50\r\n", encoding)
    found, _ = read(plan(path, encoding=encoding, delimiter=";"))
    assert found == [(2, "Dirección de Niñez", "1,50")]


def test_characters_that_only_cp1252_has_are_read(write) -> None:
    path = write("a.csv", "Unidad,X,Aprobado\nDirección “General” – Ñ €,x,1\n", "cp1252")
    assert read(plan(path, encoding="cp1252"))[0] == [(2, "Dirección “General” – Ñ €", "1")]


def test_rules_leave_out_rows_and_say_why(write) -> None:
    path = write("a.csv", "C,P,A\nTotal,,9\n1000,,5\n1000,1130,5\n,1130,4\n")
    rules = (SkipRule("subtotal", empty=(1,), filled=(0,)), SkipRule("section", empty=(0,)))
    made = plan(path, fields={"unit_name": 1, "approved": 2}, rules=rules)
    lines, tally = read(made)
    assert lines == [(4, "1130", "5")]
    assert dict(tally.skipped) == {"subtotal": 2, "section": 1, "blank": 0}


def test_rule_by_pattern_and_by_values(write) -> None:
    path = write("a.csv", "C,P,A\nTOTAL GENERAL,,9\nAgua,x,5\nresumen,x,5\n")
    rules = (
        SkipRule("subtotal", column=0, pattern=r"total\b"),
        SkipRule("note", column=0, values=frozenset({"resumen"})),
    )
    lines, tally = read(plan(path, rules=rules))
    assert lines == [(3, "Agua", "5")]
    assert dict(tally.skipped) == {"subtotal": 1, "note": 1, "blank": 0}


def test_object_code_is_the_deepest_that_is_filled(write) -> None:
    path = write("a.csv", "Cap,Con,Par\n1000,1100,1130\n2000,2100,\n3000,,\n")
    made = plan(path, fields={"unit_name": 0, "approved": 2}, object_codes=(2, 1, 0))
    codes = [code for block in stream_blocks(made, Tally()) for code in block.columns["object_code"].to_pylist()]
    assert codes == ["1130", "2100", "3000"]


def test_quote_that_is_never_closed_is_told_and_not_swallowed(write, monkeypatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_RECORD", 1 << 12)
    monkeypatch.setattr(stream, "BLOCK", 1 << 10)
    path = write("a.csv", 'a,b,c\n"abierta,x,1\n' + "b,x,2\n" * 2000)
    with pytest.raises(UnreadableFile, match="comilla"):
        read(plan(path))


@example([["", "", ""]], 20)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=12), st.integers(20, 200))
@settings(deadline=None)
def test_any_csv_reads_as_the_standard_library_reads_it(tmp_path_factory, records: list[list[str]], block: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([["a", "b", "c"], *records])
    path = tmp_path_factory.mktemp("csv") / "any.csv"
    path.write_bytes(out.getvalue().encode())
    expected = []
    for number, record in enumerate(csv.reader(io.StringIO(out.getvalue(), newline="")), start=1):
        cells = record + [""] * 3
        if number > 1 and any(cell.strip() for cell in record):
            expected.append((number, cells[0], cells[2]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BLOCK", block)
        assert read(plan(path))[0] == expected


def test_large_file_obeys_decisions_about_rows_and_numbers(tmp_path, monkeypatch):
    """Left-out rows, corrected cells and the unit hold for a file read in pieces as for one read whole."""
    rows = "".join(f"1131,Sueldos {n},{n}.00\n" for n in range(1, 41))
    path = tmp_path / "miles.csv"
    path.write_text("Partida,Concepto,Aprobado\n" + rows + "1131,Sueldos,por definir\n")
    hints = Hints(
        kind="expenditure",
        year=2024,
        period="annual",
        unit=1000,
        left_out={"": [2, 3]},
        fixes={"": {"42": {"Aprobado": "5.50"}}},
    )
    sums = []
    for limit in (1 << 30, 400):
        monkeypatch.setattr(text, "MAX_GRID_BYTES", limit)
        monkeypatch.setattr(reading, "MAX_GRID_BYTES", limit)
        found = reading.read_file(path, name="miles.csv", hints=hints)
        [table] = found.tables
        blocks = list(stream_blocks(table.stream, Tally()) if table.stream else table.blocks())
        assert bool(table.stream) == (limit == 400)
        cleaner = Cleaner(
            0,
            table,
            SliceFinder(
                table,
                Said(BodyRef("municipality", "Torreón", "05035"), 2024, "annual", None),
                Territory({}, {}, {}),
                {},
            ),
            LabelBook(),
            [],
        )
        totals = Totals()
        for block in blocks:
            totals.add(cleaner.clean(block))
        sums.append(totals.by_table[0]["approved"])
    assert sums == [(820 - 3) * 100_000 + 550_000] * 2


def test_row_that_says_only_when_and_where_is_no_contract_in_either_way_of_reading(tmp_path, monkeypatch):
    head = "Ejercicio,Clave Municipio,Número de contrato,Objeto del contrato,Proveedor,Monto del contrato\n"
    rows = "".join(f"2024,05035,C-{n},Bacheo {n},Uno SA de CV,{n}.00\n" for n in range(1, 31))
    path = tmp_path / "contratos.csv"
    path.write_text(head + rows + "2024,05035,,,,\n2024,,,,,\n2024,05035,C-31,Bacheo 31,Uno SA de CV,31.00\n")
    told = []
    for limit in (1 << 30, 400):
        monkeypatch.setattr(text, "MAX_GRID_BYTES", limit)
        monkeypatch.setattr(reading, "MAX_GRID_BYTES", limit)
        [table] = reading.read_file(path, name="contratos.csv", hints=Hints(kind="contracts")).tables
        assert bool(table.stream) == (limit == 400)
        tally = Tally()
        blocks = list(stream_blocks(table.stream, tally) if table.stream else table.blocks())
        lines = [
            (row, last) for block in blocks for row, last in zip(block.rows.tolist(), last_rows(block), strict=True)
        ]
        skipped = tally.skipped if table.stream else table.skipped
        told.append((lines, {reason: count for reason, count in skipped.items() if count}))
    assert told[0] == told[1]
    assert told[0] == ([(row, row) for row in [*range(2, 32), 34]], {"bare": 2})


def both_ways(path, monkeypatch, **hints):
    """Rows and reasons of a file read whole, and read in pieces."""
    told = []
    for limit in (1 << 30, 400):
        monkeypatch.setattr(text, "MAX_GRID_BYTES", limit)
        monkeypatch.setattr(reading, "MAX_GRID_BYTES", limit)
        [table] = reading.read_file(path, name=path.name, hints=Hints(**hints)).tables
        assert bool(table.stream) == (limit == 400)
        tally = Tally()
        blocks = list(stream_blocks(table.stream, tally) if table.stream else table.blocks())
        skipped = tally.skipped if table.stream else table.skipped
        kept = {reason: count for reason, count in skipped.items() if count}
        told.append(([row for block in blocks for row in block.rows.tolist()], kept))
    return told


BUDGET = "Clave UR,Unidad,Programa,Aprobado\n" + "".join(
    f"{n:03},Dirección {n},Programa {n},{n}00.50\n" for n in range(1, 31)
)


@pytest.mark.parametrize(
    "last",
    [
        "TOTAL,,,46515.00",
        "Total del gasto,,,46515.00",
        ",SUMA,,46515.00",
        ",,Importe total del gasto,46515.00",
        ",,,46515.00",
    ],
)
def test_total_of_a_budget_is_no_line_in_either_way_of_reading(tmp_path, monkeypatch, last):
    path = tmp_path / "gasto.csv"
    path.write_text(BUDGET + last + "\n")
    whole, pieces = both_ways(path, monkeypatch, kind="expenditure")
    assert whole == pieces == (list(range(2, 32)), {"subtotal": 1})


@pytest.mark.parametrize("kind", ["expenditure", "contracts"])
def test_unit_that_only_the_end_of_a_large_file_says(tmp_path, monkeypatch, kind):
    head, line, _last, _skipped = LISTS["contracts"]
    lines = BUDGET if kind == "expenditure" else head + "".join(line.format(n=n) for n in range(1, 31))
    path = tmp_path / "miles.csv"
    path.write_text(lines + '"Nota: cifras en miles de pesos",,,\n')
    monkeypatch.setattr(text, "MAX_GRID_BYTES", 400)
    monkeypatch.setattr(reading, "MAX_GRID_BYTES", 400)
    found = reading.read_file(path, name=path.name, hints=Hints(kind=kind))
    (table,) = found.tables
    assert (table.stream.unit, table.unit if kind == "contracts" else 1_000) == (1_000, 1_000)
    assert "unit" in {one.code for one in found.findings}
    if kind == "expenditure":
        assert sum(len(block.rows) for block in stream_blocks(table.stream, Tally())) == 30  # the note is no line


LISTS = {
    "contracts": (
        "Ejercicio,Número de contrato,Objeto del contrato,Proveedor,Estatus,Monto del contrato\n",
        "2024,C-{n},Bacheo {n},Uno SA de CV,Activo,{n}.00\n",
        [
            "2024,,TOTAL,,,465.00",
            ",,,Total,,465.00",
            ",,,,,465.00",
            "2024,,Bombas,,Desierto,900.00",
            "2024,,Llantas,Cancelado,,9.00",
        ],
        {"contracts": {"subtotal": 3, "void": 2}},
    ),
    "works": (
        "Nombre de la obra,Localidad,Contratista,Avance físico,Monto contratado,Monto ejercido\n",
        "Barda {n},Centro,Uno SA de CV,50,{n}.00,{n}.00\n",
        ["TOTAL,,,,465.00,465.00", ",,,,465.00,465.00"],
        {"works": {"subtotal": 2}},
    ),
    "debt": (
        "Acreedor,Destino,Tasa de interés,Monto contratado,Saldo\n",
        "Banco {n},Obra,TIIE + 1,{n}.00,{n}.00\n",
        ["Total,,,465.00,465.00", ",,,465.00,465.00"],
        {"debt": {"subtotal": 2}},
    ),
}


@pytest.mark.parametrize("kind", LISTS)
def test_sums_of_a_list_are_no_rows_of_it_in_either_way_of_reading(tmp_path, monkeypatch, kind):
    head, line, last, skipped = LISTS[kind]
    path = tmp_path / "lista.csv"
    path.write_text(head + "".join(line.format(n=n) for n in range(1, 31)) + "\n".join(last) + "\n")
    whole, pieces = both_ways(path, monkeypatch, kind=kind)
    assert pieces == (list(range(2, 32)), skipped[kind])
    assert whole[0] == pieces[0]


def last_rows(block):
    extra = block.extra_rows or [[]] * len(block.rows)
    return [max([row, *more]) for row, more in zip(block.rows.tolist(), extra, strict=True)]
