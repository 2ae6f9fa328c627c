"""The score of the rubric: seven dimensions, weights as data, each with what it was computed from."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from datasets.models import Kind, Release

from .evidence import REQUIRED, Evidence, period_end

WEIGHTS = Path(__file__).with_name("weights.csv")
VERSION = 2
DIMENSIONS = ("availability", "format", "licence", "timeliness", "detail", "completeness", "consistency")
ONE, HALF, ZERO = Decimal(1), Decimal("0.5"), Decimal(0)
ON_TIME, LATE = 30, 180  # days after the end of the period
CLOSE = Decimal("0.001")  # of a printed total
RECENT_YEARS = 6
SPENDING_MOMENTS = ("approved", "modified", "committed", "accrued", "exercised", "paid")
INCOME_MOMENTS = ("estimated", "modified", "accrued", "collected")
OPEN_LICENCES = ("cc0", "cc by", "cc-by", "odc", "odbl", "pddl", "libre uso", "creative commons", "dominio publico")

# The documents that can be told apart by what is stored; the rest of the rubric's list is said to be unassessed.
DOCUMENTS: dict[str, Callable[[Evidence], list[Release]]] = {
    "revenue_law": lambda e: [one for one in e.of(Kind.REVENUE) if "estimated" in one.totals],
    "budget": lambda e: [one for one in e.of(Kind.EXPENDITURE) if "approved" in one.totals],
    "by_unit": lambda e: _told(e, "unit"),
    "by_object": lambda e: _told(e, "chapter"),
    "by_economic": lambda e: _told(e, "economic"),
    "by_function": lambda e: _told(e, "function"),
    "revenue_account": lambda e: [
        one for one in e.of(Kind.REVENUE) if "collected" in one.totals or "accrued" in one.totals
    ],
    "contracts": lambda e: e.of(Kind.CONTRACTS),
}
UNASSESSED = ("citizen_budget", "financial_discipline", "supplier_register", "federal_funds")


@dataclass(frozen=True, slots=True)
class Part:
    """One dimension. `score` is 0 to 1, None where nothing stored lets one judge."""

    dimension: str
    weight: Decimal
    score: Decimal | None
    items: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {
            "dimension": self.dimension,
            "weight": str(self.weight),
            "score": None if self.score is None else str(self.score.quantize(Decimal("0.0001"))),
            "items": self.items,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 over the weights that could be judged; `coverage` is their part of all weights, 0 to 100."""

    value: Decimal
    coverage: Decimal
    parts: tuple[Part, ...]


@cache
def weights(version: int = VERSION) -> dict[str, Decimal]:
    with WEIGHTS.open(newline="", encoding="utf-8") as file:
        return {
            row["dimension"]: Decimal(row["weight"]) for row in csv.DictReader(file) if row["version"] == str(version)
        }


def score(evidence: Evidence) -> Score:
    parts = tuple(Part(name, weights()[name], *MEASURES[name](evidence)) for name in DIMENSIONS)
    judged = [part for part in parts if part.score is not None]
    whole = sum((part.weight for part in judged), ZERO)
    got = sum((part.weight * (part.score or ZERO) for part in judged), ZERO)
    return Score(got / whole * 100 if whole else ZERO, whole / sum(weights().values()) * 100, parts)


Measured = tuple[Decimal | None, dict[str, Any]]


def availability(evidence: Evidence) -> Measured:
    found = {name: [one.pk for one in of(evidence)] for name, of in DOCUMENTS.items()}
    return _mean([ONE if releases else ZERO for releases in found.values()]), {"documents": found}


def _told(evidence: Evidence, by: str) -> list[Release]:
    return [one for one in evidence.of(Kind.EXPENDITURE) if evidence.keys.get(one.pk, {}).get(by)]


def formats(evidence: Evidence) -> Measured:
    """The best file of each document that is on record."""
    best = {}
    for name, of in DOCUMENTS.items():
        if releases := of(evidence):
            best[name] = max(readability(one) for one in releases)
    return _mean(best.values()), {"formats": {name: str(value) for name, value in best.items()}}


def readability(release: Release) -> Decimal:
    """1 for OCDS; 0.8 for one heading row and one record a row; 0.6 for a sheet laid out for print."""
    name = release.ingest.file.original_name.lower()
    if name.endswith((".json", ".jsonl", ".json.gz")):
        return ONE
    return Decimal("0.8") if release.ingest.report.get("header_row") == 1 else Decimal("0.6")


def licences(evidence: Evidence) -> Measured:
    found = {one.ingest.file.source.licence if one.ingest.file.source else "" for one in evidence.releases}
    return _mean([_openness(text) for text in found]), {"licences": sorted(text for text in found if text)}


def _openness(text: str) -> Decimal:
    if not text.strip():
        return ZERO
    return ONE if any(name in text.lower() for name in OPEN_LICENCES) else HALF


