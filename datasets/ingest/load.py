"""Writing chunks: COPY of the lines and of the partial sums, then the rollups and the checks, all in one transaction."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from datasets.ingest import rollups
from datasets.ingest.binary import HEADER, TRAILER
from datasets.ingest.chunks import Chunk
from datasets.ingest.contract_lines import supplier_identity
from datasets.ingest.labelbook import LabelRow
from datasets.ingest.slices import SliceKey
from datasets.ingest.totals import Totals

LINES = {
    "expenditure": "datasets_expenditureline",
    "revenue": "datasets_revenueline",
    "contracts": "datasets_contract",
}
CONTRACT_COLUMNS = (
    "procedure_number",
    "contract_number",
    "method",
    "method_raw",
    "category_raw",
    "title",
    "buyer_unit",
    "supplier_id",
    "supplier_name",
    "amount",
    "amount_without_tax",
    "amount_with_tax",
    "amount_min",
    "amount_max",
    "tax_basis",
    "currency",
    "award_date",
    "signed_on",
    "starts_on",
    "ends_on",
    "url",
    "search_text",
)
CENTS = ("amount", "amount_without_tax", "amount_with_tax", "amount_min", "amount_max")
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
    _targets: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    _labels: set[int] = field(default_factory=set)
    _suppliers: set[int] = field(default_factory=set)

    def begin(self) -> None:
        if self.kind != "contracts":
            with connection.cursor() as cursor:
                cursor.execute(rollups.create_parts(self.kind))

    def write(self, chunk: Chunk) -> None:
        """One block's lines, its new labels or suppliers, and its partial sums."""
        if not len(chunk):
            return
        self._know_slices()
        if self.kind == "contracts":
            self._write_contracts(chunk)
        else:
            insert_labels(chunk.fresh_labels)
            self._labels.update(label.id for label in chunk.fresh_labels)
            for table, rows in ((LINES[self.kind], chunk.lines), (rollups.part_table(self.kind), chunk.parts)):
                if rows:
                    arrived = copy_binary(table, rows.columns, rows.placed(self._targets))
                    _all_arrived(arrived, sum(map(len, rows.slices)))

    def finish(self) -> None:
        """Rollups of the new releases and the one set-based check that takes the place of foreign keys."""
        releases = self.release_ids()
        with connection.cursor() as cursor:
            if self.kind == "contracts":
                cursor.execute(rollups.CONTRACT_CELLS, {"releases": releases})
            else:
                for statement in rollups.cell_statements(self.kind):
                    cursor.execute(statement)
            self._check(cursor)

    def release_ids(self) -> list[int]:
        """The releases that this load wrote lines of."""
        return sorted({int(self._targets[number, 1]) for number in self.totals.lines})

    # -- lines ----------------------------------------------------------------------------------------------------

    def _know_slices(self) -> None:
        known = len(self._targets)
        if known < len(self.slices):
            fresh = np.array(self.targets(self.slices[known:]), np.int32).reshape(-1, 2)
            self._targets = np.concatenate([self._targets, fresh])

    def _write_contracts(self, chunk: Chunk) -> None:
        self._insert_suppliers(chunk.contracts)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        rows = zip(
            chunk.slices.tolist(),
            chunk.line_no.tolist(),
            chunk.source_row.tolist(),
            chunk.last_row.tolist(),
            chunk.contracts,
            strict=True,
        )
        for number, line_no, source_row, last_row, contract in rows:
            body, release = self._targets[number].tolist()
            values = [_text(name, contract.get(name)) for name in CONTRACT_COLUMNS]
            writer.writerow(
                [body, release, line_no, chunk.sheet_no, source_row, last_row, self.slices[number].year, *values]
            )
        columns = [
            "public_body_id",
            "release_id",
            "line_no",
            "sheet_no",
            "source_row",
            "last_row",
            "year",
            *CONTRACT_COLUMNS,
        ]
        not_null = [name for name in CONTRACT_COLUMNS if name not in NULLABLE]
        _all_arrived(copy_csv(LINES["contracts"], columns, out, force_not_null=not_null), len(chunk))

    def _insert_suppliers(self, contracts: list[dict[str, Any]]) -> None:
        fresh: dict[int, tuple[int, str, str, str, bool | None]] = {}
        for contract in contracts:
            rfc = contract["supplier_rfc"]
            identity = supplier_identity(contract["supplier_name"], rfc)
            contract["supplier_id"] = identity[0] if identity else None
            if identity and identity[0] not in self._suppliers:
                name = contract["supplier_name"][:400] or rfc
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
        for table, used in (("labels", self._labels), ("suppliers", self._suppliers)):
            cursor.execute(rollups.ORPHANS[table], [sorted(used)])
            if missing := cursor.fetchone()[0]:
                raise LoadMismatch(f"{missing} {table} that lines name do not exist")


NULLABLE = {"supplier_id", *CENTS, "award_date", "signed_on", "starts_on", "ends_on"}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in CENTS:
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

    def __init__(self, pieces: Iterable[bytes]) -> None:
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


def copy_binary(table: str, columns: list[str], pieces: Iterable[bytes]) -> int:
    """Rows that the server says it has taken."""

    def stream() -> Iterable[bytes]:
        yield HEADER
        yield from pieces
        yield TRAILER

    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT binary)", _Pieces(stream()), 1 << 18)
        return int(cursor.rowcount)


def copy_csv(table: str, columns: list[str], out: io.StringIO, force_not_null: list[str]) -> int:
    """Rows that the server says it has taken."""
    names = ", ".join(f'"{column}"' for column in columns)
    keep = ", ".join(f'"{column}"' for column in force_not_null)
    out.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({keep}))", out, 1 << 18
        )
        return int(cursor.rowcount)
