"""Who may see what."""

import pytest
from tws_client import AMZN, make_world

from voldesk.simulator.ib.instruments import Instrument
from voldesk.simulator.ib.notices import Notice
from voldesk.simulator.ib.permissions import Lines, Permissions
from voldesk.simulator.ib.quote_line import DELAYED, LIVE
from voldesk.simulator.ib.refusal import Refused


@pytest.fixture(scope="module")
def amazon() -> Instrument:
    world = make_world()
    return world.contracts.one(AMZN, world.second).instrument


def test_lines_run_out_and_come_back() -> None:
    """Who gives a line back leaves it to the next."""
    lines = Lines(2)
    assert [lines.take() for _ in range(3)] == [True, True, False]
    lines.release()
    assert lines.take()


def test_without_a_subscription(amazon: Instrument) -> None:
    """Live data is refused by 354; delayed data comes with a warning, 10167."""
    permissions, told = Permissions(), list[Notice]()
    permissions.missing = {"AMZN"}
    with pytest.raises(Refused, match="354"):
        permissions.force(amazon, LIVE, told.append)
    assert permissions.force(amazon, DELAYED, told.append) == DELAYED
    assert [notice.code for notice in told] == [10167]


def test_with_a_part_of_it(amazon: Instrument) -> None:
    """A part that is missing is told of, and the rest is sent."""
    permissions, told = Permissions(), list[Notice]()
    permissions.partly = {"*"}
    assert permissions.force(amazon, LIVE, told.append) == LIVE
    assert [notice.code for notice in told] == [10090]


def test_another_session_of_the_user(amazon: Instrument) -> None:
    """Live data goes to one session at a time: 10197."""
    permissions = Permissions()
    permissions.competes = True
    with pytest.raises(Refused, match="10197"):
        permissions.force(amazon, LIVE, lambda _: None)
