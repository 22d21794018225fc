"""ccxt sees a Deribit, and what it sees holds together."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from voldesk.model.instruments import parse_deribit
from voldesk.model.sessions import settles_at

pytestmark = pytest.mark.timeout(240)

START_SECS = 60
NS_PER_MS = 1_000_000


@pytest.fixture
def deribit() -> Iterator[int]:
    """Return the port of a fresh simulated Deribit."""
    command = [sys.executable, "-m", "voldesk", "sim", "--deribit", "0", "--seed", "7"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as sim:
        try:
            assert sim.stderr is not None
            told = next(
                filter(None, (re.search(r"ws://[\d.]+:(\d+)", line) for line in sim.stderr))
            )
            yield int(told[1])
        finally:
            sim.terminate()
            sim.communicate(timeout=START_SECS)


def test_ccxt_sees_a_whole_deribit(deribit: int, drive: Any) -> None:
    """It lists the options, reads the chain and the Greeks, and watches one and many."""
    saw = drive("ccxt", "ccxt_client.py", deribit)
    assert len(saw["options"]) > 1_000
    for name, strike, right, expiry_ms, settle in saw["options"]:
        contract = parse_deribit(name)
        assert contract.strike == strike
        assert contract.is_call == (right == "call")
        instant = settles_at(contract.root, contract.expiry, contract.market)
        assert instant == expiry_ms * NS_PER_MS
        assert settle == ("USDC" if "_" in contract.root else "BTC")
    assert len(saw["chain"]) == len(saw["options"]) // 2
    assert all(mark > 0.0 for mark in saw["chain"].values())
    greeks = saw["greeks"]
    assert 0.0 < abs(greeks["delta"]) < 1.0
    assert greeks["gamma"] > 0.0
    assert greeks["vega"] > 0.0
    assert greeks["theta"] < 0.0
    assert greeks["underlyingPrice"] > 10_000.0
    assert 0.0 < saw["ticker"][0] < saw["ticker"][1]
    times = [row[2] for row in saw["watched"]]
    assert times == sorted(times)
    assert times[0] < times[-1]
    assert saw["many"] == 20
