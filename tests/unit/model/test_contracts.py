"""Contracts and the parts their names share."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.contracts import (
    Contract,
    day_in_name,
    exact_strike,
    full_year,
    require_market,
    short_year,
    strike_text,
)
from voldesk.model.enums import Market, Right
from voldesk.model.errors import WireError

CALL = Contract("SPX", "SPXW", date(2025, 10, 17), Right.CALL, 6700.0, Market.US, "one name")


def test_contracts_are_equal_by_their_terms() -> None:
    """Two venues' names of one contract are one contract."""
    other = Contract("SPX", "SPXW", date(2025, 10, 17), Right.CALL, 6700.0, Market.US, "other")
    assert other == CALL
    assert hash(other) == hash(CALL)


def test_contracts_of_another_root_differ() -> None:
    """SPX and SPXW of one date settle at other times and are not the same."""
    assert Contract("SPX", "SPX", date(2025, 10, 17), Right.CALL, 6700.0, Market.US) != CALL


def test_the_right_says_whether_it_is_a_call() -> None:
    """A call is a call, a put is none."""
    assert CALL.is_call
    assert not Contract("A", "A", date(2025, 1, 17), Right.PUT, 1.0, Market.US).is_call


@pytest.mark.parametrize("strike", [float("nan"), float("inf")])
def test_a_strike_is_a_number(strike: float) -> None:
    """A contract without a finite strike cannot be made."""
    with pytest.raises(ValueError, match="expected a finite number"):
        Contract("SPX", "SPX", date(2025, 10, 17), Right.CALL, strike, Market.US)


@pytest.mark.parametrize(("underlying", "root"), [("", "SPX"), ("SPX", "")])
def test_a_contract_has_a_name(underlying: str, root: str) -> None:
    """A contract on nothing cannot be made."""
    with pytest.raises(ValueError, match="one is empty"):
        Contract(underlying, root, date(2025, 10, 17), Right.CALL, 1.0, Market.US)


@pytest.mark.parametrize(
    ("strike", "text"),
    [
        (23000.0, "23000"),
        (1742.5, "1742.5"),
        (0.0001, "0.0001"),
        (1e-7, "0.0000001"),
        (1e16, "10000000000000000"),
        (100, "100"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_strikes_print_without_exponent_or_idle_zeros(strike: float, text: str) -> None:
    """A strike prints as a trader would write it."""
    assert strike_text(strike) == text


@given(st.integers(1, 10**14), st.integers(0, 8))
def test_strikes_of_fifteen_digits_are_exact(digits: int, places: int) -> None:
    """The decimal a strike was parsed from comes back digit for digit."""
    written = Decimal(digits).scaleb(-places)
    assert exact_strike(float(written)) == written
    assert Decimal(strike_text(float(written))) == written


@given(st.integers(1990, 2089))
def test_short_years_are_inverse(year: int) -> None:
    """Every year of the window prints as two digits that read back as that year."""
    assert full_year(short_year(date(year, 1, 1), "X")) == year


@pytest.mark.parametrize("year", [1989, 2090])
def test_years_outside_the_window_have_no_short_form(year: int) -> None:
    """A year two digits cannot say is refused, with the window."""
    with pytest.raises(WireError, match="expected 1990 to 2089"):
        short_year(date(year, 1, 1), "X")


def test_a_day_that_does_not_exist_is_refused() -> None:
    """The 30th of February in a name is an error that quotes the name."""
    assert day_in_name("N", "24", 2, "29") == date(2024, 2, 29)
    with pytest.raises(WireError, match=r"'N' names day 30 of month 02, 2024: no such date"):
        day_in_name("N", "24", 2, "30")


def test_names_are_printed_for_their_own_market() -> None:
    """A contract of another market is refused by name."""
    require_market(CALL, Market.US, "OCC")
    with pytest.raises(WireError, match="SPXW trades in us, NSE names are india"):
        require_market(CALL, Market.INDIA, "NSE")
