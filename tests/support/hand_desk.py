"""A desk in the hand of a test behind the gateway's port, and contracts for it to trade."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import inf, nan
from typing import Any

from voldesk.gateways.order_desk import (
    Grid,
    Mode,
    Placed,
    Preview,
    Risk,
    Standing,
    Stopped,
    Use,
)
from voldesk.model.enums import Right
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.model.events import Adopted, Decided, Entry, Filled, Happened, Margin
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Intent, Terms
from voldesk.trading.gate import Check, Verdict
from voldesk.trading.ledger import Ledger, OrderRecord
from voldesk.trading.limits import GateState
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import Holdings, Portfolio, PortfolioSettings
from voldesk.trading.views import Exposure

CALL = "us AMZN 20260116 000000200000000 C"
PUT = "us AMZN 20260116 000000200000000 P"
HIGH_CALL = "us AMZN 20260116 000000210000000 C"
LATER_CALL = "us AMZN 20260220 000000200000000 C"
OTHER = "us MSFT 20260116 000000400000000 C"
STOCK = "us AMZN"
NAMES = {
    "AMZN 2026-01-16 C 200": CALL,
    "AMZN 2026-01-16 P 200": PUT,
    "AMZN 2026-01-16 C 210": HIGH_CALL,
    "MSFT 2026-01-16 C 400": OTHER,
    "AMZN": STOCK,
}
_SETTLES = {"20260116": 1_768_597_200_000_000_000, "20260220": 1_771_621_200_000_000_000}
MOST_CONTRACTS = 10


def a_mark(key: str = CALL, **changes: Any) -> Mark:
    """Return how a contract stands: 1.20 bid, 1.25 asked, spot 198."""
    parts = key.split(" ")
    is_option = len(parts) > 2
    mark = Mark(
        key=key,
        underlying=parts[1],
        expiry=date.fromisoformat(parts[2]) if is_option else None,
        settles_at=_SETTLES[parts[2]] if is_option else None,
        right=Right(parts[4]) if is_option else None,
        strike=int(parts[3]) / 1_000_000 if is_option else nan,
        multiplier=100.0 if is_option else 1.0,
        tick_size=0.01,
        currency="USD",
        spot=198.0,
        bid=1.2,
        ask=1.25,
        bid_size=10.0,
        ask_size=12.0,
        last=1.22,
        quote_age_secs=0.4,
        iv=0.3,
        delta=0.45,
        gamma=0.02,
        vega=0.3,
        theta=-0.1,
        rho=0.05,
        is_session_open=True,
    )
    return replace(mark, **changes)


class HandMarks:
    """Marks as a test sets them."""

    def __init__(self, *marks: Mark) -> None:
        self.by_key = {mark.key: mark for mark in marks}

    def mark(self, key: str) -> Mark | None:
        return self.by_key.get(key)


class HandDesk:
    """Fills ``OrderDesk`` in memory: denies more contracts than ten, and keeps the rest working."""

    account = "PAPER"
    mode = Mode.PAPER

    def __init__(self) -> None:
        keys = (CALL, PUT, HIGH_CALL, LATER_CALL, OTHER, STOCK)
        self.marks = HandMarks(*(a_mark(key) for key in keys))
        self.ledger = Ledger()
        self.is_away = False
        self.is_blind = False
        self.placed: list[str] = []
        self.killed: list[tuple[str, str, bool]] = []
        self.state = GateState.ACTIVE
        self.fails: Exception | None = None
        self.margin: Margin | None = None
        self._ticks = itertools.count(1_000_000, 1_000_000)

    def now(self) -> int:
        return next(self._ticks)

    def apply(self, entry: Entry) -> OrderRecord | None:
        """Change the ledger."""
        return self.ledger.apply(entry)

    def fill(self, tag: str, quantity: int, price: str = "1.24", **changes: Any) -> None:
        """Execute some of an order."""
        order = self.ledger.orders[tag]
        facts: dict[str, Any] = {
            "execution_id": f"x{next(self._ticks)}",
            "client_order_id": tag,
            "venue_order_id": order.venue_order_id,
            "account": self.account,
            "key": order.intent.legs[0].key,
            "side": order.intent.side,
            "quantity": quantity,
            "price": Decimal(price),
            "ts_event": self.now(),
            "commission": Decimal("0.65"),
        }
        self.apply(Filled(fill=Fill(**facts | changes), at=self.now()))

    def adopt(self, intent: Intent) -> None:
        """Find an order of somebody else."""
        self.apply(Adopted(intent=intent, venue_order_id="e1", at=self.now()))

    def _check(self) -> None:
        if self.is_away:
            raise VenueUnavailable("account PAPER is not traded here: no line")
        if self.fails is not None:
            raise self.fails

    def orders(self) -> Sequence[OrderRecord]:
        self._check()
        return list(reversed(self.ledger.orders.values()))

    def find(self, client_order_id: str) -> OrderRecord | None:
        return self.ledger.orders.get(client_order_id)

    def key_of(self, name: str) -> str:
        if name not in NAMES:
            raise ConfigError(f"no contract {name!r} is served")
        return NAMES[name]

    def mark(self, key: str) -> Mark | None:
        return self.marks.mark(key)

    def _verdict(self, intent: Intent) -> Verdict:
        count = Check("order_contracts", intent.terms.quantity, MOST_CONTRACTS)
        notional = Check("order_notional", nan if self.is_blind else 1.0, inf)
        return Verdict((count, notional), is_reducing=intent.is_reducing)

    async def preview(self, intent: Intent) -> Preview:
        self._check()
        added = Exposure(delta=100.0, gamma=2.0, vega=3.0, theta=nan)
        return Preview(verdict=self._verdict(intent), added=added, margin=self.margin)

    async def place(self, intent: Intent, children: Sequence[Intent] = ()) -> Placed:
        placed = self._place(intent)
        for child in children:
            self._place(child)
        return placed

    def _place(self, intent: Intent) -> Placed:
        self._check()
        verdict = self._verdict(intent)
        checks = tuple((one.name, one.value, one.limit) for one in verdict.checks)
        entry = Decided(intent=intent, reason=verdict.reason, checks=checks, at=self.now())
        order = self.apply(entry)
        assert order is not None
        self.placed.append(intent.client_order_id)
        if not verdict.reason:
            number = f"v{len(self.placed)}"
            for event in (Event.SEND, Event.WORK):
                self._happen(intent.client_order_id, event, venue_order_id=number)
        return Placed(order=order, verdict=verdict)

    def _happen(self, tag: str, event: Event, **facts: Any) -> None:
        self.apply(Happened(client_order_id=tag, event=event, at=self.now(), **facts))

    async def modify(self, client_order_id: str, terms: Terms) -> Placed:
        self._check()
        order = self.ledger.orders[client_order_id]
        verdict = self._verdict(replace(order.intent, terms=terms))
        if verdict.reason:
            return Placed(order=order, verdict=verdict)
        self._happen(client_order_id, Event.ASK_MODIFY, terms=terms)
        return Placed(order=order, verdict=None)

    async def cancel(self, client_order_id: str) -> OrderRecord:
        self._check()
        self._happen(client_order_id, Event.ASK_CANCEL)
        return self.ledger.orders[client_order_id]

    async def cancel_all(self) -> Stopped:
        self._check()
        return self._stopped()

    def _stopped(self) -> Stopped:
        return Stopped(
            state=self.state,
            is_durable=True,
            asked_to_cancel=sum(1 for _ in self.ledger.open_orders),
            flattening=tuple(self.ledger.orders.values())[:1],
            problems=("one could not be asked for",),
        )

    async def kill(self, *, by: str, reason: str, is_flattening: bool) -> Stopped:
        self.killed.append((by, reason, is_flattening))
        self.state = GateState.HALTED
        return self._stopped()

    async def unlock(self, *, by: str) -> None:
        self._check()
        assert by
        self.state = GateState.ACTIVE

    def holdings(self) -> Holdings:
        return Portfolio(self.marks, PortfolioSettings()).holdings(self.ledger)

    def standing(self) -> Standing:
        self._check()
        return Standing(
            at=5_000,
            currency="USD",
            holdings=self.holdings(),
            equity=100_015.0,
            equity_peak=nan,
            day_pnl=10.7,
            attribution={"delta": 12.0, "rest": nan},
        )

    async def scenarios(
        self, spot_pct: tuple[float, ...], vol_points: tuple[float, ...], days: tuple[float, ...]
    ) -> Grid:
        self._check()
        return Grid(
            at=5_000,
            currency="USD",
            spot_pct=spot_pct,
            vol_points=vol_points,
            days=days,
            pnl=[[[nan for _ in spot_pct] for _ in vol_points] for _ in days],
            unknown=(CALL,),
        )

    def risk(self) -> Risk:
        self._check()
        uses = (
            Use(name="open_orders", used=1.0, limit=20.0),
            Use(name="underlying_delta", used=nan, limit=inf, of="AMZN"),
            Use(name="day_loss", used=0.0, limit=0.0),
        )
        return Risk(
            account=self.account,
            mode=self.mode,
            broker="paper",
            at=5_000,
            state=self.state,
            is_reconciled=True,
            differences=(),
            alarms=("look",),
            line_reason="",
            journal_reason="",
            journal_entries=3,
            healed=0,
            uses=uses,
            open_orders=sum(1 for _ in self.ledger.open_orders),
            unlock_phrase="unlock PAPER",
        )

    def scans(self) -> Sequence[Mapping[str, Any]]:
        return [{"underlying": "AMZN"}]
