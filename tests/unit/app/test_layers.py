from pathlib import Path
from typing import Any

import pytest

from voldesk.app.layers import (
    Given,
    environment_layer,
    file_layer,
    flag_layer,
    merged,
    nested,
    variable_of,
)
from voldesk.app.settings import LEAVES
from voldesk.model.errors import ConfigError

FILE = """
feeds: [sim]
gateway:
  port: 9000
  hosts: [desk.example]
pump:
  cadence: {decay_secs: 2}
  stale_after_secs: null
log:
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "voldesk.yaml"
    path.write_text(text)
    return path


def test_a_file_gives_values_by_name(tmp_path: Path) -> None:
    """Sections may be nested or empty; null is a value where a setting is."""
    path = write(tmp_path, FILE)
    layer = file_layer(path, LEAVES)
    assert {name: given.value for name, given in layer.items()} == {
        "feeds": ["sim"],
        "gateway.port": 9000,
        "gateway.hosts": ["desk.example"],
        "pump.cadence.decay_secs": 2,
        "pump.stale_after_secs": None,
    }
    assert {given.origin for given in layer.values()} == {str(path)}


def test_an_empty_file_gives_nothing(tmp_path: Path) -> None:
    """Comments alone are no settings."""
    assert file_layer(write(tmp_path, "# nothing\n"), LEAVES) == {}


def test_dots_are_as_good_as_nesting(tmp_path: Path) -> None:
    """A name may be written as it is shown."""
    layer = file_layer(write(tmp_path, "gateway.port: 9\n"), LEAVES)
    assert layer["gateway.port"].value == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gatway: {port: 1}", "no setting 'gatway.port'; did you mean 'gateway.port'"),
        ("gateway: {prt: 1}", "did you mean 'gateway.port'"),
        ("port: 1", "did you mean '.*port'"),
        ("zzzzzz: 1", "config show --origin"),
        ("zzzzzz:", "no setting 'zzzzzz'"),
        ("gateway: 5", "no setting 'gateway'"),
        ("- a\n- b", "holds a list"),
        ("a: [", "is no YAML"),
        ("ib: {port: 1}\nib_port: 2", "ib.port is given twice"),
        ("token: secret", "token is a secret"),
        ("alerts: {rules: [{name: a, feild: iv}]}", r"'feild' in alerts.rules\[0\].*'field'"),
    ],
)
def test_what_a_file_may_not_hold(tmp_path: Path, text: str, says: str) -> None:
    """The message names the file, the key, and what was meant."""
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=says) as caught:
        file_layer(path, LEAVES)
    assert str(path) in str(caught.value)
    assert "secret:" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Absent, a folder, not text."""
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "absent.yaml", tmp_path, tmp_path / "binary.yaml"):
        with pytest.raises(ConfigError, match=str(path)):
            file_layer(path, LEAVES)


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("VOLDESK_GATEWAY__PORT", "9000", "gateway.port", "9000"),
        ("VOLDESK_FEEDS", "sim, replay:a b", "feeds", ["sim", "replay:a b"]),
        ("VOLDESK_FEEDS", '["sim"]', "feeds", ["sim"]),
        ("VOLDESK_ALERTS__RULES", '[{"name": "a"}]', "alerts.rules", [{"name": "a"}]),
        ("VOLDESK_PUMP__CADENCE__DECAY_SECS", "2", "pump.cadence.decay_secs", "2"),
        ("IB_HOST", "10.0.0.1", "ib.host", "10.0.0.1"),
        ("IB_PORT", "7496", "ib.port", "7496"),
        ("PAPER_TRADING", "false", "trading.is_paper", "false"),
    ],
)
def test_a_variable_gives_a_value(variable: str, text: str, name: str, value: Any) -> None:
    """Ours by section and name, those of older programs by theirs; lists as JSON or with commas."""
    assert environment_layer({variable: text}, LEAVES) == {name: Given(value, variable)}


def test_our_own_variable_counts_more_than_an_old_one() -> None:
    """Of two variables for one setting the one with our prefix is meant."""
    layer = environment_layer({"VOLDESK_IB__PORT": "1", "IB_PORT": "2"}, LEAVES)
    assert layer["ib.port"] == Given("1", "VOLDESK_IB__PORT")


def test_variables_that_are_no_settings_pass() -> None:
    """Those of other programs, and the few of ours that mean something else."""
    environment = {"PATH": "/bin", "VOLDESK_DEBUG": "1", "VOLDESK_CONFIG": "x", "VOLDESK_DATA": "y"}
    assert environment_layer(environment, LEAVES) == {}


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("VOLDESK_GATEWAY__PROT", "1", "did you mean 'VOLDESK_GATEWAY__PORT'"),
        ("VOLDESK_GATEWAY_PORT", "1", "did you mean 'VOLDESK_GATEWAY__PORT'"),
        ("VOLDESK_FEEDS", "[sim", "no JSON list"),
    ],
)
def test_a_variable_that_means_nothing_is_refused(variable: str, text: str, says: str) -> None:
    """A typing error in the environment is no setting left at its default."""
    with pytest.raises(ConfigError, match=says):
        environment_layer({variable: text}, LEAVES)


def test_flags_that_were_not_given_give_nothing() -> None:
    """None is a flag that was left out."""
    flags = {"gateway.port": ("--port", 1), "sim.seed": ("--seed", None)}
    assert flag_layer(flags) == {"gateway.port": Given(1, "--port")}


def test_later_layers_count_more_value_by_value() -> None:
    """A layer changes the settings it names and leaves the others."""
    one = {"gateway.port": Given(1, "file"), "sim.seed": Given(5, "file")}
    other = {"gateway.port": Given(2, "flag")}
    together = merged((one, other))
    assert together == {"gateway.port": Given(2, "flag"), "sim.seed": Given(5, "file")}
    assert nested(together) == {"gateway": {"port": 2}, "sim": {"seed": 5}}


def test_every_setting_has_its_own_variable() -> None:
    """No two settings share a variable, and each is read back by it."""
    variables = {variable_of(name): name for name in LEAVES}
    assert len(variables) == len(LEAVES)
    for variable, name in variables.items():
        assert set(environment_layer({variable: "1"}, LEAVES)) == {name}
