"""What the bytes of a file really are, whatever its name says, and a sentence for each kind that holds no table."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from datasets.ingest.shapes import UnreadableFile

MAX_MEMBERS = 5_000
MAX_UNCOMPRESSED = 500 * 2**20
MAX_RATIO = 300  # a sheet of equal cells reaches about 150; a bomb thousands
RATIO_FROM = 20 * 2**20  # below this size a high ratio harms nobody
MAX_DIRECTORY = 4 * 2**20  # of a ZIP's own list of what it holds
MAX_SLOTS = 20_000_000
MAX_COLUMNS = 500

UNZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_HEAD = 8_192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_UPLOAD_ORIGINAL = "Sube el Excel original o el CSV."


@dataclass(frozen=True, slots=True)
class Container:
    kind: str  # xlsx | xlsb | xls | ods | text | json


def _refuse(code: str, sentence: str) -> UnreadableFile:
    return UnreadableFile(code, f"No se pudo leer el archivo. {sentence}")


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return f" con extensión {suffix}" if suffix else ""


def sniff(path: Path, name: str) -> Container:
    """The container, or `UnreadableFile` with a sentence a person can act on."""
    if path.stat().st_size == 0:
        raise _refuse(
            "empty", "Está vacío (0 bytes). Descárgalo otra vez del sitio donde se publicó y vuelve a subirlo."
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00 \t\r\n"):
        raise _refuse("empty", "No contiene ningún dato. Descárgalo otra vez del sitio donde se publicó.")
    if head.startswith(b"PK"):
        return _sniff_zip(path, name)
    if head.startswith(_OLE):
        return _sniff_ole(path, name)
    _refuse_foreign(head, name)
    return _sniff_text(head, name)


def _refuse_foreign(head: bytes, name: str) -> None:
    """Known kinds that hold no table we can trust."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in head[:1024]:
        raise _refuse("pdf", f"Parece un PDF{_suffix(name)}. {_UPLOAD_ORIGINAL}")
    if head.startswith(_IMAGES):
        raise _refuse(
            "image", f"Parece una imagen{_suffix(name)}. Una foto o un escaneo no se puede sumar. {_UPLOAD_ORIGINAL}"
        )
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise _refuse("archive", "Está comprimido. Descomprímelo y sube la hoja de cálculo o el CSV que trae dentro.")
    if head.startswith(b"{\\rtf"):
        raise _refuse("document", f"Parece un documento de texto (RTF){_suffix(name)}. {_UPLOAD_ORIGINAL}")
    lower = start[:2048].lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in lower:
        raise _refuse("xml", "Es una hoja en formato XML antiguo. Ábrela en Excel o LibreOffice y guárdala como .xlsx.")
    if lower.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body", b"<style", b"<div")) or (
        lower.startswith((b"<?xml", b"<!--")) and b"<html" in lower
    ):
        raise _refuse(
            "html",
            f"Parece una página web{_suffix(name)}, no una hoja de cálculo. Ábrela en Excel o LibreOffice, "
            "guárdala como .xlsx y súbela; si es un mensaje de error del sitio, descarga otra vez el archivo.",
        )
    if lower.startswith(b"<?xml"):
        raise _refuse("xml", f"Es un archivo XML{_suffix(name)}. {_UPLOAD_ORIGINAL}")


def _sniff_text(head: bytes, name: str) -> Container:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_utf16(head):
        return Container("text")
    control = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if b"\x00" in head or control > len(head) // 50:
        raise _refuse(
            "binary", f"No es una hoja de cálculo ni un CSV{_suffix(name)}, o llegó dañado. Descárgalo otra vez."
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"[") and re.match(rb'[\[{]\s*(?:["\[{\]}]|-?\d+\s*[,\]])', start):
        return Container("json")
    return Container("text")


def _looks_utf16(head: bytes) -> bool:
    """Text in UTF-16 without its mark: every other byte is zero in mostly Latin text."""
    pairs = len(head) // 2
    if pairs < 4:
        return False
    low, high = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    return max(low, high) > pairs * 0.7 and min(low, high) < pairs * 0.1


def _sniff_ole(path: Path, name: str) -> Container:
    """An OLE compound file: a workbook, a Word document, or a protected file, told by its stream names (UTF-16)."""
    data = path.read_bytes()

    def stream(label: str) -> bool:
        return label.encode("utf-16-le") + b"\x00\x00" in data

    if stream("EncryptedPackage") or stream("EncryptionInfo"):
        raise _refuse("encrypted", "Está protegido con contraseña. Guárdalo sin contraseña y vuelve a subirlo.")
    if stream("Workbook") or stream("Book"):
        return Container("xls")
    if stream("WordDocument"):
        raise _refuse("document", f"Parece un documento de Word{_suffix(name)}. {_UPLOAD_ORIGINAL}")
    if stream("PowerPoint Document"):
        raise _refuse("document", f"Parece una presentación{_suffix(name)}. {_UPLOAD_ORIGINAL}")
    raise _refuse("truncated", "El archivo de Excel llegó dañado o incompleto. Descárgalo otra vez y vuelve a subirlo.")


