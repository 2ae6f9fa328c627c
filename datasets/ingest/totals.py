"""Sums of what is loaded, exact, block by block: by slice for the report, by label for the rollups."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.binary import Rows, encode
from datasets.ingest.chunks import Amount, Chunk

PART_BY = {"object": 1, "function": 2, "unit": 3, "economic": 4, "funding": 5, "programme": 6, "revenue": 7}


@dataclass(slots=True)
class Totals:
    """`sums[slice][moment]` in cents; a moment of which nothing was published is absent."""

    sums: dict[int, dict[str, int]] = field(default_factory=dict)
    lines: Counter[int] = field(default_factory=Counter)
    by_table: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        if not len(chunk):
            return
        for number, count in zip(*_counts(chunk.slices), strict=True):
            self.lines[number] += count
        if chunk.records and chunk.summed:
            self._add_records(chunk)
        elif chunk.records:
            self._add_contracts(chunk)
        else:
            self._add_money(chunk)

    def _add_money(self, chunk: Chunk) -> None:
        grouping = Grouping.of(chunk.slices)
        slices = grouping.first_of(chunk.slices).tolist()
        for moment, amount in chunk.amounts.items():
            summed = grouping.sum(amount)
            for number, cents, null in zip(slices, summed.cents.tolist(), summed.null.tolist(), strict=True):
                if not null:
                    self._add(number, chunk.table, moment, cents)

    def _add_contracts(self, chunk: Chunk) -> None:
        for number, contract in zip(chunk.slices.tolist(), chunk.records, strict=True):
            if contract["amount"] is not None:
                self._add(number, chunk.table, contract["currency"], contract["amount"])

    def _add_records(self, chunk: Chunk) -> None:
        """Amounts as the records have them: what is derived from others is counted, what was only read is not."""
        for number, record in zip(chunk.slices.tolist(), chunk.records, strict=True):
            for name in chunk.summed:
                if record[name] is not None:
                    self._add(number, chunk.table, name, record[name])

    def _add(self, number: int, table: int, name: str, cents: int) -> None:
        of_slice = self.sums.setdefault(number, {})
        of_slice[name] = of_slice.get(name, 0) + cents
        of_table = self.by_table.setdefault(table, {})
        of_table[name] = of_table.get(name, 0) + cents


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows put together by equal keys: sort once, then sum runs of every column."""

    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]
    counts: npt.NDArray[np.int32]

    @classmethod
    def of(cls, *keys: npt.NDArray[Any]) -> Grouping:
        order = np.lexsort(keys[::-1]) if len(keys) > 1 else np.argsort(keys[0], kind="stable")
        changed = np.zeros(len(order), bool)
        changed[0] = True
        for key in keys:
            ordered = key[order]
            changed[1:] |= ordered[1:] != ordered[:-1]
        starts = np.flatnonzero(changed)
        counts = np.diff(np.append(starts, len(order))).astype(np.int32)
        return cls(order, starts, counts)

    def first_of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values[self.order[self.starts]]

    def sum(self, amount: Amount) -> Amount:
        """Exact sums; NULL where every amount of the group is."""
        published = np.add.reduceat(~amount.null[self.order], self.starts, dtype=np.int32)
        cents = amount.cents[self.order]
        # int64 holds the sum of any block of plausible amounts; an implausible one takes Python's integers.
        if len(cents) and int(np.abs(cents).max()) > np.iinfo(np.int64).max // len(cents):
            sums = np.add.reduceat(cents.astype(object), self.starts)
            if max(abs(value) for value in sums) > 10**18 - 1:
                raise OverflowError("a sum of this file does not fit numeric(18,2)")
            return Amount(sums.astype(np.int64), published == 0)
        return Amount(np.add.reduceat(cents, self.starts), published == 0)


def partial_sums(chunk: Chunk, programmes: bool) -> Rows | None:
    """The block's sums by (slice, label) for every dimension that gets cells, as rows for `cell_part`.

    Programmes have nearly as many cells as lines, so they get cells only where they are all there is (`programmes`); else a page
    reads them from the lines of its one release.
    """
    parts = [_part(chunk, name, ids) for name, ids in chunk.labels.items() if name != "programme" or programmes]
    if not parts:
        return None
    slices = np.concatenate([part[0] for part in parts])
    keys = {name: np.concatenate([part[1][name] for part in parts]) for name in parts[0][1]}
    amounts = {
        moment: Amount(
            np.concatenate([part[2][moment].cents for part in parts]),
            np.concatenate([part[2][moment].null for part in parts]),
        )
        for moment in chunk.amounts
    }
    return encode(slices, keys, amounts)


def _part(
    chunk: Chunk, name: str, ids: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], dict[str, npt.NDArray[Any]], dict[str, Amount]]:
    grouping = Grouping.of(chunk.slices, ids)
    keys: dict[str, npt.NDArray[Any]] = {
        "by": np.full(len(grouping.starts), PART_BY[name], np.int16),
        "label_id": grouping.first_of(ids),
        "line_count": grouping.counts,
    }
    return grouping.first_of(chunk.slices), keys, {moment: grouping.sum(one) for moment, one in chunk.amounts.items()}


def _counts(slices: npt.NDArray[np.int32]) -> tuple[list[int], list[int]]:
    numbers, counts = np.unique(slices, return_counts=True)
    return numbers.tolist(), counts.tolist()
