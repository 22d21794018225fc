"""How much of each limit is used by what is held and working."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from voldesk.gateways.order_desk import Use
from voldesk.model.orders import Leg
from voldesk.trading.ledger import Ledger
from voldesk.trading.limits import Limits
from voldesk.trading.portfolio import Figures, Holdings, terms_of

_GREEKS: Final[Mapping[str, str]] = {
    "delta": "dollar_delta",
    "gamma": "gamma",
    "vega": "vega",
    "theta": "theta",
}


def uses_of(
    limits: Limits,
    ledger: Ledger,
    holdings: Holdings,
    *,
    sent: tuple[int, int],
    trades_today: float,
    day_pnl: float,
    drawdown: float,
) -> tuple[Use, ...]:
    """
    Return the use of every limit that is not of one order alone.

    Args:
        limits: Of the gate.
        ledger: Working orders.
        holdings: What is held.
        sent: Orders sent within the last second and the last minute.
        trades_today: Orders that opened or enlarged a position.
        day_pnl: NaN not known, as ``drawdown``.
        drawdown: From the day's peak of equity.
    """
    working = sum(1 for _ in ledger.open_orders)
    plain = (
        ("open_orders", working),
        ("orders_per_sec", sent[0]),
        ("orders_per_min", sent[1]),
        ("trades_per_day", trades_today),
        ("day_loss", max(0.0, -day_pnl) if math.isfinite(day_pnl) else math.nan),
        ("drawdown", drawdown),
    )
    uses = [Use(name=name, used=used, limit=getattr(limits, name)) for name, used in plain]
    by_underlying, by_expiry = _counts(ledger)
    uses.append(_fullest("underlying_contracts", by_underlying, limits.underlying_contracts))
    uses.append(_fullest("expiry_contracts", by_expiry, limits.expiry_contracts))
    uses.extend(_greeks(limits, holdings))
    return tuple(uses)


def _counts(ledger: Ledger) -> tuple[Counter[str], Counter[str]]:
    """Return contracts held and working, long and short added up, by underlying and expiry."""
    by_underlying: Counter[str] = Counter()
    by_expiry: Counter[str] = Counter()
    held = [(Leg(key), abs(count)) for key, count in ledger.positions.items()]
    for order in ledger.open_orders:
        held += [(leg, order.remaining * abs(leg.ratio)) for leg in order.intent.legs]
    for leg, count in held:
        underlying, expiry = terms_of(leg.key)
        by_underlying[underlying] += count
        by_expiry[f"{underlying} {expiry}" if expiry is not None else underlying] += count
    return by_underlying, by_expiry


def _fullest(name: str, counts: Counter[str], limit: float) -> Use:
    (fullest, used), *_ = counts.most_common(1) or [("", 0)]
    return Use(name=name, used=used, limit=limit, of=fullest)


def _greeks(limits: Limits, holdings: Holdings) -> Iterator[Use]:
    """Yield the net Greeks of the underlying that has most of each, and of the book."""
    for name, column in _GREEKS.items():
        limit = getattr(limits, f"underlying_{name}")
        found = [
            (key, abs(_figure(total.figures, column)))
            for key, total in holdings.by_underlying.items()
        ]
        of, used = _worst(found)
        yield Use(name=f"underlying_{name}", used=used, limit=limit, of=of)
    for name, column in _GREEKS.items():
        used = abs(_figure(holdings.total.figures, column))
        yield Use(name=f"book_{name}", used=used, limit=getattr(limits, f"book_{name}"))


def _figure(figures: Figures, name: str) -> float:
    return float(getattr(figures, name))


def _worst(found: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """Return the largest, or the first that is not known: that one may be larger."""
    unknown = [one for one in found if math.isnan(one[1])]
    return unknown[0] if unknown else max(found, key=lambda one: one[1], default=("", 0.0))
