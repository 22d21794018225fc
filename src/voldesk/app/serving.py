"""``voldesk up`` and what is short for it: a node with its gateway, told to the operator."""

import json
from dataclasses import replace

import typer

from voldesk.app import logs
from voldesk.app.browser import open_page
from voldesk.app.node import Node, build_node, run_node
from voldesk.app.running import run
from voldesk.app.settings import Loaded
from voldesk.app.stdout import write_text
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
    folder = gateway.settings.web_folder
    if folder is None or not (folder / "index.html").is_file():
        typer.echo("the page is not built ('make web' builds it); the API answers", err=True)
    if node.settings.is_browser_opened:
        open_page(gateway.sign_in_url())
    elif not is_token_needed:
        sign_in = gateway.sign_in_url()
        typer.echo(f"to make alerts from the page, open it the first time as {sign_in}", err=True)


def _with_free_port(loaded: Loaded) -> Loaded:
    gateway = replace(loaded.settings.gateway, port=0)
    return replace(loaded, settings=loaded.settings.model_copy(update={"gateway": gateway}))
