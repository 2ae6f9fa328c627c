"""Amounts that are printed in one shape, eight characters at a time.

Nearly all cells of a column look alike: 1,234,567.89 throughout, or 1234567.89. Set flush right they have each digit and each
mark at the same place, so a few operations on whole columns of 64-bit words tell which cells have that shape and what they
are worth. Cells of another shape are left to `numbers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

WIDTH = 24  # three words; the longest shape has 22 characters
_GROUPED, _PLAIN = "###,###,###,###,###", "#" * 15
_HIGH_BITS = np.uint64(0x8080_8080_8080_8080)


@dataclass(frozen=True, slots=True)
class _Word:
    """One of the three words of a shape. XOR with `printed` makes each digit its value and each mark 0."""

    printed: np.uint64
    to_high_bit: np.uint64  # added to a byte that is more than it may be, sets its high bit
    inside: npt.NDArray[np.uint64]  # by length of the cell: the bytes that belong to it
    digits: tuple[tuple[np.uint64, np.uint64], ...]  # (shift, worth in cents)


@dataclass(frozen=True, slots=True)
class _Shape:
    words: tuple[_Word, ...]
    begins_well: npt.NDArray[np.bool_]  # by length of the cell: it has pesos, and a digit comes first


def cents_of_one_shape(text: pa.Array, mark: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The cents of the cells that have the column's shape, and which these are; 0 for the others."""
    lengths = pc.binary_length(text).to_numpy()
    if len(text) and lengths.max() > WIDTH:
        text = pc.if_else(pa.array(lengths > WIDTH), "", text)
        lengths = np.where(lengths > WIDTH, 0, lengths)
    if not len(text) or not (longest := int(lengths.max())):
        return np.zeros(len(text), np.int64), np.zeros(len(text), bool)
    # Whatever is no ASCII fits no shape, so that it does not matter that bytes are counted.
    flush_right = np.frombuffer(pc.ascii_lpad(text, WIDTH).buffers()[2], np.uint8, len(text) * WIDTH)
    shape = _shape(mark, *((flush_right == ord(one)).any() for one in (_group_mark(mark), mark)))
    words = flush_right.view("<u8").reshape(-1, WIDTH // 8)
    cents, wrong = np.zeros(len(text), np.uint64), np.zeros(len(text), np.uint64)
    for number in range((WIDTH - longest) // 8, WIDTH // 8):
        word = shape.words[number]
        values = (words[:, number] ^ word.printed) & word.inside.take(lengths)
        wrong |= values | (values + word.to_high_bit)
        for shift, worth in word.digits:
            cents += ((values >> shift) & np.uint64(15)) * worth
    fits = ((wrong & _HIGH_BITS) == 0) & shape.begins_well.take(lengths)
    return np.where(fits, cents, 0).view(np.int64), fits


def _group_mark(mark: str) -> str:
    return "," if mark == "." else "."


@lru_cache
def _shape(mark: str, grouped: bool, decimals: bool) -> _Shape:
    pesos = _GROUPED.replace(",", _group_mark(mark)) if grouped else _PLAIN
    shape = (pesos + mark + "##") if decimals else pesos
    least = len(f"#{mark}##") if decimals else 1
    begins_well = np.array([least <= size <= len(shape) and shape[-size] == "#" for size in range(WIDTH + 1)])
    digits_behind = np.cumsum([char == "#" for char in reversed(shape.rjust(WIDTH))])[::-1]
    worths = [10 ** (int(count) - 1) * (1 if decimals else 100) for count in digits_behind]
    return _Shape(
        tuple(_word(shape.rjust(WIDTH), worths, start) for start in range(0, WIDTH, 8)),
        begins_well,
    )


def _word(shape: str, worths: list[int], start: int) -> _Word:
    chars = shape[start : start + 8]
    return _Word(
        _as_word(ord("0") if char == "#" else ord(char) for char in chars),
        _as_word(0x7F - 9 if char == "#" else 0x7F for char in chars),
        np.array([_as_word(0xFF * (start + at >= WIDTH - size) for at in range(8)) for size in range(WIDTH + 1)]),
        tuple((np.uint64(8 * at), np.uint64(worths[start + at])) for at in range(8) if chars[at] == "#"),
    )


def _as_word(values: Iterable[int]) -> np.uint64:
    return np.uint64(int.from_bytes(bytes(values), "little"))
