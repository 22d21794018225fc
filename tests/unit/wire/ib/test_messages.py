"""Every message of the TWS API, at every version, both directions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_messages import message_of, sent_values

from voldesk.model.errors import WireError
from voldesk.wire.ib.answers_market import TickSize
from voldesk.wire.ib.books import ANSWERS, REQUESTS
from voldesk.wire.ib.codec import Book, Layout
from voldesk.wire.ib.layout import FIRST_VERSION, LAST_VERSION
from voldesk.wire.ib.messages import (
    decode_answer,
    decode_request,
    encode_answer,
    encode_request,
)
from voldesk.wire.ib.requests_market import CancelMarketData

_EVERY = [
    pytest.param(book, layout, id=layout.cls.__name__)
    for book in (REQUESTS, ANSWERS)
    for layout in book.by_type.values()
]


@pytest.mark.parametrize(("book", "layout"), _EVERY)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_round_trip(book: Book, layout: Layout, data: st.DataObject) -> None:
    """What a version sends of a message arrives, and what arrived is sent the same again."""
    first = max(FIRST_VERSION, layout.first_version)
    version = data.draw(st.integers(first, LAST_VERSION))
    message = data.draw(message_of(layout.cls, version))
    payload = book.encode(message, version)
    arrived = book.decode(payload, version)
    assert sent_values(layout, arrived, version) == sent_values(layout, message, version)
    assert book.encode(arrived, version) == payload


@pytest.mark.parametrize("layout", [param.values[1] for param in _EVERY])
def test_every_version_has_a_table(layout: Layout) -> None:
    """Each version a message exists in can say and read it."""
    for version in range(FIRST_VERSION, LAST_VERSION + 1):
        if version >= layout.first_version:
            assert layout.table(version) is not None
        else:
            with pytest.raises(WireError, match="know it"):
                layout.table(version)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.integers(FIRST_VERSION, LAST_VERSION))
def test_hostile_bytes(payload: bytes, version: int) -> None:
    """Bytes that are no message raise WireError and nothing else."""
    for decode in (decode_request, decode_answer):
        try:
            decode(payload, version)
        except WireError:
            continue


_FIELD = st.sampled_from(
    ["", "0", "1", "-1", "3", "99999999", "1e999", "nan", "BAG", "x", "\\ud83d", "٣", "1_0", "é"]
)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-2, 110),
    st.lists(_FIELD, max_size=40),
    st.integers(FIRST_VERSION, LAST_VERSION),
)
def test_hostile_fields(number: int, texts: list[str], version: int) -> None:
    """A known number followed by anything raises WireError and nothing else."""
    payload = "\0".join([str(number), *texts, ""]).encode()
    for decode, encode in ((decode_request, encode_request), (decode_answer, encode_answer)):
        try:
            message = decode(payload, version)
        except WireError:
            continue
        encode(message, version)


def test_doors_keep_directions_apart() -> None:
    """A request is no answer and an answer no request."""
    with pytest.raises(WireError, match="CancelMarketData is no answer"):
        encode_answer(CancelMarketData(1), 178)
    with pytest.raises(WireError, match="TickSize is no request"):
        encode_request(TickSize(1, 0, 5.0), 178)
