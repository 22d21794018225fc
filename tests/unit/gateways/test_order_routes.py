"""Orders over HTTP: one request is one order, and what cannot be is told with value and limit."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest
from gateway_world import TOKEN, World, serving
from hand_desk import CALL, HandDesk
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import an_intent

from voldesk.gateways.order_routes import BASE
from voldesk.model.errors import OrderDenied, StorageError, VenueUnavailable
from voldesk.model.events import Margin
from voldesk.model.lifecycle import Event
from voldesk.model.orders import Leg

SIGNED = {"authorization": f"Bearer {TOKEN}"}
NEW: dict[str, Any] = {
    "contract": "AMZN 2026-01-16 C 200",
    "side": "buy",
    "quantity": 2,
    "limit_price": "1.25",
}
LEGS: list[dict[str, Any]] = [
    {"contract": "AMZN 2026-01-16 C 200"},
    {"contract": "AMZN 2026-01-16 C 210", "ratio": -1},
]


@asynccontextmanager
async def asking(desk: HandDesk) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(World(), orders=desk) as gateway,
        httpx.AsyncClient(base_url=gateway.url, headers=SIGNED) as client,
    ):
        yield client


async def post(client: httpx.AsyncClient, key: str = "k1", **changes: Any) -> httpx.Response:
    body = {name: value for name, value in (NEW | changes).items() if value is not None}
    return await client.post(BASE, json=body, headers={"idempotency-key": key})


async def test_an_order_is_sent_once_and_told_in_full() -> None:
    """What was answered at its making is what is found at its address and in the list."""
    desk = HandDesk()
    async with asking(desk) as client:
        answer = await post(client, reason="why not")
        made = answer.json()
        assert answer.status_code == 201
        assert answer.headers["location"] == f"{BASE}/{made['client_order_id']}"
        assert (await client.get(answer.headers["location"])).json() == made
        assert (await client.get(BASE)).json() == [made]
    tag = made["client_order_id"]
    assert desk.placed == [tag]
    assert made == {
        "client_order_id": tag,
        "venue_order_id": "v1",
        "account": "PAPER",
        "mode": "paper",
        "underlying": "AMZN",
        "contract": NEW["contract"],
        "legs": [{"key": CALL, "contract": NEW["contract"], "ratio": 1, "side": "buy"}],
        "side": "buy",
        "order_type": "limit",
        "time_in_force": "day",
        "quantity": 2,
        "limit_price": "1.25",
        "stop_price": None,
        "trail_amount": None,
        "trail_pct": None,
        "good_till_us": None,
        "filled": 0,
        "remaining": 2,
        "asked": None,
        "outside_hours": False,
        "is_adaptive": False,
        "is_reducing": False,
        "parent_id": None,
        "oca_group": None,
        "state": "working",
        "is_open": True,
        "is_final": False,
        "reason": "",
        "average_price": None,
        "commission": None,
        "currency": None,
        "fills": [],
        "strategy": "manual",
        "why": "why not",
        "made_at_us": 1_000,
        "changed_at_us": made["changed_at_us"],
    }


async def test_f45_a_hundred_requests_with_one_key_are_one_order() -> None:
    """The same key and body give the same order, whatever has become of it; one is new."""
    desk = HandDesk()
    async with asking(desk) as client:
        answers = await asyncio.gather(*(post(client) for _ in range(100)))
        tag = answers[0].json()["client_order_id"]
        desk.fill(tag, 2)
        later = await post(client, limit_price=1.25)  # the same number, written otherwise
    assert sorted(one.status_code for one in answers) == [200] * 99 + [201]
    assert {one.json()["client_order_id"] for one in answers} == {tag}
    assert desk.placed == [tag]
    assert (later.status_code, later.json()["state"]) == (200, "filled")


async def test_f45_one_key_is_one_request() -> None:
    """Another body under a key that is taken is refused, by a new process too."""
    desk = HandDesk()
    async with asking(desk) as client:
        made = (await post(client)).json()
        again = await post(client, quantity=3)
    assert (again.status_code, again.json()["code"]) == (409, "key_reused")
    async with asking(desk) as client:  # knows what the journal knows
        again = await post(client, quantity=3)
        same = await post(client)
        assert (await post(client, "k2", quantity=3)).status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "key_reused")
    assert (same.status_code, same.json()["client_order_id"]) == (200, made["client_order_id"])


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("", 428, "no_key"), ("x" * 201, 422, "bad_parameter"), ("a\tb", 422, "bad_parameter")],
)
async def test_a_key_is_needed(key: str, status: int, code: str) -> None:
    """Without one, or with one that cannot be, nothing is sent."""
    desk = HandDesk()
    async with asking(desk) as client:
        answer = await post(client, key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not desk.placed


async def test_a_denied_order_says_why_in_full() -> None:
    """422 with the reason and every check; it stands among the orders, and stays denied."""
    desk = HandDesk()
    async with asking(desk) as client:
        answers = [await post(client, quantity=40) for _ in range(2)]
        listed = (await client.get(BASE)).json()
    assert [one.status_code for one in answers] == [422, 422]
    first, again = (one.json() for one in answers)
    assert first["code"] == again["code"] == "order_denied"
    assert first["detail"] == "order_contracts is 40, at most 10"
    assert first["checks"] == [
        {
            "name": "order_contracts",
            "value": 40.0,
            "limit": 10.0,
            "is_least": False,
            "has_passed": False,
        },
        {
            "name": "order_notional",
            "value": 1.0,
            "limit": None,
            "is_least": False,
            "has_passed": True,
        },
    ]
    assert [(one["client_order_id"], one["state"]) for one in listed] == [
        (first["client_order_id"], "denied")
    ]
    assert again["checks"] == []


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"contract": "AMZN 2026-01-16 C 999"}, "unknown_contract", "'AMZN 2026-01-16 C 999'"),
        ({"quantity": 0}, "bad_parameter", "body.quantity '0'"),
        ({"quantity": 10_000_000}, "bad_parameter", "1000000"),
        ({"side": "hold"}, "bad_parameter", "body.side 'hold'"),
        ({"limit_price": "NaN"}, "bad_parameter", "body.limit_price 'NaN'"),
        ({"limit_price": "1e400"}, "bad_parameter", "body.limit_price"),
        ({"limit_price": None}, "bad_order", "needs limit_price"),
        ({"limit_price": "-1"}, "bad_order", "limit_price is -1, expected 0 or more"),
        ({"order_type": "market"}, "bad_order", "has no limit_price, got 1.25"),
        ({"time_in_force": "gtd"}, "bad_order", "needs good_till"),
        ({"legs": LEGS}, "bad_parameter", "either contract or legs"),
        ({"contract": None}, "bad_parameter", "either contract or legs"),
        ({"contract": None, "legs": [*LEGS, LEGS[0]]}, "bad_order", "name a contract twice"),
        (
            {"contract": None, "legs": [LEGS[0], {**LEGS[1], "ratio": 0}]},
            "bad_order",
            "ratio of us AMZN 20260116 000000210000000 C is 0",
        ),
        (
            {"contract": None, "legs": [LEGS[0], {"contract": "MSFT 2026-01-16 C 400"}]},
            "bad_order",
            "legs on AMZN, MSFT, expected one underlying",
        ),
        ({"qantity": 1}, "bad_parameter", "body.qantity"),
    ],
)
async def test_what_cannot_be_is_named(changes: dict[str, Any], code: str, said: str) -> None:
    """422 with the value and the limit; the key may be used for what was meant."""
    desk = HandDesk()
    async with asking(desk) as client:
        answer = await post(client, **changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert said in answer.json()["detail"]
        assert not desk.placed
        assert (await post(client)).status_code == 201


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StorageError("no space left"), 507, "not_kept"),
        (VenueUnavailable("no line"), 503, "venue_unavailable"),
        (OrderDenied("another's id"), 422, "order_denied"),
    ],
)
async def test_what_fails_behind_it_is_told(error: Exception, status: int, code: str) -> None:
    """Disk, line and desk each have their code, and the same key may try again."""
    desk = HandDesk()
    async with asking(desk) as client:
        desk.fails = error
        answer = await post(client)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["detail"] == str(error)
        desk.fails = None
        assert (await post(client, quantity=1)).status_code == 201


async def test_a_combination_is_one_order() -> None:
    """Legs keep their ratios; one below 0 is sold when the order buys."""
    desk = HandDesk()
    async with asking(desk) as client:
        made = (await post(client, contract=None, legs=LEGS, limit_price="-0.5")).json()
    assert [(leg["ratio"], leg["side"]) for leg in made["legs"]] == [(1, "buy"), (-1, "sell")]
    assert made["contract"] == "+1 AMZN 2026-01-16 C 200, -1 AMZN 2026-01-16 C 210"
    assert made["limit_price"] == "-0.5"


async def test_a_bracket_is_three_orders() -> None:
    """The entry is answered; what waits for it stands in the list, and the same key makes none."""
    desk = HandDesk()
    async with asking(desk) as client:
        made = await post(client, bracket={"target": "2.50", "stop": 0.6})
        tag = made.json()["client_order_id"]
        assert made.status_code == 201
        assert desk.placed == [tag, f"{tag}-target", f"{tag}-stop"]
        stop, target, _ = (await client.get(BASE)).json()
        assert (stop["stop_price"], target["limit_price"]) == ("0.6", "2.5")
        assert (stop["parent_id"], stop["oca_group"]) == (tag, target["oca_group"])
        again = await post(client, bracket={"target": "2.50", "stop": 0.6})
        assert (again.status_code, len(desk.placed)) == (200, 3)
        wrong = await post(client, "k2", bracket={"target": "1.00"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_order")
        assert "expected above limit_price" in wrong.json()["detail"]


async def test_open_orders_are_those_that_may_still_fill() -> None:
    """Filled ones are left out, somebody else's are not; the newest comes first."""
    desk = HandDesk()
    async with asking(desk) as client:
        first, second = [(await post(client, key)).json() for key in ("a", "b")]
        desk.fill(first["client_order_id"], 2)
        desk.adopt(an_intent("ext-1", legs=(Leg(CALL),)))
        found = (await client.get(BASE, params={"state": "open"})).json()
        newest = (await client.get(BASE, params={"limit": 1})).json()
        bad = await client.get(BASE, params={"state": "shut"})
    assert [one["client_order_id"] for one in found] == ["ext-1", second["client_order_id"]]
    assert [one["client_order_id"] for one in newest] == ["ext-1"]
    assert bad.status_code == 422


