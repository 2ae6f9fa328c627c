"""Templates of a session: a method with its agenda, its length and a balanced table to start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dialogues.models import AgendaItem, Session
from dialogues.services import Item
from partners.models import Sector

Kind = AgendaItem.Kind
EVERYBODY = _("All who take part")
BALANCED = {
    sector.value: 5 for sector in (Sector.CITIZENS, Sector.CSO, Sector.ACADEMIA, Sector.MEDIA, Sector.GOVERNMENT)
}


@dataclass(frozen=True, slots=True)
class Preset:
    key: str
    label: Any
    method: str
    lines: tuple[tuple[Any, int, str], ...]
    seats: int = 25

    @property
    def items(self) -> list[Item]:
        """In the language of whoever makes the session: from there on the texts are theirs."""
        shared = (Kind.TABLES, Kind.VOTE)
        return [
            Item(str(title), minutes, kind, str(EVERYBODY) if kind in shared else "")
            for title, minutes, kind in self.lines
        ]

    @property
    def minutes(self) -> int:
        return sum(minutes for _title, minutes, _kind in self.lines)


WELCOME = (_("Welcome and rules of the table"), 10, Kind.WELCOME)
DATA = (_("What the data say"), 20, Kind.DATA)
PRIORITIES = (_("Priorities: everybody shares out their votes"), 20, Kind.VOTE)
COMMITMENTS = (_("Commitments with name and date"), 30, Kind.COMMITMENTS)

PRESETS = {
    preset.key: preset
    for preset in (
        Preset(
            "mesa",
            _("Dialogue table"),
            Session.Method.TABLE,
            (WELCOME, DATA, (_("Tables: which question is missing?"), 40, Kind.TABLES), PRIORITIES, COMMITMENTS),
        ),
        Preset(
            "world-cafe",
            _("World Café"),
            Session.Method.WORLD_CAFE,
            (
                WELCOME,
                DATA,
                (_("First round"), 20, Kind.TABLES),
                (_("Second round: other table, other people"), 20, Kind.TABLES),
                (_("Third round"), 20, Kind.TABLES),
                (_("Harvest: what each table found"), 20, Kind.PLENARY),
                PRIORITIES,
                COMMITMENTS,
            ),
            seats=30,
        ),
        Preset(
            "sigue-el-dinero",
            _("Follow the money"),
            Session.Method.TREASURE_HUNT,
            (
                WELCOME,
                (_("Which problem do we follow?"), 20, Kind.PLENARY),
                (_("In teams: look for the money in the data"), 60, Kind.TABLES),
                (_("What we found, and what could not be found"), 30, Kind.PLENARY),
                COMMITMENTS,
            ),
        ),
        Preset(
            "taller",
            _("Workshop"),
            Session.Method.WORKSHOP,
            (WELCOME, DATA, (_("Work in groups"), 60, Kind.TABLES), (_("What we take with us"), 30, Kind.PLENARY)),
        ),
        Preset(
            "seguimiento",
            _("Follow-up of commitments"),
            Session.Method.FOLLOW_UP,
            (
                (_("What was agreed"), 10, Kind.WELCOME),
                (_("Commitment by commitment: what was done, with which proof"), 50, Kind.PLENARY),
                (_("What changes, and new dates"), 30, Kind.COMMITMENTS),
            ),
            seats=15,
        ),
    )
}
DEFAULT = "mesa"
