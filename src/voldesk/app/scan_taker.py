"""Where the orders of a scan go: the desk of a paper account, over the chains of the scan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final

from voldesk.app.market_view import MarketView
from voldesk.app.scan_orders import DeskTaker, Fees, OrderTaker
from voldesk.app.scan_watchlist import Watchlist
from voldesk.app.sessionless import always_open
from voldesk.app.settings import Loaded
from voldesk.app.trading import build_desk
from voldesk.app.trading_settings import BrokerName
from voldesk.model.clock import Clock
from voldesk.model.errors import ConfigError
from voldesk.model.orders import Intent
from voldesk.trading.desk import Desk
from voldesk.trading.paper.contracts import contract_of, exact
from voldesk.trading.paper.costs import cost_of

_OPEN_SECS: Final = 15.0
_LOOK_SECS: Final = 0.05
_PAPER: Final = frozenset({BrokerName.PAPER, BrokerName.IB_PAPER})


@asynccontextmanager
async def open_taker(
    loaded: Loaded, watchlist: Watchlist, broker: str
) -> AsyncIterator[OrderTaker]:
    """
    Open the desk that the settings name, and close it at the end.

    Args:
        loaded: Settings; ``trading.broker`` is the broker.
        watchlist: Its chains show the gate how contracts stand.
        broker: As the operator named it.

    Raises:
        ConfigError: It is no paper account.
        VenueUnavailable: It cannot be opened, with the reason.
    """
    settings, feeds = loaded.settings, watchlist.feeds
    if settings.trading.broker not in _PAPER:
        names = ", ".join(sorted(_PAPER))
        raise ConfigError(f"a scan trades on paper: --broker is {broker!r}, expected {names}")
    market = MarketView(
        watchlist.pump, is_ageless=feeds.is_ageless, always_open=always_open(settings)
    )
    desk = build_desk(settings, feeds, market, watchlist.bus)
    assert desk is not None
    async with asyncio.TaskGroup() as group:
        running = group.create_task(desk.run(), name="desk of a scan")
        try:
            try:
                async with asyncio.timeout(_OPEN_SECS):
                    await desk.wait_open()
            except TimeoutError:
                pass
            parts = desk.parts  # raises with the reason where nothing is open
            await _wait_reconciled(parts.desk)
            yield DeskTaker(
                parts.desk,
                parts.surroundings,
                is_paper=parts.broker.is_paper,
                fees=fees_of(market, feeds.clock),
            )
        finally:
            running.cancel()


def fees_of(market: MarketView, clock: Clock) -> Fees:
    """Return what reckons the charges of a limit order by the schedules of the day."""

    def fees(intent: Intent) -> Decimal | None:
        (leg, *others) = intent.legs
        mark = market.mark(leg.key)
        contract = None if mark is None else contract_of(mark)
        price = intent.terms.limit_price
        if mark is None or contract is None or price is None or others:
            return None
        quantity = intent.terms.quantity * abs(leg.ratio)
        try:
            return cost_of(contract, intent.side, quantity, price, exact(mark.spot), clock.now())
        except ValueError:  # the charges of that day are not known
            return None

    return fees


async def _wait_reconciled(desk: Desk) -> None:
    """Wait until the desk agrees with the venue, a while at most: until then the gate denies."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _OPEN_SECS
    while not desk.is_reconciled and loop.time() < deadline:  # noqa: ASYNC110  # no bell rings
        await asyncio.sleep(_LOOK_SECS)
