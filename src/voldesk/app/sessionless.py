"""Which feeds trade outside the sessions of their markets: simulated ones."""

from voldesk.app.settings import Settings
from voldesk.app.trading_settings import BrokerName
from voldesk.model.errors import ConfigError


def always_open(settings: Settings) -> frozenset[str]:
    """
    Return the names of feeds for which sessions mean nothing.

    Raises:
        ConfigError: Real money would trade outside the sessions.
    """
    if settings.ib.is_always_open and settings.trading.broker is BrokerName.IB:
        raise ConfigError(
            "ib.is_always_open is for a simulated TWS, and trading.broker is ib: leave one out"
        )
    named = (("sim", settings.sim.is_always_open), ("ib", settings.ib.is_always_open))
    return frozenset(name for name, is_so in named if is_so)
