from typing import Any

import msgspec
import pytest
from deribit_world import NOW, SECOND, small_market

from voldesk.model.clock import ManualClock
from voldesk.simulator.deribit.session import COSTS, POOL, Session
from voldesk.simulator.deribit.venue import Venue
from voldesk.wire.deribit.messages import (
    INVALID_PARAMS,
    MOST_CHANNELS,
    NO_METHOD,
    PARSE_ERROR,
    RAW_NEEDS_LOGIN,
    TOO_MANY_REQUESTS,
    Answer,
    Heartbeat,
    Refusal,
    read_message,
    write_request,
)


@pytest.fixture
def clock() -> ManualClock:
    """Stands still until told otherwise."""
    return ManualClock(NOW)


@pytest.fixture
def venue(clock: ManualClock) -> Venue:
    """A small market."""
    return Venue(small_market(), clock)


@pytest.fixture
def session(venue: Venue) -> Session:
    """A new client."""
    return Session(venue)


def asked(session: Session, method: str, **params: Any) -> Any:
    """Return the result of a call, or its refusal."""
    message = read_message(session.receive(write_request(1, f"public/{method}", params)))
    if isinstance(message, Answer):
        assert message.id == 1
        return msgspec.json.decode(message.result)
    assert isinstance(message, Refusal)
    return message


def code(session: Session, method: str, **params: Any) -> int:
    refusal = asked(session, method, **params)
    assert isinstance(refusal, Refusal)
    return refusal.code


def test_small_talk(session: Session) -> None:
    """Who it is, what time it is, and that it is there."""
    assert "version" in asked(session, "hello", client_name="x", client_version="1")
    assert "version" in asked(session, "test")
    assert asked(session, "get_time") == NOW // 10**6
    assert asked(session, "status") == {"locked": "false"}
    assert {one["currency"] for one in asked(session, "get_currencies")} == {"BTC", "USDC"}


def test_instruments_of_a_currency(session: Session, venue: Venue) -> None:
    """By what they are settled in; all there are are options that have not settled."""
    listed = len(venue.catalogue.instruments)
    coin = asked(session, "get_instruments", currency="BTC", kind="option", expired=False)
    assert len(coin) == listed // 2
    assert {one["settlement_currency"] for one in coin} == {"BTC"}
    assert len(asked(session, "get_instruments", currency="any")) == listed
    assert asked(session, "get_instruments", currency="BTC", kind="future") == []
    assert asked(session, "get_instruments", currency="BTC", expired="true") == []
    name = coin[0]["instrument_name"]
    assert asked(session, "get_instrument", instrument_name=name) == coin[0]


def test_what_is_asked_once(session: Session, venue: Venue) -> None:
    """The chain, a ticker, the index."""
    name = venue.catalogue.instruments[0].instrument_name
    chain = asked(session, "get_book_summary_by_currency", currency="BTC", kind="option")
    assert chain[0]["instrument_name"] == name
    assert asked(session, "ticker", instrument_name=name)["mark_price"] == chain[0]["mark_price"]
    assert asked(session, "get_index_price", index_name="btc_usd")["index_price"] > 0.0


@pytest.mark.parametrize(
    ("method", "params", "wanted"),
    [
        ("get_instruments", {"currency": 1}, INVALID_PARAMS),
        ("get_instrument", {"instrument_name": "X"}, INVALID_PARAMS),
        ("ticker", {}, INVALID_PARAMS),
        ("get_index_price", {"index_name": "eth_usd"}, INVALID_PARAMS),
        ("subscribe", {}, INVALID_PARAMS),
        ("subscribe", {"channels": []}, INVALID_PARAMS),
        ("subscribe", {"channels": [1]}, INVALID_PARAMS),
        ("subscribe", {"channels": ["quote.X"] * (MOST_CHANNELS + 1)}, INVALID_PARAMS),
        ("set_heartbeat", {"interval": 9}, INVALID_PARAMS),
        ("set_heartbeat", {"interval": True}, INVALID_PARAMS),
        ("set_heartbeat", {}, INVALID_PARAMS),
        ("nothing", {}, NO_METHOD),
    ],
)
def test_what_is_not_possible(
    session: Session, method: str, params: dict[str, Any], wanted: int
) -> None:
    """It is refused with Deribit's number, and the session goes on."""
    assert code(session, method, **params) == wanted
    assert not session.is_over


def test_what_is_no_request(session: Session) -> None:
    """It is answered, though nobody knows whom."""
    refusal = read_message(session.receive(b"{"))
    assert isinstance(refusal, Refusal)
    assert (refusal.id, refusal.code) == (None, PARSE_ERROR)


def test_channels(session: Session, venue: Venue) -> None:
    """Those that there are are granted, and told as they stand once; others are left out."""
    name = venue.catalogue.instruments[0].instrument_name
    good = [f"ticker.{name}.100ms", f"quote.{name}", "deribit_price_index.btc_usd"]
    assert asked(session, "subscribe", channels=[*good, "quote.X", "what"]) == good
    assert list(session.channels) == good
    assert session.take_fresh().keys() == set(good)
    assert session.take_fresh() == {}
    assert asked(session, "unsubscribe", channels=[good[0], "quote.X", "what"]) == good[:1]
    assert list(session.channels) == good[1:]
    assert asked(session, "unsubscribe_all") == "ok"
    assert session.channels == {}


def test_every_single_change_is_for_logins(session: Session, venue: Venue) -> None:
    """Whoever is not logged in is told so."""
    name = venue.catalogue.instruments[0].instrument_name
    assert code(session, "subscribe", channels=[f"ticker.{name}.raw"]) == RAW_NEEDS_LOGIN


def test_credits_run_out_and_come_back(session: Session, clock: ManualClock) -> None:
    """Whoever asks beyond them is cut off; a second brings ten thousand."""
    costly = COSTS["public/get_instruments"]
    for _ in range(POOL // costly):
        assert isinstance(asked(session, "get_instruments", currency="BTC"), list)
    clock.advance(SECOND)
    assert isinstance(asked(session, "get_instruments", currency="BTC"), list)
    assert not session.is_over
    assert code(session, "get_time") == TOO_MANY_REQUESTS
    assert session.is_over


def test_requests_that_a_fault_refuses(session: Session, venue: Venue) -> None:
    """So many, and the session goes on."""
    venue.mishaps.refusals = 2
    assert [code(session, "get_time") for _ in range(2)] == [TOO_MANY_REQUESTS] * 2
    assert asked(session, "get_time") > 0
    assert not session.is_over


def test_heartbeats(session: Session, clock: ManualClock) -> None:
    """A silent client is asked; one that does not answer until the next is over."""
    assert session.beat() is None
    assert asked(session, "set_heartbeat", interval=10) == "ok"
    assert session.beat() is None
    clock.advance(5 * SECOND)
    asked(session, "test")
    clock.advance(5 * SECOND)
    assert read_message(session.beat() or b"") == Heartbeat(is_test=False)
    clock.advance(10 * SECOND)
    assert read_message(session.beat() or b"") == Heartbeat(is_test=True)
    asked(session, "test")
    clock.advance(10 * SECOND)
    assert read_message(session.beat() or b"") == Heartbeat(is_test=True)
    assert not session.is_over
    clock.advance(10 * SECOND)
    session.beat()
    assert session.is_over


def test_no_heartbeats_any_more(session: Session, clock: ManualClock) -> None:
    """Where the client wants none."""
    asked(session, "set_heartbeat", interval=10)
    session.test()
    assert asked(session, "disable_heartbeat") == "ok"
    clock.advance(60 * SECOND)
    assert session.beat() is None
    assert not session.is_over
