from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gesoc.common import money

D = Decimal


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (D("0"), 0, "0"),
        (D("1234.5"), 0, "1,235"),
        (D("-1234.5"), 0, "−1,235"),
        (D("2.5"), 0, "3"),
        (D("0.04"), 1, "<0.1"),
        (D("-0.04"), 1, "−<0.1"),
        (D("0.05"), 1, "0.1"),
        (D("67.24"), 1, "67.2"),
        (12, 0, "12"),
    ],
)
def test_number_groups_rounds_and_never_shows_something_as_zero(value, decimals, shown):
    assert money.number(value, decimals) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (D("0"), "$0"),
        (D("842300.15"), "$842,300"),
        (D("999999.99"), "$1,000,000"),
        (D("-842300"), "−$842,300"),
        (D("1000000"), "1.0\u00a0mdp"),
        (D("67244778.00"), "67.2\u00a0mdp"),
        (D("3911600000"), "3,912\u00a0mdp"),
        (D("-3911600000"), "−3,912\u00a0mdp"),
    ],
)
def test_amount_in_spanish(value, shown):
    with translation.override("es-mx"):
        assert money.amount(value) == shown


def test_amount_in_english_has_no_spanish_abbreviation():
    with translation.override("en"):
        assert money.amount(D("67244778")) == "67.2 million pesos"
        assert money.scale_for([D("67244778")]).heading == "million pesos"


def test_pesos_with_cents_is_the_figure_as_published():
    assert money.pesos(D("67244778.05"), cents=True) == "$67,244,778.05"
    assert money.pesos(D("-0.05"), cents=True) == "−$0.05"


def test_currency_amount_names_what_is_not_pesos():
    with translation.override("es-mx"):
        assert money.currency_amount(D("842300"), "MXN") == "$842,300"
        assert money.currency_amount(D("842300"), "USD") == "842,300\u00a0USD"
        assert money.currency_amount(D("2500000"), "USD") == "2.5\u00a0millones de USD"
        assert money.currency_amount(None, "USD") == ""


def test_scale_follows_the_largest_and_keeps_missing_empty():
    scale = money.scale_for([D("67244778"), None, D("30000"), D("-15000000")])
    assert (scale.divisor, scale.decimals) == (money.MILLION, 1)
    assert [scale.cell(value) for value in (D("67244778"), None, D("30000"), D("0"))] == ["67.2", "", "<0.1", "0.0"]
    small = money.scale_for([D("9999999"), None])
    assert small.cell(D("9999999")) == "9,999,999"
    assert money.scale_for([]).divisor == 1


def test_share_and_change_need_something_to_stand_on():
    assert money.share(D(36), D(100)) == 36
    assert money.share(D(36), D(0)) is None
    assert money.share(None, D(100)) is None
    assert money.change(D(100), D(109)) == 9
    assert money.change(D(0), D(109)) is None
    assert money.change(D(-5), D(109)) is None
    assert money.change(None, D(1)) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (D("0"), "0%"), (D("9.2"), "+9%"), (D("-11"), "−11%"), (D("0.3"), "<1%"), (D("-0.3"), "−<1%")],
)
def test_signed_percent(value, shown):
    assert money.signed_percent(value) == shown


@given(st.decimals(min_value="-1e15", max_value="1e15", places=2))
def test_pesos_with_cents_loses_nothing(value):
    shown = money.pesos(value, cents=True).replace("$", "").replace(",", "").replace("−", "-")
    assert D(shown) == value
