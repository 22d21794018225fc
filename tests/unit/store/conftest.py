"""What the tests of the store share: a small listing and ticks that are told apart."""

from collections.abc import Callable

import numpy as np
import pytest

from voldesk.model.conventions import Profile, profile_named
from voldesk.model.listing import Listing
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch

START = 1_700_000_000_000_000_000


@pytest.fixture(scope="session")
def listing() -> Listing:
    """Return an underlying and four of its options."""
    strikes = [np.nan, 90.0, 100.0, 110.0, 57.5]
    expiry = ["", "2025-01-17", "2025-01-17", "2025-01-17", "2025-02-21"]
    return Listing.build(
        key=["us ABC", *(f"us ABC {row}" for row in range(1, 5))],
        symbol=["ABC", "one", "two", "three", "four"],
        underlying=["ABC"] * 5,
        market=["us"] * 5,
        root=["ABC"] * 5,
        expiry=np.array(expiry, "M8[D]"),
        is_call=[False, True, True, False, False],
        strike=strikes,
        is_option=[False, True, True, True, True],
        multiplier=[1.0, 100.0, 100.0, 100.0, 100.0],
    )


@pytest.fixture(scope="session")
def profiles() -> dict[str, Profile]:
    """Return the conventions of the listing's underlying."""
    return {"ABC": profile_named("default")}


@pytest.fixture(scope="session")
def make_ticks() -> Callable[..., TickBatch]:
    """Return a maker of ticks whose ``volume`` counts on from ``first``, one a microsecond."""

    def make(count: int, first: int = 0) -> TickBatch:
        place = np.arange(first, first + count)
        ticks = empty_batch(count)
        ticks["instrument"] = place * 7 % 5
        ticks["kind"] = TickKind.QUOTE
        ticks["present"] = Field.BID | Field.ASK | Field.VOLUME
        ticks["ts_recv"] = START + place * 1_000
        ticks["ts_event"] = ticks["ts_recv"] - 500
        ticks["bid"] = place % 13 / 4
        ticks["ask"] = np.where(place % 3 == 0, np.nan, place)
        ticks["volume"] = place
        return ticks

    return make
