"""What a person owes this week and what changed since the last: read for one page, and never empty-handed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q
from django.utils import timezone

from partners.models import Membership, Organisation
from partners.rules import is_gesoc

from .models import (
    Activity,
    Comment,
    DataGap,
    Evidence,
    EvidenceChange,
    EvidenceUse,
    LogEntry,
    Project,
    ProjectMember,
    ProjectPartner,
    Reading,
    StageChange,
)
from .models.comments import TARGETS, places
from .threads import address_of, called

if TYPE_CHECKING:
    from partners.models import User

AHEAD = datetime.timedelta(days=14)
BACK = datetime.timedelta(days=14)
MOST = 20


@dataclass(frozen=True)
class Talk:
    """What others lately commented beside one thing of mine."""

    about: Any
    url: str
    count: int
    latest: datetime.datetime


@dataclass
class Week:
    projects: list[Project]
    invitations: list[ProjectPartner]
    activities: list[Activity]
    readings: list[Reading]
    gaps: list[DataGap]
    quiet: list[Project]  # no check-in for two weeks
    orphans: list[Project]  # for GESOC: their lead organisation left
    entries: list[LogEntry]
    stages: list[StageChange]
    figures: list[EvidenceChange]
    talks: list[Talk]

    @property
    def owes_nothing(self) -> bool:
        return not (self.invitations or self.activities or self.readings or self.gaps or self.quiet or self.orphans)

    @property
    def nothing_changed(self) -> bool:
        return not (self.entries or self.stages or self.figures or self.talks)


def week_of(user: User) -> Week:
    today = timezone.localdate()
    mine: list[Any] = list(
        Project.objects.of(user)
        .exclude(stage=Project.Stage.CLOSED)
        .select_related("lead_organisation")
        .annotate(last_note=Max("notes__on"))
    )
    held = ProjectMember.objects.in_force().held_by(user, *ProjectMember.WRITING)
    writing = set(held.values_list("project_id", flat=True)) | set(
        Project.objects.led_by(user).values_list("pk", flat=True)
    )
    for project in mine:
        project.may_write = project.pk in writing
    answering = Organisation.objects.of(user, Membership.Role.COORDINATOR).values("pk")
    own = Q(user=user) | Q(user=None, organisation__in=answering)
    return Week(
        projects=mine[:MOST],
        invitations=list(
            ProjectPartner.objects.filter(
                state=ProjectPartner.State.INVITED, organisation__in=answering
            ).select_related("project", "organisation")
        ),
        activities=list(
            Activity.objects.filter(own, project__in=mine, state__in=Activity.OPEN, due_on__lte=today + AHEAD)
            .select_related("project", "organisation")
            .order_by("due_on", "pk")[:MOST]
        ),
        readings=list(
            Reading.objects.filter(indicator__project__in=writing, state=Reading.State.SENT)
            .exclude(by=user)
            .select_related("indicator__project")[:MOST]
        ),
        gaps=list(
            DataGap.objects.filter(project__in=writing, state=DataGap.State.REQUESTED, due_on__lte=today + AHEAD)
            .select_related("public_body")
            .order_by("due_on")[:MOST]
        ),
        quiet=[
            project
            for project in mine
            if project.pk in writing
            and project.stage != Project.Stage.PAUSED
            and (project.last_note is None or project.last_note < today - BACK)
        ][:MOST],
        orphans=list(Project.objects.in_custody().order_by("pk")[:MOST]) if is_gesoc(user) else [],
        entries=list(
            LogEntry.objects.filter(project__in=mine, on__gte=today - BACK)
            .exclude(by=user)
            .select_related("project", "by")[:MOST]
        ),
        stages=list(
            StageChange.objects.filter(project__in=mine, on__gte=today - BACK).select_related("project")[:MOST]
        ),
        figures=list(
            EvidenceChange.objects.filter(seen_on__gte=today - BACK)
            .filter(
                Q(evidence__created_by=user)
                | Q(evidence__uses__project__in=mine)
                | Q(evidence__uses__challenge__project__in=mine)
            )
            .filter(evidence__in=Evidence.objects.visible_to(user).values("pk"))
            .select_related("evidence")
            .distinct()[:MOST]
        ),
        talks=_talks(user, mine),
    )


def _talks(user: User, mine: list[Project]) -> list[Talk]:
    """Of the newest hundred comments, by what they stand beside; the newest first."""
    used = EvidenceUse.objects.filter(project__in=mine).values("evidence")
    own = Organisation.objects.of(user).values("pk")
    around = Q(entry__project__in=mine) | Q(note__organisation__in=own) | Q(note__created_by=user)
    around |= Q(challenge__project__in=mine) | Q(challenge__created_by=user)
    around |= Q(evidence__created_by=user) | Q(evidence__in=used)
    for word, place in places().items():
        around |= Q(elsewhere=word, **{f"{place.path}__in": place.concerns(user).values("pk")})
    fresh = Comment.objects.filter(removed_at=None, created_at__gte=timezone.now() - BACK).exclude(by=user)
    rows = (
        fresh.visible_to(user)
        .filter(around)
        .select_related("entry__project", *TARGETS, *(place.path for place in places().values()))
    )
    beside: dict[str, list[Comment]] = {}
    for comment in rows.order_by("-created_at", "-pk")[: MOST * 5]:
        beside.setdefault(address_of(comment.target), []).append(comment)
    return [
        Talk(called(comments[0].target), url, len(comments), comments[0].created_at) for url, comments in beside.items()
    ][:MOST]
