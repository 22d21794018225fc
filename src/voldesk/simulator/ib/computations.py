"""What TWS computes of options: vol and Greeks of bid, ask, last trade and of its own model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.model.quotes import BoolArray, FloatArray, IntArray
from voldesk.pricing.flags import OK
from voldesk.pricing.greeks import GreekColumns, series_greeks, series_solve
from voldesk.pricing.vol import series_implied_vol
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.prices import SECONDS_PER_YEAR
from voldesk.simulator.ib.product import OptionTerms
from voldesk.simulator.ib.shown import Shop
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.ib.answers_market import NO_GREEK, NO_VALUE

MODEL_DIGITS: Final = 12
"""Digits after which what is computed is cut: no two ways to the same number differ then."""

_DAYS_PER_YEAR: Final = 365.0
_POINTS: Final = 100.0  # vol points per unit of vol
_UNKNOWN_PRICE: Final = float("nan")


Row = tuple[float, float, float, float, float, float, float, float]
"""iv, delta, price, dividends, gamma, vega, theta, underlying: the order of the message."""


@dataclass(frozen=True, slots=True)
class OptionColumns:
    """What options are priced on at one instant; ``(n,)`` each."""

    spot: FloatArray
    forward: FloatArray
    discount: FloatArray
    years: FloatArray
    strike: FloatArray
    is_call: BoolArray
    vol: FloatArray  # of the model, a fraction; NaN once settled

    def take(self, rows: IntArray) -> "OptionColumns":
        """Return the chosen ones."""
        return OptionColumns(
            self.spot[rows],
            self.forward[rows],
            self.discount[rows],
            self.years[rows],
            self.strike[rows],
            self.is_call[rows],
            self.vol[rows],
        )


@dataclass(frozen=True, slots=True)
class Computed:
    """Vols and Greeks in TWS's units; ``(n,)`` each, NaN where not computed."""

    iv: FloatArray
    delta: FloatArray
    price: FloatArray
    pv_dividend: FloatArray
    gamma: FloatArray
    vega: FloatArray  # per vol point
    theta: FloatArray  # per calendar day
    under_price: FloatArray

    def row(self, place: int) -> Row:
        """Return one row in the order of the message, -1 and -2 for what is not computed."""
        return (
            _or(self.iv[place], NO_VALUE),
            _or(self.delta[place], NO_GREEK),
            _or(self.price[place], NO_VALUE),
            _or(self.pv_dividend[place], NO_VALUE),
            _or(self.gamma[place], NO_GREEK),
            _or(self.vega[place], NO_GREEK),
            _or(self.theta[place], NO_GREEK),
            _or(self.under_price[place], NO_VALUE),
        )


def _or(value: float, unknown: float) -> float:
    return float(value) if math.isfinite(value) else unknown


def option_columns(
    options: Sequence[Instrument], market: SyntheticMarket, shop: Shop, second: int
) -> OptionColumns:
    """
    Return what options are priced on now.

    The model's vol is that of the middle of bid and ask. Where a side is missing, or the middle
    has no vol, it is the surface's: TWS's model has a vol where the quote has none.

    Args:
        options: Of any underlying.
        market: Tells the forward of those it lists, and their surface.
        shop: Tells what is quoted, and the prices of those the market does not list.
        second: The present, UTC.
    """
    count = len(options)
    strike = np.array([option.strike for option in options])
    is_call = np.array([option.right == "C" for option in options], dtype=np.bool_)
    spot, forward, discount, years, vol = (np.full(count, np.nan) for _ in range(5))
    columns = OptionColumns(spot, forward, discount, years, strike, is_call, vol)
    spots: dict[int, float] = {}
    for place, option in enumerate(options):
        columns.spot[place] = _spot(option, shop, second, spots)
    rows = np.array([option.row for option in options], dtype=np.int64)
    listed = np.flatnonzero(rows >= 0)
    if len(listed):
        _fill_listed(columns, listed, rows[listed], options, market)
    for made in np.flatnonzero(rows < 0).tolist():
        _fill_made(columns, made, options[made], shop, second)
    quoted = _vol_of(columns, shop.mids(options, rows, second))
    columns.vol[:] = np.where(np.isfinite(quoted) & np.isfinite(vol), quoted, vol)
    return columns


