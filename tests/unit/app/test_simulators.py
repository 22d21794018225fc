import socket
from pathlib import Path

import pytest

from voldesk.app.feeds import SimSettings
from voldesk.app.settings import Loaded, Settings
from voldesk.app.simulators import serve_venues
from voldesk.model.errors import ConfigError, FileFormatError
from voldesk.simulator.ib.recorded import COLUMNS


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


def test_deribit_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    """Alone or beside the TWS, each on a market of its own."""
    serve_venues(loaded("BTC"), deribit=0, faults=None, start=None, secs=0.1)
    said = capsys.readouterr().err
    assert "Deribit on ws://127.0.0.1:" in said
    assert "TWS" not in said
    serve_venues(loaded("AMZN", "BTC"), tws=0, deribit=0, faults=None, start=None, secs=0.1)
    said = capsys.readouterr().err
    assert "Deribit on ws://127.0.0.1:" in said
    assert "TWS API on 127.0.0.1:" in said


def test_deribit_on_a_port_in_use() -> None:
    """One sentence with the port; what is served already is closed."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}"):
            serve_venues(loaded("BTC"), tws=0, deribit=port, faults=None, start=None, secs=0.1)


def test_deribit_trades_no_stocks() -> None:
    """What could be traded there is in the message."""
    with pytest.raises(ConfigError, match="AMZN cannot be traded there, there is BTC"):
        serve_venues(loaded("AMZN"), deribit=0, faults=None, start=None, secs=0.1)


def test_recorded_bars(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table of bars is read before anything is served; a file that is none is named."""
    table = tmp_path / "bars.csv"
    table.write_text(",".join(COLUMNS) + "\n")
    serve_venues(loaded("AMZN"), tws=0, faults=None, start=None, secs=0.1, bars=table)
    assert "TWS API" in capsys.readouterr().err
    table.write_text("nothing\n")
    with pytest.raises(FileFormatError, match="need the columns"):
        serve_venues(loaded("AMZN"), tws=0, faults=None, start=None, secs=0.1, bars=table)
    with pytest.raises(ConfigError, match=r"absent\.csv cannot be read"):
        serve_venues(
            loaded("AMZN"), tws=0, faults=None, start=None, secs=0.1, bars=tmp_path / "absent.csv"
        )


@pytest.mark.parametrize("text", ["AMZN", "AMZN:", "AMZN:many", ":5", "AMZN:0", "NOPE:5"])
def test_holdings_that_make_no_sense(text: str) -> None:
    """A symbol and a quantity, and the symbol a stock's."""
    with pytest.raises(ConfigError, match="--hold"):
        serve_venues(loaded("AMZN"), tws=0, faults=None, start=None, secs=0.1, hold=[text])
