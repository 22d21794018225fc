"""When each market's day begins, and its figures start anew."""

from voldesk.model.enums import Market
from voldesk.model.sessions import NS_PER_MINUTE, local_date
from voldesk.simulator.exchange.agenda import Agenda
from voldesk.simulator.exchange.ledger import Ledger
from voldesk.simulator.exchange.quotes import Board

_HALF_HOUR = 30 * NS_PER_MINUTE  # midnights of all markets are on half hours of UTC


class Days:
    """
    Begins days.

    Args:
        agenda: The present.
        ledger: Whose figures of the day start anew.
        board: The marks they start from.
    """

    def __init__(self, agenda: Agenda, ledger: Ledger, board: Board) -> None:
        self._agenda = agenda
        self._ledger = ledger
        self._board = board
        self._next_check = agenda.now
        self._days = {market: local_date(agenda.now, market) for market in Market}

    def check(self) -> None:
        """Begin the day of every market whose date has changed."""
        now = self._agenda.now
        if now < self._next_check:
            return
        self._next_check = (now // _HALF_HOUR + 1) * _HALF_HOUR
        for market, day in self._days.items():
            today = local_date(now, market)
            if today != day:
                self._days[market] = today
                self._ledger.begin_day(market, self._board.mark)
