"""Real money, asked for in a file and armed at a terminal, at a simulated live TWS."""

import json
import os
import pty
import re
import select
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from broker_suite import until
from desk_floor import Calm
from ib_trading import traded_tws
from processes import DEADLINE_SECS, VOLDESK, Up, environment, run

from voldesk.app.arming import GuardedSurroundings, LiveGuard
from voldesk.model.clock import SystemClock
from voldesk.model.enums import Market
from voldesk.model.lifecycle import State
from voldesk.store.journal import Journal
from voldesk.trading.desk import Desk
from voldesk.trading.limits import Limits
from voldesk.trading.settings import DeskSettings

ACCOUNT = "U1234567"
SETTINGS = """
feeds: [ib]
is_browser_opened: false
gateway: {{port: 0}}
ib:
  port: {port}
  account: {account}
  symbols: [AMZN]
  chain: {{expiry_count: 1, least_days: 2, width_pct: 4}}
trading:
  broker: ib
  is_paper: false
  limits: {{order_contracts: 2, margin_share: .inf, quote_age_secs: 60}}
"""


@contextmanager
def a_live_tws(home: Path) -> Iterator[int]:
    """Serve a simulated TWS whose account holds real money; give its port."""
    server = subprocess.Popen(
        [*VOLDESK, "sim", "--tws", "0", "--symbols", "AMZN", "--account", ACCOUNT],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    try:
        assert server.stderr is not None
        said = ""
        while "TWS API on" not in said:
            said = server.stderr.readline()
            assert said, "it has ended"
        yield int(re.findall(r":(\d+);", said)[0])
    finally:
        server.kill()
        server.communicate()


class Terminal:
    """A terminal with a person at it who types."""

    def __init__(self) -> None:
        self.person, self.process = pty.openpty()

    def types(self, line: str) -> None:
        os.write(self.person, f"{line}\n".encode())

    def close(self) -> None:
        os.close(self.person)
        os.close(self.process)


@contextmanager
def an_up(home: Path, config: Path, typed: str) -> Iterator[Up]:
    """Run ``voldesk up`` at a terminal where somebody types a line."""
    terminal = Terminal()
    terminal.types(typed)
    up = Up.__new__(Up)
    up.process = subprocess.Popen(
        [*VOLDESK, "up", "--config", str(config)],
        stdin=terminal.process,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    try:
        assert up.process.stdout is not None
        ready, _, _ = select.select([up.process.stdout], [], [], DEADLINE_SECS)
        assert ready, "no address within the deadline"
        up.url = up.process.stdout.readline().strip()
        yield up
    finally:
        up.process.kill()
        up.process.communicate()
        terminal.close()


def asked(up: Up, home: Path, path: str, body: Any = None) -> tuple[int, Any]:
    """Return status and document of a request with the token."""
    token = (home / "voldesk" / "token").read_text().strip()
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "one"}
    if body is not None:
        headers["content-type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{up.url}api/v1{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as exc:
        return exc.code, json.load(exc)


@pytest.mark.timeout(180)
def test_real_money_moves_once_it_is_armed(tmp_path: Path) -> None:
    """Another line typed trades nothing; the phrase trades, says LIVE, and a kill takes it back."""
    home, config = tmp_path / "home", tmp_path / "live.yaml"
    with a_live_tws(home) as port:
        config.write_text(SETTINGS.format(port=port, account=ACCOUNT))
        with an_up(home, config, "yes") as up:
            up.wait_for(lambda: "nobody has armed" in str(asked(up, home, "/risk")[1]))
            _, _, err = up.stop()
            assert "not armed" in err
        with an_up(home, config, "live 567") as up:
            up.wait_for(lambda: asked(up, home, "/risk")[1].get("is_reconciled"))
            assert asked(up, home, "/risk")[1]["mode"] == "live"
            order = {
                "contract": up.wait_for(lambda: _quoted(up, home)),
                "side": "buy",
                "quantity": 1,
                "order_type": "market",
            }
            _, shown = asked(up, home, "/orders/preview", order)
            failed = [one["name"] for one in shown["checks"] if not one["has_passed"]]
            assert set(failed) <= {"session"}  # it may be night at the exchange
            said = run(home, "positions", "--url", up.url, "--config", str(config))
            assert "LIVE: account …567, real money" in said.stderr
            assert asked(up, home, "/kill", {})[0] == 200
            assert asked(up, home, "/unlock", {"phrase": f"unlock {ACCOUNT}"})[0] == 200
            _, denied = asked(up, home, "/orders/preview", order)
            assert "disarmed by a kill" in str(denied), denied
            _, _, err = up.stop()
            assert "LIVE: orders move real money, account …567 at ib" in err


async def test_an_armed_account_fills_and_an_unarmed_one_sends_nothing(tmp_path: Path) -> None:
    """At a TWS whose account holds real money; the exchange has seen one order."""
    async with traded_tws(tmp_path, accounts=(ACCOUNT,)) as traded:
        broker, limits = traded.broker(is_live=True), Limits(order_contracts=2)
        clock = SystemClock()
        guard = LiveGuard(
            ACCOUNT,
            limits,
            is_live=True,
            is_live_in_file=True,
            exchange=Market.US,
            clock=clock,
        )
        around = GuardedSurroundings(Calm(), lambda: guard.refusal(broker))
        journal = Journal.open(tmp_path / "journal")
        desk = Desk(broker, journal, around, limits, clock, DeskSettings(account=ACCOUNT))
        await desk.open()
        try:
            await until(lambda: desk.is_reconciled)
            denied = await desk.submit(traded.intent("unarmed", account=ACCOUNT))
            assert "nobody has armed the account" in denied.reason
            guard.arm()
            order = await desk.submit(traded.intent("armed", account=ACCOUNT))
            await until(lambda: order.state is State.FILLED)
            exchange = traded.tws.world.exchange
            seen = [*exchange.open_orders(), *exchange.completed_orders()]
            assert [one.request.order_ref for one in seen] == ["armed"]
        finally:
            await desk.close()


def _quoted(up: Up, home: Path) -> str:
    """Return a call with a quote, "" before there is one."""
    _, chain = asked(up, home, "/underlyings/AMZN/chain")
    calls = [
        one
        for one in chain.get("contracts", ())
        if one["right"] == "C" and one["bid"] and one["ask"]
    ]
    near = [one for one in calls if one["delta"] and 0.3 < one["delta"] < 0.7]
    if not near:
        return ""
    one = near[0]
    return f"{one['root']} {one['expiry']} C {one['strike']:g}"
