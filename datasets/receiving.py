"""Files are received: kept byte for byte under their SHA-256, with what was said about them, and a reading of them waits."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from datasets.ingest.corrected import overtaken_by
from datasets.ingest.mates import STOPS
from datasets.models import Document, Ingest, Kind, MappingProfile, Source, SourceFile
from datasets.outages import is_full
from datasets.reviews import publish_ingest
from municipalities.models import Municipality
from partners.models import Organisation, User

PIECE = 1 << 20
TEMPORARY = ("incoming-", "unpacked-", "fetched-")  # names of files that are being written beside the originals
LEFTOVER_AGE = timedelta(days=1)
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
        except BaseException as error:
            temporary.unlink(missing_ok=True)
            if is_full(error):
                raise ValidationError(
                    _(
                        "The server has no room for this file: nothing of it was kept. Tell whoever runs it, and try again later."
                    )
                ) from error
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


def sweep_leftovers(*, older_than: timedelta = LEFTOVER_AGE) -> int:
    """Delete what a process that was killed left half-written beside the originals; returns how many."""
    late = (timezone.now() - older_than).timestamp()
    folder = Path(settings.MEDIA_ROOT) / "originals"
    left = [path for prefix in TEMPORARY for path in folder.glob(f"{prefix}*") if path.stat().st_mtime < late]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _copy(stream: IO[bytes], kept: IO[bytes]) -> tuple[str, int]:
    sha, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        sha.update(piece)
        kept.write(piece)
        size += len(piece)
    return sha.hexdigest(), size


def clean_name(name: str) -> str:
    """The file's name without what no name needs: control characters and marks that turn the writing direction."""
    kept = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    base = re.sub(r"\s+", " ", kept).strip(" .") or "archivo"
    return base if len(base) <= 200 else f"{base[:180]}{base[-20:]}"


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
    fixes: dict[str, Any] | None = None,
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
        "fixes": fixes,
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
    *,
    file: SourceFile,
    options: dict[str, Any],
    by: User | None = None,
    publish: bool = False,
    follows: Ingest | None = None,
    excuse: str = "",
) -> Started:
    """The same bytes with the same options change nothing; asking to publish what is ready publishes it."""
    key = options_key(options)
    file = SourceFile.objects.select_for_update().get(pk=file.pk)
    same = file.ingests.filter(options_key=key).exclude(status__in=(Ingest.Status.FAILED, Ingest.Status.CANCELLED))
    earlier = same.exclude(status=Ingest.Status.NEEDS_MAPPING).order_by("-created_at", "-pk").first()
    if earlier and not earlier.is_finished:
        return Started(earlier, fresh=True)
    if earlier and publish and earlier.status == Ingest.Status.READY and earlier.rows_loaded:
        earlier.wants_publish = True
        earlier.save(update_fields=["wants_publish"])
        if earlier.rejects_too_many and not (excuse or earlier.excuse):
            return Started(earlier, fresh=False)
        if earlier.row_issues.filter(code__in=STOPS).exists():  # left aside in a package: a person looks at it first
            return Started(earlier, fresh=False)
        if overtaken_by(earlier):  # handing the file in again takes no corrections away
            return Started(earlier, fresh=False)
        publish_ingest(ingest=earlier, by=by, reason=excuse)
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
        follows=follows,
        excuse=excuse,
        kind=options.get("kind", ""),
    )
    ingest.full_clean(exclude=["file"])
    ingest.save()
    return Started(ingest, fresh=True)


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
