"""Trading through the whole of a process: orders over HTTP, streams and the command line."""

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import socketio
from processes import Up, run
from websockets.asyncio.client import ClientConnection, connect

DEADLINE_SECS = 60.0
UP = ("up", "--feed", "sim", "--symbols", "AMZN", "--port", "0", "--no-open")


class Asking:
    """A client of a process that trades."""

    def __init__(self, up: Up, home: Path) -> None:
        self.up = up
        key = (home / "voldesk" / "token").read_text().strip()
        self.http = httpx.AsyncClient(
            base_url=f"{up.url}api/v1", headers={"authorization": f"Bearer {key}"}, timeout=30
        )

    async def get(self, path: str) -> Any:
        return (await self.http.get(path)).json()

    async def until(self, path: str, is_so: Callable[[Any], Any]) -> Any:
        """Return an answer once it is as wanted."""
        async with asyncio.timeout(DEADLINE_SECS):
            while True:
                answer = await self.http.get(path)
                if answer.status_code == 200 and is_so(answer.json()):
                    return answer.json()
                await asyncio.sleep(0.05)

    async def ready(self) -> str:
        """Wait until orders are taken, and name a contract at the money with a quote."""
        await self.until("/risk", lambda risk: risk["is_reconciled"])
        chain = await self.until(
            "/underlyings/AMZN/chain",
            lambda chain: sum(bool(one["bid"]) for one in chain["contracts"]) > 300,
        )
        later = [
            one for one in chain["contracts"] if one["expiry"] > chain["contracts"][0]["expiry"]
        ]
        quoted = [one for one in later if one["right"] == "C" and one["bid"] and one["ask"]]
        one = min(quoted, key=lambda one: abs(one["strike"] - chain["spot"]))
        return f"{one['root']} {one['expiry']} C {one['strike']:g}"

    async def place(self, key: str, **body: Any) -> httpx.Response:
        body = {"side": "buy", "quantity": 1, "order_type": "market"} | body
        return await self.http.post("/orders", json=body, headers={"idempotency-key": key})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the process that ``start`` starts keeps its files."""
    return tmp_path / "home"


async def said(client: ClientConnection, kind: str, is_it: Callable[[Any], Any]) -> Any:
    """Return the data of the first message of a kind that is as wanted."""
    async with asyncio.timeout(DEADLINE_SECS):
        while True:
            message = json.loads(await client.recv())
            if message["type"] == kind and is_it(message["data"]):
                return message["data"]


async def test_an_order_is_seen_on_every_face(start: Callable[..., Up], home: Path) -> None:
    """Placed over HTTP, filled by the paper venue, told on both streams, held and in the sums."""
    asking = Asking(start(*UP), home)
    contract = await asking.ready()
    async with (
        connect(asking.up.url.replace("http", "ws") + "ws/stream") as client,
        socketio.AsyncSimpleClient() as other,
    ):
        await client.send('{"op":"subscribe","topics":["orders","positions","risk"]}')
        assert (await said(client, "orders", lambda _: True)) == []
        await other.connect(asking.up.url)
        assert (await other.call("subscribe", {"topics": ["orders"]}))["ok"]
        preview = await asking.http.post(
            "/orders/preview",
            json={"contract": contract, "side": "buy", "quantity": 1, "order_type": "market"},
        )
        assert preview.json()["is_allowed"], preview.text
        assert preview.json()["margin"] is not None
        made = (await asking.place("one", contract=contract)).json()
        tag = made["client_order_id"]
        filled = await said(client, "order", lambda one: one["state"] == "filled")
        assert filled["client_order_id"] == tag
        held = await said(client, "positions", lambda rows: rows)
        assert [(row["contract"], row["quantity"]) for row in held] == [(contract, 1)]
        risk = await said(client, "risk", lambda one: one["limits"][3]["used"] == 1)
        assert risk["limits"][3]["name"] == "trades_per_day"
        states: list[str] = []
        while "filled" not in states:
            name, *data = await other.receive(timeout=DEADLINE_SECS)
            states += [one["data"]["state"] for one in data if name == "order"]
    same = await asking.place("one", contract=contract)
    assert (same.status_code, same.json()["state"]) == (200, "filled")
    portfolio = await asking.until("/portfolio", lambda one: one["attribution"]["fees"])
    assert portfolio["figures"]["delta"] > 0
    assert portfolio["attribution"]["fees"].startswith("-")
    grid = await asking.get("/portfolio/scenarios?spot=-10,10&vol=0&days=0")
    down, up = grid["pnl"][0][0]
    assert down < 0 < up
    await asking.http.aclose()


async def test_orders_and_positions_outlive_a_process_that_is_killed(
    start: Callable[..., Up], home: Path
) -> None:
    """After ``kill -9`` the same key gives the same order, and what was held is held."""
    first = Asking(start(*UP), home)
    contract = await first.ready()
    made = (await first.place("one", contract=contract)).json()
    path = f"/orders/{made['client_order_id']}"
    await first.until(path, lambda one: one["state"] == "filled")
    working = await first.place("two", contract=contract, order_type="limit", limit_price="0.05")
    await first.until(
        f"/orders/{working.json()['client_order_id']}", lambda one: one["state"] == "working"
    )
    first.up.process.send_signal(signal.SIGKILL)
    first.up.process.communicate()
    second = Asking(start(*UP), home)
    await second.ready()
    again = await second.place("one", contract=contract)
    assert (again.status_code, again.json()["client_order_id"]) == (200, made["client_order_id"])
    assert [(row["quantity"]) for row in await second.get("/positions")] == [1]
    (still,) = await second.until(
        "/orders?state=open", lambda found: [one["state"] for one in found] == ["working"]
    )
    assert still["client_order_id"] == working.json()["client_order_id"]
    await first.http.aclose()
    await second.http.aclose()


async def test_f52_a_kill_stops_everything_until_it_is_unlocked(
    start: Callable[..., Up], home: Path
) -> None:
    """From the command line: cancelled, halted through a restart, traded out of, unlocked."""
    asking = Asking(start(*UP), home)
    contract = await asking.ready()
    url = ("--url", asking.up.url)

    async def voldesk(*arguments: str) -> Any:
        return await asyncio.to_thread(run, home, *arguments)

    placed = await voldesk(
        "order", "place", "buy", "2", *contract.split(), "--type", "market", "--yes", *url
    )
    assert placed.returncode == 0, placed.stderr
    await asking.until("/positions", lambda rows: [row["quantity"] for row in rows] == [2])
    await asking.place("rest", contract=contract, order_type="limit", limit_price="0.05")
    killed = await voldesk("kill", "--json", *url)
    assert json.loads(killed.stdout)["state"] == "halted"
    await asking.until("/orders?state=open", lambda found: found == [])
    denied = await asking.place("late", contract=contract)
    assert (denied.status_code, denied.json()["code"]) == (422, "order_denied")
    assert denied.json()["checks"][0]["name"] == "state"
    assert asking.up.stop()[0] == 0
    await asking.http.aclose()
    again = Asking(start(*UP), home)
    await again.ready()
    assert (await again.get("/risk"))["state"] == "halted"
    flat = await voldesk("kill", "--flatten", "--url", again.up.url)
    assert "1 orders against what is held" in flat.stdout, flat.stderr
    await again.until("/positions", lambda rows: [row["quantity"] for row in rows] == [0])
    await again.until("/risk", lambda one: one["state"] == "halted")
    phrase = (await again.get("/risk"))["unlock_phrase"]
    unlocked = await voldesk("unlock", "--phrase", phrase, "--url", again.up.url)
    assert unlocked.stdout == "active\n"
    assert (await again.place("new", contract=contract)).status_code == 201
    listed = await voldesk("order", "list", "--url", again.up.url)
    assert listed.stdout.count(contract) == 5, listed.stdout
    await again.http.aclose()


async def test_f56_a_second_process_does_not_trade_the_account(
    start: Callable[..., Up], home: Path
) -> None:
    """It streams, and refuses orders with the reason."""
    first, second = Asking(start(*UP), home), Asking(start(*UP), home)
    contract = await first.ready()
    async with asyncio.timeout(DEADLINE_SECS):
        while "another" not in (refused := await second.get("/risk"))["detail"]:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)
    assert refused["code"] == "venue_unavailable"
    assert (await second.place("one", contract=contract)).status_code == 503
    assert (await first.place("one", contract=contract)).status_code == 201
    assert (await second.get("/underlyings"))[0]["symbol"] == "AMZN"
    await first.http.aclose()
    await second.http.aclose()
