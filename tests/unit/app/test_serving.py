import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from voldesk.app import serving
from voldesk.app.feeds import SimSettings
from voldesk.app.node import Node
from voldesk.app.settings import Loaded, Settings
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.errors import ConfigError


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def loaded(port: int = 0, **gateway: Any) -> Loaded:
    settings = Settings(
        sim=SimSettings(symbols=("BTC",)),
        gateway=GatewaySettings(port=port, **gateway),
        is_browser_opened=False,
    )
    return Loaded(settings, {})


def serve_until_told(monkeypatch: pytest.MonkeyPatch, settings: Loaded, **how: Any) -> None:
    """Serve, and end by the signal an operator would send once the address is printed."""
    announce = serving.announce

    def announce_and_end(node: Node, *, is_json: bool) -> None:
        announce(node, is_json=is_json)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(serving, "announce", announce_and_end)
    serving.serve(settings, **how)


def test_the_address_is_all_that_goes_to_stdout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One line; that the page is missing is said on stderr."""
    serve_until_told(monkeypatch, loaded(web_folder=tmp_path))
    said = capsys.readouterr()
    assert said.out.startswith("http://127.0.0.1:")
    assert said.out.endswith("/\n")
    assert "serving sim; Ctrl-C ends it" in said.err
    assert "orders are on paper, account PAPER-SIM at paper" in said.err
    assert "make web" in said.err
    assert f"open it the first time as {said.out.strip()}#code=" in said.err


def test_as_json_and_with_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An object; where reading needs a token the address signs one browser in."""
    serve_until_told(monkeypatch, loaded(is_token_needed=True), is_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["feeds"] == ["sim"]
    assert document["port"] > 0
    assert "#code=" in document["url"]


def test_a_demo_moves_to_a_free_port(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the port is taken the demo takes another; everything else ends with the next step."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="--port 0"):
            serving.serve(loaded(port))
        serve_until_told(monkeypatch, loaded(port), may_move=True)
    said = capsys.readouterr()
    assert f":{port}/" not in said.out
    assert f"port {port} is taken" in said.err


def test_another_mistake_is_told_whether_it_may_move_or_not() -> None:
    """Only a taken port is a reason to look for another."""
    with pytest.raises(ConfigError, match="is_exposed"):
        serving.serve(loaded(host="10.1.2.3"), may_move=True)


def test_the_browser_is_opened_if_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an address that signs it in."""
    opened: list[str] = []
    monkeypatch.setattr(serving, "open_page", opened.append)
    settings = loaded()
    wanted = settings.settings.model_copy(update={"is_browser_opened": True})
    serve_until_told(monkeypatch, Loaded(wanted, {}))
    (url,) = opened
    assert "#code=" in url
