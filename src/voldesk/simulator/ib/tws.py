"""The simulated TWS put together: one call, and clients can connect."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from voldesk.model.clock import Clock
from voldesk.simulator.ib.account_desk import AccountDesk
from voldesk.simulator.ib.contract_desk import ContractDesk
from voldesk.simulator.ib.history_desk import HistoryDesk
from voldesk.simulator.ib.market_desk import MarketDesk
from voldesk.simulator.ib.order_desk import OrderDesk
from voldesk.simulator.ib.recorded import NOTHING_RECORDED, RecordedBars
from voldesk.simulator.ib.reference_desk import ReferenceDesk
from voldesk.simulator.ib.server import TwsServer
from voldesk.simulator.ib.session import Desk, Session
from voldesk.simulator.ib.stream_desk import StreamDesk
from voldesk.simulator.ib.world import World
from voldesk.simulator.market.market import SyntheticMarket

PAPER_PORT: Final = 7497
"""Where a TWS with a paper account listens; 7496 with a live one, 4002 and 4001 the Gateway."""

ACCOUNTS: Final = ("DU1234567",)
NOTHING_HELD: Final[Mapping[str, int]] = MappingProxyType({})

DESKS: Final[Sequence[Callable[[World, Session], Desk]]] = (
    ContractDesk,
    MarketDesk,
    OrderDesk,
    AccountDesk,
    HistoryDesk,
    StreamDesk,
    ReferenceDesk,
)
"""The parts of every session."""


async def serve_tws(
    market: SyntheticMarket,
    clock: Clock,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    fault_port: int | None = None,
    speed: float = 1.0,
    seed: int = 0,
    accounts: Sequence[str] = ACCOUNTS,
    recorded: RecordedBars = NOTHING_RECORDED,
    holdings: Mapping[str, int] = NOTHING_HELD,
    is_always_open: bool = True,
) -> TwsServer:
    """
    Serve the API of TWS on a simulated market, until `TwsServer.close`.

    The protocol knows no authentication: listen on the loopback unless the network is trusted.

    Args:
        market: Moved by the server alone from now on.
        clock: What its time runs along with.
        host: Address to listen on.
        port: 0 takes a free one: see `TwsServer.port`.
        fault_port: On the loopback, 0 takes a free one; None for no faults.
        speed: Market seconds per second of the clock.
        seed: Of everything random beside the market.
        accounts: Names of the accounts.
        recorded: Bars that really were, told in place of made ones.
        is_always_open: Whether orders work outside the sessions too, as the market may.
        holdings: Shares the first account begins with, by symbol; below 0 short.

    Raises:
        OSError: The address cannot be had.
        Refused: A symbol that is held is no stock.
    """
    world = World(
        market,
        clock,
        DESKS,
        seed=seed,
        speed=speed,
        accounts=accounts,
        recorded=recorded,
        is_always_open=is_always_open,
    )
    for symbol, quantity in holdings.items():
        world.hold(symbol, quantity)
    server = TwsServer(world)
    await server.open(host, port, fault_port)
    return server
