"""When contracts end: orders first, then positions."""

from decimal import Decimal

from voldesk.simulator.exchange.agenda import Agenda, Rank
from voldesk.simulator.exchange.engine import Engine
from voldesk.simulator.exchange.events import Settled
from voldesk.simulator.exchange.instruments import Instrument
from voldesk.simulator.exchange.orders import Rejection
from voldesk.simulator.exchange.reports import Reports
from voldesk.simulator.exchange.settlement import Settlement


class Expiries:
    """
    Settles instruments at their instant, and options that are exercised before.

    Args:
        agenda: The present and what is due.
        engine: Ends the orders.
        settlement: Ends the positions.
        reports: Tells it.
    """

    def __init__(
        self, agenda: Agenda, engine: Engine, settlement: Settlement, reports: Reports
    ) -> None:
        self._agenda = agenda
        self._engine = engine
        self._settlement = settlement
        self._reports = reports
        self._due: dict[int, list[Instrument]] = {}

    def expect(self, instrument: Instrument) -> None:
        """Note when an instrument settles, if it ever does and has not yet."""
        settles = instrument.settles_at
        if settles is None or settles <= self._agenda.now:
            return
        if settles not in self._due:
            self._due[settles] = []
            self._agenda.at(settles, lambda: self._settle(settles), Rank.SETTLEMENT)
        self._due[settles].append(instrument)

    def exercise(self, account: str, instrument: Instrument, quantity: Decimal) -> Rejection | None:
        """Exercise options now, below 0 those that were sold; None says done."""
        done = self._settlement.exercise(account, instrument, quantity, self._agenda.now)
        if isinstance(done, Rejection):
            return done
        self._tell(done, instrument)
        return None

    def _settle(self, settles: int) -> None:
        instruments = self._due.pop(settles)
        self._engine.end_instruments(instruments)
        for instrument in instruments:
            for settled in self._settlement.settle(instrument, self._agenda.now):
                self._tell(settled, instrument)

    def _tell(self, settled: Settled, instrument: Instrument) -> None:
        self._reports.say(settled)
        for key in (instrument.key, instrument.underlying):
            self._reports.position(settled.account, key)
