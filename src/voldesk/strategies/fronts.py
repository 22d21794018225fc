"""The first series of a chain that has not settled."""

from datetime import date
from typing import NamedTuple

import numpy as np

from voldesk.model.sessions import NS_PER_SECOND, local_date
from voldesk.strategies.base import Update


class Front(NamedTuple):
    """
    The first series that has not settled.

    Attributes:
        series: Its place in the table.
        is_zero_dte: It expires today, by the calendar of its market.
    """

    series: int
    expiry: date
    secs_to_settle: float
    is_zero_dte: bool


def front_of(update: Update) -> Front | None:
    """
    Return the first series that has not settled, None where there is none.

    Of several with one date the one with most ivs counts: SPX expires in the morning and SPXW in
    the afternoon of a third Friday.
    """
    series = update.table.series
    alive = np.flatnonzero((series.settles_at > update.now) & ~np.isnat(series.expiry))
    if not alive.size:
        return None
    day = series.expiry[alive].min()
    bounds, is_sound = update.table.bounds, np.isfinite(update.table.rows.iv)
    found = max(
        (int(one) for one in alive if series.expiry[one] == day),
        key=lambda one: (int(is_sound[bounds[one] : bounds[one + 1]].sum()), -one),
    )
    expiry: date = day.item()
    secs = (int(series.settles_at[found]) - update.now) / NS_PER_SECOND
    today = local_date(update.now, update.table.market)
    return Front(found, expiry, secs, expiry == today)
