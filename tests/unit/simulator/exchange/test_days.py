"""Days begin at each market's own midnight."""

from decimal import Decimal

import pytest
from trading_floor import COIN, INSTRUMENTS, STOCK, utc

from voldesk.simulator.exchange.accounts import AccountSpec
from voldesk.simulator.exchange.agenda import Agenda
from voldesk.simulator.exchange.days import Days
from voldesk.simulator.exchange.ledger import RATES, Ledger
from voldesk.simulator.exchange.quotes import Board


@pytest.mark.parametrize(
    ("now", "begun"),
    [
        ("2026-11-18T23:59", []),
        ("2026-11-19T00:00", [COIN]),
        ("2026-11-19T04:59", [COIN]),
        ("2026-11-19T05:00", [STOCK, COIN]),
    ],
)
def test_each_market_has_its_own_midnight(now: str, begun: list[str]) -> None:
    """New York's day begins five hours after that of a venue on UTC."""
    agenda = Agenda(utc("2026-11-18T15:00"))
    ledger = Ledger([AccountSpec(name="DU1")], RATES)
    listed = {instrument.key: instrument for instrument in INSTRUMENTS}
    for key in (STOCK, COIN):
        ledger.trade("DU1", listed[key], Decimal(1), Decimal(10), Decimal(0))
    days = Days(agenda, ledger, Board(INSTRUMENTS, None))
    days.check()
    agenda.move(utc(now))
    days.check()
    holdings = ledger.accounts["DU1"].holdings
    assert [key for key in (STOCK, COIN) if not holdings[key].day_cash] == begun
