"""What a file says, with what people said about it: options, confirmed columns, remembered profiles."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Case, Q, When

from datasets.ingest.bodies import BodyRef, Territory, government
from datasets.ingest.dictionary import fold, normalise
from datasets.ingest.heads import group_words, title_moments
from datasets.ingest.moments import said_moments
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import MOMENTS, Hints, Reading
from datasets.ingest.slices import Said
from datasets.models import Ingest, MappingProfile, PublicBody
from municipalities.models import Municipality

#: Decisions about a file that also hold for the next one with the same headings; those about single rows do not.
CARRIED = ("decimal", "unit", "beside")
#: Of these, what is so only in the files of whoever said it.
OF_ONE_PUBLISHER = ("decimal", "unit")
UNITS = {1: "pesos", 1_000: "miles de pesos", 1_000_000: "millones de pesos"}


def understand(ingest: Ingest, tell: Callable[[float], None]) -> Reading:
    """Read the ingest's file; columns that a person confirmed for these very headings are used without asking again."""
    path = Path(settings.MEDIA_ROOT) / ingest.file.storage_path

    def read(hints: Hints) -> Reading:
        return read_file(path, name=ingest.file.original_name, hints=hints, progress=lambda _stage, done: tell(done))

    hints = _hints(ingest, ingest.profile)
    unconfirmed = not _columns(ingest, ingest.profile)
    # A kind that nobody confirmed together with the columns is checked against what the file says by itself.
    reading = read(replace(hints, kind=None) if unconfirmed else hints)
    profile = _remembered(reading, ingest) if unconfirmed else None
    if profile is not None:
        ingest.profile = profile
        if ingest.pk:
            ingest.save(update_fields=["profile"])
    if profile is not None or not unconfirmed:
        return _held_against(ingest, read, reading if profile is None else None)
    if hints.kind and (reading.is_supposed or reading.kind != hints.kind) and not (reading.kind and reading.complete):
        return read(hints)  # the file does not tell its kind by itself: what was said decides
    return reading


def _held_against(ingest: Ingest, read: Callable[[Hints], Reading], reading: Reading | None) -> Reading:
    """Read as it is remembered; where the file prints something else than what is remembered, a person is asked."""
    profile = ingest.profile
    hints = _hints(ingest, profile)
    reading = reading or read(hints)
    if profile is None:
        return reading
    questions = []
    unit = None if ingest.options.get("reading", {}).get("unit") else hints.unit
    if unit and reading.head.units - {unit}:
        reading = read(replace(hints, unit=None))
        printed = " y ".join(UNITS[one] for one in sorted(reading.head.units))
        questions.append(
            f"El archivo dice que está en {printed}, y de los anteriores se indicó que están en {UNITS[unit]}. "
            "¿En qué unidad está?"
        )
    if not ingest.options.get("columns"):
        questions += _other_moments(profile, reading)
    if questions:
        reading.questions, reading.complete = [*questions, *reading.questions], False
    return reading


def _other_moments(profile: MappingProfile, reading: Reading) -> list[str]:
    """A heading that names no moment, remembered as one, under titles that name another one now."""
    named = title_moments(reading.head, profile.kind)
    first = first_load(profile)
    if not named or (first and first.report.get("title_moments") == sorted(named)):
        return []
    silent = [
        (heading, moment)
        for heading, moment in profile.columns.items()
        if moment in MOMENTS.get(profile.kind, ()) and not said_moments(profile.kind, fold(heading))
    ]
    return [
        f"El título del archivo habla de otro momento que el que se indicó antes para «{heading}». ¿Qué momento es?"
        for heading, moment in silent
        if moment not in named
    ]


def first_load(profile: MappingProfile) -> Ingest | None:
    """The load for which a person confirmed it."""
    return profile.ingests.order_by("pk").first()


def _is_of_one_publisher(ingest: Ingest, profile: MappingProfile) -> bool:
    """Whether the file is of the same organisation and source as the one of which the decisions were said."""
    first = first_load(profile)
    if first is None or first.file.source_id != ingest.file.source_id:
        return False
    if first.file_id == ingest.file_id:
        return True
    theirs = set(first.file.organisations.values_list("pk", flat=True))
    ours = set(ingest.file.organisations.values_list("pk", flat=True)) if ingest.file.pk else set()
    if not ours and ingest.created_by_id:  # of no organisation: then of whoever said it
        return ingest.created_by_id == profile.approved_by_id
    return bool(theirs & ours) or theirs == ours


def _columns(ingest: Ingest, profile: MappingProfile | None) -> dict[str, str]:
    """What a person confirmed for this very run, else the profile's."""
    return dict(ingest.options.get("columns") or (profile.columns if profile else {}))


def _hints(ingest: Ingest, profile: MappingProfile | None) -> Hints:
    said = {name: ingest.options.get(name) for name in ("year", "period", "document")}
    corrections = {name: value for name, value in ingest.options.get("reading", {}).items() if value}
    kind = ingest.options.get("kind") or (profile.kind if profile else None)
    remembered = {name: value for name, value in (profile.options if profile else {}).items() if name in CARRIED}
    if profile and set(OF_ONE_PUBLISHER) & remembered.keys() and not _is_of_one_publisher(ingest, profile):
        remembered = {name: value for name, value in remembered.items() if name not in OF_ONE_PUBLISHER}
    fixes = ingest.options.get("fixes")
    columns = _columns(ingest, profile) or None
    return Hints(kind=kind, columns=columns, fixes=fixes, **said, **(remembered | corrections))


def _remembered(reading: Reading, ingest: Ingest) -> MappingProfile | None:
    """The newest profile that a person confirmed for these very headings; of the same source or organisation first."""
    mark = fingerprint(reading)
    if not mark:
        return None
    file = ingest.file
    ours = [Q(trusted_for__in=file.organisations.values("pk"))]
    ours += [Q(source=file.source_id)] if file.source_id else []
    nearness = Case(*[When(condition, then=place) for place, condition in enumerate(ours)], default=len(ours))
    return MappingProfile.objects.filter(fingerprint=mark).order_by(nearness, "-approved_at").first()


def fingerprint(reading: Reading) -> str:
    """What a file's headings have in common with next month's: their normalised words and those of their groups, in order."""
    headings = [heading for table in reading.tables[:1] for heading in table.headings] or list(reading.columns)
    words = [normalise(heading) for heading in headings]
    groups = group_words(reading.head)
    if any(groups):
        words += ["", *groups]
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest() if any(words) else ""


def said(options: dict[str, Any]) -> Said:
    """What the command or a person said about the whole file."""
    return Said(said_body(options), options.get("year"), options.get("period"), options.get("document"))


def said_body(options: dict[str, Any]) -> BodyRef | None:
    """The public body that was chosen by municipality code or by its address; one that is not there yet will be made."""
    if code := options.get("municipality"):
        names = dict(Municipality.objects.filter(pk=code).values_list("code", "name"))
        return government(code, Territory(names, {}, {}))
    slug = options.get("public_body")
    if not slug:
        return None
    body = PublicBody.objects.filter(slug=slug).first()
    if body is None:
        return BodyRef("unknown", slug.replace("-", " ").capitalize(), slug=slug)
    return BodyRef(body.kind, body.name, body.municipality_id, body.state_id, slug=body.slug)
