"""Rollup cells of freshly loaded releases: summed while the lines pass by, and never read from the lines again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
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


# label kind -> its cell dimensions and what their keys are, from the finest level to the coarsest: a key of one level leads to
# one of the next, and to itself where it is a key there too.
EXPENDITURE: dict[str, dict[str, KeyOf]] = {
    "object": {"item": lambda label, code: code, "concept": _object(2), "chapter": _object(1)},
    **{name: {name: _own} for name in ("function", "unit", "economic", "funding", "programme")},
}
REVENUE: dict[str, dict[str, KeyOf]] = {
    "revenue": {"item": _own, "type": lambda label, code: code[:2], "rubro": lambda label, code: code[:1]},
    "funding": {"funding": _own},
}
DIMENSIONS = {"expenditure": EXPENDITURE, "revenue": REVENUE}


@dataclass(slots=True)
class CellBook:
    """What the cells of one load will be made of: its sums by label, of the slices that may still go on."""

    kind: str
    codes: dict[int, str]  # label -> official code
    #: By release and way of telling: in how many headings the cells taken tell it, and in how many that are told no coarser.
    headings: dict[int, dict[str, list[int]]] = field(default_factory=dict)
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
            levels = list(DIMENSIONS[self.kind][name].items())
            for (by, key_of), above in zip_longest(levels, [coarser for _by, coarser in levels[1:]]):
                sums, keys = self._level(sums, releases, key_of)  # each level is made of the cells of the one below
                own = keys != self._keys(sums.labels, above) if above else np.ones(len(keys), bool)
                self._count(by, releases[sums.slices], keys != b"", own)
                for start in range(0, len(sums), _AT_ONCE):
                    some = slice(start, start + _AT_ONCE)
                    yield by, sums.take(some), keys[some]

    def _level(
        self, sums: LabelSums, releases: npt.NDArray[np.int32], key_of: KeyOf
    ) -> tuple[LabelSums, npt.NDArray[np.bytes_]]:
        """One cell for each release and key, in their order, and the keys."""
        if not len(sums):
            return sums, np.zeros(0, "S1")
        of, keys = releases[sums.slices], self._keys(sums.labels, key_of)
        texts, number = np.unique(keys, return_inverse=True)
        cells = sums.grouped((of - of.min()).astype(np.int64) * len(texts) + number)
        return cells, self._keys(cells.labels, key_of)

    def _keys(self, labels: npt.NDArray[np.int64], key_of: KeyOf) -> npt.NDArray[np.bytes_]:
        distinct, place = np.unique(labels, return_inverse=True)
        keys = [key_of(label, self.codes[label]).encode() for label in distinct.tolist()]
        return np.array(keys, np.bytes_)[place]

    def _count(
        self, by: str, releases: npt.NDArray[np.int32], named: npt.NDArray[np.bool_], own: npt.NDArray[np.bool_]
    ) -> None:
        found, place = np.unique(releases, return_inverse=True)
        counts = (np.bincount(place, weights) for weights in (named, named & own))
        for release, *both in zip(found.tolist(), *counts, strict=True):
            self.headings.setdefault(release, {})[by] = [int(count) for count in both]

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
COARSER = {"expenditure": {"concept": "chapter", "item": "concept"}, "revenue": {"type": "rubro", "item": "type"}}


def count_headings(kind: str) -> str:
    """For each of the releases and each way of telling: how many headings its cells have, and how many of their own.

    Without a join: of cells that were written a moment ago the planner knows nothing, and would compare each with each.
    """
    told = {above: f"bool_or(\"by\" = '{above}') OVER same AS has_{above}" for above in COARSER[kind].values()}
    is_above = " ".join(f"WHEN '{fine}' THEN has_{above}" for fine, above in COARSER[kind].items())
    return f"""
        SELECT release_id, jsonb_object_agg("by", jsonb_build_array(named, own)) AS headings FROM (
            SELECT release_id, "by", count(*) FILTER (WHERE key <> '') AS named,
                count(*) FILTER (WHERE key <> '' AND NOT CASE "by" {is_above} ELSE false END) AS own
            FROM (
                SELECT release_id, "by", key, {", ".join(told.values())} FROM {CELLS[kind]}
                WHERE release_id = ANY(%(releases)s) AND public_body_id = ANY(
                    ARRAY(SELECT public_body_id FROM datasets_release WHERE id = ANY(%(releases)s)))
                WINDOW same AS (PARTITION BY release_id, key)
            ) cells GROUP BY 1, 2
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
