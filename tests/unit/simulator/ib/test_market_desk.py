"""Quotes, streamed."""

import numpy as np
import pytest
from tws_client import AMZN, EURUSD, SPX, Client, make_world, move

from voldesk.simulator.ib.generic_ticks import LEGAL
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import (
    MarketDataType,
    TickNews,
    TickOptionComputation,
    TickPrice,
    TickReqParams,
    TickSize,
    TickSnapshotEnd,
    TickString,
)
from voldesk.wire.ib.requests_market import (
    CalculateImpliedVol,
    CalculateOptionPrice,
    CancelMarketData,
    RequestMarketData,
    RequestMarketDataType,
)
from voldesk.wire.ib.types import IbContract

LAST_DELAYED = 68
MODEL, CUSTOM = 13, 53


@pytest.fixture
def world() -> World:
    return make_world("AMZN", "SPX")


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


def option(client: Client) -> IbContract:
    """Return a call of the money that lives some weeks."""
    found = client.contracts(
        IbContract(symbol="AMZN", sec_type="OPT", exchange="SMART", strike=230.0, right="C")
    )
    return sorted(found, key=lambda contract: contract.last_trade_date)[3]


def test_a_line_opens_with_everything(client: Client) -> None:
    """Step, type of data, then bid, ask, last, sizes, volume and the day's figures."""
    client.ask(RequestMarketData(1, AMZN))
    assert isinstance(client.heard[0], TickReqParams)
    assert client.heard[1] == MarketDataType(1, 1)
    prices = {tick.tick_type: tick.price for tick in client.of(TickPrice)}
    assert {1, 2, 4, 6, 7, 9, 14} <= set(prices)
    assert prices[1] < prices[2]
    assert {tick.tick_type for tick in client.of(TickSize)} >= {0, 3, 5, 8}


def test_only_changes_are_told(world: World, client: Client) -> None:
    """What stays the same is not repeated, and stocks are looked at four times a second."""
    client.ask(RequestMarketData(1, AMZN))
    seen: dict[int, float] = {}
    client.clear()
    move(world, 5.0)
    for tick in client.of(TickPrice):
        assert seen.get(tick.tick_type) != tick.price
        seen[tick.tick_type] = tick.price
    assert seen


def test_options_come_with_computations(world: World, client: Client) -> None:
    """Model, bid, ask and last; the model's price is the middle of what is quoted."""
    contract = option(client)
    client.ask(RequestMarketData(1, contract, "101"))
    model = next(t for t in client.of(TickOptionComputation) if t.tick_type == MODEL)
    prices = {tick.tick_type: tick.price for tick in client.of(TickPrice)}
    assert model.price == pytest.approx(0.5 * (prices[1] + prices[2]), abs=1e-9)
    row = world.contracts.one(contract, world.second).instrument.row
    assert model.iv == pytest.approx(float(world.market.true_vol(row)[0]), abs=1e-3)
    assert 0.2 < model.delta < 0.8
    kinds = {tick.tick_type for tick in client.of(TickOptionComputation)}
    assert kinds >= {10, 11, MODEL}
    interest = [t for t in client.of(TickSize) if t.tick_type == 27]
    assert len(interest) == 1


def test_vols_of_bid_and_ask_hold_the_models(client: Client) -> None:
    """A higher price is a higher vol."""
    client.ask(RequestMarketData(1, option(client)))
    by_kind = {tick.tick_type: tick.iv for tick in client.of(TickOptionComputation)}
    assert by_kind[10] < by_kind[MODEL] < by_kind[11]


def test_snapshots_end(world: World, client: Client) -> None:
    """A snapshot is told once, holds no line, and takes no generic ticks."""
    client.ask(RequestMarketData(1, AMZN, is_snapshot=True))
    assert client.heard[-1] == TickSnapshotEnd(1)
    assert world.lines.in_use == 0
    client.clear()
    move(world, 1.0)
    assert client.heard == []
    client.ask(RequestMarketData(2, AMZN, "100", is_snapshot=True))
    assert client.codes() == [321]


