import random
from typing import Any

import msgspec
import pytest

from voldesk.model.errors import WireError
from voldesk.wire.deribit.messages import (
    Answer,
    Heartbeat,
    Notification,
    Refusal,
    decode_as,
    read_message,
    read_request,
    write_answer,
    write_heartbeat,
    write_notification,
    write_refusal,
    write_request,
)
from voldesk.wire.deribit.rows import TickRows
from voldesk.wire.deribit.types import (
    ErrorBody,
    Greeks,
    IndexPrice,
    Mark,
    Quote,
    Stats,
    Summary,
    Ticker,
)

NAMES = msgspec.json.Decoder(list[str])
NAME = "BTC-27NOV26-90000-C"
MUTATIONS = 100_000
READABLE = 1_000  # of them, at least, and as many that are not: both ways are tried


def test_a_request_there_and_back() -> None:
    """A client's words are a server's."""
    request = read_request(write_request(7, "public/subscribe", {"channels": ["quote.X"]}))
    assert (request.id, request.method) == (7, "public/subscribe")
    assert request.params == {"channels": ["quote.X"]}


def test_a_request_without_id_and_parameters() -> None:
    """JSON-RPC calls it a notification."""
    request = read_request('{"jsonrpc":"2.0","method":"public/test"}')
    assert (request.id, request.params) == (None, {})


def test_what_a_server_says_is_what_a_client_hears() -> None:
    """Answers, refusals, heartbeats, news."""
    answer = read_message(write_answer(3, ["a"], ts_us=5))
    assert isinstance(answer, Answer)
    assert answer.id == 3
    assert decode_as(answer.result, NAMES) == ["a"]
    refusal = read_message(write_refusal(4, ErrorBody(10028, "too_many_requests")))
    assert refusal == Refusal(4, 10028, "too_many_requests")
    assert read_message(write_heartbeat(is_test=True)) == Heartbeat(is_test=True)
    assert read_message(write_heartbeat(is_test=False)) == Heartbeat(is_test=False)
    news = read_message(write_notification("quote.X", {"a": 1}))
    assert isinstance(news, Notification)
    assert (news.channel, bytes(news.data)) == ("quote.X", b'{"a":1}')


def test_an_answer_of_null_is_an_answer() -> None:
    """And one without id answers nobody."""
    answer = read_message(b'{"id":null,"result":null}')
    assert isinstance(answer, Answer)
    assert bytes(answer.result) == b"null"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"id":1}',
        b'{"result":1}',
        b'{"id":1.5,"result":1}',
        b'{"id":1,"error":{"message":"no code"}}',
        b'{"method":"subscription"}',
        b'{"method":"subscription","params":{"channel":"quote.X"}}',
        b'{"method":"heartbeat"}',
        b'{"method":"other","params":{}}',
        b"[" * 100_000,
        "\ud800",
    ],
)
def test_what_is_no_message_is_refused(data: bytes | str) -> None:
    """Whatever it is, by one error."""
    with pytest.raises(WireError):
        read_message(data)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"id":1}', b'{"method":1}', b"\xff", "\ud800"])
def test_what_is_no_request_is_refused(data: bytes | str) -> None:
    """Whatever it is, by one error."""
    with pytest.raises(WireError):
        read_request(data)


def test_data_of_another_kind_are_refused() -> None:
    """The beginning of it is in the message."""
    with pytest.raises(WireError, match="channels"):
        decode_as(msgspec.Raw(b'{"channels":1}'), NAMES)


def golden() -> list[bytes]:
    """Return one message of every kind."""
    quote: dict[str, Any] = {
        "best_bid_price": 0.03,
        "best_bid_amount": 1.5,
        "best_ask_price": 0.031,
    }
    ticker = Ticker(
        instrument_name=NAME,
        timestamp=1_795_190_400_000,
        mark_price=0.0305,
        mark_iv=52.25,
        underlying_price=95_000.5,
        greeks=Greeks(0.5, 0.00002, 50.25, -80.5, 10.0),
        stats=Stats(volume=12.5),
        **quote,
    )
    stamp = ticker.timestamp
    mark = Mark(instrument_name=NAME, timestamp=stamp, mark_price=0.03, iv=0.5)
    index = IndexPrice(index_name="btc_usd", price=95_000.0, timestamp=stamp)
    summary = Summary(instrument_name=NAME, creation_timestamp=stamp, bid_price=0.03, volume=1.0)
    return [
        write_notification(f"ticker.{NAME}.100ms", ticker),
        write_notification(f"quote.{NAME}", Quote(instrument_name=NAME, timestamp=stamp, **quote)),
        write_notification("markprice.options.btc_usd", [mark, mark]),
        write_notification("deribit_price_index.btc_usd", index),
        write_answer(1, [summary]),
        write_refusal(2, ErrorBody(-32602, "Invalid params", {"param": "currency"})),
        write_heartbeat(is_test=True),
        write_request(3, "public/subscribe", {"channels": ["quote.X"]}),
    ]


def mutated(message: bytes, draw: random.Random) -> bytes:
    """Return a message with something wrong in it."""
    data = bytearray(message)
    at = draw.randrange(len(data))
    match draw.randrange(5):
        case 0:
            data[at] = draw.randrange(256)
        case 1:
            del data[at:]
        case 2:
            del data[at : at + draw.randrange(1, 9)]
        case 3:
            data[at:at] = draw.choice((b"null", b"-1", b"1e308", b'"x"', b"[]", b"{", b"\\u"))
        case _:
            other = draw.randrange(len(data))
            data[at], data[other] = data[other], data[at]
    return bytes(data)


def read(data: bytes, rows: TickRows) -> bool:
    """Read as both sides do; say whether it could be."""
    is_read = False
    for attempt in (read_message, read_request):
        try:
            message = attempt(data)
            if isinstance(message, Notification):
                rows.read(message)
            elif isinstance(message, Answer):
                rows.read_summaries(message.result)
        except WireError:
            continue
        is_read = True
    return is_read


def test_mutated_messages_never_break_out() -> None:
    """A hundred thousand of them are read or refused, by one error; every tick is one of ours."""
    draw = random.Random(20_261_120)
    messages = golden()
    rows = TickRows()
    rows.place({NAME: 1}, {"btc_usd": (0,)})
    read_count = sum(
        read(mutated(messages[number % len(messages)], draw), rows) for number in range(MUTATIONS)
    )
    assert READABLE < read_count < MUTATIONS - READABLE
    batch = rows.take()
    assert len(batch)
    assert set(batch["instrument"].tolist()) == {0, 1}
