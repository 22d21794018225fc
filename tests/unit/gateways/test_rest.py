"""The HTTP API against the process it shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import numpy as np
import pytest
from gateway_world import World, serving

from voldesk.gateways.server import Gateway

BASE = "/api/v1/underlyings"


def _world() -> World:
    world = World()
    world.add("NIFTY", expiries=2)
    world.add("BANKNIFTY", strikes=3)
    return world


@asynccontextmanager
async def _client(
    world: World, **settings: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Gateway]]:
    async with (
        serving(world, **settings) as gateway,
        httpx.AsyncClient(base_url=gateway.url) as client,
    ):
        yield client, gateway


async def test_what_is_served_is_listed() -> None:
    """Underlyings in their order, expiries in that of settlement."""
    async with _client(_world()) as (client, _):
        told = (await client.get(BASE)).json()
        assert [one["symbol"] for one in told] == ["NIFTY", "BANKNIFTY"]
        expiries = (await client.get(f"{BASE}/NIFTY/expiries")).json()
        assert [one["expiry"] for one in expiries] == ["2025-11-27", "2025-12-04"]


async def test_a_chain_in_both_layouts() -> None:
    """Rows and columns of one expiry hold the table's figures."""
    world = _world()
    async with _client(world) as (client, _):
        url = f"{BASE}/NIFTY/chain?expiry=2025-12-04"
        rows = (await client.get(url)).json()["contracts"]
        columns = (await client.get(f"{url}&layout=columns")).json()["contracts"]
        assert [row["row"] for row in rows] == columns["row"] == list(range(10, 20))
        assert [row["iv"] for row in rows] == columns["iv"]
        wanted = world.chains["NIFTY"].table.rows.iv[10:]
        assert np.array_equal(np.array(columns["iv"], dtype=float), wanted, equal_nan=True)


async def test_a_large_chain_is_whole() -> None:
    """An answer that is encoded in pieces, with pauses, is one document."""
    world = World()
    world.add("BIG", strikes=1_500)
    async with _client(world) as (client, _):
        for layout in ("rows", "columns"):
            told = (await client.get(f"{BASE}/BIG/chain?layout={layout}")).json()["contracts"]
            assert len(told if layout == "rows" else told["row"]) == 3_000


async def test_a_chain_is_followed_by_polling() -> None:
    """Deltas since the last answer, written over it by row, give the table: no WebSocket needed."""
    world = _world()
    async with _client(world) as (client, _):
        url = f"{BASE}/NIFTY/chain"
        first = await client.get(url)
        chain, head = {row["row"]: row for row in first.json()["contracts"]}, first.json()
        for _ in range(5):
            world.change("NIFTY")
            query = {"since": head["seq"], "snapshot_id": head["snapshot_id"]}
            head = (await client.get(url, params=query)).json()
            assert head["kind"] == "delta"
            assert len(head["contracts"]) < len(chain)
            chain.update({row["row"]: row for row in head["contracts"]})
        whole = (await client.get(url)).json()["contracts"]
        assert list(chain.values()) == whole


async def test_nothing_new_is_not_sent_again() -> None:
    """304 while the chain stands still, by any way of writing the ETag; then a new one."""
    world = _world()
    async with _client(world) as (client, _):
        url = f"{BASE}/NIFTY/chain"
        etag = (await client.get(url)).headers["etag"]
        for sent in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
            answer = await client.get(url, headers={"if-none-match": sent})
            assert (answer.status_code, answer.content) == (304, b""), sent
            assert answer.headers["etag"] == etag
        world.change("NIFTY")
        answer = await client.get(url, headers={"if-none-match": etag})
        assert answer.status_code == 200
        assert answer.headers["etag"] != etag


@pytest.mark.parametrize("snapshot", [None, "", "00000000-1", "other"])
async def test_a_since_of_another_run_is_answered_with_all(snapshot: str | None) -> None:
    """Without the right snapshot_id a seq means nothing, and the answer says so."""
    async with _client(_world()) as (client, _):
        query = {"since": "1"} | ({} if snapshot is None else {"snapshot_id": snapshot})
        told = (await client.get(f"{BASE}/NIFTY/chain", params=query)).json()
        assert told["kind"] == "snapshot"
        assert len(told["contracts"]) == 20


async def test_a_seq_from_the_future_is_answered_with_all() -> None:
    """A client that claims to know more than there is starts again."""
    async with _client(_world()) as (client, _):
        url = f"{BASE}/NIFTY/chain"
        head = (await client.get(url)).json()
        query = {"since": 10**9, "snapshot_id": head["snapshot_id"]}
        assert (await client.get(url, params=query)).json()["kind"] == "snapshot"


