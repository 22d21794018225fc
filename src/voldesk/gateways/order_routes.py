"""Orders over HTTP: previewed, placed, changed and cancelled."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Header, Path, Query, Response

from voldesk.gateways import order_schemas as shapes
from voldesk.gateways.encode import encode_json
from voldesk.gateways.order_brackets import ways_out
from voldesk.gateways.order_cost import cost_of
from voldesk.gateways.order_desk import OrderDesk, Placed
from voldesk.gateways.order_documents import (
    check_document,
    is_open,
    order_document,
    preview_document,
)
from voldesk.gateways.order_requests import NewOrder, NewTerms
from voldesk.gateways.order_tickets import Tickets
from voldesk.gateways.problems import MEDIA_TYPE, ClientError, problem_body
from voldesk.gateways.schemas import Problem
from voldesk.gateways.topics import MOST_ORDERS
from voldesk.model.errors import ConfigError, OrderDenied, StorageError, VenueUnavailable
from voldesk.model.lifecycle import State
from voldesk.model.orders import Intent, Leg
from voldesk.trading.gate import Verdict
from voldesk.trading.ledger import OrderRecord
from voldesk.trading.marks import Mark

BASE: Final = "/api/v1/orders"
_JSON: Final = "application/json"
_NS_PER_US: Final = 1_000
_PREVIEW_ID: Final = "vd-preview"
_BAD: Final = HTTPStatus.UNPROCESSABLE_ENTITY
_PENDING: Final = ("order_pending", HTTPStatus.CONFLICT)

_PROBLEM: Final[dict[str, Any]] = {"model": Problem}
READ: Final[dict[int | str, dict[str, Any]]] = {
    401: {**_PROBLEM, "description": "A token or a session is needed"},
    403: {**_PROBLEM, "description": "Another page's request"},
    421: {**_PROBLEM, "description": "A Host we are not"},
    422: {**_PROBLEM, "description": "A parameter is not understood"},
    503: {**_PROBLEM, "description": "Nothing trades here, or there is no line to the broker"},
}
CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    **READ,
    422: {"model": shapes.DeniedProblem | Problem, "description": "It cannot be, or is denied"},
    507: {**_PROBLEM, "description": "It cannot be made durable; nothing was sent"},
}
_PLACED: Final[dict[int | str, dict[str, Any]]] = {
    **CHANGED,
    200: {"model": shapes.OrderDocument, "description": "The order of an earlier request"},
    409: {**_PROBLEM, "description": "The key belongs to another request"},
    428: {**_PROBLEM, "description": "There is no Idempotency-Key"},
}
_FOUND: Final[dict[int | str, dict[str, Any]]] = {
    **CHANGED,
    404: {**_PROBLEM, "description": "No such order"},
    409: {**_PROBLEM, "description": "It is over, or cannot be changed as it stands"},
}

Name = Annotated[str, Path(max_length=200, examples=["vd-Q2MZ4XKD7L3HWA5T-9F2KX0QC"])]


def orders_router(desk: OrderDesk) -> APIRouter:
    """Return the routes; the guard and the sign-in stand before them."""
    router = APIRouter()
    _add_lists(router, desk)
    _add_new(router, desk)
    _add_changes(router, desk)
    return router


def _add_lists(router: APIRouter, desk: OrderDesk) -> None:
    @router.get(BASE, response_model=list[shapes.OrderDocument], responses=READ)
    async def orders(
        state: Annotated[
            Literal["open"] | None, Query(description="those alone that may still be filled")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=100_000)] = MOST_ORDERS,
    ) -> Response:
        """List orders, the newest first."""
        with telling():
            found = [one for one in desk.orders() if state is None or is_open(one)]
            return answer([order_document(one, desk.mode) for one in found[:limit]])

    @router.get(f"{BASE}/{{name}}", response_model=shapes.OrderDocument, responses=_FOUND)
    async def order(name: Name) -> Response:
        """Return one order."""
        with telling():
            return answer(order_document(_find(desk, name), desk.mode))


def _add_new(router: APIRouter, desk: OrderDesk) -> None:
    tickets = Tickets(desk)

    @router.post(
        BASE,
        response_model=shapes.OrderDocument,
        status_code=HTTPStatus.CREATED,
        responses=_PLACED,
    )
    async def place(
        asked: NewOrder,
        key: Annotated[
            str,
            Header(
                alias="Idempotency-Key",
                description="made when the ticket opens; needed: it makes a request one order",
            ),
        ] = "",
    ) -> Response:
        """Send an order through the gate; the same key and body give the same order again."""
        with telling():
            tag, is_first = tickets.claim(key, asked)
            try:
                placed = await _placed(asked, tag, desk)
            except BaseException:
                tickets.release(tag)
                raise
            order = placed.order
            if order.state is State.DENIED:
                return _denied(order.reason, placed.verdict, order)
            status = HTTPStatus.CREATED if is_first else HTTPStatus.OK
            place = {"location": f"{BASE}/{tag}"}
            return answer(order_document(order, desk.mode), status, place)

    @router.post(f"{BASE}/preview", response_model=shapes.PreviewDocument, responses=CHANGED)
    async def preview(asked: NewOrder) -> Response:
        """Say what the gate would say, what it costs and what it adds; nothing is sent."""
        with telling():
            intent = _intent(asked, _PREVIEW_ID, desk)
            with _possible():
                ways_out(intent, asked.bracket)
            found = await desk.preview(intent)
            marks = _marks(desk, (leg.key for leg in intent.legs))
            cost = cost_of(intent, marks, is_reducing=found.verdict.is_reducing)
            return answer(preview_document(intent, found, cost, marks, desk.mode))


def _add_changes(router: APIRouter, desk: OrderDesk) -> None:
    @router.patch(f"{BASE}/{{name}}", response_model=shapes.OrderDocument, responses=_FOUND)
    async def modify(name: Name, asked: NewTerms) -> Response:
        """Ask the venue for new terms; those it has stay until it says otherwise."""
        with telling(_PENDING):
            order = _alive(desk, name)
            with _possible():
                terms = asked.over((order.asked or order.intent).terms)
                replace(order.intent, terms=terms)
            placed = await desk.modify(order.intent.client_order_id, terms)
            if placed.verdict is not None and not placed.verdict.is_allowed:
                return _denied(placed.verdict.reason, placed.verdict, order)
            return answer(order_document(placed.order, desk.mode))

    @router.delete(f"{BASE}/{{name}}", response_model=shapes.OrderDocument, responses=_FOUND)
    async def cancel(name: Name) -> Response:
        """Ask the venue to cancel an order; nothing of ours stands in the way."""
        with telling(_PENDING):
            order = await desk.cancel(_alive(desk, name).intent.client_order_id)
            return answer(order_document(order, desk.mode))

    @router.delete(BASE, response_model=shapes.CancelledDocument, responses=READ)
    async def cancel_all() -> Response:
        """Ask the venue to cancel every order of the account."""
        with telling():
            done = await desk.cancel_all()
            return answer({"asked": done.asked_to_cancel, "problems": list(done.problems)})


@contextmanager
def telling(denied: tuple[str, HTTPStatus] = ("order_denied", _BAD)) -> Iterator[None]:
    """Tell a client what a desk raises; ``denied`` is what a refusal of the desk's is called."""
    troubles: dict[type[Exception], tuple[str, HTTPStatus]] = {
        ConfigError: ("unknown_contract", _BAD),
        OrderDenied: denied,
        VenueUnavailable: ("venue_unavailable", HTTPStatus.SERVICE_UNAVAILABLE),
        StorageError: ("not_kept", HTTPStatus.INSUFFICIENT_STORAGE),
    }
    try:
        yield
    except tuple(troubles) as exc:
        code, status = next(told for kind, told in troubles.items() if isinstance(exc, kind))
        raise ClientError(code, str(exc), status) from exc


