"""A candidate becomes orders: what it would cost and what the gate says, then entry and way out."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Protocol

from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Side
from voldesk.model.sessions import local_date
from voldesk.strategies.base import order_id
from voldesk.strategies.zero_dte.bracket import NAME, Bracket
from voldesk.strategies.zero_dte.scanner import Candidate
from voldesk.trading.desk import Desk, Surroundings
from voldesk.trading.gate import judge
from voldesk.trading.ledger import OrderRecord

_LOOK_SECS: Final = 0.05
_ANSWER_SECS: Final = 2.0
_REFUSED: Final = frozenset({State.DENIED, State.REJECTED})
_UNANSWERED: Final = frozenset({State.JOURNALLED, State.SENT})

Fees = Callable[[Intent], Decimal | None]
"""Returns what an order would be charged, None where that is not known."""


class OrderTaker(Protocol):
    """Where orders go: the desk of one account, and what the gate sees of it."""

    @property
    def account(self) -> str:
        """Name the account."""
        ...

    @property
    def is_paper(self) -> bool:
        """Say whether no real money can move."""
        ...

    def orders(self) -> dict[str, OrderRecord]:
        """Return every order, by our id."""
        ...

    def positions(self) -> dict[str, int]:
        """Return contracts held by key, below 0 sold."""
        ...

    def verdict(self, intent: Intent) -> str:
        """Return why the gate would deny an order now, "" if it would not."""
        ...

    def fees(self, intent: Intent) -> Decimal | None:
        """Return what it would be charged at its limit price, None where that is not known."""
        ...

    async def submit(self, intent: Intent) -> OrderRecord:
        """Decide on an order and send it; see `Desk.submit`."""
        ...

    async def submit_all(self, intents: Sequence[Intent]) -> list[OrderRecord]:
        """Decide on a parent and its children and send them; see `Desk.submit_all`."""
        ...

    async def cancel(self, client_order_id: str) -> OrderRecord:
        """Ask the venue to cancel it; see `Desk.cancel`."""
        ...


class DeskTaker:
    """
    Takes orders to a desk; fills `OrderTaker`.

    Args:
        desk: Open.
        surroundings: What its gate is shown.
        is_paper: As its broker says.
        fees: See `Fees`.
    """

    def __init__(
        self, desk: Desk, surroundings: Surroundings, *, is_paper: bool, fees: Fees
    ) -> None:
        self._desk, self._around = desk, surroundings
        self._is_paper, self.fees = is_paper, fees

    @property
    def account(self) -> str:
        """Name the account."""
        return self._desk.account

    @property
    def is_paper(self) -> bool:
        """Say whether no real money can move."""
        return self._is_paper

    def orders(self) -> dict[str, OrderRecord]:
        """Return every order, by our id."""
        return self._desk.ledger.orders

    def positions(self) -> dict[str, int]:
        """Return contracts held by key, below 0 sold."""
        return self._desk.ledger.positions

    def verdict(self, intent: Intent) -> str:
        """Return why the gate would deny an order now; margin is asked when it is placed."""
        try:
            view = replace(self._around.view(intent, self._desk), margin_after=None)
        except OrderDenied as exc:
            return str(exc)
        return judge(intent, view, self._desk.limits).reason

    async def submit(self, intent: Intent) -> OrderRecord:
        """Decide on an order and send it."""
        return await self._desk.submit(intent)

    async def submit_all(self, intents: Sequence[Intent]) -> list[OrderRecord]:
        """Decide on a parent and its children and send them."""
        return await self._desk.submit_all(intents)

    async def cancel(self, client_order_id: str) -> OrderRecord:
        """Ask the venue to cancel it."""
        return await self._desk.cancel(client_order_id)


def trades_on(orders: Mapping[str, OrderRecord], now: int, market: Market) -> int:
    """
    Return how many entries of the scan went out on the day of an instant, refused ones left out.

    Args:
        orders: By our id.
        now: UTC ns.
        market: Whose calendar tells the day.
    """
    today = local_date(now, market)
    return sum(
        one.intent.strategy == NAME
        and one.intent.side is Side.BUY
        and one.state not in _REFUSED
        and local_date(one.intent.made_at, market) == today
        for one in orders.values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    What buying a candidate would come to, in quote currency; NaN is not known.

    Attributes:
        cost: Paid at most: limit price × units.
        fees: None where not known; of the entry alone, as everything here.
        most_loss: What can be lost at most: a bought option loses what it cost, and the fees.
        delta: Added by the order, in units of underlying, as the other Greeks in published units
            times contracts and multiplier.
        verdict: Why the gate would deny the entry, "" if it would not.
    """

    candidate: Candidate
    bracket: Bracket
    cost: float
    fees: Decimal | None
    most_loss: float
    delta: float
    gamma: float
    vega: float
    theta: float
    verdict: str


