"""New releases that begin as a copy of earlier ones, made inside the database, and go on with corrected lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection, models

from datasets.ingest.corrected import CELLS, Base, columns_of, releases_of, told
from datasets.ingest.load import Loader
from datasets.ingest.report import Outcome, SliceResult, cents_of, decimals
from datasets.ingest.slices import SliceKey
from datasets.ingest.targets import Targets, write_down
from datasets.models import LINES, Ingest, Release

if TYPE_CHECKING:
    from datasets.ingest.alone import Pass

Sums = dict[str, int]
_STAYS = "FROM {table} WHERE public_body_id = %(body)s AND release_id = %(old)s AND source_row <> ALL(%(gone)s)"


@dataclass(slots=True)
class Begun:
    """The slices that corrected rows belong to, or belonged to."""

    ingest: Ingest
    base: Base
    before: Pass
    after: Pass
    targets: Targets = field(init=False)
    older: dict[int, Release] = field(default_factory=dict)  # new release -> the one that it begins as
    numbers: dict[int, int] = field(default_factory=dict)  # row -> number of its line

    def __post_init__(self) -> None:
        self.targets = Targets(self.ingest)

    @property
    def kind(self) -> str:
        return self.after.flow.reading.tables[0].kind

    @property
    def releases(self) -> list[Release]:
        return list({release.pk: release for release in self.targets.releases.values()}.values())

    def load(self, outcome: Outcome) -> None:
        """Writes them; says of every slice of the file which release it has now."""
        known = {tuple(release.slice_key.values()): release for release in releases_of(self.base.ingest)}
        self.targets.get(list(dict.fromkeys([*self._keys(self.before), *self._keys(self.after)])))
        self.targets.save()
        for release in self.releases:
            if old := known.get(tuple(release.slice_key.values())):
                self.older[release.pk] = old
            self._begin(release)
        self._sum_up(self._write_corrected())
        outcome.slices = list(self._results())
        new = {release.pk for release in self.releases}
        kept = {one.release for one in outcome.slices if one.release} - new
        outcome.correction = told(self.base, alone=True, kept=kept)
        outcome.findings += self.targets.bodies.findings()

    def _keys(self, one: Pass) -> list[SliceKey]:
        """The slices that lines of the pass are in; a row that is refused belongs to none."""
        return [key for number, key in enumerate(one.flow.slice_list) if number in one.totals.lines]

    # -- lines and cells --------------------------------------------------------------------------------------------------

    def _begin(self, release: Release) -> None:
        mine = sorted(self._rows_of(release))
        old = self.older.get(release.pk)
        release.sheets = old.sheets if old else self.after.flow.sheets
        if old is None:
            self.numbers |= {row: place for place, row in enumerate(mine, 1)}
            return
        gone = self._source_rows(self.before)
        asked = {"body": old.public_body_id, "old": old.pk, "new": release.pk, "rows": mine, "gone": gone}
        with connection.cursor() as cursor:
            self._number(cursor, asked)
            release.line_count = _copy(cursor, LINES[self.kind], asked)
            if self.kind in CELLS and self.kind != "contracts":  # those of contracts are counted from their lines
                _copy_cells(cursor, CELLS[self.kind], asked)

    def _rows_of(self, release: Release) -> Iterator[int]:
        """The corrected lines that belong to it; two names of one body share a release."""
        chunk = self.after.chunk
        if chunk is not None:
            for row, number in zip(chunk.source_row.tolist(), chunk.slices.tolist(), strict=True):
                if self._release(self.after, number) is release:
                    yield row

    def _release(self, one: Pass, number: int) -> Release:
        return self.targets.releases[one.flow.slice_list[number]]

    def _source_rows(self, one: Pass) -> list[int]:
        return one.chunk.source_row.tolist() if one.chunk is not None else []

    def _number(self, cursor: Any, asked: dict[str, Any]) -> None:
        """A corrected line stands where its row stands among the others, which move on to make room (`_copy`)."""
        table = LINES[self.kind]._meta.db_table
        cursor.execute(f"SELECT {_place(asked)}, max(line_no) {_STAYS.format(table=table)} GROUP BY 1", asked)
        last = dict(cursor.fetchall())
        at = 0
        for place, row in enumerate(asked["rows"]):
            at = last.get(place, at)
            self.numbers[row] = at + place + 1

    def _write_corrected(self) -> dict[int, dict[str, list[int]]]:
        """How the cells of each release tell it then."""
        flow, chunk = self.after.flow, self.after.chunk
        loader = Loader(
            self.kind, flow.slice_list, self.targets.get, self.after.totals, flow.book.codes, begun=set(self.older)
        )
        if chunk is not None and len(chunk):
            rows = chunk.source_row.tolist()
            chunk.line_no = np.array([self.numbers[row] for row in rows], np.int32)
            if chunk.lines:
                chunk.lines.numbered(self.numbers)
            loader.write(chunk)
        loader.finish()
        return loader.headings()

    # -- sums -------------------------------------------------------------------------------------------------------------

    def _sum_up(self, headings: dict[int, dict[str, list[int]]]) -> None:
        for release in self.releases:
            lines, sums = self._change(release)
            old = self.older.get(release.pk)
            release.line_count = (old.line_count if old else 0) + lines
            release.totals = decimals(_added(_cents(old.totals) if old else {}, sums))
            release.headings = headings.get(release.pk, {})
        write_down([release for release in self.releases if release.line_count])
        Release.objects.filter(pk__in=[one.pk for one in self.releases if not one.line_count]).delete()

    def _change(self, release: Release) -> tuple[int, Sums]:
        """Lines and sums more, or less, than before."""
        lines, sums = 0, Sums()
        for one, sign in ((self.after, 1), (self.before, -1)):
            for number, count in one.totals.lines.items():
                if self._release(one, number) is release:
                    lines += sign * count
                    sums = _added(sums, one.totals.sums.get(number, {}), sign)
        return lines, sums

    def _results(self) -> Iterator[SliceResult]:
        fresh = {old.pk: release for release in self.releases if (old := self.older.get(release.pk))}
        new = {release.pk: key for key, release in self.targets.releases.items() if release.pk not in self.older}
        for one in map(SliceResult.of_json, self.base.ingest.report["slices"]):
            release = fresh.get(one.release or 0)
            if release is None:
                yield one
            elif release.line_count:
                # Of a body with two names the first one takes the change.
                lines, sums = self._change(release) if fresh.pop(one.release or 0, None) else (0, {})
                fresh_sums = _added(one.sums, sums)
                yield replace(one, rows_loaded=one.rows_loaded + lines, sums=fresh_sums, release=release.pk)
        for release in self.releases:
            if (key := new.get(release.pk)) and release.line_count:
                lines, sums = self._change(release)
                yield SliceResult(key, release.public_body.slug, lines, sums, release.pk)


def _copy(cursor: Any, model: type[models.Model], asked: dict[str, Any]) -> int:
    table = model._meta.db_table
    rest = ", ".join(columns_of(model, "public_body_id", "release_id", "line_no"))
    cursor.execute(
        f"INSERT INTO {table} (public_body_id, release_id, line_no, {rest}) "
        f"SELECT public_body_id, %(new)s, line_no + {_place(asked)}, {rest} {_STAYS.format(table=table)}",
        asked,
    )
    return int(cursor.rowcount)


def _copy_cells(cursor: Any, model: type[models.Model], asked: dict[str, Any]) -> None:
    table = model._meta.db_table
    rest = ", ".join(columns_of(model, "release_id"))
    cursor.execute(
        f"INSERT INTO {table} (release_id, {rest}) SELECT %(new)s, {rest} FROM {table} "  # noqa: S608
        "WHERE public_body_id = %(body)s AND release_id = %(old)s",
        asked,
    )


def _place(asked: dict[str, Any]) -> str:
    """How many of the corrected rows stand before a line."""
    return "width_bucket(source_row, %(rows)s::int[])" if asked["rows"] else "0"


def _cents(totals: dict[str, str]) -> Sums:
    return {name: cents_of(text) for name, text in totals.items()}


def _added(one: Sums, other: Sums, sign: int = 1) -> Sums:
    return one | {name: one.get(name, 0) + sign * cents for name, cents in other.items()}
