"""The fault port: loopback HTTP that makes things go wrong at the simulated TWS.

``GET /faults`` lists what there is; ``POST /faults/{name}`` with a JSON object of parameters
makes it happen; ``DELETE /faults/{name}`` puts it right. A page in a browser can do none of it:
requests that carry an Origin, or name another host than the loopback, are refused.
"""

import json
from typing import Any, Final

from aiohttp import web

from voldesk.model.errors import ConfigError
from voldesk.simulator.ib.faults import Faults

_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_MOST_BYTES: Final = 4096


class FaultPort:
    """
    A listening fault port.

    Args:
        faults: What it makes happen.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self, port: int = 0) -> None:
        """
        Listen on the loopback; 0 takes a free port.

        Raises:
            OSError: The port cannot be had.
        """
        app = web.Application(middlewares=[_guarded], client_max_size=_MOST_BYTES)
        app.router.add_get("/faults", self._list)
        app.router.add_post("/faults/{name}", self._begin)
        app.router.add_delete("/faults/{name}", self._end)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _list(self, _: web.Request) -> web.Response:
        rows = [
            {
                "name": fault.name,
                "about": fault.about,
                "parameters": dict(fault.parameters),
                "active": fault.name in self._faults.active,
            }
            for fault in self._faults.table.values()
        ]
        return web.json_response({"faults": rows})

    async def _begin(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        table = self._faults.table
        if name not in table:
            return _refused(404, f"no fault {name!r}; there are {', '.join(table)}")
        text = await request.text()
        try:
            values: Any = json.loads(text) if text.strip() else {}
        except ValueError as error:
            return _refused(400, f"the body is no JSON: {error}")
        if not isinstance(values, dict):
            return _refused(400, "the body is no JSON object")
        try:
            used = self._faults.begin(name, values)
        except ConfigError as error:
            return _refused(400, str(error))
        is_active = name in self._faults.active
        return web.json_response({"name": name, "parameters": dict(used), "active": is_active})

    async def _end(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if not self._faults.finish(name):
            return _refused(404, f"fault {name!r} is not active")
        return web.json_response({"name": name, "active": False})


@web.middleware
async def _guarded(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401  # aiohttp's own type
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host not in _HOSTS:
        return _refused(403, f"host {host!r} is not the loopback")
    if "Origin" in request.headers:
        return _refused(403, "pages may not ask")
    response: web.StreamResponse = await handler(request)
    return response


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
