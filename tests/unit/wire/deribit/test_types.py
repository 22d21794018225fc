import msgspec
import pytest

from voldesk.wire.deribit.types import ErrorBody, IndexPrice, Mark, Ticker


def test_what_is_not_said_is_null() -> None:
    """A future's ticker has no vol and no Greeks."""
    told = msgspec.json.decode(b'{"instrument_name":"BTC-PERPETUAL","timestamp":1}', type=Ticker)
    assert told.mark_iv is None
    assert told.greeks is None


@pytest.mark.parametrize("timestamp", ["-1", "9000000000001", "1e30", '"now"', "null"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    """Nanoseconds of a later one than 2255 would have no room."""
    text = f'{{"index_name":"btc_usd","price":1,"timestamp":{timestamp}}}'
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=IndexPrice)


def test_unknown_keys_are_passed_over() -> None:
    """Deribit adds some without notice."""
    text = b'{"instrument_name":"X","timestamp":1,"iv":0.5,"new":{"a":[1]}}'
    assert msgspec.json.decode(text, type=Mark).iv == 0.5


def test_an_error_without_data_has_no_such_key() -> None:
    """As Deribit sends it."""
    assert msgspec.json.encode(ErrorBody(10028, "too_many_requests")) == (
        b'{"code":10028,"message":"too_many_requests"}'
    )
