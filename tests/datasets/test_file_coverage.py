"""The page that says how far published files are understood: true to them, and without a trace in the database."""

import io

import pytest
from django.core.management import CommandError, call_command

from datasets.models import Ingest, Release, SourceFile
from tests.datasets.files import HEADINGS, ROWS, signed

pytestmark = pytest.mark.django_db
READY = (
    "Ejercicio,Municipio,Partida,Concepto,Aprobado\n2024,Torreón,11301,Sueldos,60.00\n2024,Torreón,12101,Honorarios,40.00\n"
    ",,,Total,{total}\n"
)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "archivos"
    folder.mkdir()
    files = {
        "de_quien.csv": "Ejercicio,Periodo,Partida,Concepto,Aprobado\n2024,Anual,11301,Sueldos,60.00\n",
        "cuadra.csv": READY.format(total="100.00"),
        "no_cuadra.csv": READY.format(total="105.00").replace(",,,T", "2024,Torreón,13101,Primas,por definir\n,,,T"),
        "pregunta.csv": HEADINGS + ROWS,
        "firma.csv": signed(),
        "oficio.csv": "Estimado ciudadano\nSin otro particular\n",
        "escaneo.pdf": "%PDF-1.4",
        "notas.md": "no es un dato",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_page_tells_every_file_and_leaves_no_trace(folder, territory):
    output = folder.parent / "pagina.md"
    call_command("ingest_coverage", str(folder), output=output, stderr=io.StringIO())
    page = output.read_text()
    counted = next(line for line in page.splitlines() if " files: " in line)
    assert counted == (
        "- 7 files: 2 ready, 1 ready, whose by its signs, 1 ready once told whose, 1 asks, 1 for something else, "
        "1 not readable."
    )
    assert "50 % end ready without a person" in page
    assert (
        "| `archivos/cuadra.csv` | Tabla propia de quien publica | expenditure | 1: 2024; annual; object | 3 | 2 | 0 | 1 | "
        "1 of 1 | ready |"
    ) in page
    assert "- E5, approved: printed 105.00, lines 100.00" in page
    assert "- `archivos/cuadra.csv`: approved 100.00 in E4" in page
    assert "- `archivos/cuadra.csv`: 1 subtotal" in page
    assert "- `archivos/no_cuadra.csv`: 1 bad_amount, the first in row 4" in page
    assert "- `archivos/cuadra.csv`: approved 100.00" in page
    assert "`archivos/escaneo.pdf` (not readable): No se pudo leer el archivo. Parece un PDF" in page
    assert "Honorarios" not in page and "notas.md" not in page
    assert not (SourceFile.objects.exists() or Ingest.objects.exists() or Release.objects.exists())


def test_folder_has_to_be_there(folder):
    with pytest.raises(CommandError, match="is no directory"):
        call_command("ingest_coverage", str(folder / "nada"))


def test_every_rejected_row_is_counted_however_many(folder, territory):
    rows = "".join(f"2024,Torreón,13101,Primas {n},por definir\n" for n in range(30))
    good = "".join(f"2024,Torreón,11301,Sueldos {n},10.00\n" for n in range(60))
    for path in folder.iterdir():
        path.unlink()
    (folder / "rechazos.csv").write_text("Ejercicio,Municipio,Partida,Concepto,Aprobado\n" + good + rows)
    output = folder.parent / "pagina.md"
    call_command("ingest_coverage", str(folder), output=output, stderr=io.StringIO())
    assert "- `archivos/rechazos.csv`: 30 bad_amount, the first in row 62" in output.read_text()
