"""A venue in memory behind the Broker port, whose line can break in every way that matters."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal

from voldesk.model.errors import VenueUnavailable
from voldesk.model.events import (
    Filled,
    Happened,
    Held,
    Line,
    LineChanged,
    Margin,
    Seen,
    Snapshot,
    Told,
)
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Fill, Intent


@dataclass
class Resting:
    """An order as the venue has it."""

    intent: Intent
    venue_order_id: str
    event: Event = Event.WORK
    filled: int = 0


@dataclass
class MemoryVenue:
    """
    Takes every order and leaves it working until told otherwise.

    Attributes:
        is_deaf: Orders and requests do not arrive.
        is_mute: They arrive, and no answer goes out.
        is_down: There is no line: calls raise.
    """

    name: str = "memory"
    is_paper: bool = True
    accounts: tuple[str, ...] = ("DU1",)
    is_deaf: bool = False
    is_mute: bool = False
    is_down: bool = False
    orders: dict[str, Resting] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    placed: list[str] = field(default_factory=list)
    snapshots: int = 0
    _news: asyncio.Queue[Told | None] = field(default_factory=asyncio.Queue)

    async def open(self) -> None:
        self._check()

    async def told(self) -> AsyncIterator[Told]:
        while (news := await self._news.get()) is not None:
            yield news

    async def snapshot(self, account: str) -> Snapshot:
        self._check()
        self.snapshots += 1
        return Snapshot(
            account=account,
            orders=tuple(
                Seen(
                    client_order_id="" if tag.startswith("ext-") else tag,
                    venue_order_id=one.venue_order_id,
                    event=one.event,
                    filled=one.filled,
                    intent=one.intent,
                )
                for tag, one in self.orders.items()
            ),
            fills=tuple(self.fills),
            positions=tuple(
                Held(account=account, key=key, quantity=count)
                for key, count in self.positions.items()
                if count
            ),
            at=9,
        )

    async def place(self, intent: Intent) -> None:
        self._check()
        tag = intent.client_order_id
        self.placed.append(tag)
        if not self.is_deaf:
            self.orders[tag] = Resting(intent, f"v{len(self.orders)}")
            self.say(tag, Event.WORK)

    async def modify(self, intent: Intent) -> None:
        self._check()
        if not self.is_deaf:
            self.orders[intent.client_order_id].intent = intent
            self.say(intent.client_order_id, Event.MODIFY)

    async def cancel(self, client_order_id: str) -> None:
        self._check()
        if not self.is_deaf and client_order_id in self.orders:
            self.orders[client_order_id].event = Event.CANCEL
            self.say(client_order_id, Event.CANCEL)

    async def cancel_all(self, account: str) -> None:
        assert account in self.accounts
        for tag in self.orders:
            await self.cancel(tag)

    async def what_if(self, intent: Intent) -> Margin | None:
        assert intent.account in self.accounts
        return None

    async def close(self) -> None:
        self._news.put_nowait(None)

    def say(self, tag: str, event: Event) -> None:
        """Tell of an order, unless mute."""
        if not self.is_mute and not self.is_down:
            order = self.orders[tag]
            self._news.put_nowait(
                Happened(
                    client_order_id=tag,
                    event=event,
                    at=5,
                    venue_order_id=order.venue_order_id,
                    filled=order.filled,
                )
            )

    def fill(self, tag: str, quantity: int, *, times_told: int = 1) -> None:
        """Execute some of an order and tell of it so many times."""
        order = self.orders[tag]
        leg = order.intent.legs[0]
        fill = Fill(
            execution_id=f"x{len(self.fills)}",
            client_order_id="" if tag.startswith("ext-") else tag,
            venue_order_id=order.venue_order_id,
            account="DU1",
            key=leg.key,
            side=order.intent.side,
            quantity=quantity,
            price=Decimal("1.2"),
            ts_event=6,
        )
        self.fills.append(fill)
        order.filled += quantity
        is_done = order.filled == order.intent.terms.quantity
        order.event = Event.COMPLETE if is_done else Event.FILL
        signed = order.intent.side.sign * quantity
        self.positions[leg.key] = self.positions.get(leg.key, 0) + signed
        if not self.is_mute and not self.is_down:
            for _ in range(times_told):
                self._news.put_nowait(Filled(fill=fill, at=6))

    def tell(self, news: Told) -> None:
        """Tell of anything at all."""
        self._news.put_nowait(news)

    def cut(self) -> None:
        """Break the line, and say so."""
        self._news.put_nowait(LineChanged(line=Line.DOWN, reason="reset", at=7))
        self.is_down = True

    def mend(self) -> None:
        """Let the line come back after anything may have happened."""
        self.is_down = self.is_mute = self.is_deaf = False
        self._news.put_nowait(LineChanged(line=Line.RESET, reason="back", at=8))

    def _check(self) -> None:
        if self.is_down:
            raise VenueUnavailable("the line is down")
