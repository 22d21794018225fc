"""What a contract is and how it stands in the market now: what orders are judged and filled by."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from voldesk.model.enums import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    One contract, or an underlying itself, as the chain shows it; NaN is not known.

    Attributes:
        key: As in `orders.Leg`.
        expiry: None of an underlying itself, as ``settles_at`` (UTC ns), ``right`` and
        strike: NaN there.
        multiplier: Units of underlying per contract.
        tick_size: Smallest price step, quote currency.
        bid: Quote currency per unit of underlying, as ``ask``, ``last`` and ``spot``.
        bid_size: Contracts.
        quote_age_secs: Since bid and ask were last confirmed.
        iv: From the mid, a fraction.
        delta: Published units from here on: per 1 of underlying; gamma per 1 squared,
        vega: and rho per 0.01; theta per calendar day. An underlying has delta 1 and else 0.
        is_session_open: Whether it can trade now.
    """

    key: str
    underlying: str
    expiry: date | None
    settles_at: int | None
    right: Right | None
    strike: float
    multiplier: float
    tick_size: float
    currency: str
    spot: float
    bid: float
    ask: float
    bid_size: float
    ask_size: float
    last: float
    quote_age_secs: float
    iv: float
    delta: float
    gamma: float
    vega: float
    theta: float
    rho: float
    is_session_open: bool

    @property
    def mid(self) -> float:
        """Return the middle of bid and ask, NaN where one is missing."""
        return (self.bid + self.ask) / 2


class Marks(Protocol):
    """Shows how contracts stand now."""

    def mark(self, key: str) -> Mark | None:
        """Return one, None where no chain has it."""
        ...
