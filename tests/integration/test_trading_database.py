"""Trading while the database is down: it never stands in the way, and loses nothing."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from postgres import Postgres
from processes import Up, run
from sqlalchemy import NullPool, create_engine, text
from waiting import DEADLINE_SECS, LOOK_SECS, until

FILE = """
sim: {{symbols: [AMZN], seed: 3, speed: {speed}}}
trading:
  is_confirmation_required: false
  database: {{url: "{url}", poll_secs: 0.02, retry_secs: 0.05, retry_most_secs: 0.2}}
  limits:
    {{orders_per_sec: 1.e+4, orders_per_min: 1.e+6, open_orders: 1.e+6, same_order_secs: 0,
      trades_per_day: 1.e+6, underlying_contracts: 1.e+6, expiry_contracts: 1.e+6,
      underlying_delta: 1.e+12, underlying_gamma: 1.e+12, underlying_vega: 1.e+12,
      underlying_theta: 1.e+12, book_delta: 1.e+12, book_gamma: 1.e+12, book_vega: 1.e+12,
      book_theta: 1.e+12, quote_age_secs: 60}}
"""
CLIENTS = 4
LOG = Path("voldesk", "journal", "PAPER-SIM", "paper", "paper.log")


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Return a server of the test's own."""
    server = Postgres()
    yield server
    server.remove()


async def eventually(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so of another process."""
    async with asyncio.timeout(DEADLINE_SECS):
        while not await is_so():  # noqa: ASYNC110  # another process brings it about, and no event
            await asyncio.sleep(LOOK_SECS)


class Desk:
    """A process that trades, and a client of it."""

    def __init__(self, up: Up, home: Path) -> None:
        self.up, self.home = up, home
        key = (home / "voldesk" / "token").read_text().strip()
        self.http = httpx.AsyncClient(
            base_url=f"{up.url}api/v1", headers={"authorization": f"Bearer {key}"}, timeout=60
        )

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    async def contract(self) -> str:
        """Wait until orders are taken, and name a contract that has a quote."""
        found: list[str] = []

        async def is_ready() -> bool:
            answers = [
                await self.http.get(path)
                for path in ("/risk", "/underlyings/AMZN/chain?layout=rows")
            ]
            if not all(answer.is_success for answer in answers):
                return False
            risk, chain = (answer.json() for answer in answers)
            second = sorted({one["expiry"] for one in chain["contracts"]})[1]
            found[:] = [
                f"{one['root']} {second} C {one['strike']:g}"
                for one in chain["contracts"]
                if one["expiry"] == second and one["ask"] and 0.4 < (one["delta"] or 0.0) < 0.6
            ]
            return bool(found and risk["is_reconciled"])

        await eventually(is_ready)
        return found[0]

    async def has_none_open(self) -> bool:
        """Say whether every order is over."""
        return not await self.get("/orders?state=open")

    async def rest(self, key: str, contract: str) -> httpx.Response:
        """Place an order that no market fills."""
        body = {"contract": contract, "side": "buy", "quantity": 1, "limit_price": "0.01"}
        return await self.http.post("/orders", json=body, headers={"idempotency-key": key})

    def at_the_venue(self) -> int:
        """Return how many orders the paper venue has taken."""
        return (self.home / LOG).read_bytes().count(b'"placed"')


def settings_file(folder: Path, url: str, speed: float) -> Path:
    file = folder / "voldesk.yaml"
    file.write_text(FILE.format(url=url, speed=speed))
    return file


async def test_a_kill_in_a_tick_storm_without_a_database(
    postgres: Postgres, tmp_path: Path, start: Callable[..., Up]
) -> None:
    """After the answer no order reaches the venue, and a restart is halted still."""
    home, url = tmp_path / "home", postgres.new_database()
    postgres.stop()
    file = settings_file(tmp_path, url, speed=20.0)
    flags = ("up", "--feed", "sim", "--config", str(file), "--port", "0", "--no-open")
    desk = Desk(start(*flags), home)
    contract = await desk.contract()
    answered: list[int] = []
    is_over = asyncio.Event()

    async def place(client: int) -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            answered.append((await desk.rest(f"{client}-{number}", contract)).status_code)

    async with asyncio.TaskGroup() as group:
        for client in range(CLIENTS):
            group.create_task(place(client), name=f"client {client}")
        await until(lambda: answered.count(201) >= 5 * CLIENTS)
        killed = await desk.http.post("/kill", json={"reason": "storm"})
        assert killed.status_code == 200, killed.text
        assert killed.json()["is_durable"]
        known, refused = desk.at_the_venue(), answered.count(422)
        await until(lambda: answered.count(422) >= refused + 5 * CLIENTS)
        is_over.set()
    assert known > 0
    assert desk.at_the_venue() == known
    await eventually(desk.has_none_open)
    await desk.http.aclose()
    assert desk.up.stop()[0] == 0
    again = Desk(start(*flags), home)
    assert await again.contract() == contract
    assert (await again.get("/risk"))["state"] == "halted"
    assert (await again.rest("late", contract)).status_code == 422
    assert desk.at_the_venue() == known
    await again.http.aclose()


async def test_postgresql_stopped_while_orders_flow(
    postgres: Postgres, tmp_path: Path, start: Callable[..., Up]
) -> None:
    """Trading goes on; every row is there once the server is back, as often as it was placed."""
    home, url = tmp_path / "home", postgres.new_database()
    file = settings_file(tmp_path, url, speed=1.0)
    up = start("up", "--feed", "sim", "--config", str(file), "--port", "0", "--no-open")
    desk = Desk(up, home)
    contract = await desk.contract()
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )

    def kept() -> list[str]:
        try:
            with engine.connect() as connection:
                found = connection.execute(text("SELECT client_order_id FROM orders")).all()
        finally:
            engine.dispose()  # a line that failed is none that is used again
        return sorted(row[0] for row in found)

    async def has(count: int) -> bool:
        return len(await asyncio.to_thread(kept)) >= count

    async def flow(first: int, count: int) -> None:
        for number in range(first, first + count):
            answer = await desk.rest(f"k{number}", contract)
            assert answer.status_code == 201, answer.text

    await flow(0, 10)
    await eventually(lambda: has(10))
    await asyncio.to_thread(postgres.stop)
    await flow(10, 20)
    assert (await desk.get("/risk"))["state"] == "active"
    await asyncio.to_thread(postgres.start)
    await flow(30, 5)
    await eventually(lambda: has(35))
    ids = sorted(one["client_order_id"] for one in await desk.get("/orders"))
    assert len(set(ids)) == 35
    assert await asyncio.to_thread(kept) == ids
    shown = await asyncio.to_thread(
        run, home, "journal", "show", "--config", str(file), "--url", url, "--json"
    )
    assert len(json.loads(shown.stdout)["orders"]) == 20
    await desk.http.aclose()
