"""What each order type consists of: a trigger, a way to a price, perhaps an auction."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from voldesk.simulator.exchange.orders import OrderType


class Trigger(StrEnum):
    """What has to happen before an order works."""

    NONE = "none"
    STOP = "stop"  # the market gets worse, to the stop price
    TRAIL = "trail"  # likewise; the stop price follows while the market gets better
    TOUCH = "touch"  # the market gets better, to the stop price


class Pricing(StrEnum):
    """Where the limit of a working order comes from."""

    NONE = "none"  # any price
    ASKED = "asked"  # the request says it
    TRAIL = "trail"  # the stop price that triggered, and the request's offset
    FIRST_FILL = "first_fill"
    OWN_TOUCH = "own_touch"
    MID = "mid"
    OPPOSITE_TOUCH = "opposite_touch"


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of an order type."""

    trigger: Trigger = Trigger.NONE
    pricing: Pricing = Pricing.NONE
    is_on_close: bool = False

    @property
    def needs_limit(self) -> bool:
        """Say whether the request must name a limit."""
        return self.pricing is Pricing.ASKED

    @property
    def needs_stop(self) -> bool:
        """Say whether the request must name a trigger price."""
        return self.trigger in {Trigger.STOP, Trigger.TOUCH}

    @property
    def is_pegged(self) -> bool:
        """Say whether the quote at arrival makes the limit."""
        return self.pricing in _PEGGED


_PEGGED = frozenset({Pricing.OWN_TOUCH, Pricing.MID, Pricing.OPPOSITE_TOUCH})

SHAPES: Final[Mapping[OrderType, Shape]] = MappingProxyType(
    {
        OrderType.MARKET: Shape(),
        OrderType.LIMIT: Shape(pricing=Pricing.ASKED),
        OrderType.STOP: Shape(Trigger.STOP),
        OrderType.STOP_LIMIT: Shape(Trigger.STOP, Pricing.ASKED),
        OrderType.TRAIL: Shape(Trigger.TRAIL),
        OrderType.TRAIL_LIMIT: Shape(Trigger.TRAIL, Pricing.TRAIL),
        OrderType.MARKET_IF_TOUCHED: Shape(Trigger.TOUCH),
        OrderType.LIMIT_IF_TOUCHED: Shape(Trigger.TOUCH, Pricing.ASKED),
        OrderType.MARKET_ON_CLOSE: Shape(is_on_close=True),
        OrderType.LIMIT_ON_CLOSE: Shape(pricing=Pricing.ASKED, is_on_close=True),
        OrderType.MARKET_TO_LIMIT: Shape(pricing=Pricing.FIRST_FILL),
        OrderType.RELATIVE: Shape(pricing=Pricing.OWN_TOUCH),
        OrderType.PEGGED_TO_MID: Shape(pricing=Pricing.MID),
        OrderType.PEGGED_TO_MARKET: Shape(pricing=Pricing.OPPOSITE_TOUCH),
    }
)
