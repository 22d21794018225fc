"""The client of ib_async with a short way for ticks: from the bytes of a packet into rows."""

import logging
import math
import struct
from collections.abc import Callable
from typing import Any, Final, Protocol

from ib_async import IB, RequestError
from ib_async.client import Client
from ib_async.wrapper import Wrapper

from voldesk.model.clock import Clock
from voldesk.venues.ib.rows import MODEL_TICKS, Line, TickRows

_LENGTH: Final = struct.Struct(">I")
_MOST_BYTES: Final = 0xFFFFFF  # of one message, as TWS's own clients have it
_NAN: Final = math.nan
_UNFINISHED: Final = frozenset({165, 321})
"""Codes that end a request though ib_async takes them for warnings, and would wait for ever."""


class Listener(Protocol):
    """Is told what concerns the line as a whole."""

    def on_message(self, request_id: int, code: int, text: str) -> None:
        """Take an error or a notice of TWS; ``request_id`` is -1 where it concerns none."""
        ...

    def on_packet(self) -> None:
        """Take note that bytes have been handled: ticks may wait."""
        ...

    def on_lost(self) -> None:
        """Take note that the socket is closed."""
        ...


class TickWrapper(Wrapper):
    """
    Writes the ticks of known lines into rows, below ``Ticker``; all else is ib_async's.

    Args:
        ib: Whose wrapper it is.
        rows: Where ticks go.
        listener: Is told errors.
        clock: Stamps what arrives.

    Attributes:
        lines: By request id.
    """

    def __init__(self, ib: IB, rows: TickRows, listener: Listener, clock: Clock) -> None:
        super().__init__(ib)
        self.rows = rows
        self.lines: dict[int, Line] = {}
        self._listener = listener
        self._clock = clock

    def priceSizeTick(self, reqId: int, tickType: int, price: float, size: float) -> None:  # noqa: N802  # ib_async's name
        """Take message 1."""
        line = self.lines.get(reqId)
        if line is not None:
            self.rows.price(line, tickType, price, size)

    def tickSize(self, reqId: int, tickType: int, size: float) -> None:  # noqa: N802  # likewise
        """Take message 2."""
        line = self.lines.get(reqId)
        if line is not None:
            self.rows.size(line, tickType, size)

    def tickOptionComputation(  # noqa: N802  # likewise
        self,
        reqId: int,
        tickType: int,
        tickAttrib: int,
        impliedVol: float,
        delta: float,
        optPrice: float,
        pvDividend: float,
        gamma: float,
        vega: float,
        theta: float,
        undPrice: float,
    ) -> None:
        """Take message 21."""
        line = self.lines.get(reqId)
        if line is None:
            super().tickOptionComputation(
                reqId,
                tickType,
                tickAttrib,
                impliedVol,
                delta,
                optPrice,
                pvDividend,
                gamma,
                vega,
                theta,
                undPrice,
            )
        elif tickType in MODEL_TICKS:
            self.rows.model(line, impliedVol, delta, optPrice, gamma, vega, theta, undPrice)

    def marketDataType(self, reqId: int, marketDataId: int) -> None:  # noqa: N802  # likewise
        """Take message 58."""
        line = self.lines.get(reqId)
        if line is not None:
            self.rows.data_type(line, marketDataId)

    def error(
        self, reqId: int, errorCode: int, errorString: str, advancedOrderRejectJson: str
    ) -> None:
        """Take message 4, and end requests that ib_async would leave waiting."""
        if errorCode in _UNFINISHED and reqId in self._futures:
            failure = RequestError(reqId, errorCode, errorString)
            self._endReq(reqId, failure, success=False)  # type: ignore[no-untyped-call]  # ib_async is typed in part
        elif reqId not in self.lines:
            super().error(reqId, errorCode, errorString, advancedOrderRejectJson)
        self._listener.on_message(reqId, errorCode, errorString)

    def forget_done(self) -> None:
        """Drop requests that nobody awaits any more."""
        for key in [key for key, future in self._futures.items() if future.done()]:
            del self._futures[key]
            self._results.pop(key, None)

    def tcpDataArrived(self) -> None:  # noqa: N802  # likewise
        """Stamp what the packet brings."""
        self.rows.now = self._clock.now()

    def tcpDataProcessed(self) -> None:  # noqa: N802  # likewise
        """Say that the packet is done."""
        self._listener.on_packet()


