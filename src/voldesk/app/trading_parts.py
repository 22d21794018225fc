"""What the desk of a process is made of."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from voldesk.app.noted_journal import NotedJournal
from voldesk.gateways.order_desk import Grid, Mode, Standing, Stopped
from voldesk.model.ports.broker import Broker
from voldesk.trading.desk import Desk, Surroundings
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import GateState
from voldesk.trading.marks import Marks

Chore = Callable[[], Coroutine[Any, Any, None]]
"""Runs beside a desk until it is cancelled."""


class Market(Marks, Protocol):
    """How contracts stand, by whatever they are called."""

    def key_of(self, name: str) -> str:
        """Return the key of what a trader names; raises ConfigError where there is none."""
        ...


class Day(Protocol):
    """The account as it stands against the start of its day."""

    def standing(self, desk: Desk, at: int) -> Standing:
        """Return what is held and what it is worth."""
        ...

    def trades(self, desk: Desk) -> float:
        """Return how many orders opened or enlarged a position today."""
        ...

    def scenarios(
        self,
        desk: Desk,
        at: int,
        spot_pct: tuple[float, ...],
        vol_points: tuple[float, ...],
        days: tuple[float, ...],
    ) -> Grid:
        """Return what moves of the market would do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """
    What a desk is made of; made anew each time it is opened.

    Attributes:
        day: What the account is worth.
        now: UTC ns.
        refusal: Says why it may not trade though it is open, "" if it may.
        chores: What has to run beside it, by name.
    """

    desk: Desk
    broker: Broker
    journal: NotedJournal
    surroundings: Surroundings
    day: Day
    now: Callable[[], int]
    chores: Mapping[str, Chore]
    refusal: Callable[[], str] = lambda: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose orders, where to, and whether real money can move."""

    account: str
    broker: str
    mode: Mode

    @property
    def unlock_phrase(self) -> str:
        """Return what a person types to let trading begin again."""
        return f"unlock {self.account}"


def stopped(
    state: GateState,
    asked: int,
    *,
    problems: Sequence[str],
    is_durable: bool = True,
    orders: Sequence[OrderRecord] = (),
) -> Stopped:
    """Return what a kill has done."""
    return Stopped(
        state=state,
        is_durable=is_durable,
        asked_to_cancel=asked,
        flattening=tuple(orders),
        problems=tuple(problems),
    )
