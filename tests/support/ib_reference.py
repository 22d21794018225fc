"""The simulated TWS's books without the TWS: what is listed, priced and remembered."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib.bars import Bars
from voldesk.simulator.ib.catalogue import Catalogue
from voldesk.simulator.ib.history import Answer, History
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Contracts, Match
from voldesk.simulator.ib.observed import Observed
from voldesk.simulator.ib.prices import Prices
from voldesk.simulator.ib.ticks import Ticks
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec
from voldesk.wire.ib.types import IbContract

SEED = 7


def utc(text: str) -> int:
    """Return the UTC seconds of ``2026-06-23T15:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


START = utc("2026-06-23T15:00")  # a Tuesday, 11:00 in New York

SPY = IbContract(symbol="SPY", sec_type="STK", exchange="SMART", currency="USD")
AAPL = IbContract(symbol="AAPL", sec_type="STK", exchange="SMART", currency="USD")
SPX = IbContract(symbol="SPX", sec_type="IND", exchange="CBOE", currency="USD")
EURUSD = IbContract(symbol="EUR", sec_type="CASH", exchange="IDEALPRO", currency="USD")
BTC = IbContract(symbol="BTC", sec_type="CRYPTO", exchange="PAXOS", currency="USD")
ES_FRONT = IbContract(symbol="ES", sec_type="CONTFUT", exchange="CME")
SPY_CALL = IbContract(
    symbol="SPY",
    sec_type="OPT",
    last_trade_date="20281215",
    strike=750.0,
    right="C",
    multiplier="100",
    exchange="SMART",
    currency="USD",
)


def _small(spec: UnderlyingSpec) -> UnderlyingSpec:
    rules = tuple(replace(rule, count=2, strikes_each_side=6) for rule in spec.expiries)
    return replace(spec, expiries=rules)


@dataclass
class Reference:
    """Everything that answers questions of reference and history."""

    market: SyntheticMarket
    observed: Observed
    prices: Prices
    catalogue: Catalogue
    contracts: Contracts
    bars: Bars
    history: History
    ticks: Ticks

    @property
    def now(self) -> int:
        """The present, UTC seconds."""
        return self.market.now // NS_PER_SECOND

    def advance(self, secs: int) -> None:
        """Let that many seconds pass, one by one."""
        for _ in range(secs):
            self.observed.observe(self.market.advance(self.market.now + NS_PER_SECOND))

    def match(self, asked: IbContract) -> Match:
        """Return the first contract that is meant."""
        return self.contracts.find(asked, self.now)[0]

    def instrument(self, asked: IbContract) -> Instrument:
        """Return the first instrument that is meant."""
        return self.match(asked).instrument

    def ask(
        self,
        asked: IbContract,
        duration: str,
        bar_size: str,
        show: str = "TRADES",
        *,
        end: str = "",
        is_regular: bool = True,
        format_date: int = 2,
    ) -> Answer:
        """Return the bars of a request."""
        request = self.history.read(
            self.match(asked),
            end,
            bar_size,
            duration,
            is_regular=is_regular,
            show=show,
            format_date=format_date,
            now=self.now,
        )
        return self.history.answer(request)


def make_reference(
    *symbols: str, start: int = START, seed: int = SEED, is_short: bool = True
) -> Reference:
    """Return the books over a market of those symbols, SPX and AMZN if not told otherwise."""
    universe = {name: _small(spec) if is_short else spec for name, spec in UNIVERSE.items()}
    market = SyntheticMarket(
        symbols or ("SPX", "AMZN"),
        seed,
        start * NS_PER_SECOND,
        universe=MappingProxyType(universe),
    )
    observed = Observed(market)
    prices = Prices(seed, observed)
    catalogue = Catalogue(market, market.now, prices)
    bars = Bars(prices, seed)
    return Reference(
        market=market,
        observed=observed,
        prices=prices,
        catalogue=catalogue,
        contracts=Contracts(catalogue),
        bars=bars,
        history=History(bars),
        ticks=Ticks(bars, seed),
    )
