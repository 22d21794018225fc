"""The documented shapes are those of the answers."""

import json
from dataclasses import asdict

from gateway_world import World

from voldesk.gateways import schemas
from voldesk.gateways.documents import (
    Layout,
    chain_head,
    chain_pieces,
    chosen_rows,
    contract_columns,
    expiries_document,
    underlyings_document,
)
from voldesk.gateways.encode import encode_json
from voldesk.gateways.health import health_document
from voldesk.model.feed_state import FeedState


def test_chains_validate_in_both_layouts() -> None:
    """A chain as it is answered is what OpenAPI says, key for key."""
    world = World()
    world.add("NIFTY", expiries=2)
    update = world.chains["NIFTY"]
    head = chain_head(update, "boot", is_delta=False)
    columns = contract_columns(update, chosen_rows(update, None, None))
    for layout, model in (
        (Layout.ROWS, schemas.ChainByRows),
        (Layout.COLUMNS, schemas.ChainByColumns),
    ):
        told = json.loads(b"".join(chain_pieces(head, columns, layout)))
        assert set(told) == set(model.model_fields)
        model.model_validate(told)
    assert set(columns) == set(schemas.Contract.model_fields)
    assert set(columns) == set(schemas.ContractColumns.model_fields)


def test_lists_validate() -> None:
    """Underlyings and expiries are what OpenAPI says, key for key."""
    world = World()
    world.add("NIFTY", expiries=2)
    (one,) = json.loads(encode_json(underlyings_document(world.chains, world.day)))
    assert set(one) == set(schemas.Underlying.model_fields)
    schemas.Underlying.model_validate(one)
    assert set(one["day"]) == set(schemas.Day.model_fields)
    for row in json.loads(encode_json(expiries_document(world.chains["NIFTY"]))):
        assert set(row) == set(schemas.Expiry.model_fields)
        schemas.Expiry.model_validate(row)


def test_health_validates() -> None:
    """Every part of what a running process tells is what OpenAPI says."""
    notice = {"code": 2104, "text": "farm ok", "at": 5_000}
    state = FeedState(is_connected=True, data_type="delayed", lines_used=3, lines_limit=100)
    told = health_document(
        {
            "kind": "health",
            "ts": 1_000,
            "underlyings": [],
            "feeds": [
                {
                    "name": "ib",
                    "is_down": False,
                    "reason": "",
                    "line": {**asdict(state), "notices": (notice,)},
                }
            ],
            "subscriptions": [],
            "asked": [{"feed": "ib", "full": 3, "light": 0}],
        }
    )
    assert set(told) == set(schemas.Health.model_fields)
    assert set(told["feeds"][0]["line"]) == set(schemas.Line.model_fields)
    schemas.Health.model_validate(told)
