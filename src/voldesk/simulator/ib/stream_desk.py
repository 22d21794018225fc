"""Streams to one client what is not quotes: five-second bars, every tick, depth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from voldesk.simulator.ib.depth import (
    DEPTH_EXCHANGES,
    EMPTY,
    LEVELS,
    Ladder,
    changes,
    ladder,
    require_depth,
)
from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.matching import Match
from voldesk.simulator.ib.notices import DEPTH_LIMIT, DUPLICATE_ID, NO_SUCH_DEPTH, NO_SUCH_ID
from voldesk.simulator.ib.realtime_bars import bars_between, require_realtime
from voldesk.simulator.ib.session import Session, SilentDesk
from voldesk.simulator.ib.shows import Show
from voldesk.simulator.ib.tick_history import (
    KINDS,
    read_tick_request,
    require_stream,
    ticks_between,
    ticks_of,
)
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_market import (
    DepthExchanges,
    DepthUpdate,
    DepthUpdateL2,
    RealTimeBar,
    TickByTick,
)
from voldesk.wire.ib.answers_reference import (
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
)
from voldesk.wire.ib.requests_market import (
    CancelDepth,
    CancelRealTimeBars,
    CancelTickByTick,
    RequestDepth,
    RequestDepthExchanges,
    RequestRealTimeBars,
    RequestTickByTick,
)
from voldesk.wire.ib.types import (
    HistoricalTick,
    HistoricalTickBidAsk,
    HistoricalTickLast,
    IbContract,
)

_MOST_DEPTHS: Final = 5
"""Ladders of one user at a time: a twentieth of the lines."""

AnyTick = HistoricalTick | HistoricalTickBidAsk | HistoricalTickLast


@dataclass(slots=True, eq=False)
class _Bars:
    instrument: Instrument
    show: Show
    is_regular: bool
    told: int  # UTC seconds up to which bars were told


@dataclass(slots=True, eq=False)
class _Ticks:
    instrument: Instrument
    kind: str
    told: int


@dataclass(slots=True, eq=False)
class _Depth:
    match: Match
    rows: int
    is_smart: bool
    shown: Ladder = EMPTY
    second: int = 0


class StreamDesk(SilentDesk):
    """Serves streams."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session
        self._bars: dict[int, _Bars] = {}
        self._ticks: dict[int, _Ticks] = {}
        self._depths: dict[int, _Depth] = {}

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        return {
            RequestRealTimeBars: self._subscribe_bars,
            CancelRealTimeBars: self._cancel_bars,
            RequestTickByTick: self._subscribe_ticks,
            CancelTickByTick: self._cancel_ticks,
            RequestDepth: self._subscribe_depth,
            CancelDepth: self._cancel_depth,
            RequestDepthExchanges: lambda _: self._tell_exchanges(),
        }

    def tick(self, now: int) -> None:
        """Tell what the last seconds brought."""
        del now
        mishaps, second = self._world.mishaps, self._world.second
        for req_id, bars in self._bars.items():
            if mishaps.flows(bars.instrument):
                self._tell_bars(req_id, bars, second)
        for req_id, ticks in self._ticks.items():
            if mishaps.flows(ticks.instrument) and ticks.told < second:
                found = ticks_between(
                    self._world.ticks, ticks.instrument, ticks.kind, ticks.told, second
                )
                ticks.told = second
                self._session.answer(*(_tick(req_id, ticks.kind, tick) for tick in found))
        for req_id, depth in self._depths.items():
            if mishaps.flows(depth.match.instrument) and depth.second != second:
                self._tell_depth(req_id, depth, second)

    def forget(self) -> None:
        """Drop every stream."""
        self._bars.clear()
        self._ticks.clear()
        self._depths.clear()

    def close(self) -> None:
        """Drop everything: the client is gone."""
        self.forget()

    # Five-second bars

    def _subscribe_bars(self, request: RequestRealTimeBars) -> None:
        if request.req_id in self._bars:
            self._session.tell(DUPLICATE_ID, request.req_id)
            return
        match = self._match(request.contract)
        show = require_realtime(match.instrument, request.bar_size, request.what, match.exchange)
        self._bars[request.req_id] = _Bars(
            match.instrument, show, request.use_rth, self._world.second
        )

    def _tell_bars(self, req_id: int, bars: _Bars, second: int) -> None:
        found = bars_between(
            self._world.bars,
            bars.instrument,
            bars.show,
            bars.told,
            second,
            is_regular=bars.is_regular,
        )
        bars.told = second
        for bar in found:
            self._session.answer(
                RealTimeBar(
                    req_id,
                    bar.start,
                    bar.open,
                    bar.high,
                    bar.low,
                    bar.close,
                    bar.volume,
                    bar.wap,
                    bar.trade_count,
                )
            )

    def _cancel_bars(self, request: CancelRealTimeBars) -> None:
        self._cancel(self._bars, request.req_id)

    # Every tick

    def _subscribe_ticks(self, request: RequestTickByTick) -> None:
        if request.req_id in self._ticks:
            self._session.tell(DUPLICATE_ID, request.req_id)
            return
        match = self._match(request.contract)
        require_stream(match.instrument, request.kind)
        if request.tick_count:
            self._tell_past(request, match)
        self._ticks[request.req_id] = _Ticks(match.instrument, request.kind, self._world.second)

    def _tell_past(self, request: RequestTickByTick, match: Match) -> None:
        """Tell the latest ticks before the stream begins."""
        show = {"BidAsk": "BID_ASK", "MidPoint": "MIDPOINT"}.get(request.kind, "TRADES")
        now = self._world.second
        end = f"{self._world.time_text()[:-4]} UTC"
        asked = read_tick_request(
            match, "", end, request.tick_count, show, is_regular=False, now=now
        )
        found = ticks_of(self._world.ticks, asked, now)
        self._session.answer(_past(request.req_id, request.kind, found))

    def _cancel_ticks(self, request: CancelTickByTick) -> None:
        self._cancel(self._ticks, request.req_id)

    # Depth

    def _subscribe_depth(self, request: RequestDepth) -> None:
        if request.req_id in self._depths:
            self._session.tell(DUPLICATE_ID, request.req_id)
            return
        if len(self._depths) >= _MOST_DEPTHS:
            self._session.tell(DEPTH_LIMIT, request.req_id)
            return
        match = self._match(request.contract)
        require_depth(match.instrument, match.exchange, is_smart=request.is_smart)
        depth = _Depth(match, min(max(request.row_count, 1), LEVELS), request.is_smart)
        self._depths[request.req_id] = depth
        self._tell_depth(request.req_id, depth, self._world.second)

    def _tell_depth(self, req_id: int, depth: _Depth, second: int) -> None:
        depth.second = second
        shown = self._world.shop.shown(depth.match.instrument, second)
        after = ladder(
            depth.match.instrument,
            shown.bid,
            shown.ask,
            second,
            depth.rows,
            is_smart=depth.is_smart,
        )
        for row in changes(depth.shown, after):
            message: Any = DepthUpdate(
                req_id, row.position, row.operation, row.side, row.price, row.size
            )
            if row.market_maker or depth.is_smart:
                message = DepthUpdateL2(
                    req_id,
                    row.position,
                    row.market_maker,
                    row.operation,
                    row.side,
                    row.price,
                    row.size,
                    depth.is_smart,
                )
            self._session.answer(message)
        depth.shown = after

    def _cancel_depth(self, request: CancelDepth) -> None:
        if self._depths.pop(request.req_id, None) is None:
            self._session.tell(NO_SUCH_DEPTH(request.req_id), request.req_id)

    def _tell_exchanges(self) -> None:
        self._session.answer(DepthExchanges(tuple(DEPTH_EXCHANGES)))

    def _cancel(self, streams: dict[int, Any], req_id: int) -> None:
        if streams.pop(req_id, None) is None:
            self._session.tell(NO_SUCH_ID(req_id), req_id)

    def _match(self, contract: IbContract) -> Match:
        return self._world.contracts.one(contract, self._world.second)


def _tick(req_id: int, kind: str, tick: AnyTick) -> TickByTick:
    number = KINDS.index(kind) + 1
    if isinstance(tick, HistoricalTickLast):
        return TickByTick(
            req_id,
            number,
            tick.time,
            price=tick.price,
            size=tick.size,
            mask=tick.mask,
            exchange=tick.exchange,
            special_conditions=tick.special_conditions,
        )
    if isinstance(tick, HistoricalTickBidAsk):
        return TickByTick(
            req_id,
            number,
            tick.time,
            bid=tick.bid,
            ask=tick.ask,
            bid_size=tick.bid_size,
            ask_size=tick.ask_size,
            mask=tick.mask,
        )
    return TickByTick(req_id, number, tick.time, price=tick.price)


def _past(req_id: int, kind: str, found: list[Any]) -> Any:  # noqa: ANN401  # one of three
    message: Any = {"BidAsk": HistoricalTicksBidAsk, "MidPoint": HistoricalTicks}.get(
        kind, HistoricalTicksLast
    )
    return message(req_id, tuple(found), is_done=True)
