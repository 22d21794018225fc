"""What is shown of everything that is listed."""

import numpy as np
import pytest
from tws_client import make_world, move

from voldesk.model.ticks import Field
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.prices import Prices
from voldesk.simulator.ib.shown import Shop, Shown, round_to, step_at
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.types import IbContract


@pytest.fixture(scope="module")
def world() -> World:
    made = make_world()
    move(made, 5.0)
    return made


def find(world: World, **given: str) -> Instrument:
    return world.contracts.find(IbContract(**given), world.second)[0].instrument  # type: ignore[arg-type]  # by name


def test_listed_options_show_what_ticked(world: World) -> None:
    """The market's own quotes, to the last digit."""
    option = next(o for o in world.catalogue.options() if o.row >= 0)
    shown = world.shop.shown(option, world.second)
    latest = world.observed.latest
    np.testing.assert_equal(shown.bid, latest[Field.BID][option.row])
    np.testing.assert_equal(shown.open_interest, latest[Field.OPEN_INTEREST][option.row])


def test_the_middle_needs_both_sides(world: World) -> None:
    """Of options that tick and of those that do not, with a simulated market and without."""
    options = list(world.catalogue.options())
    made = [option for option in options if option.row < 0][:3]
    ticked = [option for option in options if option.row >= 0]
    asked = [*made, *ticked]
    rows = np.array([option.row for option in asked])
    mids = world.shop.mids(asked, rows, world.second)
    for mid, option in zip(mids.tolist(), asked, strict=True):
        shown = world.shop.shown(option, world.second)
        has_both = shown.bid > 0.0 and shown.ask > 0.0
        np.testing.assert_equal(mid, 0.5 * (shown.bid + shown.ask) if has_both else np.nan)
    assert np.isfinite(mids[: len(made)]).any()
    assert np.isnan(mids).any()
    alone = Shop(Prices(7, None)).mids(made, rows[: len(made)], world.second)
    assert np.isfinite(alone).any()


@pytest.mark.parametrize(
    ("sec_type", "symbol", "exchange"),
    [
        ("STK", "AMZN", "SMART"),
        ("STK", "AAPL", "SMART"),
        ("CASH", "EUR", "IDEALPRO"),
        ("CRYPTO", "BTC", "PAXOS"),
        ("FUT", "ES", "CME"),
        ("BOND", "BNS", "SMART"),
    ],
)
def test_everything_else_is_quoted_on_ticks(
    world: World, sec_type: str, symbol: str, exchange: str
) -> None:
    """Bid below ask, both on steps of the instrument, the day's range around them."""
    instrument = find(world, sec_type=sec_type, symbol=symbol, exchange=exchange)
    shown = world.shop.shown(instrument, world.second)
    assert 0.0 < shown.bid < shown.ask
    for price in (shown.bid, shown.ask):
        assert round_to(price, step_at(instrument, price)) == price
    assert shown.day.low <= shown.day.high
    assert shown.bid_size > 0.0


def test_the_past_is_shown_too(world: World) -> None:
    """Delayed data is what was shown then."""
    amazon = find(world, sec_type="STK", symbol="AMZN", exchange="SMART")
    then = world.shop.shown(amazon, world.second - 900, is_past=True)
    price = world.prices.price(amazon, world.second - 900)
    assert then.bid <= price <= then.ask


def test_the_middle() -> None:
    """Of a quote the mean, without one the last trade."""
    assert Shown(bid=1.0, ask=2.0, last=9.0).mid == 1.5
    assert Shown(last=9.0).mid == 9.0


def test_coarse_steps() -> None:
    """Options of an index move in larger steps from a price on."""
    world = make_world("SPX")
    option = next(o for o in world.catalogue.options() if o.product.symbol == "SPX")
    assert step_at(option, 1.0) == 0.05
    assert step_at(option, 5.0) == 0.1
