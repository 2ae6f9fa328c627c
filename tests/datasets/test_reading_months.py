"""One moment month by month: summed where no total stands beside, checked against the total where one does."""

import pytest

from datasets.ingest import reading as reading_module
from datasets.ingest.readers import text as text_reader
from datasets.ingest.readers.stream import Tally, stream_blocks
from datasets.ingest.reading import Hints, UnreadableFile, read_file
from tests.datasets.reading_files import write_xlsx

TITLES = [["Municipio de Zapopan, Jalisco"], ["Presupuesto de egresos devengado por partida 2023"]]
SHORT = ["ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC"]
LONG = [
    "Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre",
]  # fmt: skip
SALARIES = [100, 100, 100, 100, 100, 150, 100, 100, 100, 100, 100, 250]
PAPER = [0, 10.5, 0, 0, 20, 0, 0, 0, 5, 0, 0, 1]
WORKS = [0, 0, 500, 0, 0, 700, 0, 0, 0, 300, 0, 0]
ROWS = [["1131", "Sueldos", *SALARIES], ["2111", "Papel", *PAPER], ["6121", "Edificación", *WORKS]]
SUMS = ["1400.00", "36.50", "1500.00"]


def read(tmp_path, rows, **hints):
    path = write_xlsx(tmp_path / "mensual.xlsx", {"Hoja1": rows})
    reading = read_file(path, name=path.name, hints=Hints(**hints))
    for table in reading.tables:
        assert table.rows_read == table.lines + sum(table.skipped.values())
    return reading


def column(reading, name):
    return [text for block in reading.tables[0].blocks() for text in block.columns[name].to_pylist()]


def found(reading):
    return [(finding.code, finding.severity) for finding in reading.findings if finding.code.startswith("months")]


@pytest.mark.parametrize("months", [SHORT, LONG, [f"{name}." for name in SHORT], [f"{name} 2023" for name in LONG]])
def test_months_of_one_moment_add_up_to_its_year(tmp_path, months):
    reading = read(tmp_path, [*TITLES, ["Partida", "Descripción", *months], *ROWS])
    assert (reading.kind, reading.questions) == ("expenditure", [])
    assert column(reading, "accrued") == SUMS
    assert (reading.tables[0].context.year, reading.tables[0].context.period) == (2023, "annual")
    assert found(reading) == [("months", "warning")]
    assert "Devengado (suma de enero a diciembre)" in reading.columns


def test_the_group_over_the_months_names_the_moment(tmp_path):
    titles = [TITLES[0], ["Ejercicio del presupuesto de egresos 2023"]]
    head = [["Partida", "Descripción", "Pagado"], [None, None, *SHORT]]
    reading = read(tmp_path, [*titles, *head, *ROWS])
    assert reading.questions == []
    assert column(reading, "paid") == SUMS


def test_a_total_that_is_the_sum_is_taken_and_so_said(tmp_path):
    rows = [[*row, sum(row[2:])] for row in ROWS]
    reading = read(tmp_path, [*TITLES, ["Partida", "Descripción", *SHORT, "Total"], *rows])
    assert [float(text) for text in column(reading, "accrued")] == [1400, 36.5, 1500]
    assert found(reading) == [("months", "info")]


def test_a_total_that_is_not_the_sum_is_taken_and_the_row_named(tmp_path):
    rows = [[*row, sum(row[2:]) + (1000 if row[0] == "2111" else 0)] for row in ROWS]
    reading = read(tmp_path, [*TITLES, ["Partida", "Descripción", *SHORT, "Total"], *rows])
    assert [float(text) for text in column(reading, "accrued")] == [1400, 1036.5, 1500]
    assert found(reading) == [("months_differ", "warning")]
    assert next(finding.line_no for finding in reading.findings if finding.code == "months_differ") == 5


def test_half_a_year_is_the_second_quarter(tmp_path):
    rows = [[*row[:8], *[None] * 6] for row in ROWS]
    reading = read(tmp_path, [*TITLES, ["Partida", "Descripción", *SHORT], *rows])
    assert column(reading, "accrued") == ["650.00", "30.50", "1200.00"]
    assert reading.tables[0].context.period == "Q2"


def test_months_that_hold_those_before_them_are_not_added(tmp_path):
    rows = [[*row[:2], *[sum(row[2 : 3 + place]) for place in range(12)]] for row in ROWS]
    rows.append(["3111", "Luz", *range(10, 130, 10)])
    rows.append(["3121", "Gas", *range(5, 65, 5)])
    reading = read(tmp_path, [*TITLES, ["Partida", "Descripción", *SHORT], *rows])
    assert [float(text) for text in column(reading, "accrued")] == [1400, 36.5, 1500, 120, 60]
    assert found(reading) == [("months", "warning")]


