"""Chains whose right answer is known: priced by Black's formula from a flat vol."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from voldesk.model.enums import Market
from voldesk.model.quotes import ChainSnapshot, QuoteColumns
from voldesk.model.sessions import settles_at
from voldesk.pricing.black import black_price

NOON = 1_790_784_000_000_000_000  # 2026-09-30 16:00 UTC, noon in New York
EXPIRY = date(2026, 10, 30)
NS_PER_YEAR = 365 * 86_400 * 10**9

SnapshotMaker = Callable[..., ChainSnapshot]


def quotes_of(
    *,
    root: str = "SPXW",
    expiry: date = EXPIRY,
    strikes: Any = (90.0, 95.0, 100.0, 105.0, 110.0),
    forward: float = 100.5,
    rate: float = 0.04,
    vol: float = 0.2,
    half_spread: float = 0.01,
    at: int = NOON,
    market: Market = Market.US,
    **given: Any,
) -> dict[str, Any]:
    """Return the columns of one series, call and put at each strike, at a flat vol."""
    strike = np.repeat(np.asarray(strikes, dtype=np.float64), 2)
    is_call = np.tile([True, False], len(strikes))
    years = (settles_at(root, expiry, market) - at) / NS_PER_YEAR
    value = black_price(
        forward, strike, vol * np.sqrt(max(years, 0.0)), np.exp(-rate * years), is_call
    )
    columns: dict[str, Any] = {
        "symbol": [
            f"{root}-{k:g}-{'C' if call else 'P'}" for k, call in zip(strike, is_call, strict=True)
        ],
        "root": [root] * strike.size,
        "expiry": [np.datetime64(expiry, "D")] * strike.size,
        "is_call": is_call,
        "strike": strike,
        "bid": value - half_spread,
        "ask": value + half_spread,
        "last": value,
        "mark": value,
    }
    return columns | given


def snapshot_of(*series: dict[str, Any], **facts: Any) -> ChainSnapshot:
    """Return the series' columns end to end as one snapshot."""
    names = {name for columns in series for name in columns}
    missing = {name: getattr(QuoteColumns.build(strike=[1.0]), name)[0] for name in names}
    joined = {
        name: np.concatenate(
            [
                np.asarray(columns.get(name, [missing[name]] * len(columns["strike"])))
                for columns in series
            ]
        )
        for name in names
    }
    known: dict[str, Any] = {
        "underlying": "SPX",
        "source": "test",
        "market": Market.US,
        "as_of": NOON,
    }
    return ChainSnapshot(quotes=QuoteColumns.build(**joined), **(known | facts))


@pytest.fixture
def quotes() -> Callable[..., dict[str, Any]]:
    """Return the maker of one series' quotes."""
    return quotes_of


@pytest.fixture
def snapshot() -> SnapshotMaker:
    """Return the maker of snapshots."""
    return snapshot_of
