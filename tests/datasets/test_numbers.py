from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.ingest.numbers import DecimalMark, NotAnAmount, decide_decimal_mark, to_cents, to_cents_array

CENTS = st.integers(-(10**16), 10**16)


def printed(cents: int, mark: str) -> str:
    text = f"{abs(cents) // 100:,}.{abs(cents) % 100:02}"
    if mark == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"-{text}" if cents < 0 else text


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1,234.50", 123450), ("$1,234", 123400), ("$ 1,234.5", 123450), ("(1,234.00)", -123400), ("$(50.00)", -5000),
        ("12-", -1200), ("-$5.00", -500), ("−7", -700), ("1 234.00", 123400), ("1\u00a0234.00", 123400), ("12.", 1200),
        (".5", 50), ("1e6", 100000000), ("1.5E-1", 15), ("0", 0), ("1547890503", 154789050300), ("142,200.45 ", 14220045),
        ("1234.567", 123457), ("0.125", 12), ("0.135", 14), ("MXN 10", 1000), ("10 pesos", 1000), ("M.N. 3.00", 300),
    ],
)  # fmt: skip
def test_amount_with_a_point_is_understood(text: str, cents: int) -> None:
    assert to_cents(text) == cents


@pytest.mark.parametrize("text", ["", " - ", "N/D", "n.s.", "No aplica", "—", "S/D", "\u00a0"])
def test_amount_not_stated_is_none_and_never_zero(text: str) -> None:
    assert to_cents(text) is None


@pytest.mark.parametrize(
    "text", ["abc", "1,23.0", "1234567,89", "12.34.56", "ver anexo 3", "--5", "1e999", "9" * 19, "#REF!"]
)
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        to_cents(text)


@given(CENTS, st.sampled_from([".", ","]))
def test_printed_amount_comes_back_exactly(cents: int, mark: str) -> None:
    assert to_cents(printed(cents, mark), mark) == cents


SHAPES = [
    lambda cents: printed(cents, "."),
    lambda cents: printed(cents, ","),
    lambda cents: f"{cents:,}",
    lambda cents: f"{cents // 100}.{cents % 100:02}",
    str,
]
ODD = st.text("0123456789.,-$() eN/ñ−\0", max_size=30)


@given(
    st.sampled_from(SHAPES).flatmap(lambda shape: st.lists(st.one_of(CENTS.map(shape), ODD))),
    st.sampled_from([".", ","]),
)
def test_column_gives_what_its_cells_give(texts: list[str], mark: str) -> None:
    found = to_cents_array(pa.array(texts, pa.string()), mark)
    for place, text in enumerate(texts):
        try:
            expected = to_cents(text, mark)
        except NotAnAmount:
            assert found.bad[place] and not found.null[place] and found.cents[place] == 0
            continue
        assert not found.bad[place]
        assert bool(found.null[place]) is (expected is None)
        assert found.cents[place] == (expected or 0)


def test_column_with_missing_cells_and_a_dictionary() -> None:
    column = pa.array(["1.50", None, "1.50"]).dictionary_encode()
    found = to_cents_array(column)
    assert (found.cents.tolist(), found.null.tolist(), found.bad.any()) == ([150, 0, 150], [False, True, False], False)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_no_float_takes_part(value: Decimal) -> None:
    text = f"{value:f}"
    assert to_cents(text) == int((value * 100).to_integral_value(rounding="ROUND_HALF_EVEN"))


@pytest.mark.parametrize(
    ("values", "decided"),
    [
        (["28372997,42", "1,5"], DecimalMark(",", True, "28372997,42")),
        (["197.920.574"], DecimalMark(",", True, "197.920.574")),
        (["45.327.786,89"], DecimalMark(",", True, "45.327.786,89")),
        (["$433,320,874.25", "5"], DecimalMark(".", True, "$433,320,874.25")),
        (["1.234", "2.345"], DecimalMark(".", False, "1.234")),
        (["15", "N/D", ""], DecimalMark(".", True, "")),
        (["1.5", "2,5"], DecimalMark(".", False, "2,5 / 1.5")),
        (["1.50"] * 30 + ["2,50"], DecimalMark(".", True, "1.50")),
    ],
)
def test_decimal_mark_is_decided_over_the_column(values: list[str], decided: DecimalMark) -> None:
    assert decide_decimal_mark(values) == decided
