"""How a candidate is bought: an entry, and the target and the stop that wait for its fill."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from voldesk.model.enums import Market
from voldesk.model.errors import OrderDenied
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.strategies.base import order_id
from voldesk.strategies.prices import to_step
from voldesk.strategies.zero_dte.scanner import Candidate
from voldesk.strategies.zero_dte.settings import ScanSettings

NAME: Final = "zero-dte"
"""The strategy in intents and in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """
    One entry and its way out; of target and stop the first that fills cancels the other.

    They are a group as well as children: a child that arrives after its parent has filled waits
    for nobody, and without a group both might sell.

    Attributes:
        target: None where the settings want none, as ``stop``.
    """

    entry: Intent
    target: Intent | None
    stop: Intent | None

    @property
    def intents(self) -> tuple[Intent, ...]:
        """Return them in the order they are to be placed."""
        return tuple(one for one in (self.entry, self.target, self.stop) if one is not None)


def bracket(
    candidate: Candidate,
    quantity: int,
    settings: ScanSettings,
    *,
    account: str,
    now: int,
) -> Bracket:
    """
    Return the orders that buy a candidate: a limit at the ask, a target above, a stop below.

    The entry pays what is asked at most. Target and stop are counted from that price, so they are
    known before it fills; a better fill leaves them where they are. The stop sells at market once
    the option trades there: it gets out, at whatever price.

    Args:
        candidate: What is bought.
        quantity: Contracts.
        settings: How far target and stop lie away.
        account: Whose money.
        now: UTC ns.

    Raises:
        OrderDenied: There is no ask, or no step of prices is known.
        ValueError: The quantity is not possible.
    """
    row, market = candidate.row, Market(candidate.row.key.split(" ")[0])
    limit = to_step(row.ask, row.tick_size, market, up=True)
    if limit is None or limit <= 0:
        raise OrderDenied(
            f"{candidate.label}: ask {row.ask}, price step {row.tick_size}: no price to buy at"
        )
    is_known = math.isfinite(candidate.score.total)
    entry = Intent(
        client_order_id=order_id(NAME, candidate.underlying, now, 0),
        account=account,
        underlying=candidate.underlying,
        legs=(Leg(row.key),),
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        terms=Terms(quantity=quantity, limit_price=limit),
        strategy=NAME,
        reason=f"score {candidate.score.least:.1f}{'' if is_known else ' at least'}",
        made_at=now,
    )
    above, below = settings.take_profit_pct, settings.stop_loss_pct
    target = _away(limit, above, row.tick_size, market, up=True)
    stop = _away(limit, below, row.tick_size, market, up=False)
    return Bracket(
        entry=entry,
        target=None
        if target is None
        else _way_out(
            entry,
            1,
            OrderType.LIMIT,
            Terms(quantity=quantity, limit_price=target),
            f"target {above:g} % above {limit}",
        ),
        stop=None
        if stop is None
        else _way_out(
            entry,
            2,
            OrderType.STOP,
            Terms(quantity=quantity, stop_price=stop),
            f"stop {below:g} % below {limit}",
        ),
    )


def _way_out(entry: Intent, number: int, kind: OrderType, terms: Terms, reason: str) -> Intent:
    """Return an order that sells what the entry bought, once it has."""
    return replace(
        entry,
        client_order_id=order_id(NAME, entry.underlying, entry.made_at, number),
        side=Side.SELL,
        order_type=kind,
        terms=terms,
        parent_id=entry.client_order_id,
        oca_group=f"{entry.client_order_id}-out",
        is_reducing=True,
        reason=reason,
    )


def _away(
    price: Decimal, percent: float | None, tick_size: float, market: Market, *, up: bool
) -> Decimal | None:
    """
    Return a price so far above or below, a step away at least; None where none is wanted.

    A stop is never below one step: an option that trades at nothing cannot be sold.
    """
    if percent is None:
        return None
    way = 1.0 if up else -1.0
    found = to_step(float(price) * (1.0 + way * percent / 100.0), tick_size, market, up=up)
    step = Decimal(repr(tick_size))
    assert found is not None
    return max(found, price + step) if up else max(min(found, price - step), step)
