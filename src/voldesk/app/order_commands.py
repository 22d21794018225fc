"""``voldesk order`` and ``voldesk positions``: what a running voldesk is asked, and shown."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import typer

from voldesk.app.desk_opening import masked
from voldesk.app.remote import Remote
from voldesk.app.stdout import write_text
from voldesk.model.errors import ConfigError, OrderDenied
from voldesk.trading.ceremony import arming_phrase

Document = dict[str, Any]

_DASH: Final = "\N{EN DASH}"
_ORDER_COLUMNS: Final = (
    "client_order_id",
    "state",
    "side",
    "quantity",
    "filled",
    "contract",
    "limit_price",
    "average_price",
    "reason",
)
_POSITION_COLUMNS: Final = ("contract", "quantity", "average_price", "bid", "ask")
_FIGURES: Final = ("value", "unrealised", "realised", "fees", "dollar_delta", "vega", "theta")


def preview(remote: Remote, order: Document, *, is_json: bool) -> None:
    """
    Print what would become of an order.

    Raises:
        OrderDenied: The gate would say no; the answer is printed all the same.
    """
    found = remote.ask("POST", "/orders/preview", order)
    if is_json:
        write_text(json.dumps(found) + "\n")
    else:
        write_text("".join(f"{line}\n" for line in preview_lines(found)))
    if not found["is_allowed"]:
        raise OrderDenied(found["reason"])


def place(
    remote: Remote, order: Document, *, key: str | None, is_asking: bool, is_json: bool
) -> None:
    """
    Preview an order, have a person say yes to it, and send it once.

    Args:
        remote: Who trades.
        order: The body of the request.
        key: Its Idempotency-Key; made here if None.
        is_asking: Somebody has to say yes.
        is_json: Print the order as JSON.

    Raises:
        OrderDenied: The gate says no.
        ConfigError: Nobody can be asked, or real money would move unasked.
    """
    found = remote.ask("POST", "/orders/preview", order)
    if not found["is_allowed"]:
        raise OrderDenied(found["reason"])
    if not is_asking and found["mode"] != "paper":
        raise ConfigError(
            "an order that moves real money is confirmed by a person: leave out --yes"
        )
    if is_asking and found["mode"] == "paper":
        _confirm(preview_lines(found))
    elif is_asking:
        _confirm_live(preview_lines(found), remote.ask("GET", "/risk")["account"])
    headers = {"Idempotency-Key": key or uuid4().hex}
    _show(remote.ask("POST", "/orders", order, headers), is_json=is_json)


def modify(remote: Remote, client_order_id: str, terms: Document, *, is_json: bool) -> None:
    """Ask for new terms."""
    if not terms:
        raise ConfigError("nothing is to be changed: give --quantity, --limit or another term")
    _show(remote.ask("PATCH", _path(client_order_id), terms), is_json=is_json)


def cancel(remote: Remote, client_order_id: str | None, *, is_json: bool) -> None:
    """Ask to cancel one order, or all of them."""
    if client_order_id is not None:
        _show(remote.ask("DELETE", _path(client_order_id)), is_json=is_json)
        return
    done = remote.ask("DELETE", "/orders")
    if is_json:
        write_text(json.dumps(done) + "\n")
    else:
        write_text(f"asked to cancel {done['asked']}\n")
    for problem in done["problems"]:
        typer.echo(problem, err=True)


def list_orders(remote: Remote, *, is_open: bool, most: int, is_json: bool) -> None:
    """Print orders, the newest first."""
    found = remote.ask("GET", f"/orders?limit={most}{'&state=open' if is_open else ''}")
    _write(found, _ORDER_COLUMNS, "no orders", is_json=is_json)


def list_positions(remote: Remote, *, is_json: bool) -> None:
    """Print what is held, and how it stands; of real money that it is."""
    risk = remote.ask("GET", "/risk")
    if risk["mode"] != "paper":
        typer.echo(f"LIVE: account {masked(risk['account'])}, real money", err=True)
    found = remote.ask("GET", "/positions")
    rows = found if is_json else [{**one, **one["figures"]} for one in found]
    _write(rows, (*_POSITION_COLUMNS, *_FIGURES), "no positions", is_json=is_json)


def preview_lines(found: Mapping[str, Any]) -> list[str]:
    """Return a preview for a person: what is done, what it costs, what stands in the way."""
    margin = found["margin"]
    lines = [found["sentence"]]
    for one in found["quotes"]:
        age = _DASH if one["quote_age_secs"] is None else f"{one['quote_age_secs']:.1f} s old"
        lines.append(f"  {one['contract']}: {_cell(one['bid'])} / {_cell(one['ask'])}, {age}")
    added = found["greeks"]
    lines.append("  adds " + ", ".join(f"{name} {_cell(one)}" for name, one in added.items()))
    if margin is not None:
        lines.append(
            f"  margin {margin['initial_after']} of {margin['equity_after']} after it,"
            f" commission {_cell(margin['commission'])}"
        )
    passed = sum(one["has_passed"] for one in found["checks"])
    lines.append(f"  gate: {passed} of {len(found['checks'])} checks passed")
    if found["reason"]:
        lines.append(f"  denied: {found['reason']}")
    return lines


def _confirm(lines: Sequence[str]) -> None:
    """
    Ask a person.

    Raises:
        ConfigError: There is nobody to ask.
        Abort: The answer is no.
    """
    if not sys.stdin.isatty():
        raise ConfigError("nobody can be asked here: say --yes to send the order unasked")
    _tell(lines)
    if answered("send it? [y/N] ").lower() not in {"y", "yes"}:
        raise typer.Abort


def _confirm_live(lines: Sequence[str], account: str) -> None:
    """
    Have a person type what moves real money.

    Raises:
        ConfigError: There is nobody who could.
        Abort: Something else was typed.
    """
    if not sys.stdin.isatty():
        raise ConfigError("an order that moves real money is confirmed at a terminal")
    _tell(lines)
    phrase = arming_phrase(account)
    if answered(f"LIVE: real money. Type {phrase!r} to send it: ") != phrase:
        raise typer.Abort


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)


def answered(question: str) -> str:
    """Ask on stderr, since stdout is for data, and return what was typed."""
    typer.echo(question, nl=False, err=True)
    return sys.stdin.readline().strip()


def _show(order: Mapping[str, Any], *, is_json: bool) -> None:
    if is_json:
        write_text(json.dumps(order) + "\n")
        return
    price = "" if order["average_price"] is None else f" at {order['average_price']}"
    reason = f": {order['reason']}" if order["reason"] else ""
    write_text(
        f"{order['client_order_id']} {order['state']}: {order['side']} {order['quantity']}"
        f" {order['contract']}, {order['filled']} filled{price}{reason}\n"
    )


def _write(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], nothing: str, *, is_json: bool
) -> None:
    if is_json:
        write_text("".join(json.dumps(one) + "\n" for one in rows))
        return
    if not rows:
        typer.echo(nothing, err=True)
        return
    cells = [list(columns), *([_cell(row[name]) for name in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    write_text("".join(f"{_line(row, widths)}\n" for row in cells))


def _line(row: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(value: Any) -> str:  # noqa: ANN401  # any value of a document
    if value is None:
        return _DASH
    return f"{value:g}" if isinstance(value, float) else str(value)


def _path(client_order_id: str) -> str:
    return f"/orders/{quote(client_order_id, safe='')}"
