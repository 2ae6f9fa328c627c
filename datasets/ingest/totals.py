"""Sums of what is loaded, exact, block by block: by slice for the report, by label for the rollups."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.chunks import Amount, Chunk
from datasets.ingest.labelbook import Labels


@dataclass(slots=True)
class Totals:
    """`sums[slice][moment]` in cents; a moment of which nothing was published is absent."""

    sums: dict[int, dict[str, int]] = field(default_factory=dict)
    lines: Counter[int] = field(default_factory=Counter)
    by_table: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        if not len(chunk):
            return
        if not chunk.records:
            self._add_money(chunk)
            return
        for number, count in zip(*_counts(chunk.slices), strict=True):
            self.lines[number] += count
        if chunk.summed:
            self._add_records(chunk)
        else:
            self._add_contracts(chunk)

    def _add_money(self, chunk: Chunk) -> None:
        """Out of the sums by some label, which are far fewer than the lines."""
        by_label = min(chunk.sums.values(), key=len, default=None) or _line_by_line(chunk)
        by_slice = by_label.grouped(by_label.slices)
        slices = by_slice.slices.tolist()
        for number, count in zip(slices, by_slice.counts.tolist(), strict=True):
            self.lines[number] += count
        for moment, amount in by_slice.amounts.items():
            for number, cents, null in zip(slices, amount.cents.tolist(), amount.null.tolist(), strict=True):
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
        order = np.lexsort(keys[::-1]) if len(keys) > 1 else np.argsort(_narrow(keys[0]), kind="stable")
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

    def least_of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.minimum.reduceat(values[self.order], self.starts)

    def sum(self, amount: Amount) -> Amount:
        """Exact sums; NULL where every amount of the group is."""
        null = np.zeros(len(self.starts), bool)
        if amount.null.any():
            null = np.logical_and.reduceat(amount.null[self.order], self.starts)
        cents = amount.cents[self.order]
        # int64 holds the sum of any block of plausible amounts; an implausible one takes Python's integers.
        if len(cents) and int(np.abs(cents).max()) > np.iinfo(np.int64).max // len(cents):
            sums = np.add.reduceat(cents.astype(object), self.starts)
            if max(abs(value) for value in sums) > 10**18 - 1:
                raise OverflowError("a sum of this file does not fit numeric(18,2)")
            return Amount(sums.astype(np.int64), null)
        return Amount(np.add.reduceat(cents, self.starts), null)


def _narrow(key: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """In the same order, of 16 bits if that will do: these numpy sorts many times faster."""
    least = key.min()
    return (key - least).astype(np.uint16) if key.max() - least < 1 << 16 else key


@dataclass(frozen=True, slots=True)
class LabelSums:
    """Sums of lines by what a key says of them: of a block and then of many, one row for each (slice, key)."""

    slices: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    amounts: dict[str, Amount]

    def __len__(self) -> int:
        return len(self.slices)

    def take(self, keep: Any) -> LabelSums:
        amounts = {moment: amount.take(keep) for moment, amount in self.amounts.items()}
        return LabelSums(self.slices[keep], self.labels[keep], self.counts[keep], amounts)

    def grouped(self, *keys: npt.NDArray[Any]) -> LabelSums:
        """One row for each combination of `keys`, with the first of its slices and the least of its labels."""
        if not len(self):
            return self
        grouping = Grouping.of(*keys)
        return LabelSums(
            grouping.first_of(self.slices),
            grouping.least_of(self.labels),
            np.add.reduceat(self.counts[grouping.order], grouping.starts),
            {moment: grouping.sum(amount) for moment, amount in self.amounts.items()},
        )


def label_sums(chunk: Chunk, programmes: bool) -> dict[str, LabelSums]:
    """The block's sums under every label kind that gets rollup cells.

    Programmes have nearly as many cells as lines, so they get cells only where they are all there is (`programmes`); else a page
    reads them from the lines of its one release.
    """
    return {name: _summed(chunk, labels) for name, labels in chunk.labels.items() if name != "programme" or programmes}


def _summed(chunk: Chunk, labels: Labels) -> LabelSums:
    ids, index = np.unique(labels.ids, return_inverse=True)
    place = (chunk.slices - chunk.slices.min()).astype(np.int64)
    grouping = Grouping.of(place * len(ids) + index[labels.index])
    counts = grouping.counts.astype(np.int64)
    amounts = {moment: grouping.sum(amount) for moment, amount in chunk.amounts.items()}
    return LabelSums(grouping.first_of(chunk.slices), labels.ids[grouping.first_of(labels.index)], counts, amounts)


def _line_by_line(chunk: Chunk) -> LabelSums:
    """Of lines that have no label at all."""
    none = np.zeros(len(chunk), np.int64)
    return LabelSums(chunk.slices, none, none + 1, chunk.amounts)


def together(parts: list[LabelSums]) -> LabelSums:
    """Of several blocks or tables one. A moment that a table does not have is not published there. Takes the parts apart."""
    if len(parts) == 1:
        return parts[0]
    slices = np.concatenate([part.slices for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    grouping = Grouping.of(slices, labels)
    sums = {}
    for moment in dict.fromkeys(moment for part in parts for moment in part.amounts):
        amounts = [part.amounts.pop(moment) if moment in part.amounts else _unpublished(len(part)) for part in parts]
        sums[moment] = grouping.sum(_joined(amounts))
    counts = np.concatenate([part.counts for part in parts])[grouping.order]
    return LabelSums(
        grouping.first_of(slices), grouping.first_of(labels), np.add.reduceat(counts, grouping.starts), sums
    )


def _joined(amounts: list[Amount]) -> Amount:
    return Amount(np.concatenate([one.cents for one in amounts]), np.concatenate([one.null for one in amounts]))


def _unpublished(count: int) -> Amount:
    return Amount(np.zeros(count, np.int64), np.ones(count, bool))


def _counts(slices: npt.NDArray[np.int32]) -> tuple[list[int], list[int]]:
    numbers, counts = np.unique(slices, return_counts=True)
    return numbers.tolist(), counts.tolist()
