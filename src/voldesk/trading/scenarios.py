"""
What the portfolio would gain or lose if spot, vol and time were others: full repricing.

Each option is priced by Black-76 on its own series' forward and discount, at its own iv. Exercise
style is ignored: an American option is priced as a European one, which understates what an early
exercise is worth. When spot moves the forward moves in proportion, as time passes carry and
discount run off at the rate they have now; all underlyings move by the same fraction at once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voldesk.model.enums import Right
from voldesk.model.sessions import DAYS_PER_YEAR
from voldesk.pricing.black import black_price
from voldesk.trading.carry import Carries, Carry
from voldesk.trading.portfolio import PortfolioSettings, Row

FloatArray = NDArray[np.float64]

_NO_CARRY = Carry(forward=math.nan, discount=math.nan, years=math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """
    Where to look.

    Attributes:
        spot_moves: Fractions of spot: ``-0.05`` is down 5 %.
        vol_moves: Added to each iv, fractions: ``0.01`` is up one vol point; no vol falls below 0.
        days: Calendar days passed, 0 or more; past its expiry an option is worth its payoff.
    """

    spot_moves: tuple[float, ...] = (-0.1, -0.05, -0.02, 0.0, 0.02, 0.05, 0.1)
    vol_moves: tuple[float, ...] = (-0.05, 0.0, 0.05)
    days: tuple[float, ...] = (0.0,)

    def __post_init__(self) -> None:
        if min(self.days, default=0.0) < 0:
            raise ValueError(f"days are {self.days}, expected 0 or more")
        if min(self.spot_moves, default=0.0) < -1:
            raise ValueError(f"spot_moves are {self.spot_moves}, expected -1 or more")


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Profit and loss against now, in the account's currency.

    Attributes:
        per_position: ``(rows, spot_moves, vol_moves, days)``; NaN what is not known.
        total: Its sum over the rows, ``(spot_moves, vol_moves, days)``.
        unknown: Keys of rows that have a NaN.
    """

    axes: Axes
    keys: tuple[str, ...]
    per_position: FloatArray
    total: FloatArray
    unknown: tuple[str, ...]


def scenario_grid(
    rows: Sequence[Row], carries: Carries, axes: Axes, settings: PortfolioSettings
) -> Grid:
    """
    Return the profit and loss of positions over a grid of markets.

    Args:
        rows: Positions with their marks; closed ones are left out.
        carries: Forward, discount and years of each option.
        axes: Where to look.
        settings: The account's currency and rates.
    """
    held = [row for row in rows if row.quantity]
    options = np.array([_is_option(row) for row in held], dtype=np.bool_)
    spot, strike, iv, forward, discount, years, units, is_call = _columns(held, carries, settings)
    moved = spot * (1.0 + np.asarray(axes.spot_moves)[:, None, None])
    vol = np.maximum(iv + np.asarray(axes.vol_moves)[:, None], 0.0)
    left = np.maximum(years - np.asarray(axes.days) / DAYS_PER_YEAR, 0.0)
    with np.errstate(all="ignore"):
        share = left / years  # of the carry there is now
        moved_forward = moved * (forward / spot) ** share
        then = black_price(moved_forward, strike, vol * np.sqrt(left), discount**share, is_call)
        now = black_price(forward, strike, iv * np.sqrt(years), discount, is_call)
        change = np.where(options[:, None, None, None], then - now, moved - spot)
        found = units * change
    shape = (len(held), len(axes.spot_moves), len(axes.vol_moves), len(axes.days))
    grid = np.ascontiguousarray(np.broadcast_to(found, shape))
    missing = np.asarray(np.isnan(grid).any(axis=(1, 2, 3)))
    return Grid(
        axes,
        tuple(row.key for row in held),
        grid,
        grid.sum(axis=0),
        tuple(row.key for row, is_missing in zip(held, missing, strict=True) if is_missing),
    )


def _is_option(row: Row) -> bool:
    """Say whether it has to be priced; what has no mark is NaN either way."""
    return row.expiry is not None


def _columns(
    rows: Sequence[Row], carries: Carries, settings: PortfolioSettings
) -> tuple[FloatArray, ...]:
    """Return one column ``(rows, 1, 1, 1)`` per fact, NaN where there is no mark or carry."""
    table = np.full((8, len(rows)), np.nan)
    for number, row in enumerate(rows):
        mark = row.mark
        if mark is None:
            continue
        carry = carries.carry(row.key) or _NO_CARRY
        units = row.quantity * mark.multiplier * float(settings.rate(mark.currency))
        table[:, number] = (
            mark.spot,
            mark.strike,
            mark.iv,
            carry.forward,
            carry.discount,
            carry.years if carry.years > 0 else math.nan,
            units,
            mark.right is Right.CALL,
        )
    return tuple(column[:, None, None, None] for column in table)
