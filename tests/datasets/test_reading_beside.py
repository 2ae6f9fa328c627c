"""Income and spending side by side in one sheet: two tables, whichever stands first and whatever stands between."""

import pytest

from datasets.ingest.reading import Hints, read_file
from tests.datasets.reading_files import write_xlsx

TITLES = [["Municipio de Zapopan, Jalisco"], ["Presupuesto de ingresos y egresos"], ["Cuenta Pública anual 2023"]]
INCOME = [["Impuestos", 100, 90], ["Derechos", 50, 40], ["Participaciones y Aportaciones", 30, 20]]
INCOME_HEAD = ["Concepto", "Estimado", "Recaudado"]
SPENDING_HEAD = ["Partida", "Concepto", "Aprobado", "Devengado"]
SPENDING = [
    ["1000", "Servicios Personales", 80, 70],
    ["2000", "Materiales y Suministros", 40, 30],
    ["3000", "Servicios Generales", 50, 45],
    ["4000", "Transferencias, Asignaciones, Subsidios y Otras Ayudas", 10, 5],
]
INCOME_TOTAL, SPENDING_TOTAL = ["Total", 180, 150], [None, "Total", 180, 150]


def side_by_side(one, other, between):
    """The shorter list ends earlier, as they do."""
    rows = max(len(one), len(other))
    pad = [[*table, *[[None] * len(table[0])] * (rows - len(table))] for table in (one, other)]
    return [*TITLES, *[[*left, *[None] * between, *right] for left, right in zip(*pad, strict=True)]]


def both(*, spending_first=False, between=1):
    tables = [[INCOME_HEAD, *INCOME, INCOME_TOTAL], [SPENDING_HEAD, *SPENDING, SPENDING_TOTAL]]
    return side_by_side(*(reversed(tables) if spending_first else tables), between)


def read(tmp_path, rows, **hints):
    path = write_xlsx(tmp_path / "ingresos y egresos.xlsx", {"Hoja1": rows})
    reading = read_file(path, name=path.name, hints=Hints(**hints))
    for table in reading.tables:
        assert table.rows_read == table.lines + sum(table.skipped.values())
    return {table.kind: table for table in reading.tables}, reading


def amounts(table, moment):
    return [float(text) for block in table.blocks() for text in block.columns[moment].to_pylist()]


@pytest.mark.parametrize("spending_first", [False, True])
@pytest.mark.parametrize("between", [0, 1, 2])
def test_each_is_read_with_its_own_names_and_totals(tmp_path, spending_first, between):
    tables, reading = read(tmp_path, both(spending_first=spending_first, between=between))
    assert reading.questions == []
    assert [finding.severity for finding in reading.findings if finding.code == "side_by_side"] == ["info"]
    assert amounts(tables["revenue"], "estimated") == [100, 50, 30]
    assert amounts(tables["revenue"], "collected") == [90, 40, 20]
    assert amounts(tables["expenditure"], "approved") == [80, 40, 50, 10]
    assert amounts(tables["expenditure"], "accrued") == [70, 30, 45, 5]
    assert [control.published_cents for control in tables["revenue"].controls] == [18_000, 15_000]
    assert [control.published_cents for control in tables["expenditure"].controls] == [18_000, 15_000]
    income = next(tables["revenue"].blocks()).columns["revenue_name"].to_pylist()
    assert income == [row[0] for row in INCOME]


def test_whoever_says_the_kind_gets_that_one(tmp_path):
    for kind in ("revenue", "expenditure"):
        tables, reading = read(tmp_path, both(), kind=kind)
        assert list(tables) == [kind]
        told = [finding.message for finding in reading.findings if finding.code == "side_by_side"]
        assert len(told) == 1 and "sólo lo que se pidió" in told[0]


def test_the_source_of_the_money_beside_the_spending_is_no_second_table(tmp_path):
    head = ["Partida", "Concepto", "Aprobado", "Fuente", "Devengado"]
    sources = ["Impuestos", "Derechos", "Impuestos", "Derechos"]
    rows = [[*row[:3], source, row[3]] for row, source in zip(SPENDING, sources, strict=True)]
    tables, _ = read(tmp_path, [*TITLES, head, *rows])
    assert list(tables) == ["expenditure"]
    assert amounts(tables["expenditure"], "accrued") == [70, 30, 45, 5]


def test_both_are_loaded(tmp_path, ingest):
    done = ingest(write_xlsx(tmp_path / "ambos.xlsx", {"Hoja1": both()}))
    assert (done.status, done.error, done.report["rows_rejected"]) == ("ready", "", 0)
    assert done.report["rows_loaded"] == 7
