"""What would become of an order that is not sent."""

import asyncio
import math
from dataclasses import replace
from typing import Final

from voldesk.app.trading_parts import Parts
from voldesk.gateways.order_desk import Preview
from voldesk.model.errors import VenueUnavailable
from voldesk.model.events import Margin
from voldesk.model.orders import Intent
from voldesk.trading.gate import judge
from voldesk.trading.views import Exposure

WHAT_IF_SECS: Final = 2.0


async def preview_of(parts: Parts, intent: Intent) -> Preview:
    """
    Judge an order as the gate would, and ask the venue what it would bind.

    Raises:
        OrderDenied: Nothing can be said of one of its contracts.
    """
    margin, after = await _margin(parts, intent)
    view = parts.surroundings.view(intent, parts.desk)
    verdict = judge(intent, replace(view, margin_after=after), parts.desk.limits)
    added = Exposure()
    for leg in intent.legs:
        size = intent.side.sign * leg.ratio * intent.terms.quantity
        added = added.plus(view.contracts[leg.key].exposure, size)
    return Preview(verdict=verdict, added=added, margin=margin)


async def _margin(parts: Parts, intent: Intent) -> tuple[Margin | None, float | None]:
    """Return what an order would bind, and the number the gate is shown for it."""
    try:
        async with asyncio.timeout(WHAT_IF_SECS):
            margin = await parts.broker.what_if(intent)
    except (VenueUnavailable, TimeoutError):
        return None, math.nan
    return margin, None if margin is None else float(margin.initial_after)
