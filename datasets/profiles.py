"""Mapping profiles: what a person confirmed about the columns of a file, remembered for the next one."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from datasets.ingest.understand import CARRIED
from datasets.models import Ingest, MappingProfile
from partners.models import User


def save_profile(
    ingest: Ingest, columns: dict[str, str], *, by: User, kind: str, reading: dict[str, Any], name: str = ""
) -> MappingProfile:
    """The next version of the profile of that name, with the decisions that hold for files to come."""
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
        options={key: value for key, value in reading.items() if key in CARRIED},
        source=ingest.file.source,
        approved_by=by,
        approved_at=timezone.now(),
    )
    profile.full_clean()
    profile.save()
    return profile
