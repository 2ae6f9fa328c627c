"""What the law says beside the figures: references, caps that count, terms during which a supplier was barred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from datasets.models import Contract, Kind, LegalReference, ProcurementCap, PublicBody, Release, Sanction
from gesoc.common.dates import months_later
from gesoc.common.moments import present

from .registers import same_suppliers

BARS = (Sanction.Outcome.BOTH, Sanction.Outcome.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class Barred:
    """From which day to which a register says that a supplier may not sell, both included."""

    starts: date
    ends: date


def legal_references() -> QuerySet[LegalReference]:
    return LegalReference.objects.select_related("state")


def procurement_caps() -> QuerySet[ProcurementCap]:
    return ProcurementCap.objects.select_related("state", "municipality__state")


def caps_of(body: PublicBody, *, method: str) -> list[ProcurementCap]:
    """Confirmed caps that a body's own money is spent under, whenever they held."""
    return list(ProcurementCap.objects.confirmed().of(body).filter(method=method))


def caps_kept_of(body: PublicBody, *, method: str) -> list[ProcurementCap]:
    """The same for a page, from what a process keeps for a minute: a few dozen for the whole country."""
    return [cap for cap in _all_caps(present()) if cap.method == method and cap.is_of(body)]


@lru_cache(maxsize=1)
def _all_caps(moment: float) -> list[ProcurementCap]:
    return list(ProcurementCap.objects.confirmed())


def barred_suppliers(contracts: QuerySet[Contract]) -> Mapping[int, Sequence[Barred]] | None:
    """The terms of those of these contracts' suppliers that a register bars, by number; None where no register is published.

    Whether two are the same is asked as everywhere (`same_suppliers`): by RFC, or a company by its whole name.
    """
    registers = Release.objects.published().filter(kind=Kind.SANCTIONS)
    if not registers.exists():
        return None
    number = Coalesce("supplier__merged_into__number", "supplier__number")
    numbers = dict(contracts.exclude(supplier=None).order_by().values_list("supplier", number).distinct())
    same = same_suppliers(numbers)
    bearers: dict[int, set[int]] = defaultdict(set)
    for pk, others in same.items():
        for other in others:
            bearers[other].add(numbers[pk])
    found: dict[int, set[Barred]] = defaultdict(set)
    sanctions = Sanction.objects.filter(supplier__in=bearers, release__in=registers.values("pk"), outcome__in=BARS)
    for supplier, starts, ends, months in sanctions.values_list("supplier", "starts_on", "ends_on", "term_months"):
        if term := _term(starts, ends, months):
            for one in bearers[supplier]:
                found[one].add(term)
    return {one: sorted(terms, key=lambda term: (term.starts, term.ends)) for one, terms in found.items()}


def _term(starts: date | None, ends: date | None, months: int | None) -> Barred | None:
    """None where the register does not say from when until when."""
    if starts is None or not (ends or months):
        return None
    return Barred(starts, ends or months_later(starts, months or 0) - timedelta(days=1))
