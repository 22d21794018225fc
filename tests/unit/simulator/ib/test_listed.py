"""Contracts of TWS at the exchange."""

from decimal import Decimal

import pytest
from tws_client import AMZN, EURUSD, SPX, make_world, move

from voldesk.model.traded import Kind
from voldesk.simulator.ib.refusal import Refused
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.types import ComboLeg, IbContract


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("AMZN", "SPX")


def test_what_the_market_ticks_has_its_key(world: World) -> None:
    """Options and stocks of the market are listed already."""
    assert world.listed.key(AMZN) == "us AMZN"
    assert world.listed.contract("us AMZN").con_id == 3691937


def test_the_rest_is_listed_when_asked_for(world: World) -> None:
    """A currency pair is listed with its money, and its quote is kept up to date."""
    key = world.listed.key(EURUSD)
    assert world.exchange.instrument(key).kind is Kind.FOREX
    assert world.exchange.instrument(key).underlying == "EUR"
    first = world.exchange.quote(key)
    assert first.bid is not None
    move(world, 5.0)
    world.listed.refresh({key})
    assert world.exchange.quote(key).ts > first.ts


def test_options_of_made_chains_bring_their_underlying(world: World) -> None:
    """An option the market does not list settles in its stock."""
    asked = IbContract(symbol="AAPL", sec_type="OPT", exchange="SMART", right="C")
    option = world.contracts.find(asked, world.second)[0].instrument
    key = world.listed.key(IbContract(con_id=option.con_id))
    listed = world.exchange.instrument(key)
    assert listed.multiplier == Decimal(100)
    assert not listed.is_cash_settled
    assert world.exchange.instrument(listed.underlying).kind is Kind.STOCK


def test_index_options_settle_in_cash(world: World) -> None:
    """Where the underlying cannot be had its value is paid."""
    asked = IbContract(symbol="NDX", sec_type="OPT", exchange="SMART", right="C")
    option = world.contracts.find(asked, world.second)[0].instrument
    assert world.exchange.instrument(
        world.listed.key(IbContract(con_id=option.con_id))
    ).is_cash_settled


def test_combinations(world: World) -> None:
    """Legs are listed, a sold one with a ratio below 0; the same combination is listed once."""
    legs = (
        ComboLeg(3691937, 1, "BUY", "SMART"),
        ComboLeg(265598, 2, "SELL", "SMART"),
    )
    asked = IbContract(symbol="AMZN", sec_type="BAG", exchange="SMART", combo_legs=legs)
    key = world.listed.key(asked)
    assert [leg.ratio for leg in world.exchange.instrument(key).legs] == [1, -2]
    assert world.listed.key(asked) == key
    assert world.listed.contract(key) == asked
    assert world.listed.instrument(key) is None


@pytest.mark.parametrize(
    "asked",
    [
        IbContract(symbol="NOPE", sec_type="STK"),
        IbContract(symbol="AMZN", sec_type="BAG", combo_legs=(ComboLeg(3691937, 1, "BUY"),)),
        IbContract(symbol="AMZN", sec_type="OPT", exchange="SMART"),
        IbContract(
            symbol="AMZN",
            sec_type="BAG",
            combo_legs=(ComboLeg(3691937, 0, "BUY"), ComboLeg(265598, 1, "SELL")),
        ),
    ],
)
def test_nothing_or_too_much_is_meant(world: World, asked: IbContract) -> None:
    """No such contract, one leg alone, a whole chain, a leg of none: refused."""
    with pytest.raises(Refused):
        world.listed.key(asked)


def test_keys_nobody_asked_for(world: World) -> None:
    """A position may come of an assignment: its contract is found by the market's key."""
    key = next(str(k) for k in world.market.listing.key if "SPX" in str(k))
    assert world.listed.contract(key).symbol == "SPX"
    assert world.listed.key_of_number(416904) == world.listed.key(SPX)
    assert world.listed.key_of_number(1) is None
    with pytest.raises(KeyError):
        world.listed.contract("us NOPE")
