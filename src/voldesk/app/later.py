"""Settings that are read, checked and kept for rooms that this version does not have yet."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingSettings:
    """What holds for every order."""

    is_paper: bool = True
    max_trades_per_day: int = 5
    is_confirmation_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """
    What the 0DTE scan looks at and lets through.

    Attributes:
        min_theta: Per calendar day: -0.5 lets a loss of 0.5 a day through.
        min_iv_percentile: From 0 to 100.
        max_iv_percentile: Likewise.
    """

    watchlist: tuple[str, ...] = ()
    min_gamma: float = 0.05
    min_delta: float = 0.20
    max_delta: float = 0.80
    min_vega: float = 0.10
    min_theta: float = -0.50
    min_iv_percentile: float = 30.0
    max_iv_percentile: float = 70.0


LATER: Final = frozenset({"trading", "scan"})
"""Sections that nothing reads yet; ``voldesk config show`` says so beside each of their values."""

FLAT_KEYS: Final = {
    "ib_host": "ib.host",
    "ib_port": "ib.port",
    "ib_client_id": "ib.client_id",
    "paper_trading": "trading.is_paper",
    "max_trades_per_day": "trading.max_trades_per_day",
    "require_confirmation": "trading.is_confirmation_required",
    "watchlist": "scan.watchlist",
    "min_gamma": "scan.min_gamma",
    "min_delta": "scan.min_delta",
    "max_delta": "scan.max_delta",
    "min_vega": "scan.min_vega",
    "min_theta": "scan.min_theta",
    "min_iv_percentile": "scan.min_iv_percentile",
    "max_iv_percentile": "scan.max_iv_percentile",
    "log_level": "log.level",
}
"""Keys of a flat ``config.yaml`` of older programs, and the setting each of them is."""

FLAT_VARIABLES: Final = {
    "IB_HOST": "ib.host",
    "IB_PORT": "ib.port",
    "PAPER_TRADING": "trading.is_paper",
}
"""Environment variables of older programs, and the setting each of them is."""
