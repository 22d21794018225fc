import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voldesk.pricing import flags
from voldesk.pricing.black import black_price, log_moneyness
from voldesk.pricing.twin import implied_vol, refine, seed
from voldesk.pricing.twin_hard import Quotes


@given(st.floats(1e-6, 1.5), st.floats(0.02, 2.3))
def test_seed_is_close_and_the_step_certifies_itself(h: float, v: float) -> None:
    """Inside its range the seed is within 1e-5, and one step leaves the fourth power of f."""
    if h > 7 * v:
        return
    forward, strike = np.array([100.0]), np.array([100.0 * np.exp(h)])
    o = black_price(forward, strike, v, 1.0, is_call=True)
    beta = o / np.sqrt(forward * strike)
    exact_h = log_moneyness(forward, strike)
    first = seed(exact_h, beta, (strike - forward) / o)
    assert abs(first[0] / v - 1) < 1e-5
    f, stdev = refine(exact_h, first, beta)
    assert abs(stdev[0] / v - 1) < 1e-12 + f[0] ** 4


def test_blocks_do_not_show() -> None:
    """Rows beyond a block are solved like those within."""
    n = 5000
    strike = np.resize(np.linspace(60, 160, 37), n)
    forward, years, one = np.full(n, 100.0), np.full(n, 0.4), np.ones(n)
    is_call = strike >= 100
    price = black_price(forward, strike, 0.3 * np.sqrt(0.4), 1.0, is_call)
    vol, flag = np.empty(n), np.empty(n, np.uint8)
    x = log_moneyness(forward, strike)
    implied_vol(Quotes(price, forward, strike, x, years, is_call, one), vol, flag)
    assert (flag == flags.OK).all()
    np.testing.assert_allclose(vol, 0.3, rtol=1e-13)
    np.testing.assert_array_equal(vol[:37], vol[37:74])
