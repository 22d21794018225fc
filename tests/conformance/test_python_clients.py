"""Python libraries that we did not write see a TWS, and what they see holds together."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from voldesk.model.symbols_us import parse_ib_local

pytestmark = pytest.mark.timeout(240)

CLIENTS = [
    pytest.param("ib_async", ("ib_async_client.py", "ib_async"), 178, id="ib_async"),
    pytest.param("ib_insync", ("ib_async_client.py", "ib_insync"), 176, id="ib_insync"),
    pytest.param("ibapi_9", ("ibapi_client.py",), 157, id="ibapi 9.81"),
    pytest.param("ibapi_10_19", ("ibapi_client.py",), 176, id="ibapi 10.19"),
    pytest.param("ibapi_10_46", ("ibapi_client.py",), 178, id="ibapi 10.46"),
]


@pytest.mark.parametrize(("name", "script", "version"), CLIENTS)
def test_client_sees_a_whole_tws(
    name: str, script: tuple[str, ...], version: int, tws: int, drive: Any
) -> None:
    """A library connects, discovers, watches, trades and is refused, and nothing in it breaks."""
    saw = drive(name, *script, tws)
    assert saw["complaints"] == []
    assert saw["version"] == version
    assert saw["accounts"]
    assert all(one.startswith("DU") for one in saw["accounts"])
    assert saw["time"]
    check_contracts(saw["contracts"])
    check_market(saw["market_data"])
    check_bars(saw["bars"])
    check_orders(saw["orders"], saw["market_data"])
    check_account(saw["account"])
    assert 200 in saw["refusals"]["codes"]
    assert saw["refusals"]["details"] == 0
    assert saw.get("is_reader_alive", True)


def check_contracts(saw: dict[str, Any]) -> None:
    """Details are complete, and each option's name says what its fields say."""
    stock = saw["stock"]
    assert stock["con_id"] > 0
    assert "AMAZON" in stock["long_name"].upper()
    assert stock["min_tick"] == 0.01
    assert stock["time_zone"] in ("US/Eastern", "America/New_York", "EST (Eastern Standard Time)")
    assert {"MKT", "LMT"} <= set(stock["order_types"].split(","))
    classes = {one[1] for one in saw["chains"]}
    assert {"SPX", "SPXW"} <= classes
    for _, _, multiplier, expirations, strikes in saw["chains"]:
        assert multiplier == "100"
        assert all(datetime.strptime(one, "%Y%m%d").replace(tzinfo=UTC) for one in expirations)
        assert len(strikes) >= 20
    assert len({one[0] for one in saw["options"]}) == len(saw["options"]) >= 40
    for _, local, strike, right, multiplier, expiry, under in saw["options"]:
        contract = parse_ib_local(local)
        assert (contract.root, contract.strike, contract.right) == ("SPXW", strike, right)
        assert expiry[:8] == f"{contract.expiry:%Y%m%d}" == saw["expiry"]
        assert (multiplier, under) == ("100", "SPX")


def check_market(saw: dict[str, Any]) -> None:
    """Quotes are two-sided, computations agree with them and calls with puts."""
    bid, ask, last = saw["stock"]
    assert 0 < bid < ask
    assert abs(last / bid - 1) < 0.02
    assert 0 < saw["snapshot"][0] < saw["snapshot"][1]
    deltas: dict[float, dict[str, float]] = {}
    for one in saw["options"]:
        model = one["model"]
        iv, delta, price, under = (
            model.get(short, model.get(long))
            for short, long in (
                ("iv", "impliedVol"),
                ("delta", "delta"),
                ("price", "optPrice"),
                ("underlying", "undPrice"),
            )
        )
        assert 0 < one["bid"] < one["ask"]
        assert one["bid_size"] > 0
        assert 0.02 < iv < 3
        assert one["bid"] - 1 <= price <= one["ask"] + 1
        assert abs(under / saw["spot"] - 1) < 0.02
        assert (0 < delta < 1) if one["right"] == "C" else (-1 < delta < 0)
        assert model["gamma"] > 0
        assert model["vega"] > 0
        assert model["theta"] < 0
        deltas.setdefault(one["strike"], {})[one["right"]] = delta
    pairs = [one for one in deltas.values() if len(one) == 2]
    assert pairs
    assert all(abs(one["C"] - one["P"] - 1) < 0.05 for one in pairs)


def check_bars(saw: dict[str, Any]) -> None:
    """Bars are ordered, whole and start after the first data there are."""
    rows = saw["five_minutes"]
    assert len(rows) >= 20
    opens, highs, lows, closes = (np.array([row[at] for row in rows]) for at in range(1, 5))
    assert (lows <= np.minimum(opens, closes)).all()
    assert (highs >= np.maximum(opens, closes)).all()
    assert (lows > 0).all()
    dates = [row[0] for row in rows]
    assert dates == sorted(set(dates))
    assert saw["head"]
    assert saw.get("days", 5) in range(3, 8)


def check_orders(saw: dict[str, Any], market: dict[str, Any]) -> None:
    """Orders fill near the quote, rest, are cancelled, and cost what they are said to."""
    done = saw["market"]
    near = market["options"][0]
    assert done["status"] == "Filled"
    assert done["filled"] == sum(done["shares"]) == 2
    assert near["bid"] * 0.8 < done["average"] < near["ask"] * 1.2
    assert all(0 < one < 20 for one in done["commissions"])
    assert done["log"][-1] == "Filled"
    assert saw["resting"][0] in ("Submitted", "PreSubmitted")
    assert saw["resting"][1] == "Cancelled"
    assert all(np.isfinite(float(one)) and abs(float(one)) < 1e9 for one in saw["asked"][:2])
    assert saw["executions"] >= len(done["shares"])
    if "bracket" in saw:
        parent, children = saw["bracket"]
        assert parent == "Filled"
        assert all(one in ("Submitted", "PreSubmitted") for one in children)


def check_account(saw: dict[str, Any]) -> None:
    """The account holds what was bought."""
    assert float(saw["net"]) > 0
    assert float(saw["cash"]) > 0
    held = {row[0]: row[1] for row in saw["positions"]}
    assert any(name.startswith("SPXW") and size in (1, 2) for name, size in held.items())
    assert np.isfinite(saw["pnl"])
