"""How the paper venue behaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType


def _cash() -> Mapping[str, Decimal]:
    return MappingProxyType(
        {"USD": Decimal(100_000), "INR": Decimal(5_000_000), "USDC": Decimal(100_000)}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSettings:
    """
    One paper account and the way to it.

    Attributes:
        account: Its name.
        cash: What it begins with, by currency; a contract in another currency cannot be traded.
            An account that exists keeps what it has.
        submit_latency_ms: How long a request is on its way, less than `DeskSettings.settle_secs`:
            an order that is lost and not seen by then is given up; and
        answer_latency_ms: how long what comes of it.
        stale_secs: Nothing fills on an older quote.
        closing_secs: Orders on close trade so long before the session's end by the calendar.
        settle_within_secs: How far from a contract's settlement the spot may have been seen that
            it settles at; without one it stays unsettled until somebody tells the price.
        kept: So many executions and ended orders a snapshot tells of, the latest.
        most_told: So much news may wait to be read; beyond it all is dropped and the line reset.
    """

    account: str = "PAPER"
    cash: Mapping[str, Decimal] = field(default_factory=_cash)
    submit_latency_ms: float = 50.0
    answer_latency_ms: float = 50.0
    stale_secs: float = 5.0
    closing_secs: float = 10.0
    settle_within_secs: float = 900.0
    kept: int = 10_000
    most_told: int = 10_000
