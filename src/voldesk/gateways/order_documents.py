"""Orders, positions and risk as JSON knows them: money as text, unknown as None."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from voldesk.gateways.order_cost import Cost, Loss
from voldesk.gateways.order_desk import Grid, Mode, Preview, Risk, Standing, Stopped, plain
from voldesk.model.contracts import strike_text
from voldesk.model.errors import WireError
from voldesk.model.events import Margin
from voldesk.model.ids import contract_of_key
from voldesk.model.lifecycle import State
from voldesk.model.orders import Fill, Intent, Leg, Terms
from voldesk.trading.gate import Check
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.marks import Mark
from voldesk.trading.portfolio import Figures, Row

_NS_PER_US: Final = 1_000
_CENT: Final = Decimal("0.01")
_GREEKS: Final = ("delta", "dollar_delta", "gamma", "vega", "theta", "rho", "beta_delta")
_WORTH: Final = (
    "value",
    "value_mid",
    "unrealised",
    "unrealised_mid",
    "realised",
    "fees",
    "pnl",
    "pnl_mid",
)


def contract_name(key: str) -> str:
    """Return a contract as a trader spells it: ``AMZN 2026-01-16 C 200``; an underlying's name."""
    try:
        one = contract_of_key(key)
    except WireError:
        return key.partition(" ")[2] or key
    return f"{one.root} {one.expiry} {one.right} {strike_text(one.strike)}"


def order_name(legs: Sequence[Leg]) -> str:
    """Return what an order trades, in a line."""
    if len(legs) == 1:
        return contract_name(legs[0].key)
    return " ".join(f"{leg.ratio:+d} {contract_name(leg.key)}," for leg in legs).rstrip(",")


def price_text(value: Decimal | None) -> str | None:
    """Return a price, exactly; None and NaN are not known."""
    return None if value is None or value.is_nan() else plain(value)


def money_text(value: Decimal | float | None) -> str | None:
    """Return an amount to the cent; None and NaN are not known."""
    if value is None or not math.isfinite(value):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return format(exact.quantize(_CENT) + 0, "f")


def figure(value: float | None) -> float | None:
    """Return a number, None where it is not known or has no bound."""
    return None if value is None or not math.isfinite(value) else float(value)


def terms_document(terms: Terms) -> dict[str, Any]:
    """Return what of an order may be changed."""
    return {
        "quantity": terms.quantity,
        "limit_price": price_text(terms.limit_price),
        "stop_price": price_text(terms.stop_price),
        "trail_amount": price_text(terms.trail_amount),
        "trail_pct": price_text(terms.trail_pct),
        "good_till_us": None if terms.good_till is None else terms.good_till // _NS_PER_US,
    }


def order_document(order: OrderRecord, mode: Mode) -> dict[str, Any]:
    """Return one order as it stands."""
    intent = order.intent
    return {
        "client_order_id": intent.client_order_id,
        "venue_order_id": order.venue_order_id or None,
        "account": intent.account,
        "mode": mode,
        "underlying": intent.underlying,
        "contract": order_name(intent.legs),
        "legs": [_leg(intent, leg) for leg in intent.legs],
        "side": intent.side,
        "order_type": intent.order_type,
        "time_in_force": intent.time_in_force,
        **terms_document(intent.terms),
        "filled": order.filled,
        "remaining": order.remaining,
        "asked": None if order.asked is None else terms_document(order.asked.terms),
        "outside_hours": intent.outside_hours,
        "is_adaptive": intent.is_adaptive,
        "is_reducing": intent.is_reducing,
        "parent_id": intent.parent_id,
        "oca_group": intent.oca_group,
        "state": order.state,
        "is_open": is_open(order),
        "is_final": order.is_final,
        "reason": order.reason,
        "average_price": price_text(order.average_price),
        "commission": money_text(_commission(order.fills)),
        "currency": order.fills[0].currency if order.fills else None,
        "fills": [_fill(one) for one in order.fills],
        "strategy": intent.strategy,
        "why": intent.reason,
        "made_at_us": intent.made_at // _NS_PER_US,
        "changed_at_us": order.changed_at // _NS_PER_US,
    }


