"""The published names of objects, units, programmes…: one stable id for one text, found without asking the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datasets.ingest import codes

# label kind -> the two fields of a block that name it
EXPENDITURE_LABELS = {
    "object": ("object_code", "object_name"),
    "function": ("function_code", "function_name"),
    "unit": ("unit_code", "unit_name"),
    "programme": ("programme_code", "programme_name"),
    "economic": ("expenditure_type", "expenditure_type_name"),
    "funding": ("funding_source_code", "funding_source_name"),
}
REVENUE_LABELS = {
    "revenue": ("cri_code", "revenue_name"),
    "funding": ("funding_source_code", "funding_source_name"),
}
LABELS = {"expenditure": EXPENDITURE_LABELS, "revenue": REVENUE_LABELS}
# Programmes and units carry codes of the publisher's own making in front of their names; those of classifiers do too.
_DIGITS = re.compile(r"\d")


Said = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class LabelRow:
    id: int
    kind: str
    code: str
    published_code: str
    name: str


def stable_id(*parts: str) -> int:
    """63 bits of BLAKE2b over the parts: the same text has the same id on every worker and node."""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") & 0x7FFF_FFFF_FFFF_FFFF


def official_code(kind: str, published: str) -> str:
    """The code in the official classifier's shape (1130, 2.4, 12), '' where the published one is not of it."""
    if not published:
        return ""
    if kind == "object":
        found = codes.object_code(published)
        return found.canonical if found else ""
    if kind == "function":
        return _dotted(published)
    if kind == "revenue":
        return codes.revenue_code(published) or ""
    return published[:20]


def _dotted(published: str) -> str:
    digits = _DIGITS.findall(published)[:3]
    return ".".join(digits) if digits and digits[0] in "1234" else ""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a block's rows: a list of ids, and where in it each row finds its own. Two texts may be one label."""

    ids: npt.NDArray[np.int64]
    index: npt.NDArray[np.intp]

    def of_rows(self) -> npt.NDArray[np.int64]:
        return self.ids[self.index]


@dataclass(slots=True)
class LabelBook:
    """Ids of the labels met so far, and those not yet handed to the database."""

    # kind -> what a row says (a code and a name, or the one of them that the file has) -> id
    known: dict[str, dict[Said, int]] = field(default_factory=dict)
    fresh: list[LabelRow] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)  # id -> official code

    def labels(self, kind: str, code: pa.Array | None, name: pa.Array | None) -> Labels:
        """The labels of the rows; each distinct pair of code and name is looked at once."""
        said, index = _distinct_said(code, name)
        known = self.known.setdefault(kind, {})
        try:
            return Labels(_looked_up(known, said), index)
        except KeyError:
            for new in [one for one in said if one not in known]:
                published, words = new if isinstance(new, tuple) else (new, "") if name is None else ("", new)
                known[new] = self._add(kind, " ".join(published.split()), " ".join(words.split()))
            return Labels(_looked_up(known, said), index)

    def take_fresh(self) -> list[LabelRow]:
        fresh, self.fresh = self.fresh, []
        return fresh

    def _add(self, kind: str, published: str, name: str) -> int:
        if not published:
            published, name = codes.split_code(name)
        row = LabelRow(stable_id(kind, published, name), kind, official_code(kind, published), published, name)
        self.fresh.append(row)
        self.codes[row.id] = row.code
        return row.id


def _looked_up(known: dict[Said, int], said: Sequence[Said]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(known.__getitem__, said), np.int64, len(said))


def _distinct_said(code: pa.Array | None, name: pa.Array | None) -> tuple[Sequence[Said], npt.NDArray[np.intp]]:
    if code is None and name is None:
        raise ValueError("a label needs a code or a name")
    if code is None or name is None:
        return distinct(code if code is not None else name)
    (left, i), (right, j) = distinct(code), distinct(name)
    both, index = np.unique(i.astype(np.int64) * len(right) + j, return_inverse=True)
    return [(left[pair // len(right)], right[pair % len(right)]) for pair in both.tolist()], index


def distinct(column: pa.Array) -> tuple[list[str], npt.NDArray[np.intp]]:
    """The column's distinct texts and, for each row, which one it has. Missing cells are empty texts."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    texts: list[str] = pc.fill_null(encoded.dictionary, "").to_pylist()
    index = encoded.indices
    if index.null_count:
        texts.append("")
        index = index.fill_null(len(texts) - 1)
    return texts, index.to_numpy(zero_copy_only=False).astype(np.intp, copy=False)
