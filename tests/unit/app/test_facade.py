import subprocess
import sys

import numpy as np
import pytest

import voldesk

PRICE, VOL = 7.965567455405804, 0.2  # Black-76, F = K = 100, one year


def test_implied_vol_takes_scalars_and_arrays() -> None:
    """Arguments broadcast; a price without a vol is NaN in its own row only."""
    assert float(voldesk.implied_vol(PRICE, 100.0, 100.0, 1.0, True)) == pytest.approx(VOL)
    vols = voldesk.implied_vol([PRICE, -1.0, PRICE], 100.0, 100.0, 1.0, [True, True, False])
    np.testing.assert_allclose(vols, [VOL, np.nan, VOL], rtol=1e-12)


def test_price_and_greeks_agree() -> None:
    """The price beside the Greeks is the price."""
    price = voldesk.price(VOL, 100.0, [90.0, 110.0], 1.0, [True, False], rate=0.03)
    greeks = voldesk.greeks(VOL, 100.0, [90.0, 110.0], 1.0, [True, False], rate=0.03)
    np.testing.assert_allclose(greeks.price, price, rtol=1e-12)
    assert greeks.delta[0] > 0.0 > greeks.delta[1]


def test_a_small_call_leaves_numba_alone() -> None:
    """The twin answers, no compiler is imported."""
    code = (
        "import sys, voldesk; voldesk.implied_vol([8.0] * 100, 100.0, 100.0, 1.0, True);"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_large_call_is_answered_while_the_kernels_compile() -> None:
    """The first large request starts the compiler and does not wait for it."""
    size = 20_000
    vols = voldesk.implied_vol(np.full(size, PRICE), 100.0, 100.0, 1.0, True)
    np.testing.assert_allclose(vols, VOL, rtol=1e-12)
    voldesk.warm_up()
    vols = voldesk.implied_vol(np.full(size, PRICE), 100.0, 100.0, 1.0, True)
    np.testing.assert_allclose(vols, VOL, rtol=1e-12)


def test_the_public_list_is_complete() -> None:
    """Each public name loads, and a wrong one is an AttributeError."""
    for name in voldesk.__all__:
        assert getattr(voldesk, name) is not None
    assert set(voldesk.__all__) <= set(dir(voldesk))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = voldesk.nonsense
