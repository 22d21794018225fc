import numpy as np
import pytest

from voldesk.pricing.black import black_price
from voldesk.pricing.twin_greeks import (
    COLUMNS,
    DELTA,
    PRICE,
    bsm_options,
    is_sound,
    series_options,
    write_greeks,
)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_price_and_delta_of_the_textbook() -> None:
    """Hull's example (spot 49, strike 50, 20 weeks) is worth 2.40 and has delta 0.522."""
    options = bsm_options(
        column(0.2),
        column(49),
        column(50),
        column(0.3846),
        np.array([True]),
        column(0.05),
        column(0.0),
    )
    columns = np.empty((COLUMNS, 1))
    write_greeks(options, columns)
    assert columns[PRICE, 0] == pytest.approx(2.40, abs=5e-3)
    assert columns[DELTA, 0] == pytest.approx(0.522, abs=5e-4)


def test_series_options_stand_on_the_discounted_forward() -> None:
    """The base spot is forward times discount, the rate what discounts so, and nothing is paid."""
    with np.errstate(all="ignore"):
        options = series_options(
            column(0.2, 0.2),
            column(110, 110),
            column(100, 100),
            column(0.5, 0.0),
            np.array([True, True]),
            column(0.97, 1.0),
        )
    np.testing.assert_allclose(options.spot, [110 * 0.97, 110])
    np.testing.assert_allclose(options.rate, [-np.log(0.97) / 0.5, 0.0])
    assert not options.dividend_yield.any()
    columns = np.empty((COLUMNS, 2))
    with np.errstate(all="ignore"):
        write_greeks(options, columns)
    expected = black_price(110, 100, 0.2 * np.sqrt(0.5), 0.97, is_call=True)
    assert columns[PRICE, 0] == pytest.approx(float(expected), rel=1e-14)


@pytest.mark.parametrize("place", range(7))
def test_a_nan_anywhere_is_unsound(place: int) -> None:
    """An option with an unknown input has no figures at all."""
    values: list[np.ndarray] = [column(x) for x in (0.2, 100.0, 100.0, 0.5, 0.0, 0.01, 0.0)]
    values[4] = np.array([True])
    if place != 4:
        values[place] = column(np.nan)
        with np.errstate(all="ignore"):
            options = bsm_options(*values)
            columns = np.empty((COLUMNS, 1))
            write_greeks(options, columns)
            assert not is_sound(options)[0]
        assert np.isnan(columns).all()
