"""``voldesk chain`` and ``voldesk skew``: look again every few seconds, show what is there."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import numpy as np
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from voldesk.app import logs
from voldesk.app.live_table import table_of
from voldesk.app.logs import LogLevel, LogSettings
from voldesk.app.render.live import live_page, skew_lines
from voldesk.app.running import run
from voldesk.app.skew import NetIv, net_iv_of
from voldesk.app.sources import ChainSource, Document, open_source
from voldesk.app.stdout import write_data, write_text

if TYPE_CHECKING:
    from voldesk.app.settings import Loaded

_T = TypeVar("_T")

_DAY_US: Final = 86_400_000_000
_FILLING_SECS: Final = 8.0
_LOOK_SECS: Final = 0.2
_FEW_ROWS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    How a live view is shown.

    Attributes:
        every_secs: Between two looks.
        is_once: Look once and end.
        is_json: One JSON object per line.
    """

    every_secs: float
    is_once: bool
    is_json: bool


def watch_chain(
    loaded: "Loaded", url: str | None, symbol: str, expiry: date | None, strikes: int, look: Look
) -> None:
    """
    Show one expiry of a chain until stopped.

    Args:
        loaded: Settings.
        url: Of a voldesk that is running; found or started if None.
        symbol: The underlying.
        expiry: None for the first one that has not settled.
        strikes: On each side of the forward, 0 for all.
        look: How.

    Raises:
        ConfigError: There is no such underlying or expiry.
        VenueUnavailable: Nobody answers.
    """

    async def main(stop: asyncio.Event) -> None:
        async with open_source(loaded, url, (symbol,), expiry) as source:
            front = _Front(source, symbol, expiry)
            with _screen(look) as show:
                document = await _first(front.look, _has_figures)
                while True:
                    if look.is_json:
                        write_data(msgspec.json.encode(document) + b"\n")
                    else:
                        summary = await source.summary(symbol)
                        table, feed = table_of(document), document["feed"]
                        show(lambda width: live_page(table, summary, feed, strikes, width))  # noqa: B023  # shown at once
                    if look.is_once or await _is_over(stop, look.every_secs):
                        return
                    document = await front.look()

    _quiet(loaded)
    run(main)


def watch_skew(
    loaded: "Loaded",
    url: str | None,
    symbols: Sequence[str],
    expiry: date | None,
    delta: float,
    look: Look,
) -> None:
    """
    Show the net iv of several underlyings until stopped; the contracts are chosen at each look.

    Args:
        loaded: Settings.
        url: As of `watch_chain`.
        symbols: The underlyings.
        expiry: None for the first one with at least a day left.
        delta: Above 0 and below 1.
        look: How.

    Raises:
        ConfigError: There is no such underlying or expiry.
        VenueUnavailable: Nobody answers.
    """

    async def main(stop: asyncio.Event) -> None:
        async with open_source(loaded, url, tuple(symbols), expiry, least_days=1.0) as source:
            fronts = [_Front(source, symbol, expiry, least_life_us=_DAY_US) for symbol in symbols]

            async def look_at_all() -> list[NetIv]:
                return [net_iv_of(table_of(await one.look()), delta) for one in fronts]

            with _screen(look) as show:
                found = await _first(look_at_all, _has_net_ivs)
                while True:
                    if look.is_json:
                        _write_lines(found)
                    else:
                        show(lambda width: skew_lines(found, width))  # noqa: B023  # shown at once
                    if look.is_once or await _is_over(stop, look.every_secs):
                        return
                    found = await look_at_all()

    _quiet(loaded)
    run(main)


async def _first(look: Callable[[], Awaitable[_T]], is_enough: Callable[[_T], bool]) -> _T:
    """Look until there is something to see, a while at most: a chain fills in the first seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _FILLING_SECS
    found = await look()
    while not is_enough(found) and loop.time() < deadline:
        await asyncio.sleep(_LOOK_SECS)
        found = await look()
    return found


def _has_figures(document: Document) -> bool:
    """Say whether a chain is no longer bare; a node's answer has NaN where a server's has null."""
    ivs = document["contracts"]["iv"]
    known = sum(iv is not None and bool(np.isfinite(iv)) for iv in ivs)
    return known >= min(_FEW_ROWS, len(ivs) // 2)


def _has_net_ivs(found: Sequence[NetIv]) -> bool:
    return all(np.isfinite(one.net_iv) and np.isfinite(one.risk_reversal) for one in found)


class _Front:
    """
    Asks for one expiry: the one given, else the first that lives, while it does.

    Args:
        source: Who is asked.
        symbol: The underlying.
        expiry: None for the first.
        least_life_us: It settles after at least so long, where there is such a one.
    """

    def __init__(
        self, source: ChainSource, symbol: str, expiry: date | None, *, least_life_us: int = 0
    ) -> None:
        self._source = source
        self._symbol = symbol
        self._asked = expiry
        self._expiry = expiry
        self._least_life_us = least_life_us
        self._changes_us = 0

    async def look(self) -> Document:
        """Return the chain of the expiry as it stands."""
        document = await self._source.chain(self._symbol, self._expiry)
        if self._asked is not None:
            return document
        now_us = document["as_of_us"] or 0
        if self._expiry is None or now_us >= self._changes_us:
            series = document["series"]
            settles = np.array([ts or 0 for ts in series["settles_at_us"]], dtype=np.int64)
            alive = np.flatnonzero(settles > now_us + self._least_life_us)
            place = int(alive[0]) if alive.size else len(settles) - 1
            self._expiry = date.fromisoformat(series["expiry"][place])
            self._changes_us = int(settles[place]) - self._least_life_us if alive.size else 2**62
            document = await self._source.chain(self._symbol, self._expiry)
        return document


_Page = Callable[[int], list[Text]]


def _screen(look: Look) -> AbstractContextManager[Callable[[_Page], None]]:
    """Give what shows a page: over the last one in a terminal, else below it."""
    console = Console(highlight=False, soft_wrap=True)
    if look.is_json or look.is_once or not console.is_terminal:
        return nullcontext(lambda page: _print(console, page))
    return _LiveScreen(console)


class _LiveScreen(AbstractContextManager[Callable[[_Page], None]]):
    """Draws each page over the last one, on a screen that is given back at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, screen=True, auto_refresh=False)

    def __enter__(self) -> Callable[[_Page], None]:
        self._live.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def _show(self, page: _Page) -> None:
        self._live.update(Group(*page(self._console.width)), refresh=True)


def _print(console: Console, page: _Page) -> None:
    with console.capture() as captured:  # Rich would answer a broken pipe in its own way
        for line in page(console.width):
            console.print(line)
    write_text(captured.get())


def _write_lines(found: Sequence[NetIv]) -> None:
    write_text("".join(json.dumps(one.document()) + "\n" for one in found))


async def _is_over(stop: asyncio.Event, secs: float) -> bool:
    """Wait for the next look; say whether the operator wants no more."""
    try:
        async with asyncio.timeout(secs):
            await stop.wait()
    except TimeoutError:
        return False
    return True


def _quiet(loaded: "Loaded") -> None:
    """Let nothing but warnings stand between the operator and the page."""
    level = loaded.settings.log.level
    chosen = LogLevel.WARNING if level is LogLevel.INFO else level
    logs.configure(LogSettings(level=chosen, format=loaded.settings.log.format))
