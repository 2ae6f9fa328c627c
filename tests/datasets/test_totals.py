from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.ingest.chunks import Amount
from datasets.ingest.totals import Grouping

ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.one_of(st.none(), st.integers(-(10**17), 10**17))), min_size=1
)


@given(ROWS)
def test_sums_by_two_keys_are_exact_and_null_only_where_all_are(rows: list[tuple[int, int, int | None]]) -> None:
    first = np.array([row[0] for row in rows], np.int32)
    second = np.array([row[1] for row in rows], np.int64)
    amount = Amount(np.array([row[2] or 0 for row in rows], np.int64), np.array([row[2] is None for row in rows]))
    grouping = Grouping.of(first, second)
    summed = grouping.sum(amount)
    keys = zip(grouping.first_of(first).tolist(), grouping.first_of(second).tolist(), strict=True)
    values = [None if null else cents for cents, null in zip(summed.cents.tolist(), summed.null.tolist(), strict=True)]
    expected: dict[tuple[int, int], list[int | None]] = defaultdict(list)
    for one, other, cents in rows:
        expected[one, other].append(cents)
    assert dict(zip(keys, values, strict=True)) == {
        pair: sum(c for c in found if c is not None) if any(c is not None for c in found) else None
        for pair, found in expected.items()
    }
    assert grouping.counts.tolist() == [len(expected[pair]) for pair in sorted(expected)]


def test_sum_that_would_overflow_is_refused_and_never_wraps() -> None:
    rows = np.zeros(100, np.int32)
    amount = Amount(np.full(100, 10**17, np.int64), np.zeros(100, bool))
    with pytest.raises(OverflowError):
        Grouping.of(rows).sum(amount)
