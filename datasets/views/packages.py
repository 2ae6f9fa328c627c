"""A ZIP that was handed in: what is in it, what each file was taken for, and how far its load is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from datasets import words
from datasets.ingest.mates import TOLD
from datasets.models import Ingest, Package, PackageMember, Release
from gesoc.common.views import refreshing

REFRESH_SECONDS = 2
State, Status = PackageMember.State, Ingest.Status


@dataclass(frozen=True, slots=True)
class Line:
    """One file of the package as the page shows it."""

    name: str
    size: str
    status: str
    label: str
    taken_for: str
    rows: str
    note: str
    url: str


@require_safe
@vary_on_headers("HX-Request")
def package(request: HttpRequest, pk: int) -> HttpResponse:
    packages = Package.objects.visible_to(request.user).select_related("file__source")
    found = get_object_or_404(packages, pk=pk)
    members = list(_members(found))
    working = sum(_works(member) for member in members)
    context = {
        "package": found,
        "lines": [_line(member) for member in members],
        "counts": _counts(members),
        "working": working,
        "done": len(members) - working,
        "refresh": REFRESH_SECONDS,
    }
    return refreshing(request, "datasets/files/package.html", context, working=bool(working))


def _members(found: Package) -> Any:
    releases = Release.objects.select_related("public_body").order_by("id")
    members = found.members.select_related("ingest").order_by("place")
    return members.prefetch_related(Prefetch("ingest__releases", queryset=releases))


def _works(member: PackageMember) -> bool:
    return not member.ingest.is_finished if member.ingest else member.state == State.WAITING


def _line(member: PackageMember) -> Line:
    size, ingest = words.file_size(member.size), member.ingest
    if ingest is None:
        return Line(member.name, size, str(member.state), member.get_state_display(), "", "", member.reason, "")
    return Line(
        member.name,
        size,
        ingest.status,
        ingest.get_status_display(),
        _taken_for(ingest),
        words.number(ingest.rows_loaded) if ingest.rows_loaded else "",
        _note(ingest),
        ingest.get_absolute_url(),
    )


def _taken_for(ingest: Ingest) -> str:
    """Contents, of whom and when; of several slices only how many they are."""
    if not ingest.kind:
        return ""
    releases = list(ingest.releases.all())
    kind = str(ingest.get_kind_display())
    if len(releases) == 1:
        [release] = releases
        return f"{kind} · {release.public_body} · {release.year}, {words.period_name(release.period).lower()}"
    return _("%(kind)s, %(n)s slices") % {"kind": kind, "n": len(releases)} if releases else kind


def _note(ingest: Ingest) -> str:
    if ingest.error:
        return ingest.error
    if questions := ingest.report.get("questions"):
        return str(questions[0])
    told = [one["message"] for one in ingest.report.get("issues") or [] if one["code"] in TOLD]
    return " ".join(told)


def _counts(members: list[PackageMember]) -> list[tuple[str, int]]:
    """How many of each end, in the order in which a person cares; ends that nothing reached are not told."""
    reached = [member.ingest.status if member.ingest else str(member.state) for member in members]
    told = [
        (_("already public"), (Status.PUBLISHED,)),
        (_("ready to publish"), (Status.READY,)),
        (_("wait for your answer"), (Status.NEEDS_MAPPING, Status.RETURNED)),
        (_("in progress"), (Status.QUEUED, Status.RUNNING, State.WAITING)),
        (_("could not be read"), (Status.FAILED,)),
        (_("cancelled"), (Status.CANCELLED,)),
        (_("left out"), (State.LEFT_OUT,)),
    ]
    counted = [(label, sum(reached.count(str(end)) for end in ends)) for label, ends in told]
    return [(label, n) for label, n in counted if n]
