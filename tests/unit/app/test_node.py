import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from voldesk.app.feeds import Feeds, SimSettings
from voldesk.app.node import Node, build_node, run_node, token
from voldesk.app.recording import RecordSettings
from voldesk.app.settings import Loaded, Settings
from voldesk.bus.local import LocalBus
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.clock import ManualClock
from voldesk.model.conventions import profile_named
from voldesk.model.enums import Status
from voldesk.model.errors import ConfigError
from voldesk.pipeline.pump import PumpSettings
from voldesk.pipeline.subscriptions import SubscriptionSettings
from voldesk.simulator.market.feed import SyntheticFeed
from voldesk.simulator.market.market import SyntheticMarket
from voldesk.store.recorder import Recorder
from voldesk.store.recording import Recording
from voldesk.strategies.alerts import AlertSettings, Cross, Rule

NOON = 1_790_784_000_000_000_000
SECOND = 10**9
DEADLINE_SECS = 60.0


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.fixture
def recording(tmp_path: Path, market: Any) -> Path:
    """A recording of a chain whose spot rises."""
    folder = tmp_path / "day"
    with Recorder(folder, market.listing, {"SPX": profile_named("default")}) as recorder:
        for place in range(5):
            at = NOON + place * SECOND
            recorder.write(market.spot(100.0 + place, at))
            recorder.write(market.fair(100.0 + place, at))
    return folder


def loaded(**given: Any) -> Loaded:
    given.setdefault("sim", SimSettings(symbols=("BTC",)))
    given.setdefault("gateway", GatewaySettings(port=0))
    return Loaded(Settings(**given), {})


async def run_until(node: Node, is_enough: Any) -> None:
    """Run a node until a condition holds, or its feeds have ended."""
    stop = asyncio.Event()
    async with asyncio.timeout(DEADLINE_SECS), asyncio.TaskGroup() as group:
        running = group.create_task(run_node(node, stop), name="node")
        node.bus.on("*", lambda *_: stop.set() if is_enough(node) else None)
        await running


def has_chain(node: Node) -> bool:
    return "chain/BTC" in node.bus.topics


def test_a_node_streams_its_feed() -> None:
    """The simulator's chain is on the bus, valued; nothing is left running after the stop."""
    node = build_node(loaded(), is_serving=False)
    assert node.gateway is None

    async def go() -> None:
        await run_until(node, has_chain)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(go())
    update = node.bus.last("chain/BTC")
    assert (update.table.rows.iv > 0.0).any()


def test_a_node_serves_on_the_port_it_got() -> None:
    """It says when clients can connect, and closes its socket at the end."""
    node = build_node(loaded())
    assert node.gateway is not None
    port = node.gateway.port
    assert port > 0
    started: list[bool] = []

    async def go() -> None:
        stop = asyncio.Event()

        def note(_: Node) -> None:
            started.append(True)
            stop.set()

        await asyncio.wait_for(run_node(node, stop, note), DEADLINE_SECS)
        with pytest.raises(OSError, match=r"refused|failed"):
            await asyncio.open_connection("127.0.0.1", port)

    asyncio.run(go())
    assert started == [True]


def test_a_taken_port_comes_with_the_next_step() -> None:
    """One sentence: what is taken, and what to do."""

    async def go() -> None:
        first = build_node(loaded())
        assert first.gateway is not None
        port = first.gateway.port
        stop = asyncio.Event()

        def try_another(_: Node) -> None:
            with pytest.raises(ConfigError, match=f"port {port}.*Use --port 0"):
                build_node(loaded(gateway=GatewaySettings(port=port)))
            stop.set()

        await asyncio.wait_for(run_node(first, stop, try_another), DEADLINE_SECS)

    asyncio.run(go())


def test_a_replay_ends_by_itself_twice_alike(recording: Path) -> None:
    """Without anybody to serve it ends with its feed; two replays end in the same bits."""

    def final() -> list[bytes]:
        node = build_node(
            loaded(feeds=(f"replay:{recording}",), replay={"speed": float("inf")}),
            is_serving=False,
        )
        asyncio.run(asyncio.wait_for(run_node(node, asyncio.Event()), DEADLINE_SECS))
        rows = node.bus.last("chain/SPX").table.rows
        return [getattr(rows, name).tobytes() for name in ("iv", "delta", "theta", "vanna")]

    assert final() == final()


def test_alerts_are_told_on_the_bus(recording: Path) -> None:
    """Each crossing of a replay once."""
    rules = (Rule(name="up", underlying="SPX", field="spot", level=102.5, crosses=Cross.BOTH),)
    node = build_node(
        loaded(
            feeds=(f"replay:{recording}",),
            replay={"speed": float("inf")},
            alerts=AlertSettings(rules=rules),
        ),
        is_serving=False,
    )
    heard: list[Any] = []
    node.bus.on("alerts", lambda _, alert: heard.append(alert))
    asyncio.run(asyncio.wait_for(run_node(node, asyncio.Event()), DEADLINE_SECS))
    assert [alert.value for alert in heard] == [103.0]


