"""Rollup cells of freshly loaded releases: summed while the lines pass by, and never read from the lines again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.binary import Rows, encode
from datasets.ingest.shapes import MOMENTS
from datasets.ingest.totals import LabelSums, together
from datasets.models import BANDS

CELLS = {"expenditure": "datasets_expenditurecell", "revenue": "datasets_revenuecell"}
# Sums by label of one load, some 80 bytes each: as many are worth writing, and as many may be held by memory.
WORTH_WRITING, MOST_IN_HAND = 20_000, 250_000
_AT_ONCE = 5_000  # cells on their way to the database
LONGEST_KEY = 20  # a longer code is told by the number of its label

KeyOf = Callable[[int, str], str]  # label, its official code -> key of its cell


def _own(label: int, code: str) -> str:
    return code if 0 < len(code) <= LONGEST_KEY else str(label)


def _object(digits: int) -> KeyOf:
    return lambda label, code: code[:digits].ljust(4, "0") if code else ""


# label kind -> its cell dimensions and what their keys are
EXPENDITURE: dict[str, dict[str, KeyOf]] = {
    "object": {"item": lambda label, code: code, "concept": _object(2), "chapter": _object(1)},
    **{name: {name: _own} for name in ("function", "unit", "economic", "funding", "programme")},
}
REVENUE: dict[str, dict[str, KeyOf]] = {
    "revenue": {"rubro": lambda label, code: code[:1], "type": lambda label, code: code[:2], "item": _own},
    "funding": {"funding": _own},
}
DIMENSIONS = {"expenditure": EXPENDITURE, "revenue": REVENUE}


@dataclass(slots=True)
class CellBook:
    """What the cells of one load will be made of: its sums by label, of the slices that may still go on."""

    kind: str
    codes: dict[int, str]  # label -> official code
    _parts: dict[str, list[LabelSums]] = field(default_factory=dict)
    _open: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))  # slices of the newest block

    def add(self, slices: npt.NDArray[np.int32], sums: dict[str, LabelSums]) -> None:
        self._open = np.unique(slices)
        for name, part in sums.items():
            self._parts.setdefault(name, []).append(part)

    def is_due(self) -> bool:
        """Whether much is of slices that the newest block does not go on with; or all of it is too much for memory."""
        if (in_hand := len(self)) <= WORTH_WRITING:
            return False
        if in_hand > MOST_IN_HAND:
            for name in list(self._parts):
                self._parts[name] = [together(self._parts.pop(name))]
            if len(self) > MOST_IN_HAND // 2:  # less, and the next blocks would be put together one by one
                self.close()
        closed = (~np.isin(part.slices, self._open) for parts in self._parts.values() for part in parts)
        return sum(map(np.count_nonzero, closed)) > WORTH_WRITING

    def close(self) -> None:
        """No slice goes on, as far as is known."""
        self._open = self._open[:0]

    def take(self, releases: npt.NDArray[np.int32]) -> Iterator[tuple[str, LabelSums, npt.NDArray[np.bytes_]]]:
        """(dimension, some of its cells, the key of each) of the slices that do not go on. `releases[slice]` is a release."""
        for name in list(self._parts):
            sums = together(self._parts.pop(name))
            goes_on = np.isin(sums.slices, self._open)
            self._parts[name], sums = [sums.take(goes_on)], sums.take(~goes_on)
            labels, place = np.unique(sums.labels, return_inverse=True)
            for by, key_of in DIMENSIONS[self.kind][name].items():
                keys = np.array([key_of(label, self.codes[label]).encode() for label in labels.tolist()], np.bytes_)
                number = np.unique(keys, return_inverse=True)[1]
                cells = sums.grouped(releases[sums.slices], number[place])
                for start in range(0, len(cells), _AT_ONCE):
                    some = cells.take(slice(start, start + _AT_ONCE))
                    yield by, some, keys[np.searchsorted(labels, some.labels)]

    def __len__(self) -> int:
        return sum(len(part) for parts in self._parts.values() for part in parts)


def encode_cells(by: str, cells: LabelSums, keys: npt.NDArray[np.bytes_]) -> Rows:
    """For COPY. The label stands for the cell only where the cell is one label; a chapter has its name from the classifier."""
    columns = {
        "by": np.full(len(cells), by.encode()),
        "key": keys,
        "label_id": cells.labels,
        "line_count": cells.counts.astype(np.int32),
    }
    return encode(cells.slices, columns, cells.amounts)


def add_later(kind: str, late: str) -> str:
    """Cells in the table `late`, of releases that have cells already: added to them. What neither published stays unpublished."""
    table, moments = CELLS[kind], MOMENTS[kind]
    sums = ", ".join(f"{one} = coalesce(c.{one} + excluded.{one}, c.{one}, excluded.{one})" for one in moments)
    return f"""
        INSERT INTO {table} AS c SELECT * FROM {late}
        ON CONFLICT (public_body_id, release_id, "by", key) DO UPDATE
        SET label_id = least(c.label_id, excluded.label_id), line_count = c.line_count + excluded.line_count, {sums};
        DROP TABLE {late}
    """  # noqa: S608


# The level above, whose keys stand for what was not told finer.
COARSER = {"concept": "chapter", "item": "concept"}, {"type": "rubro", "item": "type"}


def count_headings(kind: str) -> str:
    """For each of the releases and each way of telling: how many headings its cells have, and how many of their own."""
    table = CELLS[kind]
    levels = COARSER[kind == "revenue"].items()
    above = " ".join(f"WHEN '{fine}' THEN '{coarse}'" for fine, coarse in levels)
    return f"""
        SELECT release_id, jsonb_object_agg("by", jsonb_build_array(named, own)) AS headings FROM (
            SELECT c.release_id, c."by", count(*) FILTER (WHERE c.key <> '') AS named,
                count(*) FILTER (WHERE c.key <> '' AND up.key IS NULL) AS own
            FROM {table} c
            LEFT JOIN {table} up ON up.public_body_id = c.public_body_id AND up.release_id = c.release_id
                AND up."by" = CASE c."by" {above} END AND up.key = c.key
            WHERE c.public_body_id = ANY(%(bodies)s) AND c.release_id = ANY(%(releases)s)
            GROUP BY 1, 2
        ) counted GROUP BY 1
    """  # noqa: S608 - names above


CONTRACT_CELLS = """
    INSERT INTO datasets_contractcell (public_body_id, release_id, "by", currency, key, line_count, amount, direct_amount)
    SELECT public_body_id, release_id, dimension, currency, key, count(*), sum(amount),
        sum(CASE WHEN method = 'direct' THEN amount WHEN method <> '' THEN 0 END) FILTER (WHERE dimension = 'supplier')
    FROM datasets_contract c
    CROSS JOIN LATERAL (VALUES
        ('method', c.method),
        ('month', coalesce(to_char(coalesce(c.signed_on, c.award_date, c.starts_on), 'YYYY-MM'), '')),
        ('supplier', coalesce(c.supplier_id::text, '')),
        ('band', CASE WHEN c.amount > 0 THEN (%(bands)s)[1 + width_bucket(c.amount, %(ends)s)] || ':' || c.method END)
    ) AS part (dimension, key)
    WHERE release_id = ANY(%(releases)s) AND part.key IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
"""
ENDS: dict[str, list[Any]] = {"bands": [0, *BANDS], "ends": [Decimal(end) for end in BANDS]}


# What foreign keys would have refused. Every label and supplier that lines of an ingest name is in the list that the loader
# kept, so a look at the list (thousands) says as much as one at the lines (millions).
ORPHANS = {
    "labels": "SELECT count(*) FROM unnest(%s::bigint[]) used(id) "
    "WHERE NOT EXISTS (SELECT 1 FROM datasets_label l WHERE l.id = used.id)",
    "suppliers": "SELECT count(*) FROM unnest(%s::bigint[]) used(id) "
    "WHERE NOT EXISTS (SELECT 1 FROM datasets_supplier s WHERE s.id = used.id)",
}
