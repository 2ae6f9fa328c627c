"""Rows of an original found again, whatever stands before them."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.ingest.readers.seek import near_record
from datasets.source_rows import _from_text

CELL = st.text(alphabet=st.sampled_from('ab,;"\r\n ñ'), max_size=6)


def written(rows, quoting, end):
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(rows)
    return text.getvalue()


def records(data, encoding="utf-8"):
    return list(csv.reader(io.StringIO(data.decode(encoding, "replace"), newline="")))


any_bytes = st.one_of(
    st.builds(
        written,
        st.lists(st.lists(CELL, min_size=1, max_size=3), max_size=12),
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        st.sampled_from(["\n", "\r\n"]),
    ),
    st.lists(CELL, max_size=20).map(",".join),  # quotes anywhere
).map(str.encode)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=any_bytes, block=st.integers(1, 40), number=st.integers(1, 15))
def test_near_record_is_the_beginning_of_the_record_that_it_names(tmp_path, data, block, number):
    path = tmp_path / "datos.csv"
    path.write_bytes(data)
    offset, first = near_record(path, number, "utf-8", ",", block)
    assert 1 <= first <= number
    assert records(data)[first - 1 :] == records(data[offset:])


@pytest.mark.parametrize("quoted", [True, False], ids=["regular", "a stray quote"])
def test_near_record_skips_what_it_can(tmp_path, quoted):
    path = tmp_path / "datos.csv"
    lines = [f'{number},"uno, dos\ntres",x\n' if quoted else f"{number},x\n" for number in range(1, 2001)]
    lines[500] = lines[500] if quoted else '501,tubo de 5" y 6\n'
    path.write_text("".join(lines))
    offset, first = near_record(path, 1900, "utf-8", ",", 1000)
    assert (1850 if quoted else 300) < first <= (1900 if quoted else 501)
    assert path.read_bytes()[offset:].startswith(f"{first},".encode())


def test_rows_of_a_long_text_are_those_of_the_parser(tmp_path):
    path = tmp_path / "datos.csv"
    data = "".join(f'{number},"ñandú, ""{number}""",\n' + "\n" * (number % 3) for number in range(8000)).encode(
        "cp1252"
    )
    path.write_bytes(data)
    expected = records(data, "cp1252")
    wanted = {1, 200, 201, 4000, 4001, 9200, len(expected), len(expected) + 1}
    found = _from_text(path, wanted, "cp1252", ",")
    assert found.rows == {number: expected[number - 1] for number in wanted if number <= len(expected)}
    assert found.head == expected[:200]