def _spot(option: Instrument, shop: Shop, second: int, known: dict[int, float]) -> float:
    number = option.con_id if option.under is None else option.under.con_id
    if number not in known:
        known[number] = shop.spot(option, second)
    return known[number]


def _fill_listed(
    columns: OptionColumns,
    listed: IntArray,
    rows: IntArray,
    options: Sequence[Instrument],
    market: SyntheticMarket,
) -> None:
    rates = {spec.symbol: spec.rate for spec in market.specs}
    now = market.now / 1e9
    for place in listed:
        option = options[place]
        years = (option.settles - now) / SECONDS_PER_YEAR
        rate = rates[option.product.market_symbol]
        columns.years[place] = years if years > 0.0 else np.nan
        columns.discount[place] = np.exp(-rate * years)
    columns.forward[listed] = market.true_forward(rows)
    columns.vol[listed] = market.true_vol(rows)


def _fill_made(
    columns: OptionColumns, place: int, option: Instrument, shop: Shop, second: int
) -> None:
    terms = option.product.options or OptionTerms(step=1.0, vol=option.product.implied_vol)
    years = (option.settles - second) / SECONDS_PER_YEAR
    if years <= 0.0:
        return
    is_on_future = option.under is not None and option.under.settles > 0
    carry = 0.0 if is_on_future else terms.rate - terms.dividend_yield
    columns.years[place] = years
    columns.discount[place] = np.exp(-terms.rate * years)
    columns.forward[place] = columns.spot[place] * np.exp(carry * years)
    columns.vol[place] = shop.prices.vol(option, second)


def of_vol(columns: OptionColumns, vol: FloatArray) -> Computed:
    """Return what vols say: prices and Greeks. ``(n,)``."""
    series = np.arange(len(vol), dtype=np.int32)
    with np.errstate(all="ignore"):
        greeks = series_greeks(
            vol,
            columns.strike,
            columns.is_call,
            series,
            columns.forward,
            columns.discount,
            columns.years,
        )
    return _computed(columns, vol, greeks.price, greeks, np.isfinite(vol))


def of_price(columns: OptionColumns, price: FloatArray) -> Computed:
    """Return what prices say: vols and Greeks, NaN where a price has no vol. ``(n,)``."""
    series = np.arange(len(price), dtype=np.int32)
    with np.errstate(all="ignore"):
        greeks, flag = series_solve(
            price,
            columns.strike,
            columns.is_call,
            series,
            columns.forward,
            columns.discount,
            columns.years,
        )
    is_known = (np.asarray(flag) == OK) & np.isfinite(price)
    return _computed(columns, greeks.vol, price, greeks, is_known)


def _vol_of(columns: OptionColumns, price: FloatArray) -> FloatArray:
    """Return the vols of prices alone, NaN where a price has none. ``(n,)``."""
    series = np.arange(len(price), dtype=np.int32)
    with np.errstate(all="ignore"):
        vol, flag = series_implied_vol(
            price,
            columns.strike,
            columns.is_call,
            series,
            columns.forward,
            columns.discount,
            columns.years,
        )
    return np.where(np.asarray(flag) == OK, vol, np.nan)


def _computed(
    columns: OptionColumns,
    vol: FloatArray,
    price: FloatArray,
    greeks: GreekColumns,
    known: BoolArray,
) -> Computed:
    def where(values: FloatArray) -> FloatArray:
        return np.where(known, np.asarray(values, dtype=np.float64), _UNKNOWN_PRICE).round(
            MODEL_DIGITS
        )

    dividends = columns.spot - columns.forward * columns.discount
    return Computed(
        iv=where(vol),
        delta=where(greeks.delta),
        price=where(price),
        pv_dividend=np.maximum(where(dividends), 0.0),
        gamma=where(greeks.gamma),
        vega=where(greeks.vega / _POINTS),
        theta=where(greeks.theta / _DAYS_PER_YEAR),
        under_price=columns.spot,
    )
