"""Reads behind the catalogue: what was published, of whom, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from gesoc.common.text import tokens

from .models import Ingest, Package, PackageMember, Release, SourceFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, User

OF_ORGANISATION = 12  # versions that the page of an organisation lists
WAITING = (Ingest.Status.RETURNED, Ingest.Status.NEEDS_MAPPING, Ingest.Status.READY, Ingest.Status.FAILED)
IN_VIEW = {
    "": (Release.Status.PUBLISHED,),
    "superseded": (Release.Status.SUPERSEDED,),
    "all": (Release.Status.PUBLISHED, Release.Status.SUPERSEDED),
}


def releases_for_catalogue(wanted: Mapping[str, Any]) -> QuerySet[Release]:
    """Public versions under the filters of the catalogue, newest first, with all that a line of the list shows."""
    found = Release.objects.filter(status__in=IN_VIEW[wanted.get("status", "")])
    if kind := wanted.get("kind"):
        found = found.filter(kind=kind)
    if year := wanted.get("year"):
        found = found.filter(year=year)
    for word in tokens(wanted.get("q", "")):
        place = Q(public_body__municipality__search_text__contains=word) | Q(public_body__search_text__contains=word)
        found = found.filter(place | Q(public_body__municipality__code=word))
    shown = found.select_related("public_body__municipality__state", "public_body__state", "ingest__file__source")
    return shown.order_by("-published_at", "-id")


def published_years() -> list[int]:
    years = Release.objects.filter(status__in=IN_VIEW["all"]).order_by("-year")
    return list(years.values_list("year", flat=True).distinct())


def waiting_ingests(user: User | AnonymousUser) -> QuerySet[Ingest]:
    """Readings that stopped at a question, an error, or the last look before publishing: the newest of each file."""
    newest = Ingest.objects.order_by("file_id", "-created_at", "-id").distinct("file_id").values("pk")
    mine = Ingest.objects.visible_to(user).filter(pk__in=newest, status__in=WAITING)
    return mine.select_related("file").order_by("-created_at", "-id")


def releases_of_file(file: SourceFile, user: User | AnonymousUser) -> QuerySet[Release]:
    return Release.objects.visible_to(user).filter(ingest__file=file).select_related("public_body", "ingest")


def versions_of_slice(release: Release, user: User | AnonymousUser) -> QuerySet[Release]:
    """All versions of the same slice that the person may see, newest first."""
    versions = Release.objects.of_slice(release).visible_to(user)
    return versions.select_related("ingest__file", "published_by", "public_body").order_by("-version")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in a ZIP a file came from. `url` where the person may open the page of that package."""

    package: str
    name: str
    sha256: str
    url: str


def origins_of_file(file: SourceFile, user: User | AnonymousUser) -> list[Origin]:
    members = PackageMember.objects.filter(file=file).select_related("package__file").order_by("package_id", "place")
    found = list(members)
    open_to = Package.objects.visible_to(user).filter(pk__in=[member.package_id for member in found])
    opened = set(open_to.values_list("pk", flat=True)) if found else set()
    return [
        Origin(
            member.package.file.original_name,
            member.name,
            member.package.file.sha256,
            member.package.get_absolute_url() if member.package_id in opened else "",
        )
        for member in found
    ]


def releases_of_organisation(user: User | AnonymousUser, organisation: Organisation) -> list[Release]:
    """What an organisation opened: the newest published versions from files that it handed in."""
    handed_in = Release.objects.published().filter(ingest__file__organisations=organisation).visible_to(user)
    shown = handed_in.select_related("public_body__municipality__state", "public_body__state", "ingest__file")
    return list(shown.order_by("-published_at", "-id")[:OF_ORGANISATION])
