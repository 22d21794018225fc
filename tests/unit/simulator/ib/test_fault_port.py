"""The fault port, by HTTP."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from tws_client import make_world

from voldesk.simulator.ib.fault_port import FaultPort
from voldesk.simulator.ib.fault_table import FAULTS
from voldesk.simulator.ib.server import TwsServer


@pytest.fixture
async def port() -> AsyncIterator[FaultPort]:
    server = TwsServer(make_world())
    port = FaultPort(server.faults)
    await port.open()
    yield port
    await port.close()


@pytest.fixture
async def http(port: FaultPort) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port.port}") as session:
        yield session


async def test_a_list_of_all(http: aiohttp.ClientSession) -> None:
    """Names, sentences, parameters, and whether they are active."""
    async with http.get("/faults") as response:
        rows = (await response.json())["faults"]
    assert {row["name"] for row in rows} == set(FAULTS)
    assert not any(row["active"] for row in rows)


async def test_begin_and_end(http: aiohttp.ClientSession) -> None:
    """A fault is made with parameters, seen as active, and put right."""
    async with http.post("/faults/lines", json={"limit": 3}) as response:
        assert await response.json() == {
            "name": "lines",
            "parameters": {"limit": 3, "secs": 0.0},
            "active": True,
        }
    async with http.delete("/faults/lines") as response:
        assert response.status == 200
    async with http.delete("/faults/lines") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/faults/nonsense", "", 404),
        ("/faults/lines", "{", 400),
        ("/faults/lines", "[]", 400),
        ("/faults/lines", '{"limit": "x"}', 400),
        ("/faults/lines", "", 200),
    ],
)
async def test_wrong_questions(
    http: aiohttp.ClientSession, path: str, body: str, status: int
) -> None:
    """An answer with a sentence, whatever is sent."""
    async with http.post(path, data=body) as response:
        assert response.status == status
        assert ("error" in await response.json()) == (status != 200)


@pytest.mark.parametrize("headers", [{"Origin": "http://example.com"}, {"Host": "example.com"}])
async def test_pages_may_not_ask(http: aiohttp.ClientSession, headers: dict[str, str]) -> None:
    """A page from elsewhere, or a name that leads here, is refused."""
    async with http.post("/faults/tcp_reset", headers=headers) as response:
        assert response.status == 403
