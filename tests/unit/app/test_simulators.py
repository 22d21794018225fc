import socket

import pytest

from voldesk.app.feeds import SimSettings
from voldesk.app.settings import Loaded, Settings
from voldesk.app.simulators import serve_venues
from voldesk.model.errors import ConfigError


def loaded(*symbols: str) -> Loaded:
    return Loaded(Settings(sim=SimSettings(symbols=symbols)), {})


def test_ports_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Talk goes to stderr, and free ports are named."""
    serve_venues(loaded("AMZN"), tws=0, faults=0, start=None, secs=0.1)
    said = capsys.readouterr()
    assert said.out == ""
    assert "TWS API on 127.0.0.1:" in said.err
    assert "/faults" in said.err


def test_a_market_of_another_day(capsys: pytest.CaptureFixture[str]) -> None:
    """The market may start whenever it is asked to."""
    start = 1_683_730_800 * 10**9
    serve_venues(loaded("AMZN"), tws=0, faults=None, start=start, secs=0.1)
    assert "/faults" not in capsys.readouterr().err


def test_a_port_in_use() -> None:
    """One sentence with the port."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}"):
            serve_venues(loaded("AMZN"), tws=port, faults=None, start=None, secs=0.1)
