"""Prices that a venue takes: whole steps, as decimals."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from voldesk.model.enums import Market

_COARSE_FROM: Final = Decimal(3)
_COARSE: Final = {Decimal("0.01"): Decimal("0.05"), Decimal("0.05"): Decimal("0.10")}


def price_step(price: float, tick_size: float, market: Market) -> Decimal | None:
    """
    Return the step of prices in which an option trades around a price; None where not known.

    US options trade in 0.05 below 3 and in 0.10 from there on, those of the penny programme in
    0.01 and 0.05 (Cboe Rule 5.4). A few trade finer; a whole coarse step is a price there too.

    Args:
        price: Quote currency.
        tick_size: The smallest step of the contract.
        market: Whose rules.
    """
    if not (math.isfinite(price) and math.isfinite(tick_size) and tick_size > 0.0):
        return None
    step = Decimal(repr(tick_size))
    if market is Market.US and price >= _COARSE_FROM:
        return _COARSE.get(step, step)
    return step


def to_step(price: float, tick_size: float, market: Market, *, up: bool) -> Decimal | None:
    """
    Return the nearest price that trades, not below (``up``) or not above; None where not known.

    A price that is off by no more than a rounding error of floats counts as one that trades.
    """
    step = price_step(price, tick_size, market)
    return None if step is None else _whole(price, step, up=up)


def to_tick(price: float, tick_size: float, *, up: bool) -> Decimal | None:
    """Return the nearest multiple of a step, as `to_step` does; of a share, say."""
    if not (math.isfinite(price) and math.isfinite(tick_size) and tick_size > 0.0):
        return None
    return _whole(price, Decimal(repr(tick_size)), up=up)


def _whole(price: float, step: Decimal, *, up: bool) -> Decimal:
    steps = Decimal(repr(round(price / float(step), 9)))
    return steps.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step
