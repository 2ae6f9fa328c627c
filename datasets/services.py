"""Writes of the fiscal half: receiving files, starting and confirming readings, publishing what they gave."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from datasets import tasks
from datasets.ingest import endings
from datasets.models import Document, Ingest, Kind, MappingProfile, Release, Source, SourceFile
from datasets.releases import NotAllowedNow, restore_release, withdraw_release
from municipalities.models import Municipality
from partners.models import Organisation, User

__all__ = [
    "NotAllowedNow",
    "confirm_mapping",
    "live_progress",
    "publish_ingest",
    "register_file",
    "restore_release",
    "start_ingest",
    "withdraw_release",
]
PIECE = 1 << 20
PERIODS = ("annual", "Q1", "Q2", "Q3", "Q4")


def register_file(
    *,
    stream: IO[bytes],
    name: str,
    by: User | None = None,
    source: Source | None = None,
    retrieved_from: str = "",
    organisation: Organisation | None = None,
) -> SourceFile:
    """Keep the original byte for byte under its SHA-256; the same bytes are the same file, whatever their name."""
    originals = Path(settings.MEDIA_ROOT) / "originals"
    originals.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=originals, prefix="incoming-", delete=False) as kept:
        temporary = Path(kept.name)
        try:
            digest, size = _copy(stream, kept)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    path = originals / digest[:2] / digest
    path.parent.mkdir(exist_ok=True)
    temporary.replace(path)
    file, _created = SourceFile.objects.get_or_create(
        sha256=digest,
        defaults={
            "size": size,
            "original_name": Path(name).name[:255] or "archivo",
            "storage_path": str(path.relative_to(settings.MEDIA_ROOT)),
            "uploaded_by": by,
            "source": source,
            "retrieved_from": retrieved_from,
        },
    )
    if organisation:
        file.organisations.add(organisation)
    return file


def _copy(stream: IO[bytes], kept: IO[bytes]) -> tuple[str, int]:
    sha, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        sha.update(piece)
        kept.write(piece)
        size += len(piece)
    return sha.hexdigest(), size


def ingest_options(
    *,
    kind: str | None = None,
    public_body: str | None = None,
    municipality: str | None = None,
    year: int | None = None,
    period: str | None = None,
    document: str | None = None,
    mapping: str | None = None,
    columns: dict[str, str] | None = None,
    reading: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What was said about a file, checked; raises `ValidationError` with a sentence for a person."""
    if kind and kind not in Kind.values:
        raise ValidationError(_("There is no kind of data called “%(kind)s”.") % {"kind": kind})
    if document and document not in Document.values:
        raise ValidationError(_("There is no kind of document called “%(document)s”.") % {"document": document})
    if municipality and public_body:
        raise ValidationError(_("Give either the municipality or the public body, not both."))
    if municipality and not Municipality.objects.filter(pk=municipality).exists():
        raise ValidationError(_("There is no municipality with the code “%(code)s”.") % {"code": municipality})
    if public_body and slugify(public_body) != public_body:
        raise ValidationError(_("“%(slug)s” is not the address of a public body.") % {"slug": public_body})
    if year is not None and not 1980 <= year <= 2049:
        raise ValidationError(_("The year %(year)s is not possible.") % {"year": year})
    if period and period not in PERIODS and not _is_month(period):
        raise ValidationError(_("The period is one of annual, Q1, Q2, Q3, Q4 or a month such as 2024-03."))
    said = {
        "kind": kind,
        "public_body": public_body,
        "municipality": municipality,
        "year": year,
        "period": period,
        "document": document,
        "mapping": mapping,
        "columns": columns,
        "reading": reading,
    }
    return {name: value for name, value in said.items() if value not in (None, "", {})}


def _is_month(period: str) -> bool:
    year, _dash, month = period.partition("-")
    return len(period) == 7 and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12


@dataclass(frozen=True, slots=True)
class Started:
    """The ingest that answers a request, and whether it is new or the earlier one for the same bytes and options."""

    ingest: Ingest
    fresh: bool


@transaction.atomic
def prepare_ingest(
    *, file: SourceFile, options: dict[str, Any], by: User | None = None, publish: bool = False
) -> Started:
    """The same bytes with the same options change nothing; asking to publish what is ready publishes it."""
    key = options_key(options)
    file = SourceFile.objects.select_for_update().get(pk=file.pk)
    same = file.ingests.filter(options_key=key).exclude(status=Ingest.Status.FAILED)
    earlier = same.exclude(status=Ingest.Status.NEEDS_MAPPING).order_by("-created_at", "-pk").first()
    if earlier and not earlier.is_finished:
        return Started(earlier, fresh=True)
    if earlier and publish and earlier.status == Ingest.Status.READY and earlier.rows_loaded:
        earlier.wants_publish = True
        earlier.save(update_fields=["wants_publish"])
        publish_ingest(ingest=earlier, by=by)
        return Started(earlier, fresh=True)
    if earlier:
        return Started(earlier, fresh=False)
    profile = _profile(options)
    ingest = Ingest(
        file=file,
        options=options,
        options_key=key,
        wants_publish=publish,
        profile=profile,
        created_by=by,
        kind=options.get("kind", ""),
    )
    ingest.full_clean(exclude=["file"])
    ingest.save()
    return Started(ingest, fresh=True)


