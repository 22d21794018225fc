"""Settings of the projection that make no sense are refused."""

from typing import Any

import pytest

from voldesk.model.errors import ConfigError
from voldesk.store.trades.settings import TradesSettings


def test_the_defaults_keep_everything_beside_the_journal() -> None:
    """No URL, no retention."""
    assert (TradesSettings().url, TradesSettings().retention_days) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"retention_days": 0},
        {"batch_entries": 0},
        {"poll_secs": 0.0},
        {"retry_secs": -1.0},
        {"retry_most_secs": float("nan")},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """The message has the name and the value."""
    ((name, value),) = wrong.items()
    with pytest.raises(ConfigError, match=f"{name} is {value}, expected"):
        TradesSettings(**wrong)
