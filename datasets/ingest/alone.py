"""Corrected rows of a file that is read in pieces, loaded alone: the rest of it is neither read nor written again.

Where each row can be read by itself, what a correction changes is known from the rows: a slice that one of them belongs to
gets a new release, copied inside the database from the one before it and the corrected lines added (`datasets.ingest.begun`);
every other slice stays as it is. Before anything is written the rows are read once without the corrections, and must give
the very refusals that the earlier load told: only then is the file read today as it was then. In any doubt all of it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.conf import settings
from django.db import connection

from datasets.ingest.begun import Begun
from datasets.ingest.chunks import Chunk, Reject
from datasets.ingest.clean import Cleaner
from datasets.ingest.corrected import Base, columns_of
from datasets.ingest.flow import Flow
from datasets.ingest.readers.seek import records_at
from datasets.ingest.readers.stream import Tally, block_of
from datasets.ingest.report import FIRST_ISSUES, Outcome, issue_json
from datasets.ingest.shapes import Finding, Reading, StreamPlan, Table, UnreadableFile
from datasets.ingest.slices import SliceFinder
from datasets.ingest.totals import Totals
from datasets.ingest.understand import understand
from datasets.models import Ingest, RowIssue

ANEW = ("many_rejected", "new_public_body")  # remarks that are made again on what is so now
Records = Mapping[int, list[str]]


@dataclass(slots=True)
class Pass:
    """The rows cleaned, with the corrections or without them."""

    flow: Flow
    tally: Tally = field(default_factory=Tally)
    totals: Totals = field(default_factory=Totals)
    chunk: Chunk | None = None  # none where every row is left out by a rule

    @property
    def refused(self) -> list[Reject]:
        return self.chunk.rejects if self.chunk is not None else []

    @property
    def remarks(self) -> list[Reject]:
        return self.chunk.remarks if self.chunk is not None else []

    @property
    def lines(self) -> int:
        return len(self.chunk) if self.chunk is not None else 0


@dataclass(frozen=True, slots=True)
class Alone:
    """What is to be loaded: the rows as they were, and as they are."""

    ingest: Ingest
    base: Base
    before: Pass
    after: Pass

    def count(self, outcome: Outcome) -> None:
        """Of the whole file, as if all of it had been read: what was counted then, and what is different now."""
        earlier, before, after = self.base.ingest, self.before, self.after
        outcome.rows_read = earlier.rows_read
        outcome.rows_loaded = earlier.rows_loaded + after.lines - before.lines
        outcome.rows_rejected = earlier.rows_rejected + len(after.refused) - len(before.refused)
        outcome.skipped = Counter(earlier.report.get("skipped") or {})
        outcome.skipped.update(after.tally.skipped)
        outcome.skipped.subtract(before.tally.skipped)
        outcome.rejects, outcome.remarks = list(after.refused), list(after.remarks)
        told = earlier.row_issues.filter(raw__isnull=True).exclude(code__in=ANEW).order_by("id")
        outcome.findings = [_finding(issue) for issue in told]
        still = earlier.row_issues.filter(raw__isnull=False).exclude(line_no__in=self.base.numbers)
        outcome.still = [issue_json(issue) for issue in still.order_by("severity", "id")[:FIRST_ISSUES]]

    def load(self, outcome: Outcome) -> None:
        """In the transaction that runs."""
        Begun(self.ingest, self.base, self.before, self.after).load(outcome)
        columns = ", ".join(columns_of(RowIssue, "id", "ingest_id"))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO datasets_rowissue (ingest_id, {columns}) SELECT %s, {columns} FROM datasets_rowissue "  # noqa: S608
                "WHERE ingest_id = %s AND raw IS NOT NULL AND line_no <> ALL(%s) ORDER BY id",
                [self.ingest.pk, self.base.ingest.pk, self.base.numbers],
            )


def alone(ingest: Ingest, base: Base, flow: Flow) -> Alone | None:
    """The rows by themselves, where that is sound; `flow` is that of the whole file, and stays as it is."""
    reading = flow.reading
    if set(base.rows) != {""} or not _is_streamed(reading):
        return None
    told = base.ingest.report
    if reading.columns != told.get("columns") or reading.encoding != told.get("encoding"):
        return None
    earlier = _read_before(base.ingest, reading)
    if earlier is None or not _same_way(earlier, reading):
        return None
    plan = _plan(reading.tables[0])
    records = records_at(plan.path, base.numbers, plan.encoding, plan.delimiter)
    if len(records) < base.count:
        return None
    records = {row: [cell.replace("\0", "") for cell in cells] for row, cells in records.items()}
    before, after = (_cleaned(Flow(one, flow.said, flow.territory), records) for one in (earlier, reading))
    asks = any(finder.contradictions or finder.questions for finder in after.flow.finders)
    return Alone(ingest, base, before, after) if not asks and _gives_what_was_told(before, base) else None


def _is_streamed(reading: Reading) -> bool:
    one = len(reading.tables) == 1 and reading.tables[0].stream is not None
    return one and reading.complete and not reading.questions


def _read_before(ingest: Ingest, reading: Reading) -> Reading | None:
    """As the earlier load would be read today. It is not written to, and its letters are not told apart a second time."""
    twin = copy(ingest)
    twin.pk = None
    known = {"encoding": reading.encoding, "delimiter": reading.delimiter}
    twin.options = ingest.options | {"reading": known | ingest.options.get("reading", {})}
    if not (Path(settings.MEDIA_ROOT) / ingest.file.storage_path).exists():
        return None
    try:
        found = understand(twin, lambda done: None)
    except UnreadableFile:
        return None
    return found if _is_streamed(found) else None


def _same_way(one: Reading, other: Reading) -> bool:
    """But for the corrections, which may stand in the head of which the columns were understood."""
    mine, theirs = one.tables[0], other.tables[0]
    same = all(
        getattr(mine, name) == getattr(theirs, name)
        for name in ("kind", "breakdown", "context", "columns", "decimal", "unit")
    )
    plans = [replace(_plan(table), fixes={}, encoding="") for table in (mine, theirs)]
    return same and plans[0] == plans[1]


def _plan(table: Table) -> StreamPlan:
    assert table.stream is not None
    return table.stream


def _cleaned(flow: Flow, records: Records) -> Pass:
    table = flow.reading.tables[0]
    finder = SliceFinder(table, flow.said, flow.territory, flow.slices)
    flow.finders.append(finder)
    found = Pass(flow)
    block = block_of(_plan(table), records, found.tally)
    if block is not None:
        found.chunk = Cleaner(0, table, finder, flow.book, flow.sheets).clean(block)
        found.totals.add(found.chunk)
    flow.slice_list.extend(flow.slices)
    return found


def _gives_what_was_told(before: Pass, base: Base) -> bool:
    """Whether the rows without the corrections are refused for the same cells, with the same texts, as they were."""
    told = base.ingest.row_issues.filter(raw__isnull=False, line_no__in=base.numbers)
    known = sorted((issue.code, issue.line_no or 0, issue.column, sorted((issue.raw or {}).items())) for issue in told)
    found = [*before.refused, *before.remarks]
    return known == sorted((one.code, one.row, one.column[:300], sorted(one.raw.items())) for one in found)


def _finding(issue: RowIssue) -> Finding:
    return Finding(
        issue.code,
        issue.severity,
        issue.message,
        issue.hint,
        sheet=issue.sheet or None,
        line_no=issue.line_no,
        column=issue.column or None,
        value=issue.value or None,
    )