Wrapping = Callable[[IB, TickRows, Listener, Clock], TickWrapper]
"""Makes the wrapper of a connection."""


class TickClient(Client):
    """
    Reads frames without copying the rest of the packet for each, and ticks without their decoder.

    Ticks of known lines go to the wrapper at once; a run of other frames goes the usual way.
    """

    def _onSocketHasData(self, data: bytes) -> None:  # noqa: N802  # ib_async's name
        if not self._apiReady:
            begin = self._data + data
            if len(begin) >= _LENGTH.size and _LENGTH.unpack_from(begin)[0] > _MOST_BYTES:
                self.conn.disconnect()  # type: ignore[no-untyped-call]  # ib_async is typed in part; whoever this is speaks something else
            else:
                super()._onSocketHasData(data)  # type: ignore[no-untyped-call]  # ib_async is typed in part
            return
        wrapper: TickWrapper = self.wrapper
        wrapper.tcpDataArrived()
        buffer = self._data + data if self._data else data
        self._data = b""
        at, end = 0, len(buffer)
        unpack, take = _LENGTH.unpack_from, _take_tick
        while end - at >= _LENGTH.size:
            (size,) = unpack(buffer, at)
            if size > _MOST_BYTES:
                self.conn.disconnect()  # type: ignore[no-untyped-call]  # ib_async is typed in part; this is no frame
                return
            stop = at + _LENGTH.size + size
            if stop > end:
                break
            if not take(wrapper, buffer[at + _LENGTH.size : stop]):
                super()._onSocketHasData(buffer[at:stop])  # type: ignore[no-untyped-call]  # ib_async is typed in part
                if not self.isReady():
                    return  # it was closed meanwhile
            at = stop
        self._data = buffer[at:]
        wrapper.tcpDataProcessed()


def _take_tick(wrapper: TickWrapper, message: bytes) -> bool:
    """Hand on a message that is a tick; False where it is none, or not one that can be read."""
    try:
        match message[:3]:
            case b"1\x006":
                _, _, name, kind, price, size, *_ = message.split(b"\0")
                line = wrapper.lines.get(int(name))
                if line is not None and price:
                    wrapper.rows.price(line, int(kind), float(price), float(size or 0))
                return True
            case b"2\x006":
                _, _, name, kind, size, _ = message.split(b"\0")
                line = wrapper.lines.get(int(name))
                if line is not None:
                    wrapper.rows.size(line, int(kind), float(size or 0))
                return True
            case b"21\0":
                _, name, kind, rest = message.split(b"\0", 3)
                line = wrapper.lines.get(int(name))
                if line is None:
                    return False  # the answer to a question of ours
                if int(kind) in MODEL_TICKS:
                    _, iv, delta, price, _, gamma, vega, theta, forward, _ = rest.split(b"\0")
                    wrapper.rows.model(
                        line,
                        float(iv or _NAN),
                        float(delta or _NAN),
                        float(price or _NAN),
                        float(gamma or _NAN),
                        float(vega or _NAN),
                        float(theta or _NAN),
                        float(forward or _NAN),
                    )
                return True
    except ValueError:
        return False
    return False


class TickIB(IB):
    """ib_async's door, on a wrapper and a client of ours; a new one for each connection."""

    RaiseRequestErrors = True

    def __init__(
        self,
        rows: TickRows,
        listener: Listener,
        clock: Clock,
        rate: int,
        wrapper: Wrapping = TickWrapper,
    ) -> None:
        super().__init__()
        for name in ("client", "wrapper", "ib"):  # every line of theirs is one of ours, too
            logging.getLogger(f"ib_async.{name}").setLevel(logging.CRITICAL)
        self.ticks = wrapper(self, rows, listener, clock)
        self.wrapper: Any = self.ticks
        self.client: Any = TickClient(self.ticks)  # type: ignore[no-untyped-call]  # ib_async is typed in part
        self.client.setConnectOptions("+PACEAPI")  # a burst that is late waits, and is served
        self.client.MaxRequests = rate
        self.client.conn.disconnected += lambda _reason: listener.on_lost()

    def __del__(self) -> None:
        """Leave the socket alone: `Link` closes it, and ib_async's way raises half connected."""
