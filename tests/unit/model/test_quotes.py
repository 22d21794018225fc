"""Quotes in columns."""

import dataclasses

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.quotes import NO_EXPIRY, NO_TIME, ChainSnapshot, QuoteColumns

NAMES = [spec.name for spec in dataclasses.fields(QuoteColumns)]


def test_columns_left_out_are_unknown() -> None:
    """What a source does not give is NaN, empty text, no date or no time, in every row."""
    quotes = QuoteColumns.build(strike=[90.0, 100.0])
    assert len(quotes) == 2
    assert np.isnan(quotes.bid).all()
    assert np.isnan(quotes.vendor_rho).all()
    assert list(quotes.symbol) == ["", ""]
    assert np.isnat(quotes.expiry).all()
    assert np.isnat(NO_EXPIRY)
    assert (quotes.ts_event == NO_TIME).all()


def test_given_columns_take_their_dtype() -> None:
    """Lists become arrays of the column's own dtype."""
    quotes = QuoteColumns.build(
        strike=[90, 100],
        is_call=[1, 0],
        symbol=["a", "b"],
        expiry=["2025-10-17", "2025-11-21"],
        ts_event=[1, 2],
    )
    assert quotes.strike.dtype == np.float64
    assert quotes.is_call.dtype == np.bool_
    assert quotes.symbol.dtype == np.object_
    assert quotes.expiry.dtype == np.dtype("datetime64[D]")
    assert quotes.ts_event.dtype == np.int64


def test_every_column_has_one_row_per_strike() -> None:
    """All columns have the length of the strikes, none included."""
    for size in (0, 3):
        quotes = QuoteColumns.build(strike=np.ones(size))
        assert {getattr(quotes, name).shape for name in NAMES} == {(size,)}


@pytest.mark.parametrize("bid", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], 1.0])
def test_a_column_of_another_length_is_refused(bid: object) -> None:
    """A column that does not match the strikes is named with both shapes."""
    with pytest.raises(ValueError, match=r"column bid has shape .*, strike \(2,\)"):
        QuoteColumns.build(strike=[90.0, 100.0], bid=bid)


def test_unknown_columns_are_refused_by_name() -> None:
    """A misspelt column is an error, not silence."""
    with pytest.raises(ValueError, match="unknown columns: asks, bids"):
        QuoteColumns.build(strike=[90.0], bids=[1.0], asks=[1.0])


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_take_keeps_the_chosen_rows(rows: np.typing.NDArray[np.int64]) -> None:
    """Rows are taken from every column, in the order asked for."""
    quotes = QuoteColumns.build(strike=[90.0, 100.0, 110.0], symbol=["a", "b", "c"])
    taken = quotes.take(rows)
    assert list(taken.strike) == list(np.array([90.0, 100.0, 110.0])[rows])
    assert list(taken.symbol) == list(np.array(["a", "b", "c"])[rows])
    assert {len(getattr(taken, name)) for name in NAMES} == {2}


def test_a_snapshot_says_nothing_it_was_not_told() -> None:
    """Spot and time of a bare snapshot are unknown."""
    quotes = QuoteColumns.build(strike=[])
    snapshot = ChainSnapshot(underlying="", source="csv", market=Market.US, quotes=quotes)
    assert np.isnan(snapshot.spot)
    assert snapshot.as_of == NO_TIME
    assert snapshot.problems == ()
