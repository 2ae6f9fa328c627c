"""Rows that a version adds, drops or changes against the one before it, told apart by what they are about.

A budget line is known by its labels, a contract by its numbers, supplier and date; the same twice counts by its order. The
pairing is done by the database in one statement over the two releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, models

from .lines import name_of
from .models import LINES, Contract, Kind, Release

SHOWN = 20
CONTRACT_KEY = ("contract_number", "procedure_number", "supplier_id", "title", "signed_on", "currency")
CONTRACT_AMOUNTS = ("amount", "amount_min", "amount_max")

_PAIRS = """
    WITH fresh AS (
        SELECT line_no, {key}, {amounts}, row_number() OVER (PARTITION BY {key} ORDER BY line_no) AS nth
        FROM {table} WHERE public_body_id = %(body)s AND release_id = %(fresh)s
    ), old AS (
        SELECT line_no, {key}, {amounts}, row_number() OVER (PARTITION BY {key} ORDER BY line_no) AS nth
        FROM {table} WHERE public_body_id = %(body)s AND release_id = %(old)s
    ), pairs AS (
        SELECT fresh.line_no AS fresh_no, old.line_no AS old_no,
               (CASE WHEN old.line_no IS NULL THEN 'added' WHEN fresh.line_no IS NULL THEN 'gone'
                     WHEN {changed} THEN 'changed' END) AS fate
        FROM fresh FULL JOIN old ON fresh.nth = old.nth AND {same}
    )
    SELECT fate, fresh_no, old_no, n
    FROM (SELECT pairs.*, count(*) OVER (PARTITION BY fate) AS n,
                 row_number() OVER (PARTITION BY fate ORDER BY coalesce(fresh_no, old_no)) AS place
          FROM pairs WHERE fate IS NOT NULL) AS told
    WHERE place <= %(shown)s ORDER BY fate, place
"""


@dataclass(frozen=True, slots=True)
class RowChange:
    fate: str  # added | gone | changed
    name: str
    release: Release  # where the row leads to
    line_no: int
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class RowDifferences:
    added: int
    gone: int
    changed: int
    rows: list[RowChange]

    @property
    def any(self) -> bool:
        return bool(self.added or self.gone or self.changed)


def row_differences(release: Release, previous: Release, moment: str) -> RowDifferences:
    """`moment` is the figure that is shown of each row."""
    model = LINES[release.kind]
    counts = {"added": 0, "gone": 0, "changed": 0}
    found = []
    for fate, fresh_no, old_no, number in _pairs(model, release, previous):
        counts[fate] = number
        found.append((fate, fresh_no, old_no))
    fresh = _lines(model, release, [number for _fate, number, _old in found if number])
    old = _lines(model, previous, [number for _fate, _fresh, number in found if number])
    rows = [_change(fate, fresh.get(one), old.get(other), release, previous, moment) for fate, one, other in found]
    return RowDifferences(**counts, rows=rows)


def _pairs(model: type[models.Model], release: Release, previous: Release) -> list[tuple[Any, ...]]:
    key, amounts = _fields(model, release.kind)
    sql = _PAIRS.format(
        table=model._meta.db_table,
        key=", ".join(key),
        amounts=", ".join(amounts),
        changed=" OR ".join(f"fresh.{name} IS DISTINCT FROM old.{name}" for name in amounts),
        # NULL is no label, and the same on both sides; COALESCE lets the database join by hash.
        same=" AND ".join(f"{_known('fresh', name)} = {_known('old', name)}" for name in key),
    )
    values = {"body": release.public_body_id, "fresh": release.pk, "old": previous.pk, "shown": SHOWN}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _known(side: str, name: str) -> str:
    if name == "signed_on":
        return f"coalesce({side}.{name}, '-infinity')"
    return f"coalesce({side}.{name}, 0)" if name.endswith("_id") else f"{side}.{name}"


def _fields(model: Any, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if kind == Kind.CONTRACTS:
        return CONTRACT_KEY, CONTRACT_AMOUNTS
    return tuple(f"{name}_id" for name in model.LABELS), model.MOMENTS


def _lines(model: Any, release: Release, numbers: list[int]) -> dict[int, Any]:
    if not numbers:
        return {}
    lines = model.objects.filter(public_body=release.public_body_id, release=release.pk, line_no__in=numbers)
    labels = ("supplier",) if model is Contract else model.LABELS
    return {line.line_no: line for line in lines.select_related(*labels)}


def _change(fate: str, fresh: Any, old: Any, release: Release, previous: Release, moment: str) -> RowChange:
    line = fresh if fresh is not None else old
    name = "amount" if release.kind == Kind.CONTRACTS else moment
    where = release if fresh is not None else previous
    return RowChange(fate, name_of(line), where, line.line_no, getattr(old, name, None), getattr(fresh, name, None))
