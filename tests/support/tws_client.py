"""A client of the simulated TWS without a socket: says requests, reads answers, moves the time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from voldesk.model.clock import ManualClock
from voldesk.simulator.ib.session import Session
from voldesk.simulator.ib.tws import DESKS
from voldesk.simulator.ib.world import World
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.ib.answers_account import ErrorMessage
from voldesk.wire.ib.answers_reference import ContractAnswer
from voldesk.wire.ib.framing import Deframer, frame
from voldesk.wire.ib.handshake import hello
from voldesk.wire.ib.messages import decode_answer, encode_request
from voldesk.wire.ib.requests_market import StartApi
from voldesk.wire.ib.requests_reference import RequestContractDetails
from voldesk.wire.ib.types import IbContract

NOON = int(datetime(2026, 5, 12, 16, 0, tzinfo=UTC).timestamp()) * 10**9  # a Tuesday, New York
SECOND = 10**9

AMZN = IbContract(symbol="AMZN", sec_type="STK", exchange="SMART", currency="USD")
SPX = IbContract(symbol="SPX", sec_type="IND", exchange="CBOE", currency="USD")
EURUSD = IbContract(symbol="EUR", sec_type="CASH", exchange="IDEALPRO", currency="USD")

_Answer = TypeVar("_Answer")


def make_world(
    *symbols: str,
    seed: int = 7,
    accounts: Sequence[str] = ("DU1234567",),
    start: int = NOON,
    is_always_open: bool = True,
) -> World:
    """Return a world of some underlyings, at noon in New York, on a clock that is moved by hand."""
    market = SyntheticMarket(symbols or ("AMZN",), seed, start, always_open=is_always_open)
    return World(
        market,
        ManualClock(start),
        DESKS,
        seed=seed,
        accounts=accounts,
        is_always_open=is_always_open,
    )


def move(world: World, secs: float) -> None:
    """Let time pass, in steps as a server takes them."""
    assert isinstance(world.clock, ManualClock)
    for _ in range(max(round(secs / 0.05), 1)):
        world.clock.advance(SECOND // 20)
        world.step()


class Client:
    """
    One client; fills ``session.Link`` for its own session.

    Attributes:
        heard: Every answer since the last `ask` or `clear`, decoded.
        end: How the link ended: None, ``close`` or ``abort``.
    """

    def __init__(
        self, world: World, client_id: int = 1, version: int = 178, options: str = ""
    ) -> None:
        self.heard: list[Any] = []
        self.end: str | None = None
        self.version = 0
        self._deframer = Deframer()
        self.session = Session(world, self)
        self.session.receive(hello(100, version, options))
        self.ask(StartApi(client_id))

    def ask(self, *requests: Any) -> list[Any]:
        """Say requests; return what was answered at once."""
        self.heard.clear()
        for request in requests:
            self.session.receive(frame(encode_request(request, self.version)))
        return self.heard

    def clear(self) -> None:
        """Forget what was heard."""
        self.heard.clear()

    def of(self, kind: type[_Answer]) -> list[_Answer]:
        """Return what was heard of one type."""
        return [answer for answer in self.heard if isinstance(answer, kind)]

    def one(self, kind: type[_Answer]) -> _Answer:
        """Return the one answer of a type."""
        (answer,) = self.of(kind)
        return answer

    def codes(self) -> list[int]:
        """Return the codes of the errors heard."""
        return [answer.code for answer in self.of(ErrorMessage)]

    def contracts(self, asked: IbContract) -> list[IbContract]:
        """Return every contract a description means."""
        self.ask(RequestContractDetails(900, asked))
        return [answer.details.contract for answer in self.of(ContractAnswer)]

    # The link

    def send(self, data: bytes) -> None:
        """Take bytes of the server."""
        for payload in self._deframer.receive(data):
            if not self.version:
                self.version = int(payload.split(b"\0")[0])
            else:
                self.heard.append(decode_answer(payload, self.version))

    def close(self) -> None:
        """Take note that the server closes."""
        self.end = self.end or "close"

    def abort(self) -> None:
        """Take note that the server resets."""
        self.end = self.end or "abort"
