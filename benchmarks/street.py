"""Made-up markets for the live benchmarks: options at a flat vol, quotes that differ each time."""

from dataclasses import dataclass

import numpy as np

from voldesk.model.clock import ManualClock
from voldesk.model.listing import Listing
from voldesk.model.ticks import Field, TickBatch, TickKind, empty_batch
from voldesk.pricing.black import black_price

START = 1_790_784_000_000_000_000  # 2026-09-30 16:00 UTC
NS_PER_YEAR = 365 * 86_400 * 10**9
VOL, RATE, SPOT = 0.2, 0.04, 100.0
SPOT_SHARE = 0.01
_DAY = np.timedelta64(1, "D")
_SETTLES_NS = 20 * 3600 * 10**9  # after midnight UTC, near enough
_WORTH = 0.05
"""Least value of an option whose quotes are moved, five times the step they move by."""


@dataclass
class Street:
    """
    Chains of some underlyings and quotes for all of their contracts.

    Attributes:
        quotes: One per contract, in the listing's order.
        spots: One per underlying.
        years: To settlement, per contract.
    """

    listing: Listing
    quotes: TickBatch
    spots: TickBatch
    years: np.ndarray


def street(*, underlyings: int, expiries: int, strikes: int, now: int = START) -> Street:
    """Return options at a flat vol, quoted a little to either side of their value."""
    per = expiries * strikes * 2
    count = underlyings * per
    names = [f"U{i}" for i in range(underlyings)]
    first = np.datetime64(now, "ns").astype("datetime64[D]") + 5 * _DAY
    dates = first + 7 * _DAY * np.arange(expiries)
    expiry = np.tile(np.repeat(dates, 2 * strikes), underlyings)
    strike = np.tile(np.repeat(np.linspace(80.0, 125.0, strikes), 2), underlyings * expiries)
    is_call = np.tile([True, False], count // 2)
    owner = np.repeat(names, per)
    listing = Listing.build(
        key=[f"us {i}" for i in range(count)] + names,
        symbol=[f"us {i}" for i in range(count)] + names,
        underlying=[*owner, *names],
        market=["us"] * (count + underlyings),
        root=[*owner, *names],
        expiry=np.append(expiry, np.full(underlyings, np.datetime64("NaT"))),
        is_call=np.append(is_call, np.zeros(underlyings, bool)),
        strike=np.append(strike, np.full(underlyings, np.nan)),
        is_option=np.append(np.ones(count, bool), np.zeros(underlyings, bool)),
    )
    settles = expiry.astype("datetime64[ns]").astype(np.int64) + _SETTLES_NS
    years = (settles - now) / NS_PER_YEAR
    discount = np.exp(-RATE * years)
    value = black_price(SPOT / discount, strike, VOL * np.sqrt(years), discount, is_call)
    quotes = ticks(np.arange(count), TickKind.QUOTE, now)
    for name, shift in (("bid", -0.01), ("ask", 0.01)):
        quotes[name] = np.round(value, 2) + shift
    quotes["bid_size"], quotes["ask_size"] = 10.0, 12.0
    quotes["present"] = Field.BID | Field.ASK | Field.BID_SIZE | Field.ASK_SIZE
    spots = ticks(np.arange(count, count + underlyings), TickKind.SPOT, now)
    spots["last"], spots["present"] = SPOT, Field.LAST
    return Street(listing, quotes, spots, years)


def ticks(instruments: np.ndarray, kind: TickKind, now: int = START) -> TickBatch:
    """Return ticks that say nothing yet."""
    batch = empty_batch(instruments.size)
    batch["instrument"], batch["kind"] = instruments, kind
    batch["ts_event"] = batch["ts_recv"] = now
    return batch


def flow(market: Street, size: int, seed: int = 3) -> TickBatch:
    """
    Return quotes of contracts drawn at random, each a step or none away from the first.

    One tick in a hundred is one of spot. Contracts worth next to nothing are quoted as they were:
    a step would be most of their value.
    """
    chance = np.random.default_rng(seed)
    batch = market.quotes[chance.integers(0, market.quotes.size, size)]
    step = 0.01 * chance.integers(-1, 2, size)
    step[batch["bid"] < _WORTH] = 0.0
    batch["bid"] += step
    batch["ask"] += step
    batch["bid_size"], batch["ask_size"] = chance.integers(1, 99, (2, size))
    at = np.flatnonzero(chance.random(size) < SPOT_SHARE)
    batch[at] = market.spots[chance.integers(0, market.spots.size, at.size)]
    batch["last"][at] += 0.01 * chance.integers(-2, 3, at.size)
    return batch


class Silent:
    """A feed of which only the listing is asked."""

    name = "silent"

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.clock = ManualClock(START)
