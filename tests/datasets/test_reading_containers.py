"""Files that are not what they say, and files that want to take the worker down."""

import time
import zipfile

import pytest

from datasets.ingest.readers import sheets
from datasets.ingest.reading import UnreadableFile, read_file
from tests.datasets.reading_files import STATEMENT, write_xlsx

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{SHEET}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="H" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def write_raw_xlsx(path, sheet_xml):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<?xml version="1.0"?><worksheet xmlns="{SHEET}"><sheetData>{sheet_xml}</sheetData></worksheet>',
        )
    return path


def refusal(path, name=None):
    with pytest.raises(UnreadableFile) as caught:
        read_file(path, name=name or path.name)
    return caught.value


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        (
            "presupuesto.xlsx",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
            "pdf",
            "Parece un PDF con extensión .xlsx. Sube el Excel original o el CSV.",
        ),
        (
            "presupuesto.xls",
            b"<!DOCTYPE html><html><body><table><tr><td>Concepto</td></tr></table></body></html>",
            "html",
            "página web",
        ),
        (
            "datos.xls",
            b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>1</td></tr></table></html>',
            "html",
            "página web",
        ),
        ("presupuesto.csv", b"", "empty", "Está vacío"),
        ("presupuesto.csv", b"\r\n \n", "empty", "No contiene ningún dato"),
        ("foto.xlsx", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 40, "image", "imagen"),
        ("todo.rar", b"Rar!\x1a\x07\x00" + b"\x00" * 40, "archive", "Descomprímelo"),
        ("nota.doc", b"{\\rtf1\\ansi hola}", "document", "RTF"),
        ("programa.csv", bytes(range(256)) * 8, "binary", "No es una hoja de cálculo"),
        (
            "hoja.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
            "xml",
            "guárdala como .xlsx",
        ),
        ("viejo.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "truncated", "dañado"),
        (
            "word.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\x00" * 20,
            "document",
            "Word",
        ),
        (
            "clave.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 20,
            "encrypted",
            "contraseña",
        ),
    ],
)
def test_file_that_is_something_else_gets_a_sentence(tmp_path, name, data, code, words):
    path = tmp_path / name
    path.write_bytes(data)

    refused = refusal(path)

    assert refused.code == code
    assert words in refused.message
    assert refused.message.startswith("No se pudo leer el archivo.")


def test_truncated_workbook_gets_a_sentence(tmp_path):
    whole = write_xlsx(tmp_path / "entero.xlsx", {"COG": STATEMENT}).read_bytes()
    for size in (len(whole) // 2, len(whole) - 30):
        path = tmp_path / "cortado.xlsx"
        path.write_bytes(whole[:size])
        assert refusal(path).code == "truncated"


def test_damaged_member_of_a_workbook_gets_a_sentence(tmp_path):
    path = write_raw_xlsx(tmp_path / "roto.xlsx", "<row r='1'><c r='A1'><v>1</v>")

    assert refusal(path).code in ("damaged", "too_large")


def test_zip_without_a_workbook_asks_to_unpack_it(tmp_path):
    path = tmp_path / "datos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("presupuesto.csv", "a,b")

    assert refusal(path).code == "archive"


def test_one_cell_in_the_last_corner_is_refused_at_once(tmp_path):
    path = write_raw_xlsx(
        tmp_path / "bomba.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )
    assert path.stat().st_size < 2_500
    started = time.monotonic()

    refused = refusal(path)

    assert (refused.code, time.monotonic() - started < 2) == ("too_large", True)
    assert "columna XFD, fila 1,048,576" in refused.message


def test_reader_that_asks_for_too_much_dies_alone(tmp_path):
    """Without the pre-scan: the limits of the child process hold by themselves."""
    path = write_raw_xlsx(
        tmp_path / "bomba.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )

    with pytest.raises(UnreadableFile) as caught:
        sheets.read_sheets(path)

    assert caught.value.code == "too_large"


def test_reader_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sheets, "CHILD", sleeper)
    started = time.monotonic()

    with pytest.raises(UnreadableFile) as caught:
        sheets.read_sheets(tmp_path / "x.xlsx", seconds=1)

    assert (caught.value.code, time.monotonic() - started < 10) == ("too_large", True)


def test_styled_empty_cells_far_away_do_not_count(tmp_path):
    """Real files declare 16,384 columns with empty styled cells and use thirty."""
    cells = "".join(f'<c r="{letters}{row}" s="0"/>' for row in range(1, 4) for letters in ("XFD", "ZZ"))
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>Concepto</t></is></c><c r="B1" t="inlineStr"><is><t>Aprobado</t></is></c>'
    rows += '<c r="C1" t="inlineStr"><is><t>Pagado</t></is></c></row>'
    rows += '<row r="2"><c r="A2" t="inlineStr"><is><t>1131 Sueldos</t></is></c>'
    rows += f'<c r="B2"><v>10</v></c><c r="C2"><v>5</v></c>{cells}</row><row r="1048576"/>'
    path = write_raw_xlsx(tmp_path / "ancho.xlsx", rows)

    reading = read_file(path, name="ancho.xlsx")

    assert [table.lines for table in reading.tables] == [1]


def test_zip_bomb_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "bomba.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 2**20))

    refused = refusal(path)

    assert (refused.code, path.stat().st_size < 200_000) == ("too_large", True)


def test_spreadsheet_that_repeats_one_cell_everywhere_is_refused(tmp_path):
    """ODS has no pre-scan: sixteen thousand million cells in 300 bytes end in the child process."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" '
        f'xmlns:text="{names}text:1.0"><office:body><office:spreadsheet><table:table table:name="H">'
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1" '
        'table:number-columns-repeated="16384"><text:p>1</text:p></table:table-cell></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "bomba.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{names}manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" '
            'manifest:media-type="text/xml"/></manifest:manifest>',
        )

    assert refusal(path).code in ("damaged", "too_large")
