import itertools
from pathlib import Path
from typing import Any

import pytest

from voldesk.app.settings import DEFAULT, LEAVES, Loaded, config_folder, load_settings
from voldesk.gateways.settings import GatewaySettings
from voldesk.model.errors import ConfigError
from voldesk.pipeline.pump import PumpSettings
from voldesk.strategies.alerts import Cross, Rule

ROOT = Path(__file__).resolve().parents[3]

SEED = """
watchlist:
  - SPX
  - SPY
  - QQQ
ib_port: 7497  # 7497 = paper, 7496 = live
paper_trading: true  # Always start with paper trading!
min_gamma: 0.05
min_delta: 0.20
max_delta: 0.80
min_vega: 0.10
min_theta: -0.50
max_trades_per_day: 5
require_confirmation: true
"""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's own settings out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    for name in ("IB_HOST", "IB_PORT", "PAPER_TRADING", "VOLDESK_CONFIG"):
        monkeypatch.delenv(name, raising=False)


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "voldesk.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("given", list(itertools.product([False, True], repeat=3)), ids=str)
def test_file_then_environment_then_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: tuple[bool, bool, bool]
) -> None:
    """Of the three the last one given counts, and says so; of none the default."""
    in_file, in_environment, in_flag = given
    port, origin = 8000, DEFAULT
    if in_file:
        write(tmp_path, "gateway: {port: 1001}")
        port, origin = 1001, "voldesk.yaml"
    if in_environment:
        monkeypatch.setenv("VOLDESK_GATEWAY__PORT", "1002")
        port, origin = 1002, "VOLDESK_GATEWAY__PORT"
    if in_flag:
        port, origin = 1003, "--port"
    loaded = load_settings({"gateway.port": ("--port", 1003 if in_flag else None)})
    assert (loaded.settings.gateway.port, loaded.origin("gateway.port")) == (port, origin)
    assert loaded.value("gateway.port") == port


def test_nothing_given_is_what_the_rooms_say() -> None:
    """Defaults live in the rooms, and nowhere else."""
    settings = load_settings().settings
    assert settings.gateway == GatewaySettings()
    assert settings.pump == PumpSettings()
    assert settings.token is None


@pytest.mark.parametrize("place", ["flag", "variable", "here", "home"])
def test_where_a_file_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """--config, VOLDESK_CONFIG, ./voldesk.yaml, the user's: the first there is, and no other."""
    path = write(tmp_path / "elsewhere", "sim: {seed: 7}")
    config = None
    order = ["home", "here", "variable", "flag"]
    for other in order[: order.index(place)]:
        _put(tmp_path, monkeypatch, other, "sim: {seed: 5}\nlog: {level: error}")
    if place == "flag":
        config = path
    else:
        _put(tmp_path, monkeypatch, place, "sim: {seed: 7}")
    settings = load_settings(config=config).settings
    assert (settings.sim.seed, settings.log.level) == (7, "info")


def _put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, text: str) -> None:
    if place == "variable":
        monkeypatch.setenv("VOLDESK_CONFIG", str(write(tmp_path / "named", text)))
    elif place == "here":
        write(tmp_path, text)
    else:
        folder = config_folder()
        folder.mkdir(parents=True)
        (folder / "config.yaml").write_text(text)


def test_values_get_their_types(tmp_path: Path) -> None:
    """Paths, tuples, nested structs, rules with dates and words."""
    path = write(
        tmp_path,
        """
        record: {folder: recordings/today}
        replay: {speed: .inf}
        alerts:
          rules:
            - {name: a, underlying: SPX, field: iv, contract: 25d put, expiry: 2026-12-18,
               level: 0.2, crosses: both, is_once: true}
        """,
    )
    settings = load_settings(config=path).settings
    assert settings.record.folder == Path("recordings/today")
    assert settings.replay.speed == float("inf")
    (rule,) = settings.alerts.rules
    assert isinstance(rule, Rule)
    assert (rule.crosses, str(rule.expiry)) == (Cross.BOTH, "2026-12-18")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"gateway.port": ("--port", "x")}, r"gateway.port \(--port\) is 'x'"),
        ({"log.level": ("--level", "loud")}, "log.level"),
        ({"sim.seed": ("--seed", 1.5)}, "sim.seed"),
        ({"alerts.rules": ("--rules", [{"name": "a"}])}, r"alerts.rules.0.underlying \(--rules\)"),
    ],
)
def test_a_wrong_value_is_told_with_its_origin(
    flags: dict[str, tuple[str, Any]], says: str
) -> None:
    """The message names the setting, where it was given, and the value."""
    with pytest.raises(ConfigError, match=says):
        load_settings(flags)


def test_what_a_node_decides_is_no_setting(tmp_path: Path) -> None:
    """Whether the feeds are a replay is told by the feeds."""
    assert "pump.is_replay" not in LEAVES
    with pytest.raises(ConfigError, match=r"pump\.is_replay"):
        load_settings(config=write(tmp_path, "pump: {is_replay: true}"))


def test_the_older_program_s_file_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its flat keys are kept in their sections, and its variables stand over them."""
    path = write(tmp_path, SEED)
    loaded = load_settings(config=path)
    assert loaded.settings.scan.watchlist == ("SPX", "SPY", "QQQ")
    assert loaded.settings.ib.port == 7497
    assert loaded.settings.trading.is_paper is True
    assert loaded.settings.trading.max_trades_per_day == 5
    monkeypatch.setenv("IB_HOST", "192.168.1.100")
    monkeypatch.setenv("IB_PORT", "7496")
    monkeypatch.setenv("PAPER_TRADING", "false")
    loaded = load_settings(config=path)
    assert (loaded.settings.ib.host, loaded.settings.ib.port) == ("192.168.1.100", 7496)
    assert loaded.settings.trading.is_paper is False
    assert loaded.origin("trading.is_paper") == "PAPER_TRADING"


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the settings' text nor an error repeats it."""
    secret = "canary-" + "x" * 32
    monkeypatch.setenv("VOLDESK_TOKEN", secret)
    loaded = load_settings()
    assert loaded.settings.token is not None
    assert loaded.settings.token.get_secret_value() == secret
    assert secret not in repr(loaded) + str(loaded.settings)
    monkeypatch.setenv("VOLDESK_GATEWAY__PORT", "x")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert secret not in str(caught.value)


def test_settings_are_frozen() -> None:
    """Nobody changes what a process was started with."""
    loaded = load_settings()
    assert isinstance(loaded, Loaded)
    with pytest.raises(ValueError, match="frozen"):
        loaded.settings.feeds = ("other",)


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_setting_is_documented(name: str) -> None:
    """docs/configuration.md names each setting as it is shown."""
    assert f"`{name}`" in (ROOT / "docs" / "configuration.md").read_text()


def test_the_example_loads() -> None:
    """examples/voldesk.yaml is a file one could start with, its alerts included."""
    loaded = load_settings(config=ROOT / "examples" / "voldesk.yaml")
    rules = loaded.settings.alerts.rules
    assert len(rules) == 3
    for rule in rules:
        rule.require_valid()
