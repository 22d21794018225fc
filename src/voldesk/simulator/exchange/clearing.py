"""What a fill does to the books: executions, commissions, positions, and their corrections."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from voldesk.model.fees import FREE, Meter
from voldesk.model.fees_tables import Schedules
from voldesk.model.orders import Side
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.ledger import Ledger
from voldesk.simulator.exchange.orders import Execution, ExecutionKind, Liquidity
from voldesk.simulator.exchange.quotes import Board
from voldesk.simulator.exchange.ticket import Line, Ticket

_NOTHING = Decimal(0)


class Clearing:
    """
    Books fills into the ledger and keeps every execution.

    Args:
        ledger: The accounts.
        board: Prices of legs, and of the underlyings that some charges count by.
        look: Finds what is listed under a key.
        schedules: What trading costs.
        session: Starts every execution id.
    """

    def __init__(
        self,
        ledger: Ledger,
        board: Board,
        look: Callable[[str], Instrument],
        schedules: Schedules,
        session: int,
    ) -> None:
        self._ledger = ledger
        self._board = board
        self._look = look
        self._schedules = schedules
        self._session = session
        self.executions: list[Execution] = []
        self._latest: dict[str, int] = {}  # where the last version of a fill is, by stem of its id
        self._fills = 0

    def fill(
        self, ticket: Ticket, quantity: Decimal, price: Decimal, liquidity: Liquidity, now: int
    ) -> list[Execution]:
        """
        Book a fill of an order and return its executions.

        One per account of a group; of a combo one of its own and one per leg, each at the price
        its leg shows, which sum to the net price.
        """
        done = []
        for account, part in self._shares(ticket, quantity):
            if not ticket.instrument.legs:
                done.append(
                    self._book(ticket, account, ticket.instrument, part, price, liquidity, now)
                )
                continue
            done.append(self._combo_line(ticket, account, part, price, liquidity, now))
            for leg in ticket.instrument.legs:
                instrument = self._look(leg.instrument)
                side = ticket.side if leg.ratio > 0 else ticket.side.other
                leg_price = self._board.touch(instrument).opposite(side)
                assert leg_price is not None, "a combo has a touch only where its legs have"
                size = part * leg.ratio
                done.append(
                    self._book(ticket, account, instrument, size, leg_price, liquidity, now)
                )
        return done

    def correct(
        self, execution_id: str, price: Decimal | None, quantity: Decimal | None, now: int
    ) -> Execution:
        """
        Replace an execution by one of another price or quantity, 0 to take it back.

        None leaves a figure as it is. The commission stays, but of one taken back.

        Raises:
            KeyError: There is no such execution, it was taken back, or it is a combo's own line.
        """
        old = self.latest(execution_id)
        instrument = self._look(old.instrument)
        if old.kind is ExecutionKind.BUST or instrument.legs:
            raise KeyError(execution_id)
        size = old.quantity if quantity is None else quantity
        paid = old.price if price is None else price
        fee = old.commission if size else _NOTHING
        sign = old.side.sign
        trade = self._ledger.trade
        trade(old.account, instrument, -sign * old.quantity, old.price, -old.commission)
        realized = None
        if size:
            realized = trade(old.account, instrument, sign * size, paid, fee)
        stem, _, version = old.execution_id.rpartition(".")
        cumulative = old.cumulative + size - old.quantity
        total = old.average_price * old.cumulative + size * paid - old.quantity * old.price
        new = replace(
            old,
            execution_id=f"{stem}.{int(version) + 1:02d}",
            kind=ExecutionKind.CORRECTION if size else ExecutionKind.BUST,
            quantity=size,
            price=paid,
            ts=now,
            cumulative=cumulative,
            average_price=total / cumulative if cumulative else _NOTHING,
            commission=fee,
            realized_pnl=realized,
        )
        self._keep(new)
        return new

    def latest(self, execution_id: str) -> Execution:
        """Return the last version of an execution, by the id of any; KeyError for none."""
        return self.executions[self._latest[execution_id.rpartition(".")[0]]]

    def forget(self, before: int) -> None:
        """Drop executions before an instant: they cannot be corrected any more."""
        kept = [execution for execution in self.executions if execution.ts >= before]
        self.executions.clear()
        self._latest.clear()
        for execution in kept:
            self._keep(execution)

    def _shares(self, ticket: Ticket, quantity: Decimal) -> list[tuple[str, Decimal]]:
        """Share a fill out among a group's accounts, lot by lot in turn; none gets ahead by two."""
        accounts = self._ledger.members(ticket.request.account)
        if len(accounts) == 1:
            return [(accounts[0], quantity)]
        lot = ticket.instrument.lot
        before, after = int(ticket.filled // lot), int((ticket.filled + quantity) // lot)
        turns = len(accounts)
        parts = (
            (name, ((after + turns - 1 - i) // turns - (before + turns - 1 - i) // turns) * lot)
            for i, name in enumerate(accounts)
        )
        return [(name, part) for name, part in parts if part]

    def _book(
        self,
        ticket: Ticket,
        account: str,
        instrument: Instrument,
        size: Decimal,
        price: Decimal,
        liquidity: Liquidity,
        now: int,
    ) -> Execution:
        """Book one account's part; a ``size`` below 0 is a leg that goes the other way."""
        side = ticket.side if size > 0 else ticket.side.other
        quantity = abs(size)
        line = self._line(ticket, account, instrument)
        fee = line.meter.charge(instrument, side, quantity, price, self._board.spot(instrument))
        ticket.commission += fee
        realized = self._ledger.trade(account, instrument, side.sign * quantity, price, fee)
        combo = ticket.instrument.key if ticket.instrument.legs else ""
        made = self._execution(ticket, account, line, side, quantity, price, liquidity, now)
        execution = replace(
            made, instrument=instrument.key, combo=combo, commission=fee, realized_pnl=realized
        )
        self._keep(execution)
        return execution

    def _combo_line(
        self,
        ticket: Ticket,
        account: str,
        quantity: Decimal,
        price: Decimal,
        liquidity: Liquidity,
        now: int,
    ) -> Execution:
        """Keep the line of a combo itself, which moves nothing: its legs do."""
        line = self._line(ticket, account, ticket.instrument)
        execution = self._execution(
            ticket, account, line, ticket.side, quantity, price, liquidity, now
        )
        self._keep(execution)
        return execution

    def _execution(
        self,
        ticket: Ticket,
        account: str,
        line: Line,
        side: Side,
        quantity: Decimal,
        price: Decimal,
        liquidity: Liquidity,
        now: int,
    ) -> Execution:
        line.quantity += quantity
        line.paid += quantity * price
        self._fills += 1
        return Execution(
            execution_id=f"{self._session:08x}.{self._fills:08x}.01.01",
            number=self._fills,
            kind=ExecutionKind.NEW,
            venue_order_id=ticket.venue_order_id,
            request=ticket.request,
            account=account,
            instrument=ticket.instrument.key,
            combo="",
            side=side,
            quantity=quantity,
            price=price,
            ts=now,
            cumulative=line.quantity,
            average_price=line.paid / line.quantity,
            liquidity=liquidity,
            commission=_NOTHING,
            currency=ticket.instrument.currency,
            realized_pnl=None,
        )

    def _keep(self, execution: Execution) -> None:
        self._latest[execution.execution_id.rpartition(".")[0]] = len(self.executions)
        self.executions.append(execution)

    def _line(self, ticket: Ticket, account: str, instrument: Instrument) -> Line:
        found = ticket.lines.get((account, instrument.key))
        if found is None:
            schedule = self._schedules.get((instrument.market, instrument.kind), FREE)
            found = ticket.lines[account, instrument.key] = Line(Meter(schedule))
        return found
