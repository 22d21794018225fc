import asyncio
import math
from typing import Any

import pytest
from ib_async.contract import Contract
from ib_world import settings_for
from scripted_tws import AMZN, ScriptedTws, frame

from voldesk.model.clock import SystemClock
from voldesk.model.errors import ConfigError, VenueRejected, VenueUnavailable
from voldesk.venues.ib import contracts
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.rows import Line, TickRows


def _link(tws: ScriptedTws, **facts: Any) -> Link:
    return Link(settings_for(tws, **facts), TickRows(), SystemClock())


async def test_a_connection_knows_its_accounts(link: Link) -> None:
    """And that it is up; after closing it knows nothing."""
    told = [(link.is_up, link.accounts)]
    link.close()
    told.append((link.is_up, link.accounts))
    assert told == [(True, ("DU0000000", "DU0000001")), (False, ())]


async def test_nobody_listening_is_told_with_what_to_do(tws: ScriptedTws) -> None:
    """The address, and the ports there are."""
    await tws.stop()
    with pytest.raises(VenueUnavailable, match=r"nobody listens at 127.0.0.1:.*7496 live and 7497"):
        await _link(tws).connect()
    await tws.start()


async def test_a_client_id_that_is_taken_is_told(tws: ScriptedTws) -> None:
    """At once, with TWS's words, and the code is kept."""
    tws.refuses_with = (326, "Unable to connect as the client id is already in use.")
    link = _link(tws, connect_secs=30.0)
    with pytest.raises(VenueUnavailable, match=r"already in use.*choose another ib.client_id"):
        await link.connect()
    refusals = [link.refusal]
    tws.refuses_with = None
    await link.connect()
    refusals.append(link.refusal)
    assert refusals == [326, None]
    link.close()


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH\r\n"])
async def test_somebody_else_listening_is_told(tws: ScriptedTws, greeting: bytes) -> None:
    """What it says is no TWS's greeting."""
    tws.greeting = greeting
    with pytest.raises(VenueUnavailable, match=r"it is no TWS or Gateway"):
        await _link(tws, connect_secs=30.0).connect()


async def test_a_tws_that_does_not_answer_is_given_up(tws: ScriptedTws) -> None:
    """After the seconds of the settings."""
    tws.is_silent = True
    with pytest.raises(VenueUnavailable, match=r"did not answer within 0.05 s"):
        await _link(tws, connect_secs=0.05).connect()


