import json

import pytest

from voldesk.app.feeds import SimSettings
from voldesk.app.settings import Loaded, Settings
from voldesk.app.simulation import simulate
from voldesk.model.errors import ConfigError


def loaded(*symbols: str) -> Loaded:
    return Loaded(Settings(sim=SimSettings(symbols=symbols)), {})


def test_the_state_is_told_as_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One object per underlying and print, with spot, vol and ticks per second."""
    simulate(loaded("BTC", "AMZN"), every_secs=10.0, secs=0.1, is_json=True)
    said = capsys.readouterr()
    states = [json.loads(line) for line in said.out.splitlines()]
    assert [state["underlying"] for state in states] == ["BTC", "AMZN"]
    assert all(state["spot"] > 0.0 and state["vol"] > 0.0 for state in states)
    assert sum(state["ticks_per_sec"] for state in states) > 0.0
    assert "seed 1" in said.err


def test_the_state_is_told_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A line per underlying and one for all."""
    simulate(loaded("BTC"), every_secs=10.0, secs=0.0, is_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line] == ["underlying", "BTC", "all"]


def test_an_unknown_underlying_is_refused() -> None:
    """Before anything runs."""
    with pytest.raises(ConfigError, match="did you mean 'BTC'"):
        simulate(loaded("BTX"), every_secs=1.0, secs=0.0, is_json=False)
