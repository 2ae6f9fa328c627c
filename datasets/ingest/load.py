"""Writing chunks: COPY of the lines and of the rollup cells, then the checks, all in one transaction."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from datasets.ingest import rollups
from datasets.ingest.binary import HEADER, TRAILER, Rows
from datasets.ingest.chunks import Chunk
from datasets.ingest.contract_lines import supplier_identity
from datasets.ingest.labelbook import LabelRow
from datasets.ingest.records import RECORDS, RecordKind
from datasets.ingest.slices import SliceKey
from datasets.ingest.totals import Totals

# Python's lock is asked for twice for each piece that is sent, and the reading thread may keep it for milliseconds.
PIECE = 1 << 20
MOST_READY = 10  # pieces of cells made while lines are on their way; the rest is made when these are written
LINES = {
    "expenditure": "datasets_expenditureline",
    "revenue": "datasets_revenueline",
}
KEYS = ("public_body_id", "release_id", "line_no", "sheet_no", "source_row", "last_row", "year")
Target = tuple[int, int]  # (public body, release)


class LoadMismatch(Exception):
    """The database does not hold what was sent: nothing is kept."""


@dataclass(slots=True)
class Loader:
    """Writes the chunks of one ingest. `targets` gives (or makes) the releases of slices. Runs inside a transaction."""

    kind: str
    slices: list[SliceKey]  # grows while the file is read
    targets: Callable[[list[SliceKey]], list[Target]]
    totals: Totals
    codes: dict[int, str]  # label -> official code; grows with the slices
    _targets: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    _suppliers: set[int] = field(default_factory=set)
    _cells: rollups.CellBook = field(init=False)
    # Releases that began as a copy of earlier ones, their cells with them.
    begun: set[int] = field(default_factory=set)
    _with_cells: set[int] = field(default_factory=set)  # releases of which cells are written already
    _added_to: set[int] = field(default_factory=set)  # those whose cells are not of one writing

    def __post_init__(self) -> None:
        self._cells = rollups.CellBook(self.kind, self.codes)
        self._with_cells |= self.begun
        self._added_to |= self.begun

    def write(self, chunk: Chunk) -> None:
        """One block's lines, its new labels or suppliers, and the cells that are due."""
        if not len(chunk):
            return
        self._know_slices()
        if record := RECORDS.get(self.kind):
            self._write_records(record, chunk)
        else:
            self._write_money(chunk)

    def finish(self) -> None:
        """Rollups of the new releases and the one set-based check that takes the place of foreign keys."""
        releases = self.release_ids()
        with connection.cursor() as cursor:
            if self.kind == "contracts":
                cursor.execute(rollups.CONTRACT_CELLS, {"releases": releases, **rollups.ENDS})
            elif self.kind not in RECORDS:
                self._cells.close()
                self._write_cells(self._due_cells())
            self._check(cursor)

    def headings(self) -> dict[int, dict[str, list[int]]]:
        """By release: how its cells tell it. Nothing of what has no such cells.

        Counted where the cells were made; only what was put together inside the database has to be asked of it.
        """
        told = {release: found for release, found in self._cells.headings.items() if release not in self._added_to}
        if self._added_to and self.kind in rollups.CELLS:
            with connection.cursor() as cursor:
                cursor.execute(rollups.count_headings(self.kind), {"releases": sorted(self._added_to)})
                told |= {release: json.loads(found) for release, found in cursor.fetchall()}
        return told

    def release_ids(self) -> list[int]:
        """The releases that this load wrote lines of."""
        return sorted({int(self._targets[number, 1]) for number in self.totals.lines} | self.begun)

    # -- lines ----------------------------------------------------------------------------------------------------

    def _know_slices(self) -> None:
        known = len(self._targets)
        if known < len(self.slices):
            fresh = np.array(self.targets(self.slices[known:]), np.int32).reshape(-1, 2)
            self._targets = np.concatenate([self._targets, fresh])

    def _write_money(self, chunk: Chunk) -> None:
        """While the database takes the lines, the cells that are due are made."""
        insert_labels(chunk.fresh_labels)
        with connection.cursor() as cursor, meanwhile(lambda: self._copy(cursor, LINES[self.kind], chunk.lines)):
            self._cells.add(chunk.slices, chunk.sums)
            due = self._due_cells() if self._cells.is_due() else None
            ready = list(islice(due, MOST_READY)) if due else []
        chunk.lines = None  # gone; memory is for what comes next
        if due:
            self._write_cells(chain(ready, due))

    def _copy(self, cursor: Any, table: str, rows: Rows | None) -> None:
        if rows:
            _all_arrived(copy_binary(cursor, table, rows.columns, rows.placed(self._targets)), len(rows))

    def _due_cells(self) -> Iterator[tuple[Rows, Rows]]:
        """Cells of the slices that do not go on: those of releases that had none before, and those to be added to others."""
        releases = self._targets[:, 1]
        known = np.array(sorted(self._with_cells), np.int32)
        for by, cells, keys in self._cells.take(releases):
            again = np.isin(releases[cells.slices], known)
            self._added_to.update(releases[cells.slices[again]].tolist())
            self._with_cells.update(np.unique(releases[cells.slices]).tolist())
            fresh, later = (rollups.encode_cells(by, cells.take(which), keys[which]) for which in (~again, again))
            yield fresh, later

    def _write_cells(self, due: Iterable[tuple[Rows, Rows]]) -> None:
        table, late, has_late = rollups.CELLS[self.kind], f"late_{self.kind}_cells", False
        with connection.cursor() as cursor:
            for fresh, later in due:
                self._copy(cursor, table, fresh)
                if later:
                    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {late} (LIKE {table}) ON COMMIT DROP")
                    self._copy(cursor, late, later)
                    has_late = True
            if has_late:
                cursor.execute(rollups.add_later(self.kind, late))

    def _write_records(self, record: RecordKind, chunk: Chunk) -> None:
        if record.names_suppliers:
            self._insert_suppliers(chunk.records)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        rows = zip(
            chunk.slices.tolist(),
            chunk.line_no.tolist(),
            chunk.source_row.tolist(),
            chunk.last_row.tolist(),
            chunk.records,
            strict=True,
        )
        for number, line_no, source_row, last_row, values in rows:
            body, release = self._targets[number].tolist()
            texts = [_text(values.get(name), is_cents=name in record.cents) for name in record.columns]
            writer.writerow(
                [body, release, line_no, chunk.sheet_no, source_row, last_row, self.slices[number].year, *texts]
            )
        _all_arrived(copy_csv(record.table, [*KEYS, *record.columns], out, record.not_null), len(chunk))

    def _insert_suppliers(self, records: list[dict[str, Any]]) -> None:
        fresh: dict[int, tuple[int, str, str, str, bool | None]] = {}
        for record in records:
            rfc = record["supplier_rfc"]
            identity = supplier_identity(record["supplier_name"], rfc)
            record["supplier_id"] = identity[0] if identity else None
            if identity and identity[0] not in self._suppliers:
                name = record["supplier_name"][:400] or rfc
                fresh[identity[0]] = (identity[0], name, identity[1] or rfc.lower(), rfc, identity[2])
        if fresh:
            self._suppliers |= fresh.keys()
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO datasets_supplier (id, name, name_key, rfc, is_natural_person) "
                    "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bool[]) "
                    "ON CONFLICT (id) DO NOTHING",
                    [list(column) for column in zip(*fresh.values(), strict=True)],
                )

    # -- check ----------------------------------------------------------------------------------------------------

    def _check(self, cursor: Any) -> None:
        """Every label and supplier that a line names exists. That every line arrived, each COPY has said (`_all_arrived`)."""
        for table, used in (("labels", self.codes), ("suppliers", self._suppliers)):
            cursor.execute(rollups.ORPHANS[table], [sorted(used)])
            if missing := cursor.fetchone()[0]:
                raise LoadMismatch(f"{missing} {table} that lines name do not exist")


