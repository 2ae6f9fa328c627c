"""What the pages of projects read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from gesoc.common.facets import Facet, facet, tally
from municipalities.models import Municipality, State

from .models import (
    Activity,
    Attachment,
    Challenge,
    ChangeHypothesis,
    Comment,
    DataGap,
    Evidence,
    EvidenceUse,
    Indicator,
    LearningNote,
    LogEntry,
    MoneyTrail,
    Outcome,
    Project,
    ProjectPartner,
    Reading,
    ResearchNote,
    StageChange,
)
from .models.projects import ProjectQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, User

__all__ = ["Directory", "Step", "Story", "directory", "listed", "log_of", "story"]

CARD = (
    *("slug", "title", "public_summary", "problem_statement", "scope", "stage", "visibility", "is_example", "sort_key"),
    *("starts_on", "ends_on"),
)
FACETS = {"etapa": "stage", "alcance": "scope"}


# -- the list ---------------------------------------------------------------------------------------------------------


class Directory(NamedTuple):
    """What is found, how many these are, and the boxes that narrow it."""

    found: ProjectQuerySet
    total: int
    facets: list[Facet]


def directory(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> Directory:
    """Projects somebody may see that fit the search; `chosen` values of one facet are alternatives.

    Every facet counts within the search and the other facets.
    """
    seen = Project.objects.visible_to(user).matching(text)
    kept = {name: list(values) for name, values in chosen.items()}
    states = kept.pop("estado", [])
    there = seen.filter(in_state(states)) if states else seen
    counted = tally(there.values(etapa=F("stage"), alcance=F("scope")), ("etapa", "alcance"), kept)
    for name, values in kept.items():
        if values:
            seen, there = (rows.filter(**{f"{FACETS[name]}__in": values}) for rows in (seen, there))
    facets = [
        facet("etapa", counted.found["etapa"], dict(Project.Stage.choices), kept.get("etapa", ())),
        facet("estado", _by_state(seen), dict(State.objects.values_list("code", "short_name")), states),
        facet("alcance", counted.found["alcance"], dict(Project.Scope.choices), kept.get("alcance", ())),
    ]
    return Directory(there, counted.total, facets)


def in_state(codes: list[str]) -> Q:
    """By municipality or by state as a whole; through subqueries, so that no project is found twice."""
    inside = Municipality.objects.filter(state__in=codes).values("pk")
    through = Project.municipalities.through.objects.filter(municipality__in=inside).values("project_id")
    whole = Project.states.through.objects.filter(state__in=codes).values("project_id")
    return Q(pk__in=through) | Q(pk__in=whole)


def _by_state(found: ProjectQuerySet) -> dict[str, int]:
    """State -> how many of these projects work in it, in some municipality or as a whole; each once."""
    inside = Project.municipalities.through.objects.values("project_id", estado=Left("municipality_id", 2))
    whole = Project.states.through.objects.values("project_id", estado=F("state_id"))
    return tally(inside.union(whole), ("estado",), within=("project_id", found.values("pk"))).found["estado"]


def listed(found: ProjectQuerySet) -> QuerySet[Project]:
    """With what a card shows of them, and no column more."""
    places = Municipality.objects.select_related("state").only("name", "state__short_name")
    return (
        found.select_related("lead_organisation")
        .only(*CARD, "lead_organisation__name")
        .prefetch_related(Prefetch("municipalities", places), Prefetch("states", State.objects.only("short_name")))
    )


def of_organisation(user: User | AnonymousUser, organisation: Organisation) -> list[Project]:
    """Those it leads or takes part in, that this reader may see; the newest of them."""
    taking_part = organisation.project_roles.filter(state=ProjectPartner.State.ACCEPTED).values("project_id")
    theirs = Q(lead_organisation=organisation) | Q(pk__in=taking_part)
    return list(listed(Project.objects.visible_to(user).filter(theirs)).order_by("-created_at", "-pk")[:LATEST])


# -- the story --------------------------------------------------------------------------------------------------------

SAID_OF_STAGES = {
    Project.Stage.IDEA: _("Somebody names the problem"),
    Project.Stage.DIAGNOSIS: _("Data are found, cleaned and published"),
    Project.Stage.CODESIGN: _("Those who live it decide what to try"),
    Project.Stage.IMPLEMENTATION: _("It is done, and commitments are made"),
    Project.Stage.FOLLOW_UP: _("What was kept is looked at"),
    Project.Stage.CLOSED: _("What we learned stays"),
}


@dataclass(frozen=True)
class Step:
    label: Any
    text: Any
    is_done: bool
    is_current: bool


@dataclass
class Story:
    """Everything a project page tells this reader, each list already filtered for them."""

    steps: list[Step]
    paused_from: Any
    partners: list[ProjectPartner]
    stage_changes: list[StageChange]
    uses: list[EvidenceUse]
    challenges: list[Challenge]
    gaps: list[DataGap]
    activities: list[Activity]
    hypotheses: list[ChangeHypothesis]
    indicators: list[Indicator]
    outcomes: list[Outcome]
    notes: list[LearningNote]
    log: list[LogEntry]
    trails: list[MoneyTrail]
    research: list[ResearchNote]
    inside: bool
    may_edit: bool
    may_write: bool
    may_reflect: bool

    @property
    def verified(self) -> int:
        return sum(outcome.state in ("verificado", "verificado_en_parte") for outcome in self.outcomes)

    @property
    def gaps_closed(self) -> int:
        return sum(gap.state == DataGap.State.PUBLISHED for gap in self.gaps)


LATEST = 8


def story(project: Project, user: User | AnonymousUser) -> Story:
    changes = list(project.stage_changes.all())
    return Story(
        steps=steps_of(project, changes),
        paused_from=changes[0].get_from_stage_display() if project.stage == Project.Stage.PAUSED and changes else "",
        partners=list(
            project.partners.filter(state=ProjectPartner.State.ACCEPTED)
            .select_related("organisation")
            .order_by("organisation__kind", "organisation__sort_key")
        ),
        stage_changes=changes[:LATEST],
        uses=uses_in(project, user),
        challenges=list(project.challenges.visible_to(user).order_by("state", "sort_key")),
        gaps=list(project.gaps.select_related("public_body", "resulting_source")),
        activities=list(project.activities.exclude(state="cancelada").select_related("organisation")),
        hypotheses=list(project.hypotheses.filter(state=ChangeHypothesis.State.HELD)),
        indicators=indicators_of(project),
        outcomes=list(project.outcomes.visible_to(user).exclude(state=Outcome.State.WITHDRAWN)),
        notes=list(project.notes.visible_to(user)[:3]),
        log=list(log_of(project, user)[:LATEST]),
        trails=list(project.trails.annotate(found=Count("answers", filter=Q(answers__state="encontrado")))),
        research=list(project.research_notes.visible_to(user).as_told()),
        inside=user.has_perm("projects.see_private_notes", project),
        may_edit=user.has_perm("projects.edit_project", project),
        may_write=user.has_perm("projects.write_log", project),
        may_reflect=user.has_perm("projects.write_note", project),
    )


def steps_of(project: Project, changes: list[StageChange]) -> list[Step]:
    """The line; a pause stands where it began."""
    stage = project.stage
    if stage == Project.Stage.PAUSED:
        stage = changes[0].from_stage if changes else Project.Stage.IDEA
    line = list(Project.LINE)
    at = line.index(Project.Stage(stage)) if stage in line else 0
    return [Step(one.label, SAID_OF_STAGES[one], n < at, n == at) for n, one in enumerate(line)]


def uses_in(project: Project, user: User | AnonymousUser) -> list[EvidenceUse]:
    """Cards used for the project or for one of its challenges that this reader may see, each once, with what became of it."""
    cards = Evidence.objects.visible_to(user).values("pk")
    challenges = project.challenges.visible_to(user).values("pk")
    rows = EvidenceUse.objects.filter(Q(project=project) | Q(challenge__in=challenges), evidence__in=cards)
    found = rows.select_related("evidence__municipality__state", "challenge").prefetch_related("evidence__changes")
    return list({use.evidence_id: use for use in found}.values())


def indicators_of(project: Project) -> list[Indicator]:
    approved = Prefetch("readings", Reading.objects.approved(), to_attr="approved")
    return list(project.indicators.prefetch_related(approved))


def log_of(project: Project, user: User | AnonymousUser) -> Any:
    """Entries one may see, each with the files one may see."""
    files = Attachment.objects.all()
    if not user.has_perm("projects.see_private_notes", project):
        files = files.filter(is_public=True)
    rows = project.log.visible_to(user).select_related("by", "project")
    words = Comment.objects.filter(removed_at=None).read_by(user).values("pk")
    rows = rows.annotate(talk=Count("comments", filter=Q(comments__in=words))).order_by("-on", "-id")
    return rows.prefetch_related(Prefetch("attachments", files), "organisations")
