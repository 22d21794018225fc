"""
One process, put together: who talks to whom, and in which order it begins and ends.

Feeds tick into the pump, the pump publishes on the bus; gateway, recordings and alerts listen to
the bus and do not know of one another. Everything that runs is a task of one group: the first
one that fails ends the others.
"""

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import structlog

from voldesk.app.alert_book import AlertBook
from voldesk.app.feeds import Feeds, build_feeds
from voldesk.app.iv_keeping import IvKeeper, history_file
from voldesk.app.market_view import MarketView
from voldesk.app.recording import Tape
from voldesk.app.scan_rounds import ScanRounds
from voldesk.app.scan_watchlist import Watchlist
from voldesk.app.sessionless import always_open
from voldesk.app.settings import Loaded, Settings, config_folder
from voldesk.app.trading import build_desk
from voldesk.app.trading_desk import TradingDesk
from voldesk.bus.local import STATUS, LocalBus
from voldesk.model.clock import SystemClock
from voldesk.model.errors import ConfigError
from voldesk.pipeline.pump import Pump
from voldesk.pipeline.standing import StandingSubscriptions
from voldesk.pipeline.subscriptions import Subscriptions
from voldesk.pricing import engine
from voldesk.strategies.alerts import TOPIC, Alert, Alerts

if TYPE_CHECKING:
    from voldesk.gateways.server import Gateway

