"""With whom a municipality is fairly compared: groups that say why, and that a reader can change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any, TypeVar

from django.utils.translation import gettext, gettext_lazy

from datasets.selectors import Standing
from gesoc.common.money import number
from municipalities.models import MetropolitanMembership

T = TypeVar("T")
Kind = MetropolitanMembership.Kind
# People from … to under …: about a fifth of Mexico's municipalities in each but the last.
BANDS = ((0, 5_000), (5_000, 15_000), (15_000, 50_000), (50_000, 150_000), (150_000, 500_000), (500_000, None))
GROUPS = {
    "tamano": gettext_lazy("Of similar size"),
    "estado": gettext_lazy("Of the same state"),
    "costa": gettext_lazy("By the coast"),
    "metropoli": gettext_lazy("Of a like metropolis"),
    "todos": gettext_lazy("All with data"),
}
UNASKED = ("tamano", "estado", "todos")  # in this order; the others are for who asks for them
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
    return BUCKETS[key](one)


def _size(one: Standing) -> str | None:
    band = band_of(one.population)
    return str(band[0]) if band else None


def _coast(one: Standing) -> str | None:
    return None if one.coastal is None else str(int(one.coastal))


def _metropolitan(one: Standing) -> str | None:
    return None if one.zone is None else one.zone_kind


METROPOLITAN_REASONS = {
    Kind.ZONE: gettext_lazy(
        "Municipalities of a metropolitan zone, its own is %(zone)s, by the official list of %(edition)s"
    ),
    Kind.CITY: gettext_lazy(
        "Municipalities that are a metropolis by themselves, as %(zone)s is, by the official list of %(edition)s"
    ),
    Kind.CONURBATION: gettext_lazy(
        "Municipalities of a conurbation, its own is %(zone)s, by the official list of %(edition)s"
    ),
    "": gettext_lazy("Municipalities outside the metropolises, by the official list of %(edition)s"),
}
BUCKETS: Mapping[str, Callable[[Standing], str | None]] = {
    "tamano": _size,
    "estado": lambda one: one.state_code,
    "costa": _coast,
    "metropoli": _metropolitan,
    "todos": lambda one: "",
}


def reason_of(key: str, mine: Standing) -> str:
    return REASONS[key](mine)


def _state_reason(mine: Standing) -> str:
    return gettext("Municipalities of %(state)s with data of the year") % {"state": mine.state}


def _coast_reason(mine: Standing) -> str:
    if mine.coastal is None:
        return gettext("Whether it has a sea coast is not known here: it is younger than the map of borders")
    if mine.coastal:
        return gettext("Municipalities with a sea coast, read from the borders of INEGI's Marco Geoestadístico 2020")
    return gettext("Municipalities without a sea coast, read from the borders of INEGI's Marco Geoestadístico 2020")


def _metropolitan_reason(mine: Standing) -> str:
    if mine.zone_edition is None:
        return gettext("The list of metropolitan zones is not loaded here")
    said = {"zone": mine.zone, "edition": mine.zone_edition}
    if mine.zone is None:
        return gettext("It is younger than the official list of metropolitan zones of %(edition)s") % said
    return METROPOLITAN_REASONS[mine.zone_kind] % said


def closest(sizes: Mapping[str, int], wanted: str = "") -> str:
    """The group asked for, even if it is small; unasked, the first one that is large enough."""
    if wanted in GROUPS:
        return wanted
    return next((key for key in UNASKED if sizes[key] >= ENOUGH), UNASKED[-1])


def peers_of(mine: Standing, everybody: Iterable[Standing], wanted: str = "") -> Peers:
    others = [one for one in everybody if one.code != mine.code]
    groups = {key: _members(key, mine, others) for key in GROUPS}
    key = closest({key: len(members) for key, members in groups.items()}, wanted)
    return Peers(key, groups[key], reason_of(key, mine))


def _members(key: str, mine: Standing, others: Sequence[Standing]) -> list[Standing]:
    mark = bucket(key, mine)
    return [one for one in others if mark is not None and bucket(key, one) == mark]


def _size_reason(mine: Standing) -> str:
    band = band_of(mine.population)
    if band is None:
        return gettext("The number of its inhabitants is not known here")
    low, high = band
    if high is None:
        return gettext("Municipalities of %(low)s inhabitants or more") % {"low": number(low)}
    return gettext("Municipalities of %(low)s to %(high)s inhabitants") % {"low": number(low), "high": number(high)}


REASONS: Mapping[str, Callable[[Standing], str]] = {
    "tamano": _size_reason,
    "estado": _state_reason,
    "costa": _coast_reason,
    "metropoli": _metropolitan_reason,
    "todos": lambda mine: gettext("All municipalities with data of the year"),
}


def middle(members: Iterable[T], of: Callable[[T], Any]) -> Decimal | None:
    """The median of those that state the figure; nothing where fewer than enough do."""
    values = [value for one in members if (value := of(one)) is not None]
    return Decimal(median(values)) if len(values) >= ENOUGH else None
