"""Stopping works whatever happens; beginning again needs a person."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from desk_served import desk_served
from gateway_world import TOKEN
from hand_desk import HandDesk
from pydantic import SecretStr

from voldesk.app.settings import Loaded, Settings
from voldesk.app.stopping import kill, unlock
from voldesk.app.trading_settings import TradingSettings
from voldesk.gateways.order_desk import Stopped
from voldesk.model.errors import StorageError


def loaded(tmp_path: Path) -> Loaded:
    """Return settings with a token and a kill file."""
    trading = TradingSettings(kill_file=tmp_path / "kill")
    return Loaded(Settings(token=SecretStr(TOKEN), trading=trading), {})


class Forgetful(HandDesk):
    """A desk whose disk fails."""

    async def kill(self, *, by: str, reason: str, is_flattening: bool) -> Stopped:
        """Stop for this process alone."""
        done = await super().kill(by=by, reason=reason, is_flattening=is_flattening)
        return replace(done, is_durable=False)


def test_a_kill_that_does_not_last_is_an_error(tmp_path: Path) -> None:
    """Trading is stopped, and somebody has to know that it would begin again."""
    with desk_served(Forgetful()) as served, pytest.raises(StorageError, match="begin again"):
        kill(loaded(tmp_path), served.url, is_flattening=False, reason="", is_json=False)


def test_a_server_that_refuses_does_not_stand_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With another token the file stops what runs here."""
    wrong = loaded(tmp_path)
    settings = wrong.settings.model_copy(update={"token": SecretStr("x" * 43)})
    with desk_served() as served:
        kill(
            replace(wrong, settings=settings),
            served.url,
            is_flattening=False,
            reason="enough",
            is_json=False,
        )
        assert not served.desk.killed
    assert (tmp_path / "kill").read_text() == "enough\n"
    assert "needs the token" in capsys.readouterr().err


class Terminal:
    """Somebody who types the phrase."""

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return "unlock PAPER\n"


def test_a_person_types_the_phrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked for where there is somebody."""
    monkeypatch.setattr(sys, "stdin", Terminal())
    with desk_served() as served:
        unlock(loaded(tmp_path), served.url, phrase=None, is_json=False)
    told = capsys.readouterr()
    assert told.out == "active\n"
    assert "type 'unlock PAPER' to trade again" in told.err