def test_the_window_follows_the_spot_of_the_simulator() -> None:
    """Strikes in full and a range in light mode move with the money; what is given up grows old."""
    window = SubscriptionSettings(atm_strikes=1, range_points=2_000.0)
    clock = ManualClock(NOON)
    feed = SyntheticFeed(SyntheticMarket(("BTC",), 1, NOON), clock, step_secs=60.0)
    feeds = Feeds((feed,), clock, is_replay=False, is_ageless=True)
    node = build_node(loaded(subscriptions=window), is_serving=False, feeds=feeds)
    seen: list[tuple[Any, ...]] = []
    asked: list[Any] = []

    def hear(_topic: str, message: Any) -> None:
        spans = tuple(tuple(one["strike_range"] or ()) for one in message["subscriptions"])
        if len(spans) == 2 and all(spans) and spans not in seen:
            seen.append(spans)
        asked.extend(message["asked"])

    node.bus.on("status", hear)
    asyncio.run(run_until(node, lambda _: len(seen) > 1))
    for near, far in seen:
        assert near[1] - near[0] == 1_000.0  # three strikes, five hundred apart
        assert far[1] - far[0] == 4_000.0
        assert (near[0] + near[1]) == (far[0] + far[1])
    assert asked[-1] == {"feed": "sim", "full": 7, "light": 12}
    rows = node.bus.last("chain/BTC").table.rows
    is_fresh = np.isfinite(rows.iv) & (rows.status != Status.STALE)
    assert set(rows.strike[is_fresh]) <= {
        strike for near, _ in seen[-2:] for strike in range_of(near)
    }


def range_of(span: tuple[float, float]) -> set[float]:
    """Return the strikes of a window of three."""
    low, high = span
    return {low, (low + high) / 2.0, high}


def test_what_is_served_is_recorded_too(tmp_path: Path) -> None:
    """Every tick of the feed from the first on is in the folder when the node has ended."""
    folder = tmp_path / "taped"
    node = build_node(loaded(record=RecordSettings(folder=folder)), is_serving=False)
    counted = [0]
    node.bus.on("ticks/sim", lambda _, batch: counted.__setitem__(0, counted[0] + len(batch)))
    asyncio.run(run_until(node, lambda node: has_chain(node) and folder.exists()))
    assert Recording.open(folder).count == counted[0] > 0


def test_a_recording_that_cannot_begin_ends_the_node(tmp_path: Path) -> None:
    """The error comes out of the group."""
    taken = tmp_path / "taken"
    taken.write_text("")
    node = build_node(loaded(record=RecordSettings(folder=taken)), is_serving=False)
    with pytest.raises(ExceptionGroup):
        asyncio.run(run_until(node, lambda _: False))


def test_quotes_of_a_simulator_do_not_age_unless_asked_to() -> None:
    """The pump's limit is for venues; an operator's own holds everywhere."""
    free = build_node(loaded(), is_serving=False)
    asked = Loaded(
        Settings(sim=SimSettings(symbols=("BTC",)), pump=PumpSettings(stale_after_secs=7.0)),
        {"pump.stale_after_secs": "voldesk.yaml"},
    )
    held = build_node(asked, is_serving=False)
    limits = []
    for node in (free, held):
        asyncio.run(run_until(node, has_chain))
        limits.append(node.bus.last("chain/BTC").table.stale_after_secs)
    assert limits == [None, 7.0]


def test_a_bad_rule_is_told_before_anything_runs() -> None:
    """A node with an impossible alert is not built."""
    rule = Rule(name="a", underlying="BTC", field="nothing", level=1.0)
    with pytest.raises(ConfigError, match="alert 'a'"):
        build_node(loaded(alerts=AlertSettings(rules=(rule,))), is_serving=False)


def test_an_impossible_window_is_told_before_anything_runs() -> None:
    """With the setting's name and what it may be."""
    window = SubscriptionSettings(expiries=0)
    with pytest.raises(ConfigError, match=r"subscriptions\.expiries is 0, it must be 1 or more"):
        build_node(loaded(subscriptions=window), is_serving=False)


def test_the_token_is_made_once_and_kept(tmp_path: Path) -> None:
    """Its file is the owner's alone; one from the environment stands in its place."""
    made = token(Settings())
    assert token(Settings()) == made
    path = tmp_path / "home" / "voldesk" / "token"
    assert path.stat().st_mode & 0o077 == 0
    given = "t" * 40
    assert token(Settings(token=SecretStr(given))) == given
    with pytest.raises(ConfigError, match="5 characters, at least 32"):
        token(Settings(token=SecretStr("short")))


def test_a_token_that_cannot_be_kept_says_what_to_set(tmp_path: Path) -> None:
    """A folder that cannot be made is told with what to set instead."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="set token_file or VOLDESK_TOKEN"):
        token(Settings(token_file=tmp_path / "file" / "token"))


def test_the_log_tells_trouble_and_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    """A word per change: not each report, not the first good one."""
    from voldesk.app.node import _StateLog  # noqa: PLC0415  # a listener no one else sees

    bus = LocalBus()
    bus.on("status", _StateLog())
    for state in ("LIVE", "STALE", "STALE", "LIVE", "LIVE"):
        row = {"underlying": "SPX", "state": state, "reason": "why"}
        bus.publish("status", {"kind": "health", "underlyings": [row]})
    said = capsys.readouterr().out
    assert said.count("STALE") == 1
    assert said.count("state=LIVE") == 1
