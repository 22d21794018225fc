"""Frames as the protocols want them, read back by a library that we did not write."""

import json

import pytest
from engineio.packet import Packet as EnginePacket
from hypothesis import given
from hypothesis import strategies as st
from socketio.packet import Packet as SocketPacket
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from voldesk.gateways.frames import Message, Parcel, join_parcels, websocket_frame


def _read(data: bytes) -> list[tuple[Opcode, bytes]]:
    """Return the messages in a byte stream, as the websockets library reads them."""
    client = ClientProtocol(parse_uri("ws://localhost/"), state=State.OPEN, max_size=None)
    client.receive_data(data)
    frames = [one for one in client.events_received() if isinstance(one, Frame)]
    return [(one.opcode, bytes(one.data)) for one in frames]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("is_text", [True, False])
def test_a_frame_of_any_length_is_read_whole(size: int, is_text: bool) -> None:
    """At every border of the length field the library finds one message with the payload."""
    payload = b"x" * size
    opcode = Opcode.TEXT if is_text else Opcode.BINARY
    assert _read(websocket_frame(payload, is_text=is_text)) == [(opcode, payload)]


@given(st.lists(st.tuples(st.binary(max_size=300), st.booleans()), min_size=1, max_size=6))
def test_a_parcel_is_its_messages_one_after_the_other(given_: list[tuple[bytes, bool]]) -> None:
    """Frames joined into one write are read as the same messages in the same order."""
    parcel = Parcel([Message("e", payload, is_text=is_text) for payload, is_text in given_])
    wanted = [(Opcode.TEXT if is_text else Opcode.BINARY, payload) for payload, is_text in given_]
    assert _read(parcel.frame) == wanted


def test_a_frame_is_made_once() -> None:
    """Every client gets the same bytes object."""
    message = Message("delta", b"{}")
    assert message.frame is message.frame
    assert message.socketio is message.socketio
    assert Parcel([message]).frame is message.frame


def test_parcels_are_joined_in_order() -> None:
    """Several parcels become one; a single one stays itself."""
    first, second = Parcel([Message("a", b"1")]), Parcel([Message("b", b"2"), Message("c", b"3")])
    assert [one.event for one in join_parcels([first, second]).messages] == ["a", "b", "c"]
    assert join_parcels([first]) is first


def test_socketio_reads_a_text_message_as_an_event() -> None:
    """python-socketio decodes a pushed text frame to the event and its object."""
    ((opcode, data),) = _read(Message("delta", b'{"seq":1}').socketio)
    assert opcode is Opcode.TEXT
    packet = SocketPacket(encoded_packet=EnginePacket(encoded_packet=data.decode()).data)
    assert packet.data == ["delta", {"seq": 1}]


def test_socketio_reads_a_binary_message_as_an_event() -> None:
    """python-socketio puts head and attachment of a pushed binary message together."""
    head, attachment = _read(Message("frame", b"\x00\x01", is_text=False).socketio)
    packet = SocketPacket(encoded_packet=EnginePacket(encoded_packet=head[1].decode()).data)
    assert packet.add_attachment(attachment[1])
    assert packet.data == ["frame", b"\x00\x01"]
    assert json.loads(head[1][4:])[1] == {"_placeholder": True, "num": 0}
