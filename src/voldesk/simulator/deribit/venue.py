"""What all clients of the simulated Deribit share: the market, its clock, and what goes wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from voldesk.model.clock import Clock
from voldesk.model.quotes import IntArray
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.deribit.catalogue import list_market
from voldesk.simulator.deribit.figures import Figures
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.wire.deribit.channels import Channel, ChannelKind, channel_name
from voldesk.wire.deribit.messages import write_notification

_LOST_AFTER_NS: Final = 30 * NS_PER_SECOND
_SLOW_NS: Final = NS_PER_SECOND
FAST: Final = "100ms"


@dataclass(slots=True)
class Mishaps:
    """
    What goes wrong now.

    Attributes:
        refusals: So many of the next requests are refused as too many.
        is_away: Nobody can connect.
    """

    refusals: int = 0
    is_away: bool = False


class Venue:
    """
    The market behind the sessions.

    Its time runs along with a clock; `step` moves it. Contracts with news are told ten times a
    second over fast channels and quotes, once a second over slow ones; the marks of an index once
    a second, all of them.

    Args:
        market: Moved by this venue alone from now on.
        clock: What the market's time runs along with, and what paces clients.
        speed: Market seconds per second of the clock.
    """

    def __init__(self, market: SyntheticMarket, clock: Clock, *, speed: float = 1.0) -> None:
        self.market = market
        self.clock = clock
        self.catalogue = list_market(market)
        self.figures = Figures(market, self.catalogue)
        self.mishaps = Mishaps()
        self._speed = speed
        self._opened = clock.now(), market.now
        self._is_slow_news = np.zeros(len(self.catalogue.row), dtype=np.bool_)
        self._is_fast_news = self._is_slow_news.copy()
        self._indexes: set[str] = set()
        self._is_slow_due = False
        self._slow_at = clock.now()

    def step(self) -> None:
        """Move the market to where the clock is, and note what has news."""
        clock_start, market_start = self._opened
        now = self.clock.now()
        due = market_start + round((now - clock_start) * self._speed)
        if due > self.market.now:
            if due - self.market.now <= _LOST_AFTER_NS:
                batch = self.market.advance(due)
            else:
                self.market.skip(due)
                batch = self.market.snapshot()
            self.figures.observe(batch)
        if self._is_slow_due:
            self._is_slow_news[:] = False
        self._is_fast_news, self._indexes = self.figures.take_news()
        self._is_slow_news |= self._is_fast_news
        self._is_slow_due = now - self._slow_at >= _SLOW_NS
        if self._is_slow_due:
            self._slow_at = now

    def news(self, channels: Iterable[Channel]) -> dict[str, bytes]:
        """Return what the last step brought over channels, by name."""
        return self.told(channel for channel in channels if self._has_news(channel))

    def told(self, channels: Iterable[Channel]) -> dict[str, bytes]:
        """Return how things stand over channels, by name; what is not listed is left out."""
        found: dict[str, bytes] = {}
        tickers: list[Channel] = []
        quotes: list[Channel] = []
        for channel in dict.fromkeys(channels):
            if not self.has(channel):
                continue
            name = channel_name(channel)
            if channel.kind is ChannelKind.TICKER:
                tickers.append(channel)
            elif channel.kind is ChannelKind.QUOTE:
                quotes.append(channel)
            elif channel.kind is ChannelKind.INDEX:
                found[name] = write_notification(name, self.figures.index(channel.subject))
            else:
                contracts = self.catalogue.contracts[channel.subject]
                found[name] = write_notification(name, self.figures.marks(contracts))
        for channel, ticker in zip(
            tickers, self.figures.tickers(self._numbers(tickers)), strict=True
        ):
            name = channel_name(channel)
            found[name] = write_notification(name, ticker)
        for channel, quote in zip(quotes, self.figures.quotes(self._numbers(quotes)), strict=True):
            name = channel_name(channel)
            found[name] = write_notification(name, quote)
        return found

    def has(self, channel: Channel) -> bool:
        """Say whether there is such a channel."""
        if channel.kind in {ChannelKind.TICKER, ChannelKind.QUOTE}:
            return channel.subject in self.catalogue.by_name
        return channel.subject in self.catalogue.spots

    def _has_news(self, channel: Channel) -> bool:
        if channel.kind is ChannelKind.MARK:
            return self._is_slow_due
        if channel.kind is ChannelKind.INDEX:
            return channel.subject in self._indexes
        number = self.catalogue.by_name.get(channel.subject, -1)
        if number < 0:
            return False
        if channel.interval in {"", FAST}:
            return bool(self._is_fast_news[number])
        return self._is_slow_due and bool(self._is_slow_news[number])

    def _numbers(self, channels: list[Channel]) -> IntArray:
        by_name = self.catalogue.by_name
        return np.array([by_name[channel.subject] for channel in channels], dtype=np.int64)
