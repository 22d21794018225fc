"""``voldesk up`` and what is short for it: a node with its gateway, told to the operator."""

import json
from dataclasses import replace

import typer

from voldesk.app import logs
from voldesk.app.arming import ask_at_terminal
from voldesk.app.browser import open_page
from voldesk.app.desk_opening import masked
from voldesk.app.node import Node, build_node, run_node
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.app.stdout import write_text
from voldesk.gateways.order_desk import Mode
from voldesk.model.errors import ConfigError


def serve(loaded: Loaded, *, is_json: bool = False, may_move: bool = False) -> None:
    """
    Build a process and run it until it is told to stop.

    Args:
        loaded: Its settings.
        is_json: Print one JSON object in place of the address.
        may_move: Take a free port where the one asked for is taken.

    Raises:
        ConfigError: It cannot be built as the settings say.
    """
    logs.configure(loaded.settings.log)
    try:
        node = build_node(loaded)
    except ConfigError as exc:
        if not may_move or "cannot listen" not in str(exc):
            raise
        taken = loaded.settings.gateway.port
        typer.echo(f"port {taken} is taken, here is a free one", err=True)
        node = build_node(_with_free_port(loaded))
    if node.trading is not None and node.trading.guard is not None:
        ask_at_terminal(node.trading.guard)
    run(lambda stop: run_node(node, stop, lambda node: announce(node, is_json=is_json)))


def announce(node: Node, *, is_json: bool) -> None:
    """Print where the page is, and open it if that is wanted and can be seen."""
    gateway = node.gateway
    assert gateway is not None
    feeds = [feed.name for feed in node.feeds.feeds]
    is_token_needed = gateway.settings.is_token_for_reads
    url = gateway.sign_in_url() if is_token_needed else gateway.url
    if is_json:
        write_text(json.dumps({"url": url, "port": gateway.port, "feeds": feeds}) + "\n")
    else:
        write_text(f"{url}\n")
    typer.echo(f"serving {', '.join(feeds)}; Ctrl-C ends it", err=True)
    typer.echo(_money(node), err=True)
    folder = gateway.settings.web_folder
    if folder is None or not (folder / "index.html").is_file():
        typer.echo("the page is not built ('make web' builds it); the API answers", err=True)
    if node.settings.is_browser_opened:
        open_page(gateway.sign_in_url())
    elif not is_token_needed:
        sign_in = gateway.sign_in_url()
        typer.echo(f"to make alerts from the page, open it the first time as {sign_in}", err=True)


def _money(node: Node) -> str:
    """Say whose money is traded, so that paper and live are never taken for one another."""
    if node.trading is None:
        return "no orders are taken: trading.broker is off"
    account = masked(node.trading.account)
    if node.trading.mode is Mode.LIVE:
        return f"LIVE: orders move real money, account {account} at {node.trading.identity.broker}"
    return f"orders are on paper, account {account} at {node.trading.identity.broker}"


def _with_free_port(loaded: Loaded) -> Loaded:
    gateway = replace(loaded.settings.gateway, port=0)
    return replace(loaded, settings=loaded.settings.model_copy(update={"gateway": gateway}))
