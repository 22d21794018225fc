import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from served import served

from voldesk.app.feeds import SimSettings
from voldesk.app.running import first_of_ours
from voldesk.app.settings import Loaded, Settings
from voldesk.app.sources import ServerSource, _narrowed, open_source
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.errors import ConfigError, VenueUnavailable
from voldesk.venues.ib.settings import IbSettings

NOBODY = GatewaySettings(port=1)  # nothing answers there


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a node that serves BTC."""
    with served("BTC") as address:
        yield address


def loaded(origins: dict[str, str] | None = None, **given: Any) -> Loaded:
    return Loaded(Settings(**{"gateway": NOBODY, **given}), origins or {})


async def look(
    settings: Loaded, url: str | None, symbol: str, expiry: date | None = None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    async with asyncio.timeout(60.0), open_source(settings, url, (symbol,)) as source:
        return await source.chain(symbol, expiry), await source.summary(symbol)


def ask(
    settings: Loaded, url: str | None, symbol: str, expiry: date | None = None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Look once, as a command does: an error comes out of its group."""
    try:
        return asyncio.run(look(settings, url, symbol, expiry))
    except ExceptionGroup as group:
        raise first_of_ours(group) or group from group


def test_both_sources_answer_alike(url: str) -> None:
    """The same keys, the same contracts: who shows them cannot tell."""
    there, told_there = ask(loaded(), url, "BTC")
    here, told_here = ask(loaded({"feeds": "--feed"}), None, "BTC")
    assert there.keys() == here.keys()
    assert there["contracts"].keys() == here["contracts"].keys()
    assert there["contracts"]["symbol"] == here["contracts"]["symbol"]
    assert told_there is not None
    assert told_here is not None
    assert told_there["data"].keys() == told_here["data"].keys()


def test_one_expiry_of_both(url: str) -> None:
    """Only its contracts; an expiry that nobody lists is told with those there are."""
    for settings, address in ((loaded(), url), (loaded({"feeds": "--feed"}), None)):
        whole, _ = ask(settings, address, "BTC")
        day = date.fromisoformat(whole["series"]["expiry"][1])
        part, _ = ask(settings, address, "BTC", day)
        assert set(part["contracts"]["expiry"]) == {day.isoformat()}
        with pytest.raises(ConfigError, match="BTC has no expiry 2001-01-01; there are"):
            ask(settings, address, "BTC", date(2001, 1, 1))


def test_an_unknown_underlying_is_told_with_those_there_are(url: str) -> None:
    """By the server's own sentence, and by the simulator's."""
    with pytest.raises(ConfigError, match="there are BTC"):
        ask(loaded(), url, "XYZ")
    chosen = loaded({"feeds": "--feed", "sim.symbols": "x"}, sim=SimSettings(symbols=("BTC",)))
    with pytest.raises(ConfigError, match="there are BTC"):
        ask(chosen, None, "XYZ")


def test_a_running_server_is_found_and_else_one_is_simulated(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """At the configured port; that a market is simulated here is said on stderr."""
    port = int(url.rstrip("/").rpartition(":")[2])
    ask(loaded(gateway=GatewaySettings(port=port)), None, "BTC")
    assert capsys.readouterr().err == ""
    ask(loaded(), None, "BTC")
    assert "this is a simulated market" in capsys.readouterr().err


def test_nobody_at_an_address() -> None:
    """No answer is told with what starts one; what is no address is told so."""
    with pytest.raises(VenueUnavailable, match="'voldesk up' starts one"):
        ask(loaded(), "http://127.0.0.1:1/", "BTC")
    with pytest.raises(ConfigError, match="no address"):
        ServerSource("file:///etc/passwd")


def test_the_token_is_shown_where_one_is_needed(tmp_path: Path) -> None:
    """Without it the answer says what is missing; with it there is a chain."""
    with served("BTC", is_token_needed=True) as address:
        with pytest.raises(ConfigError, match="answers 401"):
            ask(loaded(), address, "BTC")
        token = (tmp_path / "home" / "voldesk" / "token").read_text().strip()
        settings = loaded(token=token)
        document, _ = ask(settings, address, "BTC")
        assert document["underlying"] == "BTC"


def test_a_feed_that_has_given_up_is_not_waited_for() -> None:
    """Its reason is told at once."""
    settings = loaded({"feeds": "--feed"}, feeds=("ib",), ib=IbSettings(port=1))
    with pytest.raises(VenueUnavailable, match=r"nobody listens at 127\.0\.0\.1:1 "):
        ask(settings, None, "AMZN")


def test_no_more_is_listed_than_is_looked_at() -> None:
    """Symbols, expiry and its distance, where the settings leave them open."""
    day = date(2026, 12, 18)
    open_ = loaded({})
    narrowed = _narrowed(open_, ("AMZN", "AMZN", "MSFT"), None, 1.0).settings
    assert narrowed.sim.symbols == narrowed.ib.symbols == ("AMZN", "MSFT")
    assert narrowed.deribit.underlyings == ("AMZN", "MSFT")
    assert (narrowed.ib.chain.expiry_count, narrowed.ib.chain.least_days) == (1, 1.0)
    assert _narrowed(open_, ("AMZN",), day, 0.0).settings.ib.chain.expiries == ("2026-12-18",)
    given = loaded(
        {"ib.symbols": "--symbols", "sim.symbols": "--symbols"},
        ib=IbSettings(symbols=("SPX",)),
        sim=SimSettings(symbols=("SPX",)),
    )
    kept = _narrowed(given, ("AMZN",), None, 0.0).settings
    assert kept.sim.symbols == kept.ib.symbols == ("SPX",)
