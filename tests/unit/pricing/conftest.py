"""What the tests of the pricing room share: the implementations and an exact reference."""

from collections.abc import Callable, Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray

from voldesk.pricing import engine, kernels
from voldesk.pricing.twin_calls import TWIN, Calls
from voldesk.pricing.twin_live import LiveCalls

FloatArray = NDArray[np.float64]
ExactGreeks = Callable[..., tuple[list[float], list[float]]]


@pytest.fixture(scope="session")
def compiled() -> Calls:
    """Return the compiled calls for one thread, from numba's cache where it has them."""
    return kernels.load_serial(is_cached=True)


@pytest.fixture(scope="session")
def compiled_live() -> LiveCalls:
    """Return the compiled calls on live columns."""
    return kernels.load_live(is_cached=True)


@pytest.fixture(params=["twin", "compiled"])
def implementation(request: pytest.FixtureRequest) -> Calls:
    """Return each implementation in turn."""
    if request.param == "twin":
        return TWIN
    calls: Calls = request.getfixturevalue("compiled")
    return calls


@pytest.fixture
def served(implementation: Calls) -> Iterator[Calls]:
    """Let the public functions be served by each implementation in turn."""
    engine._switch(engine._Serving(implementation, implementation, 0))
    yield implementation
    engine.rest()


@pytest.fixture(scope="session")
def exact_greeks() -> ExactGreeks:
    """Return a function for price and eight Greeks to 40 digits, each with its natural scale."""
    return _exact_greeks


def _exact_greeks(
    vol: float,
    spot: float,
    strike: float,
    years: float,
    is_call: Any,
    rate: float,
    dividend_yield: float,
) -> tuple[list[float], list[float]]:
    """
    Return price to charm, and for each the sum of the sizes of its terms.

    An error is judged against that sum: theta or volga pass through zero, where no formula in
    float64 has relative accuracy.
    """
    with mp.workdps(40):
        s, k, t, r, q, sigma = (
            mp.mpf(float(x)) for x in (spot, strike, years, rate, dividend_yield, vol)
        )
        sign = 1 if is_call else -1
        root = mp.sqrt(t)
        v = sigma * root
        carry, discount = mp.exp(-q * t), mp.exp(-r * t)
        z = (mp.log(k / s) - (r - q) * t) / v
        d1, d2 = v / 2 - z, -v / 2 - z
        n1 = mp.erfc(-sign * d1 / mp.sqrt(2)) / 2
        n2 = mp.erfc(-sign * d2 / mp.sqrt(2)) / 2
        density = carry * mp.npdf(d1)
        spot_leg, strike_leg = s * carry * n1, k * discount * n2
        size = v / 2 + abs(z)
        decay = s * density * sigma / (2 * root)
        drift = (r - q) / v - d2 / (2 * t)
        values = [
            sign * (spot_leg - strike_leg),
            sign * carry * n1,
            density / (s * v),
            -decay - sign * (r * strike_leg - q * spot_leg),
            s * density * root,
            sign * t * strike_leg,
            -density * d2 / sigma,
            s * density * root * d1 * d2 / sigma,
            sign * q * carry * n1 - density * drift,
        ]
        scales = [abs(value) for value in values]
        scales[3] = decay + abs(r * strike_leg) + abs(q * spot_leg)
        scales[6] = density * size / sigma
        scales[7] = s * density * root * size**2 / sigma
        scales[8] = abs(q) * carry * n1 + density * (abs(r - q) / v + size / (2 * t))
        return [float(x) for x in values], [float(x) for x in scales]


@pytest.fixture(scope="session")
def hostile() -> FloatArray:
    """Return floats that break code: zeros, infinities, NaN, and both ends of float64."""
    return np.array(
        [np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, 1.0, 100.0, 1e308, -1e308, 5e-324, 1e-308, 1e160]
    )
