"""A small made-up chain with every kind of row, valued."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
import structlog

from voldesk.analytics.summary import summarize
from voldesk.app.analysis import Analysis
from voldesk.chain.reprice import value_chain
from voldesk.model.conventions import Profile, profile_named
from voldesk.model.enums import Market
from voldesk.model.quotes import ChainSnapshot, QuoteColumns, RowProblem
from voldesk.pricing.black import black_price

AS_OF = int(datetime(2025, 10, 1, 20, 0, tzinfo=UTC).timestamp()) * 1_000_000_000
STRIKES = np.arange(80.0, 121.0, 5.0)
EXPIRIES = ("2025-10-17", "2025-12-19")


def make_quotes() -> QuoteColumns:
    """Return two expiries of nine strikes, with a row of each trouble in the nearer one."""
    size = len(STRIKES)
    strike = np.tile(STRIKES, 4)
    is_call = np.tile(np.repeat([True, False], size), 2)
    expiry = np.repeat(np.array(EXPIRIES, dtype="datetime64[D]"), 2 * size)
    years = np.where(expiry == expiry[0], 16.0 / 365.0, 79.0 / 365.0)
    forward = 100.0 * np.exp(0.04 * years)
    fair = black_price(forward, strike, 0.2 * np.sqrt(years), np.exp(-0.04 * years), is_call)
    bid = np.maximum(np.round(fair - 0.03, 2), 0.01)
    ask = np.round(fair + 0.03, 2)
    bid[0] = 0.0  # the first call has no bid
    bid[1], ask[1] = ask[1] + 1.0, bid[1]  # the second is crossed
    ask[2] = np.nan  # the third is one-sided
    open_interest = np.linspace(10.0, 500.0, len(strike))
    open_interest[3] = np.nan
    letters = np.where(is_call, "C", "P")
    return QuoteColumns.build(
        symbol=[
            f"XYZ{day}{letter}{level:g}"
            for day, letter, level in zip(expiry, letters, strike, strict=True)
        ],
        root=["XYZ"] * len(strike),
        expiry=expiry,
        is_call=is_call,
        strike=strike,
        bid=bid,
        ask=ask,
        last=np.round(fair, 2),
        volume=np.arange(len(strike), dtype=float),
        open_interest=open_interest,
    )


def make_analysis(quotes: QuoteColumns, profile: Profile) -> Analysis:
    """Return the quotes valued and summarised."""
    snapshot = ChainSnapshot(
        underlying="XYZ", source="csv", market=Market.US, quotes=quotes, as_of=AS_OF, spot=100.0
    )
    table = value_chain(snapshot, profile)
    return Analysis(
        source="csv",
        profile=profile,
        multiplier=100.0,
        table=table,
        summary=summarize(table, 100.0),
        assumed=("profile default for a csv file (--profile)",),
        problems=(RowProblem(7, "strike is 'abc'"),),
    )


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    """A chain with most of its rows sound."""
    return make_analysis(make_quotes(), profile_named("default"))


@pytest.fixture(scope="session")
def hopeless() -> Analysis:
    """A chain of one expired strike without any quote."""
    quotes = QuoteColumns.build(root=["XYZ"], expiry=["2025-09-19"], is_call=[True], strike=[100.0])
    return make_analysis(quotes, profile_named("default"))


@pytest.fixture(scope="session")
def valued() -> Callable[..., Analysis]:
    """The function that values quotes under a profile."""
    return make_analysis


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """Undo what a command that a test runs does to this process's loggers."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _warm_up_over() -> Iterator[None]:
    """Let no test run while the kernels of the one before it are still being loaded."""
    yield
    for thread in threading.enumerate():
        if thread.name == "voldesk-warm-up":
            thread.join()
