"""Workbooks of plain cells, written row by row into the ZIP: no more than one row is in memory.

Text is stored as text (an inline string), so nothing that a publisher typed can become a formula. Amounts keep their cents.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape

from django.http import FileResponse

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel keeps 15 significant digits: a longer number stays text, exact.
DIGITS = 15
MOST_ROWS = 1_048_576
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_TEXT = 32_767
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


class Sheet(NamedTuple):
    """The first row is the heading: bold, and it stays in sight."""

    name: str
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()


class TooManyRows(ValueError):
    """A sheet cannot hold them; nothing is left out in silence."""


def write(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _content_types(len(sheets)))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")]))
        archive.writestr("xl/workbook.xml", _workbook(sheets))
        archive.writestr("xl/styles.xml", _STYLES)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as out:
                _write_sheet(out, sheet)


def response(filename: str, sheets: Sequence[Sheet]) -> FileResponse:
    """An attachment; on disk from a megabyte on."""
    file = tempfile.SpooledTemporaryFile(max_size=1 << 20)  # noqa: SIM115  # closed by the response
    write(file, sheets)
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=filename, content_type=CONTENT_TYPE)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _write_sheet(out: IO[bytes], sheet: Sheet) -> None:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    out.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">'.encode())
    out.write(f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'.encode())
    if sheet.widths:
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(sheet.widths, 1)
        )
        out.write(f"<cols>{columns}</cols>".encode())
    out.write(b"<sheetData>")
    for number, row in enumerate(sheet.rows, 1):
        if number > MOST_ROWS:
            raise TooManyRows(sheet.name)
        cells = "".join(_cell(value, number == 1) for value in row)
        out.write(f'<row r="{number}">{cells}</row>'.encode())
    out.write(b"</sheetData></worksheet>")


def _cell(value: Any, is_heading: bool) -> str:
    style = ' s="1"' if is_heading else ""
    if value is None or value == "":
        return f"<c{style}/>"
    if isinstance(value, bool):
        return f'<c t="b"{style}><v>{int(value)}</v></c>'
    if isinstance(value, int | float | Decimal) and _fits(value):
        cents = ' s="2"' if isinstance(value, Decimal) and not is_heading else style
        number = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return f"<c{cents}><v>{number}</v></c>"
    text = escape(FORBIDDEN.sub("", str(value))[:LONGEST_TEXT])
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _fits(value: float | Decimal) -> bool:
    exact = Decimal(str(value))
    return exact.is_finite() and len(exact.as_tuple().digits) <= DIGITS


def _sheet_name(name: str) -> str:
    return SHEET_NAME.sub(" ", name).strip("' ")[:31].strip("' ") or "1"


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name="{escape(_sheet_name(sheet.name), {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_REL}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _content_types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{sheets}</Types>'
    )


_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
