"""Alerts are listed, made and removed over HTTP."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from gateway_world import TOKEN, World, serving
from hypothesis import given, settings
from hypothesis import strategies as st

from voldesk.gateways.alert_desk import HeldAlert, Origin
from voldesk.gateways.alerts import BASE
from voldesk.model.errors import StorageError
from voldesk.strategies.alerts import MOST_RULES, Rule

SIGNED = {"authorization": f"Bearer {TOKEN}"}
NEW: dict[str, Any] = {"name": "vol up", "underlying": "NIFTY", "level": 0.2, "field": "atm_iv"}


class HandDesk:
    """Holds what it is given, and keeps nothing where it is told so."""

    def __init__(self, *fixed: Rule) -> None:
        self.rules = {rule.name: rule for rule in fixed}
        self.fixed = set(self.rules)
        self.is_full = False

    def held(self) -> Sequence[HeldAlert]:
        return [
            HeldAlert(
                rule=rule,
                origin=Origin.SETTINGS if rule.name in self.fixed else Origin.API,
                is_kept=rule.name in self.fixed,
                is_spent=False,
                told_at=1_999 if rule.name in self.fixed else None,
            )
            for rule in self.rules.values()
        ]

    async def add(self, rule: Rule) -> HeldAlert:
        rule.require_valid()
        if self.is_full:
            raise StorageError("no space left")
        self.rules[rule.name] = rule
        return self.held()[-1]

    async def remove(self, name: str) -> None:
        del self.rules[name]
        if self.is_full:
            raise StorageError("no space left")


FIXED = Rule(name="of the settings", underlying="NIFTY", field="spot", level=1.0)


@asynccontextmanager
async def _client(desk: HandDesk | None = None) -> AsyncIterator[httpx.AsyncClient]:
    world = World()
    world.add("NIFTY")
    async with (
        serving(world, desk or HandDesk(FIXED)) as gateway,
        httpx.AsyncClient(base_url=gateway.url, headers=SIGNED) as client,
    ):
        yield client


async def test_made_listed_and_removed() -> None:
    """What was answered at its making is what is found at its address, until it is removed."""
    async with _client() as client:
        answer = await client.post(BASE, json=NEW)
        assert answer.status_code == 201
        made = answer.json()
        assert made == {
            "name": "vol up",
            "underlying": "NIFTY",
            "field": "atm_iv",
            "level": 0.2,
            "crosses": "up",
            "contract": None,
            "expiry": None,
            "root": None,
            "band": 0.0,
            "is_once": False,
            "cooldown_secs": 0.0,
            "origin": "api",
            "is_kept": False,
            "is_spent": False,
            "told_at_us": None,
        }
        place = answer.headers["location"]
        assert place == "/api/v1/alerts/vol%20up"
        assert (await client.get(place)).json() == made
        fixed, listed = (await client.get(BASE)).json()
        assert (fixed["origin"], fixed["told_at_us"], listed) == ("settings", 1, made)
        assert (await client.delete(place)).status_code == 204
        answer = await client.delete(place)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_alert")
        assert "there are of the settings" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "code", "said"),
    [
        ({"name": FIXED.name}, 409, "alert_exists", FIXED.name),
        ({"field": "atm_vi"}, 422, "bad_alert", "did you mean 'atm_iv'?"),
        ({"underlying": "NIFTI"}, 422, "bad_alert", "no underlying 'NIFTI' is served; there are N"),
        ({"expiry": "2031-01-01"}, 422, "bad_alert", "no expiry '2031-01-01' is served; there are"),
        ({"root": "X"}, 422, "bad_alert", "no root 'X' is served; there are NIFTY"),
        ({"field": "iv", "contract": "NIFTY1"}, 422, "bad_alert", "no contract 'NIFTY1'"),
        ({"field": "iv", "contract": "120d put"}, 422, "bad_alert", "above 0 and below 100"),
        ({"level": "high"}, 422, "bad_parameter", "body.level 'high'"),
        ({"band": -1}, 422, "bad_parameter", "greater than or equal to 0"),
        ({"name": "a/b"}, 422, "bad_parameter", "body.name 'a/b'"),
        ({"feild": 1}, 422, "bad_parameter", "body.feild"),
    ],
)
async def test_what_cannot_be_is_named(
    change: dict[str, Any], status: int, code: str, said: str
) -> None:
    """With the value and what there is; nothing is added."""
    async with _client() as client:
        answer = await client.post(BASE, json=NEW | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.json()["detail"]
        assert len((await client.get(BASE)).json()) == 1


async def test_contracts_by_symbol_and_by_delta_are_taken() -> None:
    """A listed symbol, and one that is chosen anew at each update."""
    async with _client() as client:
        for contract in ("NIFTY27NOV2523000CE", "25d put", "atm call"):
            more = {"name": contract, "field": "iv", "contract": contract, "expiry": "2025-11-27"}
            assert (await client.post(BASE, json=NEW | more)).status_code == 201


async def test_an_alert_of_the_settings_stays() -> None:
    """It would be back after a restart: the answer says where to take it out."""
    async with _client() as client:
        answer = await client.delete(f"{BASE}/{FIXED.name}")
        assert (answer.status_code, answer.json()["code"]) == (409, "fixed_alert")
        assert "alerts.rules" in answer.json()["detail"]


async def test_a_change_needs_the_token_and_our_own_origin() -> None:
    """Like everything that changes something: 401, 403; reading is free on this machine."""
    async with _client() as client:
        bare = httpx.AsyncClient(base_url=client.base_url)
        origin = str(client.base_url).rstrip("/")
        for verb, place in (("POST", BASE), ("DELETE", f"{BASE}/x")):
            body = NEW if verb == "POST" else None
            assert (await bare.request(verb, place, json=body)).status_code == 403
            own = {"origin": origin}
            answer = await bare.request(verb, place, headers=own, json=body)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
            answer = await client.request(
                verb, place, headers={"origin": "http://e.test"}, json=body
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        assert (await bare.get(BASE)).status_code == 200
        await bare.aclose()


async def test_there_is_an_end_to_the_room() -> None:
    """The number there are and the number there may be."""
    desk = HandDesk(*(Rule(**{**NEW, "name": f"r{i}"}) for i in range(MOST_RULES)))
    async with _client(desk) as client:
        answer = await client.post(BASE, json=NEW)
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many_alerts")
        assert "there are 1000 alerts, at most 1000 may be" in answer.json()["detail"]


async def test_what_cannot_be_kept_is_said() -> None:
    """507 with the reason, of a new one and of one that goes."""
    desk = HandDesk()
    async with _client(desk) as client:
        await client.post(BASE, json=NEW)
        desk.is_full = True
        for answer in (
            await client.post(BASE, json=NEW | {"name": "b"}),
            await client.delete(f"{BASE}/{NEW['name']}"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (507, "not_kept")
            assert answer.json()["detail"] == "no space left"


async def test_without_a_desk_there_are_no_routes() -> None:
    """404, not an empty list that could be taken for an answer."""
    async with serving(World()) as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        assert (await client.get(BASE)).status_code == 404


TEXT = st.text(st.characters(), max_size=9)  # halves of surrogate pairs too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**400) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=6,
)
BODIES = st.dictionaries(
    st.sampled_from([*NEW, "crosses", "contract", "expiry", "band", "is_once"]) | TEXT, JSON
).map(lambda change: NEW | change)


@settings(max_examples=8, deadline=None)
@given(bodies=st.lists(BODIES | JSON, min_size=12, max_size=12))
async def test_no_body_brings_a_server_error(bodies: list[Any]) -> None:
    """Whatever is sent, the answer is an alert or a problem."""
    async with _client(HandDesk()) as client:
        for body in bodies:
            answer = await client.post(
                BASE, content=_json(body), headers={"content-type": "application/json"}
            )
            assert answer.status_code in {201, 409, 422}, body


def _json(value: Any) -> bytes:
    """Write JSON that httpx would refuse, and a program may well send: NaN, half a surrogate."""
    return json.dumps(value).encode()
