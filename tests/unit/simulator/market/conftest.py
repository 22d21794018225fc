"""Markets small enough to be asked about often."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import numpy as np
import pytest

from voldesk.model.sessions import NS_PER_SECOND
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.simulator.market.universe import UNIVERSE, UnderlyingSpec

Universe = MappingProxyType[str, UnderlyingSpec]


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * NS_PER_SECOND


def _small(spec: UnderlyingSpec) -> UnderlyingSpec:
    """Return the spec with its first two expiries at 21 strikes."""
    near = replace(spec.expiries[0], count=2, strikes_each_side=10)
    return replace(spec, expiries=(near,))


@pytest.fixture(scope="session")
def utc() -> Callable[[str], int]:
    """Return a reader of UTC instants: ``2026-09-15T08:30``."""
    return _ns


@pytest.fixture(scope="session")
def start() -> int:
    """Return a Tuesday morning: contracts of NIFTY, SPX and BTC expire within a day."""
    return _ns("2026-09-15T08:30")


@pytest.fixture(scope="session")
def universe() -> Universe:
    """Return the usual underlyings with short chains."""
    return MappingProxyType({symbol: _small(spec) for symbol, spec in UNIVERSE.items()})


@pytest.fixture(scope="session")
def make_market(start: int, universe: Universe) -> Callable[..., SyntheticMarket]:
    """Return a maker of markets with short chains, of NIFTY, SPX and BTC if not told otherwise."""

    def make(
        *symbols: str,
        seed: int = 1,
        at: int = start,
        intensity: float = 1.0,
        always_open: bool = True,
        history: int = 4096,
    ) -> SyntheticMarket:
        return SyntheticMarket(
            symbols or ("NIFTY", "SPX", "BTC"),
            seed,
            at,
            intensity=intensity,
            always_open=always_open,
            universe=universe,
            history=history,
        )

    return make


@pytest.fixture
def rng() -> np.random.Generator:
    """Return random numbers, the same in every run."""
    return np.random.default_rng(7)
