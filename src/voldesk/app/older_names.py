"""Names that older programs gave to settings of ours."""

from typing import Final

FLAT_KEYS: Final = {
    "ib_host": "ib.host",
    "ib_port": "ib.port",
    "ib_client_id": "ib.client_id",
    "paper_trading": "trading.is_paper",
    "max_trades_per_day": "trading.limits.trades_per_day",
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
