"""The pricing functions of the public list: as in ``pricing``, and they warm the kernels up."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voldesk.app.warmup import LARGE_INPUT, start_warm_up
from voldesk.pricing import vol as solver
from voldesk.pricing.black import bsm_price
from voldesk.pricing.greeks import GreekColumns, bsm_greeks

FloatArray = NDArray[np.float64]


def implied_vol(
    price: ArrayLike,
    forward: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    discount: ArrayLike = 1.0,
) -> FloatArray:
    """
    Return the Black-76 implied vol of each option price; arguments broadcast.

    Args:
        price: Present value, quote currency per unit of underlying.
        forward: Forward of the underlying at expiry, quote currency.
        strike: Quote currency.
        years: Time to expiry.
        is_call: True for a call, False for a put.
        discount: Discount factor to expiry.

    Returns:
        A fraction per square-root year; NaN where no vol gives that price.
        ``voldesk.pricing.vol.implied_vol`` also says why.
    """
    _warm_if_large(price, forward, strike, years, is_call, discount)
    return solver.implied_vol(price, forward, strike, years, is_call, discount)[0]


def greeks(
    vol: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> GreekColumns:
    """
    Return Black-Scholes-Merton price and Greeks of each option; arguments broadcast.

    Args:
        vol: A fraction per square-root year.
        spot: Quote currency.
        strike: Quote currency.
        years: Time to expiry.
        is_call: True for a call, False for a put.
        rate: Continuous rate, a fraction per year.
        dividend_yield: Continuous, a fraction per year.

    Returns:
        Textbook derivatives: vega, rho, vanna, volga per 1.00, theta and charm per year. NaN where
        an input is.
    """
    _warm_if_large(vol, spot, strike, years, is_call, rate, dividend_yield)
    return bsm_greeks(vol, spot, strike, years, is_call, rate, dividend_yield)


def price(
    vol: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    years: ArrayLike,
    is_call: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
) -> FloatArray:
    """Return the Black-Scholes-Merton price of each option; arguments as in ``greeks``."""
    return bsm_price(spot, strike, years, vol, is_call, rate, dividend_yield)


def _warm_if_large(*arguments: ArrayLike) -> None:
    if max(np.size(argument) for argument in arguments) >= LARGE_INPUT:
        start_warm_up()
