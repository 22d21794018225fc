"""Feeds for which sessions mean nothing."""

from dataclasses import replace

import pytest

from voldesk.app.sessionless import always_open
from voldesk.app.settings import Settings
from voldesk.app.trading_settings import BrokerName
from voldesk.model.errors import ConfigError


def test_the_simulated_market_trades_around_the_clock() -> None:
    """A TWS does where somebody says that it is a simulated one."""
    plain = Settings()
    assert always_open(plain) == {"sim"}
    told = plain.model_copy(
        update={
            "ib": replace(plain.ib, is_always_open=True),
            "sim": replace(plain.sim, is_always_open=False),
        }
    )
    assert always_open(told) == {"ib"}


def test_real_money_keeps_the_sessions() -> None:
    """The two settings contradict one another."""
    plain = Settings()
    told = plain.model_copy(
        update={
            "ib": replace(plain.ib, is_always_open=True),
            "trading": replace(plain.trading, broker=BrokerName.IB),
        }
    )
    with pytest.raises(ConfigError, match="is_always_open"):
        always_open(told)
