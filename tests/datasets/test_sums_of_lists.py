"""Totals of lists are told by arithmetic where their words do not say so; rows that happen to be alike are kept."""

from __future__ import annotations

import pytest

from datasets.ingest.reading import read_file
from datasets.ingest.shapes import Hints
from tests.datasets.reading_files import write_xlsx

WORKS = ["Nombre de la obra", "Localidad", "Contratista", "Fecha de inicio", "Inversión", "Ejercido"]
BUILT = [
    ["Pavimentación de la calle Uno", "Centro", "Muestra SA de CV", "05/03/2023", "$1'250,300.00", "$100,000.50"],
    ["Rehabilitación de drenaje", "Norte", "Ejemplo SA de CV", "12/04/2023", "$845,100.50", "$845,100.50"],
    ["Construcción de aula", "Sur", "Prueba SA de CV", "20/05/2023", "$2,400,000.00 M.N.", "$0.00"],
]
MORE = [
    ["Muro de contención", "Este", "Muestra SA de CV", "05/06/2023", "$100.00", "$10.00"],
    ["Techado", "Oeste", "Ejemplo SA de CV", "12/07/2023", "$200.00", "$20.00"],
    ["Banquetas", "Centro", "Prueba SA de CV", "20/08/2023", "$300.00", "$30.00"],
]
FIRST, SECOND = ["$4,495,400.50", "$945,101.00"], ["$600.00", "$60.00"]
BOTH = ["$4,496,000.50", "$945,161.00"]


def in_all(label, sums):
    return [label, None, None, None, *sums]


def lines(tmp_path, head, rows, kind):
    path = write_xlsx(tmp_path / "lista.xlsx", {"Hoja1": [["Obras 2023"], head, *rows]})
    reading = read_file(path, name=path.name, hints=Hints(kind=kind))
    return reading.tables[0].lines, reading.tables[0].skipped.get("subtotal", 0)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*BUILT, in_all("Son 3 obras", FIRST)], (3, 1)),
        ([*BUILT, in_all(None, FIRST)], (3, 1)),
        ([*BUILT, in_all("Del fondo uno", FIRST), *MORE, in_all("Del fondo dos", SECOND)], (6, 2)),
        (
            [*BUILT, in_all("Fondo uno", FIRST), *MORE, in_all("Fondo dos", SECOND), in_all("Así se fue", BOTH)],
            (6, 3),
        ),
        ([*BUILT, in_all("Obra por asignar", ["$4,495,400.51", "$945,101.00"])], (4, 0)),
        ([*BUILT, ["Obra que suma", "Centro", "Muestra SA de CV", "05/03/2023", *FIRST]], (4, 0)),
        ([*BUILT[:2], in_all("Obra", ["$2,095,400.50", "$945,101.00"])], (3, 0)),
    ],
    ids=["words", "no words", "groups", "groups and all", "a cent more", "a whole row", "two rows are few"],
)
def test_row_that_sums_those_above_is_no_work(tmp_path, rows, expected):
    assert lines(tmp_path, WORKS, rows, "works") == expected


def test_row_that_sums_those_above_is_no_contract(tmp_path):
    head = ["No. contrato", "Proveedor", "Descripción", "Fecha de firma", "Procedimiento", "Importe con IVA"]
    rows = [[f"A-{n}", "Muestra SA de CV", "Bomba", "12/02/2023", "Licitación", f"{n}00.10"] for n in (1, 2, 3)]
    total = [None, None, "Esto es todo lo comprado", None, None, "600.30"]
    assert lines(tmp_path, head, [*rows, total], "contracts")[0] == 3


def test_row_that_a_person_counts_stays(tmp_path):
    path = write_xlsx(tmp_path / "lista.xlsx", {"Hoja1": [["Obras 2023"], WORKS, *BUILT, in_all("Son 3 obras", FIRST)]})
    hints = Hints(kind="works", counted={"Hoja1": [6]})
    assert read_file(path, name=path.name, hints=hints).tables[0].lines == 4
