import io
from decimal import Decimal

import numpy as np
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from datasets.ingest.binary import HEADER, TRAILER, encode
from datasets.ingest.chunks import Amount

CENTS = st.one_of(st.none(), st.integers(-(10**18) + 1, 10**18 - 1), st.sampled_from([0, 1, -1, 9999, 10000, 10**16]))


class BinaryCopyTests(TestCase):
    @given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=40))
    @settings(max_examples=60, deadline=None)
    def test_amounts_and_nulls_arrive_as_they_were_sent(self, rows: list[tuple[int | None, int | None]]) -> None:
        amounts = {name: amount([row[place] for row in rows]) for place, name in enumerate(("approved", "paid"))}
        slices = np.arange(len(rows), dtype=np.int32) % 3
        targets = np.array([[7, 70], [8, 80], [9, 90]], np.int32)
        texts = ["", "1130", "2.4", "Ñandú", "x" * 24]
        keys = {
            "line_no": np.arange(len(rows), dtype=np.int32),
            "key": np.array([texts[number % 5].encode() for number in range(len(rows))], np.bytes_),
        }
        encoded = encode(slices, keys, amounts)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE sent (public_body_id int, release_id int, line_no int, key varchar(24), "
                "approved numeric(18,2), paid numeric(18,2)) ON COMMIT DROP"
            )
            data = HEADER + b"".join(encoded.placed(targets)) + TRAILER
            cursor.copy_expert(f"COPY sent ({', '.join(encoded.columns)}) FROM STDIN (FORMAT binary)", io.BytesIO(data))
            cursor.execute("SELECT * FROM sent ORDER BY line_no")
            found = cursor.fetchall()
            cursor.execute("DROP TABLE sent")
        assert found == [
            (*targets[number % 3].tolist(), number, texts[number % 5], pesos(approved), pesos(paid))
            for number, (approved, paid) in enumerate(rows)
        ]


def amount(values: list[int | None]) -> Amount:
    return Amount(np.array([value or 0 for value in values], np.int64), np.array([value is None for value in values]))


def pesos(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)
