"""`manage.py ingest`: one JSON object always, an exit code, a plain sentence; and files that are not what they say."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from datasets.ingest import load, pipeline
from datasets.models import ExpenditureLine, Ingest, Release
from datasets.tasks import resume_ingests
from tests.datasets.test_pipeline import BUDGET

pytestmark = pytest.mark.django_db
KEYS = {
    "status", "error", "kind", "breakdown", "publisher", "municipality", "year", "period", "document", "slices", "encoding",
    "delimiter", "sheet", "header_row", "layout", "columns", "rows_read", "rows_loaded", "rows_rejected", "rows_skipped",
    "skipped", "totals", "control", "issues", "seconds", "rows_per_second",
}  # fmt: skip


@pytest.fixture
def command(territory: None, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command; returns (the object on standard output, the exit code, standard error)."""

    def run(path: Path | str, *options: str) -> tuple[dict[str, Any], int, str]:
        out, err, code = io.StringIO(), io.StringIO(), 0
        try:
            call_command("ingest", str(path), *options, "--json", stdout=out, stderr=err)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return json.loads(out.getvalue()), code, err.getvalue()

    return run


def test_result_has_every_key_of_the_contract(command, write) -> None:
    result, code, _ = command(write("gasto.csv", BUDGET), "--publish")
    assert result.keys() >= KEYS
    assert (result["status"], code, result["encoding"], result["delimiter"], result["header_row"]) == (
        "published", 0, "utf-8", ",", 1,
    )  # fmt: skip
    assert result["columns"]["Partida Específica"] == "specific_item_code"
    assert set(result["slices"][0]) >= {
        "publisher", "municipality", "year", "period", "document", "breakdown", "rows_loaded", "totals", "release",
    }  # fmt: skip


def test_second_time_is_a_duplicate_with_the_whole_earlier_object(command, write) -> None:
    path = write("gasto.csv", BUDGET)
    first, _, _ = command(path)
    again, code, _ = command(path)
    assert (again["status"], code) == ("duplicate", 0)
    assert {key: value for key, value in again.items() if key != "status"} == {
        key: value for key, value in first.items() if key != "status"
    }


def test_publish_after_ready_acts_and_then_is_a_duplicate(command, write) -> None:
    path = write("gasto.csv", BUDGET)
    statuses = [
        command(path)[0]["status"],
        command(path, "--publish")[0]["status"],
        command(path, "--publish")[0]["status"],
    ]
    assert statuses == ["ready", "published", "duplicate"]


def test_same_bytes_with_other_options_act(command, write) -> None:
    text = "Ejercicio,Partida,Concepto,Aprobado\n2024,11301,Sueldos,1.00\n"
    path = write("gasto.csv", text)
    assert command(path, "--municipality", "05035")[0]["publisher"] == "torreon-05035"
    assert command(path, "--municipality", "05030")[0]["publisher"] == "saltillo-05030"


def test_needs_mapping_exits_1_with_the_question(command, write) -> None:
    result, code, err = command(write("a.csv", "Partida,Concepto,Aprobado\n11301,Sueldos,1.00\n"), "--publish")
    assert (result["status"], code) == ("needs_mapping", 1)
    assert "¿De qué institución es este dinero?" in err


@pytest.mark.parametrize(
    "options",
    [
        ("--municipality", "99999"), ("--kind", "gastos"), ("--year", "dos mil"), ("--year", "1492"), ("--period", "Q5"),
        ("--document", "otro"), ("--publisher", "No es un slug"), ("--mapping", "no-hay"),
    ],
)  # fmt: skip
def test_impossible_option_is_said_and_nothing_is_written(command, write, options) -> None:
    result, code, err = command(write("gasto.csv", BUDGET), *options)
    assert (result["status"], code, result.keys() >= KEYS) == ("failed", 1, True)
    assert result["error"] == err.strip() != ""
    assert not Ingest.objects.exists()


def test_file_that_is_not_there(command, tmp_path) -> None:
    result, code, err = command(tmp_path / "nada.csv")
    assert (result["status"], code, "nada.csv" in err) == ("failed", 1, True)


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, data in members.items():
            book.writestr(name.replace("__", "/"), data)
    return out.getvalue()


FAKES = {
    "presupuesto.xlsx": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "contratos.xls": b"<html><head><title>Error</title></head><body>No encontrado</body></html>",
    "vacio.csv": b"",
    "espacios.csv": b"  \n\n  \n",
    "trunco.xlsx": zipped(**{"xl__workbook.xml": b"<workbook/>" * 500})[:300],
    "foto.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
    "carta.xlsx": zipped(**{"word__document.xml": b"<w:document/>"}),
    "binario.txt": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("name", FAKES)
def test_file_that_is_not_what_it_says_gets_a_sentence_and_leaves_nothing(command, write, name) -> None:
    result, code, err = command(write(name, FAKES[name]), "--publish", "--municipality", "05035", "--year", "2024")
    assert (result["status"] in ("failed", "needs_mapping"), code) == (True, 1)
    sentence = err.strip()
    assert len(sentence) > 30 and sentence.endswith((".", "?")) and "Traceback" not in sentence
    assert not Release.objects.exists() and not ExpenditureLine.objects.exists()


def test_latin_1_in_a_utf_8_claim_is_read_with_its_accents(command, write) -> None:
    data = b"\xef\xbb\xbf" + BUDGET.encode("cp1252")
    result, code, _ = command(write("gasto.csv", data))
    assert (result["status"], code, result["rows_loaded"]) == ("ready", 0, 4)
    assert ExpenditureLine.objects.filter(unit__name="Obras Públicas").count() == 1


def test_cell_at_the_end_of_the_sheet_takes_nothing_down(command, write) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Hoja1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in members.items():
            book.writestr(name, text)
    result, code, err = command(write("bomba.xlsx", out.getvalue()), "--year", "2024", "--municipality", "05035")
    assert (result["status"], code) == ("failed", 1) and err.strip().endswith(".")


@pytest.mark.parametrize(
    "place",
    [(load._Pieces, "read"), (pipeline, "finish")],
    ids=["while COPY asks for rows", "all is written, nothing is committed"],
)
def test_cancelled_load_leaves_nothing_is_not_taken_up_again_and_can_be_asked_for_anew(
    command, write, settings, monkeypatch, place
) -> None:
    path = write("gasto.csv", BUDGET)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(*place, _ctrl_c)
        result, code, said = command(path, "--publish")
    assert (result["status"], code) == ("failed", 130)
    assert "Se canceló la carga: no quedó nada de ella y el original está a salvo." in said
    assert (Ingest.objects.get().status, Ingest.objects.get().report["error_code"]) == ("cancelled", "cancelled")
    assert not (Release.objects.exists() or ExpenditureLine.objects.exists())
    assert resume_ingests() == 0
    assert not list((settings.MEDIA_ROOT / "originals").glob("*-*"))
    again, code, _ = command(path, "--publish")
    assert (again["status"], code, ExpenditureLine.objects.count()) == ("published", 0, 4)


def _ctrl_c(*_args: Any) -> None:
    raise KeyboardInterrupt
