"""The chains of ``voldesk scan``: a node of its own, of no more than is looked at."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from voldesk.app.iv_keeping import history_file
from voldesk.app.node import build_node, run_node
from voldesk.app.scan_watchlist import Watchlist
from voldesk.app.settings import DEFAULT, Loaded, config_folder


@asynccontextmanager
async def open_watchlist(loaded: Loaded, symbols: Sequence[str]) -> AsyncIterator[Watchlist]:
    """
    Run feeds of the underlyings, and give what looks at them.

    Raises:
        ConfigError: The feeds cannot be built.
        StorageError: What a feed reads is damaged.
    """
    node = build_node(narrowed(loaded, symbols), is_serving=False)
    settings = loaded.settings
    history = history_file(settings.iv_history, node.feeds, config_folder())
    watchlist = Watchlist(node.pump, node.bus, node.feeds, symbols, settings.scan, history)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(run_node(node, stop), name="node")
        try:
            yield watchlist
        finally:
            stop.set()


def narrowed(loaded: Loaded, symbols: Sequence[str]) -> Loaded:
    """List no more than is looked at, where nobody asked for something else."""
    names = tuple(dict.fromkeys(symbols))
    sim, ib, deribit = loaded.settings.sim, loaded.settings.ib, loaded.settings.deribit
    if loaded.origin("sim.symbols") == DEFAULT:
        sim = replace(sim, symbols=names)
    if loaded.origin("deribit.underlyings") == DEFAULT:
        deribit = replace(deribit, underlyings=names)
    if loaded.origin("ib.symbols") == DEFAULT:
        ib = replace(ib, symbols=names)
    if loaded.origin("ib.chain.expiry_count") == DEFAULT:
        ib = replace(ib, chain=replace(ib.chain, expiry_count=1))
    changed = {"sim": sim, "ib": ib, "deribit": deribit}
    return replace(loaded, settings=loaded.settings.model_copy(update=changed))
