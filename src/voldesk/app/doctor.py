"""``voldesk doctor``: is this machine fit, and what to do where it is not."""

import os
import platform
import shutil
import socket
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import voldesk.gateways
from voldesk.app.settings import Loaded, Settings, config_folder, load_settings
from voldesk.model.clock import SystemClock
from voldesk.model.enums import Market
from voldesk.model.errors import ConfigError
from voldesk.model.sessions import calendar_horizon
from voldesk.pricing import engine

_OLDEST: Final = (3, 11)
_ZONES: Final = ("America/New_York", "Asia/Kolkata")
_LIBRARIES: Final = ("numpy", "numba", "pyarrow", "fastapi", "uvicorn", "websockets", "msgspec")
_LEAST_DAYS: Final = 30
_LEAST_FREE_BYTES: Final = 1_000_000_000
_LEAST_FILES: Final = 1024
_NOT_BEFORE: Final = date(2025, 1, 1)
_NS_PER_SECOND: Final = 1e9


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"  # it runs, less well
    FAIL = "fail"  # it will not run


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What one check found.

    Attributes:
        fix: What to do about it; "" where nothing is to be done.
    """

    name: str
    state: State
    found: str
    fix: str = ""


def examine(config: Path | None) -> list[Finding]:
    """Return every finding, in the order they matter; nothing raises."""
    try:
        loaded = load_settings(config=config)
        settings, first = loaded.settings, Finding("settings", State.OK, _origins(loaded))
    except ConfigError as exc:
        settings = Settings()
        first = Finding("settings", State.FAIL, str(exc), "mend the value named")
    return [
        first,
        check_python(),
        check_libraries(),
        check_clock(),
        check_zones(),
        check_calendars(),
        check_kernels(settings),
        check_port(settings.gateway.host, settings.gateway.port),
        check_page(settings.gateway.web_folder),
        check_disk(settings.record.folder or Path.cwd()),
        check_token(settings.token_file or config_folder() / "token"),
        check_files(),
    ]


def check_python() -> Finding:
    """Say which Python runs."""
    found = f"{platform.python_version()} on {platform.platform(terse=True)}"
    if sys.version_info < _OLDEST:
        return Finding("python", State.FAIL, found, "install Python 3.11 or newer")
    return Finding("python", State.OK, found)


def check_libraries() -> Finding:
    """Say which versions of what matters most are installed."""
    found: list[str] = []
    missing: list[str] = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        fix = f"pip install {' '.join(missing)}"
        return Finding("libraries", State.FAIL, f"{', '.join(missing)} missing", fix)
    return Finding("libraries", State.OK, ", ".join(found))


def check_clock() -> Finding:
    """See that the machine's date is possible: time to expiry is made of it."""
    now = datetime.fromtimestamp(SystemClock().now() / _NS_PER_SECOND, UTC)
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now.date() < _NOT_BEFORE:
        return Finding("clock", State.FAIL, found, "set the clock, and let NTP keep it")
    return Finding("clock", State.OK, found)


def check_zones() -> Finding:
    """See that the time zones of the markets are known."""
    try:
        for name in _ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError as exc:
        return Finding("time zones", State.FAIL, str(exc), "pip install tzdata")
    return Finding("time zones", State.OK, ", ".join(_ZONES))


def check_calendars() -> Finding:
    """Say up to which day the markets' holidays are known."""
    today = datetime.fromtimestamp(SystemClock().now() / _NS_PER_SECOND, UTC).date()
    markets = [market for market in Market if market is not Market.DERIBIT]  # it never closes
    horizon = {market: calendar_horizon(market) for market in markets}
    found = ", ".join(f"{market} to {day}" for market, day in horizon.items())
    near = [market for market, day in horizon.items() if (day - today).days < _LEAST_DAYS]
    if near:
        fix = "update voldesk: later holidays are taken for trading days"
        return Finding("calendars", State.WARN, found, fix)
    return Finding("calendars", State.OK, found)


def check_kernels(settings: Settings) -> Finding:
    """Load or compile the kernels, which may take a minute the first time."""
    found = engine.warm_up(settings.pricing)
    if not found.is_compiled:
        fix = "pip install numba, or go on with the NumPy twin: right, and slower"
        return Finding("kernels", State.WARN, f"not compiled: {found.reason}", fix)
    threads = "on several threads" if found.is_parallel else "on one thread"
    return Finding("kernels", State.OK, f"compiled, {threads}. {found.reason}".rstrip(". "))


def check_port(host: str, port: int) -> Finding:
    """See that the port is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as exc:
        fix = "is voldesk running already? Else choose another with --port"
        return Finding("port", State.WARN, f"{host} {port}: {exc.strerror or exc}", fix)
    return Finding("port", State.OK, f"{host} {port} is free")


def check_page(folder: Path | None) -> Finding:
    """See that the page is there."""
    place = folder or Path(next(iter(voldesk.gateways.__path__))) / "static"
    if not (place / "index.html").is_file():
        fix = "'make web' in a checkout builds it; the API works without it"
        return Finding("page", State.WARN, f"nothing in {place}", fix)
    return Finding("page", State.OK, str(place))


def check_disk(folder: Path) -> Finding:
    """See that recordings could be written."""
    place = next(one for one in (folder, *folder.absolute().parents) if one.is_dir())
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"voldesk")
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        fix = "record into another folder: --record, record.folder"
        return Finding("disk", State.WARN, f"{place}: {exc.strerror or exc}", fix)
    free = shutil.disk_usage(place).free
    found = f"{place}: {free / 1e9:,.1f} GB free"
    if free < _LEAST_FREE_BYTES:
        return Finding("disk", State.WARN, found, "make room: a full disk ends a recording")
    return Finding("disk", State.OK, found)


def check_token(path: Path) -> Finding:
    """See that nobody else can read the token; it is not read here."""
    if not path.exists():
        return Finding("token", State.OK, f"{path} is made at the first start")
    mode = path.stat().st_mode & 0o077
    if mode and os.name == "posix":
        return Finding("token", State.FAIL, f"others may read {path}", f"chmod 600 {path}")
    return Finding("token", State.OK, f"{path}, readable by you alone")


def check_files() -> Finding:
    """See that a thousand clients could connect."""
    try:
        import resource  # noqa: PLC0415  # absent on Windows
    except ImportError:
        return Finding("open files", State.OK, "no limit known")
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and limit < _LEAST_FILES:
        fix = f"ulimit -n {_LEAST_FILES}"
        return Finding("open files", State.WARN, f"at most {limit}", fix)
    return Finding("open files", State.OK, f"at most {limit}")


def worst(findings: list[Finding]) -> State:
    """Return the worst state of all."""
    order = list(State)
    return max((finding.state for finding in findings), key=order.index)


def as_text(findings: list[Finding]) -> str:
    """Return one line per finding, and its fix below it."""
    width = max(len(finding.name) for finding in findings)
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.state:<5} {finding.name:<{width}}  {finding.found}")
        if finding.fix:
            lines.append(f"{'':<5} {'':<{width}}  fix: {finding.fix}")
    return "\n".join(lines)


def as_document(findings: list[Finding]) -> dict[str, Any]:
    """Return the findings as JSON knows them."""
    return {"worst": worst(findings), "checks": [asdict(finding) for finding in findings]}


def _origins(loaded: Loaded) -> str:
    origins = dict.fromkeys(loaded.origins.values())
    return f"from {', '.join(origins)}" if origins else "none given, defaults serve"
