"""Messages and their tables: gates, conditions, rows, and what is refused."""

from dataclasses import replace

import pytest

from voldesk.model.errors import WireError
from voldesk.wire.ib.answers_market import TickSize
from voldesk.wire.ib.codec import Book, split_fields
from voldesk.wire.ib.kinds import Int, Text
from voldesk.wire.ib.layout import since
from voldesk.wire.ib.messages import decode_request, encode_request
from voldesk.wire.ib.requests_market import RequestMarketData
from voldesk.wire.ib.requests_orders import PlaceOrder
from voldesk.wire.ib.types import ComboLeg, DeltaNeutral, IbContract, IbOrder

BOOK = Book("note")


class _Note:
    number: Int
    text: Text = "nothing"


Note = BOOK.message(7, "number", since(150, "text"), version="2", until=160, first_version=120)(
    _Note
)


def fields(payload: bytes) -> list[str]:
    return payload.decode().split("\0")[:-1]


@pytest.mark.parametrize(
    ("version", "texts"),
    [(120, ["7", "2", "5"]), (150, ["7", "2", "5", "x"]), (161, ["7", "5", "x"])],
)
def test_gates(version: int, texts: list[str]) -> None:
    """A field is there from its version on, a version field until its last."""
    note = Note(number=5, text="x")  # type: ignore[call-arg]  # made a dataclass at run time
    payload = BOOK.encode(note, version)
    assert fields(payload) == texts
    found = BOOK.decode(payload, version)
    assert (found.number, found.text) == (5, "x" if version >= 150 else "nothing")


@pytest.mark.parametrize("version", [119, 99, 179])
def test_versions_without_the_message(version: int) -> None:
    """Before its first version, and outside those we speak, a message cannot be said or read."""
    with pytest.raises(WireError, match="know it"):
        BOOK.decode(b"7\x002\x005\x00", version)


def test_a_message_cut_short_names_the_field() -> None:
    """The error says which field is missing."""
    with pytest.raises(WireError, match="ends after 2 fields, before number"):
        BOOK.decode(b"7\x002\x00", 130)


def test_more_fields_than_known_are_passed_over() -> None:
    """A client may say more than we know."""
    assert BOOK.decode(b"7\x002\x005\x00more\x00", 130).number == 5


@pytest.mark.parametrize("payload", [b"", b"7", b"7\x00\xff\x00"])
def test_payloads_that_are_no_fields(payload: bytes) -> None:
    """Fields are UTF-8, each ended by NUL."""
    with pytest.raises(WireError, match="payload"):
        split_fields(payload)


@pytest.mark.parametrize("number", [b"8", b"x", b"-7", b"99999999999", b""])
def test_unknown_numbers(number: bytes) -> None:
    """A number that is no message is named."""
    with pytest.raises(WireError, match="is no note known"):
        BOOK.decode(number + b"\x00", 130)


def test_another_book_does_not_know_the_type() -> None:
    """An object of no message of the book is refused."""
    with pytest.raises(WireError, match="TickSize is no note"):
        BOOK.encode(TickSize(1, 0, 5.0), 130)


def test_market_data_of_a_stock() -> None:
    """Twelve contract fields, no legs, no underlying side, then what is asked for."""
    contract = IbContract(con_id=3691937, symbol="AMZN", sec_type="STK", exchange="SMART")
    request = RequestMarketData(9, contract, "100,101")
    payload = encode_request(request, 178)
    assert payload == (
        b"1\x0011\x009\x003691937\x00AMZN\x00STK\x00\x000.0\x00\x00\x00SMART\x00\x00\x00\x00\x00"
        b"0\x00100,101\x000\x000\x00\x00"
    )
    assert len(fields(encode_request(request, 113))) == len(fields(payload)) - 1


def test_legs_and_an_underlying_side() -> None:
    """A combination says its legs, a delta-neutral one its underlying too."""
    legs = (ComboLeg(1, 1, "BUY", "SMART"), ComboLeg(2, 2, "SELL", "SMART"))
    contract = IbContract(
        sec_type="BAG", combo_legs=legs, delta_neutral=DeltaNeutral(3, 0.5, 100.0)
    )
    payload = encode_request(RequestMarketData(9, contract), 178)
    said = "2 1 1 BUY SMART 2 2 SELL SMART 1 3 0.5 100.0"
    assert " ".join(fields(payload)[15:28]) == said
    assert decode_request(payload, 178).contract == contract


def test_rows_are_bounded_by_the_message() -> None:
    """A count that the message cannot hold is refused before anything is made."""
    payload = encode_request(
        RequestMarketData(9, IbContract(sec_type="BAG", combo_legs=(ComboLeg(),))), 178
    )
    hostile = payload.replace(b"\x001\x000\x000\x00", b"\x0099999\x000\x000\x00", 1)
    assert hostile != payload
    with pytest.raises(WireError, match=r"rows of contract\.combo_legs"):
        decode_request(hostile, 178)


@pytest.mark.parametrize(
    ("version", "count"), [(157, 110), (158, 111), (160, 112), (162, 113), (166, 114), (169, 115)]
)
def test_place_order_grows_with_the_version(version: int, count: int) -> None:
    """Each version adds its field to the end of an order; 177 takes one away."""
    order = PlaceOrder(IbContract(sec_type="STK"), IbOrder(order_type="MKT"))
    assert len(fields(encode_request(order, version))) == count
    assert len(fields(encode_request(order, 178))) == 114


def test_conditional_fields_of_an_order() -> None:
    """Exchange and order type decide which last fields there are."""
    contract = IbContract(sec_type="STK", exchange="IBKRATS")
    order = IbOrder(order_type="PEG BEST", compete_against_best_offset=float("inf"))
    plain = fields(encode_request(PlaceOrder(contract, order), 178))
    assert plain[-5:] == ["", "", "Infinity", "", ""]
    bounded = replace(order, compete_against_best_offset=0.5)
    assert fields(encode_request(PlaceOrder(contract, bounded), 178))[-3:] == ["", "", "0.5"]