async def test_fills_are_told_with_what_they_cost() -> None:
    """Each execution, their mean price exactly, and the commission once all have theirs."""
    desk = HandDesk()
    async with asking(desk) as client:
        tag = (await post(client)).json()["client_order_id"]
        desk.fill(tag, 1, "1.24")
        one = (await client.get(f"{BASE}/{tag}")).json()
        desk.fill(tag, 1, "1.25", commission=None)
        both = (await client.get(f"{BASE}/{tag}")).json()
    assert (one["state"], one["commission"], one["remaining"]) == ("partially_filled", "0.65", 1)
    assert (both["average_price"], both["commission"], both["currency"]) == ("1.245", None, "USD")
    assert [fill["price"] for fill in both["fills"]] == ["1.24", "1.25"]
    assert [fill["commission"] for fill in both["fills"]] == ["0.65", None]


async def test_new_terms_are_asked_for() -> None:
    """What is left out stays; the new terms stand under ``asked`` until the venue agrees."""
    desk = HandDesk()
    async with asking(desk) as client:
        tag = (await post(client)).json()["client_order_id"]
        answer = await client.patch(f"{BASE}/{tag}", json={"limit_price": "1.30"})
        once_more = await client.patch(f"{BASE}/{tag}", json={"quantity": 3})
    told, later = answer.json(), once_more.json()
    assert (answer.status_code, told["state"], told["limit_price"]) == (
        200,
        "modify_pending",
        "1.25",
    )
    assert (told["asked"]["limit_price"], told["asked"]["quantity"]) == ("1.3", 2)
    assert (later["asked"]["limit_price"], later["asked"]["quantity"]) == ("1.3", 3)


