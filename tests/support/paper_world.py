"""A market set by hand, and a paper venue without clock, disk or loop to trade in it."""

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders import CALL, PUT

from voldesk.model.enums import Right
from voldesk.model.events import Happened
from voldesk.model.ids import contract_of_key
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Intent, Leg, OrderType, Side, Terms, TimeInForce
from voldesk.model.sessions import NS_PER_SECOND, settles_at
from voldesk.trading.marks import Mark
from voldesk.trading.paper.book import Book
from voldesk.trading.paper.costs import Costs
from voldesk.trading.paper.records import Executed, Record
from voldesk.trading.paper.settings import PaperSettings
from voldesk.trading.paper.venue import PaperVenue


def utc(text: str) -> int:
    """Return the UTC ns of an instant like ``2025-10-16T15:00:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * NS_PER_SECOND


START = utc("2025-10-16T15:00:00")  # a Thursday, 11:00 in New York
CLOSE = utc("2025-10-16T20:00:00")
EXPIRY = utc("2025-10-17T20:00:00")
STOCK = "us AMZN"
STOCK_CALL = "us AMZN 20251017 000000230000000 C"
STOCK_PUT = "us AMZN 20251017 000000230000000 P"
NIFTY_CALL = "india NIFTY 20251020 000025000000000 C"
INDEX = "us SPX"
UNKNOWN = math.nan


def a_mark(key: str = CALL, bid: float = 1.20, ask: float = 1.25, **changes: Any) -> Mark:
    """Return a good quote of ten on both sides, with changes."""
    facts: dict[str, Any] = {
        "key": key,
        "bid": bid,
        "ask": ask,
        "bid_size": 10.0,
        "ask_size": 10.0,
        "last": UNKNOWN,
        "quote_age_secs": 0.5,
        "is_session_open": True,
        "currency": "INR" if key.startswith("india") else "USD",
        "tick_size": 0.05,
    }
    facts |= dict.fromkeys(("iv", "delta", "gamma", "vega", "theta", "rho"), UNKNOWN)
    if key.count(" ") == 1:
        facts |= {"underlying": key.split()[1], "expiry": None, "settles_at": None, "right": None}
        facts |= {"strike": UNKNOWN, "multiplier": 1.0, "tick_size": 0.01, "spot": bid}
    else:
        contract = contract_of_key(key)
        facts |= {
            "underlying": contract.underlying,
            "expiry": contract.expiry,
            "settles_at": settles_at(contract.root, contract.expiry, contract.market),
            "right": Right(contract.right),
            "strike": contract.strike,
            "multiplier": 65.0 if key.startswith("india") else 100.0,
            "spot": contract.strike,
        }
    return Mark(**facts | changes)


@dataclass
class Shown:
    """Marks set by hand."""

    marks: dict[str, Mark] = field(default_factory=dict)

    def mark(self, key: str) -> Mark | None:
        """Return what was set."""
        return self.marks.get(key)

    def show(self, mark: Mark) -> None:
        """Show a mark from now on."""
        self.marks[mark.key] = mark

    def change(self, key: str, **changes: Any) -> None:
        """Change what is shown of a contract."""
        self.marks[key] = replace(self.marks[key], **changes)


def buy(tag: str = "b", quantity: int = 1, key: str = CALL, **terms: Any) -> Intent:
    """Return an order to buy; a limit order where it names a limit."""
    return an_order(tag, Side.BUY, quantity, (Leg(key),), **terms)


def sell(tag: str = "s", quantity: int = 1, key: str = CALL, **terms: Any) -> Intent:
    """Return an order to sell; likewise."""
    return an_order(tag, Side.SELL, quantity, (Leg(key),), **terms)


_PRICES = ("limit_price", "stop_price", "trail_amount", "trail_pct")


def an_order(tag: str, side: Side, quantity: int, legs: tuple[Leg, ...], **given: Any) -> Intent:
    """Return an order of the account DU1, prices as text or number."""
    prices = {
        name: Decimal(str(given.pop(name))) for name in _PRICES if given.get(name) is not None
    }
    terms = Terms(quantity=quantity, good_till=given.pop("good_till", None), **prices)
    given.setdefault("order_type", OrderType.LIMIT if "limit_price" in prices else OrderType.MARKET)
    if terms.good_till is not None:
        given.setdefault("time_in_force", TimeInForce.GTD)
    given.setdefault("underlying", legs[0].key.split()[1].removesuffix("W"))
    return Intent(
        client_order_id=tag, account="DU1", legs=legs, side=side, terms=terms, made_at=1, **given
    )


class PaperFloor:
    """A paper venue with everything it wrote, and short ways to quote and to order."""

    def __init__(self, *marks: Mark, now: int = START, **settings: Any) -> None:
        self.now = now
        self.shown = Shown()
        for mark in marks or (a_mark(), a_mark(PUT)):
            self.shown.show(mark)
        cash = {"USD": Decimal(1_000_000), "INR": Decimal(1_000_000)}
        self.settings = PaperSettings(**{"account": "DU1", "cash": cash} | settings)
        self.records: list[Record] = []
        self.venue = self._venue()
        self.venue.begin(now)

    @property
    def book(self) -> Book:
        """Return the venue's book."""
        return self.venue.book

    def place(self, *intents: Intent) -> None:
        """Place orders, now."""
        for intent in intents:
            self.venue.place(intent, self.now)

    def quote(self, key: str = CALL, **changes: Any) -> None:
        """Change a quote and let the venue see it."""
        self.shown.change(key, **changes)
        self.venue.look(self.now, self.shown.marks[key].underlying)

    def wait(self, secs: float) -> None:
        """Let time pass and the venue see it."""
        self.at(self.now + round(secs * NS_PER_SECOND))

    def at(self, now: int) -> None:
        """Go to an instant and let the venue see it."""
        self.now = now
        self.venue.look(now)

    def restart(self) -> None:
        """Begin again with nothing but what was written."""
        self.venue = self._venue()

    def event(self, tag: str) -> Event:
        """Return how an order stands."""
        ticket = self.book.find(tag)
        assert ticket is not None
        return ticket.event

    def reason(self, tag: str) -> str:
        """Return the last word about an order."""
        ticket = self.book.find(tag)
        assert ticket is not None
        return ticket.reason

    def told(self, tag: str) -> list[Event]:
        """Return what was said of an order but fills."""
        return [
            record.event
            for record in self.records
            if isinstance(record, Happened) and record.client_order_id == tag
        ]

    def fills(self, tag: str) -> list[Fill]:
        """Return the fills of an order, "" for settlements."""
        return [
            line.fill
            for record in self.records
            if isinstance(record, Executed) and record.client_order_id == tag
            for line in record.lines
        ]

    def traded(self, tag: str) -> list[tuple[int, Decimal]]:
        """Return quantity and price of an order's fills."""
        return [(fill.quantity, fill.price) for fill in self.fills(tag)]

    def held(self, key: str = CALL) -> int:
        """Return contracts held."""
        return self.book.quantity(key)

    def _venue(self) -> PaperVenue:
        book = Book.of(self.records, self.settings.kept)
        costs = Costs.of(self.records, book.live)
        return PaperVenue(book, costs, self.shown, self.settings, self.records.append)
