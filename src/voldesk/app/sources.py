"""Where a live view looks: a voldesk that is running, or a node of its own."""

import asyncio
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any, Final, Protocol

import typer

from voldesk.app.node import Node, build_node, run_node
from voldesk.app.settings import DEFAULT, Loaded
from voldesk.gateways.documents import (
    chain_head,
    chosen_rows,
    contract_columns,
    summary_document,
)
from voldesk.gateways.encode import encode_json
from voldesk.gateways.problems import ClientError
from voldesk.gateways.pump_state import PumpState
from voldesk.gateways.topics import require_expiry
from voldesk.model.errors import ConfigError, VenueUnavailable

Document = dict[str, Any]
"""An answer of the REST API, by columns."""

_TIMEOUT_SECS: Final = 10.0
_PROBE_SECS: Final = 0.5
_FIRST_SECS: Final = 20.0
_LOOK_SECS: Final = 0.05
_NOT_FOUND: Final = 404
_NOT_OPENED: Final = "not opened yet"  # as the pump calls a feed that is being opened


class ChainSource(Protocol):
    """Chains and summaries as they stand."""

    async def chain(self, symbol: str, expiry: date | None) -> Document:
        """
        Return a chain by columns, of one expiry or of all.

        Raises:
            ConfigError: There is no such underlying or expiry.
            VenueUnavailable: Nobody answers.
        """
        ...

    async def summary(self, symbol: str) -> Document | None:
        """Return the analytics, None where there are none yet."""
        ...


