"""Trading out of everything that is held, one market order after another, through the gate."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from voldesk.model.errors import OrderDenied, StorageError, VenueUnavailable
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.trading.desk import Desk
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import GateState
from voldesk.trading.portfolio import terms_of

CANCELS_SECS: Final = 5.0
FILLS_SECS: Final = 60.0
_LOOK_SECS: Final = 0.02
_BY: Final = "flatten"


@dataclass(slots=True)
class Flattened:
    """Orders against what was held, and sentences about what could not be sent."""

    orders: list[OrderRecord] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


async def send_out(desk: Desk, now: Callable[[], int]) -> Flattened:
    """
    Let reductions through, and send an order against each position.

    What still works would be counted as a reduction itself, so the cancels are waited for first.
    A position larger than one order may be is traded in several.

    Args:
        desk: Halted, its cancels asked for.
        now: UTC ns.
    """
    done = Flattened()
    if not await _wait(lambda: not any(True for _ in desk.ledger.open_orders), CANCELS_SECS):
        done.problems.append(f"orders still work after {CANCELS_SECS:g} s")
    await desk.switch(GateState.REDUCE_ONLY, by=_BY, reason="trading out of what is held")
    for key, held in sorted(desk.ledger.positions.items()):
        await _send_one(desk, key, held, now, done)
    return done


async def end(desk: Desk, orders: list[OrderRecord]) -> None:
    """Wait until the orders are over, a minute at most, then halt, which cancels the rest."""
    await _wait(lambda: all(one.is_final for one in orders), FILLS_SECS)
    await desk.switch(GateState.HALTED, by=_BY, reason="traded out of what was held")


async def _send_one(
    desk: Desk, key: str, held: int, now: Callable[[], int], done: Flattened
) -> None:
    left, most = abs(held), max(int(min(desk.limits.order_contracts, abs(held))), 1)
    while left > 0:
        quantity = min(left, most)
        if left < abs(held):  # the same order again: not a second click
            await asyncio.sleep(desk.limits.same_order_secs)
        try:
            order = await desk.submit(_against(desk, key, held, quantity, now()))
        except (OrderDenied, StorageError, VenueUnavailable) as exc:
            done.problems.append(f"{key}: {exc}")
            return
        done.orders.append(order)
        if order.state is State.DENIED:
            done.problems.append(f"{key}: {order.reason}")
            return
        left -= quantity


def _against(desk: Desk, key: str, held: int, quantity: int, at: int) -> Intent:
    underlying, _ = terms_of(key)
    return Intent(
        client_order_id=f"flat-{at}-{len(desk.ledger.orders)}",
        account=desk.account,
        underlying=underlying,
        legs=(Leg(key),),
        side=Side.SELL if held > 0 else Side.BUY,
        order_type=OrderType.MARKET,
        terms=Terms(quantity=quantity),
        is_reducing=True,
        strategy=_BY,
        reason="kill with flatten",
        made_at=at,
    )


async def _wait(is_so: Callable[[], bool], secs: float) -> bool:
    """Wait for a condition, so long at most, and say whether it came."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + secs
    while not is_so():  # a ledger rings no bell
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(_LOOK_SECS)
    return True
