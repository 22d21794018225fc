"""A round of scans as JSON; docs/scan.md says what every field means."""

from collections.abc import Sequence
from typing import Any

from voldesk.app.scan_orders import Placed
from voldesk.strategies.zero_dte.scanner import Candidate, Scan
from voldesk.trading.ledger import OrderRecord

_NS_PER_US = 1_000


def scan_document(
    scans: Sequence[Scan], shown: Sequence[Candidate], placed: Sequence[Placed]
) -> dict[str, Any]:
    """
    Return one round as JSON knows it; a number that is not known is NaN here and null there.

    Args:
        scans: Of every underlying.
        shown: Candidates, the best first.
        placed: What was bought.
    """
    return {
        "scans": [_scan(one) for one in scans],
        "candidates": [candidate_document(one) for one in shown],
        "orders": [_order(order) for one in placed for order in one.orders],
        "notes": [note for one in placed for note in one.notes],
    }


def candidate_document(one: Candidate) -> dict[str, Any]:
    """Return one candidate with every term of its score."""
    row = one.row
    figures = ("bid", "ask", "mid", "bid_size", "ask_size", "volume", "open_interest")
    greeks = ("iv", "delta", "gamma", "vega", "theta")
    return {
        "key": row.key,
        "symbol": row.symbol or None,
        "underlying": one.underlying,
        "expiry": one.expiry.isoformat(),
        "right": row.right.value,
        "strike": row.strike,
        **{name: getattr(row, name) for name in (*figures, *greeks)},
        "spread_pct": one.spread_pct,
        "score": one.score.total,
        "score_least": one.score.least,
        "terms": dict(one.score.terms),
        "is_passing": one.is_passing,
        "misses": list(one.misses),
    }


def _scan(one: Scan) -> dict[str, Any]:
    return {
        "underlying": one.underlying,
        "ts_us": one.now // _NS_PER_US or None,
        "expiry": None if one.expiry is None else one.expiry.isoformat(),
        "secs_to_settle": one.secs_to_settle,
        "is_zero_dte": one.is_zero_dte,
        "spot": one.spot,
        "last_spot": one.last_spot,
        "atm_iv": one.atm_iv,
        "expected_move": one.expected_move,
        "iv_percentile": one.standing.percentile,
        "iv_rank": one.standing.rank,
        "iv_measure": one.standing.measure or None,
        "iv_days": one.standing.days,
        "iv_reason": one.standing.reason or None,
        "contracts": len(one.candidates),
        "passing": len(one.passing),
        "missed": dict(one.missed),
        "reason": one.reason or None,
    }


def _order(order: OrderRecord) -> dict[str, Any]:
    intent, terms, price = order.intent, order.intent.terms, order.average_price
    return {
        "client_order_id": intent.client_order_id,
        "key": intent.legs[0].key,
        "side": intent.side.value,
        "order_type": intent.order_type.value,
        "quantity": terms.quantity,
        "limit_price": None if terms.limit_price is None else str(terms.limit_price),
        "stop_price": None if terms.stop_price is None else str(terms.stop_price),
        "parent_id": intent.parent_id,
        "state": order.state.value,
        "filled": order.filled,
        "average_price": None if price is None else str(price),
        "reason": order.reason or None,
    }