def is_open(order: OrderRecord) -> bool:
    """Say whether an order may still be filled; one that is not ours may."""
    return order.is_open or order.state is State.EXTERNAL


def _leg(intent: Intent, leg: Leg) -> dict[str, Any]:
    return {
        "key": leg.key,
        "contract": contract_name(leg.key),
        "ratio": leg.ratio,
        "side": intent.side if leg.ratio > 0 else intent.side.other,
    }


def _fill(fill: Fill) -> dict[str, Any]:
    return {
        "execution_id": fill.execution_id,
        "key": fill.key,
        "side": fill.side,
        "quantity": fill.quantity,
        "price": plain(fill.price),
        "commission": money_text(fill.commission),
        "currency": fill.currency,
        "ts_event_us": fill.ts_event // _NS_PER_US,
    }


def _commission(fills: Sequence[Fill]) -> Decimal | None:
    charged = [one.commission for one in fills if one.commission is not None]
    return sum(charged, Decimal(0)) if fills and len(charged) == len(fills) else None


def check_document(check: Check) -> dict[str, Any]:
    """Return one limit and what an order came to."""
    return {
        "name": check.name,
        "value": figure(check.value),
        "limit": figure(check.limit),
        "is_least": check.is_least,
        "has_passed": check.has_passed,
    }


def preview_document(
    intent: Intent, preview: Preview, cost: Cost, marks: Sequence[Mark], mode: Mode
) -> dict[str, Any]:
    """Return what would become of an order."""
    verdict, added = preview.verdict, preview.added
    return {
        "is_allowed": verdict.is_allowed,
        "is_reducing": verdict.is_reducing,
        "reason": verdict.reason,
        "checks": [check_document(one) for one in verdict.checks],
        "mode": mode,
        "account": intent.account,
        "contract": order_name(intent.legs),
        "sentence": _sentence(intent, cost, mode),
        "price": price_text(cost.price),
        "cost": money_text(cost.cost),
        "currency": cost.currency,
        "risk": cost.loss,
        "max_loss": money_text(cost.max_loss),
        "greeks": {
            "dollar_delta": figure(added.delta),
            "gamma": figure(added.gamma),
            "vega": figure(added.vega),
            "theta": figure(added.theta),
        },
        "margin": None if preview.margin is None else _margin(preview.margin),
        "quotes": [_quote(mark) for mark in marks],
    }


def _sentence(intent: Intent, cost: Cost, mode: Mode) -> str:
    """Say in words what is about to be done, with whose money, and the most that can be lost."""
    terms = intent.terms
    prices = (
        ("limit", terms.limit_price),
        ("stop", terms.stop_price),
        ("trailing by", terms.trail_amount),
        ("trailing by per cent", terms.trail_pct),
    )
    told = [f"{name} {plain(price)}" for name, price in prices if price is not None]
    kind = ", ".join(told) or str(intent.order_type).replace("_", " ")
    head = f"{mode} {intent.account}: {intent.side} {terms.quantity} {order_name(intent.legs)}"
    paid = "costs what is not known"
    if cost.cost is not None:
        verb = "pays" if cost.cost >= 0 else "receives"
        paid = f"{verb} {money_text(abs(cost.cost))} {cost.currency}"
    loss = {
        Loss.DEFINED: f"at most {money_text(cost.max_loss)} {cost.currency} can be lost",
        Loss.UNDEFINED: "the loss has no bound",
        Loss.UNKNOWN: "the most that can be lost is not known",
        Loss.NONE: "it reduces what is held",
    }
    return f"{head}, {kind}, {intent.time_in_force}; {paid}, {loss[cost.loss]}"


def _margin(margin: Margin) -> dict[str, Any]:
    return {
        "initial_after": plain(margin.initial_after),
        "maintenance_after": plain(margin.maintenance_after),
        "equity_after": plain(margin.equity_after),
        "commission": money_text(margin.commission),
        "warnings": list(margin.warnings),
    }


def _quote(mark: Mark) -> dict[str, Any]:
    names = ("bid", "ask", "bid_size", "ask_size", "quote_age_secs", "spot", "multiplier")
    return {
        "key": mark.key,
        "contract": contract_name(mark.key),
        **{name: figure(getattr(mark, name)) for name in (*names, "tick_size")},
    }


