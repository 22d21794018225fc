"""The true surface."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldesk.model.quotes import FloatArray
from voldesk.simulator.market.surface import (
    LARGEST_ETA,
    atm_variance,
    curvature,
    total_variance,
    vol_at_delta,
)
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec

K = np.linspace(-1.5, 1.5, 601)
YEARS = np.array([1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0])
ROUNDING = 1e-12

vols = st.floats(0.03, 2.0)
rhos = st.floats(-0.95, 0.95)
etas = st.floats(0.05, LARGEST_ETA)


def theta_of(vol: float, long_vol: float, reversion: float) -> FloatArray:
    """Return total variance at the forward by years."""
    return atm_variance(np.array(vol), np.array(long_vol), np.array(reversion), YEARS)


def surface_of(
    vol: float, long_vol: float, reversion: float, rho: float, eta: float, k: FloatArray = K
) -> FloatArray:
    """Return total variance by years (rows) and log-moneyness."""
    theta = theta_of(vol, long_vol, reversion)[:, np.newaxis]
    return total_variance(k, theta, curvature(theta, np.array(eta)), np.array(rho))


def butterfly(k: FloatArray, theta: float, phi: float, rho: float) -> FloatArray:
    """
    Return g(k): the density of the log of the price is positive exactly where it is.

    Source: J. Gatheral and A. Jacquier, Quant. Finance 14 (2014), equation 2.1.
    """
    root = np.sqrt((phi * k + rho) ** 2 + 1.0 - rho**2)
    w = 0.5 * theta * (1.0 + rho * phi * k + root)
    slope = 0.5 * theta * phi * (rho + (phi * k + rho) / root)
    bend = 0.5 * theta * phi**2 * (1.0 - rho**2) / root**3
    g: FloatArray = (1.0 - k * slope / (2.0 * w)) ** 2
    g -= slope**2 / 4.0 * (1.0 / w + 0.25)
    g += bend / 2.0
    return g


@given(vols, vols, st.floats(0.5, 50.0), rhos, etas)
def test_no_butterfly_is_worth_less_than_nothing(
    vol: float, long_vol: float, reversion: float, rho: float, eta: float
) -> None:
    """The density is nowhere negative, from minutes to years, out to 1.5 in log-moneyness."""
    theta = theta_of(vol, long_vol, reversion)
    for slice_theta, phi in zip(theta, curvature(theta, np.array(eta)), strict=True):
        near = K * np.sqrt(slice_theta) * 5.0
        for k in (K, near):
            assert butterfly(k, float(slice_theta), float(phi), rho).min() >= -ROUNDING


@given(vols, vols, st.floats(0.5, 50.0), rhos, etas)
def test_no_calendar_is_worth_less_than_nothing(
    vol: float, long_vol: float, reversion: float, rho: float, eta: float
) -> None:
    """Total variance rises with time at every log-moneyness."""
    w = surface_of(vol, long_vol, reversion, rho, eta)
    assert np.all(np.diff(w, axis=0) >= -ROUNDING)


@pytest.mark.parametrize("spec", UNIVERSE.values(), ids=lambda spec: spec.symbol)
def test_the_universes_own_surfaces_are_free_of_arbitrage(spec: UnderlyingSpec) -> None:
    """Every underlying starts from a surface without butterfly or calendar arbitrage."""
    smile, vol = spec.smile, spec.dynamics.vol
    w = surface_of(vol, smile.long_vol, smile.reversion, smile.rho, smile.eta)
    assert np.all(np.diff(w, axis=0) > 0.0)
    theta = w[:, 300]
    for slice_theta, phi in zip(theta, curvature(theta, np.array(smile.eta)), strict=True):
        assert butterfly(K, float(slice_theta), float(phi), smile.rho).min() > 0.0


@given(vols, vols, st.floats(0.5, 50.0))
def test_variance_runs_from_the_present_vol_to_the_long_one(
    vol: float, long_vol: float, reversion: float
) -> None:
    """The vol at the money is today's for an expiry about to settle, the long one far out."""
    years = np.array([1e-9, 1e8])
    theta = atm_variance(np.array(vol), np.array(long_vol), np.array(reversion), years)
    short, far = np.sqrt(theta / years)
    assert short == pytest.approx(vol, rel=1e-4)
    assert far == pytest.approx(long_vol, rel=1e-3)


def test_at_the_money_the_smile_passes_through_theta() -> None:
    """At the forward total variance is theta whatever the shape."""
    theta = np.array([0.001, 0.1])
    assert total_variance(np.zeros(2), theta, np.array([20.0, 3.0]), np.array(-0.5)) == (
        pytest.approx(theta, rel=1e-15)
    )


def test_a_negative_rho_makes_puts_dearer() -> None:
    """Variance below the forward exceeds that above it where rho is below 0."""
    below, above = total_variance(
        np.array([-0.1, 0.1]), np.array(0.01), np.array(8.0), np.array(-0.5)
    )
    assert below > above


@given(
    st.sampled_from([0.05, 0.1, 0.25, 0.5, 0.9, -0.1, -0.25, -0.75]),
    vols,
    rhos,
    etas,
    st.floats(1e-4, 2.0),
)
def test_the_vol_at_a_delta_has_that_delta(
    delta: float, vol: float, rho: float, eta: float, years: float
) -> None:
    """Somewhere on the smile a strike has both the vol returned and the delta asked for."""
    theta = vol * vol * years
    phi = float(curvature(np.array(theta), np.array(eta)))
    found = vol_at_delta(delta, theta, phi, rho, years)
    stdev = found * np.sqrt(years)
    d1 = NormalDist().inv_cdf(delta if delta > 0.0 else 1.0 + delta)
    k = stdev * (0.5 * stdev - d1)
    w = float(total_variance(*(np.array(x) for x in (k, theta, phi, rho))))
    assert np.sqrt(w / years) == pytest.approx(found, rel=1e-9)