@pytest.mark.parametrize(
    ("terms", "status", "code"),
    [
        ({"quantity": 40}, 422, "order_denied"),
        ({"stop_price": "1"}, 422, "bad_order"),
        ({"limit_price": "x"}, 422, "bad_parameter"),
        ({"side": "sell"}, 422, "bad_parameter"),
    ],
)
async def test_terms_that_cannot_be_are_refused(
    terms: dict[str, Any], status: int, code: str
) -> None:
    """The gate and the type of the order decide of a change as of a new order."""
    desk = HandDesk()
    async with asking(desk) as client:
        tag = (await post(client)).json()["client_order_id"]
        answer = await client.patch(f"{BASE}/{tag}", json=terms)
        order = (await client.get(f"{BASE}/{tag}")).json()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert order["state"] == "working"


async def test_a_good_till_instant_stays_when_something_else_changes() -> None:
    """It is told in microseconds and kept as it was."""
    desk = HandDesk()
    till = 1_900_000_000_000_000
    async with asking(desk) as client:
        made = (await post(client, time_in_force="gtd", good_till_us=till)).json()
        answer = await client.patch(f"{BASE}/{made['client_order_id']}", json={"quantity": 1})
    assert made["good_till_us"] == till
    assert answer.json()["asked"]["good_till_us"] == till