def figures_document(figures: Figures) -> dict[str, Any]:
    """Return worth and risk."""
    return {
        **{name: money_text(getattr(figures, name)) for name in _WORTH},
        **{name: figure(getattr(figures, name)) for name in _GREEKS},
    }


def positions_document(standing: Standing) -> list[dict[str, Any]]:
    """Return every position and how it stands; those closed before today are left out."""
    rows = standing.holdings.rows
    return [
        _position(row) for row in rows if row.quantity or row.figures.realised or row.figures.fees
    ]


def _position(row: Row) -> dict[str, Any]:
    mark = row.mark
    shown = ("strike", "multiplier", "bid", "ask", "spot", "quote_age_secs", "iv")
    return {
        "key": row.key,
        "contract": contract_name(row.key),
        "underlying": row.underlying,
        "expiry": row.expiry,
        "right": None if mark is None else mark.right,
        "quantity": row.quantity,
        "average_price": price_text(row.average_price),
        "currency": None if mark is None else mark.currency,
        **{name: None if mark is None else figure(getattr(mark, name)) for name in shown},
        "figures": figures_document(row.figures),
    }


def portfolio_document(standing: Standing, account: str, mode: Mode) -> dict[str, Any]:
    """Return the account as it stands."""
    holdings, attribution = standing.holdings, standing.attribution
    return {
        "account": account,
        "mode": mode,
        "currency": standing.currency,
        "ts_us": standing.at // _NS_PER_US,
        "equity": money_text(standing.equity),
        "equity_peak": money_text(standing.equity_peak),
        "day_pnl": money_text(standing.day_pnl),
        "figures": figures_document(holdings.total.figures),
        "by_underlying": [
            {"underlying": name, "figures": figures_document(total.figures)}
            for name, total in holdings.by_underlying.items()
        ],
        "by_expiry": [
            {"underlying": name, "expiry": day, "figures": figures_document(total.figures)}
            for (name, day), total in holdings.by_expiry.items()
        ],
        "attribution": attribution
        and {name: money_text(amount) for name, amount in attribution.items()},
        "unknown": {name: list(keys) for name, keys in holdings.total.unknown.items()},
    }


def scenarios_document(grid: Grid) -> dict[str, Any]:
    """Return what moves of the market would do."""
    return {
        "currency": grid.currency,
        "ts_us": grid.at // _NS_PER_US,
        "spot_pct": list(grid.spot_pct),
        "vol_points": list(grid.vol_points),
        "days": list(grid.days),
        "pnl": [[[figure(one) for one in row] for row in day] for day in grid.pnl],
        "unknown": list(grid.unknown),
    }


def risk_document(risk: Risk) -> dict[str, Any]:
    """Return how trading stands."""
    return {
        "account": risk.account,
        "mode": risk.mode,
        "broker": risk.broker,
        "ts_us": risk.at // _NS_PER_US,
        "state": risk.state,
        "is_reconciled": risk.is_reconciled,
        "differences": list(risk.differences),
        "alarms": list(risk.alarms),
        "line": {"is_up": not risk.line_reason, "reason": risk.line_reason},
        "journal": {
            "is_writable": not risk.journal_reason,
            "reason": risk.journal_reason,
            "entries": risk.journal_entries,
            "healed_bytes": risk.healed,
        },
        "limits": [
            {
                "name": one.name,
                "used": figure(one.used),
                "limit": figure(one.limit),
                "share": figure(one.used / one.limit) if one.limit > 0 else None,
                "of": one.of or None,
            }
            for one in risk.uses
        ],
        "open_orders": risk.open_orders,
        "unlock_phrase": risk.unlock_phrase,
    }


def stopped_document(stopped: Stopped, mode: Mode) -> dict[str, Any]:
    """Return what a kill has done."""
    return {
        "state": stopped.state,
        "is_durable": stopped.is_durable,
        "asked_to_cancel": stopped.asked_to_cancel,
        "flattening": [order_document(one, mode) for one in stopped.flattening],
        "problems": list(stopped.problems),
    }
