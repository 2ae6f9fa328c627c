"""ZIP files of published files: what they hold, judged by their list of members before a byte of one is unpacked.

Nothing is ever written under a member's own name: names are shown and kept as origin, no more.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from datasets.ingest.shapes import UnreadableFile
from datasets.ingest.sniff import MAX_DIRECTORY, MAX_RATIO, RATIO_FROM, UNZIP_ERRORS, directory_size, workbook_kind

MAX_FILES = 300
MAX_UNPACKED = 1 << 30
PIECE = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UTF8 = 0x1, 0x800
_LITTER = ("thumbs.db", "desktop.ini", ".ds_store")

NESTED = "Es otro archivo comprimido: no se abre un paquete dentro de otro. Descomprímelo y súbelo aparte."
DAMAGED = "Llegó dañado o incompleto dentro del paquete. Descárgalo otra vez y vuelve a subirlo."


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a package: its place in the list, its name as a person reads it, and why it is left out, if it is."""

    place: int
    name: str
    size: int
    left_out: str = ""


def _refuse(code: str, sentence: str) -> UnreadableFile:
    return UnreadableFile(code, f"No se abrió el paquete. {sentence}")


def is_package(source: Path | IO[bytes]) -> bool:
    """A ZIP that is not itself a workbook or a document, whatever its name says."""
    with _file(source) as file:
        file.seek(0)
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06") or directory_size(file) > MAX_DIRECTORY:
            return False
        try:
            with zipfile.ZipFile(file) as archive:
                return workbook_kind(archive) is None
        except UNZIP_ERRORS:
            return False


def entries(source: Path | IO[bytes]) -> list[Entry]:
    """Every file in the package. Raises `UnreadableFile` for one that is locked, hostile or beyond the limits."""
    with _file(source) as file:
        if directory_size(file) > MAX_DIRECTORY:
            raise _refuse("too_many", f"Trae demasiados archivos; el máximo es {MAX_FILES}. Divídelo en partes.")
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
        except UNZIP_ERRORS:
            raise _refuse("truncated", "Llegó dañado o incompleto. Descárgalo otra vez y vuelve a subirlo.") from None
    files = [(place, member) for place, member in enumerate(members) if not member.is_dir()]
    _check([member for _place, member in files])
    return [Entry(place, readable(member), member.file_size, _why_not(member)) for place, member in files]


def _check(members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if not members:
        raise _refuse("empty", "Está vacío. Descárgalo otra vez del sitio donde se publicó.")
    if len(members) > MAX_FILES:
        raise _refuse(
            "too_many", f"Trae {len(members):,} archivos y el máximo es {MAX_FILES}. Divídelo en partes y súbelas."
        )
    if total > MAX_UNPACKED:
        raise _refuse(
            "too_large",
            f"Al abrirlo ocuparía {total // 2**20:,} MB y el máximo es {MAX_UNPACKED // 2**20:,} MB. "
            "Divídelo en partes y súbelas.",
        )
    for member in members:
        _check_member(member)
    if total > RATIO_FROM and total > MAX_RATIO * (sum(member.compress_size for member in members) or 1):
        raise _inflated(members[0])


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise _refuse(
            "encrypted", "Está protegido con contraseña. Ábrelo con ella, comprímelo otra vez sin contraseña y súbelo."
        )
    if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * (member.compress_size or 1):
        raise _inflated(member)
    name = readable(member)
    if _leads_out(name):
        raise _refuse(
            "path",
            f"El nombre de uno de sus archivos apunta fuera del paquete («{name[:80]}»). "
            "Si confías en él, descomprímelo y sube los archivos uno por uno.",
        )


def _inflated(member: zipfile.ZipInfo) -> UnreadableFile:
    return _refuse(
        "bomb",
        f"Lo que trae se infla más de {MAX_RATIO} veces al abrirlo («{readable(member)[:80]}»), como los archivos hechos "
        "para bloquear un sistema. Si es legítimo, descomprímelo y sube los archivos uno por uno.",
    )


def _leads_out(name: str) -> bool:
    return (
        PurePosixPath(name).is_absolute()
        or bool(PureWindowsPath(name).drive)
        or ".." in PurePosixPath(name).parts
        or "\x00" in name
    )


def readable(member: zipfile.ZipInfo) -> str:
    """The name with its accents: Windows writes cp850 without saying so, others UTF-8 without saying so."""
    name = getattr(member, "orig_filename", member.filename)
    if not member.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp850")
    return name.replace("\\", "/")


def _why_not(member: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(readable(member)).parts
    base = parts[-1] if parts else ""
    if "__MACOSX" in parts or base.lower() in _LITTER or base.startswith(("~$", "._")):
        return "Lo hizo la computadora, no quien publica: no trae datos."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "Es un enlace a otro archivo, no un archivo."
    if member.compress_type not in METHODS:
        return "Está comprimido de una forma que no se abre aquí. Descomprímelo y súbelo aparte."
    return "" if member.file_size else "Está vacío (0 bytes)."


def unpack(path: Path, place: int, into: IO[bytes]) -> None:
    """Write one member, a piece at a time; no more than the list of members said it holds."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(archive.infolist()[place]) as member:
            while piece := member.read(PIECE):
                into.write(piece)
    except (*UNZIP_ERRORS, IndexError):
        raise UnreadableFile("truncated", DAMAGED) from None


@contextmanager
def _file(source: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        yield source
        source.seek(0)
