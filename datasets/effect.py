"""What other decisions would change: counts and sums as they are now beside those of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from datasets.trial import Trial
from datasets.words import amount, moment_name, number, signed_amount

from .models import Ingest

COUNTS = ("rows_read", "rows_loaded", "rows_rejected", "rows_skipped")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    before: str
    after: str
    difference: str
    is_change: bool


@dataclass(frozen=True, slots=True)
class Effect:
    counts: list[Row]
    sums: list[Row]
    partial: bool


def effect(ingest: Ingest, trial: Trial) -> Effect:
    return Effect(_counts(ingest, trial.report), _sums(ingest.report, trial.report), trial.partial)


def _counts(ingest: Ingest, after: Mapping[str, Any]) -> list[Row]:
    names = {
        "rows_read": _("Read"),
        "rows_loaded": _("Valid rows"),
        "rows_rejected": _("Rejected rows"),
        "rows_skipped": _("Left out"),
    }
    rows = []
    for key in COUNTS:
        old, new = getattr(ingest, key), int(after.get(key) or 0)
        if key == "rows_loaded" and ingest.status == Ingest.Status.NEEDS_MAPPING:
            old = ingest.rows_read - ingest.rows_rejected - ingest.rows_skipped
        rows.append(Row(names[key], number(old), number(new), f"{new - old:+,}" if new != old else "0", new != old))
    return rows


def _sums(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    old, new = before.get("totals") or {}, after.get("totals") or {}
    names = [*new, *[name for name in old if name not in new]]
    return [_sum(name, _decimal(old.get(name)), _decimal(new.get(name))) for name in names]


def _sum(name: str, old: Decimal | None, new: Decimal | None) -> Row:
    difference = None if old is None or new is None else new - old
    return Row(moment_name(name), amount(old), amount(new), signed_amount(difference), old != new)


def _decimal(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))
