"""PostgreSQL's binary COPY format for lines of money, made with numpy instead of one value at a time.

All rows with the same columns filled are bytes of one width, so a block is a few structured arrays: one for each pattern of
amounts that were published. https://www.postgresql.org/docs/18/sql-copy.html (Binary Format), numeric as in numeric_send.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.chunks import Amount

HEADER = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
TRAILER = b"\xff\xff"
# Six groups of four decimal digits, five before the point and one behind it, hold numeric(18,2). The server drops leading zeros.
GROUPS = 6
_NULL = -1


@lru_cache(maxsize=512)
def _row_type(keys: tuple[tuple[str, str], ...], amounts: tuple[tuple[str, bool], ...]) -> np.dtype[Any]:
    """Width and places of one row: every value behind its length; a NULL is a length of -1 and nothing more."""
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name, kind in keys:
        fields += [(f"{name}#", ">i4"), (name, kind)]
    for name, filled in amounts:
        fields.append((f"{name}#", ">i4"))
        if filled:
            fields += [
                (f"{name}_groups", ">u2"),
                (f"{name}_weight", ">i2"),
                (f"{name}_sign", ">u2"),
                (f"{name}_scale", ">u2"),
            ]
            fields += [(f"{name}_{group}", ">u2") for group in range(GROUPS)]
    return np.dtype(fields)


@dataclass(slots=True)
class Rows:
    """Lines of a block as bytes but for their public body and release, which only the writer knows."""

    arrays: list[npt.NDArray[Any]]
    slices: list[npt.NDArray[np.int32]]
    columns: list[str]

    def placed(self, targets: npt.NDArray[np.int32]) -> Iterator[bytes]:
        """The finished bytes; `targets[slice]` is (public body, release)."""
        for rows, slices in zip(self.arrays, self.slices, strict=True):
            found = targets[slices]
            rows["public_body_id"], rows["release_id"] = found[:, 0], found[:, 1]
            yield rows.tobytes()


def encode(slices: npt.NDArray[np.int32], keys: dict[str, npt.NDArray[Any]], amounts: dict[str, Amount]) -> Rows:
    """Rows with the columns public_body_id, release_id, then `keys`, then `amounts`. Keys are integers without NULL."""
    unplaced = np.zeros(len(slices), np.int32)
    keys = {"public_body_id": unplaced, "release_id": unplaced} | keys
    encoded = Rows([], [], [*keys, *amounts])
    for pattern, rows in _by_pattern(amounts):
        chosen = keys if rows is None else {name: values[rows] for name, values in keys.items()}
        cents = {name: amount.cents if rows is None else amount.cents[rows] for name, amount in amounts.items()}
        encoded.arrays.append(_encode_uniform(chosen, cents, pattern))
        encoded.slices.append(slices if rows is None else slices[rows])
    return encoded


def _by_pattern(amounts: dict[str, Amount]) -> Iterator[tuple[tuple[bool, ...], npt.NDArray[np.intp] | None]]:
    """Which amounts are filled, and the rows of which that holds (None: all of them)."""
    names = list(amounts)
    missing = np.zeros(len(amounts[names[0]].null) if names else 0, np.int64)
    for place, name in enumerate(names):
        missing |= amounts[name].null.astype(np.int64) << place
    found = np.unique(missing)
    for bits in found.tolist():
        filled = tuple(not bits >> place & 1 for place in range(len(names)))
        yield filled, None if len(found) == 1 else np.flatnonzero(missing == bits)


def _encode_uniform(
    keys: dict[str, npt.NDArray[Any]], cents: dict[str, npt.NDArray[np.int64]], filled: tuple[bool, ...]
) -> npt.NDArray[Any]:
    kinds = tuple((name, f">i{values.dtype.itemsize}") for name, values in keys.items())
    shape = _row_type(kinds, tuple(zip(cents, filled, strict=True)))
    rows = np.zeros(len(next(iter(keys.values()))), shape)
    rows["count"] = len(keys) + len(cents)
    for name, values in keys.items():
        rows[f"{name}#"] = values.dtype.itemsize
        rows[name] = values
    for (name, values), there in zip(cents.items(), filled, strict=True):
        if there:
            _put_numeric(rows, name, values)
        else:
            rows[f"{name}#"] = _NULL
    return rows


def _put_numeric(rows: npt.NDArray[Any], name: str, cents: npt.NDArray[np.int64]) -> None:
    rows[f"{name}#"] = 8 + 2 * GROUPS
    rows[f"{name}_groups"] = GROUPS
    rows[f"{name}_weight"] = GROUPS - 2
    rows[f"{name}_scale"] = 2
    rest = cents
    if (cents < 0).any():
        rows[f"{name}_sign"] = np.where(cents < 0, 0x4000, 0)
        rest = np.abs(cents)
    pesos = rest // 100
    rows[f"{name}_{GROUPS - 1}"] = (rest - pesos * 100) * 100
    for group in range(GROUPS - 2, -1, -1):
        if group and not pesos.any():
            break  # the array was made of zeros
        higher = pesos // 10_000
        rows[f"{name}_{group}"] = pesos - higher * 10_000
        pesos = higher
