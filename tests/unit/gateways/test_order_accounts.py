"""Positions, portfolio, risk and the switch over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from gateway_world import TOKEN, World, serving
from hand_desk import CALL, HandDesk
from orders import an_intent

from voldesk.model.events import Adopted, Counted
from voldesk.model.orders import Leg

SIGNED = {"authorization": f"Bearer {TOKEN}"}
API = "/api/v1"


@asynccontextmanager
async def asking(desk: HandDesk) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(World(), orders=desk) as gateway,
        httpx.AsyncClient(base_url=f"{gateway.url}api/v1", headers=SIGNED) as client,
    ):
        yield client


def holding(quantity: int = 2, key: str = CALL) -> HandDesk:
    """Return a desk that holds contracts bought at 1.24."""
    desk = HandDesk()
    intent = an_intent("vd-1", legs=(Leg(key),), underlying="AMZN", account="PAPER")
    desk.apply(Adopted(intent=intent, venue_order_id="v1", at=1))
    desk.fill("vd-1", quantity)
    return desk


async def test_positions_are_told_with_their_figures() -> None:
    """Money as text to the cent, Greeks as numbers, unknown null."""
    async with asking(holding()) as client:
        (found,) = (await client.get("/positions")).json()
    figures = found.pop("figures")
    assert found == {
        "key": CALL,
        "contract": "AMZN 2026-01-16 C 200",
        "underlying": "AMZN",
        "expiry": "2026-01-16",
        "right": "C",
        "strike": 200.0,
        "quantity": 2,
        "average_price": "1.24",
        "multiplier": 100.0,
        "currency": "USD",
        "bid": 1.2,
        "ask": 1.25,
        "spot": 198.0,
        "quote_age_secs": 0.4,
        "iv": 0.3,
    }
    assert figures["value"] == "240.00"
    assert (figures["unrealised"], figures["unrealised_mid"]) == ("-8.00", "-3.00")
    assert (figures["fees"], figures["pnl"]) == ("0.65", "-8.65")
    assert figures["delta"] == pytest.approx(90.0)
    assert figures["dollar_delta"] == pytest.approx(17_820.0)
    assert figures["beta_delta"] is None


async def test_a_position_without_a_chain_keeps_its_name() -> None:
    """What no chain shows has no figures, and is there."""
    desk = HandDesk()
    gone = "us AMZN 20251219 000000200000000 P"
    desk.apply(Counted(base={gone: -1, "us IBM": 3}, at=1))
    async with asking(desk) as client:
        option, stock = (await client.get("/positions")).json()
    assert (option["contract"], option["expiry"]) == ("AMZN 2025-12-19 P 200", "2025-12-19")
    assert (option["bid"], option["currency"], option["average_price"]) == (None, None, None)
    assert option["figures"]["value"] is None
    assert (stock["contract"], stock["expiry"], stock["quantity"]) == ("IBM", None, 3)


async def test_the_portfolio_is_told_by_underlying_expiry_and_whole() -> None:
    """Sums of positions; what is not known is named."""
    async with asking(holding()) as client:
        found = (await client.get("/portfolio")).json()
    assert (found["account"], found["mode"], found["currency"]) == ("PAPER", "paper", "USD")
    assert (found["equity"], found["equity_peak"]) == ("100015.00", None)
    assert (found["day_pnl"], found["ts_us"]) == ("10.70", 5)
    assert [one["underlying"] for one in found["by_underlying"]] == ["AMZN"]
    assert [one["expiry"] for one in found["by_expiry"]] == ["2026-01-16"]
    assert found["figures"] == found["by_underlying"][0]["figures"]
    assert found["attribution"] == {"delta": "12.00", "rest": None}
    assert found["unknown"] == {"beta_delta": [CALL]}


async def test_scenarios_are_on_the_axes_asked_for() -> None:
    """A grid by day, vol and spot; a figure that is not known is null."""
    async with asking(holding()) as client:
        asked = {"spot": "-10,0,2.5", "vol": "1", "days": "0,7"}
        found = (await client.get("/portfolio/scenarios", params=asked)).json()
    assert (found["spot_pct"], found["vol_points"]) == ([-10.0, 0.0, 2.5], [1.0])
    assert found["pnl"] == [[[None, None, None]], [[None, None, None]]]
    assert found["unknown"] == [CALL]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"spot": "a"}, "spot"),
        ({"spot": ""}, "spot"),
        ({"spot": "1,,2"}, "spot '', expected -100 to 1000"),
        ({"spot": "-101"}, "spot '-101', expected -100 to 1000"),
        ({"vol": "1e9"}, "vol '1e9', expected -1000 to 1000"),
        ({"days": "-1"}, "days '-1', expected 0 to 3660"),
        ({"days": ",".join("1" * 11)}, "11 moves of days, at most 10 may be"),
    ],
)
async def test_axes_that_cannot_be_are_named(asked: dict[str, Any], said: str) -> None:
    """422 with the value and the bounds."""
    async with asking(HandDesk()) as client:
        answer = await client.get("/portfolio/scenarios", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")
    assert said in answer.json()["detail"]


async def test_risk_tells_limits_and_their_use() -> None:
    """A share where there is a limit; what has no limit or is not known is null."""
    async with asking(HandDesk()) as client:
        found = (await client.get("/risk")).json()
    assert found["limits"] == [
        {"name": "open_orders", "used": 1.0, "limit": 20.0, "share": 0.05, "of": None},
        {"name": "underlying_delta", "used": None, "limit": None, "share": None, "of": "AMZN"},
        {"name": "day_loss", "used": 0.0, "limit": 0.0, "share": None, "of": None},
    ]
    assert (found["state"], found["is_reconciled"], found["alarms"]) == ("active", True, ["look"])
    assert found["line"] == {"is_up": True, "reason": ""}
    assert found["journal"] == {
        "is_writable": True,
        "reason": "",
        "entries": 3,
        "healed_bytes": 0,
    }


async def test_a_kill_is_told_and_only_its_phrase_unlocks() -> None:
    """What was done is counted; another phrase changes nothing."""
    desk = holding()
    async with asking(desk) as client:
        done = await client.post("/kill", json={"flatten": True})
        await client.post("/kill", json={"reason": "enough"})
        wrong = await client.post("/unlock", json={"phrase": "unlock"})
        assert desk.state == "halted"
        right = await client.post("/unlock", json={"phrase": "unlock PAPER"})
    assert desk.killed == [("api", "asked for", True), ("api", "enough", False)]
    assert (done.json()["state"], done.json()["is_durable"]) == ("halted", True)
    assert [one["client_order_id"] for one in done.json()["flattening"]] == ["vd-1"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_phrase")
    assert "expected 'unlock PAPER'" in wrong.json()["detail"]
    assert (right.status_code, right.json()["state"]) == (200, "active")


async def test_scans_are_told() -> None:
    """What the last scans found, as they said it."""
    async with asking(HandDesk()) as client:
        assert (await client.get("/scans")).json() == [{"underlying": "AMZN"}]


@pytest.mark.parametrize("path", ["positions", "portfolio", "portfolio/scenarios", "risk"])
async def test_where_nobody_trades_the_reason_is_told(path: str) -> None:
    """503 with why."""
    desk = HandDesk()
    desk.is_away = True
    async with asking(desk) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "venue_unavailable")
    assert "no line" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["kill", "unlock"])
async def test_the_switch_needs_to_be_signed(path: str) -> None:
    """Nothing is stopped or begun for whoever shows no token."""
    desk = HandDesk()
    async with serving(World(), orders=desk) as gateway, httpx.AsyncClient() as client:
        url = gateway.url.rstrip("/")
        answer = await client.post(f"{url}{API}/{path}", json={}, headers={"origin": url})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert not desk.killed
