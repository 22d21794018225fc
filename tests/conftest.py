"""What every test may ask for."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings

from voldesk.model.contracts import Contract
from voldesk.model.enums import Market, Right, YearClock
from voldesk.model.ids import contract_key
from voldesk.model.listing import Listing
from voldesk.model.quotes import NO_TIME
from voldesk.model.sessions import settles_at, years_between
from voldesk.model.ticks import ALL_INSTRUMENTS, Field, TickBatch, TickKind, empty_batch
from voldesk.pricing.black import black_price

ROOT = Path(__file__).resolve().parent.parent
NOON = 1_790_784_000_000_000_000  # 2026-09-30 16:00 UTC, noon in New York
SECOND = 10**9

hypothesis_settings.register_profile("voldesk", deadline=None)  # a busy machine is no failure
hypothesis_settings.load_profile("voldesk")


@pytest.fixture(scope="session", autouse=True)
def _no_ones_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep settings, tokens and journals of tests out of the home of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(scope="session")
def vendor_data() -> Path:
    """Return the folder of real vendor recordings, or fail saying what to do."""
    folder = Path(os.environ.get("VOLDESK_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.fail(f"vendor recordings are not at {folder}: set VOLDESK_DATA to their folder")
    return folder


@dataclass(frozen=True)
class SmallMarket:
    """
    A listing and its ticks: calls and puts at a flat vol, the underlyings' spots behind them.

    Options stand in the order of underlying, expiry, strike, right (call first).
    """

    listing: Listing
    vol: float = 0.2
    rate: float = 0.04
    half_spread: float = 0.01

    @property
    def options(self) -> Any:
        return np.flatnonzero(self.listing.is_option)

    def ticks(
        self,
        instruments: Sequence[int] | Any,
        at: int = NOON,
        *,
        kind: TickKind = TickKind.QUOTE,
        ts_event: int | None = None,
        **values: Any,
    ) -> TickBatch:
        """Return one tick per instrument with the values given (NaN is sent as none now)."""
        batch = empty_batch(len(instruments))
        batch["instrument"] = instruments
        batch["kind"] = kind
        batch["ts_recv"] = at
        batch["ts_event"] = at if ts_event is None else ts_event
        for name, value in values.items():
            batch[name] = value
            batch["present"] |= np.uint32(Field[name.upper()])
        return batch

    def spot(self, price: float, at: int = NOON, underlying: str = "SPX") -> TickBatch:
        """Return one spot tick."""
        rows = ~self.listing.is_option & (self.listing.underlying == underlying)
        return self.ticks(np.flatnonzero(rows), at, kind=TickKind.SPOT, last=price)

    def gap(self, at: int = NOON, instrument: int = ALL_INSTRUMENTS) -> TickBatch:
        """Return the tick that says the line was lost."""
        return self.ticks([instrument], at, kind=TickKind.GAP, ts_event=NO_TIME)

    def fair(
        self, spot: float = 100.0, at: int = NOON, instruments: Any = None, vol: float | None = None
    ) -> TickBatch:
        """Return quotes around the value of options at a flat vol, forward at the rate."""
        rows = self.options if instruments is None else np.asarray(instruments)
        listing = self.listing
        settles = [
            settles_at(root, expiry.item(), Market(market))
            for root, expiry, market in zip(
                listing.root[rows], listing.expiry[rows], listing.market[rows], strict=True
            )
        ]
        instants = np.array(settles, dtype=np.int64)
        years = np.maximum(years_between(at, instants, YearClock.ACT_365, Market.US), 0.0)
        stdev = (self.vol if vol is None else vol) * np.sqrt(years)
        discount = np.exp(-self.rate * years)
        value = black_price(
            spot / discount, listing.strike[rows], stdev, discount, listing.is_call[rows]
        )
        bid = np.maximum(value - self.half_spread, 0.0)
        return self.ticks(
            rows, at, bid=bid, ask=value + self.half_spread, bid_size=10.0, ask_size=12.0
        )


def small_market(
    *,
    underlyings: Sequence[str] = ("SPX",),
    roots: Sequence[str] = ("SPXW",),
    strikes: Sequence[float] = (80.0, 85.0, 90.0, 95.0, 100.0, 105.0, 110.0, 115.0, 120.0),
    expiries: Sequence[date] = (date(2026, 10, 30), date(2026, 11, 20)),
    market: Market = Market.US,
    **facts: float,
) -> SmallMarket:
    """Return a market of every strike and expiry of every underlying."""
    rows: list[tuple[str, str, date | None, bool, float, bool]] = [
        (name, root, expiry, is_call, strike, True)
        for name, root in zip(underlyings, roots, strict=True)
        for expiry in expiries
        for strike in strikes
        for is_call in (True, False)
    ]
    rows += [(name, name, None, False, np.nan, False) for name in underlyings]
    names, root, expiry, is_call, strike, is_option = zip(*rows, strict=True)
    keys = [
        contract_key(Contract(name, cls, day, Right.CALL if call else Right.PUT, strike, market))
        if day is not None
        else f"{market} {name}"
        for name, cls, day, call, strike, _ in rows
    ]
    listing = Listing.build(
        key=keys,
        symbol=[key.split(" ", 1)[1] for key in keys],
        underlying=names,
        market=[market.value] * len(rows),
        root=root,
        expiry=[np.datetime64("NaT") if day is None else np.datetime64(day) for day in expiry],
        is_call=is_call,
        strike=strike,
        is_option=is_option,
        multiplier=[100.0] * len(rows),
    )
    return SmallMarket(listing, **facts)


@pytest.fixture
def make_market() -> Callable[..., SmallMarket]:
    """Return the maker of small markets."""
    return small_market


@pytest.fixture
def market() -> SmallMarket:
    """Return SPX with nine strikes and two expiries."""
    return small_market()