async def test_a_new_layout_ends_the_deltas() -> None:
    """Rows that mean other contracts come as a snapshot with another id."""
    world = _world()
    async with _client(world) as (client, _):
        url = f"{BASE}/NIFTY/chain"
        head = (await client.get(url)).json()
        world.add("NIFTY", strikes=3)
        query = {"since": head["seq"], "snapshot_id": head["snapshot_id"]}
        told = (await client.get(url, params=query)).json()
        assert told["kind"] == "snapshot"
        assert told["snapshot_id"] != head["snapshot_id"]


async def test_a_summary_when_there_is_one() -> None:
    """404 with a reason before the first, then the last one, with its ETag."""
    world = _world()
    async with _client(world) as (client, _):
        url = f"{BASE}/NIFTY/summary"
        answer = await client.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_summary")
        world.change("NIFTY", has_summary=True)
        answer = await client.get(url)
        assert answer.json()["data"]["underlying"]["contracts"] == 20
        again = await client.get(url, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        (f"{BASE}/X/chain", 404, "no underlying 'X'; there are NIFTY, BANKNIFTY"),
        (f"{BASE}/X/expiries", 404, "no underlying 'X'"),
        (f"{BASE}/X/summary", 404, "no underlying 'X'"),
        (f"{BASE}/NIFTY/chain?expiry=soon", 422, "query.expiry 'soon'"),
        (f"{BASE}/NIFTY/chain?expiry=2031-01-01", 404, "there are 2025-11-27, 2025-12-04"),
        (f"{BASE}/NIFTY/chain?layout=tree", 422, "query.layout 'tree'"),
        (f"{BASE}/NIFTY/chain?since=-1", 422, "query.since '-1'"),
        (f"{BASE}/NIFTY/chain?since=1e3", 422, "query.since '1e3'"),
        (f"{BASE}/{'N' * 65}/chain", 422, "at most 64"),
        ("/api/v1/nope", 404, "Not Found"),
    ],
)
async def test_what_cannot_be_is_a_problem(path: str, status: int, told: str) -> None:
    """Problem+json, naming the value and what there is."""
    async with _client(_world()) as (client, _):
        answer = await client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert told in answer.json()["detail"]


async def test_health_and_readiness() -> None:
    """Health always answers; ready is 503 without a chain or with every feed down."""
    world = World()
    async with _client(world) as (client, _):
        assert (await client.get("/api/v1/health")).json() == {"status": "ok"}
        answer = await client.get("/api/v1/ready")
        assert answer.status_code == 503
        assert answer.json()["reason"] == "no chain has been published yet"
        world.add("NIFTY")
        assert (await client.get("/api/v1/ready")).json() == {"is_ready": True, "reason": ""}
        world.health_now = {"status": "down"}
        assert (await client.get("/api/v1/ready")).status_code == 503


async def test_a_code_opens_a_session() -> None:
    """The page posts the code of its address, gets a cookie, and may then read."""
    async with _client(_world(), is_token_needed=True) as (client, gateway):
        assert (await client.get(BASE)).status_code == 401
        code = gateway.sign_in_url().partition("#code=")[2]
        origin = {"origin": gateway.url.rstrip("/")}
        answer = await client.post("/api/v1/session", json={"code": code}, headers=origin)
        assert answer.status_code == 200
        assert answer.json()["header"] == "x-voldesk-session"
        assert (await client.get(BASE)).status_code == 200
        again = await client.post("/api/v1/session", json={"code": code}, headers=origin)
        assert (again.status_code, again.json()["code"]) == (403, "bad_code")
        bodies: list[Any] = [{}, {"code": 5}, {"code": "x" * 300}, []]
        for body in bodies:
            bad = await client.post("/api/v1/session", json=body, headers=origin)
            assert bad.status_code == 422


async def test_the_api_describes_itself() -> None:
    """OpenAPI 3.1, every operation with an answer and its problems."""
    async with _client(_world()) as (client, _):
        document = (await client.get("/api/v1/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        assert set(document["paths"]) == {
            BASE,
            f"{BASE}/{{symbol}}/expiries",
            f"{BASE}/{{symbol}}/chain",
            f"{BASE}/{{symbol}}/summary",
            "/api/v1/health",
            "/api/v1/ready",
            "/api/v1/session",
        }
        chain = document["paths"][f"{BASE}/{{symbol}}/chain"]["get"]
        assert {"200", "304", "401", "403", "404", "421", "422"} <= set(chain["responses"])
