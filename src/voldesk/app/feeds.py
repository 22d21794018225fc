"""What can be named after ``--feed``, and how each of it is built."""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from voldesk.app.instants import parse_instant
from voldesk.app.names import check_name
from voldesk.app.pacing import PacedFeed
from voldesk.model.clock import Clock, ManualClock
from voldesk.model.errors import ConfigError
from voldesk.model.ports.feed import Feed
from voldesk.venues.deribit.settings import DeribitSettings
from voldesk.venues.ib.settings import IbSettings

if TYPE_CHECKING:
    from voldesk.simulator.market.market import SyntheticMarket

FORMS: Final = ("sim", "replay:PATH", "ib", "deribit")
"""The feeds of this version, as they are written."""

_LATER: Final = ("upstox", "xts")
_REPLAY: Final = "replay:"
_IB: Final = "ib"
_DERIBIT: Final = "deribit"
_SIM: Final = "sim"
_LONGEST_STEP_SECS: Final = 1.0  # of a market that runs fast: no batch takes the loop for long


@dataclass(frozen=True, slots=True, kw_only=True)
class SimSettings:
    """
    The built-in market.

    Attributes:
        symbols: Its underlyings; empty for all there are.
        seed: Of everything random in it.
        speed: Market seconds per second, as far as the machine keeps up.
        intensity: How often its contracts have events of their own, times the usual.
        is_always_open: It goes on outside its sessions, at half pace.
        step_secs: Between two batches of ticks.
    """

    symbols: tuple[str, ...] = ()
    seed: int = 1
    speed: float = 1.0
    intensity: float = 1.0
    is_always_open: bool = True
    step_secs: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """
    Recordings played again.

    Attributes:
        speed: Recorded seconds per second; infinity is as fast as they are taken.
        is_looping: Begin again at the end.
        longest_pause_secs: Recorded seconds without a tick, such as a night, of which no more is
            waited for; None waits for all.
        start: The first instant replayed, ISO 8601 with its offset; None for the first there is.
    """

    speed: float = 1.0
    is_looping: bool = False
    longest_pause_secs: float | None = 300.0
    start: str | None = None


class _Chosen(Protocol):
    """The settings that feeds are built from."""

    @property
    def feeds(self) -> tuple[str, ...]: ...
    @property
    def sim(self) -> SimSettings: ...
    @property
    def replay(self) -> ReplaySettings: ...
    @property
    def ib(self) -> IbSettings: ...
    @property
    def deribit(self) -> DeribitSettings: ...


@dataclass(frozen=True, slots=True)
class Feeds:
    """
    The feeds of a process, and the time they are valued at.

    Attributes:
        clock: The machine's, or that of a market that runs at another speed.
        is_replay: There is one feed, a recording, and the time is its own.
        is_ageless: Their quotes hold until the next one, however long that takes: an age says
            nothing about a market that is made here, or about a day that is over.
    """

    feeds: tuple[Feed, ...]
    clock: Clock
    is_replay: bool
    is_ageless: bool


def build_feeds(settings: _Chosen, clock: Clock) -> Feeds:
    """
    Build what the settings name, in order of precedence.

    Raises:
        ConfigError: A name means nothing, is there twice, or feeds have no common time: a
            recording beside others, or a simulated market at another speed.
        StorageError: A recording is damaged.
    """
    names = settings.feeds
    _require_possible(names)
    if names[0].startswith(_REPLAY):
        feed = build_replay(Path(names[0].removeprefix(_REPLAY)), settings.replay, clock)
        return Feeds((feed,), clock, is_replay=True, is_ageless=True)
    if names == (_SIM,):
        sim = build_sim(settings.sim, clock)
        return Feeds((sim.feed,), sim.clock, is_replay=False, is_ageless=True)
    if _SIM in names and settings.sim.speed != 1.0:
        raise ConfigError(
            f"sim.speed is {settings.sim.speed}, beside other feeds it must be 1:"
            " they share a clock"
        )
    build: dict[str, Callable[[], Feed]] = {
        _SIM: lambda: build_sim(settings.sim, clock).feed,
        _IB: lambda: build_ib(settings.ib, clock),
        _DERIBIT: lambda: build_deribit(settings.deribit, clock),
    }
    feeds = tuple(build[name]() for name in names)
    return Feeds(feeds, clock, is_replay=False, is_ageless=False)


class Simulated(NamedTuple):
    """The synthetic market as a feed, the clock it is valued by, and the market itself."""

    feed: Feed
    clock: Clock
    market: "SyntheticMarket"


