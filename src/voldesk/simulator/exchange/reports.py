"""What is told about orders, and how late."""

from collections.abc import Callable, Iterable

from voldesk.simulator.exchange.agenda import Agenda, Voice
from voldesk.simulator.exchange.events import Event, Filled, OrderChanged, PositionChanged
from voldesk.simulator.exchange.ledger import Ledger, position_of
from voldesk.simulator.exchange.orders import Execution
from voldesk.simulator.exchange.quotes import Board
from voldesk.simulator.exchange.ticket import Ticket


class Reports:
    """
    Says events, after the scenario's delays.

    What is told of one order keeps its order, fills among themselves and everything else among
    itself; between the two anything can come first.

    Args:
        agenda: The present and what is due.
        voice: Where events go.
        ledger: The accounts, for positions.
        board: The marks, for positions.
        ack_delay: Draws how long anything but a fill takes.
        fill_delay: Draws how long a fill takes.
    """

    def __init__(
        self,
        agenda: Agenda,
        voice: Voice,
        ledger: Ledger,
        board: Board,
        ack_delay: Callable[[], int],
        fill_delay: Callable[[], int],
    ) -> None:
        self._agenda = agenda
        self._voice = voice
        self._ledger = ledger
        self._board = board
        self._ack_delay = ack_delay
        self._fill_delay = fill_delay

    def order(self, ticket: Ticket) -> None:
        """Tell of an order as it stands now."""
        now = self._agenda.now
        ticket.changed_at = now
        self.about(ticket, OrderChanged(ts=now, order=ticket.view()))

    def about(self, ticket: Ticket, event: Event) -> None:
        """Tell something else of an order, in its turn."""
        due = max(self._agenda.now + self._ack_delay(), ticket.told_until)
        ticket.told_until = due
        self._say_at(due, event)

    def fills(
        self, ticket: Ticket, executions: Iterable[Execution], *, is_repeated: bool = False
    ) -> None:
        """Tell of executions, twice if they are repeated."""
        due = max(self._agenda.now + self._fill_delay(), ticket.fills_told_until)
        ticket.fills_told_until = due
        told = list(executions)
        for execution in told + told if is_repeated else told:
            self._say_at(due, Filled(ts=self._agenda.now, execution=execution))

    def positions(self, executions: Iterable[Execution]) -> None:
        """Tell what the accounts hold after executions."""
        touched = {(execution.account, execution.instrument): None for execution in executions}
        for account, key in touched:
            self.position(account, key)

    def position(self, account: str, key: str) -> None:
        """Tell what an account holds of an instrument, if it ever held it."""
        holding = self._ledger.accounts[account].holdings.get(key)
        if holding is not None:
            position = position_of(account, holding, self._board.mark(holding.instrument))
            self._voice.say(PositionChanged(ts=self._agenda.now, position=position))

    def later(self, event: Event) -> None:
        """Tell something about a request that never became an order."""
        self._say_at(self._agenda.now + self._ack_delay(), event)

    def say(self, event: Event) -> None:
        """Tell something that is about no order."""
        self._voice.say(event)

    def _say_at(self, due: int, event: Event) -> None:
        if due <= self._agenda.now:
            self._voice.say(event)
        else:
            self._agenda.at(due, lambda: self._voice.say(event))
