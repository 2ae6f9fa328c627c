"""What a load that corrects rows of another leaves as it is: releases in which nothing changed get no new version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, models

from datasets.ingest.report import Outcome
from datasets.models import LINES, ContractCell, ExpenditureCell, Ingest, Release, RevenueCell

#: kind -> the table that holds its cells
CELLS: dict[str, type[models.Model]] = {
    "expenditure": ExpenditureCell,
    "revenue": RevenueCell,
    "contracts": ContractCell,
}
STANDS = (Ingest.Status.READY, Ingest.Status.RETURNED, Ingest.Status.PUBLISHED)
Fixes = dict[str, dict[str, dict[str, str]]]  # sheet -> row -> {heading: text}


@dataclass(frozen=True, slots=True)
class Base:
    """The load whose rows are corrected, and the rows whose cells are others now."""

    ingest: Ingest
    rows: dict[str, set[int]]  # by sheet

    @property
    def count(self) -> int:
        return sum(map(len, self.rows.values()))

    @property
    def numbers(self) -> list[int]:
        """Of the rows of delimited text, which is a sheet without a name."""
        return sorted(self.rows.get("", ()))


def base_of(ingest: Ingest) -> Base | None:
    """The load that this one corrects rows of, read in every other way as it was; None where there is none."""
    earlier = ingest.follows
    while earlier is not None and earlier.may_be_tried_again:  # a correction that ended in the middle begins again
        earlier = earlier.follows
    if earlier is None or earlier.file_id != ingest.file_id or earlier.status not in STANDS or not earlier.rows_loaded:
        return None
    rows = _changed(ingest.options.get("fixes") or {}, earlier.options.get("fixes") or {})
    return Base(earlier, rows) if rows and _way(ingest) == _way(earlier) else None


def _way(ingest: Ingest) -> dict[str, Any]:
    """How the file is read but for the corrections. A profile that was remembered is named by whoever corrects."""
    return {name: value for name, value in ingest.options.items() if name not in ("fixes", "mapping")}


def _changed(fixes: Fixes, before: Fixes) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for sheet in fixes.keys() | before.keys():
        mine, theirs = fixes.get(sheet, {}), before.get(sheet, {})
        if rows := {int(row) for row in mine.keys() | theirs.keys() if mine.get(row) != theirs.get(row)}:
            found[sheet] = rows
    return found


def overtaken_by(ingest: Ingest) -> Ingest | None:
    """The load of the same file whose corrections would go if this one were published: they are public now, in a slice of
    which this one has a draft, and it has the same cells as the file says them."""
    corrected = ingest.file.ingests.filter(options__has_key="fixes").exclude(pk=ingest.pk).order_by("-pk")
    mine = _cells_of(ingest)
    losing = {one.pk: one for one in corrected if _cells_of(one) - mine}
    if not losing:
        return None
    drafts = Release.objects.of_load(ingest).filter(status=Release.Status.DRAFT)
    slices = set(drafts.values_list(*Release.SLICE))
    public = Release.objects.published().filter(ingest__in=losing).order_by("-pk")
    found = (one.ingest_id for one in public if tuple(getattr(one, name) for name in Release.SLICE) in slices)
    return losing.get(next(found, 0))


def _cells_of(ingest: Ingest) -> set[tuple[str, str, str]]:
    fixes: Fixes = ingest.options.get("fixes") or {}
    return {(sheet, row, heading) for sheet, rows in fixes.items() for row, cells in rows.items() for heading in cells}


def releases_of(base: Ingest) -> list[Release]:
    """Of every slice of the load: its own, and those that it left as they were when it corrected another."""
    ids = {one["release"] for one in base.report.get("slices") or []} - {None}
    return list(Release.objects.filter(pk__in=ids).select_related("public_body"))


def keep_unchanged(base: Base, ingest: Ingest, outcome: Outcome) -> None:
    """Take away the new releases that say what those of the corrected load say, line by line; the older ones stand for them."""
    older = {tuple(release.slice_key.values()): release for release in releases_of(base.ingest)}
    pairs = []
    for fresh in ingest.releases.all():
        old = older.get(tuple(fresh.slice_key.values()))
        if old is not None and _sized(old) == _sized(fresh):
            pairs.append((old, fresh))
    same = _same_lines(pairs)
    _take_away([fresh for _old, fresh in same])
    stands = {fresh.pk: old.pk for old, fresh in same}
    outcome.slices = [replace(one, release=stands.get(one.release or 0, one.release)) for one in outcome.slices]
    outcome.correction = told(base, alone=False, kept=stands.values())


def told(base: Base, *, alone: bool, kept: Iterable[int]) -> dict[str, Any]:
    """For the report."""
    return {"of": base.ingest.pk, "alone": alone, "rows": base.count, "kept": sorted(kept)}


def _sized(release: Release) -> tuple[object, ...]:
    return release.line_count, release.totals, release.sheets


def _same_lines(pairs: Sequence[tuple[Release, Release]]) -> list[tuple[Release, Release]]:
    """Those of equal lines; only their numbers may differ, since a row that is loaded now moves all that follow it."""
    differ: set[int] = set()
    for kind in {old.kind for old, _fresh in pairs}:
        of_kind = [(old, fresh) for old, fresh in pairs if old.kind == kind]
        columns = ", ".join(f"t.{name}" for name in columns_of(LINES[kind], "release_id", "line_no"))
        table = LINES[kind]._meta.db_table
        half = f"SELECT p.fresh, {columns} FROM p JOIN {table} t ON (t.public_body_id, t.release_id) = (p.body, p.%s)"  # noqa: S608
        pairs_ = "SELECT * FROM unnest(%s::int[], %s::int[], %s::int[]) AS p(body, old, fresh)"
        differing = f"{half % 'old'} EXCEPT ALL {half % 'fresh'}"
        sql = f"WITH p AS MATERIALIZED ({pairs_}) SELECT DISTINCT fresh FROM ({differing}) AS differing"  # noqa: S608
        ids = [[old.public_body_id, old.pk, fresh.pk] for old, fresh in of_kind]
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(column) for column in zip(*ids, strict=True)])
            differ |= {row[0] for row in cursor.fetchall()}
    return [(old, fresh) for old, fresh in pairs if fresh.pk not in differ]


def _take_away(releases: Sequence[Release]) -> None:
    """Drafts of the transaction that runs: nobody has seen them."""
    ids, bodies = [release.pk for release in releases], [release.public_body_id for release in releases]
    kinds = {release.kind for release in releases}
    with connection.cursor() as cursor:
        for model in [*(LINES[kind] for kind in kinds), *(CELLS[kind] for kind in kinds & CELLS.keys())]:
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} WHERE public_body_id = ANY(%s) AND release_id = ANY(%s)",  # noqa: S608
                [bodies, ids],
            )
    Release.objects.filter(pk__in=ids).delete()


def columns_of(model: type[models.Model], *without: str) -> list[str]:
    """Names of the columns that are written, in quotes; not those that the database makes itself."""
    fields = (field for field in model._meta.local_concrete_fields if not field.generated)
    return [f'"{field.column}"' for field in fields if field.column and field.column not in without]
