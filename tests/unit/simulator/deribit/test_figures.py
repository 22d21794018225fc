import numpy as np
import pytest
from deribit_world import NOW, small_market

from voldesk.model.quotes import IntArray
from voldesk.model.ticks import Field, TickKind, empty_batch
from voldesk.simulator.deribit.catalogue import Catalogue, list_market
from voldesk.simulator.deribit.figures import Figures
from voldesk.simulator.market.market import SyntheticMarket


@pytest.fixture
def market() -> SyntheticMarket:
    """Two expiries of many strikes, wings without a bid."""
    return small_market(each_side=40)


@pytest.fixture
def catalogue(market: SyntheticMarket) -> Catalogue:
    """Of that market."""
    return list_market(market)


@pytest.fixture
def figures(market: SyntheticMarket, catalogue: Catalogue) -> Figures:
    """Of that market, nothing of it told yet."""
    return Figures(market, catalogue)


@pytest.fixture
def every(catalogue: Catalogue) -> IntArray:
    """The number of every contract."""
    return np.arange(len(catalogue.row))


def test_marks_are_the_markets_truth(
    market: SyntheticMarket, catalogue: Catalogue, figures: Figures, every: IntArray
) -> None:
    """A premium in coin times the forward is the price in currency."""
    price, vol = market.true_price(catalogue.row), market.true_vol(catalogue.row)
    for number, told in enumerate(figures.tickers(every)):
        assert told.mark_price is not None
        assert told.underlying_price is not None
        assert told.mark_iv == pytest.approx(vol[number] * 100.0, abs=0.0051)
        scale = told.underlying_price if catalogue.is_coin[number] else 1.0
        assert told.mark_price * scale == pytest.approx(price[number], abs=6e-4)
        assert told.timestamp == NOW // 10**6


def test_quotes_stand_on_price_steps_around_the_markets(
    market: SyntheticMarket, catalogue: Catalogue, figures: Figures, every: IntArray
) -> None:
    """Bids in coin are rounded down and asks up; without a bid there is no size either."""
    snapshot = market.snapshot()
    quotes = snapshot[snapshot["kind"] == TickKind.QUOTE]
    bid, ask = np.full((2, len(market.listing)), np.nan)
    bid[quotes["instrument"]], ask[quotes["instrument"]] = quotes["bid"], quotes["ask"]
    lone = 0
    for number, told in enumerate(figures.quotes(every)):
        row, forward = catalogue.row[number], market.true_forward(int(catalogue.row[number]))[0]
        assert told.best_bid_price is not None
        assert told.best_ask_price is not None
        if not catalogue.is_coin[number]:
            assert told.best_ask_price == ask[row]
            assert told.best_bid_price == np.nan_to_num(bid[row])
            continue
        steps = told.best_bid_price / 0.0001
        assert steps == pytest.approx(round(steps), abs=1e-6)
        assert told.best_bid_price * forward <= np.nan_to_num(bid[row]) + 1e-6
        assert told.best_ask_price * forward >= ask[row] - 1e-6
        assert told.best_ask_price - told.best_bid_price < (ask[row] - np.nan_to_num(bid[row])) / (
            forward
        ) + 2 * (0.0005 if told.best_ask_price > 0.005 else 0.0001)
        if told.best_bid_price == 0.0:
            lone += 1
            assert told.best_bid_amount == 0.0
    assert lone


def test_a_ticker_says_everything(catalogue: Catalogue, figures: Figures, every: IntArray) -> None:
    """Vols of bid and ask hold that of the mark; Greeks stand in Deribit's units."""
    told = figures.tickers(every)
    assert told[0].index_price == figures.index("btc_usd").price
    assert told[0].underlying_index is not None
    assert told[0].underlying_index.startswith("SYN.BTC-")
    for number, one in enumerate(told):
        assert one.greeks is not None
        assert one.greeks.delta is not None
        assert one.bid_iv is not None
        assert one.mark_iv is not None
        assert one.ask_iv is not None
        assert -1.0 <= one.greeks.delta <= 1.0
        assert (one.greeks.delta >= 0.0) == catalogue.is_call[number] or one.greeks.delta == 0.0
        if one.bid_iv > 0.0 and one.ask_iv > 0.0:
            assert one.bid_iv <= one.mark_iv + 0.01 <= one.ask_iv + 0.02
        assert one.open_interest is not None
        assert one.stats is not None


def test_theta_is_no_more_than_there_is_to_lose(figures: Figures, every: IntArray) -> None:
    """Deribit's rule: with less than a day left it is what the rest of the day can cost."""
    for one in figures.tickers(every):
        assert one.greeks is not None
        assert one.greeks.theta is not None
        assert one.mark_price is not None
        assert one.underlying_price is not None
        premium = one.mark_price * (1.0 if "_" in one.instrument_name else one.underlying_price)
        assert -one.greeks.theta <= premium + 1e-3


def test_summaries_and_marks(catalogue: Catalogue, figures: Figures, every: IntArray) -> None:
    """The same figures as the tickers', a mark's vol as a fraction, no bid as null."""
    tickers, summaries = figures.tickers(every), figures.summaries(every)
    marks = figures.marks(every)
    assert len(marks) == len(summaries) == len(tickers)
    for ticker, summary, mark in zip(tickers, summaries, marks, strict=True):
        assert ticker.instrument_name == summary.instrument_name == mark.instrument_name
        assert ticker.mark_price == summary.mark_price == mark.mark_price
        assert ticker.mark_iv == summary.mark_iv
        assert ticker.mark_iv is not None
        assert mark.iv == pytest.approx(ticker.mark_iv / 100.0, abs=1e-4)
        assert (summary.bid_price or 0.0) == ticker.best_bid_price
        assert ticker.last_price == summary.last
    assert figures.index("btc_usd").price == pytest.approx(95_000.0, rel=0.2)
    with pytest.raises(KeyError):
        figures.index("eth_usd")
    assert catalogue.instruments[0].price_index == "btc_usd"


def test_news_are_those_that_ticked(market: SyntheticMarket, figures: Figures) -> None:
    """At first everything; a contract alone; with the spot all of its contracts."""
    is_news, indexes = figures.take_news()
    assert is_news.all()
    assert indexes == {"btc_usd", "btc_usdc"}
    is_news, indexes = figures.take_news()
    assert not is_news.any()
    assert not indexes
    batch = empty_batch(1)
    batch["instrument"], batch["present"], batch["last"] = 5, Field.LAST, 123.0
    figures.observe(batch)
    is_news, indexes = figures.take_news()
    assert np.count_nonzero(is_news) == 2  # in coin and in currency
    assert not indexes
    batch["instrument"], batch["last"] = 0, 96_000.0
    figures.observe(batch)
    is_news, indexes = figures.take_news()
    assert is_news.all()
    assert len(indexes) == 2
    assert figures.index("btc_usdc").price == 96_000.0
    assert market.now == NOW


def test_a_settled_contract_has_no_figures(
    market: SyntheticMarket, catalogue: Catalogue, figures: Figures, every: IntArray
) -> None:
    """Null where JSON knows no NaN; it has no mark to tell any more."""
    market.skip(int(catalogue.settles.min()) + 1)
    figures.observe(market.snapshot())
    settled = np.flatnonzero(catalogue.settles <= market.now)
    told = figures.tickers(settled)
    assert told
    for one in told:
        assert one.mark_price is None
        assert one.underlying_price is None
        assert one.best_ask_price == 0.0
        assert one.greeks is not None
        assert one.greeks.delta is None
    assert figures.marks(settled) == []
    assert len(figures.marks(every)) == len(every) - len(settled)
