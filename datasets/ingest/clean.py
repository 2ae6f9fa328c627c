"""From a block of text columns to exact, placed, labelled lines; what cannot be is rejected with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datasets.ingest import contract_lines
from datasets.ingest.binary import encode
from datasets.ingest.chunks import Amount, Chunk, Reject
from datasets.ingest.labelbook import LABELS, LabelBook, Labels, distinct
from datasets.ingest.numbers import NotAnAmount, to_cents, to_cents_array
from datasets.ingest.records import RECORDS, RecordKind
from datasets.ingest.shapes import MOMENTS, REGISTER_KINDS, Block, Table
from datasets.ingest.slices import SliceFinder
from datasets.ingest.totals import label_sums

Rows = npt.NDArray[np.bool_]
# Fields that reading derives, and the fields of the headings that they may come from: a reject names the file's own heading.
DERIVED = {
    "object_code": ("specific_item_code", "generic_item_code", "concept_code", "chapter_code"),
    "unit_code": ("admin_unit_code", "admin_class_code"),
    "unit_name": ("admin_unit_name",),
    "programme_code": ("program_code", "project_code"),
    "programme_name": ("program_name", "project_name"),
    "function_code": ("subfunction_code", "function_code", "purpose_code"),
    "function_name": ("subfunction_name", "function_name", "purpose_name"),
}


@dataclass(slots=True)
class Cleaner:
    """Cleans the blocks of one table; labels and line numbers go on from table to table."""

    number: int  # of the table in the reading
    table: Table
    finder: SliceFinder
    book: LabelBook
    sheets: list[str]
    next_line: int = 1
    _headings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._headings = {field_: heading for heading, field_ in self.table.columns.items() if field_}
        for derived, origins in DERIVED.items():
            for origin in origins:
                if origin in self._headings:
                    self._headings.setdefault(derived, self._headings[origin])

    @property
    def record(self) -> RecordKind | None:
        """How rows of this kind become records; None where they are sums under a classification."""
        return RECORDS.get(self.table.kind)

    def _home_state(self) -> str | None:
        """The state that places named in a row lie in unless it says another."""
        body = self.finder.said.body
        return (body.state if body else None) or self.table.context.state_code

    def clean(self, block: Block) -> Chunk:
        count = len(block.rows)
        amounts, bad = self._amounts(block)
        numbers, refused = self.finder.find(block.columns, count)
        remarks: list[Reject] = []
        if self.record:
            remarks = [*self._bad_amounts(block, bad, "amount_in_words"), *self._bad_dates(block, refused)]
            bad = {}
        rejects = [*self._bad_amounts(block, bad), *self._refusals(block, refused, bad)]
        keep = numbers >= 0
        for rows in bad.values():
            keep &= ~rows
        if self.record:
            keep, empty = contract_lines.keep_filled(block, keep, self.record.telling)
            rejects += [self._reject(self.record.empty, "", "", block, row) for row in empty]
        chunk = self._chunk(block, numbers, amounts, keep, sorted(rejects, key=lambda reject: reject.row))
        chunk.remarks = remarks
        return chunk

    def _chunk(
        self,
        block: Block,
        numbers: npt.NDArray[np.int32],
        amounts: dict[str, Amount],
        keep: Rows,
        rejects: list[Reject],
    ) -> Chunk:
        count = int(keep.sum())
        columns = block.columns
        rows, last = block.rows, _last_rows(block)
        if count < len(keep):
            mask = pa.array(keep)
            columns = {name: column.filter(mask) for name, column in columns.items() if name not in amounts}
            amounts = {name: amount.take(keep) for name, amount in amounts.items()}
            rows, last, numbers = rows[keep], last[keep], numbers[keep]
        line_no = np.arange(self.next_line, self.next_line + count, dtype=np.int32)
        self.next_line += count
        chunk = Chunk(self.number, numbers, line_no, rows, last, self._sheet_no(block), rejects=rejects)
        chunk.amounts = amounts
        if self.record:
            chunk.records = self.record.rows(columns, amounts, count, self.finder.territory, self._home_state())
            chunk.summed = self.record.cents if self.table.kind in REGISTER_KINDS else ()
        elif count:
            chunk.labels = dict(self._labels(columns))
            chunk.lines = encode(chunk.slices, _line_keys(chunk), chunk.amounts)
            chunk.sums = label_sums(chunk, programmes=self.table.breakdown == "programme")
            chunk.labels = {}  # these and the amounts have become bytes and sums, and chunks wait in a queue
            chunk.amounts = {} if chunk.sums else amounts
        chunk.fresh_labels = self.book.take_fresh()
        return chunk

    def _sheet_no(self, block: Block) -> int:
        sheet = block.sheet or ""
        if sheet not in self.sheets:
            self.sheets.append(sheet)
        return self.sheets.index(sheet)

    def _labels(self, columns: dict[str, Any]) -> Iterator[tuple[str, Labels]]:
        for kind, (code, name) in LABELS[self.table.kind].items():
            if code in columns or name in columns:
                yield kind, self.book.labels(kind, columns.get(code), columns.get(name))

    # -- amounts --------------------------------------------------------------------------------------------------

    def _amounts(self, block: Block) -> tuple[dict[str, Amount], dict[str, Rows]]:
        amounts, bad = {}, {}
        # The lines of a file that is read whole were scaled as text; those of a stream are scaled here.
        unit = self.table.stream.unit if self.table.stream else 1
        if self.record:
            unit = self.table.unit
        units = self.table.units
        for name in self.record.amounts if self.record else MOMENTS[self.table.kind]:
            if name not in block.columns:
                continue
            parsed = to_cents_array(block.columns[name], self.table.decimal.get(name, "."))
            times = units.get(name, unit)
            amounts[name] = Amount(parsed.cents * times if times > 1 else parsed.cents, parsed.null)
            if parsed.bad.any():
                bad[name] = parsed.bad
        if self.record:
            # The text that stands where an amount should ("según catálogo") does not undo the record: it has no amount.
            for name, rows in bad.items():
                amounts[name].null = amounts[name].null | rows
        return amounts, bad

    def _bad_amounts(self, block: Block, bad: dict[str, Rows], code: str = "") -> Iterator[Reject]:
        seen: set[int] = set()
        for name, rows in bad.items():
            for row in np.flatnonzero(rows).tolist():
                if row not in seen:
                    seen.add(row)
                    value = block.columns[name][row].as_py() or ""
                    reason = code or _amount_reason(value, self.table.decimal.get(name, "."))
                    yield self._reject(reason, name, value, block, row)

    # -- rejects --------------------------------------------------------------------------------------------------

    def _refusals(self, block: Block, refused: dict[int, Any], bad: dict[str, Rows]) -> Iterator[Reject]:
        for row, refusal in refused.items():
            if any(rows[row] for rows in bad.values()):
                continue
            unread = next((name for name in self._dates() if self._is_unread_date(block, name, row)), None)
            if refusal.code == "unknown_year" and unread:
                yield self._reject("bad_date", unread, block.columns[unread][row].as_py(), block, row)
            else:
                yield self._reject(refusal.code, refusal.field, refusal.value, block, row)

    def _dates(self) -> Iterable[str]:
        return self.record.dates if self.record else ()

    def _is_unread_date(self, block: Block, name: str, row: int) -> bool:
        return name in block.columns and contract_lines.is_bad_date(block.columns[name][row].as_py() or "")

    def _bad_dates(self, block: Block, refused: dict[int, Any]) -> Iterator[Reject]:
        """Dates of records that are loaded without them; of a refused row its refusal is enough."""
        for name in self._dates():
            if name not in block.columns:
                continue
            texts, index = distinct(block.columns[name])
            bad = np.fromiter((contract_lines.is_bad_date(text) for text in texts), bool, len(texts))
            for row in np.flatnonzero(bad[index]).tolist() if len(texts) else []:
                if row not in refused:
                    yield self._reject("date_left_out", name, texts[int(index[row])], block, row)

    def _reject(self, code: str, name: str, value: str, block: Block, row: int) -> Reject:
        raw = {
            self._headings.get(field_, field_): text
            for field_, column in block.columns.items()
            if (text := column[row].as_py())
        }
        column = self._headings.get(name, name)
        return Reject(code, block.sheet or "", int(block.rows[row]), column, value, raw)


def _amount_reason(value: str, mark: str) -> str:
    """Whether the text would be an amount under the other mark: the commonest mistake has its own advice."""
    if mark == ".":
        try:
            to_cents(value, ",")
        except NotAnAmount:
            return "bad_amount"
        return "decimal_comma"
    return "bad_amount"


def _line_keys(chunk: Chunk) -> dict[str, npt.NDArray[Any]]:
    keys: dict[str, npt.NDArray[Any]] = {
        "line_no": chunk.line_no,
        "sheet_no": np.full(len(chunk), chunk.sheet_no, np.int16),
        "source_row": chunk.source_row,
        "last_row": chunk.last_row,
    }
    return keys | {f"{name}_id": labels.of_rows() for name, labels in chunk.labels.items()}


def _last_rows(block: Block) -> npt.NDArray[np.int32]:
    if block.extra_rows is None:
        return block.rows
    return np.array(
        [max([row, *extra]) for row, extra in zip(block.rows.tolist(), block.extra_rows, strict=True)], np.int32
    )
