"""What came of the dialogues: held, who came, what was agreed and kept, which data lay on the table. Public things only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from datasets.models import Release
from dialogues.models import Commitment, CommitmentEvidence, Session, SessionEvidence
from dialogues.tally import OTHERS
from partners.models import Sector
from projects.models import Evidence

State = Commitment.State


@dataclass(frozen=True, slots=True)
class Held:
    """One dialogue. `people` and `sectors` as they were counted at publication: None and nothing where too few came."""

    session: Session
    people: int | None
    sectors: dict[str, int]
    agreed: int
    kept: int
    late: int
    cards: int

    @property
    def year(self) -> int:
        return self.session.local_start.year


@dataclass(slots=True)
class Total:
    """Sums of what is told of each dialogue, never of more: nothing can be subtracted out of them."""

    dialogues: int = 0
    people: int = 0
    agreed: int = 0
    kept: int = 0
    late: int = 0
    cards: int = 0
    sectors: Counter[str] = field(default_factory=Counter)

    def add(self, one: Held) -> None:
        self.dialogues += 1
        self.people += one.people or 0
        self.agreed += one.agreed
        self.kept += one.kept
        self.late += one.late
        self.cards += one.cards
        self.sectors.update(one.sectors)

    @property
    def by_sector(self) -> list[tuple[str, int]]:
        return sorted(self.sectors.items(), key=lambda row: (row[0] == OTHERS, -row[1], row[0]))


def held(year: int | None = None) -> list[Held]:
    """Public dialogues whose minutes are published, newest first. Four queries however many."""
    rows = sessions()
    if year is not None:
        rows = rows.filter(local_start__year=year)
    found = list(rows)
    agreed = _agreed([one.pk for one in found])
    cards = _cards([one.pk for one in found])
    return [_held(one, agreed.get(one.pk, (0, 0, 0)), len(cards.get(one.pk, ()))) for one in found]


def sessions() -> QuerySet[Session]:
    found = Session.objects.published().filter(visibility="publica", participation__isnull=False)
    related = ("municipality__state", "host_organisation", "participation")
    return found.select_related(*related).order_by("-starts_at", "-pk")


def _held(session: Session, agreed: tuple[int, int, int], cards: int) -> Held:
    count = session.participation
    return Held(session, count.people, dict(count.sectors), *agreed, cards)


def _agreed(keys: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    found = Commitment.objects.public().with_today().filter(session__in=list(keys)).exclude(state=State.CANCELLED)
    rows = (
        found.order_by()
        .values("session")
        .annotate(
            n=Count("pk"),
            kept=Count("pk", filter=Q(state=State.VERIFIED)),
            late=Count(
                "pk", filter=Q(state__in=Commitment.RUNNING, due_on__lt=F("local_today")) | Q(state=State.BROKEN)
            ),
        )
    )
    return {row["session"]: (row["n"], row["kept"], row["late"]) for row in rows}


def _cards(keys: Iterable[int]) -> dict[int, set[int]]:
    """Public cards that were on the table of each: put on the screen, or beside a public commitment of it."""
    cards: dict[int, set[int]] = defaultdict(set)
    shown = SessionEvidence.objects.filter(session__in=list(keys), evidence__visibility="publica")
    beside = CommitmentEvidence.objects.filter(
        commitment__session__in=list(keys), commitment__visibility="publica", evidence__visibility="publica"
    )
    pairs = shown.values_list("session", "evidence").union(beside.values_list("commitment__session", "evidence"))
    for session, card in pairs:
        cards[session].add(card)
    return cards


def total(rows: Iterable[Held]) -> Total:
    found = Total()
    for one in rows:
        found.add(one)
    return found


def by_year(rows: Iterable[Held]) -> list[tuple[int, Total]]:
    years: dict[int, Total] = {}
    for one in rows:
        years.setdefault(one.year, Total()).add(one)
    return sorted(years.items(), reverse=True)


@dataclass(frozen=True, slots=True)
class Reach:
    municipalities: int
    hosts: int
    responsibles: int
    files: int


def reach(rows: Iterable[Held]) -> Reach:
    """How far it goes: places, who called, who promised, and the published files that were used."""
    found = [one.session for one in rows]
    keys = [one.pk for one in found]
    promised = Commitment.objects.public().filter(session__in=keys, responsible__isnull=False)
    cards = {card for used in _cards(keys).values() for card in used}
    files = Release.objects.filter(evidence__in=Evidence.objects.filter(pk__in=cards)).distinct().count()
    return Reach(
        len({one.municipality_id for one in found if one.municipality_id}),
        len({one.host_organisation_id for one in found}),
        promised.values("responsible").distinct().count(),
        files,
    )


def sector_label(name: str) -> str:
    return str(dict(Sector.choices).get(name, _("Others")))
