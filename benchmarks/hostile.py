"""How a hostile file is judged: it ends, soon, in words, and leaves nothing behind. Needs a started Django."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from datasets.ingest import pipeline
from datasets.ingest.archives import entries, is_package
from datasets.ingest.shapes import UnreadableFile
from datasets.models import Ingest, Package, PackageMember, SourceFile
from datasets.packages import prepare_package, unpack
from datasets.receiving import register_file

OURS = ("internal", "database")  # error codes that mean: we broke, not the file
SECONDS = 30.0  # for one file on a busy machine


@dataclass(frozen=True, slots=True)
class Verdict:
    end: str
    seconds: float
    fault: str = ""


def judge(path: Path) -> Verdict:
    """The whole way of a file as the worker takes it, undone at the end. `fault` says what is wrong with us."""
    began = time.monotonic()
    try:
        with _undone():
            end, fault = _package(path) if is_package(path) else _load(path)
    except Exception as error:
        end, fault = "crash", f"{type(error).__name__}: {error}"[:300]
    seconds = time.monotonic() - began
    if not fault and seconds > SECONDS:
        fault = f"took {seconds:.0f} s"
    return Verdict(end, seconds, fault or _leftovers())


@contextmanager
def _undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _load(path: Path) -> tuple[str, str]:
    file = SourceFile.objects.create(
        sha256=hashlib.sha256(str(path).encode()).hexdigest(),
        size=path.stat().st_size,
        original_name=path.name or "sin nombre",
        storage_path=str(path),
    )
    ingest = pipeline.run_ingest(Ingest.objects.create(file=file, options_key="hostile").pk)
    return ingest.status, _faults(ingest)


def _faults(ingest: Ingest) -> str:
    code, releases = ingest.report.get("error_code"), list(ingest.releases.all())
    if code in OURS:
        return f"we broke ({code})"
    if ingest.status not in ("ready", "needs_mapping", "failed"):
        return f"ended as {ingest.status}"
    if ingest.status == "failed" and not ingest.error:
        return "failed without a word"
    if ingest.status == "needs_mapping" and not ingest.report.get("questions"):
        return "asks nothing"
    lines = sum(release.line_count for release in releases)
    if ingest.status != "ready" and releases:
        return "left a release behind"
    if ingest.status == "ready" and lines != ingest.rows_loaded:
        return f"{ingest.rows_loaded} lines loaded, {lines} in releases"
    return ""


def _package(path: Path) -> tuple[str, str]:
    try:
        entries(path)
    except UnreadableFile as refusal:
        return f"refused: {refusal.code}", "" if refusal.message else "refused without a word"
    with path.open("rb") as stream:
        file = register_file(stream=stream, name=path.name)
    try:
        package = prepare_package(file=file, options={}, by=None)
        for ingest in unpack(package):
            fault = _faults(pipeline.run_ingest(ingest.pk))
            if fault:
                return "package", fault
        return "package", _package_faults(package)
    finally:
        for kept in SourceFile.objects.all():
            (Path(settings.MEDIA_ROOT) / kept.storage_path).unlink(missing_ok=True)


def _package_faults(package: Package) -> str:
    waiting = package.members.filter(state=PackageMember.State.WAITING).count()
    return f"{waiting} members still wait" if waiting else ""


def _leftovers() -> str:
    folder = Path(settings.MEDIA_ROOT) / "originals"
    left = [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    return f"left {left[0]}" if left else ""
