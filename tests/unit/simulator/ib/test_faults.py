"""Faults by name: parameters are checked, what lasts is ended."""

from typing import Any

import pytest
from tws_client import make_world, move

from voldesk.model.errors import ConfigError
from voldesk.simulator.ib.faults import Fault, Faults, Values


class Still:
    """Sockets nothing is done to."""

    def reset_all(self) -> int:
        return 0

    def set_stalled(self, *, is_on: bool) -> None: ...

    def set_reading(self, *, is_on: bool) -> None: ...

    def restart(self, secs: float) -> None: ...


@pytest.fixture
def said() -> list[Any]:
    return []


@pytest.fixture
def faults(said: list[Any]) -> Faults:
    def begin(_: Faults, values: Values) -> None:
        said.append(dict(values))

    def end(_: Faults, __: Values) -> None:
        said.append("over")

    lasting = Fault("rain", "It rains.", {"secs": 0.0, "drops": 3, "where": "here"}, begin, end)
    brief = Fault("drop", "A drop falls.", {}, begin)
    return Faults(make_world(), Still(), {"rain": lasting, "drop": brief})


def test_what_lasts_ends_when_it_is_told_to(faults: Faults, said: list[Any]) -> None:
    """Without a time it goes on."""
    used = faults.begin("rain", {"drops": 5})
    assert used == said[0] == {"secs": 0.0, "drops": 5, "where": "here"}
    assert "rain" in faults.active
    assert faults.finish("rain")
    assert said[-1] == "over"
    assert not faults.finish("rain")


def test_what_lasts_a_while_ends_by_itself(faults: Faults, said: list[Any]) -> None:
    """Not before its time, and once."""
    faults.begin("rain", {"secs": 2})
    move(faults.world, 1.0)
    faults.tick()
    assert "over" not in said
    move(faults.world, 1.1)
    faults.tick()
    faults.tick()
    assert said.count("over") == 1


def test_the_same_again_begins_anew(faults: Faults, said: list[Any]) -> None:
    """The one before is ended first."""
    faults.begin("rain", {"secs": 2})
    faults.begin("rain", {})
    assert said[1] == "over"
    move(faults.world, 3.0)
    faults.tick()
    assert "rain" in faults.active


def test_what_is_over_at_once(faults: Faults, said: list[Any]) -> None:
    """It is never active."""
    faults.begin("drop", {})
    assert said == [{}]
    assert not faults.active


@pytest.mark.parametrize(
    ("name", "given", "text"),
    [
        ("snow", {}, "no fault 'snow'; there are rain, drop"),
        ("rain", {"flakes": 1}, "rain has no 'flakes'; it has secs, drops, where"),
        ("drop", {"flakes": 1}, "it has none"),
        ("rain", {"drops": "many"}, "drops is 'many', expected a int"),
        ("rain", {"drops": True}, "expected a int"),
        ("rain", {"drops": 1.5}, "expected a int"),
        ("rain", {"secs": float("inf")}, "expected a float"),
        ("rain", {"secs": float("nan")}, "expected a float"),
        ("rain", {"where": 5}, "expected a str"),
    ],
)
def test_wrong_questions(faults: Faults, name: str, given: dict[str, Any], text: str) -> None:
    """A name, a parameter, a value that there is not: said with what there is."""
    with pytest.raises(ConfigError, match=text):
        faults.begin(name, given)
