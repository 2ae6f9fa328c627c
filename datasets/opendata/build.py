"""Writes the open data into files with checksums: every public body, and everything together. Nightly, or by command.

Files are written beside the old ones and put in their place at the end, so that a download never sees half a file; what is
the same as before (same version of the data) is not written again.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from datasets.models import PublicBody, Release, ReleaseEvent
from datasets.selectors import bodies_with_data
from datasets.versions import data_version
from gesoc.common.exports import csv_chunks

from . import ocds, packages
from .records import record_package
from .tables import TABLES, TableOf, releases_of

INDEX = "indice.json"
ALL = "todo"


@dataclass(frozen=True)
class Published:
    """One file that can be downloaded."""

    name: str
    title: str
    kind: str  # datapackage | ocds | ocds-records
    size: int
    sha256: str
    lines: int


@dataclass(frozen=True)
class Index:
    version: int
    created: str
    files: list[Published]
    journal: int | None = (
        None  # last change of a release that the files know of; files from before it was kept tell none
    )


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "abiertos"


def read_index() -> Index | None:
    try:
        return _index_of(folder() / INDEX, (folder() / INDEX).stat().st_mtime_ns)
    except (FileNotFoundError, json.JSONDecodeError):
        return None


@lru_cache(maxsize=1)
def _index_of(path: Path, _written: int) -> Index:
    """Read once for as long as the file stays: a country's has thousands of entries, and pages of places look into it."""
    told = json.loads(path.read_text())
    files = [Published(**file) for file in told["files"]]
    return Index(told["version"], told["created"], files, told.get("journal"))


def build(*, again: bool = False) -> Index:
    """Everything that is published now; nothing is done where the version of the data is that of the files."""
    version, known = data_version(), read_index()
    if known is not None and known.version == version and not again:
        return known
    fresh = folder().with_name("abiertos.nuevo")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    now, journal = timezone.now(), ReleaseEvent.objects.aggregate(last=Max("pgh_id"))["last"] or 0
    files = [*_write_everything(fresh, version, now)]
    for body in bodies_with_data():
        files += _write_body(fresh, body, version, now)
    index = Index(version, now.isoformat(timespec="seconds"), files, journal)
    (fresh / "SHA256SUMS").write_text("".join(f"{one.sha256}  {one.name}\n" for one in files))
    (fresh / INDEX).write_text(json.dumps(asdict(index), ensure_ascii=False, indent=1))
    _swap(fresh)
    return index


def holds_withdrawn(index: Index, name: str) -> bool:
    """Has a release of the file's body, or of any where the file is of all, been withdrawn since the files were written?"""
    since = {"pgh_created_at__gte": index.created} if index.journal is None else {"pgh_id__gt": index.journal}
    withdrawn = Release.Status.WITHDRAWN
    found = ReleaseEvent.objects.filter(**since, status=withdrawn, pgh_obj__status=withdrawn)
    whose = name.partition(".")[0]
    return found.filter(**{} if whose == ALL else {"public_body__slug": whose}).exists()


def _swap(fresh: Path) -> None:
    old = folder().with_name("abiertos.viejo")
    shutil.rmtree(old, ignore_errors=True)
    if folder().exists():
        folder().rename(old)
    fresh.rename(folder())
    shutil.rmtree(old, ignore_errors=True)


def _write_everything(fresh: Path, version: int, now: datetime) -> list[Published]:
    made = [_package(fresh, None, version, now)]
    if releases_of("contracts"):
        made.append(_file(fresh, f"{ALL}.ocds.jsonl.gz", "Todos los contratos, OCDS 1.1", "ocds", _jsonl))
    return made


def _write_body(fresh: Path, body: PublicBody, version: int, now: datetime) -> list[Published]:
    made = [_package(fresh, body, version, now)]
    if releases_of("contracts", body):
        made += _contracts(fresh, body, version, now)
    return made


def _contracts(fresh: Path, body: PublicBody, version: int, now: datetime) -> list[Published]:
    """As releases, one a line of the files, and as records, one a contracting process."""
    releases = list(ocds.releases(body))
    names = {kind: f"{body.slug}.{kind}.json" for kind in ("ocds", "ocds-records")}
    uris = {kind: f"urn:mesa-de-datos:{name}:{version}" for kind, name in names.items()}
    packed = ocds.package(body, releases, uri=uris["ocds"], on=now)
    together = record_package(releases, uri=uris["ocds-records"], releases_uri=uris["ocds"], on=now)
    return [
        _file(fresh, names["ocds"], f"{body}, OCDS 1.1", "ocds", _json(packed, len(releases))),
        _file(
            fresh,
            names["ocds-records"],
            f"{body}, OCDS 1.1: un registro por contratación",
            "ocds-records",
            _json(together, len(together["records"])),
        ),
    ]


def _json(content: dict[str, Any], count: int) -> Callable[[IO[bytes]], int]:
    def write(out: IO[bytes]) -> int:
        out.write(json.dumps(content, ensure_ascii=False).encode())
        return count

    return write


def _package(fresh: Path, body: PublicBody | None, version: int, now: datetime) -> Published:
    tables = [(table, releases_of(table.kind, body)) for table in TABLES]
    tables = [(table, releases) for table, releases in tables if releases]
    told = packages.describe(tables, body=body, version=version, created=now)

    def write(out: IO[bytes]) -> int:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("datapackage.json", json.dumps(told, ensure_ascii=False, indent=1))
            return sum(_table(archive, table, table.rows(releases)) for table, releases in tables)

    name = f"{body.slug if body else ALL}.zip"
    return _file(fresh, name, str(body) if body else "Todo lo publicado", "datapackage", write)


def _table(archive: zipfile.ZipFile, table: TableOf, rows: Iterable[Sequence[Any]]) -> int:
    count = 0

    def counted() -> Iterable[Sequence[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    with archive.open(f"{table.name}.csv", "w", force_zip64=True) as raw:
        for chunk in csv_chunks(table.headings, counted()):
            raw.write(chunk.encode())
    return count


def _jsonl(out: IO[bytes]) -> int:
    count = 0
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as zipped, io.TextIOWrapper(zipped, encoding="utf-8") as text:
        for one in ocds.releases():
            text.write(json.dumps(one, ensure_ascii=False) + "\n")
            count += 1
    return count


def _file(fresh: Path, name: str, title: str, kind: str, write: Callable[[IO[bytes]], int]) -> Published:
    path = fresh / name
    with path.open("wb") as out:
        lines = write(out)
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return Published(name, title, kind, path.stat().st_size, digest, lines)
