"""One call, and clients can connect."""

import socket

import pytest
from tws_client import NOON

from voldesk.model.clock import ManualClock
from voldesk.simulator.ib.tws import DESKS, serve_tws
from voldesk.simulator.market.market import SyntheticMarket


async def test_free_ports_are_found() -> None:
    """Both ports are known once it listens."""
    market = SyntheticMarket(("AMZN",), 7, NOON)
    server = await serve_tws(market, ManualClock(NOON), fault_port=0)
    assert server.port > 0
    assert server.fault_port > 0
    assert len(DESKS) == 7
    await server.close()


async def test_a_port_in_use() -> None:
    """An address that cannot be had is an OSError."""
    market = SyntheticMarket(("AMZN",), 7, NOON)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="address"):
            await serve_tws(market, ManualClock(NOON), port=other.getsockname()[1])
