"""A recorded noon of chains that expire today, for a scan to look at."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from live_world import NOON
from strategy_world import LATER, TODAY

from voldesk.app.settings import Loaded, Settings
from voldesk.model.conventions import profile_named
from voldesk.model.ticks import TickKind
from voldesk.store.recorder import Recorder

STRIKES = [98.0 + 0.25 * step for step in range(17)]
OPEN: dict[str, Any] = {
    "min_gamma": None,
    "min_vega": None,
    "min_theta": None,
    "min_iv_percentile": None,
    "max_iv_percentile": None,
    "deadline_secs": 30.0,
    "fill_secs": 5.0,
}
"""Settings of a scan that lets the middle of the chain through."""


def record(
    folder: Path,
    make_market: Callable[..., Any],
    names: Sequence[str] = ("SPX",),
    silent: Sequence[str] = (),
    tick_size: float = 0.01,
) -> str:
    """Record one look at underlyings at 100, but for those that say nothing; return the feed."""
    roots = ["SPXW" if name == "SPX" else name for name in names]
    market = make_market(
        underlyings=names, roots=roots, expiries=(TODAY, LATER), strikes=STRIKES, half_spread=0.005
    )
    listing = replace(market.listing, tick_size=np.full(len(market.listing), tick_size))
    market = replace(market, listing=listing)
    speaking = np.flatnonzero(
        listing.is_option & ~np.isin(listing.underlying.astype(str), list(silent))
    )
    with Recorder(folder, listing, dict.fromkeys(names, profile_named("default"))) as recorder:
        for name in names:
            if name not in silent:
                recorder.write(market.spot(100.0, underlying=name))
        recorder.write(market.fair(instruments=speaking))
        recorder.write(market.ticks(speaking, kind=TickKind.OPEN_INTEREST, open_interest=150.0))
        recorder.write(market.ticks(speaking, at=NOON + 10**9, kind=TickKind.TRADE, volume=50.0))
    return f"replay:{folder}"


def loaded(feed: str, /, origins: dict[str, str] | None = None, **scan: Any) -> Loaded:
    """Return settings that scan a recording, with changes to the scan."""
    settings = Settings.model_validate(
        {"feeds": (feed,), "replay": {"speed": float("inf")}, "scan": {**OPEN, **scan}}
    )
    return Loaded(settings, origins or {})
