import numpy as np

from voldesk.pricing import kernels_columns as columns_module
from voldesk.pricing import kernels_stages as stages
from voldesk.pricing.black import bsm_price


def test_columns_of_a_given_vol() -> None:
    """Head, Mills and columns write price and Greeks; a row in doubt is counted and has no vol."""
    n = 40
    strike = np.linspace(80.0, 125.0, n)
    vol, spot, years = np.full(n, 0.3), np.full(n, 100.0), np.full(n, 0.5)
    rate, dividend_yield, is_call = np.full(n, 0.04), np.full(n, 0.01), strike > 100
    vol[5] = -1.0
    w, columns = np.zeros(stages.SCRATCH), np.empty((10, n))
    columns_module.head_vol_bsm(vol, spot, strike, years, rate, dividend_yield, w, n)
    columns_module.mills_and_value(w, 40)
    doubtful = columns_module.columns_bsm(
        vol, spot, strike, years, is_call, rate, dividend_yield, columns, n, w, n, False
    )
    assert doubtful == 1
    assert np.isnan(columns[0, 5])
    expected = bsm_price(spot, strike, years, vol, is_call, rate, dividend_yield)
    good = np.arange(n) != 5
    np.testing.assert_allclose(columns[1, good], expected[good], rtol=1e-13)
