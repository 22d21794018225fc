"""The per-contract messages, field by field."""

import json
from datetime import date

import numpy as np
from gateway_world import FIRST_EXPIRY, World

from voldesk.gateways.contract_messages import (
    greeks_updates,
    pcr_update,
    rows_of_expiry,
    status_update,
)
from voldesk.model.quotes import NO_TIME


def _world() -> World:
    world = World()
    rows = world.add("NIFTY", expiries=2).rows
    for name in ("price", "last", "open_interest", "iv", "delta", "gamma", "theta", "vega", "rho"):
        getattr(rows, name)[:] = np.arange(20) / 8
    return world


def test_a_contract_is_told_exactly_so() -> None:
    """Every key, in its place, with the published figure; the instant is ISO 8601 in UTC."""
    world = _world()
    update = world.chains["NIFTY"]
    update.table.rows.ts_event[2] = 1_763_629_200_250_000_000
    (message,) = greeks_updates(update, np.array([2]))
    assert message.event == "greeks_update"
    assert json.loads(message.payload) == {
        "type": "greeks_update",
        "data": {
            "instrumentKey": "NIFTY27NOV2523100CE",
            "symbol": "NIFTY",
            "strike": 23100.0,
            "type": "CE",
            "expiry": "2025-11-27",
            "price": 0.25,
            "oi": 0.25,
            "iv": 0.25,
            "greeks": {"delta": 0.25, "gamma": 0.25, "theta": 0.25, "vega": 0.25, "rho": 0.25},
            "timestamp": "2025-11-20T09:00:00.250000Z",
        },
    }


def test_unknown_is_null_and_never_zero() -> None:
    """A row without iv and Greeks says null; a put is PE."""
    world = _world()
    update = world.chains["NIFTY"]
    for name in ("iv", "delta", "price", "last", "open_interest"):
        getattr(update.table.rows, name)[3] = np.nan
    (message,) = greeks_updates(update, np.array([3]))
    data = json.loads(message.payload)["data"]
    assert data["type"] == "PE"
    assert data["iv"] is data["price"] is data["oi"] is data["greeks"]["delta"] is None


def test_the_last_trade_stands_in_for_a_price() -> None:
    """A row whose mid is unknown tells its last trade."""
    world = _world()
    update = world.chains["NIFTY"]
    update.table.rows.price[4] = np.nan
    update.table.rows.last[4] = 7.5
    update.table.rows.ts_event[4] = NO_TIME
    (message,) = greeks_updates(update, np.array([4]))
    data = json.loads(message.payload)["data"]
    assert data["price"] == 7.5
    assert data["timestamp"] == "2025-11-20T09:00:00.124456Z"  # that of the update


def test_the_put_call_ratio_is_told_exactly_so() -> None:
    """Ratio and both sums over the rows, in four keys."""
    world = _world()
    update = world.chains["NIFTY"]
    interest, is_call = update.table.rows.open_interest, update.table.rows.is_call
    calls, puts = float(interest[is_call].sum()), float(interest[~is_call].sum())
    message = pcr_update(update, None, is_named=False)
    assert message.event == "pcr_update"
    assert json.loads(message.payload) == {
        "type": "pcr_update",
        "data": {
            "pcr": puts / calls,
            "totalCeOi": calls,
            "totalPeOi": puts,
            "timestamp": "2025-11-20T09:00:00.124456Z",
        },
    }


def test_a_named_ratio_says_whose_it_is() -> None:
    """Only a connection with several underlyings gets a fifth key."""
    world = _world()
    told = json.loads(pcr_update(world.chains["NIFTY"], None, is_named=True).payload)
    assert told["data"]["symbol"] == "NIFTY"


def test_a_ratio_of_one_expiry() -> None:
    """Only the rows of the expiry are summed."""
    world = _world()
    update = world.chains["NIFTY"]
    chosen = rows_of_expiry(update, FIRST_EXPIRY)
    assert chosen is not None
    assert chosen.tolist() == [True] * 10 + [False] * 10
    told = json.loads(pcr_update(update, chosen, is_named=False).payload)["data"]
    assert told["totalCeOi"] == update.table.rows.open_interest[:10:2].sum()
    assert rows_of_expiry(update, None) is None
    assert not np.asarray(rows_of_expiry(update, date(2031, 1, 1))).any()


def test_no_known_interest_has_no_sum() -> None:
    """Sums of nothing known are null, not 0."""
    world = _world()
    update = world.chains["NIFTY"]
    update.table.rows.open_interest[:] = np.nan
    data = json.loads(pcr_update(update, None, is_named=False).payload)["data"]
    assert data["pcr"] is data["totalCeOi"] is data["totalPeOi"] is None


def test_status_comes_in_the_same_envelope() -> None:
    """Health is told under data, its nanoseconds as microseconds."""
    message = status_update({"status": "ok", "ts": 5_000})
    assert json.loads(message.payload) == {
        "type": "status_update",
        "data": {"status": "ok", "ts_us": 5},
    }
