"""The HTTP API: what is served, chains and summaries as they stand, health, counters, sign-in."""

import asyncio
import secrets
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from voldesk.analytics.update import ChainUpdate
from voldesk.gateways import schemas
from voldesk.gateways.auth import SESSION_HEADER, Keys, cookie_header
from voldesk.gateways.documents import (
    Layout,
    chain_head,
    chain_pieces,
    chosen_rows,
    contract_columns,
    expiries_document,
    snapshot_id,
    summary_document,
    underlyings_document,
)
from voldesk.gateways.encode import encode_json
from voldesk.gateways.hub import Hub
from voldesk.gateways.metrics import MEDIA_TYPE, Metrics
from voldesk.gateways.problems import ClientError
from voldesk.gateways.topics import require_expiry

JSON: Final = "application/json"
BASE: Final = "/api/v1/underlyings"
_BIG: Final = 2_000  # rows from which an answer is encoded with pauses

_PROBLEM: Final[dict[str, Any]] = {"model": schemas.Problem}
_SIGNED: Final[dict[int | str, dict[str, Any]]] = {
    401: {**_PROBLEM, "description": "Reading needs a token here"},
    403: {**_PROBLEM, "description": "Another page's request"},
    421: {**_PROBLEM, "description": "A Host we are not"},
}
_FOUND: Final[dict[int | str, dict[str, Any]]] = {
    **_SIGNED,
    404: {**_PROBLEM, "description": "No such underlying"},
    422: {**_PROBLEM, "description": "A parameter is not understood"},
}
_CACHED: Final[dict[int | str, dict[str, Any]]] = {
    **_FOUND,
    304: {"description": "As in the ETag sent"},
}

Symbol = Annotated[str, Path(max_length=64, examples=["NIFTY"])]


def rest_router(hub: Hub, keys: Keys, *, is_secure: bool) -> APIRouter:
    """Return the routes; the guard and the sign-in stand before them."""
    router = APIRouter()
    boot = secrets.token_hex(4)
    _add_lists(router, hub)
    _add_chain(router, hub, boot)
    _add_summary(router, hub, boot)
    _add_health(router, hub)
    _add_session(router, keys, is_secure=is_secure)
    return router


def _add_lists(router: APIRouter, hub: Hub) -> None:
    @router.get(BASE, response_model=list[schemas.Underlying], responses=_SIGNED)
    async def underlyings() -> Response:
        """List what is served."""
        return _json(encode_json(underlyings_document(hub.state.chains, hub.state.day)))

    @router.get(
        f"{BASE}/{{symbol}}/expiries", response_model=list[schemas.Expiry], responses=_FOUND
    )
    async def expiries(symbol: Symbol) -> Response:
        """List the series of an underlying, in order of settlement."""
        return _json(encode_json(expiries_document(_chain(hub, symbol))))


def _add_chain(router: APIRouter, hub: Hub, boot: str) -> None:
    @router.get(
        f"{BASE}/{{symbol}}/chain",
        response_model=schemas.ChainByRows | schemas.ChainByColumns,
        responses=_CACHED,
    )
    async def chain(
        request: Request,
        symbol: Symbol,
        expiry: Annotated[date | None, Query(description="one expiry; all if left out")] = None,
        layout: Layout = Layout.ROWS,
        since: Annotated[
            int | None, Query(ge=0, description="the seq of an earlier answer: rows changed since")
        ] = None,
        snapshot: Annotated[
            str | None,
            Query(
                alias="snapshot_id",
                max_length=64,
                description="that of the earlier answer; if it is no longer valid, or missing,"
                " the answer is a snapshot",
            ),
        ] = None,
    ) -> Response:
        """
        Return a chain as it stands, or what changed in it.

        To follow a chain where WebSockets are blocked, ask again with ``since`` and
        ``snapshot_id`` of the last answer and write the contracts it brings over those with the
        same ``row``; a ``kind`` of ``snapshot`` replaces all. Nothing new: 304 with the ETag.
        """
        update = _chain(hub, symbol)
        require_expiry(update, expiry)
        etag = f'W/"{snapshot_id(boot, update)}.{update.seq}"'
        if _is_known(request, etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"etag": etag})
        is_delta = since is not None and snapshot == snapshot_id(boot, update)
        is_delta = is_delta and since is not None and since <= update.seq
        rows = chosen_rows(update, expiry, since if is_delta else None)
        head = chain_head(update, boot, is_delta=is_delta)
        columns = contract_columns(update, rows)
        pieces: list[bytes] = []
        for piece in chain_pieces(head, columns, layout):
            pieces.append(piece)
            if len(rows) > _BIG:
                await asyncio.sleep(0)
        return _json(b"".join(pieces), {"etag": etag, "cache-control": "no-cache"})


