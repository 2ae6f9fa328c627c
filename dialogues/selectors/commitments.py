"""What the pages and exports about commitments read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Max, Prefetch, Q, When
from django.utils import timezone

from datasets.models import Kind
from datasets.views.choices import MOMENTS
from dialogues.models import Commitment, CommitmentEvidence, CommitmentQuerySet, CommitmentUpdate, Session
from dialogues.models.history import CommitmentEvent
from municipalities.selectors import with_successors
from partners.models import Organisation
from projects.models import Challenge, Evidence, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

State = Commitment.State
BY_OF: dict[str, str] = {Kind.EXPENDITURE: "chapter", Kind.REVENUE: "rubro"}
MEASURED = tuple(BY_OF)
CARDS = 30
SOON = datetime.timedelta(days=14)
# What a list can be narrowed to; each commitment is in exactly one.
SITUATIONS = ("atrasado", "por_vencer", "en_curso", "propuesto", "por_verificar", "cumplido", "incumplido", "cancelado")


def today_of(commitment: Commitment) -> datetime.date:
    """The day on the clocks of its municipality, as `with_today()` brought it."""
    return commitment.local_today  # type: ignore[attr-defined,no-any-return]


def situation_q(name: str) -> Q:
    """Needs `with_today()`."""
    running = Q(state__in=Commitment.RUNNING)
    soon = Q(due_on__gte=F("local_today"), due_on__lte=F("local_today") + SOON)
    found = {
        "atrasado": running & Q(due_on__lt=F("local_today")),
        "por_vencer": running & soon,
        "en_curso": running & Q(due_on__gt=F("local_today") + SOON),
        "propuesto": Q(state=State.PROPOSED),
        "por_verificar": Q(state=State.REPORTED),
        "cumplido": Q(state=State.VERIFIED),
        "incumplido": Q(state=State.BROKEN),
        "cancelado": Q(state=State.CANCELLED),
    }
    return found[name]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are in each situation, and how often dates were moved."""

    of: dict[str, int]
    slips: int

    @property
    def total(self) -> int:
        return sum(self.of.values())

    @property
    def due(self) -> int:
        """Those whose day came: kept, broken or late. What was cancelled or is still running is not judged."""
        return sum(self.of[name] for name in ("cumplido", "por_verificar", "incumplido", "atrasado"))


def counts(commitments: CommitmentQuerySet) -> Counts:
    asked = {name: Count("pk", filter=situation_q(name), distinct=True) for name in SITUATIONS}
    slips = commitments.order_by().values_list("pk", "slips")
    found = commitments.with_today().order_by().aggregate(**asked)
    return Counts(found, sum(count for _pk, count in set(slips)))


def listed(commitments: CommitmentQuerySet, now: datetime.datetime | None = None) -> CommitmentQuerySet:
    """With all that a list shows; what is late or due first comes first, what is over last."""
    found = commitments.with_today(now).select_related("responsible", "municipality__state", "session")
    over = Case(When(state__in=(State.VERIFIED, State.BROKEN, State.CANCELLED), then=1), default=0)
    return found.alias(over=over).order_by("over", "due_on", "pk")


def board(
    user: User | AnonymousUser,
    *,
    text: str = "",
    municipality: str = "",
    state: str = "",
    organisation: str = "",
    situation: str = "",
) -> CommitmentQuerySet:
    found = Commitment.objects.visible_to(user).matching(text).with_today()
    if municipality:
        found = found.filter(municipality__in=with_successors(municipality).values("pk"))
    if state:
        found = found.filter(municipality__state=state)
    if organisation:
        found = found.filter(responsible__slug=organisation)
    if situation in SITUATIONS:
        found = found.filter(situation_q(situation))
    return found


def places(user: User | AnonymousUser) -> list[tuple[str, str]]:
    """Municipalities that have commitments which somebody may see: code and name, in Spanish order."""
    found = Commitment.objects.visible_to(user).filter(municipality__isnull=False)
    rows = found.order_by("municipality__sort_key").values_list(
        "municipality", "municipality__name", "municipality__state__short_name"
    )
    return [(code, f"{name}, {state}") for code, name, state in rows.distinct()]


def responsibles(user: User | AnonymousUser) -> list[tuple[str, str]]:
    found = Commitment.objects.visible_to(user).filter(responsible__isnull=False)
    rows = found.order_by("responsible__sort_key").values_list("responsible__slug", "responsible__name")
    return list(rows.distinct())