def _text(value: Any, *, is_cents: bool) -> str:
    if value is None:
        return ""
    if is_cents:
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
    return str(value).replace("\0", "")


def insert_labels(labels: list[LabelRow]) -> None:
    """New texts; those that other files have used are there already. Two texts with one id would stop the load."""
    if not labels:
        return
    columns = [
        list(column)
        for column in zip(*((row.id, row.kind, row.code, row.published_code, row.name) for row in labels), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO datasets_label (id, kind, code, published_code, name) "
            "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) ON CONFLICT (id) DO NOTHING",
            columns,
        )


class _Pieces(io.RawIOBase):
    """An iterator of bytes as the file that COPY reads from."""

    def __init__(self, pieces: Iterable[bytes | memoryview]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)


def _all_arrived(arrived: int, sent: int) -> None:
    if arrived != sent:
        raise LoadMismatch(f"sent {sent} rows, {arrived} arrived")


@contextmanager
def meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Does `work` in a thread while the block goes on here; ends when both have, whatever interrupts it."""
    with ThreadPoolExecutor(1, "ingest-write") as pool:
        working = pool.submit(work)
        try:
            yield
            working.result()
        finally:
            wait([working])


def copy_binary(cursor: Any, table: str, columns: list[str], pieces: Iterable[bytes | memoryview]) -> int:
    """Rows that the server says it has taken."""

    def stream() -> Iterable[bytes | memoryview]:
        yield HEADER
        yield from pieces
        yield TRAILER

    names = ", ".join(f'"{column}"' for column in columns)
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT binary)", _Pieces(stream()), PIECE)
    return int(cursor.rowcount)


def copy_csv(table: str, columns: list[str], out: io.StringIO, force_not_null: list[str]) -> int:
    """Rows that the server says it has taken."""
    names = ", ".join(f'"{column}"' for column in columns)
    keep = ", ".join(f'"{column}"' for column in force_not_null)
    out.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({keep}))", out, PIECE)
        return int(cursor.rowcount)
