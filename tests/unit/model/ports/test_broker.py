"""The Broker port names what every filler must do."""

import inspect

from voldesk.model.ports.broker import Broker


def test_each_call_says_what_it_does() -> None:
    """Every member of the port has a sentence of its own."""
    members = [name for name in vars(Broker) if not name.startswith("_")]
    assert {"open", "told", "snapshot", "place", "modify", "cancel", "close"} <= set(members)
    assert all(inspect.getdoc(getattr(Broker, name)) for name in members)