def test_a_calendar_beside_what_was_approved_is_its_detail(tmp_path):
    rows = [[*row[:2], sum(row[2:]), *row[2:]] for row in ROWS]
    titles = [TITLES[0], ["Calendario del presupuesto de egresos 2023"]]
    reading = read(tmp_path, [*titles, ["Partida", "Descripción", "Aprobado", *SHORT], *rows])
    assert reading.questions == []
    assert [float(text) for text in column(reading, "approved")] == [1400, 36.5, 1500]
    assert found(reading) == [("months", "info")]


def test_months_of_income(tmp_path):
    titles = [TITLES[0], ["Ingresos recaudados por mes 2023"]]
    rows = [["Impuestos", *SALARIES], ["Derechos", *PAPER], ["Aprovechamientos", *WORKS]]
    reading = read(tmp_path, [*titles, ["Rubro de ingresos", *LONG], *rows])
    assert (reading.kind, reading.questions) == ("revenue", [])
    assert column(reading, "collected") == SUMS


def test_a_month_that_is_no_amount_is_reported_and_not_left_out_of_the_sum(tmp_path, ingest):
    rows = [*ROWS, ["2611", "Gasolina", "por definir", *[10] * 11]]
    path = write_xlsx(tmp_path / "mensual.xlsx", {"Hoja1": [*TITLES, ["Partida", "Descripción", *SHORT], *rows]})
    done = ingest(path)
    assert done.report["rows_rejected"] == 1
    assert done.report["totals"]["accrued"] == "2936.50"


def as_csv(tmp_path, months, rows):
    head = ["Ejercicio", "Municipio", "Partida", "Descripción", *months]
    lines = [["2023", "Zapopan", *map(str, row)] for row in rows]
    path = tmp_path / "mensual.csv"
    path.write_text("\n".join(map(",".join, [head, *lines])) + "\n")
    return path


def large(monkeypatch, limit):
    for module in (text_reader, reading_module):
        monkeypatch.setattr(module, "MAX_GRID_BYTES", limit)


MANY = [[code, f"{name} {number}", *months] for number in range(20) for code, name, *months in ROWS]


def sums_of(reading):
    """As the stream gives them where the file is read in pieces."""
    [table] = reading.tables
    blocks = list(stream_blocks(table.stream, Tally()) if table.stream else table.blocks())
    [name] = {"accrued", "approved", "reported"} & blocks[0].columns.keys()
    return name, [float(text) for block in blocks for text in block.columns[name].to_pylist()]


def test_total_beside_the_months_is_taken_from_a_large_file_as_from_a_small_one(tmp_path, monkeypatch):
    path = as_csv(tmp_path, [*SHORT, "Total"], [[*row, sum(row[2:])] for row in MANY])
    found = []
    for limit in (1 << 30, 1_000):
        large(monkeypatch, limit)
        reading = read_file(path, name=path.name, hints=Hints(kind="expenditure"))
        assert bool(reading.tables[0].stream) == (limit == 1_000)
        assert (reading.questions, reading.tables[0].context.period) == ([], "annual")
        [told] = [one.message for one in reading.findings if one.code == "months"]
        assert told.endswith("El archivo es grande: esto se revisó en sus primeros renglones.") == (limit == 1_000)
        found.append(sums_of(reading))
    assert found[0] == found[1]
    assert found[0][1] == [1400.0, 36.5, 1500.0] * 20


@pytest.mark.parametrize("cumulative", [False, True])
def test_months_of_a_large_file_without_their_total_are_refused_with_what_to_do(tmp_path, monkeypatch, cumulative):
    rows = [[*row[:2], *[sum(row[2 : 3 + place]) for place in range(12)]] if cumulative else row for row in MANY]
    path = as_csv(tmp_path, SHORT, rows)
    assert read_file(path, name=path.name, hints=Hints(kind="expenditure")).tables[0].lines == 60
    large(monkeypatch, 1_000)
    with pytest.raises(
        UnreadableFile, match="Agrega una columna «Total» con la suma de los meses, o divídelo"
    ) as refusal:
        read_file(path, name=path.name, hints=Hints(kind="expenditure"))
    assert refusal.value.code == "months_large"
