"""What all clients of the simulated TWS share: the market, the exchange, the clock, the faults."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import structlog

from voldesk.model.clock import Clock
from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import TickBatch
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.exchange import Exchange
from voldesk.simulator.exchange.instruments import instruments_of
from voldesk.simulator.exchange.orders import OrderRequest, OrderType
from voldesk.simulator.exchange.scenario import Rules
from voldesk.simulator.ib.bars import Bars
from voldesk.simulator.ib.blotter import Blotter
from voldesk.simulator.ib.catalogue import Catalogue
from voldesk.simulator.ib.history import History
from voldesk.simulator.ib.listed import Listed
from voldesk.simulator.ib.matching import Contracts
from voldesk.simulator.ib.mishaps import Mishaps
from voldesk.simulator.ib.notices import SERVER_BROKEN, Notice
from voldesk.simulator.ib.observed import Observed
from voldesk.simulator.ib.permissions import Lines, Permissions
from voldesk.simulator.ib.prices import Prices
from voldesk.simulator.ib.recorded import NOTHING_RECORDED, RecordedBars
from voldesk.simulator.ib.session import Desk, Session
from voldesk.simulator.ib.shown import Shop
from voldesk.simulator.ib.ticks import Ticks
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.ib.types import IbContract

_log: Final = structlog.get_logger(__name__)

_LOST_AFTER_NS: Final = 30 * NS_PER_SECOND


class World:
    """
    The venue behind the sessions: fills `session.Venue`.

    Its time is the market's, which runs along with a clock; `step` moves both.

    Args:
        market: Moved by this world alone from now on.
        clock: What the market's time runs along with, and what paces clients.
        desks: Make the parts of a session.
        seed: Of everything random beside the market.
        speed: Market seconds per second of the clock.
        accounts: Names.
        recorded: Bars that really were, told in place of made ones.
        is_always_open: Whether orders work outside the sessions too, as the market may.
    """

    def __init__(
        self,
        market: SyntheticMarket,
        clock: Clock,
        desks: Sequence[Callable[["World", Session], Desk]],
        *,
        seed: int = 0,
        speed: float = 1.0,
        accounts: Sequence[str] = ("DU1234567",),
        recorded: RecordedBars = NOTHING_RECORDED,
        is_always_open: bool = True,
    ) -> None:
        self.market = market
        self.clock = clock
        self.accounts = tuple(accounts)
        self.observed = Observed(market)
        self.prices = Prices(seed, self.observed)
        self.catalogue = Catalogue(market, market.now, self.prices)
        self.contracts = Contracts(self.catalogue)
        self.shop = Shop(self.prices)
        self.lines = Lines()
        self.exchange = Exchange(
            instruments_of(market.listing),
            [AccountSpec(name=name) for name in self.accounts],
            market.now,
            rules=Rules(is_always_open=is_always_open),
        )
        self.listed = Listed(
            self.exchange,
            self.contracts,
            self.shop,
            [str(key) for key in market.listing.key],
            lambda: self.second,
        )
        self.blotter = Blotter(self.exchange, self.listed)
        self.exchange.on_quotes(market.snapshot())
        self.permissions = Permissions()
        self.mishaps = Mishaps()
        self.bars = Bars(self.prices, seed)
        self.history = History(self.bars, recorded)
        self.ticks = Ticks(self.bars, seed)
        self.sessions: dict[int, Session] = {}
        self._desks = desks
        self._speed = speed
        self._opened = clock.now(), market.now
        self._refreshed = 0  # the second in which the exchange saw what the market does not tick

    # Time

    def now(self) -> int:
        """Return the present of the market, UTC ns."""
        return self.market.now

    def wall(self) -> int:
        """Return the present of the clock, UTC ns: what paces clients."""
        return self.clock.now()

    @property
    def second(self) -> int:
        """The present of the market in UTC seconds."""
        return self.market.now // NS_PER_SECOND

    def time_text(self) -> str:
        """Return the present as TWS says it in its first frame."""
        return f"{datetime.fromtimestamp(self.second, UTC):%Y%m%d %H:%M:%S} GMT"

    def step(self) -> None:
        """Move the market to where the clock is, and let every session tell what changed."""
        due = self._due()
        if due > self.market.now:
            self._take(self._ticks(due))
        for session in tuple(self.sessions.values()):
            session.guarded(session.tick)(self.market.now)

    def _ticks(self, due: int) -> TickBatch:
        """Return what ticked until an instant; who slept too long hears how things stand."""
        if due - self.market.now <= _LOST_AFTER_NS:
            return self.market.advance(due)
        self.market.skip(due)
        return self.market.snapshot()

    def _take(self, batch: TickBatch) -> None:
        self.observed.observe(batch)
        self.exchange.on_quotes(batch)
        self.exchange.advance(self.market.now)
        if self.second != self._refreshed:
            self._refreshed = self.second
            self.listed.refresh(self.blotter.traded_keys())
        self.blotter.settle()

    def _due(self) -> int:
        clock_start, market_start = self._opened
        return market_start + round((self.clock.now() - clock_start) * self._speed)

    def hold(self, symbol: str, quantity: int) -> None:
        """
        Let the first account hold a stock, bought (below 0: sold) at the market now.

        Raises:
            Refused: There is no such stock.
        """
        asked = IbContract(symbol=symbol, sec_type="STK", exchange="SMART", currency="USD")
        key = self.listed.key(asked)
        side = Side.BUY if quantity > 0 else Side.SELL
        self.exchange.place(
            OrderRequest(
                account=self.accounts[0],
                instrument=key,
                side=side,
                quantity=Decimal(abs(quantity)),
                order_type=OrderType.MARKET,
                outside_hours=True,
            )
        )
        self.blotter.settle()

    # Sessions

    def admit(self, session: Session) -> bool:
        """Take a session in under its client id; False where the id is in use."""
        if session.client_id in self.sessions:
            return False
        self.sessions[session.client_id] = session
        return True

    def leave(self, session: Session) -> None:
        """Let a session go."""
        if self.sessions.get(session.client_id) is session:
            del self.sessions[session.client_id]

    def next_order_id(self, session: Session) -> int:
        """Return the next order id of that client."""
        return self.blotter.next_id(session.client_id)

    def desks(self, session: Session) -> list[Desk]:
        """Make the desks of a session."""
        return [make(self, session) for make in self._desks]

    def starts_broken(self) -> Sequence[Notice]:
        """Return what is said to a newcomer instead of that all farms are connected."""
        return () if self.mishaps.is_connected else (SERVER_BROKEN,)
