import numpy as np
import pytest
from deribit_world import NOW, SECOND, small_market

from voldesk.model.clock import ManualClock
from voldesk.simulator.deribit.venue import Venue
from voldesk.wire.deribit.channels import Channel, ChannelKind, channel_name
from voldesk.wire.deribit.messages import Notification, read_message
from voldesk.wire.deribit.rows import TickRows

STEP_NS = SECOND // 10


@pytest.fixture
def clock() -> ManualClock:
    """Stands still until told otherwise."""
    return ManualClock(NOW)


@pytest.fixture
def venue(clock: ManualClock) -> Venue:
    """A small market that runs four times as fast as the clock."""
    return Venue(small_market(), clock, speed=4.0)


def channels(venue: Venue) -> list[Channel]:
    name = venue.catalogue.instruments[0].instrument_name
    return [
        Channel(ChannelKind.TICKER, name, "100ms"),
        Channel(ChannelKind.TICKER, name, "agg2"),
        Channel(ChannelKind.QUOTE, name),
        Channel(ChannelKind.MARK, "btc_usd"),
        Channel(ChannelKind.INDEX, "btc_usd"),
    ]


def test_how_things_stand(venue: Venue) -> None:
    """A message per channel that a client can read; what is not listed is left out."""
    wanted = channels(venue)
    unknown = [
        Channel(ChannelKind.TICKER, "BTC-1JAN30-1-C", "100ms"),
        Channel(ChannelKind.INDEX, "eth_usd"),
    ]
    told = venue.told([*wanted, *wanted[:1], *unknown])
    assert told.keys() == {channel_name(one) for one in wanted}
    rows = TickRows()
    options = {one.instrument_name: 1 for one in venue.catalogue.instruments}
    rows.place(options, {"btc_usd": (0,)})
    for name, data in told.items():
        message = read_message(data)
        assert isinstance(message, Notification)
        assert message.channel == name
        rows.read(message)
    contracts = len(venue.catalogue.contracts["btc_usd"])
    assert len(rows) == 2 + 2 + 1 + contracts + 1
    assert rows.unknown_count == 0


def test_time_runs_with_the_clock(venue: Venue, clock: ManualClock) -> None:
    """Four seconds of the market for one."""
    clock.advance(SECOND)
    venue.step()
    assert venue.market.now == NOW + 4 * SECOND
    venue.step()
    assert venue.market.now == NOW + 4 * SECOND


def test_who_slept_too_long_tells_how_things_stand(venue: Venue, clock: ManualClock) -> None:
    """The market goes on from the present."""
    clock.advance(3600 * SECOND)
    venue.step()
    assert venue.market.now == NOW + 4 * 3600 * SECOND
    assert venue.news(channels(venue))


def test_fast_channels_have_every_steps_news_and_slow_ones_a_seconds(
    venue: Venue, clock: ManualClock
) -> None:
    """Marks and slow tickers come once a second, the others when the step brought something."""
    venue.step()
    fast, slow, quote, mark, index = (channel_name(one) for one in channels(venue))
    assert venue.news(channels(venue)).keys() == {fast, quote, index}
    slow_steps, fast_steps = [], []
    for step in range(40):
        clock.advance(STEP_NS)
        venue.step()
        news = venue.news(channels(venue)).keys()
        assert (fast in news) == (quote in news)
        assert (index in news) <= (fast in news)
        if mark in news:
            slow_steps.append(step)
            assert slow in news
        else:
            assert slow not in news
        if fast in news:
            fast_steps.append(step)
    assert slow_steps == [9, 19, 29, 39]
    assert len(fast_steps) > len(slow_steps)


def test_a_contract_that_is_not_listed_has_no_news(venue: Venue) -> None:
    """It cannot be subscribed to either."""
    other = Channel(ChannelKind.QUOTE, "BTC-1JAN30-1-C")
    venue.step()
    assert not venue.has(other)
    assert venue.news([other]) == {}


def test_truth_and_listing_are_one_market(venue: Venue) -> None:
    """Contracts are rows of it."""
    assert np.isfinite(venue.market.true_vol(venue.catalogue.row)).all()