def answer(
    document: object, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    """Return a document as JSON."""
    return Response(encode_json(document), status.value, headers, _JSON)


async def _placed(asked: NewOrder, tag: str, desk: OrderDesk) -> Placed:
    """Return the order of a request, which is sent if it is a new one."""
    known = desk.find(tag)
    if known is not None:
        return Placed(order=known, verdict=None)
    intent = _intent(asked, tag, desk)
    with _possible():
        children = ways_out(intent, asked.bracket)
    return await desk.place(intent, children)


def _intent(asked: NewOrder, tag: str, desk: OrderDesk) -> Intent:
    """
    Return what was asked for as a decision to trade.

    Raises:
        ClientError: It could not be.
        ConfigError: There is no such contract.
    """
    named = asked.named_legs()
    keys = [desk.key_of(one.contract) for one in named]
    underlyings = dict.fromkeys(mark.underlying for mark in _marks(desk, keys))
    if len(underlyings) > 1:
        raise ClientError(
            "bad_order", f"legs on {', '.join(underlyings)}, expected one underlying", _BAD
        )
    with _possible():
        return Intent(
            client_order_id=tag,
            account=desk.account,
            underlying=next(iter(underlyings)),
            legs=tuple(Leg(key, one.ratio) for key, one in zip(keys, named, strict=True)),
            side=asked.side,
            order_type=asked.order_type,
            terms=asked.terms(),
            time_in_force=asked.time_in_force,
            parent_id=asked.parent_id,
            oca_group=asked.oca_group,
            outside_hours=asked.outside_hours,
            is_adaptive=asked.is_adaptive,
            is_reducing=asked.is_reducing,
            reason=asked.reason,
            made_at=desk.now(),
        )


@contextmanager
def _possible() -> Iterator[None]:
    """Tell a client why an order could not be."""
    try:
        yield
    except ValueError as exc:
        raise ClientError("bad_order", str(exc), _BAD) from exc


def _marks(desk: OrderDesk, keys: Iterable[str]) -> list[Mark]:
    """
    Return how contracts stand.

    Raises:
        ConfigError: One has gone.
    """
    found: list[Mark] = []
    for key in keys:
        mark = desk.mark(key)
        if mark is None:
            raise ConfigError(f"no chain has {key}")
        found.append(mark)
    return found


def _find(desk: OrderDesk, name: str) -> OrderRecord:
    order = desk.find(name)
    if order is None:
        raise ClientError("unknown_order", f"no order {name[:100]!r}", HTTPStatus.NOT_FOUND)
    return order


def _alive(desk: OrderDesk, name: str) -> OrderRecord:
    """Return an order that may still change."""
    order = _find(desk, name)
    if order.is_final:
        raise ClientError("order_over", f"order {name} is {order.state}", HTTPStatus.CONFLICT)
    return order


def _denied(reason: str, verdict: Verdict | None, order: OrderRecord) -> Response:
    """Return the problem of a denied order, with everything that was looked at."""
    checks = () if verdict is None else verdict.checks
    problem = msgspec.json.decode(problem_body(_BAD, "order_denied", reason))
    problem["client_order_id"] = order.intent.client_order_id
    problem["checks"] = [check_document(one) for one in checks]
    return Response(encode_json(problem), _BAD.value, media_type=MEDIA_TYPE)
