"""Streams quotes to one client: lines, snapshots, delayed and frozen data, computations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.ib.computations import OptionColumns, Row, of_price, of_vol, option_columns
from voldesk.simulator.ib.generic_ticks import generic_messages, generics_of
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Match
from voldesk.simulator.ib.notices import DUPLICATE_ID, NO_SUCH_ID, TOO_MANY_LINES, Notice
from voldesk.simulator.ib.quote_line import (
    ASK_COMPUTED,
    BID_COMPUTED,
    DELAYED_FROZEN,
    FROZEN,
    LAST_COMPUTED,
    LIVE,
    MODEL_COMPUTED,
    QuoteLine,
)
from voldesk.simulator.ib.reference import BBO_EXCHANGES
from voldesk.simulator.ib.refusal import invalid
from voldesk.simulator.ib.session import Session
from voldesk.simulator.ib.shown import Shown
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import (
    MarketDataType,
    TickOptionComputation,
    TickReqParams,
    TickSnapshotEnd,
)
from voldesk.wire.ib.requests_market import (
    CalculateImpliedVol,
    CalculateOptionPrice,
    CancelImpliedVol,
    CancelMarketData,
    CancelOptionPrice,
    RequestMarketData,
    RequestMarketDataType,
)

OPTION_EVERY_NS: Final = NS_PER_SECOND // 10
OTHER_EVERY_NS: Final = NS_PER_SECOND // 4
"""How often TWS tells changes: options ten times a second, the rest four times."""

CUSTOM_COMPUTED: Final = 53
_DELAY_SECS: Final = 15 * 60
_SNAPSHOT_PERMISSIONS: Final = 3


class MarketDesk:
    """Serves quotes."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session
        self._lines: dict[int, QuoteLine] = {}
        self._data_type = LIVE

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        return {
            RequestMarketData: self._subscribe,
            CancelMarketData: self._cancel,
            RequestMarketDataType: self._choose,
            CalculateImpliedVol: self._implied_vol,
            CalculateOptionPrice: self._option_price,
            CancelImpliedVol: _nothing,
            CancelOptionPrice: _nothing,
        }

    def tick(self, now: int) -> None:
        """Tell what changed of the lines that are due."""
        del now  # cadence is the client's experience: it goes by the clock
        wall = self._world.wall()
        due = [line for line in self._lines.values() if line.due <= wall]
        for line in due:
            is_option = line.instrument.is_option
            line.due = wall + (OPTION_EVERY_NS if is_option else OTHER_EVERY_NS)
        self._tell(due)

    def forget(self) -> None:
        """Drop every line."""
        self._world.lines.release(len(self._lines))
        self._lines.clear()

    def lose_quotes(self, notice: Notice) -> None:
        """Tell every line why it ends, and end it."""
        for req_id in self._lines:
            self._session.tell(notice, req_id)
        self.forget()

    def close(self) -> None:
        """Give the lines back."""
        self.forget()

    # Requests

    def _subscribe(self, request: RequestMarketData) -> None:
        if request.req_id in self._lines:
            self._session.tell(DUPLICATE_ID, request.req_id)
            return
        generics = generics_of(request.generic_ticks, request.contract.sec_type)
        if request.is_snapshot and generics:
            raise invalid("Snapshot market data subscription is not applicable to generic ticks")
        self._world.mishaps.require_definition()
        match = self._world.contracts.one(request.contract, self._world.second)
        line = QuoteLine(
            request.req_id, match.instrument, generics, self._force(match, request.req_id)
        )
        if not request.is_snapshot and not self._world.lines.take():
            self._session.tell(TOO_MANY_LINES, request.req_id)
            return
        self._open(line, match)
        if request.is_snapshot or request.is_regulatory_snapshot:
            self._session.answer(TickSnapshotEnd(request.req_id))
        else:
            self._lines[request.req_id] = line

    def _open(self, line: QuoteLine, match: Match) -> None:
        """Tell what a line begins with."""
        tick = match.instrument.tick
        letters = BBO_EXCHANGES.get(match.instrument.sec_type, "")
        self._session.answer(
            TickReqParams(line.req_id, tick, letters, _SNAPSHOT_PERMISSIONS),
            MarketDataType(line.req_id, line.data_type),
        )
        self._tell([line])

    def _force(self, match: Match, req_id: int) -> int:
        """Return the type of data the client gets, which is not always the one it chose."""
        is_open = _is_open(match.instrument, self._world.second)
        wanted = self._data_type
        if wanted in {FROZEN, DELAYED_FROZEN} and is_open:
            wanted -= 1  # nothing is frozen while it trades
        return self._world.permissions.force(
            match.instrument, wanted, lambda notice: self._session.tell(notice, req_id)
        )

    def _cancel(self, request: CancelMarketData) -> None:
        if self._lines.pop(request.req_id, None) is None:
            self._session.tell(NO_SUCH_ID(request.req_id), request.req_id)
            return
        self._world.lines.release()

    def _choose(self, request: RequestMarketDataType) -> None:
        if not LIVE <= request.data_type <= DELAYED_FROZEN:
            raise invalid(f"Invalid market data type {request.data_type}")
        self._data_type = request.data_type

    def _implied_vol(self, request: CalculateImpliedVol) -> None:
        option = self._option(request)
        columns = self._columns([option], request.under_price)
        self._computed(request.req_id, of_price(columns, np.array([request.option_price])).row(0))

    def _option_price(self, request: CalculateOptionPrice) -> None:
        option = self._option(request)
        columns = self._columns([option], request.under_price)
        self._computed(request.req_id, of_vol(columns, np.array([request.vol])).row(0))

    def _option(self, request: CalculateImpliedVol | CalculateOptionPrice) -> Instrument:
        found = self._world.contracts.one(request.contract, self._world.second).instrument
        if not found.is_option:
            raise invalid("Invalid security type: an option is needed")
        return found

    def _computed(self, req_id: int, row: Row) -> None:
        self._session.answer(TickOptionComputation(req_id, CUSTOM_COMPUTED, *row))

    def _columns(self, options: Sequence[Instrument], spot: float) -> OptionColumns:
        world = self._world
        columns = option_columns(options, world.market, world.shop, world.second)
        growth = spot / columns.spot
        columns.forward[:] = columns.forward * growth
        columns.spot[:] = spot
        return columns

    # Ticks

    def _tell(self, lines: Sequence[QuoteLine]) -> None:
        world = self._world
        seen: list[tuple[QuoteLine, Shown]] = []
        for line in lines:
            is_frozen = line.is_told and line.data_type in {FROZEN, DELAYED_FROZEN}
            if is_frozen or not world.mishaps.flows(line.instrument):
                continue
            second = world.second - (_DELAY_SECS if line.is_delayed else 0)
            shown = world.shop.shown(line.instrument, second, is_past=line.is_delayed)
            line.is_told = True
            self._session.answer(*line.quotes(shown), *generic_messages(world, line, shown))
            seen.append((line, shown))
        self._compute([(line, shown) for line, shown in seen if line.instrument.is_option])

    def _compute(self, seen: Sequence[tuple[QuoteLine, Shown]]) -> None:
        """Tell the computations of options whose quote or underlying moved."""
        if not seen:
            return
        world = self._world
        options = [line.instrument for line, _ in seen]
        columns = option_columns(options, world.market, world.shop, world.second)
        moved = []
        for place, (line, shown) in enumerate(seen):
            valued = (shown.bid, shown.ask, shown.last, float(columns.spot[place]))
            if repr(valued) != repr(line.valued):
                line.valued = valued
                moved.append(place)
        if not moved:
            return
        rows = np.array(moved)
        columns = columns.take(rows)
        model = of_vol(columns, columns.vol)
        by_kind = [(MODEL_COMPUTED, model)]
        prices = np.array(
            [(seen[place][1].bid, seen[place][1].ask, seen[place][1].last) for place in moved]
        )
        for kind, price in zip((BID_COMPUTED, ASK_COMPUTED, LAST_COMPUTED), prices.T, strict=True):
            by_kind.append((kind, of_price(columns, np.where(price > 0.0, price, np.nan))))
        for row, place in enumerate(moved):
            line = seen[place][0]
            for kind, computed in by_kind:
                self._session.answer(*line.computed(kind, computed.row(row)))


def _nothing(_: object) -> None:
    """Do nothing: the question was answered at once."""


def _is_open(instrument: Instrument, second: int) -> bool:
    return instrument.hours.trading_day_at(second, is_regular=False) is not None
