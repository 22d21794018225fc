"""The listing of a feed."""

from typing import Any

import numpy as np
import pytest

from voldesk.model.listing import Listing


def _columns(size: int = 2) -> dict[str, Any]:
    return {
        "key": ["us SPX", "us SPXW 20261120 000006700000000 C"][:size],
        "symbol": ["SPX", "SPXW261120C06700000"][:size],
        "underlying": ["SPX", "SPX"][:size],
        "market": ["us", "us"][:size],
        "root": ["SPX", "SPXW"][:size],
        "expiry": ["NaT", "2026-11-20"][:size],
        "is_call": [False, True][:size],
        "strike": [np.nan, 6700.0][:size],
        "is_option": [False, True][:size],
    }


def test_a_listing_fills_what_may_be_left_out() -> None:
    """Multiplier is 1 and the tick size unknown unless given."""
    listing = Listing.build(**_columns())
    assert len(listing) == 2
    assert listing.multiplier.tolist() == [1.0, 1.0]
    assert np.isnan(listing.tick_size).all()
    assert listing.underlyings == ("SPX",)


def test_a_missing_column_is_named() -> None:
    """A listing without strikes is refused, naming the column."""
    columns = _columns()
    del columns["strike"]
    with pytest.raises(ValueError, match="strike"):
        Listing.build(**columns)


def test_a_short_column_is_named_with_both_lengths() -> None:
    """Columns of unequal length are refused with both shapes."""
    columns = _columns() | {"strike": [6700.0]}
    with pytest.raises(ValueError, match=r"strike has shape \(1,\), key \(2,\)"):
        Listing.build(**columns)


def test_an_unknown_column_is_named() -> None:
    """A column no listing has is refused."""
    with pytest.raises(ValueError, match="colour"):
        Listing.build(**_columns(), colour=["red", "blue"])
