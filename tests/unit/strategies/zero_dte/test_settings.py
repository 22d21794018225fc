from typing import Any

import pytest

from voldesk.model.errors import ConfigError
from voldesk.strategies.zero_dte.settings import ScanSettings, ScoreWeights


def test_the_defaults_are_possible() -> None:
    """And so is a scan without thresholds, stop or target."""
    ScanSettings().require_valid()
    ScanSettings(
        min_delta=None,
        max_iv_percentile=None,
        max_spread_pct=None,
        stop_loss_pct=None,
        take_profit_pct=None,
    ).require_valid()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"min_delta": 0.9}, "scan.min_delta is 0.9"),
        ({"min_delta": float("nan")}, "scan.min_delta is nan"),
        ({"min_iv_percentile": 80.0}, "scan.min_iv_percentile is 80"),
        ({"weights": ScoreWeights(trend=-1.0)}, "scan.weights.trend is -1"),
        (
            {
                "weights": ScoreWeights(
                    trend=0.0,
                    convexity=0.0,
                    cheapness=0.0,
                    liquidity=0.0,
                    activity=0.0,
                    patience=0.0,
                )
            },
            "at least one term",
        ),
        ({"history_days": 0}, "scan.history_days is 0"),
        ({"history_least_days": 0}, "scan.history_least_days is 0"),
        ({"most_shown": 0}, "scan.most_shown"),
        ({"contracts": 0}, "scan.contracts"),
        ({"deadline_secs": -1.0}, "scan.deadline_secs"),
        ({"fill_secs": float("inf")}, "scan.fill_secs"),
        ({"stop_loss_pct": 100.0}, "scan.stop_loss_pct is 100"),
        ({"take_profit_pct": 0.0}, "scan.take_profit_pct is 0"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], says: str) -> None:
    """The message names the setting and the value."""
    with pytest.raises(ConfigError, match=says):
        ScanSettings(**changes).require_valid()
