"""``voldesk order``: preview, place, change, cancel and list orders of a running voldesk."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from voldesk.app.commands.options import Config, Json, JsonLines, Url

if TYPE_CHECKING:
    from pathlib import Path

    from voldesk.app.remote import Remote

Side = Annotated[str, typer.Argument(metavar="SIDE", help="buy or sell.")]
Quantity = Annotated[int, typer.Argument(metavar="N", min=1, help="Contracts, or combinations.")]
Contract = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CONTRACT]", help="AMZN 2026-01-16 C 200, or an OSI symbol."),
]
Legs = Annotated[
    list[str] | None,
    typer.Option("--leg", metavar="LEG", help="'-1 AMZN 2026-01-16 C 210'; one for each leg."),
]
Limit = Annotated[str | None, typer.Option(metavar="PRICE", help="Worst price; net of legs.")]
Stop = Annotated[str | None, typer.Option(metavar="PRICE", help="What sets it off.")]
TrailAmount = Annotated[str | None, typer.Option(metavar="AMOUNT", help="How far a stop lags.")]
TrailPct = Annotated[str | None, typer.Option(metavar="PCT", help="The same in per cent.")]
Target = Annotated[
    str | None, typer.Option(metavar="PRICE", help="Once filled, a limit order that gets out.")
]
StopLoss = Annotated[
    str | None, typer.Option(metavar="PRICE", help="Once filled, a stop order that gets out.")
]
Kind = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE", help="market, market_on_close, …; else by its prices."),
]
Tif = Annotated[str, typer.Option(metavar="TIF", help="day, gtc, gtd, ioc, fok or opg.")]
OutsideHours = Annotated[bool, typer.Option("--outside-hours", help="May trade out of session.")]
Adaptive = Annotated[bool, typer.Option("--adaptive", help="The venue may work the price.")]
Reducing = Annotated[bool, typer.Option("--reducing", help="Only nearer to zero.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the journal.")]
Key = Annotated[
    str | None, typer.Option(metavar="KEY", help="The same key never sends two orders.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Send it unasked; on paper alone.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The order's client_order_id.")]
MaybeId = Annotated[str | None, typer.Argument(metavar="[ID]", help="The order's client_order_id.")]

order = typer.Typer(
    help="Orders of a voldesk that is running.", no_args_is_help=True, rich_markup_mode=None
)


@order.callback()
def main() -> None:
    """Preview, place, change, cancel and list orders of a voldesk that is running."""


@order.command("preview")
def preview(
    side: Side,
    quantity: Quantity,
    contract: Contract = None,
    leg: Legs = None,
    limit: Limit = None,
    stop: Stop = None,
    trail_amount: TrailAmount = None,
    trail_pct: TrailPct = None,
    kind: Kind = None,
    tif: Tif = "day",
    outside_hours: OutsideHours = False,
    adaptive: Adaptive = False,
    reducing: Reducing = False,
    url: Url = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """Print what the gate would say of an order, what it costs and what it adds."""
    from voldesk.app import order_commands

    prices = _prices(limit, stop, trail_amount, trail_pct)
    flags = {"outside_hours": outside_hours, "is_adaptive": adaptive, "is_reducing": reducing}
    body = _body(side, quantity, contract, leg, prices, kind) | {"time_in_force": tif} | flags
    order_commands.preview(_remote(url, config), body, is_json=is_json)


@order.command("place")
def place(
    side: Side,
    quantity: Quantity,
    contract: Contract = None,
    leg: Legs = None,
    limit: Limit = None,
    stop: Stop = None,
    trail_amount: TrailAmount = None,
    trail_pct: TrailPct = None,
    kind: Kind = None,
    tif: Tif = "day",
    outside_hours: OutsideHours = False,
    adaptive: Adaptive = False,
    reducing: Reducing = False,
    target: Target = None,
    stop_loss: StopLoss = None,
    reason: Why = "",
    key: Key = None,
    yes: Yes = False,
    url: Url = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """Send an order through the gate, once somebody has said yes to it."""
    from voldesk.app import order_commands
    from voldesk.app.settings import load_settings

    prices = _prices(limit, stop, trail_amount, trail_pct)
    flags = {"outside_hours": outside_hours, "is_adaptive": adaptive, "is_reducing": reducing}
    body = _body(side, quantity, contract, leg, prices, kind) | {"time_in_force": tif} | flags
    body |= _bracket(target, stop_loss)
    is_needed = load_settings(config=config).settings.trading.is_confirmation_required
    order_commands.place(
        _remote(url, config),
        body | {"reason": reason},
        key=key,
        is_asking=is_needed and not yes,
        is_json=is_json,
    )


@order.command("modify")
def modify(
    client_order_id: Id,
    quantity: Annotated[int | None, typer.Option(metavar="N", min=1, help="Of all of it.")] = None,
    limit: Limit = None,
    stop: Stop = None,
    trail_amount: TrailAmount = None,
    trail_pct: TrailPct = None,
    url: Url = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """Ask the venue for new terms of an order; what is left out stays."""
    from voldesk.app import order_commands

    terms = _prices(limit, stop, trail_amount, trail_pct)
    if quantity is not None:
        terms["quantity"] = quantity
    order_commands.modify(_remote(url, config), client_order_id, terms, is_json=is_json)


@order.command("cancel")
def cancel(
    client_order_id: MaybeId = None,
    every: Annotated[bool, typer.Option("--all", help="Every order of the account.")] = False,
    url: Url = None,
    config: Config = None,
    is_json: Json = False,
) -> None:
    """Ask the venue to cancel an order, or all of them."""
    from voldesk.app import order_commands

    if (client_order_id is None) != every:
        raise typer.BadParameter("give the id of an order, or --all")
    order_commands.cancel(_remote(url, config), client_order_id, is_json=is_json)


@order.command("list")
def list_(
    is_open: Annotated[bool, typer.Option("--open", help="Those that may still fill.")] = False,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="So many, the newest.")] = 50,
    url: Url = None,
    config: Config = None,
    is_json: JsonLines = False,
) -> None:
    """Print orders, the newest first."""
    from voldesk.app import order_commands

    remote = _remote(url, config)
    order_commands.list_orders(remote, is_open=is_open, most=most, is_json=is_json)


def _remote(url: str | None, config: "Path | None") -> "Remote":
    from voldesk.app.remote import Remote
    from voldesk.app.settings import load_settings

    return Remote(load_settings(config=config), url)


def _prices(
    limit: str | None, stop: str | None, trail_amount: str | None, trail_pct: str | None
) -> dict[str, Any]:
    given = {
        "limit_price": limit,
        "stop_price": stop,
        "trail_amount": trail_amount,
        "trail_pct": trail_pct,
    }
    return {name: price for name, price in given.items() if price is not None}


def _bracket(target: str | None, stop: str | None) -> dict[str, Any]:
    """Return the ways out of an order, as its request has them; none where none is wanted."""
    given = {name: price for name, price in (("target", target), ("stop", stop)) if price}
    return {"bracket": given} if given else {}


def _body(
    side: str,
    quantity: int,
    contract: list[str] | None,
    legs: list[str] | None,
    prices: dict[str, Any],
    kind: str | None,
) -> dict[str, Any]:
    """Return the request of an order."""
    named: dict[str, Any] = {}
    if contract:
        named["contract"] = " ".join(contract)
    if legs:
        named["legs"] = [_leg(one) for one in legs]
    if len(named) != 1:
        raise typer.BadParameter("name a contract, or its legs by --leg")
    head = {"side": side.lower(), "quantity": quantity, "order_type": kind or _kind(prices)}
    return named | head | prices


def _leg(text: str) -> dict[str, Any]:
    """Return a leg for ``-1 AMZN 2026-01-16 C 210``."""
    ratio, _, contract = text.strip().partition(" ")
    try:
        return {"ratio": int(ratio), "contract": contract.strip()}
    except ValueError:
        raise typer.BadParameter(f"--leg {text!r}: begin it with its ratio, as -1") from None


def _kind(prices: dict[str, Any]) -> str:
    """Return the type of an order by the prices it has; one without any is no accident."""
    if "trail_amount" in prices or "trail_pct" in prices:
        return "trail_limit" if "limit_price" in prices else "trail"
    kinds = {
        (True, True): "stop_limit",
        (True, False): "limit",
        (False, True): "stop",
    }
    kind = kinds.get(("limit_price" in prices, "stop_price" in prices))
    if kind is None:
        raise typer.BadParameter("give --limit, --stop or --trail-amount, or say --type market")
    return kind
