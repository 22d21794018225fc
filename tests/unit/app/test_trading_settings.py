"""What an operator may set about trading, and what contradicts itself."""

from pathlib import Path
from typing import Any

import pytest

from voldesk.app.settings import Settings, load_settings
from voldesk.app.showing import as_document, as_yaml
from voldesk.app.trading_settings import BrokerName, TradingSettings
from voldesk.model.errors import ConfigError
from voldesk.trading.exit_rules import ExitSettings


def test_paper_is_the_default() -> None:
    """Nothing has to be set to trade without money."""
    settings = TradingSettings()
    settings.require_possible()
    assert settings.broker is BrokerName.PAPER
    assert settings.account_name(None) == "PAPER"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"broker": BrokerName.IB}, "trading.is_paper says none"),
        ({"answer_secs": 0.0}, "trading.answer_secs is 0.0, expected more than 0"),
        ({"exits": ExitSettings(least_secs=0.0)}, "trading.exits.least_secs is 0.0"),
        ({"show_secs": float("nan")}, "trading.show_secs is nan"),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, Any], said: str) -> None:
    """With the value and what to do."""
    with pytest.raises(ConfigError, match=said):
        TradingSettings(**given).require_possible()


def test_real_money_needs_both_words() -> None:
    """The broker, and that it is no paper."""
    TradingSettings(broker=BrokerName.IB, is_paper=False).require_possible()
    TradingSettings(broker=BrokerName.IB_PAPER, is_paper=True).require_possible()


def test_whose_money_it_is_is_said_by_somebody() -> None:
    """An account of its own counts before that of the broker's settings."""
    asked = TradingSettings(broker=BrokerName.IB_PAPER)
    assert asked.account_name("DU2") == "DU2"
    assert TradingSettings(broker=BrokerName.IB_PAPER, account="DU3").account_name("DU2") == "DU3"
    assert TradingSettings(account="MINE").account_name("DU2") == "MINE"
    with pytest.raises(ConfigError, match="name its account"):
        asked.account_name(None)


@pytest.mark.parametrize("account", ["../up", "DU 1", "x" * 65])
def test_an_account_is_a_name_of_a_folder(account: str) -> None:
    """It can lead nowhere else."""
    for broker in (BrokerName.PAPER, BrokerName.IB_PAPER):
        with pytest.raises(ConfigError, match="expected letters"):
            TradingSettings(broker=broker, account=account).account_name(None)


def test_a_file_sets_limits_money_and_rates(tmp_path: Path) -> None:
    """And what is shown of it can be read again."""
    path = tmp_path / "voldesk.yaml"
    path.write_text(
        "trading:\n  limits: {order_contracts: 3, day_loss: .inf}\n"
        "  paper: {cash: {USD: 5000.5}}\n"
        "  portfolio: {rates: {INR: '0.012'}, betas: {AMZN: 1.3}}\n"
        "max_trades_per_day: 7\n"
    )
    loaded = load_settings(config=path)
    asked = loaded.settings.trading
    assert (asked.limits.order_contracts, asked.max_trades_per_day) == (3, 7)
    assert str(asked.paper.cash["USD"]) == "5000.5"
    assert str(asked.portfolio.rates["INR"]) == "0.012"
    assert as_document(loaded)["trading.paper.cash"]["value"] == {"USD": "5000.5"}
    path.write_text(as_yaml(loaded))
    assert load_settings(config=path).settings == loaded.settings
    assert Settings().trading == TradingSettings()
