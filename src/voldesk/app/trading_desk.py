"""The desk of a process as its clients see it: opened, shown, stopped. Fills ``OrderDesk``."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from voldesk.app.arming import LiveGuard
from voldesk.app.desk_opening import closed, kept_apart, masked, open_desk
from voldesk.app.flattening import end, send_out
from voldesk.app.kill_file import KillFile
from voldesk.app.previewing import preview_of
from voldesk.app.scan_rounds import SCANS
from voldesk.app.trading_parts import Identity, Market, Parts, stopped
from voldesk.app.trading_risk import uses_of
from voldesk.bus.local import LocalBus
from voldesk.gateways.order_desk import (
    POSITIONS,
    RISK,
    Grid,
    Mode,
    Placed,
    Preview,
    Risk,
    Standing,
    Stopped,
)
from voldesk.model.clock import Clock
from voldesk.model.errors import (
    OrderDenied,
    StorageError,
    VenueUnavailable,
)
from voldesk.model.orders import Intent, Terms
from voldesk.trading.desk import Desk
from voldesk.trading.gate import Verdict, judge
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import GateState
from voldesk.trading.marks import Mark

_KILL_LOOK_SECS: Final = 0.25
_CHANGE_SECS: Final = 0.1
_MOST_SCANS: Final = 20

log = structlog.get_logger(__name__)


class TradingDesk:
    """
    The desk of one account, from the start of a process to its end.

    It is opened while the process runs, and again where the venue does not answer. What cannot be
    mended here (another process trades the account, the journal is damaged) leaves the rest of
    the process as it is: orders are refused with the reason, and nothing is guessed.

    Args:
        identity: See `Identity`.
        make: Makes the parts; called in a thread, since it reads files.
        market: How contracts stand.
        bus: Where positions and risk are told.
        clock: Stamps what is told.
        kill_file: Stops trading by being there.
        guard: Of real money; None where there is none to guard.
        show_secs: Positions and risk are told so often.
    """

    def __init__(
        self,
        identity: Identity,
        make: Callable[[], Parts],
        market: Market,
        bus: LocalBus,
        clock: Clock,
        kill_file: KillFile,
        guard: LiveGuard | None = None,
        *,
        show_secs: float = 1.0,
    ) -> None:
        self.identity = identity
        self.guard = guard
        self._make, self._market, self._bus, self._clock = make, market, bus, clock
        self._kill_file, self._show_secs = kill_file, show_secs
        self._parts: Parts | None = None
        self._reason = "trading has not begun yet"
        self._changed = asyncio.Event()
        self._is_open = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._scans: deque[Mapping[str, Any]] = deque(maxlen=_MOST_SCANS)
        bus.on(SCANS, lambda _, found: self._scans.appendleft(found), name="trading")

    @property
    def account(self) -> str:
        """Name the account."""
        return self.identity.account

    @property
    def mode(self) -> Mode:
        """Say whether real money can move."""
        return self.identity.mode

    @property
    def parts(self) -> Parts:
        """
        Return what is open.

        Raises:
            VenueUnavailable: Nothing is, with the reason.
        """
        if self._parts is None:
            raise VenueUnavailable(f"account {self.account} is not traded here: {self._reason}")
        return self._parts

    async def run(self) -> None:
        """Open the desk, keep it, and close it when cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._show(), name="positions and risk")
            try:
                parts = await open_desk(self._make, self._note)
                if parts is not None:
                    await self._keep(parts, group)
                await asyncio.Event().wait()
            finally:
                self._group = None
                await self._close()

    async def wait_open(self) -> Parts:
        """Wait until orders are taken."""
        await self._is_open.wait()
        return self.parts

    def changed(self, _order: OrderRecord) -> None:
        """Note that something happened to an order: positions and risk are told anew."""
        self._changed.set()

    def now(self) -> int:
        """Return the time of the market, UTC ns."""
        return self._clock.now()

    def orders(self) -> Sequence[OrderRecord]:
        """Return every order, the newest first."""
        return list(reversed(self.parts.desk.ledger.orders.values()))

    def find(self, client_order_id: str) -> OrderRecord | None:
        """Return an order, None where there is none."""
        return self.parts.desk.ledger.orders.get(client_order_id)

    def key_of(self, name: str) -> str:
        """Return the key of what a trader names; see `MarketView.key_of`."""
        return self._market.key_of(name)

    def mark(self, key: str) -> Mark | None:
        """Return how a contract stands."""
        return self._market.mark(key)

    async def preview(self, intent: Intent) -> Preview:
        """Say what would become of an order; see `OrderDesk`."""
        return await preview_of(self.parts, intent)

    async def place(self, intent: Intent, children: Sequence[Intent] = ()) -> Placed:
        """Send an order, and those that wait for it, through the gate; see `OrderDesk`."""
        parts = self.parts
        orders = await parts.desk.submit_all([intent, *children])
        verdicts = [
            Verdict(parts.journal.checks_of(one.client_order_id), is_reducing=False)
            for one in (intent, *children)
        ]
        denied = (one for one in verdicts if not one.is_allowed)
        return Placed(order=orders[0], verdict=next(denied, verdicts[0]))

    async def modify(self, client_order_id: str, terms: Terms) -> Placed:
        """Ask for new terms; see `OrderDesk`."""
        parts = self.parts
        try:
            order = await parts.desk.modify(client_order_id, terms)
        except OrderDenied:
            known = parts.desk.ledger.orders[client_order_id]
            changed = replace(known.intent, terms=terms)
            view = replace(parts.surroundings.view(changed, parts.desk), margin_after=None)
            verdict = judge(changed, view, parts.desk.limits)
            if verdict.is_allowed:
                raise  # it is not the gate that stands in the way
            return Placed(order=known, verdict=verdict)
        return Placed(order=order, verdict=None)

    async def cancel(self, client_order_id: str) -> OrderRecord:
        """Ask to cancel one; see `OrderDesk`."""
        return await self.parts.desk.cancel(client_order_id)

    async def cancel_all(self) -> Stopped:
        """Ask to cancel everything; see `OrderDesk`."""
        desk = self.parts.desk
        asked = sum(1 for _ in desk.ledger.open_orders)
        problems: list[str] = []
        try:
            await desk.cancel_all()
        except (StorageError, VenueUnavailable) as exc:
            problems.append(str(exc))
        return stopped(desk.state, asked, problems=problems)

    async def kill(self, *, by: str, reason: str, is_flattening: bool) -> Stopped:
        """Shut the gate, cancel everything, and trade out of what is held if asked to."""
        if self._parts is None:
            await asyncio.to_thread(self._kill_file.write, reason)
            problem = f"nothing is traded here: {self._reason}"
            return stopped(GateState.HALTED, 0, problems=[problem])
        desk = self._parts.desk
        asked = sum(1 for _ in desk.ledger.open_orders)
        problems: list[str] = []
        is_durable = await self._halt(desk, by, reason, problems)
        if not is_flattening:
            return stopped(desk.state, asked, problems=problems, is_durable=is_durable)
        try:
            out = await send_out(desk, self._clock.now)
        except (StorageError, VenueUnavailable) as exc:
            problems.append(f"not traded out: {exc}")
            return stopped(desk.state, asked, problems=problems, is_durable=is_durable)
        assert self._group is not None
        self._group.create_task(self._end_flat(desk, out.orders), name="traded out")
        problems += out.problems
        return stopped(
            desk.state, asked, problems=problems, is_durable=is_durable, orders=out.orders
        )

    async def unlock(self, *, by: str) -> None:
        """Let trading begin again; see `OrderDesk`."""
        desk = self.parts.desk
        await asyncio.to_thread(self._kill_file.remove)
        if desk.state is not GateState.ACTIVE:
            await desk.switch(GateState.ACTIVE, by=by, reason="unlocked")
        self._changed.set()

    def standing(self) -> Standing:
        """Return what is held."""
        parts = self.parts
        return parts.day.standing(parts.desk, self._clock.now())

    async def scenarios(
        self, spot_pct: tuple[float, ...], vol_points: tuple[float, ...], days: tuple[float, ...]
    ) -> Grid:
        """Return what moves of the market would do to what is held."""
        parts = self.parts
        return parts.day.scenarios(parts.desk, self._clock.now(), spot_pct, vol_points, days)

    def risk(self) -> Risk:
        """Return how trading stands."""
        parts, standing = self.parts, self.standing()
        desk, journal = parts.desk, parts.journal
        now = asyncio.get_running_loop().time()
        uses = uses_of(
            desk.limits,
            desk.ledger,
            standing.holdings,
            sent=(desk.throttle.within(1.0, now), desk.throttle.within(60.0, now)),
            trades_today=parts.day.trades(desk),
            day_pnl=standing.day_pnl,
            drawdown=standing.equity_peak - standing.equity,
        )
        return Risk(
            account=self.account,
            mode=self.mode,
            broker=self.identity.broker,
            at=standing.at,
            state=desk.state,
            is_reconciled=desk.is_reconciled,
            differences=desk.differences,
            alarms=tuple(desk.ledger.alarms),
            line_reason=desk.line_reason,
            journal_reason=journal.reason,
            journal_entries=len(journal),
            healed=journal.healed,
            uses=uses,
            open_orders=sum(1 for _ in desk.ledger.open_orders),
            unlock_phrase=self.identity.unlock_phrase,
        )

    def scans(self) -> Sequence[Mapping[str, Any]]:
        """Return what the last scans found, the newest first."""
        return tuple(self._scans)

    def _note(self, reason: str) -> None:
        """Note why nothing is open."""
        self._reason = reason
        log.warning("not_trading", account=masked(self.account), why=reason)

    async def _keep(self, parts: Parts, group: asyncio.TaskGroup) -> None:
        """Let orders in; where the kill file is there, none."""
        reason = await asyncio.to_thread(self._kill_file.reason)
        if reason is not None:
            await self._halt(parts.desk, "kill file", reason, [])
        self._parts = parts
        self._is_open.set()
        log.info(
            "trading",
            account=masked(self.account),
            broker=self.identity.broker,
            mode=self.mode.value,
            state=parts.desk.state.value,
        )
        group.create_task(self._watch_kill_file(parts.desk), name="kill file")
        for name, chore in parts.chores.items():
            group.create_task(kept_apart(name, chore, parts.desk), name=name)

    async def _close(self) -> None:
        parts, self._parts = self._parts, None
        await closed(parts)

    async def _watch_kill_file(self, desk: Desk) -> None:
        """Halt while the kill file is there, whatever else is said."""
        while True:
            await self._kill_file.appears(_KILL_LOOK_SECS)
            if desk.state is not GateState.HALTED:
                # Unlocking removes it before the gate opens: once more, since it may be gone.
                reason = await asyncio.to_thread(self._kill_file.reason)
                if reason is not None:
                    await self._halt(desk, "kill file", reason, [])
            await asyncio.sleep(_KILL_LOOK_SECS)

    async def _halt(self, desk: Desk, by: str, reason: str, problems: list[str]) -> bool:
        """Shut the gate, and say whether that lasts through a restart."""
        if self.guard is not None:
            self.guard.disarm(f"a kill ({by})")
        try:
            await desk.switch(GateState.HALTED, by=by, reason=reason)
        except VenueUnavailable as exc:
            problems.append(f"not cancelled: {exc}")
        except StorageError as exc:
            problems.append(f"not in the journal: {exc}")
            return await self._write_kill_file(reason, problems)
        self._changed.set()
        log.warning("halted", by=by, reason=reason, problems=problems)
        return True

    async def _write_kill_file(self, reason: str, problems: list[str]) -> bool:
        """Have the kill file keep what the journal cannot."""
        try:
            await asyncio.to_thread(self._kill_file.write, reason)
        except StorageError as exc:
            problems.append(str(exc))
            return False
        return True

    async def _end_flat(self, desk: Desk, orders: list[OrderRecord]) -> None:
        try:
            await end(desk, orders)
        except (StorageError, VenueUnavailable) as exc:
            log.error("halted_with_trouble", why=str(exc))  # noqa: TRY400  # the reason is all

    async def _show(self) -> None:
        """Tell positions and risk when something happened, and every second."""
        while True:
            try:
                async with asyncio.timeout(self._show_secs):
                    await self._changed.wait()
            except TimeoutError:
                pass  # time alone moves figures
            self._changed.clear()
            if self._parts is not None:
                self._bus.publish(POSITIONS, self.standing())
                self._bus.publish(RISK, self.risk())
                await asyncio.sleep(_CHANGE_SECS)
