"""Answers one client's questions about the past: bars, ticks, histograms; and keeps bars going."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from voldesk.simulator.ib.histogram import histogram
from voldesk.simulator.ib.history import Asked, head_timestamp
from voldesk.simulator.ib.matching import Match
from voldesk.simulator.ib.notices import (
    DUPLICATE_HISTORY,
    HISTORY,
    NO_SUCH_HISTORY,
    UPDATES_LOST,
)
from voldesk.simulator.ib.pacing import HistoryPacing
from voldesk.simulator.ib.session import Session, SilentDesk
from voldesk.simulator.ib.shows import Show
from voldesk.simulator.ib.tick_history import read_tick_request, ticks_of
from voldesk.simulator.ib.world import World
from voldesk.wire.ib.answers_reference import (
    HeadTimestamp,
    Histogram,
    HistoricalSchedule,
    HistoricalTicks,
    HistoricalTicksBidAsk,
    HistoricalTicksLast,
    History,
    HistoryUpdate,
)
from voldesk.wire.ib.requests_reference import (
    CancelHeadTimestamp,
    CancelHistogram,
    CancelHistory,
    RequestHeadTimestamp,
    RequestHistogram,
    RequestHistoricalTicks,
    RequestHistory,
)
from voldesk.wire.ib.types import Bar, HistoricalTickBidAsk, HistoricalTickLast, IbContract

_PACED_SECS: Final = 30
"""Bars up to that long are paced."""
_MOST_KEPT: Final = 50
_UPDATES_FROM_SECS: Final = 5
"""Shorter bars cannot be kept up to date."""


@dataclass(slots=True, eq=False)
class _Kept:
    """A history that is kept up to date."""

    asked: Asked
    told: Bar | None = None
    second: int = 0


class HistoryDesk(SilentDesk):
    """Serves the past."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._session = session
        self._pacing = HistoryPacing()
        self._kept: dict[int, _Kept] = {}

    def handlers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what is done with each type of request."""
        return {
            RequestHistory: self._history,
            CancelHistory: self._cancel,
            RequestHeadTimestamp: self._head,
            CancelHeadTimestamp: _nothing,
            RequestHistogram: self._histogram,
            CancelHistogram: _nothing,
            RequestHistoricalTicks: self._ticks,
        }

    def tick(self, now: int) -> None:
        """Tell how the bars that are being made have grown, once a second."""
        del now
        second = self._world.second
        if not self._world.mishaps.is_connected:
            return
        for req_id, kept in self._kept.items():
            if kept.second == second:
                continue
            kept.second = second
            bar = self._world.history.growing(kept.asked, second)
            if bar is not None and bar != kept.told:
                kept.told = bar
                self._session.answer(HistoryUpdate(req_id, bar))

    def forget(self) -> None:
        """Drop every history that is kept up to date, and say so."""
        for req_id in self._kept:
            self._session.tell(UPDATES_LOST, req_id)
        self._kept.clear()

    def close(self) -> None:
        """Drop everything: the client is gone."""
        self._kept.clear()

    # Bars

    def _history(self, request: RequestHistory) -> None:
        if request.req_id in self._kept:
            self._session.tell(DUPLICATE_HISTORY, request.req_id)
            return
        self._world.mishaps.require_history()
        match = self._match(request.contract)
        asked = self._world.history.read(
            match,
            "" if request.keep_up_to_date else request.end,
            request.bar_size,
            request.duration,
            is_regular=request.use_rth,
            show=request.what,
            format_date=request.format_date,
            now=self._world.second,
        )
        if not self._is_paced(request, asked):
            notice = HISTORY("Historical data request pacing violation")
            self._session.tell(notice, request.req_id)
            return
        if asked.show is Show.SCHEDULE:
            self._tell_schedule(request.req_id, asked)
            return
        answer = self._world.history.answer(asked)
        self._session.answer(History(request.req_id, answer.start, answer.end, answer.bars))
        if request.keep_up_to_date:
            self._kept[request.req_id] = _Kept(asked, second=self._world.second)

    def _is_paced(self, request: RequestHistory, asked: Asked) -> bool:
        """Say whether a request keeps the pacing rules; long bars have none."""
        seconds = asked.size.seconds
        if not seconds or seconds > _PACED_SECS:
            return True
        con_id = asked.instrument.con_id
        whole = replace(request, req_id=0)
        wall = self._world.wall()
        return self._pacing.admits(wall, con_id, asked.match.exchange, request.what, whole)

    def _tell_schedule(self, req_id: int, asked: Asked) -> None:
        schedule = self._world.history.schedule(asked)
        self._session.answer(
            HistoricalSchedule(
                req_id, schedule.start, schedule.end, schedule.time_zone, schedule.sessions
            )
        )

    def _cancel(self, request: CancelHistory) -> None:
        if self._kept.pop(request.req_id, None) is None:
            self._session.tell(NO_SUCH_HISTORY(request.req_id), request.req_id)
            return
        notice = HISTORY(f"API historical data query cancelled: {request.req_id}")
        self._session.tell(notice, request.req_id)

    def _head(self, request: RequestHeadTimestamp) -> None:
        match = self._match(request.contract)
        text = head_timestamp(match, request.what, request.format_date, is_regular=request.use_rth)
        self._session.answer(HeadTimestamp(request.req_id, text))

    def _histogram(self, request: RequestHistogram) -> None:
        bins = histogram(
            self._world.bars,
            self._match(request.contract).instrument,
            request.period,
            self._world.second,
            is_regular=request.use_rth,
        )
        self._session.answer(Histogram(request.req_id, bins))

    # Ticks

    def _ticks(self, request: RequestHistoricalTicks) -> None:
        self._world.mishaps.require_history()
        now = self._world.second
        asked = read_tick_request(
            self._match(request.contract),
            request.start,
            request.end,
            request.tick_count,
            request.what,
            is_regular=request.use_rth,
            now=now,
        )
        found = tuple(ticks_of(self._world.ticks, asked, now))
        trades = tuple(tick for tick in found if isinstance(tick, HistoricalTickLast))
        quotes = tuple(tick for tick in found if isinstance(tick, HistoricalTickBidAsk))
        if asked.show is Show.TRADES:
            self._session.answer(HistoricalTicksLast(request.req_id, trades, is_done=True))
        elif asked.show is Show.BID_ASK:
            self._session.answer(HistoricalTicksBidAsk(request.req_id, quotes, is_done=True))
        else:
            middles = tuple(
                tick
                for tick in found
                if not isinstance(tick, HistoricalTickLast | HistoricalTickBidAsk)
            )
            self._session.answer(HistoricalTicks(request.req_id, middles, is_done=True))

    def _match(self, contract: IbContract) -> Match:
        return self._world.contracts.one(contract, self._world.second)


def _nothing(_: object) -> None:
    """Do nothing: the question was answered at once."""