async def test_an_attempt_can_be_cancelled(tws: ScriptedTws) -> None:
    """Nothing is left of it."""
    tws.is_silent = True
    link = _link(tws, connect_secs=30.0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await link.connect()
    assert not link.is_up
    await tws.until(lambda: not tws._writers)


async def test_a_question_is_answered(link: Link) -> None:
    """With what ib_async makes of the answer."""
    found = await link.ask("AMZN", lambda ib: ib.reqContractDetailsAsync(contracts.stock("AMZN")))
    contract = found[0].contract
    assert contract is not None
    assert contract.conId == AMZN.con_id


async def test_a_question_without_an_answer_ends(link: Link, tws: ScriptedTws) -> None:
    """By its deadline, and is not waited for any more."""
    tws.answers["9"] = lambda _: None
    with pytest.raises(VenueUnavailable, match=r"^AMZN: TWS did not answer within 0.05 s"):
        await link.ask(
            "AMZN", lambda ib: ib.reqContractDetailsAsync(contracts.stock("AMZN")), secs=0.05
        )
    assert link._ib is not None
    assert not link._ib.ticks._futures


@pytest.mark.parametrize(
    ("code", "kind"), [(200, ConfigError), (321, VenueRejected), (10197, VenueUnavailable)]
)
async def test_a_refusal_says_who_must_act(
    link: Link, tws: ScriptedTws, code: int, kind: type[Exception]
) -> None:
    """An error of ours with TWS's words."""
    tws.answers["9"] = lambda fields: tws.send(4, 2, fields[2], code, "No way.", "")
    with pytest.raises(kind, match=f"^AMZN: No way .IB {code}."):
        await link.ask("AMZN", lambda ib: ib.reqContractDetailsAsync(contracts.stock("AMZN")))


async def test_a_question_over_a_lost_line_fails(link: Link, tws: ScriptedTws) -> None:
    """While it waits, and before it is asked."""
    tws.answers["9"] = lambda _: tws.cut()
    with pytest.raises(VenueUnavailable, match=r"the line to TWS was lost"):
        await link.ask("AMZN", lambda ib: ib.reqContractDetailsAsync(contracts.stock("AMZN")))
    with pytest.raises(VenueUnavailable, match=r"there is no line"):
        await link.ask("AMZN", lambda ib: ib.reqContractDetailsAsync(contracts.stock("AMZN")))
    with pytest.raises(VenueUnavailable, match=r"there is no line"):
        link.subscribe(Contract(conId=1), Line(0, is_option=True))


async def test_a_subscription_streams_until_it_is_given_up(link: Link, tws: ScriptedTws) -> None:
    """Its line is found by its request; giving up twice asks once."""
    line = Line(3, is_option=False)
    request_id = link.subscribe(contracts.stock("AMZN"), line)
    await tws.until(lambda: tws.live)
    assert link.line_of(request_id) is line
    link.unsubscribe(request_id)
    link.unsubscribe(request_id)
    await tws.until(lambda: not tws.live)
    assert link.line_of(request_id) is None
    assert len(tws.asked("2")) == 1


async def test_a_subscription_that_tws_forgot_is_not_cancelled(
    link: Link, tws: ScriptedTws
) -> None:
    """It would be an error there."""
    request_id = link.subscribe(contracts.stock("AMZN"), Line(3, is_option=False))
    link.unsubscribe(request_id, is_told=False)
    link.probe()
    await tws.until(lambda: tws.asked("49"))
    assert not tws.asked("2")


async def test_the_price_is_that_of_now(link: Link) -> None:
    """As soon as there is one."""
    assert await link.price(contracts.stock("AMZN"), "the price of AMZN") == AMZN.spot


async def test_the_price_is_the_close_where_nothing_trades(link: Link, tws: ScriptedTws) -> None:
    """A little later."""
    tws.says_close_only = True
    assert await link.price(contracts.stock("AMZN"), "the price") == AMZN.spot - 1.0


@pytest.mark.parametrize(
    ("code", "kind", "advice"),
    [
        (354, ConfigError, "ib.quotes to delayed"),
        (10168, ConfigError, "enable delayed data"),
        (10197, VenueUnavailable, "log the user out elsewhere"),
    ],
)
async def test_a_price_one_may_not_see_is_told(
    link: Link, tws: ScriptedTws, code: int, kind: type[Exception], advice: str
) -> None:
    """At once, with what to do."""
    tws.faults = lambda _: (code, "Requested market data is not subscribed.")
    with pytest.raises(kind, match=f"the price of AMZN: .*{advice}"):
        await link.price(contracts.stock("AMZN"), "the price of AMZN")


async def test_no_price_at_all_ends_by_its_deadline(tws: ScriptedTws) -> None:
    """Neither a price nor a close."""
    link = _link(tws, request_secs=0.05)
    await link.connect()
    tws.answers["1"] = lambda _: None
    with pytest.raises(VenueUnavailable, match=r"the price: none came within 0.05 s"):
        await link.price(contracts.stock("AMZN"), "the price")
    link.close()


async def test_what_tws_says_waits_to_be_read(link: Link, tws: ScriptedTws) -> None:
    """In order, and whoever waits is woken."""
    await tws.until(lambda: tws.connections)
    link.news.clear()
    tws.send(4, 2, -1, 1100, "Connectivity has been lost", "")
    await link.news.wait()
    while not any(message.code == 1100 for message in link.messages):
        link.news.clear()
        await link.news.wait()
    assert link.silent_secs() < 60.0


async def test_a_new_connection_owes_nothing_to_the_old_one(link: Link, tws: ScriptedTws) -> None:
    """What the old one says late is not heard."""
    link.subscribe(contracts.stock("AMZN"), Line(3, is_option=False))
    await link.connect()
    await tws.until(lambda: tws.connections == 2)
    assert link.is_up
    assert not link.is_sending
    assert link.line_of(1) is None


async def test_messages_beyond_the_limit_wait(tws: ScriptedTws) -> None:
    """They are sent later; slowing down makes it fewer."""
    link = _link(tws, requests_per_sec=12)
    await link.connect()
    for _ in range(20):
        link.probe()
    assert link.is_sending
    link.slow_down()
    assert link._ib is not None
    assert link._ib.client.MaxRequests == 10
    link.close()
    assert not link.is_sending


async def test_the_clock_of_a_price_is_not_a_tick(link: Link) -> None:
    """An unknown message is ib_async's business."""
    assert link._ib is not None
    link._ib.client._onSocketHasData(frame(49, 1, 1_795_190_400))
    assert math.isfinite(link.silent_secs())
