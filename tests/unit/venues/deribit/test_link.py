import asyncio
import socket
from collections.abc import Iterable

import pytest
from deribit_world import SECOND, scripted_deribit, settings_for

from voldesk.model.clock import ManualClock
from voldesk.model.errors import VenueRejected, VenueUnavailable
from voldesk.venues.deribit import link as link_module
from voldesk.venues.deribit.link import Link
from voldesk.wire.deribit.messages import (
    Request,
    write_answer,
    write_heartbeat,
    write_notification,
    write_refusal,
)
from voldesk.wire.deribit.rows import TickRows
from voldesk.wire.deribit.types import ErrorBody, IndexPrice

CUT = b""
DEADLINE_SECS = 30.0


def script(request: Request) -> Iterable[bytes]:
    """Answer by what the method says."""
    match request.method:
        case "ok":
            yield write_answer(request.id, "done")
        case "no":
            yield write_refusal(request.id, ErrorBody(-32602, "Invalid params"))
        case "many":
            yield write_refusal(request.id, ErrorBody(10028, "too_many_requests"))
        case "bad":
            yield b"{"
            yield b'{"id":1.5}'
            yield write_answer(99_999, "nobody asked")
            yield write_answer("x", "nobody asked")
            yield write_answer(request.id, "done")
        case "beat":
            yield write_heartbeat(is_test=False)
            yield write_heartbeat(is_test=True)
            yield write_answer(request.id, "done")
        case "news":
            for number in range(3):
                index = IndexPrice(index_name="btc_usd", price=1.0 + number, timestamp=number)
                yield write_notification("deribit_price_index.btc_usd", index)
            yield write_answer(request.id, "done")
        case "cut":
            yield CUT


def link_to(port: int, **facts: float) -> Link:
    rows = TickRows()
    rows.place({}, {"btc_usd": (0,)})
    return Link(settings_for(port, **facts), rows, ManualClock(7 * SECOND))


async def test_answers_come_to_who_asked() -> None:
    """A result, a no, and a plea for fewer requests."""
    async with scripted_deribit(script) as port:
        link = link_to(port)
        await link.connect()
        assert link.is_up
        assert bytes(await link.ask("ok", {})) == b'"done"'
        assert link.silent_secs() < DEADLINE_SECS
        with pytest.raises(VenueRejected, match=r"Invalid params \(-32602\)"):
            await link.ask("no", {})
        with pytest.raises(VenueUnavailable, match="10028"):
            await link.ask("many", {})
        await link.close()


async def test_an_answer_that_does_not_come() -> None:
    """It is awaited so long, and no longer."""
    async with scripted_deribit(script) as port:
        link = link_to(port, request_secs=0.05)
        await link.connect()
        with pytest.raises(VenueUnavailable, match=r"silent: no answer within 0\.05 s"):
            await link.ask("silent", {})
        await link.close()


async def test_ticks_are_stamped_and_taken() -> None:
    """In order, with our time; the news are told."""
    async with scripted_deribit(script) as port:
        link = link_to(port)
        await link.connect()
        await link.ask("news", {})
        assert link.news.is_set()
        batch = link.take()
        assert batch["last"].tolist() == [1.0, 2.0, 3.0]
        assert set(batch["ts_recv"].tolist()) == {7 * SECOND}
        await link.close()


async def test_ticks_that_nobody_takes_stop_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a limit the line is not read until they are taken; nothing is lost."""
    monkeypatch.setattr(link_module, "_MOST_ROWS", 2)
    async with scripted_deribit(script) as port:
        link = link_to(port)
        await link.connect()
        answer = await link.send("news", {})
        taken: list[float] = []
        async with asyncio.timeout(DEADLINE_SECS):
            while not answer.done():
                await link.news.wait()
                link.news.clear()
                batch = link.take()
                assert len(batch) <= 2
                taken += batch["last"].tolist()
        taken += link.take()["last"].tolist()
        assert taken == [1.0, 2.0, 3.0]
        await link.close()


async def test_what_cannot_be_read_is_counted() -> None:
    """The line goes on; answers that nobody asked for are no harm."""
    async with scripted_deribit(script) as port:
        link = link_to(port)
        await link.connect()
        await link.ask("bad", {})
        assert link.malformed_count == 2
        await link.close()


async def test_a_question_whether_we_are_there_is_answered() -> None:
    """By a call of its own; a mere heartbeat needs none."""
    heard: list[str] = []

    def listening(request: Request) -> Iterable[bytes]:
        heard.append(request.method)
        return script(request)

    async with scripted_deribit(listening) as port:
        link = link_to(port)
        await link.connect()
        await link.ask("beat", {})
        await link.ask("ok", {})
        assert heard == ["beat", "public/test", "ok"]
        await link.close()


async def test_a_line_that_is_cut_fails_what_was_asked() -> None:
    """Nothing can be asked over it any more; another can be made."""
    async with scripted_deribit(script) as port:
        link = link_to(port)
        await link.connect()
        with pytest.raises(VenueUnavailable, match="line to Deribit was lost"):
            await link.ask("cut", {})
        assert not link.is_up
        with pytest.raises(VenueUnavailable, match="ok: there is no line"):
            await link.ask("ok", {})
        await link.connect()
        await link.ask("ok", {})
        await link.close()


async def test_closing_fails_what_was_asked() -> None:
    """Whoever waits is told."""
    async with scripted_deribit(script) as port:
        link = link_to(port)
        await link.connect()
        answer = await link.send("silent", {})
        await link.close()
        with pytest.raises(VenueUnavailable, match="closed"):
            await answer


async def test_nobody_there() -> None:
    """Refused, no WebSocket, or no answer: the address is in the message."""
    async with scripted_deribit(script) as port:
        pass
    with pytest.raises(VenueUnavailable, match=rf"no WebSocket at 127\.0\.0\.1:{port}"):
        await link_to(port).connect()

    with socket.socket() as other:  # the system takes the connection, nobody reads it
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(VenueUnavailable, match="did not answer within"):
            await link_to(port, connect_secs=0.05).connect()


async def test_a_line_without_tls_is_refused_by_one_with() -> None:
    """A plain server is no Deribit to a client that wants TLS."""
    async with scripted_deribit(script) as port:
        settings = settings_for(port)
        rows = TickRows()
        url = settings.url.replace("ws:", "wss:")
        link = Link(type(settings)(url=url), rows, ManualClock(1))
        with pytest.raises(VenueUnavailable, match="no WebSocket"):
            await link.connect()
