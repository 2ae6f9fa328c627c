import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from gesoc.common.exports import BOM, ROWS_PER_CHUNK, cell, csv_chunks, csv_response, guarded


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        ("", ""),
        (0, "0"),
        (-15, "-15"),
        (Decimal("-1234.50"), "-1234.50"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 11, 23), "2026-11-23"),
        (gettext_lazy("No text of ours begins so"), "No text of ours begins so"),
        ("Torreón, Coahuila", "Torreón, Coahuila"),
        ("0164A", "0164A"),
    ],
)
def test_cell_writes_values_as_they_are(value, expected):
    assert cell(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://example.org";"x")',
        "+1+cmd|' /C calc'!A0",
        "-1+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1:A2)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "\u00a0=1+1",
        "＝1+1",
        "+52 871 000 0000",
        "-a",
    ],
)
def test_guarded_disarms_formulas(text):
    assert guarded(text) == "'" + text


@pytest.mark.parametrize("text", ["-1,234.50", "-$ 1,234.50", "+5", "-", "--", " - ", "-12%", "−5", "a=b", "'=1"])
def test_guarded_leaves_amounts_dashes_and_text(text):
    assert guarded(text) == text


@given(st.text())
def test_guarded_text_never_starts_a_formula_unless_it_is_an_amount(text):
    stripped = guarded(text).strip()
    if stripped[:1] in tuple("=+-@"):
        assert set(stripped) <= set("+-$0123456789.,% \u00a0\t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85")


@given(st.lists(st.lists(st.text(alphabet=st.characters(exclude_characters="\x00\r")), min_size=2, max_size=2)))
def test_csv_chunks_reads_back_cell_by_cell(rows):
    text = "".join(csv_chunks(["uno", "dos"], rows))
    assert text.startswith(BOM)
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))
    assert read == [["uno", "dos"], *[[guarded(value) for value in row] for row in rows]]


def test_csv_chunks_holds_one_chunk_of_rows_at_a_time():
    taken = 0

    def rows():
        nonlocal taken
        for number in range(10 * ROWS_PER_CHUNK):
            taken += 1
            yield [number]

    chunks = csv_chunks(["n"], rows())
    next(chunks)
    assert taken == ROWS_PER_CHUNK - 1
    assert len(list(chunks)) == 10


def test_csv_response_is_an_attachment_with_a_spanish_name():
    response = csv_response("Torreón 2024.csv", ["capítulo", "monto"], [["1000", Decimal("5.00")], ["=x", None]])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Torre%C3%B3n%202024.csv"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response).decode() == "\ufeffcapítulo,monto\r\n1000,5.00\r\n'=x,\r\n"
