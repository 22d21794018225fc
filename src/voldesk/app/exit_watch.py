"""Looks after positions that are to be closed by themselves, as long as a process trades."""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog

from voldesk.bus.local import LocalBus
from voldesk.model.clock import Clock
from voldesk.model.errors import OrderDenied, StorageError, VenueUnavailable
from voldesk.model.orders import Intent
from voldesk.trading.desk import Desk, Surroundings
from voldesk.trading.exit_rules import ExitSettings, plans_of
from voldesk.trading.exits import NOTHING_SEEN, wanted
from voldesk.trading.gate import judge
from voldesk.trading.limits import GateState
from voldesk.trading.marks import Marks
from voldesk.trading.positions import positions_of

ALERTS: Final = "alerts"

log = structlog.get_logger(__name__)


class ExitWatch:
    """
    Closes positions as the rules say, through the desk like any other order.

    It looks when chains were published, and no more often than the settings say. What an exit's
    order is called follows from the rule and the position, so a process that begins again finds
    the order of the one before it. An order that the gate would refuse is not sent: it is told
    why, once, and looked at again.

    Args:
        settings: The rules.
        desk: Takes the orders.
        around: What the gate is shown.
        marks: How contracts stand.
        bus: Tells of chains, and is told what happened, on ``alerts``.
        clock: Tells the time of the market.
    """

    def __init__(
        self,
        settings: ExitSettings,
        desk: Desk,
        around: Surroundings,
        marks: Marks,
        bus: LocalBus,
        clock: Clock,
    ) -> None:
        self._settings, self._desk, self._around = settings, desk, around
        self._marks, self._bus, self._clock = marks, bus, clock
        self._best = NOTHING_SEEN
        self._said: frozenset[str] = frozenset()
        self._is_due = asyncio.Event()

    async def run(self) -> None:
        """Look after the positions until cancelled."""
        listener = self._bus.on("chain/*", lambda _, __: self._is_due.set(), name="exits")
        try:
            while True:
                await self._is_due.wait()
                self._is_due.clear()
                await self.look()
                await asyncio.sleep(self._settings.least_secs)
        finally:
            listener()

    async def look(self) -> None:
        """Close what is to be closed now."""
        desk = self._desk
        held = positions_of(desk.ledger).by_key
        plans = plans_of(self._settings.rules, held.values(), desk.ledger, desk.account)
        found = wanted(plans, held, desk.ledger.orders, self._marks, self._clock.now(), self._best)
        self._best = found.best
        notices = [(text, text) for text in found.notices]
        for intent in found.intents:
            notices += await self._close(intent)
        self._tell(notices)

    async def _close(self, intent: Intent) -> list[tuple[str, str]]:
        """Send an exit's order, and return what stands in its way: its name and a sentence."""
        desk = self._desk
        what = f"{intent.reason}: {intent.side} {intent.terms.quantity} {intent.legs[0].key}"
        if desk.state is GateState.HALTED or not desk.is_reconciled:
            why = "trading is halted" if desk.is_reconciled else "the venue is not compared with"
            return [(f"{what} {why}", f"{what} waits: {why}")]
        try:
            verdict = judge(intent, self._around.view(intent, desk), desk.limits)
            if not verdict.is_allowed:
                names = [check.name for check in verdict.checks if not check.has_passed]
                return [(f"{what} {names}", f"{what} waits: {verdict.reason}")]
            order = await desk.submit(intent)
        except (OrderDenied, StorageError, VenueUnavailable) as exc:
            return [(what, f"{what} waits: {exc}")]
        self._publish(f"{what}: {order.state}")
        return []

    def _tell(self, notices: Iterable[tuple[str, str]]) -> None:
        """Tell what stands in the way, once for as long as it does."""
        named = dict(notices)
        for name, text in named.items():
            if name not in self._said:
                self._publish(text)
        self._said = frozenset(named)

    def _publish(self, text: str) -> None:
        log.warning("exit", text=text)
        self._bus.publish(ALERTS, {"kind": "exit", "text": text})
