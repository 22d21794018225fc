"""Numbers and names of instruments."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ib_reference import SPX, SPY_CALL, Reference

from voldesk.simulator.ib.instruments import (
    derivative_id,
    osi_name,
    product_id,
    terms_of_id,
    third_friday,
)
from voldesk.simulator.ib.stocks import STOCKS

dates = st.dates(date(2020, 1, 1), date(2031, 3, 1))


@given(st.integers(1, 62), dates, st.sampled_from("CP"), st.integers(0, 4095))
def test_numbers_of_derivatives_read_back(code: int, day: date, right: str, units: int) -> None:
    """A number is one of 31 bits that says class, date, right and strike again."""
    number = derivative_id(code, day, right, units)
    assert 0 < number < 2**31
    terms = terms_of_id(number)
    assert (terms.class_code, terms.right, terms.strike_units) == (code, right, units)
    assert terms.dates(day)
    assert not terms.dates(date.fromordinal(day.toordinal() + 1))


@pytest.mark.parametrize(("code", "units"), [(0, 1), (63, 1), (1, 4096), (1, -1)])
def test_terms_that_do_not_fit_have_no_number(code: int, units: int) -> None:
    """A class or strike out of range is an error, not another contract."""
    with pytest.raises(ValueError, match="has no number"):
        derivative_id(code, date(2026, 1, 2), "C", units)


def test_names_are_those_of_the_clearing_house() -> None:
    """The root is padded to six letters, the strike is in thousandths."""
    assert osi_name("SPXW", date(2025, 10, 17), "C", 6700.0) == "SPXW  251017C06700000"


def test_products_keep_their_public_numbers() -> None:
    """A stock's number is the venue's; the month's third Friday is on or after the 15th."""
    assert product_id(STOCKS[0]) == 265598
    assert third_friday(2026, 6) == date(2026, 6, 19)


def test_an_instrument_knows_its_kind(reference: Reference) -> None:
    """Options have a right and their own hours; an index counts no trades."""
    call, index = reference.instrument(SPY_CALL), reference.instrument(SPX)
    assert call.is_option
    assert call.counts_trades
    assert not index.is_option
    assert not index.counts_trades
    assert call.hours.text(date(2026, 6, 23), 1, is_regular=False) == "20260623:0930-20260623:1600"
    assert call.home == "SMART"
