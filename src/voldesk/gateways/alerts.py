"""Alerts over HTTP: what is watched for, something more, something no more."""

from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Path, Response

from voldesk.gateways.alert_desk import AlertDesk, HeldAlert, Origin
from voldesk.gateways.alert_schemas import HeldAlertDocument, NewAlert
from voldesk.gateways.encode import encode_json
from voldesk.gateways.problems import ClientError
from voldesk.gateways.schemas import Problem
from voldesk.gateways.state import State
from voldesk.model.errors import ConfigError, StorageError
from voldesk.strategies.alerts import MOST_RULES, Rule
from voldesk.strategies.figures import SELECTOR

BASE: Final = "/api/v1/alerts"
_JSON: Final = "application/json"
_NS_PER_US: Final = 1_000
_SHOWN: Final = 12  # names listed in an error

_PROBLEM: Final[dict[str, Any]] = {"model": Problem}
_SIGNED: Final[dict[int | str, dict[str, Any]]] = {
    401: {**_PROBLEM, "description": "A token or a session is needed"},
    403: {**_PROBLEM, "description": "Another page's request"},
    421: {**_PROBLEM, "description": "A Host we are not"},
}
_CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    **_SIGNED,
    409: {**_PROBLEM, "description": "It stands in the way of another one"},
    422: {**_PROBLEM, "description": "It is not possible"},
    507: {**_PROBLEM, "description": "It cannot be kept"},
}
_ABSENT: Final[dict[int | str, dict[str, Any]]] = {
    404: {**_PROBLEM, "description": "No such alert"}
}

Name = Annotated[str, Path(max_length=200, examples=["NIFTY vol"])]


def alerts_router(desk: AlertDesk, state: State) -> APIRouter:
    """Return the routes; the guard and the sign-in stand before them."""
    router = APIRouter()

    @router.get(BASE, response_model=list[HeldAlertDocument], responses=_SIGNED)
    async def alerts() -> Response:
        """List every alert, those of the settings first."""
        return _json([_document(one) for one in desk.held()])

    @router.get(
        f"{BASE}/{{name}}", response_model=HeldAlertDocument, responses={**_SIGNED, **_ABSENT}
    )
    async def alert(name: Name) -> Response:
        """Return one alert."""
        return _json(_document(_find(desk, name)))

    @router.post(
        BASE,
        response_model=HeldAlertDocument,
        status_code=HTTPStatus.CREATED,
        responses=_CHANGED,
    )
    async def create(asked: NewAlert) -> Response:
        """Watch for crossings from now on; a figure beyond the level has not crossed it."""
        rule = asked.rule()
        _require_room(desk, rule)
        _require_listed(rule, state)
        try:
            held = await desk.add(rule)
        except ConfigError as exc:
            raise ClientError("bad_alert", str(exc), HTTPStatus.UNPROCESSABLE_ENTITY) from exc
        except StorageError as exc:
            raise ClientError("not_kept", str(exc), HTTPStatus.INSUFFICIENT_STORAGE) from exc
        place = {"location": f"{BASE}/{quote(rule.name, safe='')}"}
        return _json(_document(held), HTTPStatus.CREATED, place)

    @router.delete(
        f"{BASE}/{{name}}",
        status_code=HTTPStatus.NO_CONTENT,
        response_class=Response,
        responses={**_CHANGED, **_ABSENT},
    )
    async def remove(name: Name) -> Response:
        """Watch for it no more; one of the settings stays."""
        if _find(desk, name).origin is Origin.SETTINGS:
            raise ClientError(
                "fixed_alert",
                f"alert {name!r} stands under alerts.rules of the settings: take it out there",
                HTTPStatus.CONFLICT,
            )
        try:
            await desk.remove(name)
        except StorageError as exc:
            raise ClientError("not_kept", str(exc), HTTPStatus.INSUFFICIENT_STORAGE) from exc
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


def _find(desk: AlertDesk, name: str) -> HeldAlert:
    found = next((one for one in desk.held() if one.rule.name == name), None)
    if found is None:
        names = ", ".join(one.rule.name for one in desk.held()[:_SHOWN]) or "none"
        raise ClientError(
            "unknown_alert", f"no alert {name[:100]!r}; there are {names}", HTTPStatus.NOT_FOUND
        )
    return found


def _require_room(desk: AlertDesk, rule: Rule) -> None:
    held = desk.held()
    if any(one.rule.name == rule.name for one in held):
        raise ClientError(
            "alert_exists",
            f"there is an alert {rule.name!r} already: a name is one alert's",
            HTTPStatus.CONFLICT,
        )
    if len(held) >= MOST_RULES:
        raise ClientError(
            "too_many_alerts",
            f"there are {len(held)} alerts, at most {MOST_RULES} may be",
            HTTPStatus.CONFLICT,
        )


def _require_listed(rule: Rule, state: State) -> None:
    """Refuse what no chain that is served has: it would never be told."""
    update = state.chains.get(rule.underlying)
    if update is None:
        raise _missing("underlying", rule.underlying, state.chains)
    table = update.table
    expiries = [str(day) for day in table.series.expiry]
    if rule.expiry is not None and rule.expiry.isoformat() not in expiries:
        raise _missing("expiry", rule.expiry.isoformat(), dict.fromkeys(expiries))
    roots = dict.fromkeys(table.series.root.tolist())
    if rule.root is not None and rule.root not in roots:
        raise _missing("root", rule.root, roots)
    contract = rule.contract
    is_symbol = contract is not None and SELECTOR.fullmatch(contract) is None
    if is_symbol and not np.any(table.rows.symbol == contract):
        raise ClientError(
            "bad_alert",
            f"{rule.underlying} has no contract {contract!r}; give the venue's symbol,"
            " 'atm call', or a delta such as '25d put'",
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )


def _missing(what: str, value: str, known: Any) -> ClientError:  # noqa: ANN401  # names, in order
    names = ", ".join(list(known)[:_SHOWN]) or "none yet"
    return ClientError(
        "bad_alert",
        f"no {what} {value!r} is served; there are {names}",
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _document(held: HeldAlert) -> dict[str, Any]:
    rule = held.rule
    return {
        "name": rule.name,
        "underlying": rule.underlying,
        "field": rule.field,
        "level": rule.level,
        "crosses": rule.crosses,
        "contract": rule.contract,
        "expiry": rule.expiry,
        "root": rule.root,
        "band": rule.band,
        "is_once": rule.is_once,
        "cooldown_secs": rule.cooldown_secs,
        "origin": held.origin,
        "is_kept": held.is_kept,
        "is_spent": held.is_spent,
        "told_at_us": None if held.told_at is None else held.told_at // _NS_PER_US,
    }


def _json(
    document: object, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    return Response(encode_json(document), status.value, headers, _JSON)
