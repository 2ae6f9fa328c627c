"""PostgreSQL's binary COPY format for lines of money, made with numpy instead of one value at a time.

Rows with the same columns filled and texts of one length are bytes of one width, so a block is a few structured arrays.
https://www.postgresql.org/docs/18/sql-copy.html (Binary Format), numeric as in numeric_send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.chunks import Amount

HEADER = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
TRAILER = b"\xff\xff"
_NULL = -1


@lru_cache(maxsize=512)
def _blank_row(keys: tuple[tuple[str, str], ...], amounts: tuple[tuple[str, int], ...]) -> npt.NDArray[Any]:
    """One row with all that is the same in each: every value behind its length; a NULL is a length of -1 and nothing more.

    `keys` are (name, numpy type), `amounts` (name, groups of four decimal digits), 0 for NULL.
    """
    fields: list[tuple[str, str]] = [("count", ">i2")]
    same = {"count": len(keys) + len(amounts)}
    for name, kind in keys:
        fields += [(f"{name}#", ">i4"), (name, kind)]
        same[f"{name}#"] = np.dtype(kind).itemsize
    for name, groups in amounts:
        fields.append((f"{name}#", ">i4"))
        same[f"{name}#"] = 8 + 2 * groups if groups else _NULL
        if groups:
            fields += [(f"{name}_{part}", ">i2") for part in ("groups", "weight", "sign", "scale", *range(groups))]
            same |= {f"{name}_groups": groups, f"{name}_weight": groups - 2, f"{name}_scale": 2}
    row = np.zeros(1, fields)
    for name, value in same.items():
        row[name] = value
    return row


def _filled(row: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    rows = np.empty(count, row.dtype)
    rows.view(np.uint8).reshape(count, row.itemsize)[:] = row.view(np.uint8)
    return rows


@dataclass(slots=True)
class Rows:
    """Lines of a block as bytes but for their public body and release, which only the writer knows."""

    arrays: list[npt.NDArray[Any]]
    slices: list[npt.NDArray[np.int32]]
    columns: list[str]

    def __len__(self) -> int:
        return sum(map(len, self.slices))

    def numbered(self, numbers: Mapping[int, int]) -> None:
        """Other line numbers, by the row of the file that each line stands in."""
        for rows in self.arrays:
            rows["line_no"] = [numbers[row] for row in rows["source_row"].tolist()]

    def placed(self, targets: npt.NDArray[np.int32]) -> Iterator[memoryview]:
        """The finished bytes, where they lie; `targets[slice]` is (public body, release)."""
        for rows, slices in zip(self.arrays, self.slices, strict=True):
            found = targets[slices]
            rows["public_body_id"], rows["release_id"] = found[:, 0], found[:, 1]
            yield rows.view(np.uint8).data


def encode(slices: npt.NDArray[np.int32], keys: dict[str, npt.NDArray[Any]], amounts: dict[str, Amount]) -> Rows:
    """Rows with the columns public_body_id, release_id, then `keys`, then `amounts`.

    Keys are integers or UTF-8 bytes (dtype S, none longer than 62), without NULL.
    """
    unplaced = np.zeros(len(slices), np.int32)
    keys = {"public_body_id": unplaced, "release_id": unplaced} | keys
    encoded = Rows([], [], [*keys, *amounts])
    for alike in _alike(keys, amounts):
        encoded.arrays.append(
            _encode_alike(
                {name: values[alike] for name, values in keys.items()},
                {name: amount.take(alike) for name, amount in amounts.items()},
            )
        )
        encoded.slices.append(slices[alike])
    return encoded


def _alike(keys: dict[str, npt.NDArray[Any]], amounts: dict[str, Amount]) -> Iterator[Any]:
    """Rows of one width, as an index: the same amounts are filled and every text is as long."""
    shape = np.zeros(len(next(iter(keys.values()))), np.int64)
    for amount in amounts.values():
        shape = shape * 2 + amount.null
    for values in keys.values():
        if values.dtype.kind == "S":
            shape = shape * 64 + np.char.str_len(values)
    found = np.unique(shape)
    for one in found.tolist():
        yield slice(None) if len(found) == 1 else np.flatnonzero(shape == one)


def _encode_alike(keys: dict[str, npt.NDArray[Any]], amounts: dict[str, Amount]) -> npt.NDArray[Any]:
    sizes = {name: _size(values) for name, values in keys.items()}
    kinds = tuple(
        (name, f"S{sizes[name]}" if values.dtype.kind == "S" else f">i{sizes[name]}") for name, values in keys.items()
    )
    groups = {name: 0 if amount.null[0] else _groups(amount.cents) for name, amount in amounts.items()}
    rows = _filled(_blank_row(kinds, tuple(groups.items())), len(next(iter(keys.values()))))
    for name, values in keys.items():
        rows[name] = values
    for name, amount in amounts.items():
        if groups[name]:
            _put_digits(rows, name, amount.cents, groups[name])
    return rows


def _size(values: npt.NDArray[Any]) -> int:
    return len(values[0]) if values.dtype.kind == "S" else values.dtype.itemsize


def _groups(cents: npt.NDArray[np.int64]) -> int:
    """How many groups of four digits the longest amount needs: one behind the point, at least one before it."""
    pesos = max(int(cents.max()), -int(cents.min())) // 100
    return 1 + max(-(-len(str(pesos)) // 4), 1)


def _put_digits(rows: npt.NDArray[Any], name: str, cents: npt.NDArray[np.int64], groups: int) -> None:
    """As numeric_send writes them; leading zeros of shorter amounts are dropped by the server."""
    rest = cents
    if (cents < 0).any():
        rows[f"{name}_sign"] = np.where(cents < 0, 0x4000, 0)
        rest = np.abs(cents)
    pesos = rest // 100
    rows[f"{name}_{groups - 1}"] = (rest - pesos * 100) * 100
    for group in range(groups - 2, 0, -1):
        higher = pesos // 10_000
        rows[f"{name}_{group}"] = pesos - higher * 10_000
        pesos = higher
    rows[f"{name}_0"] = pesos
