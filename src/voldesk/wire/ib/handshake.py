"""
The first bytes of a connection: who speaks which versions, and which one is spoken.

The client sends ``API``, a NUL and one frame ``v100..178``; TWS answers one frame of two fields,
its version and its time, and stays silent until the client says START_API.
"""

import re
from dataclasses import dataclass
from typing import Final

from voldesk.model.errors import WireError
from voldesk.wire.ib.codec import split_fields
from voldesk.wire.ib.framing import Deframer, frame
from voldesk.wire.ib.layout import FIRST_VERSION, LAST_VERSION

PREFIX: Final = b"API\0"

_SKIPPED: Final = 158
"""ib_async reads a field of openOrder from 159 on that is sent from 158 on."""

_MAX_HELLO: Final = 512
_HELLO: Final = re.compile(rb"v([0-9]{1,6})(?:\.\.([0-9]{1,6}))?(?: ([\x20-\x7e]*))?\Z")


@dataclass(frozen=True, slots=True)
class Hello:
    """What a client says first: the versions it speaks, and its options (``+PACEAPI``)."""

    first_version: int
    last_version: int
    options: str = ""

    @property
    def paces(self) -> bool:
        """Say whether TWS shall hold requests back that come too fast, and not refuse them."""
        return "+PACEAPI" in self.options.split()


@dataclass(frozen=True, slots=True)
class Welcome:
    """What TWS says first: the version spoken from here on, and its time."""

    version: int
    time: str  # YYYYMMDD HH:MM:SS TZ


def hello(first_version: int, last_version: int, options: str = "") -> bytes:
    """Return the first bytes of a client."""
    said = f"v{first_version}..{last_version}" + (f" {options}" if options else "")
    return PREFIX + frame(said.encode("ascii"))


def welcome(version: int, time: str) -> bytes:
    """Return the first frame of TWS."""
    return frame(f"{version}\0{time}\0".encode("ascii"))


def read_hello(payload: bytes) -> Hello:
    """
    Read the one frame of a client's greeting.

    Raises:
        WireError: It names no versions.
    """
    found = _HELLO.match(payload.rstrip(b"\0"))
    if found is None:
        raise WireError(f"greeting {payload[:40]!r}, expected v100..178")
    first, last, options = found.groups()
    return Hello(int(first), int(last or first), (options or b"").decode("ascii"))


def read_welcome(payload: bytes) -> Welcome:
    """
    Read the first frame of TWS.

    Raises:
        WireError: It is not a version and a time.
    """
    texts = split_fields(payload)
    if len(texts) != 2 or not (texts[0].isascii() and texts[0].isdigit() and len(texts[0]) < 7):
        raise WireError(f"first frame of TWS is {payload[:60]!r}, expected a version and a time")
    return Welcome(int(texts[0]), texts[1])


def agreed_version(said: Hello) -> int:
    """
    Return the newest version both sides speak.

    Raises:
        WireError: There is none.
    """
    version = min(said.last_version, LAST_VERSION)
    if version == _SKIPPED:
        version -= 1
    if version < max(said.first_version, FIRST_VERSION):
        raise WireError(
            f"client speaks versions {said.first_version} to {said.last_version},"
            f" we {FIRST_VERSION} to {LAST_VERSION} but not {_SKIPPED}"
        )
    return version


class Greeting:
    """The server's side of the first bytes: takes them until the client's greeting is whole."""

    def __init__(self) -> None:
        self._deframer = Deframer(_MAX_HELLO)
        self._prefix = b""

    def receive(self, data: bytes) -> tuple[Hello, bytes] | None:
        """
        Return the greeting and what came after it; None while it is not whole.

        Raises:
            WireError: These are not the first bytes of a client of this API.
        """
        if len(self._prefix) < len(PREFIX):
            missing = len(PREFIX) - len(self._prefix)
            self._prefix += data[:missing]
            data = data[missing:]
            if not PREFIX.startswith(self._prefix):
                raise WireError(f"first bytes {self._prefix!r}, expected {PREFIX!r}")
        # Whatever follows the greeting in the same read is not framed by this deframer's limit.
        for at in range(1, len(data) + 1):
            payloads = self._deframer.receive(data[at - 1 : at])
            if payloads:
                return read_hello(payloads[0]), data[at:]
        return None
