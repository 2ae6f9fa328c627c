"""ZIP files of published files: every member becomes a file and a load of its own, or is left out with the reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction

from datasets.ingest import archives, pipeline
from datasets.ingest.report import Outcome
from datasets.ingest.shapes import UnreadableFile
from datasets.ingest.sniff import sniff
from datasets.models import Ingest, Package, PackageMember, SourceFile
from datasets.receiving import options_key, prepare_ingest, register_file
from partners.models import User

State = PackageMember.State


@transaction.atomic
def prepare_package(*, file: SourceFile, options: dict[str, Any], by: User | None, publish: bool = False) -> Package:
    """What is in it, each member waiting to be unpacked; the same bytes with the same answers are the same package."""
    found = archives.entries(_path(file))
    SourceFile.objects.select_for_update().get(pk=file.pk)
    package = Package.objects.filter(file=file, options_key=options_key(options)).first()
    if package is not None:
        _share(package)
        return package
    package = Package(
        file=file, options=options, options_key=options_key(options), wants_publish=publish, created_by=by
    )
    package.full_clean(exclude=["file"])
    package.save()
    PackageMember.objects.bulk_create(
        PackageMember(
            package=package,
            place=entry.place,
            name=entry.name,
            size=entry.size,
            state=State.LEFT_OUT if entry.left_out else State.WAITING,
            reason=entry.left_out,
        )
        for entry in found
    )
    return package


def _share(package: Package) -> None:
    """Whoever hands in the same package has handed in what is in it."""
    for member in package.members.filter(state=State.TAKEN).select_related("file"):
        if member.file:
            member.file.organisations.add(*package.file.organisations.all())


def unpack(package: Package) -> Iterator[Ingest]:
    """Take every waiting member, one transaction each, and give its load as soon as it is written down.

    Whoever unpacks holds the package's lock; what was taken before a crash stays taken.
    """
    with pipeline.held(-package.file_id):
        for member in package.members.filter(state=State.WAITING).order_by("place"):
            try:
                yield _take(package, member)
            except UnreadableFile as problem:
                _leave_out(member, problem)


def unfinished(package: Package) -> Iterator[Ingest]:
    """Loads of what was taken before that were cut off, and that nobody has taken up yet."""
    members = package.members.filter(ingest__status__in=Ingest.UNFINISHED).select_related("ingest__file")
    for member in members.order_by("place"):
        if member.ingest:
            yield member.ingest


def _take(package: Package, member: PackageMember) -> Ingest:
    folder = Path(settings.MEDIA_ROOT) / "originals"
    with tempfile.NamedTemporaryFile(dir=folder, prefix="unpacked-") as unpacked:
        archives.unpack(_path(package.file), member.place, unpacked)
        unpacked.flush()
        name = PurePosixPath(member.name).name
        sniff(Path(unpacked.name), name)
        unpacked.seek(0)
        return _register(package, member, unpacked, name)


@transaction.atomic
def _register(package: Package, member: PackageMember, stream: Any, name: str) -> Ingest:
    file = register_file(
        stream=stream,
        name=name,
        by=package.created_by,
        source=package.file.source,
        retrieved_from=package.file.retrieved_from,
    )
    file.organisations.add(*package.file.organisations.all())
    started = prepare_ingest(file=file, options=package.options, by=package.created_by, publish=package.wants_publish)
    member.state, member.file, member.ingest = State.TAKEN, file, started.ingest
    member.full_clean(exclude=["package", "file", "ingest"])
    member.save()
    return started.ingest


def _leave_out(member: PackageMember, problem: UnreadableFile) -> None:
    nested = problem.code == "archive"
    member.state, member.reason = State.LEFT_OUT, archives.NESTED if nested else problem.message
    member.full_clean(exclude=["package"])
    member.save()


WORST_FIRST = ("failed", "cancelled", "needs_mapping", "queued", "running", "returned", "ready", "published")
COUNTS = ("rows_read", "rows_loaded", "rows_rejected", "rows_skipped")


def package_report(package: Package) -> dict[str, Any]:
    """What `manage.py ingest --json` prints of a ZIP: the keys of a load, added up, and every member by itself."""
    members = [_member_report(member) for member in package.members.select_related("ingest").order_by("place")]
    taken = [member for member in members if member["status"] != "left_out"]
    reached = {member["status"] for member in taken}
    status = next((status for status in WORST_FIRST if status in reached), "failed")
    errors = [f"{member['name']}: {member['error']}" for member in taken if member["error"]]
    none = "No se encontró en el paquete ningún archivo que se pueda cargar."
    return (
        Outcome().as_json()
        | {name: sum(member[name] for member in taken) for name in COUNTS}
        | {
            "status": status,
            "error": " ".join(errors) if taken else none,
            "questions": [question for member in taken for question in member["questions"]],
            "members": members,
        }
    )


def _member_report(member: PackageMember) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": member.name,
        "status": str(member.state),
        "error": member.reason,
        "kind": None,
        "questions": [],
    }
    if member.ingest is None:
        return told | dict.fromkeys(COUNTS, 0)
    report = member.ingest.report
    return (
        told
        | {name: getattr(member.ingest, name) for name in COUNTS}
        | {"status": member.ingest.status, "error": member.ingest.error, "kind": member.ingest.kind or None}
        | {name: report.get(name) for name in ("year", "period", "publisher", "totals", "slices")}
        | {"questions": report.get("questions") or []}
    )


def _path(file: SourceFile) -> Path:
    return Path(settings.MEDIA_ROOT) / file.storage_path
