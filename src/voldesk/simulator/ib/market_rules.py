"""Price steps by price: the market rules that contract details name by number."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from voldesk.simulator.ib.refusal import Refused
from voldesk.wire.ib.types import PriceIncrement


def _rule(*edges: tuple[float, float]) -> tuple[PriceIncrement, ...]:
    return tuple(PriceIncrement(low, step) for low, step in edges)


RULES: Final[Mapping[int, tuple[PriceIncrement, ...]]] = MappingProxyType(
    {
        26: _rule((0.0, 0.01)),
        32: _rule((0.0, 0.01)),
        59: _rule((0.0, 0.005)),
        66: _rule((0.0, 0.05)),
        67: _rule((0.0, 0.25)),
        109: _rule((0.0, 0.05), (3.0, 0.1)),
        110: _rule((0.0, 0.1)),
        239: _rule((0.0, 0.00005)),
        557: _rule((0.0, 0.001)),
        635: _rule((0.0, 0.0001)),
        1700: _rule((0.0, 0.25)),
        2063: _rule((0.0, 0.01)),
        2806: _rule((0.0, 0.25)),
        3001: _rule((0.0, 0.05)),
        3002: _rule((0.0, 1.0)),
        3003: _rule((0.0, 0.05), (5.0, 0.1)),
    }
)
"""Steps by rule, each from its low edge on, ascending from 0."""


def market_rule(number: int) -> tuple[PriceIncrement, ...]:
    """
    Return the steps of a rule.

    Raises:
        Refused: There is no such rule (321).
    """
    if number not in RULES:
        raise Refused(321, f"Error validating request.-'bW' : cause - Market rule {number} unknown")
    return RULES[number]