async def test_a_cancel_is_asked_for_until_it_is_over() -> None:
    """200 with the order as it stands; 409 once it is over, 404 for what never was."""
    desk = HandDesk()
    async with asking(desk) as client:
        tag = (await post(client)).json()["client_order_id"]
        answer = await client.delete(f"{BASE}/{tag}")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancel_pending")
        desk._happen(tag, Event.CANCEL)
        over = [await client.delete(f"{BASE}/{tag}"), await client.patch(f"{BASE}/{tag}", json={})]
        none = await client.delete(f"{BASE}/nobody")
    assert [(one.status_code, one.json()["code"]) for one in over] == [(409, "order_over")] * 2
    assert (none.status_code, none.json()["code"]) == (404, "unknown_order")


async def test_a_desk_that_cannot_now_says_so() -> None:
    """What is not over and cannot be changed at the moment is a conflict."""
    desk = HandDesk()
    async with asking(desk) as client:
        tag = (await post(client)).json()["client_order_id"]
        desk.fails = OrderDenied("a cancel is on its way")
        answer = await client.patch(f"{BASE}/{tag}", json={"quantity": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "order_pending")


async def test_all_are_cancelled_at_once() -> None:
    """How many were asked for, and what went wrong."""
    desk = HandDesk()
    async with asking(desk) as client:
        await post(client)
        answer = await client.delete(BASE)
    assert answer.json() == {"asked": 1, "problems": ["one could not be asked for"]}


async def test_a_preview_sends_nothing() -> None:
    """Verdict, cost, most loss, Greeks, margin and quotes, in numbers and in words."""
    desk = HandDesk()
    desk.margin = Margin(
        initial_after=Decimal("250.0"),
        maintenance_after=Decimal(250),
        equity_after=Decimal("99750.00"),
        commission=Decimal("1.3"),
    )
    async with asking(desk) as client:
        found = (await client.post(f"{BASE}/preview", json=NEW)).json()
    assert not desk.placed
    assert found["is_allowed"]
    assert found["sentence"] == (
        "paper PAPER: buy 2 AMZN 2026-01-16 C 200, limit 1.25, day;"
        " pays 250.00 USD, at most 250.00 USD can be lost"
    )
    money = (found["price"], found["cost"], found["currency"], found["risk"], found["max_loss"])
    assert money == ("1.25", "250.00", "USD", "defined", "250.00")
    assert found["greeks"] == {"dollar_delta": 100.0, "gamma": 2.0, "vega": 3.0, "theta": None}
    assert found["margin"]["initial_after"] == "250"
    assert found["margin"]["commission"] == "1.30"
    (quote,) = found["quotes"]
    assert (quote["bid"], quote["ask"], quote["quote_age_secs"]) == (1.2, 1.25, 0.4)


async def test_a_preview_of_what_is_denied_is_an_answer() -> None:
    """200 with the reason; a number that is not known is null and has not passed."""
    desk = HandDesk()
    desk.is_blind = True
    async with asking(desk) as client:
        answer = await client.post(f"{BASE}/preview", json=NEW)
        desk.fails = OrderDenied("nothing is known of it")
        failed = await client.post(f"{BASE}/preview", json=NEW)
    found = answer.json()
    assert (answer.status_code, found["is_allowed"]) == (200, False)
    assert found["reason"] == "order_notional is not known, at most inf"
    assert (found["checks"][1]["value"], found["checks"][1]["has_passed"]) == (None, False)
    assert found["margin"] is None
    assert (failed.status_code, failed.json()["code"]) == (422, "order_denied")


async def test_a_contract_that_goes_between_is_named() -> None:
    """A chain may lose a contract after its name was understood."""
    desk = HandDesk()
    del desk.marks.by_key[CALL]
    async with asking(desk) as client:
        answer = await post(client)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_contract")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", BASE),
        ("GET", f"{BASE}/x"),
        ("POST", f"{BASE}/preview"),
        ("DELETE", BASE),
    ],
)
async def test_where_nobody_trades_the_reason_is_told(method: str, path: str) -> None:
    """503 with why; an order that is not there is still not there."""
    desk = HandDesk()
    desk.is_away = True
    async with asking(desk) as client:
        answer = await client.request(method, path, json=NEW if method == "POST" else None)
    expected = (404, "unknown_order") if path.endswith("/x") else (503, "venue_unavailable")
    assert (answer.status_code, answer.json()["code"]) == expected


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_a_change_needs_to_be_signed(method: str) -> None:
    """Without a token, from our own page's origin or from none, nothing is changed."""
    desk = HandDesk()
    path = BASE if method == "POST" else f"{BASE}/x"
    async with serving(World(), orders=desk) as gateway, httpx.AsyncClient() as client:
        url, origin = gateway.url.rstrip("/"), {"origin": gateway.url.rstrip("/")}
        for headers, status in ((origin, 401), ({}, 403), ({"origin": "http://evil.test"}, 403)):
            body = None if method == "DELETE" else NEW
            answer = await client.request(method, url + path, json=body, headers=headers)
            assert answer.status_code == status
    assert not desk.placed


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([*NEW.values(), "NaN", "1e99", "-0", "\ud800", "gtd", "trail", "AMZN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
NAMES = [*NEW, "legs", "order_type", "stop_price", "trail_pct", "time_in_force", "good_till_us"]
BODIES = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), ANYTHING, max_size=8)


@settings(max_examples=6, deadline=None)
@given(asked=st.lists(st.tuples(BODIES, st.text(max_size=9)), min_size=25, max_size=25))
async def test_no_body_brings_a_server_error(asked: list[tuple[dict[str, Any], str]]) -> None:
    """Whatever is asked for, the answer is an order, a preview or a problem, never a 5xx."""
    desk = HandDesk()
    async with asking(desk) as client:
        tag = (await post(client)).json()["client_order_id"]
        for body, key in asked:
            whole = {**NEW, **body}
            content = _encoded(whole)
            sendable = key if key.isascii() and key.isprintable() else "k"
            headers = {"content-type": "application/json", "idempotency-key": sendable}
            for method, path, sent in (
                ("POST", BASE, content),
                ("POST", f"{BASE}/preview", content),
                ("PATCH", f"{BASE}/{tag}", _encoded(body)),
            ):
                answer = await client.request(method, path, content=sent, headers=headers)
                assert answer.status_code < 500, (sent, answer.text)


def _encoded(document: Any) -> bytes:
    """Return JSON as a careless program writes it: with NaN, and lone surrogates escaped."""
    return json.dumps(document).encode()
