"""The port through which the gateway sees the process."""

from gateway_world import World

from voldesk.gateways.state import State, Stats


def test_counters_left_out_are_empty() -> None:
    """A process that counts nothing exports nothing."""
    assert Stats().ticks == {}
    assert Stats().stages == {}


def test_a_hand_written_publisher_fills_the_port() -> None:
    """Anything with these four members is a state, as the type checker and this line hold."""
    state: State = World()
    assert state.health()["status"] == "ok"
    assert state.stats() == Stats()
    assert not state.chains
    assert not state.listings
