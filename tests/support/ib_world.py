"""What tests of the Interactive Brokers client share: an instant, and settings."""

from typing import Any, Final

from scripted_tws import ScriptedTws

from voldesk.venues.ib.settings import ChainSettings, IbSettings
from voldesk.venues.session import BackoffSettings

NOW: Final = 1_795_190_400_000_000_000  # 2026-11-20 16:00 UTC, 11:00 in New York
QUICK: Final = BackoffSettings(first_secs=0.01, most_secs=0.05)


def settings_for(tws: ScriptedTws, **facts: Any) -> IbSettings:
    """Return settings for a scripted TWS, without a limit of messages."""
    chain = facts.pop("chain", ChainSettings(width_pct=5.0))
    known: dict[str, Any] = {"requests_per_sec": 10_000, "backoff": QUICK, "request_secs": 3.0}
    return IbSettings(port=tws.port, chain=chain, **known | facts)
