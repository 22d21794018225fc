"""Positions, portfolio and risk over HTTP, and the switch that stops everything."""

import math
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from voldesk.gateways import order_schemas as shapes
from voldesk.gateways.order_desk import OrderDesk
from voldesk.gateways.order_documents import (
    portfolio_document,
    positions_document,
    risk_document,
    scenarios_document,
    stopped_document,
)
from voldesk.gateways.order_requests import KillOrder, Unlock
from voldesk.gateways.order_routes import CHANGED, READ, answer, telling
from voldesk.gateways.problems import ClientError

_BY: Final = "api"
_MOST: Final = {"spot": 41, "vol": 21, "days": 10}
_BOUNDS: Final = {"spot": (-100.0, 1000.0), "vol": (-1000.0, 1000.0), "days": (0.0, 3660.0)}
_BAD: Final = HTTPStatus.UNPROCESSABLE_ENTITY

Moves = Annotated[str, Query(max_length=1_000, pattern=r"^[0-9eE.,+\- ]+$")]


def accounts_router(desk: OrderDesk) -> APIRouter:
    """Return the routes; the guard and the sign-in stand before them."""
    router = APIRouter(prefix="/api/v1")
    _add_holdings(router, desk)
    _add_switch(router, desk)
    return router


def _add_holdings(router: APIRouter, desk: OrderDesk) -> None:
    @router.get("/positions", response_model=list[shapes.PositionDocument], responses=READ)
    async def positions() -> Response:
        """List what is held, and how it stands."""
        with telling():
            return answer(positions_document(desk.standing()))

    @router.get("/portfolio", response_model=shapes.PortfolioDocument, responses=READ)
    async def portfolio() -> Response:
        """Return profit and Greeks by underlying, by expiry and whole."""
        with telling():
            return answer(portfolio_document(desk.standing(), desk.account, desk.mode))

    @router.get("/portfolio/scenarios", response_model=shapes.ScenariosDocument, responses=READ)
    async def scenarios(
        spot: Moves = "-10,-5,-2,0,2,5,10", vol: Moves = "-5,0,5", days: Moves = "0,1,7"
    ) -> Response:
        """Return what moves of spot (percent), vol (points) and time (days) would do."""
        with telling():
            grid = await desk.scenarios(
                _moves("spot", spot), _moves("vol", vol), _moves("days", days)
            )
            return answer(scenarios_document(grid))

    @router.get("/scans", response_model=list[dict[str, Any]], responses=READ)
    async def scans() -> Response:
        """List what the last scans found, the newest first."""
        with telling():
            return answer([dict(one) for one in desk.scans()])


def _add_switch(router: APIRouter, desk: OrderDesk) -> None:
    @router.get("/risk", response_model=shapes.RiskDocument, responses=READ)
    async def risk() -> Response:
        """Return limits and their use, and what the gate lets through."""
        with telling():
            return answer(risk_document(desk.risk()))

    @router.post("/kill", response_model=shapes.StoppedDocument, responses=READ)
    async def kill(asked: KillOrder) -> Response:
        """Stop trading: shut the gate, then cancel everything; it lasts through a restart."""
        with telling():
            reason = asked.reason or "asked for"
            done = await desk.kill(by=_BY, reason=reason, is_flattening=asked.flatten)
            return answer(stopped_document(done, desk.mode))

    @router.post("/unlock", response_model=shapes.RiskDocument, responses=CHANGED)
    async def unlock(asked: Unlock) -> Response:
        """Let trading begin again, once somebody has typed the phrase that `risk` tells."""
        with telling():
            phrase = desk.risk().unlock_phrase
            if asked.phrase != phrase:
                raise ClientError(
                    "wrong_phrase", f"{asked.phrase!r} was typed, expected {phrase!r}", _BAD
                )
            await desk.unlock(by=_BY)
            return answer(risk_document(desk.risk()))


def _moves(name: str, text: str) -> tuple[float, ...]:
    """
    Return the moves of one axis.

    Raises:
        ClientError: One is no number, or out of range, or there are too many.
    """
    low, high = _BOUNDS[name]
    parts = text.split(",")
    if len(parts) > _MOST[name]:
        raise ClientError(
            "bad_parameter", f"{len(parts)} moves of {name}, at most {_MOST[name]} may be", _BAD
        )
    found: list[float] = []
    for part in parts:
        try:
            move = float(part)
        except ValueError:
            move = math.nan
        if not low <= move <= high:
            raise ClientError(
                "bad_parameter", f"{name} {part[:20]!r}, expected {low:g} to {high:g}", _BAD
            )
        found.append(move)
    return tuple(found)
