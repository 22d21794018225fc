"""What can be simulated."""

import pytest

from voldesk.model.errors import ConfigError
from voldesk.simulator.market.surface import LARGEST_ETA
from voldesk.simulator.market.universe import UNIVERSE, Cycle, UnderlyingSpec, specs_named

SPECS = pytest.mark.parametrize("spec", UNIVERSE.values(), ids=lambda spec: spec.symbol)


def test_specs_come_in_the_order_asked_for() -> None:
    """Symbols are found by name, in the caller's order."""
    assert [spec.symbol for spec in specs_named(("SPX", "NIFTY"))] == ["SPX", "NIFTY"]


@pytest.mark.parametrize("symbols", [("SPX", "SPY"), ("SPX", "SPX"), ()], ids=str)
def test_unknown_repeated_or_no_symbols_are_the_operators_mistake(symbols: tuple[str, ...]) -> None:
    """A symbol that is not there, one twice, or none at all is a ConfigError."""
    with pytest.raises(ConfigError):
        specs_named(symbols)


def test_the_message_names_what_there_is() -> None:
    """Who asks for the wrong symbol is told the right ones."""
    with pytest.raises(ConfigError, match=r"SPY.*NIFTY, BANKNIFTY, SPX, AMZN, TSLA, MSFT, BTC"):
        specs_named(("SPY",))


def test_the_issues_underlyings_are_there() -> None:
    """Two Indian indices, a US one, three stocks and a coin."""
    assert set(UNIVERSE) == {"NIFTY", "BANKNIFTY", "SPX", "AMZN", "TSLA", "MSFT", "BTC"}


@SPECS
def test_every_smile_is_free_of_arbitrage(spec: UnderlyingSpec) -> None:
    """Parameters lie where no tilt, however it wobbles, can make a butterfly cost less than 0."""
    assert 0.0 < spec.smile.eta <= LARGEST_ETA
    assert -1.0 < spec.smile.rho < 1.0
    assert min(spec.smile.long_vol, spec.smile.reversion, spec.dynamics.vol) > 0.0


@SPECS
def test_shared_shocks_leave_room_for_ones_own(spec: UnderlyingSpec) -> None:
    """The squares of the shared correlations sum to less than 1."""
    assert spec.dynamics.world**2 + spec.dynamics.home**2 < 1.0
    assert -1.0 <= spec.dynamics.leverage <= 1.0


@SPECS
def test_prices_stand_on_ticks(spec: UnderlyingSpec) -> None:
    """A unit of price is a whole number of ticks or of tenths of them, and so is a strike step."""
    for tick in (spec.quoting.tick, spec.spot_tick):
        assert (10.0 / tick).is_integer()
    assert (spec.spot / spec.spot_tick) == pytest.approx(round(spec.spot / spec.spot_tick))


def test_some_expire_on_every_trading_day() -> None:
    """SPX and BTC list daily expiries: there is a 0DTE chain on every day they trade."""
    for symbol in ("SPX", "BTC"):
        assert Cycle.DAILY in {rule.cycle for rule in UNIVERSE[symbol].expiries}
