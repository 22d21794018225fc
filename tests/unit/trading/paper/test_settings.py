"""Defaults of the paper account."""

from decimal import Decimal

from voldesk.trading.paper.settings import PaperSettings


def test_every_account_has_money_of_its_own() -> None:
    """Nobody can spend the defaults."""
    one = PaperSettings()
    assert one.cash["USD"] == Decimal(100_000)
    assert one == PaperSettings()
    assert one.submit_latency_ms > 0
