"""Vols and Greeks in TWS's units."""

import numpy as np
import pytest
from tws_client import make_world

from voldesk.simulator.ib.computations import OptionColumns, of_price, of_vol, option_columns
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import NO_GREEK, NO_VALUE


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("AMZN", "SPX")


def options_of(world: World, symbol: str) -> list[Instrument]:
    classes = [c for c in world.catalogue.classes if c.under.product.symbol == symbol]
    return [option for one in classes for option in one.contracts()][::5]


def columns_of(world: World, symbol: str) -> OptionColumns:
    return option_columns(options_of(world, symbol), world.market, world.shop, world.second)


@pytest.mark.parametrize("symbol", ["AMZN", "SPX", "AAPL"])
def test_price_and_vol_are_inverse(world: World, symbol: str) -> None:
    """The vol of the model's price is the model's vol, of listed options and of made ones."""
    columns = columns_of(world, symbol)
    model = of_vol(columns, columns.vol)
    back = of_price(columns, model.price)
    known = np.isfinite(back.iv) & (model.vega > 1e-3)
    assert known.any()
    np.testing.assert_allclose(back.iv[known], columns.vol[known], rtol=1e-6)


@pytest.mark.parametrize("symbol", ["AMZN", "SPX", "AAPL"])
def test_the_model_is_the_middle_of_the_quote(world: World, symbol: str) -> None:
    """Where both sides are quoted, of listed options and of made ones."""
    columns, options = columns_of(world, symbol), options_of(world, symbol)
    model = of_vol(columns, columns.vol)
    quotes = [world.shop.shown(option, world.second) for option in options]
    bid, ask = np.array([(quote.bid, quote.ask) for quote in quotes]).T
    busy = (bid > 0.0) & (ask > 0.0) & (model.vega > 1e-2)
    assert np.count_nonzero(busy) >= 10
    np.testing.assert_allclose(model.price[busy], 0.5 * (bid + ask)[busy], rtol=1e-9)


def test_the_surface_stands_in_for_a_missing_side(world: World) -> None:
    """A listed option without a bid has the true vol, as TWS's model has one there."""
    columns, options = columns_of(world, "AMZN"), options_of(world, "AMZN")
    rows = np.array([option.row for option in options])
    quotes = [world.shop.shown(option, world.second) for option in options]
    has_none = ~(np.array([quote.bid for quote in quotes]) > 0.0)
    true = world.market.true_vol(rows)
    assert has_none.any()
    np.testing.assert_array_equal(columns.vol[has_none], true[has_none])
    assert np.isfinite(columns.vol[has_none]).any()
    assert (columns.vol[~has_none] != true[~has_none]).any()


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
