"""A chain whose smile is known exactly, valued by formulas written here once more."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import numpy as np
import pytest
from scipy.special import ndtr

from voldesk.chain.build import build_table
from voldesk.chain.table import ChainTable
from voldesk.model.conventions import PROFILES
from voldesk.model.enums import Market, Status
from voldesk.model.quotes import NO_TIME, ChainSnapshot, FloatArray, QuoteColumns

Vol = Callable[[FloatArray, FloatArray], FloatArray]

AS_OF_DATE = date(2025, 10, 1)
AS_OF = 1_759_305_600_000_000_000  # 2025-10-01 08:00 UTC, where Deribit's options settle each day
HALF_SPREAD = 0.001


def svi_vol(log_moneyness: FloatArray, years: FloatArray) -> FloatArray:
    """Return the vol of a raw SVI smile whose total variance at the money is 0.04 T."""
    shape = -0.4 * log_moneyness + np.sqrt(log_moneyness**2 + 0.25**2 * years) - 0.25 * years**0.5
    return np.sqrt((0.04 * years + 0.1 * np.sqrt(years) * shape) / years)


def _chain(
    vol: Vol,
    *,
    days: tuple[int, ...] = (9, 37, 65, 93, 190, 370),
    spot: float = 5000.0,
    step: float = 0.005,
    strikes_each_side: int = 100,
    rate: float = 0.04,
    dividend_yield: float = 0.01,
    seed: int = 7,
    rows_per_contract: int = 1,
) -> ChainTable:
    """Return a valued chain: calls and puts at evenly spaced strikes around spot."""
    ladder = spot * (1.0 + step * np.arange(-strikes_each_side, strikes_each_side + 1))
    strike = np.tile(np.repeat(ladder, 2), len(days))
    is_call = np.tile([True, False], len(ladder) * len(days))
    expiry = np.repeat([AS_OF_DATE + timedelta(days=n) for n in days], 2 * len(ladder))
    random = np.random.default_rng(seed)
    ts_event = np.full(len(strike), NO_TIME)
    if rows_per_contract > 1:
        strike, is_call, expiry = (
            np.repeat(x, rows_per_contract) for x in (strike, is_call, expiry)
        )
        ts_event = np.tile(AS_OF - 10**9 * np.arange(rows_per_contract)[::-1], len(ts_event))
    quotes = QuoteColumns.build(
        root=np.full(len(strike), "SYN", dtype=np.object_),
        expiry=expiry.astype("datetime64[D]"),
        is_call=is_call,
        strike=strike,
        open_interest=random.integers(0, 5000, len(strike)).astype(np.float64),
        volume=random.integers(0, 900, len(strike)).astype(np.float64),
        ts_event=ts_event,
    )
    snapshot = ChainSnapshot(
        underlying="SYN",
        source="test",
        market=Market.DERIBIT,
        quotes=quotes,
        as_of=AS_OF,
        spot=spot,
    )
    table = build_table(snapshot, PROFILES["default"])
    series = table.series
    series.forward[:] = spot * np.exp((rate - dividend_yield) * series.years)
    series.discount[:] = np.exp(-rate * series.years)
    _value(table, vol)
    return table


def _value(table: ChainTable, vol: Vol) -> None:
    """Write forward, prices, vols and Greeks by Black's formula, in published units."""
    rows, series = table.rows, table.series
    rows.years[:] = series.years[rows.series]
    rows.forward[:] = series.forward[rows.series]
    rows.discount[:] = series.discount[rows.series]
    k = np.log(rows.strike / rows.forward)
    iv = vol(k, rows.years)
    stdev = iv * np.sqrt(rows.years)
    d1, base = -k / stdev + stdev / 2, rows.forward * rows.discount
    density = np.exp(-d1 * d1 / 2) / np.sqrt(2 * np.pi)
    sign = np.where(rows.is_call, 1.0, -1.0)
    price = sign * (
        base * ndtr(sign * d1) - rows.discount * rows.strike * ndtr(sign * (d1 - stdev))
    )
    rows.price[:] = rows.mid[:] = price
    rows.bid[:] = price * (1 - HALF_SPREAD)
    rows.ask[:] = price * (1 + HALF_SPREAD)
    rows.iv[:] = iv
    rows.delta[:] = sign * ndtr(sign * d1)
    rows.gamma[:] = density / (base * stdev)
    rows.vanna[:] = -density * (d1 - stdev) / iv / 100
    rows.charm[:] = density * (d1 - stdev) / (2 * rows.years) / 365
    rows.status[:] = Status.OK


@pytest.fixture(scope="session")
def chain_of() -> Callable[..., ChainTable]:
    """Return the maker of chains: a vol function, and what differs from the usual chain."""
    return _chain


@pytest.fixture(scope="session")
def panel_of() -> Callable[..., ChainTable]:
    """Return the maker of chains with three rows per contract, a second apart."""
    return partial(_chain, rows_per_contract=3)


@pytest.fixture(scope="session")
def svi() -> Vol:
    """Return a smile known at every strike: (ln(K/F), years) to vol."""
    return svi_vol