def _add_summary(router: APIRouter, hub: Hub, boot: str) -> None:
    @router.get(f"{BASE}/{{symbol}}/summary", response_model=schemas.Summary, responses=_CACHED)
    async def summary(request: Request, symbol: Symbol) -> Response:
        """Return the analytics of an underlying as last computed."""
        _chain(hub, symbol)
        update = hub.summaries.get(symbol)
        if update is None:
            raise ClientError("no_summary", f"{symbol} has no summary yet", HTTPStatus.NOT_FOUND)
        etag = f'W/"{snapshot_id(boot, update)}.{update.seq}"'
        if _is_known(request, etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"etag": etag})
        body = encode_json(summary_document(update, hub.state.day(symbol)))
        return _json(body, {"etag": etag, "cache-control": "no-cache"})


def _add_health(router: APIRouter, hub: Hub) -> None:
    metrics = Metrics(hub)

    @router.get("/api/v1/health", response_model=schemas.Health, responses=_SIGNED)
    async def health() -> Response:
        """Tell how the process is; always 200 while it can answer."""
        return _json(encode_json(dict(hub.state.health())))

    @router.get(
        "/api/v1/ready",
        response_model=schemas.Readiness,
        responses={503: {"model": schemas.Readiness, "description": "Not yet, or no longer"}},
    )
    async def ready() -> Response:
        """Say with the status code whether there is something to serve."""
        status = hub.state.health().get("status")
        reason = "" if hub.state.chains else "no chain has been published yet"
        if status == "down":
            reason = "every feed is down"
        body = encode_json({"is_ready": not reason, "reason": reason})
        code = HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.OK
        return _json(body, status=code)

    @router.get("/metrics", include_in_schema=False)
    async def counters() -> Response:
        """Return the counters in Prometheus's text format."""
        return Response(metrics.read(), media_type=MEDIA_TYPE)


def _add_session(router: APIRouter, keys: Keys, *, is_secure: bool) -> None:
    @router.post(
        "/api/v1/session",
        response_model=schemas.Session,
        responses={
            403: {**_PROBLEM, "description": "The code is not good, or another page sent it"},
            415: {**_PROBLEM, "description": "Not JSON"},
            422: {**_PROBLEM, "description": "No code"},
        },
    )
    async def session(code: schemas.Code) -> Response:
        """Turn the one-time code of the printed address into a session cookie."""
        cookie, proof = keys.exchange(code.code)
        body = encode_json({"header": SESSION_HEADER.decode(), "proof": proof})
        return _json(body, {"set-cookie": cookie_header(cookie, is_secure=is_secure)})


def _chain(hub: Hub, symbol: str) -> ChainUpdate:
    update = hub.state.chains.get(symbol)
    if update is None:
        names = ", ".join(list(hub.state.chains)[:12]) or "none yet"
        raise ClientError(
            "unknown_underlying",
            f"no underlying {symbol!r}; there are {names}",
            HTTPStatus.NOT_FOUND,
        )
    return update


def _json(
    body: bytes, headers: dict[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    return Response(body, media_type=JSON, headers=headers, status_code=status)


def _is_known(request: Request, etag: str) -> bool:
    """Say whether the client has this already (RFC 9110 section 13.1.2, weak comparison)."""
    asked = request.headers.get("if-none-match", "")
    bare = etag.removeprefix("W/")
    return any(
        one.strip() == "*" or one.strip().removeprefix("W/") == bare for one in asked.split(",")
    )