@dataclass(frozen=True, slots=True)
class Record:
    """One organisation and how it keeps its word."""

    organisation: Organisation
    made: int
    kept: int
    late: int
    broken: int
    slips: int


def records(commitments: CommitmentQuerySet) -> list[Record]:
    """By responsible organisation, most commitments first."""
    rows: dict[int, dict[str, Any]] = {}
    for commitment in commitments.with_today().select_related("responsible").order_by("responsible__sort_key", "pk"):
        if commitment.responsible is None or commitment.state == State.CANCELLED:
            continue
        row = rows.setdefault(
            commitment.responsible.pk,
            {"organisation": commitment.responsible, "made": 0, "kept": 0, "late": 0, "broken": 0, "slips": 0},
        )
        row["made"] += 1
        row["kept"] += commitment.state == State.VERIFIED
        row["broken"] += commitment.state == State.BROKEN
        row["late"] += commitment.is_running and bool(commitment.due_on and commitment.due_on < today_of(commitment))
        row["slips"] += commitment.slips
    return sorted((Record(**row) for row in rows.values()), key=lambda record: -record.made)


@dataclass(frozen=True, slots=True)
class Chain:
    """From a commitment back to where it comes from, as far as somebody may see."""

    session: Session | None
    challenge: Challenge | None
    project: Project | None
    evidence: Sequence[Evidence]


def chain(commitment: Commitment, user: User | AnonymousUser) -> Chain:
    challenge = Challenge.objects.visible_to(user).filter(commitments=commitment).first()
    own = CommitmentEvidence.objects.filter(commitment=commitment).values("evidence_id")
    beside = Q(pk__in=own)
    if challenge is not None:
        beside |= Q(uses__challenge=challenge)
    project = Project.objects.visible_to(user).filter(commitments=commitment).first()
    evidence = Evidence.objects.visible_to(user).filter(beside).select_related("public_body").distinct()
    session = Session.objects.visible_to(user).filter(commitments=commitment).first()
    return Chain(session, challenge, project, list(evidence.prefetch_related("releases")))


def measurable_cards(commitment: Commitment, user: User | AnonymousUser) -> list[Evidence]:
    """Cards of budget or revenue: those beside the commitment first, then others of its municipality."""
    money = Evidence.objects.visible_to(user).filter(releases__kind__in=MEASURED, public_body__isnull=False)
    beside = [card.pk for card in chain(commitment, user).evidence]
    near = Q(pk__in=beside)
    if commitment.municipality_id:
        near |= Q(municipality=commitment.municipality_id)
    found = money.filter(near).select_related("public_body").prefetch_related("releases").distinct()
    return sorted(found[:CARDS], key=lambda card: card.pk not in beside)


def figure_of(card: Evidence) -> dict[str, Any]:
    """What a card says of the figure it shows, as far as a commitment can be measured by it."""
    release = max(card.releases.all(), key=lambda one: one.year, default=None)
    if release is None or release.kind not in MEASURED:
        return {}
    by, code = BY_OF[release.kind], str(card.values.get("row") or "").partition(" ")[0]
    known = any(code == str(row[0]) for row in card.values.get("rows", []) if row)
    moment = MOMENTS.get(str(card.query.get("momento")), "")
    return {
        "public_body": card.public_body_id,
        "kind": release.kind,
        "by": by if known else "",
        "heading": code if known else "",
        "year": release.year,
        "moment": moment,
    }


def history(commitment: Commitment) -> Iterable[CommitmentUpdate]:
    return commitment.updates.select_related("organisation", "by").order_by("-at", "-id")


def with_history(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """For exports: no query per row."""
    updates = Prefetch("updates", CommitmentUpdate.objects.select_related("organisation"))
    return listed(commitments).prefetch_related(updates, "verifications__organisation", "supporters")


def to_call_broken(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """Late for so long that a person should say whether they were broken."""
    late = Q(due_on__lt=F("local_today") - Commitment.BROKEN_AFTER)
    return commitments.running().with_today().filter(late)


def version() -> int:
    """Another number after every change of any commitment, and every day: being late is a matter of the date."""
    changes = CommitmentEvent.objects.aggregate(last=Max("pgh_id"))["last"] or 0
    updates = CommitmentUpdate.objects.aggregate(last=Max("pk"))["last"] or 0
    return int(timezone.now().timestamp() // 3600) * 1_000_000_000 + int(changes) + int(updates)
