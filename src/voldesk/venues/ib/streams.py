"""What streams now: which instrument by which request, and who has a line next."""

import math
from typing import TYPE_CHECKING, Final

from voldesk.model.ports.feed import Mode
from voldesk.model.quotes import IntArray
from voldesk.venues.ib.catalogue import Catalogue
from voldesk.venues.ib.codes import Effect
from voldesk.venues.ib.lines import LinePlan
from voldesk.venues.ib.link import Link
from voldesk.venues.ib.rows import Line
from voldesk.venues.ib.settings import LineSettings

if TYPE_CHECKING:
    from voldesk.model.listing import Listing

_TURN_SECS: Final = 0.1  # between two looks at who should have a line
_CHECK_SECS: Final = 2.0  # after a message was refused for coming too fast: what was lost with it
_ELSEWHERE_SECS: Final = 30.0  # a contract whose data another session has is tried again


class Streams:
    """
    The subscriptions of a feed.

    Carries out what its `LinePlan` says, and tells the plan what TWS says. Times are seconds of
    the loop.

    Args:
        link: Over which TWS is asked.
        catalogue: What can stream.
        settings: See `LineSettings`.
    """

    def __init__(self, link: Link, catalogue: Catalogue, settings: LineSettings) -> None:
        self._link = link
        self._listing: Listing = catalogue.listing
        self._contracts = catalogue.contracts
        self._plan = LinePlan(catalogue.listing, settings)
        self._lines: dict[int, Line] = {}  # by instrument
        self._requests: dict[int, int] = {}  # request id by instrument
        self._instruments: dict[int, int] = {}  # and back
        self._turned_at = -math.inf
        self._check_at = math.inf  # when lines are looked at that TWS has not answered
        self._plan.follow({self._underlying(row): price for row, price in catalogue.prices.items()})

    def __len__(self) -> int:
        return len(self._requests)

    @property
    def limit(self) -> int:
        """Return how many lines there may be."""
        return self._plan.limit

    @property
    def worst_data_type(self) -> int:
        """Return the worst `DataType` of those that stream."""
        return max((self._lines[one].data_type for one in self._requests), default=0)

    def instrument_of(self, request_id: int) -> int | None:
        """Return which instrument a request streams, None where it is none of ours."""
        return self._instruments.get(request_id)

    def holds(self, instrument: int) -> bool:
        """Say whether an instrument has a line on which a quote has come."""
        return instrument in self._requests and self._lines[instrument].has_quote

    def want(self, instruments: IntArray, mode: Mode) -> None:
        """Have instruments in a mode from the next turn on."""
        self._plan.want(instruments, mode)

    def turn(self, now: float) -> None:
        """Give and take lines as planned; not while earlier requests wait to be sent."""
        if now - self._turned_at < _TURN_SECS or self._link.is_sending:
            return
        self._turned_at = now
        lines = self._lines.items()
        self._plan.follow(
            {self._underlying(one): line.spot for one, line in lines if not line.is_option}
        )
        if now >= self._check_at:
            self._drop_unanswered()
        change = self._plan.due(now, lambda one: self._lines[one].is_complete)
        for instrument in change.stop:
            self._stop(instrument)
        for instrument in change.start:
            self._start(instrument)

    def check_later(self, now: float) -> bool:
        """
        Look soon for lines that were lost, since TWS refused a message without saying which.

        Returns:
            Whether this is the first of a burst.
        """
        is_first = math.isinf(self._check_at)
        self._check_at = now + _CHECK_SECS
        return is_first

    def refuse(self, instrument: int, effect: Effect, now: float) -> None:
        """Take a line away that TWS does not serve, for as long as that may be so."""
        match effect:
            case Effect.NO_CONTRACT | Effect.NO_PERMISSION:
                self._plan.rest(instrument, math.inf)
            case Effect.BUSY_ELSEWHERE:
                self._plan.rest(instrument, now + _ELSEWHERE_SECS)
            case Effect.TOO_MANY:
                self._plan.refuse(instrument)
            case Effect.RESUBSCRIBE:
                self._plan.lose([instrument])
            case _:
                return
        self._stop(instrument, is_told=effect is Effect.RESUBSCRIBE)

    def forget(self) -> None:
        """Take note that nothing streams any more; the next turn asks for all of it again."""
        for request_id in self._instruments:
            self._link.unsubscribe(request_id, is_told=False)
        self._requests.clear()
        self._instruments.clear()
        self._plan.restart()
        self._turned_at, self._check_at = -math.inf, math.inf

    def _underlying(self, instrument: int) -> str:
        return str(self._listing.underlying[instrument])

    def _drop_unanswered(self) -> None:
        self._check_at = math.inf
        for instrument in [one for one in self._requests if not self._lines[one].is_heard]:
            self._stop(instrument)
            self._plan.lose([instrument])

    def _start(self, instrument: int) -> None:
        listing, contract = self._listing, self._contracts[instrument]
        line = self._lines[instrument] = Line(
            instrument,
            is_option=bool(listing.is_option[instrument]),
            is_call=bool(listing.is_call[instrument]),
            is_on_future=contract.secType == "FOP",
        )
        request_id = self._link.subscribe(contract, line)
        self._requests[instrument] = request_id
        self._instruments[request_id] = instrument

    def _stop(self, instrument: int, *, is_told: bool = True) -> None:
        request_id = self._requests.pop(instrument)
        del self._instruments[request_id]
        self._link.unsubscribe(request_id, is_told=is_told)
