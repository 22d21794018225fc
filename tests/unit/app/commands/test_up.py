from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from voldesk.app import serving
from voldesk.app.cli import app
from voldesk.app.exits import ExitCode
from voldesk.app.settings import Loaded

RUN = CliRunner()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Loaded, dict[str, Any]]]:
    """What would have been served."""
    seen: list[tuple[Loaded, dict[str, Any]]] = []

    def serve(loaded: Loaded, **how: Any) -> None:
        seen.append((loaded, how))

    monkeypatch.setattr(serving, "serve", serve)
    return seen


def test_up_turns_its_flags_into_settings(started: list[Any]) -> None:
    """Each flag stands over file and environment."""
    flags = [
        *("up", "--feed", "sim", "--host", "localhost", "--port", "0", "--no-open"),
        *("--record", "day", "--symbols", "BTC,SPX", "--seed", "7", "--speed", "3"),
        *("--atm", "3", "--range", "250", "--token", "--json"),
    ]
    result = RUN.invoke(app, flags)
    assert result.exit_code == ExitCode.OK, result.output
    ((loaded, how),) = started
    settings = loaded.settings
    assert settings.feeds == ("sim",)
    assert (settings.gateway.host, settings.gateway.port) == ("localhost", 0)
    assert settings.gateway.is_token_needed
    assert not settings.is_browser_opened
    assert settings.record.folder == Path("day")
    assert settings.sim.symbols == ("BTC", "SPX")
    assert (settings.sim.seed, settings.sim.speed) == (7, 3.0)
    assert settings.subscriptions.atm_strikes == 3
    assert settings.subscriptions.range_points == 250.0
    assert how == {"is_json": True, "may_move": False}


def test_up_alone_leaves_everything_to_the_settings(
    started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No flag hides a variable."""
    monkeypatch.setenv("VOLDESK_GATEWAY__IS_TOKEN_NEEDED", "true")
    monkeypatch.setenv("VOLDESK_IS_BROWSER_OPENED", "false")
    RUN.invoke(app, ["up"])
    ((loaded, _),) = started
    assert loaded.settings.gateway.is_token_needed
    assert not loaded.settings.is_browser_opened
    assert set(loaded.origins.values()) == {
        "VOLDESK_GATEWAY__IS_TOKEN_NEEDED",
        "VOLDESK_IS_BROWSER_OPENED",
    }


def test_demo_is_the_simulator_whatever_the_settings_say(
    started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven underlyings, and a free port where none was asked for."""
    monkeypatch.setenv("VOLDESK_FEEDS", "replay:x")
    RUN.invoke(app, ["demo", "--no-open"])
    RUN.invoke(app, ["demo", "--port", "9"])
    (first, how), (second, how_second) = started
    assert first.settings.feeds == ("sim",)
    assert len(first.settings.sim.symbols) == 7
    assert how["may_move"] is True
    assert second.settings.gateway.port == 9
    assert how_second["may_move"] is False


def test_replay_is_short_for_a_feed(started: list[Any]) -> None:
    """The recording, at its pace."""
    RUN.invoke(app, ["replay", "recordings/goog", "--speed", "max", "--port", "0"])
    ((loaded, _),) = started
    assert loaded.settings.feeds == ("replay:recordings/goog",)
    assert loaded.settings.replay.speed == float("inf")
    assert loaded.settings.sim.speed == 1.0


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["up", "--speed", "0"], ExitCode.USAGE, "above 0"),
        (["up", "--port", "70000"], ExitCode.USAGE, "65535"),
        (["up", "--config", "absent.yaml"], ExitCode.CONFIG, "absent.yaml"),
        (["replay"], ExitCode.USAGE, "REC"),
    ],
)
def test_a_mistake_ends_it_before_anything_starts(
    started: list[Any], flags: list[str], code: ExitCode, says: str
) -> None:
    """A code and a sentence."""
    result = RUN.invoke(app, flags)
    assert result.exit_code == code
    assert says in result.stderr
    assert started == []


def test_a_feed_that_is_not_there_yet() -> None:
    """The real command: exit code 3, and what there is."""
    result = RUN.invoke(app, ["up", "--feed", "upstox", "--port", "0"])
    assert result.exit_code == ExitCode.CONFIG
    assert "there are sim, replay:PATH" in result.stderr
    assert result.stdout == ""
