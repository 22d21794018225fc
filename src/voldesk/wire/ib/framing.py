"""Frames of the TWS API: four bytes of length, big-endian, then the payload."""

from struct import Struct
from typing import Final

from voldesk.model.errors import WireError

MAX_FRAME: Final = 0xFFFFFF
"""Bytes of one payload; TWS and its clients take no longer one."""

_LENGTH: Final = Struct(">I")
_PREFIX: Final = 4


def frame(payload: bytes) -> bytes:
    """
    Return the frame of a payload.

    Raises:
        WireError: The payload is longer than a frame may be.
    """
    if len(payload) > MAX_FRAME:
        raise WireError(f"frame of {len(payload)} bytes, at most {MAX_FRAME} allowed")
    return _LENGTH.pack(len(payload)) + payload


class Deframer:
    """
    Cuts a stream of bytes into payloads, however the network cut it.

    Args:
        limit: Of one payload; a longer length is refused before its bytes are kept.
    """

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._buffer = b""

    def receive(self, data: bytes) -> list[bytes]:
        """
        Return the payloads that are whole now.

        Raises:
            WireError: A length is over the limit. Nothing can be read after it.
        """
        buffer = self._buffer + data if self._buffer else data
        found: list[bytes] = []
        start, size = 0, len(buffer)
        while size - start >= _PREFIX:
            first = start + _PREFIX
            (length,) = _LENGTH.unpack_from(buffer, start)
            if length > self._limit:
                raise WireError(f"frame of {length} bytes, at most {self._limit} allowed")
            if size - first < length:
                break
            start = first + length
            found.append(buffer[first:start])
        self._buffer = buffer[start:]
        return found

    @property
    def waiting(self) -> int:
        """Count the bytes that are not yet a whole frame."""
        return len(self._buffer)
