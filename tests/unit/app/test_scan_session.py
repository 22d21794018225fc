import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from live_world import NOON
from scan_day import loaded, record
from scan_desk import Quiet, ShopVenue, opened

from voldesk.app.scan_orders import OrderTaker
from voldesk.app.scan_session import Sitting, sit
from voldesk.app.scan_watchlist import Watchlist
from voldesk.app.settings import Loaded
from voldesk.model.errors import ConfigError
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg, OrderType, Side, Terms
from voldesk.strategies.base import Update
from voldesk.strategies.zero_dte.bracket import NAME
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.limits import Limits

LOOK = Sitting(symbols=("SPX",))
BUY = Sitting(symbols=("SPX",), broker="paper")


@dataclass
class Shop:
    """Opens a desk on a venue in memory; fills ``OpenTaker``."""

    folder: Path
    venue: ShopVenue = field(default_factory=ShopVenue)
    limits: Limits = field(default_factory=Limits.none)
    around: Quiet = field(default_factory=Quiet)
    earlier: list[Intent] = field(default_factory=list)
    orders: dict[str, OrderRecord] = field(default_factory=dict)

    @asynccontextmanager
    async def __call__(
        self, settings: Loaded, watchlist: Watchlist, broker: str
    ) -> AsyncIterator[OrderTaker]:
        assert settings.settings.scan.watchlist == ()
        assert watchlist.pump is not None
        assert broker == "paper"
        opening = opened(self.folder, self.venue, self.limits, self.around, earlier=self.earlier)
        async with opening as taker:
            yield taker
            self.orders = dict(taker.orders())


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def feed(tmp_path: Path, make_market: Any) -> str:
    """A recording of SPX, which expires in four hours."""
    return record(tmp_path / "day", make_market)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A venue that fills what is bought."""
    return Shop(tmp_path / "journal")


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give what is typed."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()


def test_a_look_buys_nothing(feed: str, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """The page goes to stdout, and nothing is asked."""
    sit(loaded(feed), LOOK, shop)
    said = capsys.readouterr()
    assert "SPX  spot 100.00" in said.out
    assert re.search(r"^ *1 +SPX 100 [CP] ", said.out, re.MULTILINE)
    assert "buy which one" not in said.err
    assert shop.orders == {}


def test_what_is_chosen_and_confirmed_is_bought(
    feed: str, shop: Shop, answer: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """The second one, two contracts: preview, three orders, the fill, the position."""
    answer("2\n2\ny\n")
    sit(loaded(feed), BUY, shop)
    said = capsys.readouterr()
    assert "the gate lets it through" in said.err
    assert "2 filled at 1.20" in said.err
    assert "position of us SPXW" in said.err
    entry, *outs = shop.orders.values()
    assert (entry.state, entry.filled) == (State.FILLED, 2)
    assert [one.intent.order_type for one in outs] == [OrderType.LIMIT, OrderType.STOP]
    *_, strike, right = entry.intent.legs[0].key.split(" ")
    named = f"{int(strike) / 1e6:g} {right}"
    assert re.search(rf"^ *2 +SPX {named} ", said.out, re.MULTILINE)


@pytest.mark.parametrize("typed", ["0\n", "", "1\n2\nn\n", "1\n2\n", "1\n0\n"])
def test_a_no_buys_nothing(
    feed: str, shop: Shop, answer: Callable[[str], None], typed: str
) -> None:
    """At any of the questions, and at the end of the input."""
    answer(typed)
    sit(loaded(feed), BUY, shop)
    assert shop.orders == {}


def test_what_the_gate_denies_cannot_be_confirmed(
    feed: str, shop: Shop, answer: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its reason is shown, and nothing is placed."""
    shop.limits = replace(Limits.none(), order_contracts=1)
    answer("1\n2\ny\n")
    sit(loaded(feed), BUY, shop)
    said = " ".join(capsys.readouterr().err.split())
    assert "the gate denies it: order_contracts is 2, at most 1" in said
    assert shop.orders == {}