class ServerSource:
    """
    Asks a voldesk that is running, over HTTP.

    Args:
        url: Of its page.
        token: Shown where reading needs one; None for nothing.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
            raise ConfigError(f"{url!r} is no address such as http://127.0.0.1:8000")
        self.url = url.rstrip("/")
        self._headers = {} if token is None else {"authorization": f"Bearer {token}"}

    async def chain(self, symbol: str, expiry: date | None) -> Document:
        """Return a chain by columns; see `ChainSource`."""
        query = {"layout": "columns"} | ({} if expiry is None else {"expiry": expiry.isoformat()})
        path = f"{_path(symbol)}/chain?{urllib.parse.urlencode(query)}"
        found = await asyncio.to_thread(self._get, path, _TIMEOUT_SECS)
        if not isinstance(found, dict):
            raise ConfigError(found)
        return found

    async def summary(self, symbol: str) -> Document | None:
        """Return the analytics, None where there are none yet."""
        found = await asyncio.to_thread(self._get, f"{_path(symbol)}/summary", _TIMEOUT_SECS)
        return found if isinstance(found, dict) else None

    async def is_there(self) -> bool:
        """Say whether a voldesk with chains answers, quickly."""
        try:
            found = await asyncio.to_thread(self._get, "/api/v1/ready", _PROBE_SECS)
        except (VenueUnavailable, ConfigError):
            return False
        return isinstance(found, dict) and found.get("is_ready") is True

    def _get(self, path: str, timeout_secs: float) -> Document | str:
        """
        Return the answer, or the sentence that says why there is none.

        Raises:
            ConfigError: It does not answer us.
            VenueUnavailable: It does not answer at all.
        """
        request = urllib.request.Request(self.url + path, headers=self._headers)  # noqa: S310  # http or https, see above
        try:
            with urllib.request.urlopen(request, timeout=timeout_secs) as answer:  # noqa: S310  # likewise
                document: Document = json.load(answer)
                return document
        except urllib.error.HTTPError as exc:
            detail = _detail(exc)
            if exc.code == _NOT_FOUND:
                return detail
            raise ConfigError(f"{self.url} answers {exc.code}: {detail}") from exc
        except (OSError, http.client.HTTPException, ValueError) as exc:
            reason = getattr(exc, "reason", exc)
            raise VenueUnavailable(
                f"no voldesk answers at {self.url} ({reason}); 'voldesk up' starts one"
            ) from exc


class NodeSource:
    """Reads a node that runs in this process, without a server."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._state = PumpState(node.pump, node.bus)
        self._summaries: dict[str, Document] = {}
        node.bus.on("chain/*", self._hear, name="live view")

    async def chain(self, symbol: str, expiry: date | None) -> Document:
        """Return a chain by columns; see `ChainSource`."""
        await self._wait(symbol)
        update = self._state.chains[symbol]
        try:
            require_expiry(update, expiry)
        except ClientError as exc:
            raise ConfigError(exc.message) from exc
        rows = chosen_rows(update, expiry, None)
        head = chain_head(update, "node", is_delta=False)
        columns = contract_columns(update, rows)
        return {**head, "layout": "columns", "contracts": columns}

    async def summary(self, symbol: str) -> Document | None:
        """Return the analytics, None where there are none yet."""
        return self._summaries.get(symbol)

    def _hear(self, _topic: str, update: Any) -> None:  # noqa: ANN401  # the topic's own type
        if update.summary is not None:
            self._summaries[update.underlying] = json.loads(encode_json(summary_document(update)))

    async def _wait(self, symbol: str) -> None:
        """Wait for the first figures of an underlying."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _FIRST_SECS
        while symbol not in self._summaries:
            known = self._node.pump.underlyings
            if known and symbol not in known:
                raise ConfigError(f"no underlying {symbol!r}; there are {', '.join(known)}")
            self._require_a_feed()
            if loop.time() > deadline:
                raise VenueUnavailable(f"{symbol} has not ticked for {_FIRST_SECS:g} s")
            await asyncio.sleep(_LOOK_SECS)

    def _require_a_feed(self) -> None:
        """
        Refuse to wait for feeds that have all given up.

        Raises:
            VenueUnavailable: With the reason of the last one.
        """
        reasons = [feed["reason"] for feed in self._node.pump.health()["feeds"] if feed["is_down"]]
        if len(reasons) == len(self._node.pump.feeds) and _NOT_OPENED not in reasons:
            raise VenueUnavailable(reasons[-1])


@asynccontextmanager
async def open_source(
    loaded: Loaded,
    url: str | None,
    symbols: tuple[str, ...],
    expiry: date | None = None,
    least_days: float = 0.0,
) -> AsyncIterator[ChainSource]:
    """
    Give the source of a live view: the address given, else the feeds given, else what is there.

    Where nobody named an address or a feed, a voldesk at the configured port is asked, and where
    there is none a simulated market of the symbols is started here. A feed that is started lists no
    more than is looked at, where the settings leave that open.

    Args:
        loaded: Settings.
        url: Of a voldesk that is running, or None.
        symbols: The underlyings looked at.
        expiry: The expiry looked at; None for the first one.
        least_days: The first one has at least so long to go.

    Raises:
        ConfigError: The feeds cannot be built.
    """
    if url is not None:
        yield ServerSource(url, _token(loaded))
        return
    gateway = loaded.settings.gateway
    server = ServerSource(f"http://{gateway.host}:{gateway.port}", _token(loaded))
    if loaded.origin("feeds") == DEFAULT:
        if await server.is_there():
            yield server
            return
        typer.echo(f"no voldesk runs at {server.url}: this is a simulated market", err=True)
    stop = asyncio.Event()
    node = build_node(_narrowed(loaded, symbols, expiry, least_days), is_serving=False)
    source = NodeSource(node)
    async with asyncio.TaskGroup() as group:
        group.create_task(run_node(node, stop), name="node")
        try:
            yield source
        finally:
            stop.set()


def _narrowed(
    loaded: Loaded, symbols: tuple[str, ...], expiry: date | None, least_days: float
) -> Loaded:
    """List no more than is looked at, where nobody asked for something else."""
    names = tuple(dict.fromkeys(symbols))
    sim, ib, deribit = loaded.settings.sim, loaded.settings.ib, loaded.settings.deribit
    if loaded.origin("sim.symbols") == DEFAULT:
        sim = replace(sim, symbols=names)
    if loaded.origin("ib.symbols") == DEFAULT:
        ib = replace(ib, symbols=names)
    if loaded.origin("deribit.underlyings") == DEFAULT:
        deribit = replace(deribit, underlyings=names)
    chain = replace(ib.chain, expiry_count=1, least_days=least_days)
    if expiry is not None:
        chain = replace(chain, expiries=(expiry.isoformat(),))
    ib = replace(ib, chain=chain)
    changed = {"sim": sim, "ib": ib, "deribit": deribit}
    return replace(loaded, settings=loaded.settings.model_copy(update=changed))


def _token(loaded: Loaded) -> str | None:
    secret = loaded.settings.token
    return None if secret is None else secret.get_secret_value()


def _path(symbol: str) -> str:
    return f"/api/v1/underlyings/{urllib.parse.quote(symbol, safe='')}"


def _detail(error: urllib.error.HTTPError) -> str:
    """Return what the problem document says, else the reason of the status line."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
