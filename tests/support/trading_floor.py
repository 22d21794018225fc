"""An exchange small enough to see whole: one of each kind of instrument, quotes set by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from voldesk.model.enums import Market
from voldesk.model.orders import Side
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.traded import Kind
from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.events import Event, Filled, OrderChanged
from voldesk.simulator.exchange.exchange import Exchange
from voldesk.simulator.exchange.instruments import Instrument, Leg
from voldesk.simulator.exchange.orders import Execution, Order, OrderRequest, OrderStatus, OrderType
from voldesk.simulator.exchange.quotes import Quote
from voldesk.simulator.exchange.scenario import Rules, Scenario


def utc(text: str) -> int:
    """Return the UTC ns of an instant like ``2026-11-18T15:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * NS_PER_SECOND


START = utc("2026-11-18T15:00")  # a Wednesday, 10:00 in New York
CLOSE = utc("2026-11-18T21:00")
EXPIRY = utc("2026-11-20T21:00")

STOCK, INDEX, FUTURE, PAIR, COIN = "us AMZN", "us SPX", "cme ESZ6", "EUR.USD", "deribit BTC"
CALL, PUT, FAR_CALL, INDEX_CALL = "call 230", "put 230", "call 240", "spx call 6800"
SPREAD = "call 230/240"


def option(key: str, strike: int, *, is_call: bool = True, **changes: Any) -> Instrument:
    """Return an option on the stock."""
    plain = Instrument(
        key=key,
        kind=Kind.OPTION,
        market=Market.US,
        multiplier=Decimal(100),
        tick_size=Decimal("0.05"),
        underlying=STOCK,
        strike=Decimal(strike),
        is_call=is_call,
        settles_at=EXPIRY,
    )
    return replace(plain, **changes)


INSTRUMENTS = (
    Instrument(key=STOCK, kind=Kind.STOCK, market=Market.US),
    Instrument(key=INDEX, kind=Kind.INDEX, market=Market.US),
    option(CALL, 230),
    option(PUT, 230, is_call=False),
    option(FAR_CALL, 240),
    option(INDEX_CALL, 6800, underlying=INDEX, is_cash_settled=True),
    Instrument(
        key=FUTURE,
        kind=Kind.FUTURE,
        market=Market.CME,
        multiplier=Decimal(50),
        tick_size=Decimal("0.25"),
        underlying=INDEX,
        settles_at=EXPIRY,
        is_cash_settled=True,
    ),
    Instrument(
        key=PAIR,
        kind=Kind.FOREX,
        market=Market.US,
        tick_size=Decimal("0.00005"),
        underlying="EUR",
    ),
    Instrument(
        key=COIN,
        kind=Kind.CRYPTO,
        market=Market.DERIBIT,
        tick_size=Decimal("0.5"),
        lot=Decimal("0.0001"),
    ),
    Instrument(
        key=SPREAD,
        kind=Kind.COMBO,
        market=Market.US,
        multiplier=Decimal(100),
        tick_size=Decimal("0.05"),
        legs=(Leg(CALL, 1), Leg(FAR_CALL, -1)),
    ),
)


def money(value: str | float | Decimal | None) -> Decimal | None:
    """Return a number as a decimal."""
    return None if value is None else Decimal(str(value))


class Floor:
    """
    An exchange with everything it told, and short ways to quote and to order.

    Args:
        scenario: Delays and mishaps; the default is neither, and no quote is ever stale.
        rules: How clients are treated.
        accounts: Who trades; one with a million dollars if there are none.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        rules: Rules | None = None,
        accounts: tuple[AccountSpec, ...] = (AccountSpec(name="DU1"),),
        start: int = START,
        instruments: tuple[Instrument, ...] = INSTRUMENTS,
    ) -> None:
        self.exchange = Exchange(
            instruments,
            accounts,
            start,
            scenario=Scenario(stale_after_secs=None) if scenario is None else scenario,
            rules=rules,
        )
        self.events: list[Event] = []
        self.exchange.subscribe(self.events.append)

    def quote(
        self,
        key: str,
        bid: float | None,
        ask: float | None,
        size: int = 10,
        last: float | None = None,
    ) -> None:
        """Show a market, both sides of one size, now."""
        quote = Quote(
            bid=money(bid),
            ask=money(ask),
            bid_size=Decimal(size),
            ask_size=Decimal(size),
            last=money(last),
            ts=self.exchange.now,
        )
        self.exchange.on_quote(key, quote)

    def request(
        self, side: Side, quantity: float | str, key: str = CALL, **terms: Any
    ) -> OrderRequest:
        """Return a request of the first account; a limit order where it names a limit."""
        for name in ("limit_price", "stop_price", "trail_amount", "trail_percent", "limit_offset"):
            if name in terms:
                terms[name] = money(terms[name])
        has_limit = terms.get("limit_price") is not None
        terms.setdefault("order_type", OrderType.LIMIT if has_limit else OrderType.MARKET)
        terms.setdefault("account", "DU1")
        return OrderRequest(instrument=key, side=side, quantity=Decimal(str(quantity)), **terms)

    def buy(self, quantity: float | str, key: str = CALL, **terms: Any) -> int:
        """Place an order to buy and return its id."""
        return self.exchange.place(self.request(Side.BUY, quantity, key, **terms))

    def sell(self, quantity: float | str, key: str = CALL, **terms: Any) -> int:
        """Place an order to sell and return its id."""
        return self.exchange.place(self.request(Side.SELL, quantity, key, **terms))

    def order(self, number: int) -> Order:
        """Return an order as it stands."""
        return self.exchange.order(number)

    def change(self, number: int, **terms: Any) -> None:
        """Modify an order's request."""
        self.exchange.modify(number, replace(self.order(number).request, **terms))

    def wait(self, secs: float) -> None:
        """Let time pass."""
        self.exchange.advance(self.exchange.now + round(secs * NS_PER_SECOND))

    def told(self, number: int) -> list[OrderStatus]:
        """Return the statuses an order was told to have, in order."""
        return [
            event.order.status
            for event in self.events
            if isinstance(event, OrderChanged) and event.order.venue_order_id == number
        ]

    def fills(self, number: int) -> list[Execution]:
        """Return the executions told of an order."""
        return [
            event.execution
            for event in self.events
            if isinstance(event, Filled) and event.execution.venue_order_id == number
        ]

    def held(self, key: str = CALL, account: str = "DU1") -> Decimal:
        """Return the quantity an account holds."""
        return self.exchange.position(account, key).quantity