def build_sim(settings: SimSettings, clock: Clock) -> Simulated:
    """
    Build the synthetic market as a feed.

    At another speed than 1 its clock is the market's own: each batch moves it on.

    Raises:
        ConfigError: A symbol cannot be simulated, or a number is not possible.
    """
    from voldesk.simulator.market.feed import SyntheticFeed  # noqa: PLC0415  # when asked for
    from voldesk.simulator.market.market import SyntheticMarket  # noqa: PLC0415  # likewise
    from voldesk.simulator.market.universe import UNIVERSE  # noqa: PLC0415  # likewise

    _require_numbers(settings)
    for symbol in settings.symbols:
        check_name("simulated underlying", symbol, UNIVERSE)
    market = SyntheticMarket(
        settings.symbols or tuple(UNIVERSE),
        settings.seed,
        clock.now(),
        intensity=settings.intensity,
        always_open=settings.is_always_open,
    )
    if settings.speed == 1.0:
        feed = SyntheticFeed(market, clock, step_secs=settings.step_secs)
        return Simulated(feed, clock, market)
    market_clock = ManualClock(market.now)
    step_secs = min(settings.step_secs * settings.speed, _LONGEST_STEP_SECS)
    feed = SyntheticFeed(market, market_clock, step_secs=step_secs)
    return Simulated(PacedFeed(feed, step_secs / settings.speed), market_clock, market)


def _require_numbers(settings: SimSettings) -> None:
    for name in ("speed", "step_secs", "intensity"):
        value = getattr(settings, name)
        if not (math.isfinite(value) and value > 0.0):
            raise ConfigError(f"sim.{name} is {value}, it must be a number above 0")


def build_replay(path: Path, settings: ReplaySettings, clock: Clock) -> Feed:
    """
    Build a recording as a feed.

    Raises:
        ConfigError: There is no recording, or its replay is not possible.
        StorageError: It is damaged.
    """
    from voldesk.store.recording import Recording  # noqa: PLC0415  # pyarrow takes 100 ms
    from voldesk.store.replay import ReplayFeed  # noqa: PLC0415  # likewise

    if not settings.speed > 0.0:
        raise ConfigError(f"replay.speed is {settings.speed}, it must be above 0")
    speed = settings.speed if math.isfinite(settings.speed) else None
    start = None if settings.start is None else parse_instant(settings.start)
    recording = Recording.open(path)
    return ReplayFeed(
        recording,
        clock,
        speed,
        settings.is_looping,
        start,
        longest_pause_secs=settings.longest_pause_secs,
    )


def build_ib(settings: IbSettings, clock: Clock) -> Feed:
    """
    Build Interactive Brokers as a feed; it connects when it is opened.

    Raises:
        ConfigError: ib_async is not installed, or a setting is not possible.
    """
    try:
        from voldesk.venues.ib.feed import IbFeed  # noqa: PLC0415  # an extra, not always there
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] != "ib_async":
            raise
        raise ConfigError(
            "feed 'ib' needs ib_async, which is not installed: pip install 'voldesk[ib]'"
        ) from exc
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return IbFeed(settings, clock, folder=cache / "voldesk" / "ib")


def build_deribit(settings: DeribitSettings, clock: Clock) -> Feed:
    """
    Build Deribit as a feed; it connects when it is opened.

    Raises:
        ConfigError: A setting is not possible.
    """
    from voldesk.venues.deribit.feed import DeribitFeed  # noqa: PLC0415  # aiohttp takes 200 ms

    return DeribitFeed(settings, clock)


def _require_possible(names: Sequence[str]) -> None:
    """Refuse names that mean nothing, and combinations that have no common time."""
    if not names:
        raise ConfigError(f"no feed is named; there are {', '.join(FORMS)}")
    for name in names:
        if name in {_SIM, _IB, _DERIBIT} or (name.startswith(_REPLAY) and name != _REPLAY):
            continue
        if name in _LATER:
            raise ConfigError(f"feed {name!r} is not in this version; there are {', '.join(FORMS)}")
        raise ConfigError(f"no feed named {name!r}; there are {', '.join(FORMS)}")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ConfigError(f"feed {', '.join(sorted(twice))} is named twice")
    if len(names) > 1 and any(name.startswith(_REPLAY) for name in names):
        raise ConfigError(
            f"feeds {', '.join(names)} cannot run together: a recording has a time of its own."
            " Start it in a process of its own"
        )