def preview(
    candidate: Candidate, bracket: Bracket, multiplier: float, taker: OrderTaker
) -> Preview:
    """
    Reckon what an order comes to before it is placed.

    Args:
        candidate: What is bought.
        bracket: By these orders.
        multiplier: Units of underlying per contract, NaN not known.
        taker: Where they would go.
    """
    entry, row = bracket.entry, candidate.row
    assert entry.terms.limit_price is not None
    units = entry.terms.quantity * multiplier
    cost = float(entry.terms.limit_price) * units
    fees = taker.fees(entry)
    return Preview(
        candidate=candidate,
        bracket=bracket,
        cost=cost,
        fees=fees,
        most_loss=math.nan if fees is None else cost + float(fees),
        delta=row.delta * units,
        gamma=row.gamma * units,
        vega=row.vega * units,
        theta=row.theta * units,
        verdict=taker.verdict(entry),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """
    What became of a bracket within the time it was watched.

    Attributes:
        orders: Entry first; what was sent anew stands last.
        notes: Sentences a person has to read.
    """

    orders: tuple[OrderRecord, ...]
    notes: tuple[str, ...]

    @property
    def entry(self) -> OrderRecord:
        """Return the entry."""
        return self.orders[0]


async def place(bracket: Bracket, taker: OrderTaker, watch_secs: float) -> Placed:
    """
    Place an entry and the orders that wait for it, and watch for the fill.

    All are decided on before any is sent. A way out that the venue refused, since the entry had
    filled already, is sent again by itself. An entry that cannot have its way out, and has not
    filled, is cancelled.

    Args:
        bracket: The orders.
        taker: Where they go.
        watch_secs: How long the entry is watched.

    Raises:
        OrderDenied: An id is that of another order.
        StorageError: An order could not be made durable; it was not sent.
        VenueUnavailable: An entry was to be cancelled, and there is no line.
    """
    entry, *outs = await taker.submit_all(bracket.intents)
    if entry.state is State.DENIED:
        return Placed(orders=(entry,), notes=())
    await _wait_until(lambda: entry.is_final, watch_secs)
    await _wait_until(lambda: all(one.state not in _UNANSWERED for one in outs), _ANSWER_SECS)
    refused = [one for one in outs if one.state in _REFUSED]
    notes: list[str] = []
    if refused and entry.filled:
        for number, one in enumerate(refused):
            again = _by_itself(one.intent, entry.filled, number)
            outs.append(await taker.submit(again))
            notes.append(f"{one.intent.reason} was refused ({one.reason}) and sent by itself")
        await _wait_until(lambda: all(one.state not in _UNANSWERED for one in outs), _ANSWER_SECS)
    elif refused and not entry.is_final:
        await taker.cancel(bracket.entry.client_order_id)
        notes.append(f"entry cancelled: its way out was refused ({refused[0].reason})")
    elif not entry.is_final:
        notes.append(f"the entry is {entry.state} and has filled {entry.filled} so far")
    return Placed(orders=(entry, *outs), notes=tuple(notes))


async def _wait_until(is_so: Callable[[], bool], secs: float) -> None:
    """Wait for something a ledger says, so long at most."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + secs
    while not is_so() and loop.time() < deadline:  # noqa: ASYNC110  # a ledger rings no bell
        await asyncio.sleep(_LOOK_SECS)


def _by_itself(intent: Intent, quantity: int, number: int) -> Intent:
    """Return a way out that waits for nobody, for what there is to sell."""
    return replace(
        intent.changed(quantity=quantity),
        client_order_id=order_id(NAME, intent.underlying, intent.made_at, 3 + number),
        parent_id=None,
    )