def _sniff_zip(path: Path, name: str) -> Container:
    try:
        _refuse_long_directory(path)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            kind = workbook_kind(archive)
    except UNZIP_ERRORS:
        raise _refuse(
            "truncated", "El archivo llegó dañado o incompleto. Descárgalo otra vez y vuelve a subirlo."
        ) from None
    if kind == "document":
        raise _refuse("document", f"Parece un documento o una presentación{_suffix(name)}. {_UPLOAD_ORIGINAL}")
    if kind is None:
        raise _refuse(
            "archive", "Es un archivo .zip. Descomprímelo y sube la hoja de cálculo o el CSV que trae dentro."
        )
    _check_limits(members)
    return Container(kind)


def workbook_kind(archive: zipfile.ZipFile) -> str | None:
    """What office file a ZIP is; None where it is a package of files."""
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(member.startswith("xl/") for member in names):
        return "xlsx"
    mimetype = b""
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            mimetype = file.read(100)
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    if any(member.startswith(("word/", "ppt/")) for member in names) or b"opendocument" in mimetype:
        return "document"
    return None


def _refuse_long_directory(path: Path) -> None:
    with path.open("rb") as file:
        if directory_size(file) > MAX_DIRECTORY:
            raise too_large("Dice traer una cantidad anormal de partes.")


def directory_size(file: IO[bytes]) -> int:
    """Bytes of a ZIP's list of members, as its end states them: a list of millions is refused before it is read."""
    file.seek(0, 2)
    start = max(file.tell() - 66_000, 0)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return 0
    size = int(struct.unpack_from("<L", tail, end + 12)[0])
    if size != 0xFFFFFFFF or not tail[:end][-20:].startswith(b"PK\x06\x07"):
        return size
    file.seek(min(struct.unpack_from("<Q", tail, end - 12)[0], start + end))
    record = file.read(48)
    return int(struct.unpack_from("<Q", record, 40)[0]) if len(record) == 48 else size


def _check_limits(members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MAX_MEMBERS or total > MAX_UNCOMPRESSED or (total > RATIO_FROM and total / packed > MAX_RATIO):
        raise too_large(f"Al abrirlo ocuparía {total // 2**20:,} MB.")


def too_large(what: str) -> UnreadableFile:
    return _refuse("too_large", f"{what} Borra filas y columnas vacías, o divídelo por trimestre, y vuelve a subirlo.")


_FAR_COLUMN = re.compile(rb'<c\b[^>]{0,80}?\br="([A-Z]{2,3})(\d{1,7})"[^>]*?(/?)>')
_ROW = re.compile(rb'<row\b[^>]{0,80}?\br="(\d{1,9})"')
_CELL = re.compile(rb'<c\b[^>]{0,80}?\br="([A-Z]{1,3})(\d{1,7})"[^>]*?(/?)>')


def prescan_xlsx(path: Path) -> None:
    """Refuse a workbook whose used cells span an area no table has (one cell at XFD1048576 asks the reader for 512
    GiB).

    Declared dimensions and empty styled cells are not believed: many real files declare 16,384 columns and use thirty.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                    _prescan_member(archive, member)
    except UNZIP_ERRORS:
        raise _refuse(
            "truncated", "El archivo llegó dañado o incompleto. Descárgalo otra vez y vuelve a subirlo."
        ) from None


def _prescan_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    rows, columns = _extent(archive, member, _FAR_COLUMN, _ROW)
    if rows * columns > MAX_SLOTS:
        rows, columns = _extent(archive, member, _CELL, None)
    if rows * columns > MAX_SLOTS or columns > MAX_COLUMNS:
        raise too_large(
            f"Una hoja tiene celdas escritas hasta la columna {column_letters(columns - 1)}, fila {rows:,}."
        )


def _extent(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, cell: re.Pattern[bytes], row: re.Pattern[bytes] | None
) -> tuple[int, int]:
    """Last used row and column. With ``row`` given, rows are read from their own marks (fast, but counts empty rows
    too).
    """
    last_row, last_column = 1, 26
    with archive.open(member) as file:
        tail = b""
        while chunk := file.read(1 << 20):
            data = tail + chunk
            cut = data.rfind(b"<")
            tail = data[cut:]
            for match in cell.finditer(data, 0, cut):
                if not match[3]:
                    last_column = max(last_column, _column_number(match[1]))
                    last_row = max(last_row, int(match[2]))
            if row and (numbers := row.findall(data, 0, cut)):
                last_row = max(last_row, max(map(int, numbers)))
    return last_row, last_column


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def column_letters(index: int) -> str:
    """Spreadsheet name of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
