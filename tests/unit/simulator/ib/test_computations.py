"""Vols and Greeks in TWS's units."""

import numpy as np
import pytest
from tws_client import make_world

from voldesk.simulator.ib.computations import OptionColumns, of_price, of_vol, option_columns
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import NO_GREEK, NO_VALUE


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("AMZN", "SPX")


def columns_of(world: World, symbol: str) -> OptionColumns:
    classes = [c for c in world.catalogue.classes if c.under.product.symbol == symbol]
    options = [option for one in classes for option in one.contracts()][::5]
    return option_columns(options, world.market, world.shop, world.second)


@pytest.mark.parametrize("symbol", ["AMZN", "SPX", "AAPL"])
def test_price_and_vol_are_inverse(world: World, symbol: str) -> None:
    """The vol of the model's price is the model's vol, of listed options and of made ones."""
    columns = columns_of(world, symbol)
    model = of_vol(columns, columns.vol)
    back = of_price(columns, model.price)
    known = np.isfinite(back.iv) & (model.vega > 1e-3)
    assert known.any()
    np.testing.assert_allclose(back.iv[known], columns.vol[known], rtol=1e-6)


def test_units(world: World) -> None:
    """Vega is per vol point, theta per day: held to differences of prices."""
    columns = columns_of(world, "AMZN")
    model, bumped = of_vol(columns, columns.vol), of_vol(columns, columns.vol + 1e-4)
    busy = np.isfinite(model.vega) & (model.vega > 0.01)
    np.testing.assert_allclose(
        100.0 * (bumped.price - model.price)[busy], model.vega[busy], rtol=1e-2
    )
    assert (model.theta[busy & columns.is_call] < 0.0).all()


def test_what_is_not_computed(world: World) -> None:
    """A price below intrinsic has no vol: -1 and -2, never NaN on the wire."""
    columns = columns_of(world, "AMZN")
    nothing = of_price(columns, np.full(len(columns.vol), np.nan))
    row = nothing.row(0)
    assert row[:7] == (
        NO_VALUE, NO_GREEK, NO_VALUE, NO_VALUE, NO_GREEK, NO_GREEK, NO_GREEK
    )  # fmt: skip
    assert row[7] > 0.0


def test_chosen_rows(world: World) -> None:
    """Taking rows keeps every column aligned."""
    columns = columns_of(world, "AMZN")
    rows = np.array([3, 1])
    taken = columns.take(rows)
    np.testing.assert_array_equal(taken.strike, columns.strike[rows])
    np.testing.assert_array_equal(taken.vol, columns.vol[rows])
