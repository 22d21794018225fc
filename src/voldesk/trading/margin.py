"""What an order would bind as margin, by the venue's own reckoning."""

import asyncio
import math

import structlog

from voldesk.model.errors import VenueUnavailable
from voldesk.model.orders import Intent
from voldesk.model.ports.broker import Broker

log = structlog.get_logger(__name__)


async def margin_after(broker: Broker, intent: Intent, secs: float) -> float | None:
    """
    Return the initial margin after an order, in the account's currency.

    Args:
        broker: Whose what-if is asked; nothing is ordered.
        intent: The order.
        secs: How long the answer may take.

    Returns:
        None where the venue cannot say, NaN where it did not answer in time.
    """
    try:
        async with asyncio.timeout(secs):
            margin = await broker.what_if(intent)
    except (VenueUnavailable, TimeoutError) as exc:
        log.warning("no_margin", order=intent.client_order_id, why=str(exc) or "no answer in time")
        return math.nan
    return None if margin is None else float(margin.initial_after)
