"""How much is too much: the numbers the gate holds an order to."""

import math
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

from voldesk.model.errors import ConfigError


class GateState(StrEnum):
    """What the gate lets through."""

    ACTIVE = "active"
    REDUCE_ONLY = "reduce_only"  # what brings a position nearer to zero, and cancels
    HALTED = "halted"  # cancels alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    Limits of one account; a value equal to its limit passes.

    Money is in the account's currency. Net Greeks are of positions, working orders and the order
    itself: delta and gamma in money (delta × spot; gamma × spot² × 0.01, for a move of one
    percent), vega per vol point, theta per calendar day.

    Attributes:
        order_contracts: Of one order, all legs together.
        order_notional: Spot × multiplier × contracts of one order.
        underlying_contracts: Held and working under one underlying, long and short added up.
        expiry_contracts: Likewise, in one expiry.
        open_orders: Working at once.
        orders_per_sec: In any second; cancels do not count.
        orders_per_min: In any minute.
        cancels_per_sec: A reserve of their own, which orders never use up.
        trades_per_day: Orders that opened or enlarged a position.
        collar_pct: How far beyond the far quote a limit price may lie, per cent of it; and
        collar_ticks: how many ticks at least.
        quote_age_secs: The oldest quote an order may rest on.
        same_order_secs: How soon the same order is taken for a second click.
        day_loss: Realised and unrealised since the start of the day, marked at bid and ask.
        drawdown: From the day's peak of equity.
        underlying_delta: Net, under one underlying.
        book_delta: Net, of everything.
        margin_share: Of equity that may be bound as margin, where the venue tells it.
        expiry_cutoff_secs: No new risk in a contract that settles sooner.
    """

    order_contracts: float = 10
    order_notional: float = 10_000_000.0
    underlying_contracts: float = 50
    expiry_contracts: float = 50
    open_orders: int = 20
    orders_per_sec: int = 10
    orders_per_min: int = 60
    cancels_per_sec: int = 20
    trades_per_day: int = 5
    collar_pct: float = 10.0
    collar_ticks: float = 5
    quote_age_secs: float = 5.0
    same_order_secs: float = 2.0
    day_loss: float = 5_000.0
    drawdown: float = 5_000.0
    underlying_delta: float = 5_000_000.0
    underlying_gamma: float = 1_000_000.0
    underlying_vega: float = 10_000.0
    underlying_theta: float = 10_000.0
    book_delta: float = 10_000_000.0
    book_gamma: float = 2_000_000.0
    book_vega: float = 20_000.0
    book_theta: float = 20_000.0
    margin_share: float = 0.5
    expiry_cutoff_secs: float = 300.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if math.isnan(value) or value < 0:
                raise ConfigError(
                    f"limit {one.name} is {value}, expected 0 or more (inf for no limit)"
                )

    @classmethod
    def none(cls) -> Self:
        """Return limits that stop nothing, for tests and for simulated accounts."""
        return cls(**{one.name: math.inf for one in fields(cls)} | _LEAST)  # type: ignore[arg-type]  # infinite counts


_LEAST = {"expiry_cutoff_secs": 0.0, "same_order_secs": 0.0}  # limits that are reached from above