def start_ingest(*, file: SourceFile, by: User | None = None, publish: bool = False, **said: Any) -> Ingest:
    """Read a file in the background. `said` takes the arguments of `ingest_options`."""
    started = prepare_ingest(file=file, options=ingest_options(**said), by=by, publish=publish)
    if not started.ingest.is_finished:
        tasks.ingest_file.delay_on_commit(started.ingest.pk)  # type: ignore[attr-defined]  # DjangoTask; unknown to the stubs
    return started.ingest


def options_key(options: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(options, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _profile(options: dict[str, Any]) -> MappingProfile | None:
    slug = options.get("mapping")
    if not slug:
        return None
    profile = MappingProfile.objects.filter(slug=slug).order_by("-version").first()
    if profile is None:
        raise ValidationError(_("There is no mapping profile called “%(slug)s”.") % {"slug": slug})
    return profile


@transaction.atomic
def confirm_mapping(
    *, ingest: Ingest, columns: dict[str, str], by: User, name: str = "", answers: dict[str, Any] | None = None
) -> Ingest:
    """Remember the columns that a person confirmed, and read the file again with them and the answers given."""
    if not ingest.is_finished or ingest.status == Ingest.Status.PUBLISHED:
        raise NotAllowedNow(_("The columns can be changed once the file has been read and before it is published."))
    answers = {key: value for key, value in (answers or {}).items() if value not in (None, "")}
    kind = answers.get("kind") or ingest.kind
    if not kind:
        raise ValidationError(_("Say whether the file is expenditure, revenue or contracts."))
    profile = _save_profile(ingest, columns, by, name, kind)
    reading = {key: answers.pop(key) for key in ("sheet", "header_row", "encoding", "delimiter") if key in answers}
    earlier = {key: value for key, value in ingest.options.items() if key not in ("columns", "mapping", "reading")}
    said = earlier | answers | {"kind": kind, "mapping": profile.slug, "columns": columns, "reading": reading}
    if "municipality" in answers:
        said.pop("public_body", None)
    elif "public_body" in answers:
        said.pop("municipality", None)
    return start_ingest(file=ingest.file, by=by, publish=ingest.wants_publish, **said)


def _save_profile(ingest: Ingest, columns: dict[str, str], by: User, name: str, kind: str) -> MappingProfile:
    name = name or ingest.file.original_name
    slug = slugify(name)[:110] or f"perfil-{ingest.pk}"
    latest = (
        MappingProfile.objects.filter(slug=slug).order_by("-version").values_list("version", flat=True).first() or 0
    )
    profile = MappingProfile(
        name=name[:200],
        slug=slug,
        version=latest + 1,
        kind=kind,
        fingerprint=ingest.report.get("fingerprint", ""),
        columns=columns,
        source=ingest.file.source,
        approved_by=by,
        approved_at=timezone.now(),
    )
    profile.full_clean()
    profile.save()
    return profile


@transaction.atomic
def publish_ingest(*, ingest: Ingest, by: User | None) -> list[Release]:
    """Publish what a reading gave; only one that is ready and has lines."""
    locked = Ingest.objects.select_for_update().get(pk=ingest.pk)
    if locked.status != Ingest.Status.READY:
        raise NotAllowedNow(_("Only a reading that is ready can be published."))
    if not locked.rows_loaded:
        raise NotAllowedNow(_("There is nothing to publish: the file has no rows."))
    releases = endings.publish_ingest(ingest=locked, by=by)
    ingest.refresh_from_db()
    return releases


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is. `percent` is 0 to 100."""

    stage: str
    percent: int
    rows_read: int
    rows_rejected: int
    rows_per_second: int
    message: str


def live_progress(ingest: Ingest) -> Progress:
    """From Redis while it works, from the row when it has ended: no load on the database either way."""
    if ingest.is_finished:
        rate = int(ingest.report.get("rows_per_second") or 0)
        return Progress(ingest.stage, 100, ingest.rows_read, ingest.rows_rejected, rate, ingest.get_status_display())
    told = cache.get(tasks.progress_key(ingest.pk)) or {}
    stage = told.get("stage", ingest.stage)
    return Progress(
        stage,
        int(100 * told.get("done", 0)),
        told.get("rows", 0),
        told.get("rejected", 0),
        told.get("rate", 0),
        str(Ingest.Stage(stage).label if stage in Ingest.Stage.values else stage),
    )