def test_yes_buys_the_best_without_asking(
    feed: str, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many contracts as the settings say."""
    sit(loaded(feed, contracts=3), replace(BUY, is_yes=True), shop)
    said = capsys.readouterr()
    assert "buy which one" not in said.err
    assert next(iter(shop.orders.values())).filled == 3


def test_yes_is_for_paper_alone(feed: str, shop: Shop) -> None:
    """A venue where real money moves is refused, and so is no broker at all."""
    shop.venue.is_paper = False
    with pytest.raises(ConfigError, match="paper alone"):
        sit(loaded(feed), replace(BUY, is_yes=True), shop)
    with pytest.raises(ConfigError, match="needs a --broker"):
        sit(loaded(feed), replace(LOOK, is_yes=True), shop)
    assert shop.orders == {}


def test_json_is_one_object_a_round(
    feed: str, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """It asks nothing and places nothing, unless told to."""
    sit(loaded(feed), replace(BUY, is_json=True), shop)
    document = json.loads(capsys.readouterr().out)
    assert document["candidates"]
    assert document["orders"] == []
    sit(loaded(feed), replace(BUY, is_json=True, is_yes=True), shop)
    said = capsys.readouterr()
    assert json.loads(said.out)["orders"][0]["state"] == "filled"
    assert said.err == ""


def test_what_does_not_pass_is_shown_where_asked_and_never_bought(
    feed: str, shop: Shop, answer: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers below those that pass mean nothing."""
    answer("1\n1\ny\n")
    sit(loaded(feed, min_gamma=99.0), replace(BUY, has_misses=True), shop)
    said = capsys.readouterr()
    assert "gamma is" in said.out
    assert "buy which one" not in said.err
    assert shop.orders == {}


def an_entry(number: int) -> Intent:
    return Intent(
        client_order_id=f"{NAME}-{number}",
        account="DU1",
        underlying="SPX",
        legs=(Leg("us SPXW 20260930 000000100000000 C"),),
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        terms=Terms(quantity=1, limit_price=Decimal(1)),
        strategy=NAME,
        made_at=NOON + number,
    )


def test_the_trades_of_a_day_are_counted(
    feed: str, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those of other processes too: the journal has them."""
    shop.earlier = [an_entry(number) for number in range(5)]
    sit(loaded(feed), replace(BUY, is_yes=True), shop)
    assert "no more trades today: the limit is 5" in capsys.readouterr().err
    assert len(shop.orders) == 5


def test_without_a_step_of_prices_nothing_is_bought(
    tmp_path: Path,
    make_market: Any,
    shop: Shop,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The reason is said."""
    feed = record(tmp_path / "other", make_market, tick_size=float("nan"))
    sit(loaded(feed), replace(BUY, is_yes=True), shop)
    assert "no price to buy at" in " ".join(capsys.readouterr().err.split())
    assert shop.orders == {}


def test_nothing_to_scan_is_an_error(feed: str, shop: Shop) -> None:
    """Neither names nor a watchlist; impossible settings are one too."""
    with pytest.raises(ConfigError, match="nothing to scan"):
        sit(loaded(feed), Sitting(), shop)
    with pytest.raises(ConfigError, match=r"scan\.contracts"):
        sit(loaded(feed, contracts=0), LOOK, shop)
    with pytest.raises(ConfigError, match="schedule"):
        sit(loaded(feed, schedule="now and then"), LOOK, shop)


def test_a_schedule_goes_round_until_it_is_stopped(
    feed: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second round comes by itself; a signal ends it between two of them."""
    rounds: list[str] = []
    second = threading.Event()

    def write(text: str) -> None:
        rounds.append(text)
        if len(rounds) == 2:
            second.set()
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("voldesk.app.scan_session.write_text", write)
    sit(loaded(feed, schedule="every 1s"), LOOK, shop)
    assert second.is_set()
    assert len(rounds) == 2


def test_once_is_once(feed: str, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the settings say of a schedule."""
    sit(loaded(feed, schedule="every 1s"), replace(LOOK, is_once=True), shop)
    assert capsys.readouterr().out.count("SPX  spot") == 1


def test_a_signal_ends_a_question(feed: str, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is bought by somebody who leaves."""
    reading, writing = os.pipe()
    asked = threading.Event()

    class Waiting(io.TextIOWrapper):
        def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # always text
            asked.set()
            os.kill(os.getpid(), signal.SIGINT)
            return super().readline(size)

    with os.fdopen(reading, "rb") as source:
        monkeypatch.setattr(sys, "stdin", Waiting(source))
        sit(loaded(feed), BUY, shop)
        os.close(writing)
        for thread in threading.enumerate():
            if thread.name == "voldesk-question":
                thread.join(10.0)
    assert asked.is_set()
    assert shop.orders == {}


def test_a_terminal_sees_how_far_it_is(
    feed: str, shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bar while it looks, on stderr alone; none with JSON."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    sit(loaded(feed), LOOK, shop)
    said = capsys.readouterr()
    assert "scanning" in said.err
    assert "0/1" in said.err
    assert "scanning" not in said.out
    sit(loaded(feed), replace(LOOK, is_json=True), shop)
    assert capsys.readouterr().err == ""


class Elsewhere(Watchlist):
    """A watchlist whose feed lists other contracts once it has been looked at."""

    def update(self, symbol: str, account: str = "") -> Update:
        found = super().update(symbol, account)
        return replace(found, keys=found.keys + " gone") if account else found


def test_what_is_not_listed_any_more_is_not_bought(
    feed: str, shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question may take minutes, and a feed may come back with another listing."""
    monkeypatch.setattr("voldesk.app.scanning.Watchlist", Elsewhere)
    sit(loaded(feed), replace(BUY, is_yes=True), shop)
    assert "is not listed any more" in capsys.readouterr().err
    assert shop.orders == {}
