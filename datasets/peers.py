"""With whom a municipality is fairly compared: groups that say why, and that a reader can change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from datasets.selectors import Standing
from gesoc.common.money import number

# People from … to under …: about a fifth of Mexico's municipalities in each but the last.
BANDS = ((0, 5_000), (5_000, 15_000), (15_000, 50_000), (50_000, 150_000), (150_000, 500_000), (500_000, None))
GROUPS = {
    "tamano": gettext_lazy("Of similar size"),
    "estado": gettext_lazy("Of the same state"),
    "todos": gettext_lazy("All with data"),
}
ENOUGH = 5  # others; a median of fewer says nothing


@dataclass(frozen=True)
class Peers:
    """`members` without the municipality itself; `reason` says why they are its peers."""

    key: str
    members: Sequence[Standing]
    reason: str

    @property
    def is_enough(self) -> bool:
        return len(self.members) >= ENOUGH


def band_of(people: int | None) -> tuple[int, int | None] | None:
    if people is None:
        return None
    return next((low, high) for low, high in BANDS if high is None or people < high)


def bucket(key: str, one: Standing) -> str | None:
    """What those of one group have in common; None: it belongs to none."""
    if key == "estado":
        return one.state_code
    if key == "tamano":
        band = band_of(one.population)
        return str(band[0]) if band else None
    return ""


def reason_of(key: str, mine: Standing) -> str:
    if key == "estado":
        return gettext("Municipalities of %(state)s with data of the year") % {"state": mine.state}
    return (
        _size_reason(band_of(mine.population))
        if key == "tamano"
        else gettext("All municipalities with data of the year")
    )


def closest(sizes: Mapping[str, int], wanted: str = "") -> str:
    """The group asked for, even if it is small; unasked, the first one that is large enough."""
    if wanted in GROUPS:
        return wanted
    return next((key for key in GROUPS if sizes[key] >= ENOUGH), list(GROUPS)[-1])


def peers_of(mine: Standing, everybody: Iterable[Standing], wanted: str = "") -> Peers:
    others = [one for one in everybody if one.code != mine.code]
    groups = {key: _members(key, mine, others) for key in GROUPS}
    key = closest({key: len(members) for key, members in groups.items()}, wanted)
    return Peers(key, groups[key], reason_of(key, mine))


def _members(key: str, mine: Standing, others: Sequence[Standing]) -> list[Standing]:
    mark = bucket(key, mine)
    return [one for one in others if mark is not None and bucket(key, one) == mark]


def _size_reason(band: tuple[int, int | None] | None) -> str:
    if band is None:
        return gettext("The number of its inhabitants is not known here")
    low, high = band
    if high is None:
        return gettext("Municipalities of %(low)s inhabitants or more") % {"low": number(low)}
    return gettext("Municipalities of %(low)s to %(high)s inhabitants") % {"low": number(low), "high": number(high)}


def middle(members: Iterable[Standing], of: Callable[[Standing], Any]) -> Decimal | None:
    """The median of those that state the figure; nothing where fewer than enough do."""
    values = [value for one in members if (value := of(one)) is not None]
    return Decimal(median(values)) if len(values) >= ENOUGH else None
