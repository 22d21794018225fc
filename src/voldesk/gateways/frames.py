"""Messages as bytes: a payload once, and the WebSocket or Socket.IO frames around it once."""

from collections.abc import Sequence

_TEXT, _BINARY = 0x81, 0x82  # FIN and the opcode, RFC 6455 section 5.2
_ONE_BYTE, _TWO_BYTES, _EIGHT_BYTES = 125, 0xFFFF, 127
BINARY_EVENT = "frame"
"""The event under which a binary message reaches a Socket.IO client."""


def websocket_frame(payload: bytes, *, is_text: bool) -> bytes:
    """Return a whole unmasked, uncompressed WebSocket message, as a server sends it."""
    opcode = _TEXT if is_text else _BINARY
    size = len(payload)
    if size <= _ONE_BYTE:
        return bytes((opcode, size)) + payload
    if size <= _TWO_BYTES:
        return bytes((opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((opcode, _EIGHT_BYTES)) + size.to_bytes(8, "big") + payload


class Message:
    """
    One message for clients: its event name, its payload, and the frames made of it on demand.

    The same object goes to every client, so whatever it is turned into is made once.
    """

    __slots__ = ("_frame", "_socketio", "event", "is_text", "payload")

    def __init__(self, event: str, payload: bytes, *, is_text: bool = True) -> None:
        self.event = event
        self.payload = payload
        self.is_text = is_text
        self._frame = self._socketio = b""

    @property
    def frame(self) -> bytes:
        """The message as a WebSocket frame."""
        if not self._frame:
            self._frame = websocket_frame(self.payload, is_text=self.is_text)
        return self._frame

    @property
    def socketio(self) -> bytes:
        """
        The message as an event of a Socket.IO session on a WebSocket, default namespace.

        Engine.IO 4 puts "4" before a text message and nothing before a binary one; Socket.IO 5
        sends an event as ``2[name, data]``, with binary data as ``51-`` and a placeholder.
        """
        if not self._socketio:
            self._socketio = self._as_event()
        return self._socketio

    def _as_event(self) -> bytes:
        name = self.event.encode()
        if self.is_text:
            text = b'42["' + name + b'",' + self.payload + b"]"
            return websocket_frame(text, is_text=True)
        head = b'451-["' + name + b'",{"_placeholder":true,"num":0}]'
        attachment = websocket_frame(self.payload, is_text=False)
        return websocket_frame(head, is_text=True) + attachment


class Parcel:
    """Messages that leave together, in order: one write per client."""

    __slots__ = ("_frame", "_socketio", "messages")

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = tuple(messages)
        self._frame = self._socketio = b""

    @property
    def frame(self) -> bytes:
        """All messages as WebSocket frames, one after the other."""
        if not self._frame:
            self._frame = _join([message.frame for message in self.messages])
        return self._frame

    @property
    def socketio(self) -> bytes:
        """All messages as Socket.IO events, one after the other."""
        if not self._socketio:
            self._socketio = _join([message.socketio for message in self.messages])
        return self._socketio


def join_parcels(parcels: Sequence[Parcel]) -> Parcel:
    """Return one parcel with the messages of several; of a single one, itself."""
    if len(parcels) == 1:
        return parcels[0]
    return Parcel([message for parcel in parcels for message in parcel.messages])


def _join(frames: list[bytes]) -> bytes:
    return frames[0] if len(frames) == 1 else b"".join(frames)
