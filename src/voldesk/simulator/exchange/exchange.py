"""
The built-in exchange: one object that venues' simulators put their protocols around.

Whoever holds it drives it: ticks by `on_quotes`, time by `advance`. Every method does its work at
the exchange's present instant and returns; what happened is told to listeners, in order, before
the method that made it happen returns. A listener may call the exchange again.

The same instruments, scenario and calls give the same events.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import numpy as np

from voldesk.model.fees_tables import SCHEDULES, Schedules
from voldesk.model.ticks import TickBatch, TickKind
from voldesk.simulator.exchange.accounts import AccountSpec, AccountSummary, Position, WhatIf
from voldesk.simulator.exchange.agenda import Agenda, Voice
from voldesk.simulator.exchange.clearing import Clearing
from voldesk.simulator.exchange.days import Days
from voldesk.simulator.exchange.engine import Engine
from voldesk.simulator.exchange.events import Event, Filled
from voldesk.simulator.exchange.expiries import Expiries
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.intake import Intake
from voldesk.simulator.exchange.ledger import RATES, Holding, Ledger, position_of
from voldesk.simulator.exchange.orders import Execution, Order, OrderRequest, Rejection
from voldesk.simulator.exchange.quotes import Board, Quote, ticks_of
from voldesk.simulator.exchange.registry import Registry
from voldesk.simulator.exchange.reports import Reports
from voldesk.simulator.exchange.risk import Risk
from voldesk.simulator.exchange.scenario import Rules, Scenario
from voldesk.simulator.exchange.settlement import Settlement


class Exchange:
    """
    Accounts, orders, matching, positions, margin.

    Args:
        instruments: What is listed; row i of the ticks is instrument i (see
            `instruments.instruments_of`).
        accounts: Who trades.
        start: The present, UTC ns.
        scenario: Delays and mishaps.
        rules: How clients are treated.
        rates: US dollars per unit of a currency.
        schedules: What trading costs, by market and kind; free where there is none.

    Raises:
        ConfigError: Accounts or groups have the same name, or one's currency has no rate.
        ValueError: An instrument's currency has no rate.
    """

    def __init__(
        self,
        instruments: Sequence[Instrument],
        accounts: Sequence[AccountSpec],
        start: int,
        *,
        scenario: Scenario | None = None,
        rules: Rules | None = None,
        rates: Mapping[str, Decimal] = RATES,
        schedules: Schedules = SCHEDULES,
    ) -> None:
        scenario, rules = scenario or Scenario(), rules or Rules()
        self._listed = {instrument.key: instrument for instrument in instruments}
        self._agenda, self._voice = Agenda(start), Voice()
        self._board = Board(instruments, scenario.stale_after_secs)
        self._ledger = Ledger(accounts, rates)
        self._registry = Registry(self._board.row, len(self._listed))
        self._clearing = Clearing(
            self._ledger, self._board, self.instrument, schedules, rules.session
        )
        self._reports = Reports(
            self._agenda,
            self._voice,
            self._ledger,
            self._board,
            lambda: self._engine.draw(self._engine.scenario.ack_delay),
            lambda: self._engine.draw(self._engine.scenario.fill_report_delay),
        )
        self._engine = Engine(
            self._agenda,
            self._board,
            self._clearing,
            self._registry,
            self._reports,
            scenario,
            rules,
        )
        self._risk = Risk(self._ledger, self._board, self.instrument, schedules)
        self._intake = Intake(
            self._agenda,
            self._engine,
            self._registry,
            self._reports,
            self._risk,
            self._ledger,
            self._listed,
            rules,
        )
        settlement = Settlement(self._ledger, self._board, self.instrument)
        self._expiries = Expiries(self._agenda, self._engine, settlement, self._reports)
        for instrument in instruments:
            self._ledger.check_currency(instrument)
            self._expiries.expect(instrument)
        self._days = Days(self._agenda, self._ledger, self._board)

    # What drives it

    @property
    def now(self) -> int:
        """The exchange's present, UTC ns."""
        return self._agenda.now

    def on_quotes(self, batch: TickBatch) -> None:
        """
        Take ticks in their order, move to each one's ``ts_event`` and fill what can be filled.

        A GAP stalls the market of its instrument until the next tick of it.
        """
        kinds = batch["kind"]
        cuts = np.flatnonzero(kinds == TickKind.GAP).tolist()
        done = 0
        for cut in cuts:
            self._take(batch[done:cut])
            self._board.cut(int(batch["instrument"][cut]))
            done = cut + 1
        self._take(batch[done:] if cuts else batch)
        self._voice.deliver()

    def on_quote(self, instrument: str, quote: Quote) -> None:
        """Take one quote of an instrument that is not in the ticks (a future, a currency pair)."""
        self._agenda.move(quote.ts)
        self._board.put(instrument, quote, self._agenda.now)
        self._engine.on_quote(instrument)
        self._voice.deliver()

    def advance(self, to: int) -> None:
        """
        Move to an instant, UTC ns: delays end, sessions open and close, contracts settle.

        An instant before the present one is the present one.
        """
        self._move(to)
        self._voice.deliver()

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Tell a listener everything from now on; return the function that ends it."""
        return self._voice.subscribe(listener)

    # Orders

    def place(self, request: OrderRequest) -> int:
        """
        Place an order and return its permanent id, whatever becomes of it.

        A refused request is an order too, REJECTED with a reason; it never touches the order
        whose client id it may repeat.
        """
        number = self._intake.place(request)
        self._voice.deliver()
        return number

    def modify(self, venue_order_id: int, request: OrderRequest) -> None:
        """
        Put another request in an order's place; account, instrument, side and parent stay.

        Told as `OrderChanged` (``revision`` one higher) or `ChangeRefused`.

        Raises:
            KeyError: There is no such order.
        """
        self._intake.modify(venue_order_id, request)
        self._voice.deliver()

    def cancel(self, venue_order_id: int) -> None:
        """
        Cancel an order; told as `OrderChanged` or `CancelRefused`.

        Raises:
            KeyError: There is no such order.
        """
        self._intake.cancel(venue_order_id)
        self._voice.deliver()

    def cancel_all(self, account: str | None = None, client: str | None = None) -> int:
        """Cancel every order that is not final, of an account or client; return how many."""
        chosen = self.open_orders(account, client)
        for order in chosen:
            self._intake.cancel(order.venue_order_id)
        self._voice.deliver()
        return len(chosen)

    def what_if(self, request: OrderRequest) -> WhatIf:
        """
        Say what the order would cost, and whether it would be refused; nothing is placed.

        Raises:
            KeyError: There is no such account or instrument.
        """
        return self._intake.what_if(request)

    def exercise(self, account: str, instrument: str, quantity: Decimal) -> Rejection | None:
        """
        Exercise options before they settle; None says done.

        Raises:
            KeyError: There is no such account or instrument.
        """
        rejection = self._expiries.exercise(account, self._listed[instrument], quantity)
        self._voice.deliver()
        return rejection

    def assign(self, account: str, instrument: str, quantity: Decimal) -> Rejection | None:
        """Let the other side exercise against short options; as `exercise`."""
        return self.exercise(account, instrument, -quantity)

    # Mishaps

    def change_scenario(self, scenario: Scenario) -> None:
        """Go on with other delays and mishaps; what is under way keeps its own."""
        self._engine.scenario = scenario
        self._board.stale_after(scenario.stale_after_secs)

    def stall(self, underlying: str | None = None) -> None:
        """Fill nothing of an underlying (key; None for all) until `resume`."""
        self._board.stall(underlying)

    def resume(self, underlying: str | None = None) -> None:
        """End a stall."""
        self._board.resume(underlying)

    def correct(self, execution_id: str, price: Decimal, quantity: Decimal | None = None) -> None:
        """
        Correct an execution's price or quantity, and the position with it.

        Raises:
            KeyError: There is no such execution, or it was taken back.
        """
        self._correct(execution_id, price, quantity)

    def bust(self, execution_id: str) -> None:
        """
        Take an execution back, and the position with it.

        Raises:
            KeyError: There is no such execution, or it was taken back.
        """
        self._correct(execution_id, None, Decimal(0))

    # Questions

    def order(self, venue_order_id: int) -> Order:
        """Return an order, final ones too; KeyError where there is none."""
        return self._registry.view(venue_order_id)

    def order_of(self, client: str, client_order_id: str) -> Order | None:
        """Return the order a client knows by that id, None where there is none."""
        ticket = self._registry.find(client, client_order_id)
        return None if ticket is None else ticket.view()

    def open_orders(self, account: str | None = None, client: str | None = None) -> list[Order]:
        """Return the orders that are not final, oldest first."""
        return [
            ticket.view()
            for ticket in self._registry.live()
            if account in {None, ticket.request.account} and client in {None, ticket.request.client}
        ]

    def completed_orders(self, account: str | None = None) -> list[Order]:
        """Return the orders that are final, in the order in which they ended."""
        ended = self._registry.ended()
        return [order for order in ended if account in {None, order.request.account}]

    def executions(
        self, account: str | None = None, client: str | None = None, since: int = 0
    ) -> list[Execution]:
        """Return what was executed at or after an instant, corrections too, in order."""
        return [
            execution
            for execution in self._clearing.executions
            if execution.ts >= since
            and account in {None, execution.account}
            and client in {None, execution.request.client}
        ]

    def forget(self, before: int) -> None:
        """
        Drop orders that ended, and executions, before an instant, UTC ns.

        Nothing is dropped otherwise: who runs for days calls this once a day. Ids stay used.
        """
        self._registry.forget(before)
        self._clearing.forget(before)

    def accounts(self) -> tuple[AccountSpec, ...]:
        """Return the accounts as they were opened."""
        return tuple(book.spec for book in self._ledger.accounts.values())

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the accounts of each advisor group."""
        return dict(self._ledger.groups)

    def position(self, account: str, instrument: str) -> Position:
        """Return what an account holds of an instrument, marked now; quantity 0 for nothing."""
        found = self._ledger.accounts[account].holdings.get(instrument)
        holding = found or Holding(self._listed[instrument])
        return position_of(account, holding, self._board.mark(holding.instrument))

    def positions(self, account: str | None = None) -> list[Position]:
        """Return everything held, marked now, and what was closed today (quantity 0)."""
        return [
            position_of(name, holding, self._board.mark(holding.instrument))
            for name, book in self._ledger.accounts.items()
            for holding in book.holdings.values()
            if account in {None, name} and (holding.quantity or holding.day_cash)
        ]

    def summary(self, account: str) -> AccountSummary:
        """Return an account's money, marked now; KeyError where there is none."""
        return self._risk.summary(account, self._agenda.now)

    # Instruments

    def list_instrument(self, instrument: Instrument) -> None:
        """
        List one more instrument, such as a combo; the same one again does nothing.

        Raises:
            ValueError: Another one has that key, a leg is not listed, or the currency has no rate.
        """
        known = self._listed.get(instrument.key)
        if known == instrument:
            return
        missing = [leg.instrument for leg in instrument.legs if leg.instrument not in self._listed]
        if known is not None or missing:
            why = f"legs {missing} are not listed" if missing else "another one has that key"
            raise ValueError(f"{instrument.key!r} cannot be listed: {why}")
        self._ledger.check_currency(instrument)
        self._listed[instrument.key] = instrument
        self._board.add([instrument])
        self._registry.grow(1)
        self._expiries.expect(instrument)

    def instrument(self, key: str) -> Instrument:
        """Return what is listed under a key; KeyError where there is nothing."""
        return self._listed[key]

    def quote(self, key: str) -> Quote:
        """Return the quote of an instrument, of a combo the one its legs make."""
        return self._board.quote(self._listed[key])

    def is_open(self, key: str) -> bool:
        """Say whether orders of the instrument work now (outside hours: those that asked)."""
        return self._engine.is_open(self._listed[key].market)

    # Inside

    def _take(self, batch: TickBatch) -> None:
        """Take ticks: one by one where an order looks, all at once elsewhere."""
        if not len(batch):
            return
        is_seen = self._registry.is_watched[batch["instrument"]]
        if not is_seen.any():
            self._board.take(batch)
        else:
            self._board.take(batch[~is_seen])
            for tick in ticks_of(batch[is_seen]):
                self._move(tick.ts)
                self._board.take_one(tick)
                self._engine.on_quote(self._board.key(tick.row))
        self._move(int(batch["ts_event"][-1]))

    def _move(self, to: int) -> None:
        self._agenda.move(to)
        self._days.check()

    def _correct(self, execution_id: str, price: Decimal | None, quantity: Decimal | None) -> None:
        old = self._clearing.latest(execution_id)
        new = self._clearing.correct(execution_id, price, quantity, self._agenda.now)
        self._reports.say(Filled(ts=self._agenda.now, execution=new))
        ticket = self._registry.ticket(new.venue_order_id)
        assert ticket is not None, "a refused order has no executions"
        ticket.correct(old, new)
        self._reports.order(ticket)
        self._reports.position(new.account, new.instrument)
        self._voice.deliver()
