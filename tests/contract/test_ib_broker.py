"""Interactive Brokers keeps the rules of the Broker port."""

from pathlib import Path

import pytest
from broker_suite import LINES, ORDERS, Rule
from ib_trading import staged, traded_tws


@pytest.mark.parametrize("rule", [*ORDERS, *LINES], ids=lambda rule: str(rule.__name__))
async def test_ib_keeps_the_rule(rule: Rule, tmp_path: Path) -> None:
    """Each function of the suite passes on the simulated TWS."""
    async with traded_tws(tmp_path) as traded, staged(traded) as stage:
        await rule(stage)
