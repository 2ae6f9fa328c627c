"""Whatever stands in a sheet, reading it ends in an answer, and every row is in it exactly once."""

import csv

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from datasets.ingest.readers.text import read_text
from datasets.ingest.reading import Hints, UnreadableFile, read_file
from tests.datasets.reading_files import write_csv


def listed(text: str) -> list[str]:
    return text.split(",")


HEADINGS = listed(
    "Concepto,Aprobado,Devengado,Pagado,Modificado,Ejercicio,Capítulo,Partida,Descripción,Clave,Importe,"
    "Estimado,Recaudado,Rubro de Ingresos,Número de contrato,Proveedor,RFC,Monto del contrato,"
    "Fecha del contrato,Tipo de procedimiento,Unidad responsable,Finalidad,Función,Municipio,Periodo,TEMA,"
    "CATEGORIA,Tipo de gasto,Ampliaciones,Reducciones,Enero,Subejercicio,Total,Nombre de la obra,Avance físico,"
    "Localidad de la obra,Acreedor,Tasa de interés,Saldo,Hechos,Sentido de resolución,Plazo"
)
VALUES = listed(
    "1000,1100,1131,11301,99999,0101,Servicios personales,Sueldos,Impuestos,Derechos,Total,TOTAL DEL GASTO,"
    "Subtotal,I. Gasto No Etiquetado,A. Servicios Personales (A=a1+a2),a1) Remuneraciones,10,20,30,100,0,-5,"
    "(7),12.50,$1 234.00,n.s.,No aplica,2021,2021-03-31,31/12/2020,1er trimestre,Egresos,Ingresos,Tema,"
    "ACME SA DE CV,XAXX010101000,Aprobado,Modificado,Devengado,Ejercicio,Porcentaje,Datos Informativos,"
    "Bajo protesta de decir verdad,Nota: nada,3 = (1 + 2),Colocar el ID de los registros,Tabla Campos,ID,"
    "Municipio de X,Del 1 de enero al 31 de marzo de 2021"
)

CELLS = st.one_of(st.just(""), st.sampled_from(VALUES), st.sampled_from(HEADINGS), st.text(max_size=12))
GRIDS = st.tuples(
    st.lists(st.lists(CELLS, max_size=4), max_size=4),
    st.lists(st.sampled_from(HEADINGS), min_size=2, max_size=9),
    st.lists(st.lists(CELLS, max_size=10), max_size=25),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(([], ["Concepto", "Concepto", "Concepto", "Aprobado"], [["", "", "", "1000"]]), None)
@given(GRIDS, st.sampled_from([None, "expenditure", "revenue", "contracts", "works", "debt", "sanctions"]))
def test_any_sheet_ends_in_an_answer(tmp_path_factory, grid, kind):
    titles, head, body = grid
    path = write_csv(tmp_path_factory.mktemp("any") / "hoja.csv", [*titles, head, *body])

    try:
        reading = read_file(path, name=path.name, hints=Hints(kind=kind))
    except UnreadableFile as refused:
        assert refused.message
        return

    assert reading.tables or reading.questions
    for table in reading.tables:
        rows = [int(row) for block in table.blocks() for row in block.rows]
        extra = [row for block in table.blocks() for more in block.extra_rows or [] for row in more]
        assert table.rows_read == len(rows) + sum(table.skipped.values())
        assert len(set(rows)) == len(rows)
        assert not set(rows) & set(extra)
        for block in table.blocks():
            assert {len(column) for column in block.columns.values()} <= {len(block.rows)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=5), min_size=1, max_size=12))
def test_any_table_of_text_comes_back_cell_by_cell(tmp_path_factory, rows):
    """Written as CSV and read again: quotes, line breaks and blanks included. Only NUL is left out: no database keeps it."""
    path = tmp_path_factory.mktemp("round") / "tabla.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)

    grid, _, mark = read_text(path, encoding="utf-8", delimiter=",")

    assert (grid.rows, mark) == ([[cell.replace("\0", "") for cell in row] for row in rows], ",")
