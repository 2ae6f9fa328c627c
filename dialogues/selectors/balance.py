"""The table by sector: who has a place, who was asked, and which sectors are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dialogues.models import Invitation, Session
from dialogues.tally import LEAST
from partners.models import Sector
from partners.models.people import SPEAKS_FOR

from .room import hidden_small

# Class of the colour of each sector; the mock has five, the others share a neutral one.
COLOURS = {
    Sector.CITIZENS: "ciu",
    Sector.CSO: "osc",
    Sector.COLLECTIVE: "osc",
    Sector.ACADEMIA: "aca",
    Sector.MEDIA: "med",
    Sector.GOVERNMENT: "gob",
}
ORDER = (
    *(Sector.CITIZENS, Sector.CSO, Sector.COLLECTIVE, Sector.ACADEMIA, Sector.MEDIA, Sector.GOVERNMENT),
    *(Sector.PRIVATE, Sector.INTERNATIONAL, Sector.OTHER),
)
WIDTH = 17  # of a seat, in units of the drawing
ROW = 11  # seats that fit in a row


@dataclass(frozen=True, slots=True)
class Seat:
    x: int
    css: str


@dataclass(frozen=True, slots=True)
class SectorRow:
    """One sector: places it has, those it would have with everybody asked or chosen, and how many it should have."""

    sector: str
    label: str
    css: str
    confirmed: int
    asked: int
    chosen: int
    minimum: int
    desired: int

    @property
    def is_missing(self) -> bool:
        return self.confirmed < self.desired

    @property
    def gap(self) -> int:
        """Places still missing if everybody who was asked or is chosen said yes."""
        return max(0, self.desired - self.confirmed - self.asked - self.chosen)

    @property
    def seats(self) -> list[Seat]:
        taken = [self.css] * self.confirmed + ["asked " + self.css] * self.asked + ["chosen " + self.css] * self.chosen
        whole = taken + ["no"] * max(0, self.desired - len(taken))
        return [Seat(8 + WIDTH * place, css) for place, css in enumerate(whole[:ROW])]

    @property
    def more(self) -> int:
        return max(0, self.confirmed + self.asked + self.chosen - ROW)


@dataclass(frozen=True, slots=True)
class Balance:
    rows: list[SectorRow]
    confirmed: int
    desired: int

    @property
    def missing(self) -> list[SectorRow]:
        """Sectors below what they should have, the widest gap first."""
        return sorted((row for row in self.rows if row.gap), key=lambda row: -row.gap)

    @property
    def has_targets(self) -> bool:
        return self.desired > 0


def balance(session: Session, *, chosen: Iterable[str] = (), with_asked: bool = False) -> Balance:
    """`chosen`: sectors of the people who would be asked as well. `with_asked`: count open invitations (for the team)."""
    confirmed = Counter(session.registrations.confirmed().values_list("sector_at_time", flat=True))
    asked = _asked(session) if with_asked else Counter()
    return table(_targets(session), confirmed, asked, Counter(chosen))


def table(
    targets: dict[str, tuple[int, int]], confirmed: Counter[str], asked: Counter[str], chosen: Counter[str]
) -> Balance:
    rows = []
    for sector in ORDER:
        minimum, desired = targets.get(sector.value, (0, 0))
        counts = (confirmed[sector.value], asked[sector.value], chosen[sector.value])
        if desired or any(counts):
            css = COLOURS.get(sector, "otr")
            rows.append(SectorRow(sector.value, str(sector.label), css, *counts, minimum, desired))
    return Balance(rows, sum(confirmed.values()), sum(row.desired for row in rows))


@dataclass(frozen=True, slots=True)
class OpenBalance:
    """The table as anybody may read it: no group of fewer than five. Whom it wants tells nothing of who comes."""

    confirmed: int | None  # None: fewer than five
    groups: list[tuple[str, int]]
    wanted: list[tuple[str, int]]


def opened(table: Balance) -> OpenBalance:
    labels = {row.sector: row.label for row in table.rows}
    found = hidden_small(Counter({row.sector: row.confirmed for row in table.rows if row.confirmed}))
    return OpenBalance(
        table.confirmed if table.confirmed >= LEAST else None,
        [(labels.get(sector, _("Others")), number) for sector, number in found],
        [(row.label, row.desired) for row in table.rows if row.desired],
    )


def _targets(session: Session) -> dict[str, tuple[int, int]]:
    return {row.sector: (row.minimum, row.desired) for row in session.targets.all()}


def _asked(session: Session) -> Counter[str]:
    """Sectors of whoever was asked and has not answered: that of the organisation they were asked for."""
    states = (Invitation.State.DRAFT, Invitation.State.QUEUED, Invitation.State.SENT, Invitation.State.SILENT)
    placed = session.registrations.live().values("person_id")
    open_ones = session.invitations.filter(state__in=states).exclude(person__in=placed).select_related("organisation")
    found = open_ones.prefetch_related(*(f"person__{name}" for name in SPEAKS_FOR))
    return Counter(one.organisation.kind if one.organisation else one.person.sector() for one in found)
