"""What a scan found, as lines for a terminal, and what an order would come to."""

import math
from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from voldesk.app.render.layout import Column, clipped, fit, flow
from voldesk.app.render.numbers import UNKNOWN, days_left, fixed, grouped, percent, price_decimals
from voldesk.app.scan_orders import Placed, Preview
from voldesk.model.contracts import strike_text
from voldesk.model.orders import Intent
from voldesk.strategies.base import ContractRow
from voldesk.strategies.zero_dte.scanner import Candidate, Scan
from voldesk.strategies.zero_dte.score import TERMS

_SECS_PER_YEAR = 365.0 * 86_400.0


def scan_lines(
    scans: Sequence[Scan], shown: Sequence[Candidate], width: int, *, has_misses: bool
) -> list[Text]:
    """
    Return a headline per underlying, then the candidates with every term of their scores.

    Args:
        scans: Of one round.
        shown: Candidates of them, in the order they are numbered.
        width: Of the terminal.
        has_misses: Say of each what it does not pass.
    """
    lines: list[Text] = []
    for one in scans:
        first, *rest = flow(_headline(one), width, indent="  ")
        lines += [Text(first, style="bold"), *(Text(line) for line in rest)]
    if shown:
        lines += [Text(), *_table(shown, width, has_misses=has_misses)]
    return [clipped(line, width) for line in lines]


def _headline(one: Scan) -> list[str]:
    if one.reason:
        return [one.underlying, one.reason]
    kind = "0DTE" if one.is_zero_dte else "nearest expiry"
    found = one.standing
    ivs = (
        f"iv percentile {UNKNOWN} ({found.reason})"
        if found.reason
        else f"iv percentile {fixed(found.percentile, 0)} ({found.measure}, {found.days} days)"
    )
    missed = ", ".join(f"{name} {count}" for name, count in one.missed.items())
    passing = len(one.passing)
    return [
        f"{one.underlying}  spot {grouped(one.spot)}",
        f"{one.expiry} {kind}, {days_left(one.secs_to_settle / _SECS_PER_YEAR)} left",
        f"atm iv {percent(one.atm_iv)}",
        f"expected move \N{PLUS-MINUS SIGN}{grouped(one.expected_move)}",
        ivs,
        f"{passing} of {len(one.candidates)} pass" + (f"; kept out by {missed}" if missed else ""),
    ]


def _table(shown: Sequence[Candidate], width: int, *, has_misses: bool) -> list[Text]:
    rows = [one.row for one in shown]
    decimals = price_decimals([price for row in rows for price in (row.bid, row.ask)], least=2)

    def names(one: Candidate) -> str:
        return f"{one.underlying} {strike_text(one.row.strike)} {one.row.right}"

    columns = [
        Column("#", [str(place) for place in range(1, len(shown) + 1)], 0),
        Column("contract", [names(one) for one in shown], 0, is_left=True),
        Column("score", [_score(one) for one in shown], 0),
        *(Column(name, [fixed(one.score.terms[name], 2) for one in shown], 0) for name in TERMS),
        Column("bid", [fixed(row.bid, decimals) for row in rows], 1),
        Column("ask", [fixed(row.ask, decimals) for row in rows], 1),
        Column("delta", [fixed(row.delta, 3) for row in rows], 2),
        Column("gamma", [fixed(row.gamma, 4) for row in rows], 3),
        Column("theta", [fixed(row.theta, 2) for row in rows], 3),
        Column("vega", [fixed(row.vega, 3) for row in rows], 3),
        Column("iv %", [percent(row.iv) for row in rows], 4),
        Column("spread %", [fixed(one.spread_pct, 1) for one in shown], 5),
    ]
    kept, gap = fit(columns, width)
    head = (" " * gap).join(column.padded(column.header) for column in kept)
    lines = [Text(head, style="bold")]
    for place, one in enumerate(shown):
        cells = (" " * gap).join(column.padded(column.cells[place]) for column in kept)
        lines.append(Text(cells, style="" if one.is_passing else "dim"))
        if has_misses and one.misses:
            said = flow(one.misses, width - 4, separator="; ")
            lines += [Text(f"    {line}", style="dim") for line in said]
    return lines


def _score(one: Candidate) -> str:
    """Write the score; where a term is not known, what it is at least."""
    if math.isfinite(one.score.total):
        return fixed(one.score.total, 1)
    return f">={fixed(one.score.least, 1)}"


def preview_lines(found: Preview, account: str, broker: str) -> list[Text]:
    """Return what an order would do, line by line, the gate's verdict last."""
    bracket = found.bracket
    fees = UNKNOWN if found.fees is None else _amount(found.fees)
    lines = [
        Text(f"{found.candidate.label}   {broker} {account}", style="bold"),
        *(Text(f"  {_order(one)}") for one in bracket.intents),
        Text(
            f"  cost {grouped(found.cost)}   fees {fees}   most that can be lost"
            f" {grouped(found.most_loss)}"
        ),
        Text(f"  adds {_greeks(found.delta, found.gamma, found.vega, found.theta)}"),
    ]
    if found.verdict:
        lines.append(Text(f"  the gate denies it: {found.verdict}", style="bold red"))
    else:
        lines.append(Text("  the gate lets it through", style="green"))
    return lines


def placed_lines(
    placed: Placed, positions: dict[str, int], row: ContractRow, multiplier: float
) -> list[Text]:
    """
    Return what became of the orders, and what is held now of what they trade, with its Greeks.

    Args:
        placed: The orders.
        positions: Contracts by key.
        row: The contract as it stands.
        multiplier: Units of underlying per contract, NaN not known.
    """
    lines = []
    for one in placed.orders:
        price = one.average_price
        filled = f", {one.filled} filled" + ("" if price is None else f" at {_amount(price)}")
        why = f": {one.reason}" if one.reason and not one.filled else ""
        state = f"{one.state}{filled if one.filled else ''}{why}"
        lines.append(Text(f"  {one.intent.client_order_id}  {_order(one.intent)}  {state}"))
    lines += [Text(f"  {note}", style="bold") for note in placed.notes]
    held = positions.get(row.key, 0)
    lines.append(Text(f"  position of {row.key}: {held}"))
    if held:
        units = held * multiplier
        lines.append(Text(f"  its {_greeks(row.delta, row.gamma, row.vega, row.theta, units)}"))
    return lines


def _greeks(delta: float, gamma: float, vega: float, theta: float, units: float = 1.0) -> str:
    """Return Greeks of so many units of underlying."""
    return (
        f"delta {fixed(units * delta, 2)}   gamma {fixed(units * gamma, 3)}"
        f"   vega {fixed(units * vega, 2)}   theta {fixed(units * theta, 2)} a day"
    )


def _order(intent: Intent) -> str:
    terms = intent.terms
    price = terms.limit_price if terms.stop_price is None else terms.stop_price
    shown = "" if price is None else f" {_amount(price)}"
    return f"{intent.side} {terms.quantity} {intent.order_type}{shown}"


def _amount(value: Decimal) -> str:
    """Write money exactly, with two decimals at least."""
    exponent = value.normalize().as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{value:,.{min(decimals, 6)}f}"
