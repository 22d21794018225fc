"""The page: files of a folder, or one sentence that says how to build them."""

import re
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from voldesk.gateways.guard import refuse
from voldesk.gateways.problems import ClientError

_HASHED: Final = re.compile(r"^assets/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9.]+$")
"""A file whose name changes with its content, as the bundler writes it."""

_404: Final = HTTPStatus.NOT_FOUND
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NOT_KEPT: Final = "no-store"
_NOT_THE_PAGE: Final = frozenset({"api", "ws", "socket.io", "metrics"})

NOT_BUILT: Final = """\
voldesk is running; its page has not been built.

  In a checkout:      make web          (needs Node 20 or newer), then reload
  From a package:     reinstall voldesk; its wheel carries the page

The API works without it:
  /api/v1/underlyings          what is served
  /api/v1/openapi.json         all of the HTTP API
  /ws/stream                   chains as they change
"""


class Page:
    """Serves the built page, an ASGI application; unknown addresses without a dot are the page."""

    def __init__(self, folder: Path | None) -> None:
        is_built = folder is not None and (folder / "index.html").is_file()
        self._files = StaticFiles(directory=folder) if is_built else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; there are no streams here."""
        if scope["type"] == "websocket":
            await refuse(scope, receive, send, ClientError("not_found", "no such stream", _404))
            return
        response = await self._respond(scope)
        await response(scope, receive, send)

    async def _respond(self, scope: Scope) -> Response:
        if self._files is None:
            if scope["path"] == "/":
                return PlainTextResponse(NOT_BUILT, headers={"cache-control": _NOT_KEPT})
            raise HTTPException(_404)
        path = scope["path"].lstrip("/")
        if path.partition("/")[0] in _NOT_THE_PAGE:
            raise HTTPException(_404)
        is_place = "." not in PurePosixPath(path).name  # /chain/NIFTY: a place within the page
        name = "index.html" if is_place else path
        response = await self._files.get_response(name, scope)
        is_kept = bool(_HASHED.match(name)) and response.status_code in {200, 206, 304}
        response.headers["cache-control"] = _FOR_EVER if is_kept else _NOT_KEPT
        return response