def test_delayed_data(client: Client) -> None:
    """Types 66 and up, after the message that says so."""
    client.ask(RequestMarketDataType(3), RequestMarketData(1, AMZN))
    assert MarketDataType(1, 3) in client.heard
    kinds = {tick.tick_type for tick in client.of(TickPrice)}
    assert LAST_DELAYED in kinds
    assert not kinds & {1, 2, 4}
    client.ask(RequestMarketData(2, option(client)))
    assert {tick.tick_type for tick in client.of(TickOptionComputation)} >= {80, 81, 83}


def test_an_index_has_no_quote(client: Client) -> None:
    """It has a level, and no bid or ask."""
    client.ask(RequestMarketData(1, SPX))
    assert {tick.tick_type for tick in client.of(TickPrice)} & {1, 2, 4} == {4}


def test_what_the_market_does_not_list_is_quoted_too(world: World, client: Client) -> None:
    """A currency pair has both sides and moves."""
    client.ask(RequestMarketData(1, EURUSD))
    prices = {tick.tick_type: tick.price for tick in client.of(TickPrice)}
    assert 0.0 < prices[2] - prices[1] < 0.001
    client.clear()
    move(world, 5.0)
    assert client.heard


def test_lines_are_counted(world: World, client: Client) -> None:
    """One more than there are is 101; a cancelled line is free again."""
    world.lines.limit = 1
    client.ask(RequestMarketData(1, AMZN), RequestMarketData(2, SPX))
    assert client.codes() == [101]
    client.ask(CancelMarketData(1), RequestMarketData(2, SPX))
    assert client.codes() == []
    client.session.end()
    assert world.lines.in_use == 0


def test_wrong_requests(client: Client) -> None:
    """A duplicate id, an unknown id, a wrong generic tick, a wrong type of data."""
    client.ask(RequestMarketData(1, AMZN), RequestMarketData(1, AMZN))
    assert client.codes() == [102]
    client.ask(CancelMarketData(9))
    assert client.codes() == [300]
    client.ask(RequestMarketData(2, AMZN, "100,nonsense"))
    assert client.codes() == [321]
    client.ask(RequestMarketDataType(5))
    assert client.codes() == [321]


def test_generic_ticks(client: Client) -> None:
    """Volumes, vols and time and sales of an underlying."""
    client.ask(RequestMarketData(1, AMZN, "100,101,104,106,233,mdoff,292:BZ"))
    assert {tick.tick_type for tick in client.of(TickSize)} >= {27, 28, 29, 30}
    assert 48 in {tick.tick_type for tick in client.of(TickString)}
    assert client.one(TickNews).headline


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        (AMZN, {15, 20, 21, 23, 24, 27, 28, 29, 30, 37, 46, 48, 54, 55, 56, 57, 58, 87, 89}),
        (IbContract(symbol="KO", sec_type="STK", exchange="SMART"), {59}),
        (IbContract(symbol="ES", sec_type="CONTFUT", exchange="CME"), {37, 48, 86}),
        (SPX, {37, 57, 58}),
        (EURUSD, {37, 58}),
    ],
)
def test_every_generic_tick(client: Client, asked: IbContract, kinds: set[int]) -> None:
    """Whoever asks for everything hears all there is of it, and no error."""
    every = ",".join(str(number) for number in LEGAL)
    client.ask(RequestMarketData(1, asked, every))
    assert client.codes() == []
    told = {getattr(answer, "tick_type", None) for answer in client.heard}
    assert told >= kinds


def test_vol_and_price_are_inverse(client: Client) -> None:
    """The vol of a price gives that price."""
    contract = option(client)
    client.ask(CalculateImpliedVol(5, contract, 12.0, 231.0))
    found = client.one(TickOptionComputation)
    assert (found.req_id, found.tick_type) == (5, CUSTOM)
    client.ask(CalculateOptionPrice(6, contract, found.iv, 231.0))
    assert client.one(TickOptionComputation).price == pytest.approx(12.0, abs=1e-6)
    assert client.one(TickOptionComputation).under_price == 231.0
    client.ask(CalculateImpliedVol(7, AMZN, 12.0, 231.0))
    assert client.codes() == [321]


def test_no_number_is_nan(world: World, client: Client) -> None:
    """Nothing that is not known is sent as a number."""
    client.ask(RequestMarketData(1, option(client)))
    move(world, 2.0)
    for tick in client.of(TickPrice):
        assert np.isfinite(tick.price)