_TOKEN_CHARACTERS: Final = 32
_TROUBLE: Final = frozenset({"STALE", "DOWN"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Node:
    """
    Everything of one process, built and not yet running.

    Attributes:
        gateway: Bound to its port already; None where nobody is served.
        ivs: Keeps ivs for later days; None where none are kept.
        trading: None where nobody trades.
        scans: The scan on its schedule, None where there is none.
    """

    settings: Settings
    feeds: Feeds
    bus: LocalBus
    pump: Pump
    subscriptions: Subscriptions
    alerts: AlertBook
    tapes: tuple[Tape, ...]
    gateway: "Gateway | None"
    ivs: IvKeeper | None = None
    trading: TradingDesk | None = None
    scans: ScanRounds | None = None


def build_node(loaded: Loaded, *, is_serving: bool = True, feeds: Feeds | None = None) -> Node:
    """
    Put a process together as its settings say.

    Args:
        loaded: The settings.
        is_serving: Have a gateway, and whoever trades for its clients.
        feeds: In place of those that the settings name.

    Raises:
        ConfigError: Something in the settings is not possible, or the port is taken.
        StorageError: A recording, or the file of the alerts, is damaged.
    """
    settings = loaded.settings
    feeds = feeds or build_feeds(settings, SystemClock())
    bus = LocalBus()
    pump_settings = replace(settings.pump, is_replay=feeds.is_replay)
    is_ageless = feeds.is_ageless and not settings.subscriptions.has_window
    if is_ageless and loaded.origin("pump.stale_after_secs") == "default":
        pump_settings = replace(pump_settings, stale_after_secs=None)
    pump = Pump(feeds.feeds, bus, feeds.clock, pump_settings)
    subscriptions = _build_subscriptions(settings, pump, bus)
    alerts = AlertBook(settings.alerts, bus)
    trading = _build_trading(loaded, feeds, pump, bus) if is_serving else None
    gateway = _build_gateway(settings, pump, bus, alerts, trading) if is_serving else None
    tapes = _build_tapes(settings, feeds, bus)
    ivs = _build_iv_keeper(settings, feeds, bus)
    scans = _build_scans(settings, feeds, pump, bus) if is_serving else None
    return Node(
        settings, feeds, bus, pump, subscriptions, alerts, tapes, gateway, ivs, trading, scans
    )


def _build_subscriptions(settings: Settings, pump: Pump, bus: LocalBus) -> Subscriptions:
    """Return the subscriptions, with the standing ones of every underlying, told in ``status``."""
    subscriptions = Subscriptions(pump, bus, settings.subscriptions)
    StandingSubscriptions(subscriptions, pump, bus, settings.subscriptions)
    pump.tell_also("subscriptions", subscriptions.document)
    pump.tell_also("asked", subscriptions.asked)
    return subscriptions


async def run_node(
    node: Node, stop: asyncio.Event, on_started: Callable[[Node], None] | None = None
) -> None:
    """
    Run a node until it is stopped; with nobody to serve, until its feeds have ended.

    Args:
        node: Not run before.
        stop: Set to end it.
        on_started: Called once, when clients can connect.

    Raises:
        ExceptionGroup: What could not go on.
    """
    node.bus.on(TOPIC, _log_alert, name="log")
    node.bus.on(STATUS, _StateLog(), name="log")
    async with asyncio.TaskGroup() as group:
        pumping = group.create_task(_pump(node), name="pump")
        tasks = [
            pumping,
            group.create_task(_watch_alerts(node.alerts.alerts), name="alerts"),
            group.create_task(node.alerts.run(), name="alerts kept"),
            group.create_task(node.subscriptions.run(), name="subscriptions"),
            group.create_task(_settle(node), name="settle"),
            *(group.create_task(tape.run(), name="recording") for tape in node.tapes),
        ]
        if node.ivs is not None:
            tasks.append(group.create_task(node.ivs.run(), name="iv history"))
        if node.scans is not None:
            tasks.append(group.create_task(node.scans.run(), name="scans"))
        if node.trading is not None:
            tasks.append(group.create_task(node.trading.run(), name="trading"))
        if node.gateway is not None:
            tasks.append(group.create_task(node.gateway.run(), name="gateway"))
            await node.gateway.is_started.wait()
        if on_started is not None:
            on_started(node)
        waiting = group.create_task(stop.wait(), name="stop")
        ends = {waiting} if node.gateway is not None else {waiting, pumping}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in (waiting, *tasks):
            task.cancel()


async def _pump(node: Node) -> None:
    """
    Pump until every feed has ended.

    The kernels and the twin differ in the last bit. A recording is made into figures by one of
    them from its first tick, so that two replays are equal; a market does not wait.
    """
    if node.feeds.is_replay:
        await _warm_up(node)
    await node.pump.run()
    log.info("feeds_ended", feeds=[feed.name for feed in node.feeds.feeds])


async def _watch_alerts(alerts: Alerts) -> None:
    """Say so when alerts stop working; the chains go on."""
    try:
        await alerts.listener.ended()
    except Exception:
        log.exception("alerts_stopped")


async def _settle(node: Node) -> None:
    """When chains flow, compile the kernels beside them, and keep the collector off what stays."""
    async with node.bus.latest("chain/*") as chains:
        await anext(chains)
    gc.freeze()
    if not node.feeds.is_replay:
        await _warm_up(node)
        gc.freeze()


async def _warm_up(node: Node) -> None:
    """
    Wait until the compiled kernels serve, or cannot; meanwhile the NumPy twin does.

    They are loaded, or compiled, in a thread that never keeps the process alive.
    """
    loop = asyncio.get_running_loop()
    warmed: asyncio.Future[engine.WarmUp] = loop.create_future()

    def tell(found: engine.WarmUp) -> None:
        if not warmed.done():
            warmed.set_result(found)

    def work() -> None:
        found = engine.warm_up(node.settings.pricing)
        with suppress(RuntimeError):  # the loop has gone, and nobody waits
            loop.call_soon_threadsafe(tell, found)

    Thread(target=work, name="voldesk-warm-up", daemon=True).start()
    found = await warmed
    log.info("kernels", is_compiled=found.is_compiled, reason=found.reason)


def _build_tapes(settings: Settings, feeds: Feeds, bus: LocalBus) -> tuple[Tape, ...]:
    """Return a recording per feed; one feed alone is recorded into the folder itself."""
    folder = settings.record.folder
    if folder is None:
        return ()
    if len(feeds.feeds) == 1:
        return (Tape(feeds.feeds[0], folder, bus),)
    return tuple(Tape(feed, folder / feed.name, bus) for feed in feeds.feeds)


def _build_scans(settings: Settings, feeds: Feeds, pump: Pump, bus: LocalBus) -> ScanRounds | None:
    """Return the scan on its schedule, None where there is none."""
    asked = settings.scan
    if asked.schedule is None or not asked.watchlist:
        return None
    history = history_file(settings.iv_history, feeds, config_folder())
    watchlist = Watchlist(pump, bus, feeds, asked.watchlist, asked, history)
    return ScanRounds(watchlist, bus, asked, SystemClock())


def _build_iv_keeper(settings: Settings, feeds: Feeds, bus: LocalBus) -> IvKeeper | None:
    """Return what keeps ivs for later days, None where none are kept."""
    asked = settings.iv_history
    file = history_file(asked, feeds, config_folder())
    if file is None or not asked.is_kept:
        return None
    return IvKeeper(file, bus, feeds.clock, asked)


def _build_trading(loaded: Loaded, feeds: Feeds, pump: Pump, bus: LocalBus) -> TradingDesk | None:
    """Return who trades, None where nobody is to."""
    settings = loaded.settings
    market = MarketView(pump, is_ageless=feeds.is_ageless, always_open=always_open(settings))
    is_live_in_file = not settings.trading.is_paper and loaded.is_from_file("trading.is_paper")
    return build_desk(
        settings,
        feeds,
        market,
        bus,
        is_live_in_file=is_live_in_file,
        is_currency_given=loaded.origin("trading.portfolio.currency") != "default",
    )


def _build_gateway(
    settings: Settings,
    pump: Pump,
    bus: LocalBus,
    alerts: AlertBook,
    trading: TradingDesk | None,
) -> "Gateway":
    """
    Bind the gateway.

    Raises:
        ConfigError: It may not listen there, or somebody else does.
    """
    from voldesk.gateways import server  # noqa: PLC0415  # FastAPI takes 0.4 s that only a server needs
    from voldesk.gateways.auth import Keys  # noqa: PLC0415  # likewise
    from voldesk.gateways.pump_state import PumpState  # noqa: PLC0415  # likewise

    asked = settings.gateway
    if asked.web_folder is None:
        asked = replace(asked, web_folder=Path(server.__file__).parent / "static")
    clock = SystemClock()
    try:
        keys = Keys(token(settings), clock)
        return server.Gateway(bus, PumpState(pump, bus), asked, keys, clock, alerts, trading)
    except ConfigError as exc:
        if "cannot listen" not in str(exc):
            raise
        raise ConfigError(
            f"{exc}. Is voldesk running already? Use --port 0 for a free port, or another number"
        ) from exc


def token(settings: Settings) -> str:
    """
    Return the token that programs show: the one given, else the one kept in its file.

    Raises:
        ConfigError: It is too short, its file is open to others or cannot be written.
    """
    from voldesk.gateways.auth import token_of_file  # noqa: PLC0415  # with the server alone

    if settings.token is not None:
        given = settings.token.get_secret_value()
        if len(given) < _TOKEN_CHARACTERS:
            raise ConfigError(
                f"the token has {len(given)} characters, at least {_TOKEN_CHARACTERS} are needed"
            )
        return given
    path = settings.token_file or config_folder() / "token"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return token_of_file(path)
    except OSError as exc:
        raise ConfigError(
            f"cannot keep a token in {path}: {exc.strerror}; set token_file or VOLDESK_TOKEN"
        ) from exc


def _log_alert(_topic: str, alert: Any) -> None:  # noqa: ANN401  # the topic's own types
    if isinstance(alert, Alert):
        log.warning("alert", rule=alert.rule, text=alert.text)


class _StateLog:
    """Logs when an underlying's data become doubtful, and when they are well again."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}

    def __call__(self, _topic: str, message: Any) -> None:  # noqa: ANN401  # the topic's own type
        for one in message.get("underlyings", ()):
            name, state = one["underlying"], str(one["state"])
            before = self._states.get(name)
            self._states[name] = state
            if state in _TROUBLE and before is not None and before != state:
                log.warning("data", underlying=name, state=state, reason=one["reason"])
            elif before in _TROUBLE and before != state and state not in _TROUBLE:
                log.info("data", underlying=name, state=state)
