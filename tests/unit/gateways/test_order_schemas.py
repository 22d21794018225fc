"""The answers about orders are of the shapes that the OpenAPI document tells."""

from typing import Any

import httpx
import pytest
from gateway_world import TOKEN, World, serving
from hand_desk import CALL, HandDesk
from orders import an_intent
from pydantic import BaseModel, ConfigDict, TypeAdapter

from voldesk.gateways import order_schemas as shapes
from voldesk.model.events import Adopted
from voldesk.model.orders import Leg

ORDER = {"contract": "AMZN 2026-01-16 C 200", "side": "buy", "quantity": 1, "limit_price": 1}
CASES: list[tuple[str, str, Any, Any]] = [
    ("GET", "orders", None, list[shapes.OrderDocument]),
    ("GET", "orders/vd-1", None, shapes.OrderDocument),
    ("POST", "orders", ORDER, shapes.OrderDocument),
    ("POST", "orders", {**ORDER, "quantity": 99}, shapes.DeniedProblem),
    ("POST", "orders/preview", ORDER, shapes.PreviewDocument),
    ("DELETE", "orders", None, shapes.CancelledDocument),
    ("GET", "positions", None, list[shapes.PositionDocument]),
    ("GET", "portfolio", None, shapes.PortfolioDocument),
    ("GET", "portfolio/scenarios", None, shapes.ScenariosDocument),
    ("GET", "risk", None, shapes.RiskDocument),
    ("POST", "kill", {}, shapes.StoppedDocument),
]


@pytest.mark.parametrize(("method", "path", "body", "shape"), CASES)
async def test_an_answer_has_the_keys_of_its_shape(
    method: str, path: str, body: Any, shape: Any
) -> None:
    """Each key that is told is described, and each that is described is told."""
    desk = HandDesk()
    desk.apply(
        Adopted(
            intent=an_intent("vd-1", legs=(Leg(CALL),), account="PAPER"), venue_order_id="v", at=1
        )
    )
    desk.fill("vd-1", 1)
    headers = {"authorization": f"Bearer {TOKEN}", "idempotency-key": "k"}
    async with (
        serving(World(), orders=desk) as gateway,
        httpx.AsyncClient(base_url=f"{gateway.url}api/v1", headers=headers) as client,
    ):
        answer = (await client.request(method, f"/{path}", json=body)).json()
    strict = ConfigDict(extra="forbid")
    TypeAdapter(shape).validate_python(answer)
    for one in answer if isinstance(answer, list) else [answer]:
        model: type[BaseModel] = shape.__args__[0] if isinstance(answer, list) else shape
        assert set(one) == set(model.model_fields), strict