def timeliness(evidence: Evidence) -> Measured:
    """A file that arrived here within 180 days was published by then. One that arrived later may have been out for
    years: nothing can be said of it."""
    told = {}
    for one in evidence.releases:
        days = (timezone.localdate(one.ingest.file.retrieved_at) - period_end(one)).days
        if days <= LATE:
            told[str(one.pk)] = max(days, 0)
    return _mean([_promptness(days) for days in told.values()]), {"days": told}


def _promptness(days: int) -> Decimal:
    return ONE if days <= ON_TIME else max(ZERO, Decimal(LATE - days) / (LATE - ON_TIME))


def detail(evidence: Evidence) -> Measured:
    if not evidence.of(Kind.EXPENDITURE) and not evidence.contracts:
        return None, {}
    levels: dict[str, Decimal] = {}
    if evidence.of(Kind.EXPENDITURE):
        levels["object"] = _object_level(evidence)
        levels["unit"] = ONE if len(evidence.told_by("unit")) > 1 else ZERO
        levels["function"] = _function_level(evidence.told_by("function"))
        levels["programme"] = ONE if evidence.told_by("programme") else ZERO
    if evidence.contracts:
        levels["contracts"] = _mean([evidence.filled[name] for name in ("supplier", "amount", "title", "link")]) or ZERO
    return _mean(levels.values()), {
        "levels": {name: str(value.quantize(Decimal("0.01"))) for name, value in levels.items()}
    }


def _object_level(evidence: Evidence) -> Decimal:
    """Chapter, concept, generic item, specific item."""
    keys = evidence.told_by("item")
    if any(len(key) >= 4 and not key.endswith("0") for key in keys):
        return ONE
    if any(len(key) >= 4 and not key.endswith("00") for key in keys):
        return Decimal("0.75")
    if any(not key.endswith("000") for key in evidence.told_by("concept")):
        return HALF
    return Decimal("0.25") if evidence.told_by("chapter") else ZERO


def _function_level(keys: set[str]) -> Decimal:
    deepest = max((key.count(".") + 1 for key in keys), default=0)
    return {0: ZERO, 1: Decimal("0.33"), 2: Decimal("0.67")}.get(deepest, ONE)


def completeness(evidence: Evidence) -> Measured:
    """Recent years on record, quarters of the year, moments, and the fields that a contract needs."""
    found: dict[str, Decimal] = {}
    budgets = {one.year for one in evidence.everything if one.kind != Kind.CONTRACTS}
    recent = range(evidence.year - RECENT_YEARS + 1, evidence.year + 1)
    found["years"] = Decimal(len(budgets & set(recent))) / RECENT_YEARS
    quarters = {one.period for one in evidence.of(Kind.EXPENDITURE) if one.period.startswith("Q")}
    found["quarters"] = Decimal(len(quarters)) / 4
    stated = [len(_moments(evidence, kind) & set(all_)) / Decimal(len(all_)) for kind, all_ in _MOMENTS.items()]
    found["moments"] = _mean(stated) or ZERO
    if evidence.contracts:
        needed = [evidence.filled[name] for name in REQUIRED if name in ("supplier", "amount", "date", "procedure")]
        found["contract_fields"] = _mean(needed) or ZERO
    return _mean(found.values()), {
        "shares": {name: str(value.quantize(Decimal("0.01"))) for name, value in found.items()}
    }


_MOMENTS = {Kind.EXPENDITURE: SPENDING_MOMENTS, Kind.REVENUE: INCOME_MOMENTS}


def _moments(evidence: Evidence, kind: str) -> set[str]:
    return {moment for one in evidence.of(kind) for moment in one.totals}


def consistency(evidence: Evidence) -> Measured:
    """Printed totals that agree with the sum of their rows within a thousandth."""
    reports = {one.ingest_id: one.ingest.report for one in evidence.releases}
    controls = [control for report in reports.values() for control in report.get("control") or ()]
    if not controls:
        return None, {}
    right = sum(_agrees(control) for control in controls)
    return Decimal(right) / len(controls), {"controls": len(controls), "right": right}


def _agrees(control: dict[str, Any]) -> bool:
    published, difference = Decimal(control["published"]), abs(Decimal(control["difference"]))
    return difference <= max(abs(published) * CLOSE, Decimal("0.01"))


def _mean(values: Iterable[Decimal]) -> Decimal | None:
    known: Sequence[Decimal] = list(values)
    return sum(known, ZERO) / len(known) if known else None


MEASURES: dict[str, Callable[[Evidence], Measured]] = {
    "availability": availability,
    "format": formats,
    "licence": licences,
    "timeliness": timeliness,
    "detail": detail,
    "completeness": completeness,
    "consistency": consistency,
}
