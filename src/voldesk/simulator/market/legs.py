"""All chains of a market laid flat: the strikes of each series, where its call and put stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from voldesk.model.enums import Market
from voldesk.model.listing import Listing
from voldesk.model.quotes import FloatArray, IntArray
from voldesk.model.sessions import settles_at
from voldesk.simulator.market.universe import UnderlyingSpec

CALL, PUT = 0, 1
"""Columns of what is kept per leg."""


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """
    A leg is one strike of one series: a call and a put of one vol.

    Legs and series stand in order of the listing, so those of an underlying are neighbours; ``n``
    legs, ``s`` series, ``m`` underlyings, ``i`` instruments.
    """

    strike: FloatArray  # (n,)
    series: IntArray  # (n,)
    underlying: IntArray  # (n,)
    instrument: IntArray  # (n, 2) row of the listing, call and put
    settles: IntArray  # (s,) UTC ns
    underlying_of_series: IntArray  # (s,)
    first: IntArray  # (m,) leg
    count: IntArray  # (m,) legs
    first_series: IntArray  # (m,)
    series_count: IntArray  # (m,)
    spot_row: IntArray  # (m,) row of the listing
    leg_of: IntArray  # (i,) -1 where the row is an underlying
    side_of: IntArray  # (i,) CALL or PUT
    underlying_of: IntArray  # (i,)

    @classmethod
    def of(cls, listing: Listing, specs: Sequence[UnderlyingSpec]) -> Self:
        """Lay a listing flat that `listing.build_listing` made of the specs."""
        place = {spec.symbol: index for index, spec in enumerate(specs)}
        underlying_of = np.array([place[name] for name in listing.underlying], dtype=np.int64)
        rows = np.flatnonzero(listing.is_option)
        instrument = rows.reshape(-1, 2)  # the two rights of a strike are neighbours
        calls = instrument[:, CALL]
        names = list(
            zip(listing.market[calls], listing.root[calls], listing.expiry[calls], strict=True)
        )
        is_new = np.array([i == 0 or name != names[i - 1] for i, name in enumerate(names)])
        series = np.cumsum(is_new) - 1
        settles = [
            settles_at(root, expiry.item(), Market(market))
            for (market, root, expiry), new in zip(names, is_new, strict=True)
            if new
        ]
        underlying = underlying_of[calls]
        of_series = underlying[is_new]
        count = np.bincount(underlying, minlength=len(specs))
        series_count = np.bincount(of_series, minlength=len(specs))
        leg_of = np.full(len(listing), -1, dtype=np.int64)
        leg_of[rows] = np.arange(len(rows)) // 2
        side_of = np.zeros(len(listing), dtype=np.int64)
        side_of[instrument[:, PUT]] = PUT
        return cls(
            strike=listing.strike[calls],
            series=series,
            underlying=underlying,
            instrument=instrument,
            settles=np.array(settles, dtype=np.int64),
            underlying_of_series=of_series,
            first=np.cumsum(count) - count,
            count=count,
            first_series=np.cumsum(series_count) - series_count,
            series_count=series_count,
            spot_row=np.flatnonzero(~listing.is_option),
            leg_of=leg_of,
            side_of=side_of,
            underlying_of=underlying_of,
        )

    def __len__(self) -> int:
        return len(self.strike)


def ranges(first: IntArray, count: IntArray) -> IntArray:
    """Return ``first[0], first[0] + 1, ... (count[0] of them), first[1], ...``, one array."""
    shift = first - (np.cumsum(count) - count)
    return np.repeat(shift, count) + np.arange(int(count.sum()))
